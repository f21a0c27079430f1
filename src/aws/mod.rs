//! Keys, specs and actions, and the SDK: the only module that names `aws_sdk_*`. A [`Reader`] turns the
//! account into `Live`; a [`Writer`] performs one action and settles its outcome. What to do, and in which
//! order, is decided elsewhere.

mod connection;
mod error;
mod pace;
mod together;

mod read;

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

pub use aws_sdk_cloudtrail::config::SharedHttpClient;
pub use error::{CallError, Class};
pub use perform::{Failure, Writer};
pub use read::{ReadError, Trouble};

use crate::name::{AccountId, Arn, Partition, Region, Target};
use crate::resource::Call;
use connection::{Connection, UserAgent};
use pace::Pace;
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
}

/// Finds out who we are, and where.
///
/// # Errors
/// [`ConnectError`] when there is no region, there are no credentials, or STS cannot be asked.
pub async fn connect(options: ConnectOptions) -> Result<Reader, ConnectError> {
    let ConnectOptions { region, profile, endpoint_url, manifest, sandbox } = options;
    let pace = if sandbox.is_some() { Pace::unlimited() } else { Pace::published() };
    let config =
        connection::configure(region.as_ref(), profile.as_deref(), endpoint_url.as_deref(), sandbox).await;
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
    let (account, caller) = whoami(&aws_sdk_sts::Client::from_conf(sts)).await?;
    let target = Target { account, region, partition: Partition::new(caller.partition()) };

    let partition = connection::retry_partition(format!("{}/{}", target.account, target.region));
    let cloudtrail = aws_sdk_cloudtrail::config::Builder::from(&config)
        .interceptor(agent.clone())
        .retry_partition(partition.clone())
        .build();
    let kms =
        aws_sdk_kms::config::Builder::from(&config).interceptor(agent).retry_partition(partition).build();
    let connection = Connection {
        cloudtrail: aws_sdk_cloudtrail::Client::from_conf(cloudtrail),
        kms: aws_sdk_kms::Client::from_conf(kms),
        target,
        caller,
        pace,
    };
    Ok(Reader { connection: Arc::new(connection) })
}

/// The account and the caller's ARN, whose partition is that of everything here.
async fn whoami(sts: &aws_sdk_sts::Client) -> Result<(AccountId, Arn), ConnectError> {
    let answer = Box::pin(sts.get_caller_identity().send()).await.map_err(|error| {
        let help = error::credentials_problem(&error);
        let failed = CallError::of(Call::GetCallerIdentity, "the caller", &error);
        ConnectError::unknown_caller(failed, help)
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

    fn unknown_caller(error: CallError, credentials: Option<&str>) -> ConnectError {
        let message = match credentials {
            Some(_) => "no usable AWS credentials",
            None => "could not find out whose credentials these are",
        };
        let help = match error.class {
            Class::Unknown => {
                "check the network, the region, and --endpoint-url or AWS_ENDPOINT_URL".to_owned()
            }
            _ => error.help.clone().unwrap_or_else(|| "check the profile and its credentials".to_owned()),
        };
        let cause = match credentials {
            Some(_) => error.message,
            None => error.to_string(),
        };
        ConnectError { message: message.to_owned(), causes: vec![cause], help: Some(help) }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes.iter().try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl std::error::Error for ConnectError {}
