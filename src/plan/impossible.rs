//! What no flag can allow: removing what is not ours, deleting what is protected or still referred to.

use super::draft::{Case, Draft, whose};
use super::{Refusal, Verb};
use crate::name::AccountId;
use crate::resource::{Key, Path, Spec};
use crate::state::Owner;

/// Adds the refusals; the rows stay, without steps.
pub(super) fn judge(case: &Case, draft: &mut Draft) {
    removing_what_is_not_ours(case, draft);
    deleting_what_is_protected(draft);
    deleting_what_is_referred_to(case, draft);
    ignoring_half_of_what_goes_together(case, draft);
    referring_to_what_is_unfit(case, draft);
    converting_what_is_the_management_accounts(case, draft);
}

/// Only the management account turns what one account owns into the organization's, or back; a delegated
/// administrator does not (user guide, organization delegated administrator; NotOrganizationMasterAccountException).
fn converting_what_is_the_management_accounts(case: &Case, draft: &mut Draft) {
    let settings = ["isOrganizationTrail", "organizationEnabled"].map(Path::new);
    let here = case.live.target.account.as_str();
    let management = case.desired().management_account.as_ref().map(AccountId::as_str);
    let converted = draft.works.iter().filter_map(|(key, work)| {
        let owner = work.planned.live.as_ref()?.arn.account();
        let elsewhere = [Some(owner), management].into_iter().flatten().find(|account| *account != here)?;
        let change = work.planned.fields.iter().find(|change| settings.contains(&change.path))?;
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

/// What is declared passed every check together with its defaults; with what is left as it is, it may not.
fn ignoring_half_of_what_goes_together(case: &Case, draft: &mut Draft) {
    for (key, paths) in &case.desired().ignore {
        let changes = matches!(draft.verb(key), Some(Verb::Update | Verb::Adopt));
        let spec = case.desired().specs.get(key).filter(|_| changes);
        if let Some(contradiction) = spec.and_then(Spec::contradiction) {
            let left: Vec<&str> = paths.iter().map(Path::as_str).collect();
            let reason = format!("with {} left as found, {contradiction}", left.join(", "));
            draft.block(key, reason, "declare what goes with it, or take it out of `ignore`");
        }
    }
}

/// To forget what is not ours is done already; to delete it is not ours to do.
fn removing_what_is_not_ours(case: &Case, draft: &mut Draft) {
    for (key, _) in case.desired().removed.iter().filter(|(_, removal)| !removal.keep) {
        let reason = match case.live.found.get(key) {
            Some(found) if case.owns(found) => continue,
            Some(found) => match &found.owner {
                Owner::Nobody => {
                    format!("{} bears no ownership tags, so it is not ours to delete", found.arn)
                }
                Owner::Manifest { manifest, .. } => {
                    format!("{} is owned by the manifest `{manifest}`, not ours to delete", found.arn)
                }
            },
            None => match case.live.foreign.iter().find(|foreign| foreign.key == *key) {
                Some(foreign) => format!("{}, not ours to delete", whose(foreign)),
                None => continue,
            },
        };
        let help = Some("take it out of `removed`; declare it first if it shall become ours".to_owned());
        draft.refusals.push(Refusal { key: key.clone(), guard: None, reason, help });
    }
}

fn deleting_what_is_protected(draft: &mut Draft) {
    let going =
        draft.works.iter().filter(|(_, work)| matches!(work.planned.verb, Verb::Delete | Verb::Replace));
    let protected: Vec<(Key, (String, String))> = going
        .filter_map(|(key, work)| Some((key.clone(), work.planned.live.as_ref()?.spec.undeletable()?)))
        .collect();
    for (key, (why, help)) in protected {
        draft.block(&key, why, &help);
    }
}

/// Policies do not count: CloudTrail takes no notice of what their text names.
fn deleting_what_is_referred_to(case: &Case, draft: &mut Draft) {
    let going: Vec<Key> =
        draft.works.keys().filter(|key| draft.verb(key) == Some(Verb::Delete)).cloned().collect();
    for key in going.iter().filter(|key| !key.is_policy()) {
        let refers = |spec: &Spec| spec.references().contains(key);
        let staying = case.desired().specs.iter().filter(|(other, spec)| !other.is_policy() && refers(spec));
        let held = case.live.found.iter().filter(|(other, found)| {
            // What refers to it until its own deletion or replacement fails to come about.
            !other.is_policy() && refers(&found.spec) && draft.is_blocked(other)
        });
        let foreign = case.live.foreign.iter().filter(|foreign| foreign.spec.as_deref().is_some_and(refers));
        let mut holders: Vec<String> = staying
            .map(|(other, _)| other.to_string())
            .chain(held.map(|(other, _)| other.to_string()))
            .chain(foreign.map(|foreign| foreign.arn.to_string()))
            .collect();
        holders.sort();
        holders.dedup();
        if !holders.is_empty() {
            let reason = format!("{} still refers to it", holders.join(" and "));
            draft.block(key, reason, "move or remove what refers to it first");
        }
    }
}
