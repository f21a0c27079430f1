//! Keys, specs and actions, and the SDK: the only module that names `aws_sdk_*`. A [`Reader`] turns the
//! account into `Live`; a [`Writer`] performs one action and settles its outcome. What to do, and in which
//! order, is decided elsewhere.

mod connection;
mod error;
mod pace;
mod reach;
mod together;
mod transport;

mod read;

mod elsewhere;

mod kms;
mod tags;

mod selector;

mod trail;

mod event_data_store;

mod channel;

mod dashboard;

mod policy;

mod perform;
mod recover;

mod who;

pub use aws_sdk_cloudtrail::config::SharedHttpClient;
pub use connection::is_endpoint;
pub use error::{CallError, Class};
pub use perform::{Effect, Failure, Writer};
pub use read::{ReadError, Trouble};

use crate::name::{AccountId, Arn, Partition, Region, Target};
use crate::resource::Call;
use connection::{Connection, UserAgent};
use pace::Pace;
use reach::Reach;
use std::fmt;
use std::sync::Arc;

/// Whom to ask, and as whom.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
    /// The region; when absent, what environment and profile say.
    pub region: Option<Region>,
    /// The profile; when absent, what the environment says.
    pub profile: Option<String>,
    /// Another endpoint, of CloudTrail, STS and KMS alike; when absent, what environment and profile say.
    pub endpoint_url: Option<String>,
    /// The manifest's name, for the user agent; may be empty.
    pub manifest: String,
    /// The embedded CloudTrail instead of AWS: no network, no credentials, nothing read from the environment.
    pub sandbox: Option<SharedHttpClient>,
    /// Whether an embedded CloudTrail is asked at the published rates too, because it holds them; AWS always is.
    pub paced: bool,
}

/// Reads one account in one region. Cannot write.
#[derive(Debug, Clone)]
pub struct Reader {
    connection: Arc<Connection>,
}

impl Reader {
    /// Whose CloudTrail this is, and where.
    pub fn target(&self) -> &Target {
        &self.connection.target
    }

    /// Who we are, as STS says.
    pub fn caller(&self) -> &Arn {
        &self.connection.caller
    }

    /// Whether no connection has come about for so long that it is of no use to try again.
    pub fn is_cut_off(&self) -> bool {
        self.connection.reach.is_lost()
    }
}

/// Finds out who we are, and where.
///
/// # Errors
/// [`ConnectError`] when there is no region, there are no credentials, or STS cannot be asked.
pub async fn connect(options: ConnectOptions) -> Result<Reader, ConnectError> {
    let ConnectOptions { region, profile, endpoint_url, manifest, sandbox, paced } = options;
    if let Some(url) = endpoint_url.as_deref().filter(|url| !connection::is_endpoint(url)) {
        return Err(ConnectError::odd_endpoint(url, "--endpoint-url"));
    }
    let (pace, config) = match sandbox {
        Some(client) => {
            let pace = if paced { Pace::published() } else { Pace::unlimited() };
            (pace, connection::sandboxed(region.as_ref(), client))
        }
        None => {
            let config =
                connection::configure(region.as_ref(), profile.as_deref(), endpoint_url.as_deref()).await?;
            (Pace::published(), config)
        }
    };
    if let Some(url) = config.endpoint_url().filter(|url| !connection::is_endpoint(url)) {
        return Err(ConnectError::odd_endpoint(url, "AWS_ENDPOINT_URL and the profile's endpoint_url"));
    }
    let region = match config.region().map(|region| (Region::parse(region.as_ref()), region)) {
        Some((Some(region), _)) => region,
        Some((None, text)) => return Err(ConnectError::odd_region(text.as_ref())),
        None => return Err(ConnectError::no_region()),
    };
    let agent = UserAgent::interceptor(&manifest);
    let sts = aws_sdk_sts::config::Builder::from(&config)
        .interceptor(agent.clone())
        .retry_config(connection::few_retries(&config))
        .retry_partition(connection::retry_partition(format!("sts/{region}")))
        .build();
    let (account, caller) = whoami(&aws_sdk_sts::Client::from_conf(sts), profile.as_deref()).await?;
    let target = Target { account, region, partition: Partition::new(caller.partition()) };

    let partition = connection::retry_partition(format!("{}/{}", target.account, target.region));
    let reach = Reach::default();
    let cloudtrail = aws_sdk_cloudtrail::config::Builder::from(&config)
        .interceptor(agent.clone())
        .retry_partition(partition.clone())
        .retry_classifier(reach.clone())
        .build();
    let kms = aws_sdk_kms::config::Builder::from(&config)
        .interceptor(agent)
        .retry_partition(partition)
        .retry_classifier(reach.clone())
        .build();
    let connection = Connection {
        cloudtrail: aws_sdk_cloudtrail::Client::from_conf(cloudtrail),
        kms: aws_sdk_kms::Client::from_conf(kms),
        target,
        caller,
        pace,
        reach,
    };
    Ok(Reader { connection: Arc::new(connection) })
}

/// The account and the caller's ARN, whose partition is that of everything here.
async fn whoami(sts: &aws_sdk_sts::Client, profile: Option<&str>) -> Result<(AccountId, Arn), ConnectError> {
    let answer = Box::pin(sts.get_caller_identity().send()).await.map_err(|error| {
        let failed = CallError::of(Call::GetCallerIdentity, "the caller", &error);
        match error::credentials_problem(&error) {
            Some(help) => ConnectError::no_credentials(&failed, help, profile),
            None => ConnectError::unknown_caller(&failed),
        }
    })?;
    let account = answer.account().and_then(AccountId::parse);
    let arn = answer.arn().and_then(|arn| Arn::parse(arn).ok());
    account.zip(arn).ok_or_else(ConnectError::odd_caller)
}

/// Why nobody could be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectError {
    /// What could not be done.
    pub message: String,
    /// Why, from the outside in.
    pub causes: Vec<String>,
    /// The way out.
    pub help: Option<String>,
}

impl ConnectError {
    fn no_region() -> ConnectError {
        ConnectError {
            message: "no region is set".to_owned(),
            causes: Vec::new(),
            help: Some(
                "set `region` in the manifest, AWS_REGION, the profile's region, or use --region".to_owned(),
            ),
        }
    }

    fn odd_endpoint(url: &str, from: &str) -> ConnectError {
        ConnectError {
            message: format!("`{url}` is not the URL of an endpoint"),
            causes: Vec::new(),
            help: Some(format!("a URL looks like https://cloudtrail.example:4566; check {from}")),
        }
    }

    fn unreadable_profiles(causes: Vec<String>) -> ConnectError {
        ConnectError {
            message: "could not read the AWS configuration files".to_owned(),
            causes,
            help: Some("check ~/.aws/config and ~/.aws/credentials".to_owned()),
        }
    }

    fn unknown_profile<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> ConnectError {
        let mut known: Vec<&str> = known.collect();
        known.sort_unstable();
        let help = match known.as_slice() {
            [] => "they have none; `aws configure sso` makes one".to_owned(),
            known => format!("they have: {}", known.join(", ")),
        };
        ConnectError {
            message: format!("the AWS configuration files have no profile `{name}`"),
            causes: Vec::new(),
            help: Some(help),
        }
    }

    fn odd_region(text: &str) -> ConnectError {
        ConnectError {
            message: format!("`{text}` is not a region"),
            causes: Vec::new(),
            help: Some("a region looks like eu-central-1; check AWS_REGION and the profile".to_owned()),
        }
    }

    fn odd_caller() -> ConnectError {
        ConnectError {
            message: "could not find out whose credentials these are".to_owned(),
            causes: vec!["STS named no account".to_owned()],
            help: Some("check the endpoint: something other than AWS may have answered".to_owned()),
        }
    }

    /// The call was never sent. `help` is for who relies on the standard chain.
    fn no_credentials(error: &CallError, help: &str, profile: Option<&str>) -> ConnectError {
        let (message, help) = match profile {
            None => ("no usable AWS credentials".to_owned(), help.to_owned()),
            Some(profile) => (
                format!("the profile `{profile}` has no usable credentials"),
                format!(
                    "sign in (for example `aws sso login --profile {profile}`), or use another --profile"
                ),
            ),
        };
        ConnectError { message, causes: vec![error.message.clone()], help: Some(help) }
    }

    fn unknown_caller(error: &CallError) -> ConnectError {
        let help = match error.class {
            Class::Unknown | Class::Unreachable => {
                "check the network, the region, and --endpoint-url or AWS_ENDPOINT_URL".to_owned()
            }
            _ => error.help.clone().unwrap_or_else(|| "check the profile and its credentials".to_owned()),
        };
        let message = "could not find out whose credentials these are".to_owned();
        ConnectError { message, causes: vec![error.to_string()], help: Some(help) }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl std::error::Error for ConnectError {}
