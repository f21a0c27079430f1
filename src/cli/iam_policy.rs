//! `iam-policy`: the least privilege that a manifest needs, offline. The same statements end the message when AWS says
//! that a bucket, topic, key or role does not let CloudTrail in.

use super::args::{IamPolicyArgs, PolicyFor, TargetArgs};
use super::failure::{Exit, Failure};
use super::load::load;
use super::output::Output;
use super::target::{self, Wanted};
use crate::apply::{Applied, StepResult};
use crate::name::Target;
use crate::plan::Plan;
use crate::privilege;
use crate::report::Trouble;
use crate::state::Desired;
use anyhow::Context;

/// The most characters of a managed policy, white space not counted (IAM user guide, IAM and STS quotas).
const MANAGED_POLICY: usize = 6144;

pub(super) fn run(
    args: &IamPolicyArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let loaded = load(&args.manifest, output.terminal.stdin)?;
    let target = known(target::wanted(loaded.manifest.header(), target)?)?;
    let meant = loaded.resolve(&target)?;
    output.warn(&meant.findings());
    let text = policy(&meant.desired, args)?;
    let length = text.chars().filter(|character| !character.is_whitespace()).count();
    if matches!(args.purpose, PolicyFor::Plan | PolicyFor::Apply) && length > MANAGED_POLICY {
        output.progress(&format!(
            "note: the policy has {length} characters, and IAM takes {MANAGED_POLICY} in one; divide its statements\n"
        ));
    }
    if text == "{}" {
        output.progress("note: the manifest names none\n");
    }
    output.terminal.report(&format!("{text}\n"))?;
    Ok(Exit::Done)
}

/// ARNs name an account and a region, and nobody is asked for them here.
fn known(Wanted { account, region }: Wanted) -> Result<Target, Trouble> {
    let missing = |what: &str| {
        let trouble = Trouble::new(format!("a policy names resources by {what}, and no {what} is set"));
        trouble.help(format!("set `{what}` in the manifest's header, or use --{what}"))
    };
    let account = account.ok_or_else(|| missing("account"))?;
    let region = region.ok_or_else(|| missing("region"))?;
    let partition = region.partition();
    Ok(Target { account, region, partition })
}

/// One document for an identity. For what the manifest names there may be several, so they stand under their names.
fn policy(desired: &Desired, args: &IamPolicyArgs) -> anyhow::Result<String> {
    let text = match args.purpose {
        PolicyFor::Plan => serde_json::to_string_pretty(&privilege::plan(desired)),
        PolicyFor::Apply => serde_json::to_string_pretty(&privilege::apply(desired)),
        PolicyFor::Bucket => {
            serde_json::to_string_pretty(&privilege::buckets(desired, organization(desired, args)?))
        }
        PolicyFor::Topic => serde_json::to_string_pretty(&privilege::topics(desired)),
        PolicyFor::Key => serde_json::to_string_pretty(&privilege::keys(desired)),
        PolicyFor::LogsRole => {
            serde_json::to_string_pretty(&privilege::logs_roles(desired, organization(desired, args)?))
        }
    };
    text.context("could not write the policy")
}

fn organization<'a>(desired: &Desired, args: &'a IamPolicyArgs) -> Result<&'a str, Trouble> {
    match args.organization_id.as_deref() {
        None if privilege::names_organization(desired) => {
            let trouble =
                Trouble::new("CloudTrail writes for an organization trail under the organization's id");
            Err(trouble.help("use --organization-id; `aws organizations describe-organization` tells it"))
        }
        id => Ok(id.unwrap_or_default()),
    }
}

/// Ends the message of each step that failed for want of a policy with the statements that it wants.
pub(super) fn advise(desired: &Desired, plan: &Plan, applied: &mut Applied) {
    for outcome in &mut applied.outcomes {
        let StepResult::Failed(failure) = &mut outcome.result else { continue };
        let step = plan.steps.iter().find(|step| step.id == outcome.step);
        let (Some(step), Some(code)) = (step, failure.error.code.as_deref()) else { continue };
        if let Some(remedy) = privilege::remedy(desired, &step.key, code) {
            let known = failure.error.help.take().map(|help| format!("{help}\n")).unwrap_or_default();
            failure.error.help = Some(known + &remedy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::{Outcome, Verified};
    use crate::aws::{CallError, Class, Effect, Failure};
    use crate::manifest::Manifest;
    use crate::manifest::source::SourceFile;
    use crate::name::Date;
    use crate::plan::decide;
    use crate::report::{Style, text};
    use crate::resource::Call;
    use crate::state::{Bindings, Live, RunOptions};
    use std::collections::{BTreeMap, BTreeSet};

    const MANIFEST: &str = r#"version: 1
name: base
account: "111122223333"
region: eu-central-1
trails:
  - name: audit
    s3BucketName: acme-trail-logs
    snsTopicName: deliveries
    isLogging: false
"#;

    fn desired() -> Desired {
        let source = SourceFile::decode("manifest.yaml", MANIFEST.as_bytes()).unwrap();
        let manifest = Manifest::parse(&[source]).unwrap();
        manifest.resolve(&manifest.stand_in_target(), &BTreeMap::new()).unwrap().desired
    }

    /// The text of an apply whose CreateTrail was answered with this code.
    fn answered(code: &str) -> String {
        let desired = desired();
        let live = Live {
            target: desired.target.clone(),
            found: BTreeMap::new(),
            pending: Vec::new(),
            foreign: Vec::new(),
            kms_keys: BTreeMap::new(),
            unresolved_keys: BTreeMap::new(),
            unread: BTreeMap::new(),
            health: BTreeMap::new(),
        };
        let today = Date::parse("2026-11-20").unwrap();
        let options = RunOptions { prune: false, max_deletes: None, allow: BTreeSet::new(), today };
        let plan = decide(&desired, &live, &options).unwrap().plan;
        let error = CallError {
            call: Call::CreateTrail,
            subject: "trail/audit".to_owned(),
            code: Some(code.to_owned()),
            message: "it is so".to_owned(),
            help: Some("do something".to_owned()),
            class: Class::Permanent,
        };
        let failed = StepResult::Failed(Failure { error, effect: Effect::Nothing });
        let outcomes = plan.steps.iter().map(|step| Outcome { step: step.id, result: failed.clone() });
        let mut applied =
            Applied { outcomes: outcomes.collect(), bindings: Bindings::default(), created: BTreeMap::new() };
        advise(&desired, &plan, &mut applied);
        text::applied(&plan, &applied, &Verified::default(), "2026-11-27T09:00:00Z", Style::default())
    }

    #[test]
    fn a_refused_delivery_ends_with_the_statement_that_it_wants() {
        let expected = r#"failed: trail/audit                 CreateTrail: InsufficientSnsTopicPolicyException: it is so
                                    do something
                                    the policy of topic arn:aws:sns:eu-central-1:111122223333:deliveries needs this statement:
                                    [
                                      {
                                        "Sid": "AWSCloudTrailSNSPolicy",
                                        "Effect": "Allow",
                                        "Principal": {
                                          "Service": "cloudtrail.amazonaws.com"
                                        },
                                        "Action": "SNS:Publish",
                                        "Resource": "arn:aws:sns:eu-central-1:111122223333:deliveries",
                                        "Condition": {
                                          "StringEquals": {
                                            "aws:SourceArn": "arn:aws:cloudtrail:eu-central-1:111122223333:trail/audit"
                                          }
                                        }
                                      }
                                    ]

Not applied: 1 failed. Nothing was changed.
"#;
        assert_eq!(answered("InsufficientSnsTopicPolicyException"), expected);
    }

    #[test]
    fn other_failures_are_told_as_they_are() {
        let expected = r#"failed: trail/audit                 CreateTrail: MaximumNumberOfTrailsExceededException: it is so
                                    do something

Not applied: 1 failed. Nothing was changed.
"#;
        assert_eq!(answered("MaximumNumberOfTrailsExceededException"), expected);
    }
}
