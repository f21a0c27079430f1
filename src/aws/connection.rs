//! One connection to one account and region: the SDK's clients, set up alike, and the one place where a call
//! is made. Which calls, and what follows from their answers, is for the files beside this one.

use super::ConnectError;
use super::error::{CallError, Class, causes};
use super::pace::{Pace, Patience};
use super::reach::Reach;
use super::transport;
use crate::name::{Arn, Region, Target};
use crate::resource::Call;
use aws_config::default_provider::region::DefaultRegionChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_sdk_cloudtrail::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_cloudtrail::config::timeout::TimeoutConfig;
use aws_sdk_cloudtrail::config::{BehaviorVersion, SharedHttpClient};
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::interceptors::{Intercept, SharedInterceptor, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority, RetryReason,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::ErrorKind;
use aws_types::SdkConfig;
use aws_types::os_shim_internal::{Env, Fs};
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Attempts of one call, the first among them.
const ATTEMPTS: u32 = 6;
/// The SDK sets no time limits of its own.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(300);

/// The clients of one target.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) cloudtrail: aws_sdk_cloudtrail::Client,
    pub(super) kms: aws_sdk_kms::Client,
    pub(super) target: Target,
    pub(super) caller: Arn,
    pub(super) pace: Pace,
    pub(super) reach: Reach,
}

impl Connection {
    /// Makes one call in its turn. `sent` is a request that has not left yet, boxed: the SDK's futures are
    /// tens of kilobytes each, and those of a whole `match` together would overflow the stack of a small thread.
    pub(super) async fn call<T, E>(
        &self,
        call: Call,
        subject: &str,
        sent: Pin<Box<impl Future<Output = Result<T, SdkError<E, HttpResponse>>>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if self.reach.is_silent() {
            return Err(CallError::unsent(call, subject));
        }
        let _permit = self.pace.admit(call).await;
        let answer = sent.await;
        let answered = answer.as_ref().map_or_else(|error| error.raw_response().is_some(), |_| true);
        let answer = answer.map_err(|error| CallError::of(call, subject, &error));
        self.reach.note(answered, answer.as_ref().err());
        answer
    }

    /// Waits once, before something that ended with this class is done again; false when there has been enough of it.
    pub(super) async fn wait(&self, class: Class, patience: &mut Patience) -> bool {
        let is_lost = matches!(class, Class::Unreachable | Class::Unknown) && self.reach.is_lost();
        !is_lost && patience.wait().await
    }
}

/// Everything that the clients share, when they lead into a sandbox: neither environment nor files are asked, so
/// that nothing leads out of it.
pub(super) fn sandboxed(region: Option<&Region>, client: SharedHttpClient) -> SdkConfig {
    // Faults are answered at once, and tried again at once.
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(1))
        .with_max_backoff(Duration::from_millis(20));
    let credentials = Credentials::new("AKIDSANDBOX", "sandbox", None, None, "sandbox");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(client)
        .region(region.map(sdk_region))
        .credentials_provider(aws_sdk_cloudtrail::config::SharedCredentialsProvider::new(credentials))
        .retry_config(retries)
        .timeout_config(timeouts())
        .build()
}

/// Everything that the clients share, when they lead to AWS. The SDK's standard chain decides what is left open.
///
/// # Errors
/// A profile that was asked for by name is in none of the configuration files, or they cannot be read.
pub(super) async fn configure(
    region: Option<&Region>,
    profile: Option<&str>,
    endpoint_url: Option<&str>,
) -> Result<SdkConfig, ConnectError> {
    let client = transport::client();
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(client.clone())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts());
    if let Some(region) = region {
        loader = loader.region(sdk_region(region));
    }
    if let Some(profile) = profile {
        must_exist(profile).await?;
        let credentials = credentials_of(profile, region, client).await;
        loader = loader.profile_name(profile).credentials_provider(credentials);
    }
    if let Some(url) = endpoint_url {
        loader = loader.endpoint_url(url);
    }
    Ok(loader.load().await)
}

fn sdk_region(region: &Region) -> aws_types::region::Region {
    aws_types::region::Region::new(region.as_str().to_owned())
}

/// Whether the configuration files have the profile.
async fn must_exist(profile: &str) -> Result<(), ConnectError> {
    let name = Some(profile.to_owned().into());
    let profiles = aws_config::profile::load(&Fs::real(), &Env::real(), &Default::default(), name)
        .await
        .map_err(|error| ConnectError::unreadable_profiles(causes(&error)))?;
    match profiles.get_profile(profile) {
        Some(_) => Ok(()),
        None => Err(ConnectError::unknown_profile(profile, profiles.profiles())),
    }
}

/// The credentials of a profile that was asked for by name, and of nobody else: the standard chain would prefer
/// those in the environment, and go on to the machine's own after a profile that has none.
async fn credentials_of(
    profile: &str,
    region: Option<&Region>,
    client: SharedHttpClient,
) -> ProfileFileCredentialsProvider {
    let region = match region {
        Some(region) => Some(sdk_region(region)),
        None => DefaultRegionChain::builder().profile_name(profile).build().region().await,
    };
    // A profile may lead to a role or to single sign-on, which are asked through the same client.
    let config = ProviderConfig::without_region().with_region(region).with_http_client(client);
    ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build()
}

/// Whether this is the URL of an endpoint: the scheme and a host at least.
pub fn is_endpoint(url: &str) -> bool {
    let address = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let host = address.split(['/', '?', '#']).next().unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let letter = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '<' | '>' | '"' | '\\' | '@');
    let closed = host.contains('[') == host.contains(']');
    closed
        && !name.is_empty()
        && address.chars().all(letter)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// For the first call of all: whoever waits at a terminal wants to know soon that the network is down.
pub(super) fn few_retries(config: &SdkConfig) -> RetryConfig {
    config.retry_config().cloned().unwrap_or_else(RetryConfig::standard).with_max_attempts(3)
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build()
}

/// A budget of retries for one connection alone: the SDK's default is shared by the whole process.
pub(super) fn retry_partition(name: String) -> RetryPartition {
    RetryPartition::custom(name).token_bucket(TokenBucket::default()).build()
}

/// Says in every request who calls and for which manifest, so that AWS's own events name the manifest.
#[derive(Debug)]
pub(super) struct UserAgent(String);

impl UserAgent {
    /// The manifest's name with everything that a header cannot hold replaced by `-`.
    pub(super) fn interceptor(manifest: &str) -> SharedInterceptor {
        let token = |character: char| match character {
            character if character.is_ascii_alphanumeric() => character,
            '.' | '_' | '-' | '+' => character,
            _ => '-',
        };
        let manifest: String = manifest.chars().map(token).collect();
        let words = match manifest.as_str() {
            "" => format!("trailkeeper/{}", env!("CARGO_PKG_VERSION")),
            manifest => format!("trailkeeper/{} manifest/{manifest}", env!("CARGO_PKG_VERSION")),
        };
        SharedInterceptor::new(UserAgent(words))
    }
}

#[dyn_dispatch_hint]
impl Intercept for UserAgent {
    fn name(&self) -> &'static str {
        "trailkeeper user agent"
    }

    // Before signing, because `x-amz-user-agent` is signed; and after the SDK's own interceptor, which is a
    // default of the client and so runs first.
    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let headers = context.request_mut().headers_mut();
        for name in ["user-agent", "x-amz-user-agent"] {
            let words = match headers.get(name) {
                Some(sdk) => format!("{} {sdk}", self.0),
                None => self.0.clone(),
            };
            headers.try_insert(name, words)?;
        }
        Ok(())
    }
}

/// Lets a call be made again only when it was throttled, that is, surely not performed. For everything that
/// writes: after a lost answer the next one means something else, which only perform can tell.
#[derive(Debug)]
pub(super) struct OnlyThrottles;

impl ClassifyRetry for OnlyThrottles {
    fn classify_retry(&self, _: &InterceptorContext) -> RetryAction {
        RetryAction::RetryForbidden
    }

    fn classify_retry_v2(&self, context: &InterceptorContext, previous: &RetryAction) -> RetryAction {
        match previous {
            RetryAction::RetryIndicated(RetryReason::RetryableError {
                kind: ErrorKind::ThrottlingError,
                ..
            }) => RetryAction::NoActionIndicated,
            _ => self.classify_retry(context),
        }
    }

    fn name(&self) -> &'static str {
        "only throttles"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // The SDK's last one is that of the transient errors.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_scheme_and_a_host() {
        for url in
            ["http://localhost", "http://127.0.0.1:4566", "https://[::1]:4566/x", "https://a.example/p?q"]
        {
            assert!(is_endpoint(url), "{url}");
        }
        for url in [
            "",
            "nonsense",
            "localhost:4566",
            "http://",
            "http://:80",
            "ftp://a",
            "http://a b",
            "http://a:b",
            "http://[::1",
            "https://a:99999",
        ] {
            assert!(!is_endpoint(url), "{url}");
        }
    }
}
