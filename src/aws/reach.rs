//! Whether a connection comes about at all. When none does, nothing was sent, and after a while nobody tries again: an
//! endpoint that is wrong or gone is no service that is slow. What is answered, or lost on its way, is none of this.

use super::error::{CallError, Class, beneath};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long no connection may come about until each call is made but once. With the longest pause that may begin before,
/// a run that finds nobody any more ends within half a minute.
const PATIENCE: Duration = Duration::from_secs(10);

/// Since when no connection has come about; none when the last one did. Shared by all clients of one target.
#[derive(Debug, Clone, Default)]
pub(super) struct Reach(Arc<Mutex<Option<Instant>>>);

impl Reach {
    /// What came of a call: its error, when it had one.
    pub(super) fn note(&self, error: Option<&CallError>) {
        match error {
            Some(error) if error.class == Class::Unreachable => self.miss(),
            _ => *self.since() = None,
        }
    }

    /// Whether it is of no use to try again.
    pub(super) fn is_lost(&self) -> bool {
        self.since().is_some_and(|since| since.elapsed() >= PATIENCE)
    }

    fn miss(&self) {
        self.since().get_or_insert_with(Instant::now);
    }

    fn since(&self) -> impl std::ops::DerefMut<Target = Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether no connection came about: refused, no such name, no handshake, no answer to any of it in time.
pub(super) fn is_unreached(error: &(dyn Error + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), beneath);
    chain.any(|error| {
        let connecting = error.downcast_ref::<hyper_util::client::legacy::Error>();
        let system = error.downcast_ref::<io::Error>();
        connecting.is_some_and(hyper_util::client::legacy::Error::is_connect)
            || system.is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    })
}

/// The SDK's own attempts of one call end too when all is lost.
impl ClassifyRetry for Reach {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let error = error.and_then(OrchestratorError::as_connector_error);
        if !error.is_some_and(|error| is_unreached(error)) {
            return RetryAction::NoActionIndicated;
        }
        self.miss();
        if self.is_lost() { RetryAction::RetryForbidden } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "reach"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // The SDK's last one is that of the transient errors.
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Call;

    fn error(class: Class) -> CallError {
        CallError { class, ..CallError::unmade(Call::ListTrails, "trails", "no".to_owned()) }
    }

    #[tokio::test(start_paused = true)]
    async fn all_is_lost_when_nobody_was_reached_for_long_and_until_somebody_is() {
        let reach = Reach::default();
        let unreached = error(Class::Unreachable);
        reach.note(Some(&unreached));
        tokio::time::sleep(Duration::from_secs(9)).await;
        reach.note(Some(&unreached));
        assert!(!reach.is_lost());
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(reach.is_lost());
        // A refusal is an answer, and a connection that broke was one.
        for error in [None, Some(error(Class::Throttled)), Some(error(Class::Unknown))] {
            reach.note(error.as_ref());
            assert!(!reach.is_lost());
            reach.note(Some(&unreached));
            tokio::time::sleep(PATIENCE).await;
            assert!(reach.is_lost());
        }
    }

    #[test]
    fn what_was_refused_was_never_sent_and_what_broke_may_have_been() {
        let wrapped = |kind| {
            let error = io::Error::new(kind, "the system says");
            aws_smithy_runtime_api::client::result::ConnectorError::io(error.into())
        };
        assert!(is_unreached(&wrapped(io::ErrorKind::ConnectionRefused)));
        assert!(!is_unreached(&wrapped(io::ErrorKind::ConnectionReset)));
        assert!(!is_unreached(&wrapped(io::ErrorKind::TimedOut)));
    }
}
