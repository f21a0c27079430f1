//! The command line. Doc comments are the help text; what is not text here is decided in the commands.

use crate::name::{AccountId, Region};
use crate::resource::{Guard, Key};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Keeps one AWS account's CloudTrail exactly as a committed YAML manifest says.
#[derive(Debug, Parser)]
#[command(name = "trailkeeper", version, arg_required_else_help = true, disable_help_subcommand = true)]
#[command(after_help = EXIT_CODES)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; nothing differs (plan without --detailed-exitcode: also when something differs)
  1  trouble, and nothing was changed
  2  differences: drift, and plan --detailed-exitcode
  3  refused by a guard, and nothing was changed
  5  apply is incomplete: run it again";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the manifest offline; every problem at once, with its place
    Validate(ValidateArgs),
    /// Show what apply would do
    Plan(PlanArgs),
    /// Make the account as the manifest says
    Apply(ApplyArgs),
    /// Tell whether the account is as the manifest says; exit code 2 when it is not
    Drift(DriftArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
}

/// Which account is meant, and how it is reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArgs {
    /// Use an embedded CloudTrail kept in FILE instead of AWS: no network, no credentials
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["profile", "endpoint_url"])]
    pub(super) sandbox: Option<PathBuf>,
    /// The only account that may be touched, where the manifest does not say it
    #[arg(long, global = true, value_name = "ID", value_parser = account)]
    pub(super) account: Option<AccountId>,
    /// The region, where the manifest does not say it [default: environment, then profile]
    #[arg(long, global = true, value_name = "REGION", value_parser = region)]
    pub(super) region: Option<Region>,
    /// The profile of the AWS configuration files to use
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// Send every call here instead of to AWS
    #[arg(long, global = true, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,
}

/// How much is said, and how it looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// When to use colours; auto follows NO_COLOR too
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub(super) color: Color,
    /// Say who asks which account, and each request that apply sends
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    /// Leave out progress and warnings
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct ManifestArgs {
    /// Files, and folders with every *.yaml and *.yml below them
    #[arg(value_name = "MANIFEST", default_value = DEFAULT_MANIFEST)]
    pub(super) manifests: Vec<PathBuf>,
}

/// The manifest when none is given.
pub(super) const DEFAULT_MANIFEST: &str = "trailkeeper.yaml";

#[derive(Debug, Args)]
pub(super) struct FormatArgs {
    /// How the report is written: for people, or for programs as `trailkeeper schema` describes
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
    #[command(flatten)]
    pub(super) guards: GuardArgs,
    /// Exit with 2 when something differs, and with 3 when apply would be refused
    #[arg(long)]
    pub(super) detailed_exitcode: bool,
}

#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
    #[command(flatten)]
    pub(super) guards: GuardArgs,
    /// Apply without asking
    #[arg(short, long)]
    pub(super) yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct DriftArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// The manifest, or what a command prints with --format json
    #[arg(value_enum, value_name = "WHAT", default_value_t)]
    pub(super) of: SchemaOf,
}

/// What guards may let through.
#[derive(Debug, Args)]
pub(super) struct GuardArgs {
    /// Allow what a guard stops, such as blind-spot=trail/audit; may be given several times
    #[arg(long, value_name = "CLASS=KEY", value_parser = permission)]
    pub(super) allow: Vec<(Guard, Key)>,
    /// Delete what bears this manifest's tags and is neither declared nor removed
    #[arg(long, requires = "max_deletes")]
    pub(super) prune: bool,
    /// The most deletions that --prune may plan
    #[arg(long, value_name = "N", requires = "prune")]
    pub(super) max_deletes: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum SchemaOf {
    #[default]
    Manifest,
    Plan,
    Drift,
    Apply,
}

impl Command {
    /// How the report on stdout is written. A schema is JSON by nature, but its trouble is told as text.
    pub(super) fn format(&self) -> Format {
        match self {
            Command::Validate(args) => args.format.format,
            Command::Plan(args) => args.format.format,
            Command::Apply(args) => args.format.format,
            Command::Drift(args) => args.format.format,
            Command::Schema(_) => Format::Text,
        }
    }
}

fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account id has twelve digits".to_owned())
}

fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| "a region looks like eu-central-1".to_owned())
}

fn permission(text: &str) -> Result<(Guard, Key), String> {
    let guards = || Guard::ALL.map(Guard::word).join(", ");
    let (guard, key) = text
        .split_once('=')
        .ok_or_else(|| "expected CLASS=KEY, such as blind-spot=trail/audit".to_owned())?;
    let guard = Guard::parse(guard).ok_or_else(|| format!("`{guard}` is not one of {}", guards()))?;
    let key = Key::parse(key)
        .ok_or_else(|| format!("`{key}` is not a key, such as trail/audit or policy/channel/okta"))?;
    Ok((guard, key))
}
