//! What is ignored against what is declared: where the live value of the one does not go with the other, CloudTrail
//! would refuse the calls half-way, so the plan is refused instead.

use super::Planned;
use super::draft::{Case, Draft};
use crate::keep::is_of_aws;
use crate::resource::{Contradiction, Key, Path, Spec};
use std::collections::BTreeSet;

/// A resource bears at most so many tags; those of AWS's own do not count (API reference, `AddTags`; AWS tagging guide).
const MOST_TAGS: usize = 50;

/// No flag helps: one of the two settings has to give way.
pub(super) fn judge(case: &Case, draft: &mut Draft) {
    let mut found: Vec<(Key, String, &str)> = Vec::new();
    for (key, row) in &draft.rows {
        // What a manifest declares alone has passed its checks.
        if row.live.is_some() && case.kept.declared.contains_key(key) {
            let agree = "take it out of `ignore`, or declare what goes with its live value";
            found.extend(settings(case, key, row).into_iter().map(|reason| (key.clone(), reason, agree)));
            let fewer = "declare fewer tags, or take some off that are ignored";
            found.extend(tags(row).map(|reason| (key.clone(), reason, fewer)));
        }
    }
    for (key, reason, help) in found {
        draft.block(&key, reason, help);
    }
}

/// Two settings that the account does not have together yet, one of them ignored.
fn settings(case: &Case, key: &Key, row: &Planned) -> Vec<String> {
    let nothing = BTreeSet::new();
    let ignored = case.desired().ignore.get(key).unwrap_or(&nothing);
    let mut reasons = Vec::new();
    for Contradiction { settings, why } in row.desired.iter().flat_map(Spec::contradictions) {
        let concerns = |path: &Path| settings.contains(&path.top());
        let left: Vec<&str> = ignored.iter().filter(|path| concerns(path)).map(Path::as_str).collect();
        if !left.is_empty() && row.fields.iter().any(|change| concerns(&change.path)) {
            reasons.push(format!("{why}; {} is ignored and stays as it is", left.join(" and ")));
        }
    }
    reasons
}

/// Declared tags and tags that stay, too many together.
fn tags(row: &Planned) -> Option<String> {
    let tags = row.desired.as_ref()?.tags()?;
    let count = tags.keys().filter(|tag| !is_of_aws(tag)).count();
    let changes = row.fields.iter().any(|change| change.path.tag_key().is_some());
    (count > MOST_TAGS && changes).then(|| {
        format!(
            "with the tags that are ignored and stay it would have {count}, and CloudTrail admits {MOST_TAGS}"
        )
    })
}
