//! Rules about resource policies, by the kind of their resource (user guide, resource-based policy examples;
//! API reference, `PutResourcePolicy`; IAM user guide, policy grammar).

mod danger;
mod document;

use serde_json::Value;

use super::scene::{Mistake, Scene, parent_word};
use crate::manifest::position::Pointer;
use crate::manifest::suggest::closest;
use crate::manifest::wording::{either, quoted};
use crate::name::{AccountId, Arn};
use crate::resource::{Key, Kind, Parent, Part, Policy};
pub(super) use danger::{anybody, confused_deputy, has_external_id, operator, repeated_sid};
pub(super) use document::Grants;
use document::{Statement, is_cloudtrail, statements, texts};

/// The longest policy, in characters as sent (API reference, `PutResourcePolicy`).
pub(super) const MAX_LENGTH: usize = 8192;

/// The service principal of dashboards that refresh themselves.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// All statements of all policies.
fn all<'a>(scene: &Scene<'a>) -> Vec<(&'a Key, Parent, Statement)> {
    let each = scene.policies().flat_map(|(key, policy)| {
        statements(&document::read(policy)).into_iter().map(move |statement| (key, policy.parent, statement))
    });
    each.collect()
}

/// Every principal of AWS that a policy names, and where it stands below the policy.
pub(super) fn principals(scene: &Scene<'_>) -> Vec<(Key, Pointer, String)> {
    let mut found = Vec::new();
    for (key, _, statement) in all(scene) {
        let at = statement.at.key("Principal").key("AWS");
        let Some(value) = statement.get("Principal").and_then(|types| types.get("AWS")) else { continue };
        found.extend(placed(&at, value).into_iter().map(|(at, text)| (key.clone(), at, text.to_owned())));
    }
    found
}

pub(super) fn size(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, policy) in scene.policies() {
        let length = sent_length(scene, policy);
        if length > MAX_LENGTH {
            let message =
                format!("the policy has {length} characters as it is sent, and {MAX_LENGTH} are possible");
            found.push(Mistake::below(key, Pointer::default(), message).on_key());
        }
    }
    found
}

/// How many characters are sent. The ARNs of stores and channels end with a UUID, those of trails and dashboards with the name.
pub(super) fn sent_length(scene: &Scene<'_>, policy: &Policy) -> usize {
    let target = &scene.desired.target;
    let stem = format!("arn:{}:cloudtrail:{}:{}:", target.partition, target.region, target.account).len();
    let uuid = 36;
    let length = |part: &Part| match part {
        Part::Lit(text) => text.chars().count(),
        Part::Id(_) => uuid,
        Part::Arn(key) => match key.kind {
            Kind::Trail => stem + "trail/".len() + key.name.as_str().len(),
            Kind::Dashboard => stem + "dashboard/".len() + key.name.as_str().len(),
            Kind::Channel => stem + "channel/".len() + uuid,
            _ => stem + "eventdatastore/".len() + uuid,
        },
    };
    policy.document.parts().iter().map(length).sum()
}

pub(super) fn grammar(scene: &Scene<'_>) -> Vec<Mistake> {
    scene.policies().flat_map(|(key, policy)| document::grammar(key, &document::read(policy))).collect()
}

pub(super) fn counts(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, policy) in scene.policies().filter(|(_, policy)| policy.parent == Parent::Channel) {
        let statements = statements(&document::read(policy));
        if statements.len() > 20 {
            let message =
                format!("a channel's policy can have 20 statements, and this one has {}", statements.len());
            found.push(Mistake::new(key, "Statement", message).on_key());
        }
        for statement in statements {
            let count: usize = match statement.get("Principal") {
                Some(Value::Object(types)) => types.values().map(|value| texts(value).len()).sum(),
                _ => 1,
            };
            if count > 50 {
                let message = format!(
                    "a statement of a channel's policy can have 50 principals, and this one has {count}"
                );
                found.push(Mistake::below(key, statement.at.key("Principal"), message).on_key());
            }
        }
    }
    found
}

/// What a policy can grant, by the kind of its resource.
fn actions(parent: Parent) -> &'static [&'static str] {
    match parent {
        Parent::Channel => &["cloudtrail-data:PutAuditEvents"],
        Parent::Dashboard => &["cloudtrail:StartDashboardRefresh"],
        Parent::EventDataStore => &[
            "cloudtrail:StartQuery",
            "cloudtrail:CancelQuery",
            "cloudtrail:ListQueries",
            "cloudtrail:DescribeQuery",
            "cloudtrail:GetQueryResults",
            "cloudtrail:GenerateQuery",
            "cloudtrail:GenerateQueryResultsSummary",
            "cloudtrail:GetEventDataStore",
        ],
    }
}

pub(super) fn action(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, parent, statement) in all(scene) {
        let known = actions(parent);
        let words: Vec<String> = known.iter().map(|action| format!("`{action}`")).collect();
        let help = format!("it can grant {}", either(&words));
        if statement.get("NotAction").is_some() {
            let message = format!("the policy of {} cannot use `NotAction`", parent_word(parent));
            found.push(
                Mistake::below(key, statement.at.key("NotAction"), message).on_key().help(help.clone()),
            );
        }
        let Some(value) = statement.get("Action") else { continue };
        for (at, action) in placed(&statement.at.key("Action"), value) {
            if !known.iter().any(|known| known.eq_ignore_ascii_case(action)) {
                let message =
                    format!("the policy of {} cannot be about {}", parent_word(parent), quoted(action));
                let near = closest(action, known.iter().copied());
                found.push(Mistake::below(key, at, message).suggest(near).help(help.clone()));
            }
        }
    }
    found
}

/// A text, or the texts of a list, each with its place.
fn placed<'v>(at: &Pointer, value: &'v Value) -> Vec<(Pointer, &'v str)> {
    match value {
        Value::Array(items) => {
            let each = items.iter().enumerate();
            each.filter_map(|(index, item)| Some((at.index(index), item.as_str()?))).collect()
        }
        other => other.as_str().map(|text| (at.clone(), text)).into_iter().collect(),
    }
}

pub(super) fn principal(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, parent, statement) in all(scene) {
        let at = statement.at.key("Principal");
        match statement.get("Principal") {
            Some(Value::String(any)) if any == "*" && parent != Parent::Dashboard => {}
            // A statement of a channel has at least one (user guide, resource-based policy for integrations).
            Some(Value::Object(types)) if types.values().any(|value| !texts(value).is_empty()) => {
                for (r#type, value) in types {
                    for (at, principal) in placed(&at.key(r#type), value) {
                        found.extend(wrong_principal(key, at, parent, r#type, principal));
                    }
                }
            }
            _ => {
                let message = "the statement does not say whom it is about";
                let help = match parent {
                    Parent::Dashboard => "write `Principal: {Service: cloudtrail.amazonaws.com}`",
                    _ => "write `Principal: {AWS: \"arn:aws:iam::111122223333:root\"}`",
                };
                let place = if statement.get("Principal").is_some() { at } else { statement.at };
                found.push(Mistake::below(key, place, message).help(help));
            }
        }
    }
    found
}

fn wrong_principal(key: &Key, at: Pointer, parent: Parent, r#type: &str, principal: &str) -> Option<Mistake> {
    let what = parent_word(parent);
    let service = principal == CLOUDTRAIL;
    let message = match (parent, r#type) {
        (Parent::Dashboard, "Service") if service => return None,
        (Parent::EventDataStore, "Service") if service => return None,
        (Parent::Dashboard, _) => format!("the policy of {what} is about the service `{CLOUDTRAIL}` only"),
        (_, "Federated") => return None,
        (_, "AWS") if is_principal(principal) => return None,
        (_, "AWS") if principal.is_empty() => "an empty text is no account, user or role".to_owned(),
        (_, "AWS") => format!("{} is no account, user or role", quoted(principal)),
        _ => format!("the policy of {what} cannot be about {} {}", r#type, quoted(principal)),
    };
    let help =
        "a principal of AWS is an account id, or an ARN such as arn:aws:iam::111122223333:role/partner";
    let mistake = Mistake::below(key, at, message);
    Some(if r#type == "AWS" && parent != Parent::Dashboard { mistake.help(help) } else { mistake })
}

/// An account id, an ARN of IAM or STS, anybody, or the unique id that AWS shows for a principal that was deleted.
fn is_principal(text: &str) -> bool {
    let unique = ["AIDA", "AROA"].iter().any(|prefix| text.starts_with(prefix));
    let arn = Arn::parse(text).is_ok_and(|arn| {
        let user = ["root", "user/", "role/", "federated-user/", "assumed-role/"];
        matches!(arn.service(), "iam" | "sts")
            && AccountId::parse(arn.account()).is_some()
            && user.iter().any(|word| arn.resource().starts_with(word))
    });
    text == "*" || unique || arn || AccountId::parse(text).is_some()
}

pub(super) fn resource(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, parent, statement) in all(scene) {
        let help = "write `${self.arn}`, or leave it out";
        if statement.get("NotResource").is_some() {
            let message = "a resource policy is about its own resource, and cannot use `NotResource`";
            found.push(Mistake::below(key, statement.at.key("NotResource"), message).on_key().help(help));
        }
        let Some(value) = statement.get("Resource") else { continue };
        let own = Part::Arn(key.bound()).to_string();
        for (at, written) in placed(&statement.at.key("Resource"), value) {
            if written != own && !may_be_own(scene, key, parent, written) {
                let message = format!("{} is not the resource that the policy belongs to", quoted(written));
                found.push(Mistake::below(key, at, message).help(help));
            }
        }
    }
    found
}

/// Whether an ARN may be the resource's own: the ids of stores and channels are known to AWS only.
fn may_be_own(scene: &Scene<'_>, key: &Key, parent: Parent, written: &str) -> bool {
    let Ok(arn) = Arn::parse(written) else { return false };
    let resource = match parent {
        Parent::Dashboard => arn.resource() == format!("dashboard/{}", key.name),
        Parent::Channel => arn.resource().starts_with("channel/"),
        Parent::EventDataStore => arn.resource().starts_with("eventdatastore/"),
    };
    let here = scene.account.is_none_or(|account| arn.account() == account.as_str())
        && scene.region.is_none_or(|region| arn.region() == region.as_str());
    arn.service() == "cloudtrail" && resource && (here || scene.desired.management_account.is_some())
}

/// Where CloudTrail itself is let in, nothing else may stand (user guide, resource-based policies for dashboards).
pub(super) fn service_condition(scene: &Scene<'_>) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (key, parent, statement) in
        all(scene).into_iter().filter(|(_, _, statement)| is_cloudtrail(statement))
    {
        if let Some(Value::Object(types)) = statement.get("Principal")
            && (types.len() > 1 || types.values().any(|value| texts(value).len() > 1))
        {
            let message = format!("a statement about `{CLOUDTRAIL}` can name nobody else");
            found.push(
                Mistake::below(key, statement.at.key("Principal"), message)
                    .help("write a statement for each"),
            );
        }
        let actions = statement.get("Action").map(texts).unwrap_or_default();
        let only = |action: &&str| action.eq_ignore_ascii_case("cloudtrail:StartQuery");
        if parent == Parent::EventDataStore && !actions.iter().all(only) {
            let message = format!("`{CLOUDTRAIL}` can be let to `cloudtrail:StartQuery` only");
            found.push(Mistake::below(key, statement.at.key("Action"), message));
        }
        let Some(Value::Object(operators)) = statement.get("Condition") else { continue };
        for (operator, conditions) in operators {
            for name in conditions.as_object().into_iter().flat_map(serde_json::Map::keys) {
                let known = ["aws:SourceArn", "aws:SourceAccount"];
                if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    let message = format!(
                        "a statement about `{CLOUDTRAIL}` cannot have the condition {}",
                        quoted(name)
                    );
                    let at = statement.at.key("Condition").key(operator).key(name);
                    found.push(
                        Mistake::below(key, at, message)
                            .on_key()
                            .help(format!("it can have {}", either(&known))),
                    );
                }
            }
        }
    }
    found
}
