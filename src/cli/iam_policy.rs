//! `iam-policy`: the least privilege that a manifest needs, offline. The same statements end the message when AWS says
//! that a bucket, topic, key or role does not let CloudTrail in.

use super::args::{IamPolicyArgs, PolicyFor, TargetArgs};
use super::failure::{Exit, Failure};
use super::load::{Loaded, load, problems};
use super::output::Output;
use super::target::{self, Wanted};
use crate::apply::{Applied, StepResult};
use crate::manifest::Resolved;
use crate::name::Target;
use crate::plan::Plan;
use crate::privilege;
use crate::report::Trouble;
use crate::state::Desired;
use anyhow::Context;

pub(super) fn run(
    args: &IamPolicyArgs,
    target: &TargetArgs,
    output: &mut Output<'_, '_>,
) -> Result<Exit, Failure> {
    let Loaded { manifest, sources, files: _, documents, sha256: _ } = load(&args.manifest.manifests)?;
    let target = known(target::wanted(manifest.header(), target)?)?;
    let Resolved { desired, warnings } = match manifest.resolve(&target, &documents) {
        Ok(resolved) => resolved,
        Err(found) => return Err(problems(found, sources)),
    };
    output.warn(&warnings, &sources);
    let text = policy(&desired, args)?;
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
