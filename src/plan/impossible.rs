//! What no flag can allow: removing what is not ours, deleting what is protected, still referred to or told nowhere else.

use super::draft::{Case, Draft, planned, whose};
use super::holders::holders;
use super::{Planned, Verb};
use crate::keep::is_of_aws;
use crate::name::AccountId;
use crate::resource::field::changes;
use crate::resource::{Field, FieldChange, Key, Path, Spec, Value};
use crate::state::{Foreign, Foreignness, Owner};

/// Adds the refusals; the rows stay, without steps.
pub(super) fn judge(case: &Case, draft: &mut Draft) {
    deleting_what_is_protected(draft);
    deleting_what_is_referred_to(case, draft);
    removing_what_is_not_ours(case, draft);
    replacing_what_only_live_tells(case, draft);
    referring_to_what_is_unfit(case, draft);
    converting_what_is_the_management_accounts(case, draft);
    looking_for_insights_in_the_managements_stores(case, draft);
}

/// A delegated administrator does not enable Insights on a store of the organization (user guide, organization
/// delegated administrator; NotOrganizationMasterAccountException). What switches them off is not documented as
/// refused.
fn looking_for_insights_in_the_managements_stores(case: &Case, draft: &mut Draft) {
    let Some(management) = &case.desired().management_account else { return };
    if *management == case.live.target.account {
        return;
    }
    let settings = ["insightSelectors", "insightsDestination"].map(Path::new);
    let organization = Field::new("organizationEnabled", Value::Bool(true));
    let refused = draft.rows.iter().filter(|(_, row)| {
        let on = |change: &&FieldChange| settings.contains(&change.path) && change.desired != Value::Absent;
        let desired = row.desired.as_ref().map(Spec::fields).unwrap_or_default();
        desired.contains(&organization) && row.fields.iter().any(|change| on(&change))
    });
    let refused: Vec<Key> = refused.map(|(key, _)| key.clone()).collect();
    for key in refused {
        let reason = format!(
            "only the management account {management} can enable Insights on an event data store of the organization"
        );
        let help = "enable them there, and say `ignore: [insightSelectors, insightsDestination]` here";
        draft.block(&key, reason, help);
    }
}

/// Only the management account turns what one account owns into the organization's, or back; a delegated
/// administrator does not (user guide, organization delegated administrator; NotOrganizationMasterAccountException).
fn converting_what_is_the_management_accounts(case: &Case, draft: &mut Draft) {
    let settings = ["isOrganizationTrail", "organizationEnabled"].map(Path::new);
    let here = case.live.target.account.as_str();
    let management = case.desired().management_account.as_ref().map(AccountId::as_str);
    let converted = draft.rows.iter().filter_map(|(key, row)| {
        let owner = row.live.as_ref()?.arn.account();
        let elsewhere = [Some(owner), management].into_iter().flatten().find(|account| *account != here)?;
        let change = row.fields.iter().find(|change| settings.contains(&change.path))?;
        let reason = format!("only the management account {elsewhere} can change {}", change.path);
        draft.verb(key).filter(|verb| matches!(verb, Verb::Update | Verb::Adopt))?;
        Some((key.clone(), reason))
    });
    for (key, reason) in converted.collect::<Vec<_>>() {
        draft.block(&key, reason, "change it there, or declare another one here");
    }
}

/// The checks know what is declared; what is only live, or left as it is, may be unfit for what refers to it.
fn referring_to_what_is_unfit(case: &Case, draft: &mut Draft) {
    let changes =
        |key: &Key| !matches!(draft.verb(key), None | Some(Verb::Delete | Verb::Forget | Verb::Restore));
    let specs = &case.desired().specs;
    let mut unfit = Vec::new();
    for (holder, spec) in specs {
        for key in spec.references() {
            let reason = specs.get(&key).and_then(|held| held.unfit_for(spec));
            // The one that changes gives way, and of two the one that refers to the other.
            let changing = [holder, &key].into_iter().find(|key| changes(key));
            if let (Some(reason), Some(changing)) = (reason, changing) {
                let reason = if changing == holder {
                    format!("{key}: {reason}")
                } else {
                    format!("{holder} refers to it, and {reason}")
                };
                unfit.push((changing.clone(), reason));
            }
        }
    }
    for (key, reason) in unfit {
        draft.block(&key, reason, "let it refer to another one, or change or remove the other first");
    }
}

/// To forget what is not ours is done already; to delete it is not ours to do. The row stays, because what is to go is
/// still there.
fn removing_what_is_not_ours(case: &Case, draft: &mut Draft) {
    for (key, removal) in case.desired().removed.iter().filter(|(_, removal)| !removal.keep) {
        let (reason, help) = match case.live.found.get(key) {
            Some(found) if case.owns(found) => continue,
            Some(found) => {
                let reason = match &found.owner {
                    Owner::Nobody => {
                        format!("{} bears no ownership tags, so it is not ours to delete", found.arn)
                    }
                    Owner::Manifest { manifest, .. } => {
                        format!("{} is owned by the manifest `{manifest}`, not ours to delete", found.arn)
                    }
                };
                (reason, "declare it first if it shall become ours".to_owned())
            }
            None => match case.foreign.get(key) {
                Some(foreign) => (format!("{}, not ours to delete", whose(foreign)), removal_help(foreign)),
                None => continue,
            },
        };
        let row =
            Planned { desired: None, ..planned(case, key, Verb::Delete, removal.reason.clone(), Vec::new()) };
        draft.rows.entry(key.clone()).or_insert(row);
        draft.block(key, reason, &format!("take it out of `removed`; {help}"));
    }
}

/// Who can delete what is not this account's and region's.
fn removal_help(foreign: &Foreign) -> String {
    match &foreign.why {
        Foreignness::HomeRegion(region) => {
            format!("remove it with a manifest for its home region {region}")
        }
        Foreignness::Account(account) => format!("account {account} can delete it"),
        Foreignness::Service(service) => format!("{service} keeps it as it needs it"),
    }
}

/// A replacement deletes first. What it would make again only because it was copied from live is lost for good when the
/// run ends between the two, so it must be declared before.
fn replacing_what_only_live_tells(case: &Case, draft: &mut Draft) {
    let replaced = draft.rows.iter().filter(|(_, row)| row.verb == Verb::Replace);
    let replaced: Vec<Key> = replaced.map(|(key, _)| key.clone()).filter(|key| !key.is_policy()).collect();
    for key in replaced {
        let keys = [Some(key.clone()), key.policy()];
        let told: Vec<String> = keys.iter().flatten().flat_map(|key| only_live(case, key)).collect();
        if !told.is_empty() {
            let reason = format!(
                "replacing it deletes what is ignored and only the account knows: {}",
                told.join(", ")
            );
            draft.block(
                &key,
                reason,
                "declare it as it is for the replacement, or take it out of `ignore` (a tag: or `ignoreTags`) to let it go",
            );
        }
    }
}

/// The settings that stay as they are and are not declared so. Tags of AWS's own come back from AWS.
fn only_live(case: &Case, key: &Key) -> Vec<String> {
    let fields = |spec: Option<&Spec>| spec.map(Spec::fields).unwrap_or_default();
    let copied = changes(&fields(case.desired().specs.get(key)), &fields(case.kept.declared.get(key)));
    let copied = copied.into_iter().filter(|change| change.desired != Value::Absent);
    copied
        .map(|change| change.path)
        .filter(|path| !path.tag_key().is_some_and(is_of_aws))
        .map(|path| path.to_string())
        .collect()
}

fn deleting_what_is_protected(draft: &mut Draft) {
    let going = draft.rows.iter().filter(|(_, row)| matches!(row.verb, Verb::Delete | Verb::Replace));
    let protected: Vec<(Key, (String, String))> =
        going.filter_map(|(key, row)| Some((key.clone(), row.live.as_ref()?.spec.undeletable()?))).collect();
    for (key, (why, help)) in protected {
        draft.block(&key, why, &help);
    }
}

/// Policies do not count: CloudTrail takes no notice of what their text names.
fn deleting_what_is_referred_to(case: &Case, draft: &mut Draft) {
    let going = draft.rows.iter().filter(|(_, row)| row.verb == Verb::Delete).map(|(key, _)| key);
    let going: Vec<Key> = going.filter(|key| !draft.is_blocked(key)).cloned().collect();
    if going.is_empty() {
        return;
    }
    let staying = holders(case.desired().specs.iter().filter(|(other, _)| !other.is_policy()));
    let live = case.live.found.iter().map(|(other, found)| (other, &found.spec));
    let live = holders(live.filter(|(other, _)| !other.is_policy()));
    let theirs =
        case.live.foreign.iter().filter_map(|foreign| Some((&foreign.arn, foreign.spec.as_deref()?)));
    let theirs = holders(theirs);
    for key in going.iter().filter(|key| !key.is_policy()) {
        // What refers to it until its own deletion or replacement fails to come about.
        let held = live.get(key).into_iter().flatten().filter(|other| draft.is_blocked(other));
        let mut holders: Vec<String> = staying
            .get(key)
            .into_iter()
            .flatten()
            .chain(held)
            .map(ToString::to_string)
            .chain(theirs.get(key).into_iter().flatten().map(ToString::to_string))
            .collect();
        holders.sort();
        holders.dedup();
        if !holders.is_empty() {
            let reason = format!("{} still refers to it", holders.join(" and "));
            draft.block(key, reason, "move or remove what refers to it first");
        }
    }
}
