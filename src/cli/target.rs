//! Which account and region are meant, from the manifest's header and the command line, and whether the
//! credentials are for that account. A contradiction is an error, never a choice.

use super::args::TargetArgs;
use crate::aws::is_endpoint;
use crate::emulator::Emulator;
use crate::manifest::Header;
use crate::name::{AccountId, Region, Target};
use crate::report::Trouble;

/// The sandbox's account when nothing else is said: the one of AWS's own documentation.
pub(super) const SANDBOX_ACCOUNT: &str = "123456789012";

/// What is known of the target before anybody has been asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The only account that may be touched.
    pub(super) account: Option<AccountId>,
    /// The region; when absent, what environment and profile say. In the sandbox neither says anything.
    pub(super) region: Option<Region>,
}

/// What header and command line say together.
pub(super) fn wanted(header: &Header, args: &TargetArgs) -> Result<Wanted, Trouble> {
    let account = agree("account", header.account.as_ref(), args.account.as_ref())?;
    let region = agree("region", header.region.as_ref(), args.region.as_ref())?;
    let example = || args.sandbox.as_ref().and_then(|_| AccountId::parse(SANDBOX_ACCOUNT));
    Ok(Wanted { account: account.or_else(example), region })
}

/// The variables that name an endpoint of what is called (AWS SDKs and tools reference guide, service-specific endpoints).
const ENDPOINTS: [&str; 4] =
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDTRAIL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_KMS"];

/// Whether the environment's endpoints are some: an empty one makes the SDK panic.
pub(super) fn must_be_endpoints(args: &TargetArgs) -> Result<(), Trouble> {
    if args.sandbox.is_some() || args.endpoint_url.is_some() {
        return Ok(());
    }
    for name in ENDPOINTS {
        let Some(url) = std::env::var_os(name) else { continue };
        let url = url.to_string_lossy();
        if !is_endpoint(&url) {
            let help = format!("a URL looks like https://cloudtrail.example:4566; check {name}, or unset it");
            return Err(Trouble::new(format!("`{url}` is not the URL of an endpoint")).help(help));
        }
    }
    Ok(())
}

fn agree<T: Clone + Eq + std::fmt::Display>(
    word: &str,
    header: Option<&T>,
    flag: Option<&T>,
) -> Result<Option<T>, Trouble> {
    match (header, flag) {
        (Some(header), Some(flag)) if header != flag => {
            let trouble =
                Trouble::new(format!("the manifest is for {word} {header}, and --{word} says {flag}"));
            Err(trouble.help(format!("leave --{word} out, or use the manifest of {flag}")))
        }
        (header, flag) => Ok(header.or(flag).cloned()),
    }
}

/// Apply must know beforehand whose account it may change.
pub(super) fn must_name_account(wanted: &Wanted) -> Result<(), Trouble> {
    match wanted.account {
        Some(_) => Ok(()),
        None => Err(Trouble::new("apply does not know which account it may change")
            .help("set `account` in the manifest's header, or use --account")),
    }
}

/// Whether the credentials are for the account that is meant.
pub(super) fn must_be(wanted: &Wanted, target: &Target) -> Result<(), Trouble> {
    match &wanted.account {
        Some(account) if *account != target.account => Err(Trouble::new(format!(
            "the manifest is for account {account}, and the credentials are for account {}",
            target.account
        ))
        .help("nothing was changed; use credentials or a --profile of the right account")),
        _ => Ok(()),
    }
}

/// The embedded account, when one is asked for.
pub(super) fn sandbox(args: &TargetArgs, wanted: &Wanted) -> Result<Option<Emulator>, Trouble> {
    let Some(file) = &args.sandbox else { return Ok(None) };
    if wanted.region.is_none() {
        let trouble = Trouble::new("no region is set");
        return Err(trouble.help("set `region` in the manifest's header, or use --region"));
    }
    let account = wanted.account.as_ref().map_or(SANDBOX_ACCOUNT, AccountId::as_str);
    let opened = Emulator::open(file, account);
    opened.map(Some).map_err(|error| Trouble::new(error.to_string()).help(error.help()))
}
