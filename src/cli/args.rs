//! The command line. Doc comments are the help text; what is not text here is decided in the commands.

mod format;
mod shown;
mod value;

pub(super) use format::{Form, Format};
pub(super) use shown::command_line;

use crate::manifest::export::Pick;
use crate::name::{AccountId, Region};
use crate::report::markdown::LEAST;
use crate::resource::{Guard, Key, Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use format::{FormatArgs, PageArgs};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Keeps one AWS account's CloudTrail exactly as a committed YAML manifest says.
#[derive(Debug, Parser)]
#[command(name = "trailkeeper", version, arg_required_else_help = true, disable_help_subcommand = true)]
// Terminals wrap by themselves, and what a build turns on beside ours must not change a text.
#[command(after_help = EXIT_CODES, term_width = 0)]
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
  2  differences: drift, which counts what does not work too, and plan --detailed-exitcode
  3  refused by a guard, and nothing was changed
  4  the saved plan does not cover what apply would do, and nothing was changed
  5  apply is incomplete: run it again";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the manifest offline; every problem at once, with its place
    Validate(ValidateArgs),
    /// Show what apply would do
    Plan(PlanArgs),
    /// Make the account as the manifest says
    Apply(ApplyArgs),
    /// Show a plan that was saved with `plan --out`
    Show(ShowArgs),
    /// Tell whether the account is as the manifest says; exit code 2 when it is not
    Drift(DriftArgs),
    /// Print the least privilege that the manifest needs, offline
    IamPolicy(IamPolicyArgs),
    /// Print the live account as a manifest
    Export(ExportArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Serve the embedded CloudTrail over HTTP to other clients, look at its state, begin again
    #[command(subcommand, arg_required_else_help = true)]
    Sandbox(SandboxCommand),
}

#[derive(Debug, Subcommand)]
pub(super) enum SandboxCommand {
    /// Answer CloudTrail's API, and what test-suites need of STS, KMS, S3 and SNS, until a signal ends it
    ///
    /// The first line on stdout is `listening on http://ADDRESS:PORT`. Give this URL to other clients as
    /// their endpoint, such as in AWS_ENDPOINT_URL. An access key of twelve digits calls as that account,
    /// AssumeRole gives out keys of the role's account, and every other key calls as --account.
    Serve(ServeArgs),
    /// Begin again with an empty AWS: that of a file, or that of a server with --endpoint-url
    Reset(StateArgs),
    /// Print the whole state: that of a file, or that of a server with --endpoint-url
    Show(StateArgs),
}

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// Keep the state in FILE, created on the first change; in memory otherwise
    #[arg(long, value_name = "FILE")]
    pub(super) state: Option<PathBuf>,
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:4580")]
    pub(super) listen: SocketAddr,
    /// Answer every request this many milliseconds later
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(super) latency: u64,
    /// Throttle what is faster than the published rates of CloudTrail's operations
    #[arg(long)]
    pub(super) enforce_limits: bool,
    /// Bring about the misfortunes of a YAML list, such as [{on: CreateTrail, nth: 2, then: throttled}]
    #[arg(long, value_name = "FILE")]
    pub(super) faults: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct StateArgs {
    /// The file that the state is kept in
    #[arg(long, value_name = "FILE", conflicts_with = "endpoint_url")]
    pub(super) state: Option<PathBuf>,
}

/// Which account is meant, and how it is reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
pub(super) struct TargetArgs {
    /// Use an embedded CloudTrail kept in FILE instead of AWS: no network, no credentials
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["profile", "endpoint_url"])]
    pub(super) sandbox: Option<PathBuf>,
    /// The only account that may be touched, where the manifest does not say it
    #[arg(long, global = true, value_name = "ID", value_parser = value::account)]
    pub(super) account: Option<AccountId>,
    /// The region, where the manifest does not say it [default: environment, then profile; none in a sandbox]
    #[arg(long, global = true, value_name = "REGION", value_parser = value::region)]
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
    /// Files, folders with every *.yaml and *.yml below them, and - for standard input
    #[arg(value_name = "MANIFEST", default_value = DEFAULT_MANIFEST)]
    pub(super) manifests: Vec<PathBuf>,
    /// Take warnings for errors
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// Let resourcePolicyFile name files below FOLDER too, and not only below the manifest's own; may be given several times
    #[arg(long, value_name = "FOLDER")]
    pub(super) policies_in: Vec<PathBuf>,
}

/// The manifest when none is given.
pub(super) const DEFAULT_MANIFEST: &str = "trailkeeper.yaml";

#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    /// How problems are written: for people, for programs, for GitHub's pull requests, or for code scanning
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: ProblemFormat,
    /// Explain a code such as TK108, or all of them, and do nothing else
    #[arg(long, value_name = "CODE", conflicts_with_all = ["manifests", "deny_warnings", "policies_in", "format"])]
    pub(super) explain: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
    #[command(flatten)]
    pub(super) guards: GuardArgs,
    #[command(flatten)]
    pub(super) only: OnlyArgs,
    /// Exit with 2 when something differs, and with 3 when apply would be refused
    #[arg(long)]
    pub(super) detailed_exitcode: bool,
    /// Save the plan in FILE too, as JSON, for `show` and for `apply --plan`
    #[arg(long, value_name = "FILE", value_parser = value::out_file)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) format: PageArgs,
    #[command(flatten)]
    pub(super) guards: GuardArgs,
    #[command(flatten)]
    pub(super) only: OnlyArgs,
    /// Apply without asking
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Apply without asking, and only if this saved plan shows everything that would be done
    #[arg(long, value_name = "FILE", value_parser = value::plan_file)]
    pub(super) plan: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// What `plan --out` wrote
    #[arg(value_name = "PLANFILE", value_parser = value::plan_file)]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) format: PageArgs,
}

/// What of the manifest is meant.
#[derive(Debug, Args)]
pub(super) struct OnlyArgs {
    /// Leave out all but this resource and what it needs, such as channel/okta; may be given several times
    #[arg(long, value_name = "KEY", value_parser = value::key, conflicts_with = "prune")]
    pub(super) only: Vec<Key>,
}

#[derive(Debug, Args)]
pub(super) struct DriftArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) format: FormatArgs,
    /// Say who made each difference, from the last 90 days of CloudTrail's event history
    #[arg(long)]
    pub(super) who: bool,
    /// List what nobody declared too, with what makes it worth a look; it does not count
    #[arg(long)]
    pub(super) unmanaged: bool,
    /// Show delivery and ingestion errors, but count only differences
    #[arg(long)]
    pub(super) ignore_health: bool,
    /// Exit with 2 only for what is at least as bad: critical, warning or info [default: every difference, and health from warning on]
    #[arg(long, value_name = "SEVERITY", value_parser = value::severity)]
    pub(super) fail_on: Option<Severity>,
    /// Save the report in FILE too, as JSON: evidence that somebody looked
    #[arg(long, value_name = "FILE", value_parser = value::out_file)]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct IamPolicyArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    /// Who shall have the policy: whoever runs plan or apply, or, each under its name, what CloudTrail uses
    #[arg(long = "for", value_enum, value_name = "WHOM")]
    pub(super) purpose: PolicyFor,
    /// The id of the organization, where an organization trail delivers to a bucket or log group
    #[arg(long, value_name = "ID", value_parser = value::organization)]
    pub(super) organization_id: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// What: trail, eventDataStore, channel or dashboard for all of a kind, trail/audit for one; everything when left out
    #[arg(value_name = "KIND[/NAME]", value_parser = value::pick)]
    pub(super) picks: Vec<Pick>,
    /// The manifest's name [default: the one that the account's resources bear, else exported]
    #[arg(long, value_name = "NAME", value_parser = value::manifest_name)]
    pub(super) name: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// The manifest, or what a command prints with --format json
    #[arg(value_enum, value_name = "WHAT", default_value_t)]
    pub(super) of: SchemaOf,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(super) shell: Shell,
}

/// What guards may let through.
#[derive(Debug, Args)]
pub(super) struct GuardArgs {
    /// Allow what a guard stops, such as blind-spot=trail/audit; may be given several times
    #[arg(long, value_name = "CLASS=KEY", value_parser = value::permission)]
    pub(super) allow: Vec<(Guard, Key)>,
    /// Delete what bears this manifest's tags and is neither declared nor removed
    #[arg(long, requires = "max_deletes")]
    pub(super) prune: bool,
    /// The most deletions that --prune may plan
    #[arg(long, value_name = "N", requires = "prune")]
    pub(super) max_deletes: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum ProblemFormat {
    #[default]
    Text,
    Json,
    Github,
    Sarif,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PolicyFor {
    Plan,
    Apply,
    Bucket,
    Topic,
    Key,
    LogsRole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum SchemaOf {
    #[default]
    Manifest,
    Validate,
    Plan,
    Drift,
    Apply,
}

impl Command {
    /// How the report on stdout is written. Schemas and policies are JSON by nature, but their trouble is told as text.
    pub(super) fn form(&self) -> Form {
        let plain = |format| Form { format, max_bytes: LEAST };
        match self {
            Command::Validate(args) => match args.format {
                ProblemFormat::Json => plain(Format::Json),
                ProblemFormat::Text | ProblemFormat::Github | ProblemFormat::Sarif => plain(Format::Text),
            },
            Command::Plan(args) => args.format.form(),
            Command::Apply(args) => args.format.form(),
            Command::Show(args) => args.format.form(),
            Command::Drift(args) => args.format.form(),
            // A manifest is YAML by nature, a policy and a schema are JSON.
            Command::Export(_) | Command::IamPolicy(_) | Command::Schema(_) => plain(Format::Text),
            Command::Completions(_) | Command::Sandbox(_) => plain(Format::Text),
        }
    }

    /// The command's name in reports that are about a run without a result.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Command::Validate(_) => "validate",
            Command::Plan(_) => "plan",
            Command::Apply(_) => "apply",
            Command::Show(_) => "show",
            Command::Drift(_) => "drift",
            Command::Export(_) => "export",
            Command::IamPolicy(_) => "iam-policy",
            Command::Schema(_) => "schema",
            Command::Completions(_) => "completions",
            Command::Sandbox(_) => "sandbox",
        }
    }
}
