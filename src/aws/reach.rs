//! Whether anybody is there at all. When no connection comes about, nothing was sent, and after a while nobody tries
//! again: an endpoint that is wrong or gone is no service that is slow. One that takes calls and answers none gets more
//! time. Any answer, a refusal or a failure of the service too, begins anew.

use super::error::{CallError, Class, beneath};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
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

/// How long not a single call may be answered until none is sent any more: several times what one call may take, so that
/// what was lost is looked for, and looked for again.
pub(super) const SILENCE: Duration = Duration::from_secs(120);

/// What became of the last calls. Shared by all clients of one target.
#[derive(Debug, Clone, Default)]
pub(super) struct Reach(Arc<Mutex<Since>>);

/// The beginnings of two troubles; none when the last call was not in it.
#[derive(Debug, Default)]
struct Since {
    /// No connection has come about.
    unreached: Option<Instant>,
    /// Nothing was answered, connected or not.
    unanswered: Option<Instant>,
}

impl Reach {
    /// What came of a call: whether there was an answer of any kind, and its error, when it had one.
    pub(super) fn note(&self, answered: bool, error: Option<&CallError>) {
        match error.map(|error| error.class) {
            Some(Class::Unreachable) => self.miss(),
            Some(Class::Unknown) if !answered => self.lose(),
            _ => *self.since() = Since::default(),
        }
    }

    /// Whether it is of no use to try again.
    pub(super) fn is_lost(&self) -> bool {
        let unreached = self.since().unreached;
        unreached.is_some_and(|since| since.elapsed() >= PATIENCE) || self.is_silent()
    }

    /// Whether it is of no use to send anything.
    pub(super) fn is_silent(&self) -> bool {
        self.since().unanswered.is_some_and(|since| since.elapsed() >= SILENCE)
    }

    /// No connection came about.
    fn miss(&self) {
        let mut since = self.since();
        since.unreached.get_or_insert_with(Instant::now);
        since.unanswered.get_or_insert_with(Instant::now);
    }

    /// What was sent was not answered.
    fn lose(&self) {
        let mut since = self.since();
        since.unreached = None;
        since.unanswered.get_or_insert_with(Instant::now);
    }

    fn since(&self) -> impl std::ops::DerefMut<Target = Since> {
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
        let Some(error) = context.output_or_error().and_then(Result::err) else {
            return RetryAction::NoActionIndicated;
        };
        match error.as_connector_error() {
            Some(error) if is_unreached(error) => self.miss(),
            Some(_) => self.lose(),
            None if error.is_timeout_error() => self.lose(),
            None => {
                *self.since() = Since::default();
                return RetryAction::NoActionIndicated;
            }
        }
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
        reach.note(false, Some(&unreached));
        tokio::time::sleep(Duration::from_secs(9)).await;
        reach.note(false, Some(&unreached));
        assert!(!reach.is_lost());
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(reach.is_lost());
        // A refusal is an answer, and a connection that broke was one.
        for error in [None, Some(error(Class::Throttled)), Some(error(Class::Unknown))] {
            reach.note(false, error.as_ref());
            assert!(!reach.is_lost());
            reach.note(false, Some(&unreached));
            tokio::time::sleep(PATIENCE).await;
            assert!(reach.is_lost());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_sent_any_more_when_nothing_was_answered_for_long() {
        let unknown = error(Class::Unknown);
        for (answered, answer) in
            [(true, None), (true, Some(error(Class::Throttled))), (true, Some(unknown.clone()))]
        {
            let reach = Reach::default();
            reach.note(false, Some(&unknown));
            tokio::time::sleep(SILENCE - Duration::from_secs(1)).await;
            reach.note(false, Some(&unknown));
            assert!(!reach.is_lost());
            // A failure of the service is an answer.
            reach.note(answered, answer.as_ref());
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert!(!reach.is_lost());
            reach.note(false, Some(&unknown));
            tokio::time::sleep(SILENCE).await;
            assert!(reach.is_lost() && reach.is_silent());
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
