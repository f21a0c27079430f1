//! Accounts as they may have come to be: things of AWS's and of other regions, manifests that were applied before,
//! ours and others', and what somebody did by hand.

use super::by_hand::{Call, by_hand};
use super::manifest::{Manifest, manifest};
use super::{FAR_INSIGHTS, FAR_PARTNER};
use crate::support::{ACCOUNT, Lab, bold};
use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper::emulator::{DefaultSelectorForm, Switches};
use trailkeeper::resource::Key;
use trailkeeper::state::{Desired, MANIFEST_TAG, NAME_TAG};

/// The organization's management account, where there is one.
const MANAGEMENT: &str = "999900001111";

/// How an account came to be.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    foreign: Foreign,
    switches: Switches,
    past: Vec<Past>,
}

/// What is there and was not made by any call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Foreign {
    /// A service-linked channel.
    channel: bool,
    /// A managed dashboard.
    dashboard: bool,
    /// A trail of Control Tower.
    tower: bool,
    /// A trail and a store of all regions, at home in another.
    elsewhere: bool,
    /// An organization whose delegated administrator this account is.
    delegated: bool,
}

/// Something that happened before.
#[derive(Clone, Debug)]
enum Past {
    /// The manifest that is about to be applied, was.
    Same,
    /// Another version of it was.
    Ours(Box<Manifest>),
    /// Another manifest was, which knows the same names.
    Theirs(Box<Manifest>),
    /// Somebody made all this without trailkeeper.
    Nobodys(Box<Manifest>),
    Call(Call),
}

/// Any account that can be reached.
pub(crate) fn account() -> BoxedStrategy<Account> {
    let other = || manifest().prop_map(Box::new);
    let beginning = prop_oneof![
        2 => Just(Vec::new()),
        4 => Just(vec![Past::Same]),
        4 => other().prop_map(|one| vec![Past::Ours(one)]),
        1 => other().prop_map(|one| vec![Past::Theirs(one)]),
        1 => other().prop_map(|one| vec![Past::Nobodys(one)]),
        1 => (other(), other()).prop_map(|(theirs, ours)| vec![Past::Theirs(theirs), Past::Ours(ours)]),
    ];
    let calls = prop::collection::vec(by_hand().prop_map(Past::Call), 0..6);
    (beginning, calls, snapshot(), switches())
        .prop_map(|(mut past, calls, foreign, switches)| {
            past.extend(calls);
            Account { foreign, switches, past }
        })
        .boxed()
}

/// What AWS, other regions and other people may have put into the account.
fn snapshot() -> BoxedStrategy<Foreign> {
    let flag = || prop::bool::weighted(0.1);
    (flag(), flag(), flag(), flag(), flag())
        .prop_map(|(channel, dashboard, tower, elsewhere, delegated)| Foreign {
            channel,
            dashboard,
            tower,
            elsewhere,
            delegated,
        })
        .boxed()
}

impl Foreign {
    fn snapshot(self) -> String {
        let mut world = json!({"formatVersion": 1});
        let mut put = |account: &str, region: &str, list: &str, id: &str, content: Value| {
            world["accounts"][account]["regions"][region][list][id] = content;
        };
        let taking =
            |category: &str| json!([{"FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}]}]);
        for (id, category) in [(FAR_PARTNER, "ActivityAuditLog"), (FAR_INSIGHTS, "Insight")] {
            let store = json!({"Name": format!("far-{category}"), "AdvancedEventSelectors": taking(category), "MultiRegionEnabled": false});
            put(ACCOUNT, "us-east-1", "eventDataStores", id, store);
        }
        if self.channel {
            let id = "aws-service-channel/security-lake/11111111-2222-4333-8444-555555555555";
            let destinations = json!([{"Type": "AWS_SERVICE", "Location": "security-lake"}]);
            let linked = json!({"Name": "aws-service-channel/security-lake/slc", "Source": "CloudTrail", "Destinations": destinations});
            put(ACCOUNT, "us-east-1", "channels", id, linked);
        }
        if self.dashboard {
            put(ACCOUNT, "us-east-1", "dashboards", "AWSCloudTrail-S3DataEvents", json!({"Type": "MANAGED"}));
        }
        if self.tower {
            let trail = json!({"S3BucketName": "tower", "IsLogging": true});
            put(ACCOUNT, "us-east-1", "trails", "aws-controltower-BaselineCloudTrail", trail);
        }
        if self.elsewhere {
            let trail = json!({"S3BucketName": "far", "IsMultiRegionTrail": true, "IsLogging": true});
            put(ACCOUNT, "eu-west-1", "trails", "elsewhere", trail);
            let store = json!({"Name": "elsewhere", "MultiRegionEnabled": false});
            put(ACCOUNT, "eu-west-1", "eventDataStores", "22222222-2222-4333-8444-555555555555", store);
        }
        if self.delegated {
            let trail = json!({"S3BucketName": "org", "IsOrganizationTrail": true, "IsMultiRegionTrail": true, "IsLogging": true});
            put(MANAGEMENT, "us-east-1", "trails", "of-management", trail);
            world["organization"] = json!({"managementAccount": MANAGEMENT, "delegatedAdmins": [ACCOUNT]});
        }
        serde_yaml::to_string(&world).unwrap()
    }
}

/// What the documentation leaves open.
fn switches() -> BoxedStrategy<Switches> {
    let plain = Switches::default();
    let any = (any::<[bool; 17]>(), 0..3u32, prop::option::of(1..4usize)).prop_map(
        |(on, settle_reads, page_size)| Switches {
            settle_reads,
            eds_kms_as_alias: on[0],
            policy_reserialised: on[1],
            default_selector_form: if on[2] {
                DefaultSelectorForm::Advanced
            } else {
                DefaultSelectorForm::Basic
            },
            custom_selectors_flag_sticks: on[3],
            sns_topic_name_as_arn: on[4],
            recursive_logging_absent: on[5],
            insight_categories_absent: on[6],
            event_configuration_omission_clears: on[7],
            restored_protection: on[8],
            restored_stopped: on[9],
            federation_disabled_absent: on[10],
            insights_destination_protected: on[11],
            shadow_stores_listed: on[12],
            destination_as_id: on[13],
            schedule_needs_policy: on[14],
            empty_tag_value_absent: on[15],
            list_tags_one_kind: on[0] ^ on[5],
            list_trails_one_region: on[1] ^ on[6],
            page_size,
            ..Switches::default()
        },
    );
    prop_oneof![1 => Just(plain), 1 => any].boxed()
}

impl Account {
    /// A manifest of this name as it can be in this account.
    pub(crate) fn fitted(&self, manifest: &Manifest, name: &str) -> Manifest {
        let named = manifest.named(name);
        if self.foreign.delegated { named.of_organization(MANAGEMENT) } else { named }
    }

    /// The account before `manifest` is planned, with every state settled.
    pub(crate) async fn live(&self, manifest: &Manifest) -> Result<Lab, String> {
        let lab = Lab::restore(&self.foreign.snapshot());
        lab.emulator.set_switches(self.switches.clone());
        let of = |manifest: &Manifest, name: &str| self.fitted(manifest, name).desired(0);
        let ours = of(manifest, "acme")?;
        for past in &self.past {
            match past {
                Past::Same => drop(applied(&lab, &ours).await?),
                Past::Ours(other) => drop(applied(&lab, &of(other, "acme")?).await?),
                Past::Theirs(other) => drop(applied(&lab, &of(other, "other")?).await?),
                Past::Nobodys(other) => {
                    for arn in applied(&lab, &of(other, "nobody")?).await? {
                        let tags = json!([{"Key": MANIFEST_TAG}, {"Key": NAME_TAG}]);
                        lab.call("RemoveTags", &json!({"ResourceId": arn, "TagsList": tags})).await?;
                    }
                }
                // What the service refuses has not happened.
                Past::Call(call) => drop(lab.call(call.operation, &call.request).await),
            }
        }
        for _ in 0..=self.switches.settle_reads {
            lab.read(&ours).await?;
        }
        Ok(lab)
    }

    /// The same with less behind it.
    pub(crate) fn smaller(&self) -> Vec<Account> {
        let mut smaller: Vec<Account> = Vec::new();
        for place in 0..self.past.len() {
            let mut past = self.past.clone();
            past.remove(place);
            smaller.push(Account { past, ..self.clone() });
        }
        if self.foreign != Foreign::default() {
            smaller.push(Account { foreign: Foreign::default(), ..self.clone() });
        }
        if self.switches != Switches::default() {
            smaller.push(Account { switches: Switches::default(), ..self.clone() });
        }
        for (place, event) in self.past.iter().enumerate() {
            let (manifest, again): (_, fn(Box<Manifest>) -> Past) = match event {
                Past::Ours(manifest) => (manifest, Past::Ours),
                Past::Theirs(manifest) => (manifest, Past::Theirs),
                Past::Nobodys(manifest) => (manifest, Past::Nobodys),
                Past::Same | Past::Call(_) => continue,
            };
            for one in manifest.smaller() {
                let mut past = self.past.clone();
                past[place] = again(Box::new(one));
                smaller.push(Account { past, ..self.clone() });
            }
        }
        smaller
    }

    /// The same account in another emulator.
    pub(crate) fn copy(&self, lab: &Lab) -> Lab {
        let copy = Lab::restore(&lab.emulator.snapshot());
        copy.emulator.set_switches(self.switches.clone());
        copy
    }

    /// How it came to be, in words.
    pub(crate) fn told(&self) -> String {
        let told = self.past.iter().map(|past| match past {
            Past::Same => "this manifest was applied\n".to_owned(),
            Past::Ours(other) => format!("an earlier one was applied:\n{}\n", other.text()),
            Past::Theirs(other) => format!("another manifest was applied:\n{}\n", other.text()),
            Past::Nobodys(other) => format!("somebody made what this manifest says:\n{}\n", other.text()),
            Past::Call(Call { operation, request }) => format!("- {operation}: {request}\n"),
        });
        let switches = if self.switches == Switches::default() {
            String::new()
        } else {
            format!("{:?}\n", self.switches)
        };
        told.collect::<String>() + &switches
    }
}

/// Applies what can be applied, and answers the ARNs of what was created.
async fn applied(lab: &Lab, desired: &Desired) -> Result<Vec<String>, String> {
    let Some(decision) = lab.try_decide(desired, &everything_allowed(desired)).await? else {
        return Ok(Vec::new());
    };
    if decision.plan.is_refused() {
        return Ok(Vec::new());
    }
    let (applied, _) = lab.carry_out(&decision, &lab.try_reader().await?).await;
    Ok(applied.created.values().map(ToString::to_string).collect())
}

/// Nothing is left for a guard to stop.
pub(crate) fn everything_allowed(desired: &Desired) -> trailkeeper::state::RunOptions {
    let keys: Vec<Key> = desired.specs.keys().chain(desired.removed.keys()).cloned().collect();
    bold(&keys)
}
