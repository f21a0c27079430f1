//! Whom a resource policy in canonical form lets do what, and what a change of it takes away or opens to everybody.
//! Which documents mean the same is `policy_document`'s.

#[cfg(test)]
mod tests;

use super::policy_document::DELETED;
use crate::name::{AccountId, Arn};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Anybody at all, in a principal and as an action.
const ANY: &str = "*";

/// One action that is allowed or denied, and under which condition; none when there is no condition.
#[derive(PartialEq)]
struct Rule<'a> {
    action: String,
    condition: Option<&'a Json>,
}

/// The rules of a document for each principal that it names: accounts, ARNs, services, `*`. Deleted ones are nobody.
#[derive(Default)]
struct Access<'a> {
    allowed: BTreeMap<&'a str, Vec<Rule<'a>>>,
    denied: BTreeMap<&'a str, Vec<Rule<'a>>>,
}

/// What gets worse at `place`, in words: who loses access, has it under narrower conditions only, or gains it without
/// being anybody in particular.
pub(super) fn losses(after: Option<&Json>, before: Option<&Json>, place: &str) -> Vec<String> {
    let (after, before) = (Access::of(after), Access::of(before));
    let mut losses = Vec::new();
    if after.allowed.contains_key(ANY) && !before.allowed.contains_key(ANY) {
        losses.push(format!("everybody gains access to {place}{}", conditional(&after.granted(ANY))));
    }
    let denied: BTreeMap<&str, Vec<&Rule>> =
        after.denied.keys().map(|who| (*who, after.newly_denied(who, &before))).collect();
    for (who, rules) in denied.iter().filter(|(who, rules)| !rules.is_empty() && before.admits(who)) {
        losses.push(format!("{} is denied access to {place}{}", spoken(who), conditional(rules)));
    }
    for who in before.allowed.keys() {
        if denied.get(who).is_none_or(Vec::is_empty) {
            losses.extend(narrowed(&after, &before, who, place));
        }
    }
    losses
}

/// Whether somebody could do this before and none of those certainly can after: under another condition nobody knows.
/// Whoever was everybody is still there as long as anybody is.
pub(super) fn locks_out(after: Option<&Json>, before: Option<&Json>, action: &str) -> bool {
    let (after, before) = (Access::of(after), Access::of(before));
    let could = before.able(action);
    let as_freely = |who: &str| {
        let allowing = |rule: &&Rule| includes(&rule.action, action);
        let old = before.granted(who).into_iter().filter(allowing);
        let new: Vec<&Rule> = after.granted(who).into_iter().filter(allowing).collect();
        old.into_iter().any(|old| new.iter().any(|new| is_as_free(new.condition, old.condition)))
    };
    let still = |who: &&str| {
        **who == *ANY && !after.able(action).is_empty() || after.can(who, action) && as_freely(who)
    };
    !could.is_empty() && !could.iter().any(still)
}

/// Whether everybody is let in who was not.
pub(super) fn opens_to_everybody(after: Option<&Json>, before: Option<&Json>) -> bool {
    Access::of(after).allowed.contains_key(ANY) && !Access::of(before).allowed.contains_key(ANY)
}

/// Whom a document lets in who is not of this account. CloudTrail itself is nobody else: it queries stores and refreshes
/// dashboards for their owner (user guide, resource policy examples).
pub(super) fn others(document: &Json, account: &AccountId) -> Vec<String> {
    let own = |who: &str| {
        let named = Arn::parse(who).is_ok_and(|arn| arn.account() == account.as_str());
        named || who == account.as_str() || who == "cloudtrail.amazonaws.com"
    };
    let access = Access::of(Some(document));
    access.allowed.keys().filter(|who| !own(who)).map(|who| (*who).to_owned()).collect()
}

/// What this principal can do no longer, or not as freely as before.
fn narrowed(after: &Access, before: &Access, who: &str, place: &str) -> Vec<String> {
    let left = after.granted(who);
    if left.is_empty() {
        return vec![format!("{} loses access to {place}", spoken(who))];
    }
    let mut losses = BTreeSet::new();
    for rule in before.allowed.get(who).into_iter().flatten() {
        let same: Vec<&&Rule> = left.iter().filter(|left| includes(&left.action, &rule.action)).collect();
        if same.is_empty() {
            losses.insert(format!("{} may no longer {} at {place}", spoken(who), rule.action));
        } else if !same.iter().any(|left| is_as_free(left.condition, rule.condition)) {
            let how =
                if rule.condition.is_none() { "only under a condition" } else { "under other conditions" };
            losses.insert(format!("{} has access to {place} now {how}", spoken(who)));
        }
    }
    losses.into_iter().collect()
}

impl<'a> Access<'a> {
    fn of(document: Option<&'a Json>) -> Access<'a> {
        let mut access = Access::default();
        let statements = document.and_then(|document| document.get("Statement")).and_then(Json::as_array);
        for statement in statements.into_iter().flatten() {
            let denies = statement.get("Effect") == Some(&Json::from("Deny"));
            for who in principals(statement) {
                let side = if denies { &mut access.denied } else { &mut access.allowed };
                let condition = statement.get("Condition");
                let rules = actions(statement).into_iter().map(|action| Rule { action, condition });
                side.entry(who).or_default().extend(rules);
            }
        }
        access
    }

    /// What is allowed to this principal, by its own name or because everybody may.
    fn granted(&self, who: &str) -> Vec<&Rule<'a>> {
        let own = self.allowed.get(who).filter(|_| who != ANY);
        own.into_iter().chain(self.allowed.get(ANY)).flatten().collect()
    }

    /// Whether this principal is allowed anything, everybody being somebody.
    fn admits(&self, who: &str) -> bool {
        (who == ANY && !self.allowed.is_empty()) || !self.granted(who).is_empty()
    }

    /// Those who are named and can do this, under whatever condition.
    fn able(&self, action: &str) -> BTreeSet<&'a str> {
        self.allowed.keys().filter(|who| self.can(who, action)).copied().collect()
    }

    /// Whether this principal is allowed to do this and not denied it whatever the condition.
    fn can(&self, who: &str, action: &str) -> bool {
        let own = self.denied.get(who).filter(|_| who != ANY);
        let mut denials = own.into_iter().chain(self.denied.get(ANY)).flatten();
        self.granted(who).iter().any(|rule| includes(&rule.action, action))
            && !denials.any(|rule| rule.condition.is_none() && includes(&rule.action, action))
    }

    fn newly_denied(&self, who: &str, before: &Access) -> Vec<&Rule<'a>> {
        let known = before.denied.get(who);
        let rules = self.denied.get(who).into_iter().flatten();
        rules.filter(|rule| !known.is_some_and(|known| known.contains(rule))).collect()
    }
}

/// Whom a statement names. Whoever is not named by `NotPrincipal` may be anybody.
fn principals(statement: &Json) -> Vec<&str> {
    let Some(principal) = statement.get("Principal") else {
        return statement.get("NotPrincipal").map(|_| ANY).into_iter().collect();
    };
    let lists = principal.as_object().into_iter().flat_map(Map::values);
    let listed = lists.filter_map(Json::as_array).flatten().filter_map(Json::as_str);
    principal.as_str().into_iter().chain(listed).filter(|name| !name.ends_with(DELETED)).collect()
}

fn actions(statement: &Json) -> Vec<String> {
    let listed = |member: &str| statement.get(member).and_then(Json::as_array).into_iter().flatten();
    match statement.get("NotAction") {
        Some(actions) => vec![format!("anything but {actions}")],
        None => listed("Action").filter_map(Json::as_str).map(str::to_owned).collect(),
    }
}

/// Whether an action, or a beginning of actions, includes another one.
fn includes(wider: &str, action: &str) -> bool {
    let (wider, action) = (wider.to_ascii_lowercase(), action.to_ascii_lowercase());
    wider == action || wider.strip_suffix(ANY).is_some_and(|start| action.starts_with(start))
}

/// Whether a condition lets through everything that another one does, as far as their shape tells: it asks nothing that
/// the other does not ask, and takes more values where values are alternatives.
fn is_as_free(after: Option<&Json>, before: Option<&Json>) -> bool {
    let Some(after) = after else { return true };
    let (Some(after), Some(before)) = (after.as_object(), before.and_then(Json::as_object)) else {
        return false;
    };
    after.iter().all(|(operator, keys)| {
        let Some(known) = before.get(operator) else { return false };
        // "Not" operators, and those that look at all values of a request, take fewer the more values they have.
        let alternatives = !operator.contains("Not") && !operator.contains("not") && !operator.contains(':');
        let values = |keys: &'_ Json, key: &str| keys.get(key).and_then(Json::as_array).cloned();
        keys.as_object().is_some_and(|asked| {
            asked.keys().all(|key| match (values(keys, key), values(known, key)) {
                (Some(after), Some(before)) if alternatives => {
                    before.iter().all(|value| after.contains(value))
                }
                (after, before) => after == before,
            })
        })
    })
}

fn conditional(rules: &[&Rule]) -> &'static str {
    let always = rules.is_empty() || rules.iter().any(|rule| rule.condition.is_none());
    if always { "" } else { " under a condition" }
}

fn spoken(who: &str) -> &str {
    if who == ANY { "everybody" } else { who }
}
