//! The emulator through the bare SDK: one test per documented behaviour, with its source.

mod channel;
mod dashboard;
mod event_data_store;
mod fault;
mod health;
mod insight;
mod policy;
mod sandbox_file;
mod selector;
mod switches;
mod tag;
mod trail;
mod wire;

use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_cloudtrail::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_cloudtrail::error::{ProvideErrorMetadata, SdkError};
use trailkeeper::emulator::Emulator;

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const HOME: &str = "us-east-1";

/// A client of [`ACCOUNT`] in [`HOME`].
pub(crate) fn client(emulator: &Emulator) -> Client {
    client_in(emulator, ACCOUNT, HOME)
}

/// A client of an account in a region: an access key that is an account id calls as that account.
pub(crate) fn client_in(emulator: &Emulator, account: &str, region: &str) -> Client {
    // Retry tokens are shared by partition, so every client has its own.
    static CLIENTS: AtomicU64 = AtomicU64::new(0);
    let partition = format!("client-{}", CLIENTS.fetch_add(1, Ordering::Relaxed));
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(Credentials::new(account, "secret", None, None, "test"))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .retry_partition(RetryPartition::new(partition))
        .http_client(emulator.http_client())
        .build();
    Client::from_conf(config)
}

/// The code of the error that a call drew.
pub(crate) fn code<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    result: Result<T, SdkError<E>>,
) -> String {
    match result {
        Ok(answer) => panic!("an error was expected, not {answer:?}"),
        Err(error) => error.code().unwrap_or("no answer").to_owned(),
    }
}

/// The call is refused with this code, and leaves no trace in the account.
pub(crate) async fn refused<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug>(
    emulator: &Emulator,
    call: impl Future<Output = Result<T, SdkError<E>>>,
    expected: &str,
) {
    let before = emulator.snapshot();
    let result = call.await;
    let message = format!("{result:?}");
    assert_eq!(code(result), expected, "{message}");
    assert_eq!(emulator.snapshot(), before);
    let last = emulator.calls().pop().unwrap();
    assert_eq!(last.error.as_deref(), Some(expected));
}
