//! KMS spellings. Of those that nobody could resolve, what can be compared is compared and the rest is left alone, with a
//! note; of those that were resolved, a note tells what an alias means.

use super::{Kept, UNRESOLVED, note};
use crate::name::{Arn, Target};
use crate::resource::Path;
use crate::state::{Live, is_key_arn};

/// Where it cannot be told whether both sides mean the same key, the live one stays.
pub(super) fn unresolved(kept: &mut Kept, live: &Live) {
    let path = Path::new("kmsKeyId");
    for (key, spec) in &mut kept.desired.specs {
        let Some(desired) = spec.kms_key().map(str::to_owned) else { continue };
        let Some(found) = live.found.get(key) else { continue };
        let Some(current) = found.spec.kms_key().map(str::to_owned) else { continue };
        match same_key(&desired, &current, &live.target) {
            Some(true) => spec.leave(&path, &found.spec),
            Some(false) => {}
            None => {
                let cause = [&desired, &current].into_iter().find_map(|it| live.unresolved_keys.get(it));
                let cause = cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
                let text = format!(
                    "kmsKeyId: cannot tell whether `{desired}` and the live `{current}` are one key{cause}; left as it is"
                );
                spec.leave(&path, &found.spec);
                kept.notes.push(note(key, UNRESOLVED, text));
            }
        }
    }
}

/// A key that changes is shown by its ARN; which alias meant it is a note (an alias may mean another key tomorrow).
pub(super) fn aliases(kept: &mut Kept, live: &Live) {
    for (key, spec) in &kept.declared {
        let Some(arn) = spec.kms_key() else { continue };
        if live.found.get(key).and_then(|found| found.spec.kms_key()) == Some(arn) {
            continue;
        }
        let meant = live
            .kms_keys
            .iter()
            .filter(|(spelling, meant)| meant.as_str() == arn && spelling.contains("alias/"));
        for (alias, meant) in meant {
            let text = format!("kmsKeyId: {alias} (-> {})", meant.resource());
            kept.notes.push(note(key, "alias", text));
        }
    }
}

/// Whether two spellings mean one key, as far as the spellings tell.
fn same_key(desired: &str, live: &str, target: &Target) -> Option<bool> {
    // An alias and its key are of one account and region (KMS developer guide, aliases).
    if place(desired).zip(place(live)).is_some_and(|(desired, live)| desired != live) {
        return Some(false);
    }
    let (desired, live) = (full(desired, target), full(live, target));
    match desired == live {
        true => Some(true),
        // Two key ARNs are two keys. An alias may mean any key, and two aliases may mean one.
        false if is_key_arn(&desired) && is_key_arn(&live) => Some(false),
        false => None,
    }
}

/// The account and region of a spelling that says them.
fn place(spelling: &str) -> Option<(String, String)> {
    let arn = Arn::parse(spelling).ok()?;
    Some((arn.account().to_owned(), arn.region().to_owned()))
}

/// The spelling as the ARN that it stands for in the target: an alias, or a key by its id.
fn full(spelling: &str, target: &Target) -> String {
    if Arn::parse(spelling).is_ok() {
        return spelling.to_owned();
    }
    let Target { account, region, partition } = target;
    let resource =
        if spelling.starts_with("alias/") { spelling.to_owned() } else { format!("key/{spelling}") };
    format!("arn:{partition}:kms:{region}:{account}:{resource}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{AccountId, Region};

    fn same(desired: &str, live: &str) -> Option<bool> {
        let region = Region::parse("us-east-1").unwrap();
        let partition = region.partition();
        same_key(
            desired,
            live,
            &Target { account: AccountId::parse("111122223333").unwrap(), region, partition },
        )
    }

    #[test]
    fn only_an_alias_and_a_key_cannot_be_compared() {
        let key = |id: &str| format!("arn:aws:kms:us-east-1:111122223333:key/{id}");
        let alias = "arn:aws:kms:us-east-1:111122223333:alias/trail";
        assert_eq!(same("alias/trail", alias), Some(true));
        assert_eq!(same("aaaa-1", &key("aaaa-1")), Some(true));
        assert_eq!(same("aaaa-1", &key("bbbb-2")), Some(false));
        assert_eq!(same("alias/trail", &key("aaaa-1")), None);
        assert_eq!(same("alias/other", alias), None);
        assert_eq!(same(alias, &key("aaaa-1")), None);
        let elsewhere = [
            "arn:aws:kms:us-east-1:444455556666:alias/trail",
            "arn:aws:kms:eu-west-1:111122223333:alias/trail",
        ];
        for other in elsewhere {
            assert_eq!(same(other, &key("aaaa-1")), Some(false));
            assert_eq!(same(other, alias), Some(false));
        }
    }
}
