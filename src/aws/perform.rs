//! One action -> one settled outcome, given the bindings: wait until the resource admits the call, call, and
//! settle what the answer leaves in doubt. In which order, and what follows from a failure, is apply's.

use super::connection::{Connection, OnlyThrottles};
use super::error::{CallError, Class};
use super::pace::Patience;
use super::recover;
use super::{Reader, channel, dashboard, event_data_store, policy, tags, trail};
use crate::name::Arn;
use crate::resource::{
    Action, Call, ChannelAction, DashboardAction, EventDataStoreAction, Key, Text, TrailAction,
};
use crate::state::Bindings;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::error::operation::BuildError;
use event_data_store::State;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// Writes to the account that its reader reads. Only apply has one.
#[derive(Debug, Clone)]
pub struct Writer {
    connection: Arc<Connection>,
    /// Its own retries end where doubt begins: what a lost answer means for the next one is settled here.
    cloudtrail: aws_sdk_cloudtrail::Client,
}

/// An action that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub error: CallError,
    /// What came of the call all the same.
    pub effect: Effect,
}

/// What is known about the call of an action that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// It was not performed.
    Nothing,
    /// It may have been performed: nobody knows.
    Unknown,
    /// It was accepted, and made what has this ARN when it creates: only the wait for its end has failed.
    Accepted(Option<Arn>),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        match self.effect {
            Effect::Nothing => Ok(()),
            Effect::Unknown => f.write_str(" (it may have been done all the same)"),
            Effect::Accepted(_) => f.write_str(" (the call itself was accepted)"),
        }
    }
}

impl std::error::Error for Failure {}

impl Failure {
    fn certain(error: CallError) -> Failure {
        Failure { error, effect: Effect::Nothing }
    }

    /// One whose call had no clear answer, or surely was not performed.
    pub(super) fn doubtful(error: CallError, in_doubt: bool) -> Failure {
        Failure { error, effect: if in_doubt { Effect::Unknown } else { Effect::Nothing } }
    }

    /// Whether nobody knows if the call was performed.
    pub fn is_in_doubt(&self) -> bool {
        self.effect == Effect::Unknown
    }
}

impl Writer {
    /// A writer to what this reader reads.
    pub fn new(reader: &Reader) -> Writer {
        let connection = Arc::clone(&reader.connection);
        let config = connection.cloudtrail.config().to_builder().retry_classifier(OnlyThrottles).build();
        Writer { cloudtrail: aws_sdk_cloudtrail::Client::from_conf(config), connection }
    }

    /// Performs one action about the resource with this key, to its end: a store that was created takes events
    /// in, one that was deleted waits for its deletion. Answers the ARN of what it created.
    ///
    /// # Errors
    /// [`Failure`] when the service refused, or gave no clear answer within a bound of some ten minutes.
    pub async fn perform(
        &self,
        key: &Key,
        action: &Action,
        bindings: &Bindings,
    ) -> Result<Option<Arn>, Failure> {
        self.perform_while(key, action, bindings, &|_| true).await
    }

    /// Performs one action as [`Writer::perform`] does. Before each wait `go_on` is told what is waited for, and
    /// asked whether to go on: a call that is under way is never cut off, but it need not be made again.
    ///
    /// # Errors
    /// As [`Writer::perform`]; and the last answer when there was no going on.
    pub async fn perform_while(
        &self,
        key: &Key,
        action: &Action,
        bindings: &Bindings,
        go_on: &dyn Fn(&str) -> bool,
    ) -> Result<Option<Arn>, Failure> {
        let Writer { connection, cloudtrail } = self;
        let errand = Errand { connection, cloudtrail, key, call: action.call(), bindings, go_on };
        errand.admitted(action).await.map_err(Failure::certain)?;
        let created = errand.settled(action).await?;
        errand.at_its_end(action, created.as_ref()).await?;
        Ok(created)
    }
}

/// One action on its way.
pub(super) struct Errand<'a> {
    /// For reading.
    pub(super) connection: &'a Connection,
    /// For the action's own call.
    pub(super) cloudtrail: &'a aws_sdk_cloudtrail::Client,
    pub(super) key: &'a Key,
    pub(super) call: Call,
    pub(super) bindings: &'a Bindings,
    /// Told what is waited for; false when nobody wants to wait any more.
    go_on: &'a dyn Fn(&str) -> bool,
}

/// The remark on what was given up because the run shall end.
const CUT_SHORT: &str = "not waited for, because the run was interrupted";

impl Errand<'_> {
    /// The ARN that the call goes to.
    pub(super) fn arn(&self) -> Result<&str, CallError> {
        self.bound().map(Arn::as_str)
    }

    fn bound(&self) -> Result<&Arn, CallError> {
        self.bindings
            .arn(self.key)
            .ok_or_else(|| self.unmade(format!("the ARN of {} is not known", self.key.bound())))
    }

    /// A text with its references written out.
    pub(super) fn write(&self, text: &Text) -> Result<String, CallError> {
        self.bindings.write(text).map_err(|key| self.unmade(format!("the ARN of {key} is not known")))
    }

    /// Part of a request, built.
    pub(super) fn built<T>(&self, part: Result<T, BuildError>) -> Result<T, CallError> {
        part.map_err(|error| CallError::unbuilt(self.call, &self.key.to_string(), &error))
    }

    /// The ARN in a create's answer.
    pub(super) fn created(&self, arn: Option<&str>) -> Result<Arn, CallError> {
        super::read::arn(arn).ok_or_else(|| {
            let error = self.unmade("the answer names no ARN".to_owned());
            CallError { class: Class::Unknown, ..error }
        })
    }

    /// Makes the action's own call in its turn.
    pub(super) async fn call<T, E>(
        &self,
        sent: Pin<Box<impl Future<Output = Result<T, SdkError<E, HttpResponse>>>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        self.connection.call(self.call, &self.key.to_string(), sent).await
    }

    pub(super) fn unmade(&self, message: String) -> CallError {
        CallError::unmade(self.call, &self.key.to_string(), message)
    }

    async fn send(&self, action: &Action) -> Result<Option<Arn>, CallError> {
        let client = self.cloudtrail;
        match action {
            Action::Trail(action) => trail::send(self, action).await,
            Action::EventDataStore(action) => event_data_store::send(self, action).await,
            Action::Channel(action) => channel::send(self, action).await,
            Action::Dashboard(action) => dashboard::send(self, action).await,
            Action::Policy(action) => policy::send(self, action).await.map(|()| None),
            Action::AddTags(tags) => {
                let tags = self.built(tags::write(tags))?;
                let request = client.add_tags().resource_id(self.arn()?).set_tags_list(Some(tags));
                self.call(Box::pin(request.send())).await.map(|_| None)
            }
            Action::RemoveTags(keys) => {
                let tags = self.built(tags::write_keys(keys))?;
                let request = client.remove_tags().resource_id(self.arn()?).set_tags_list(Some(tags));
                self.call(Box::pin(request.send())).await.map(|_| None)
            }
        }
    }

    /// Calls until there is an answer that stands.
    async fn settled(&self, action: &Action) -> Result<Option<Arn>, Failure> {
        // Busy may last; what a call depends on is known everywhere soon, or not at all.
        let (mut long, mut short) = (self.connection.pace.long(), self.connection.pace.short());
        // Whether an attempt had no clear answer, so that what the next one is answered may be about it.
        let mut in_doubt = false;
        loop {
            let error = match self.send(action).await {
                Ok(created) => return Ok(created),
                Err(error) => error,
            };
            in_doubt |= error.class == Class::Unknown;
            if let Some(settled) = self.settle(action, &error, in_doubt).await {
                return settled;
            }
            let patience: &mut Patience = match error.class {
                Class::Busy => &mut long,
                // What has just been made is not found everywhere yet (user guide, eventual consistency).
                Class::Dependency
                | Class::Throttled
                | Class::NotFound
                | Class::Unreachable
                | Class::Unknown => &mut short,
                // The refusal may be about what the lost call has done, and what is read older than that.
                Class::Permanent if in_doubt => &mut short,
                Class::AlreadyExists | Class::Denied | Class::Unsupported | Class::Permanent => {
                    return Err(Failure::doubtful(error, in_doubt));
                }
            };
            if !(self.go_on)(&error.answer()) {
                return Err(Failure::doubtful(error.remarked(CUT_SHORT), in_doubt));
            }
            if !self.connection.wait(error.class, patience).await {
                if in_doubt && recover::creates(action) {
                    let found = recover::created(self, action, &error, in_doubt).await;
                    return found.unwrap_or(Err(Failure::doubtful(error, true))).map(Some);
                }
                let error = match error.class {
                    Class::Unreachable => error,
                    _ => error.remarked(&patience.spent()),
                };
                return Err(Failure::doubtful(error, in_doubt));
            }
        }
    }

    /// What an error leaves in doubt, looked up; none when the error stands as it is.
    async fn settle(
        &self,
        action: &Action,
        error: &CallError,
        in_doubt: bool,
    ) -> Option<Result<Option<Arn>, Failure>> {
        if recover::must_be_found_out(action, error) {
            let found = recover::created(self, action, error, in_doubt).await?;
            return Some(found.map(Some));
        }
        match self.is_done_all_the_same(action, error).await {
            Ok(true) => Some(Ok(None)),
            _ if self.is_protected(action, error).await => {
                let help = Some("switch its termination protection off first".to_owned());
                Some(Err(Failure::certain(CallError { help, class: Class::Permanent, ..error.clone() })))
            }
            // When even that cannot be found out, the first error says more.
            Ok(false) | Err(_) => None,
        }
    }

    /// Whether the account is already as the action wants it: a delete of what is gone, or a change of state
    /// whose first answer was lost and whose repetition is refused.
    async fn is_done_all_the_same(&self, action: &Action, error: &CallError) -> Result<bool, CallError> {
        let deletes = matches!(
            action,
            Action::Trail(TrailAction::Delete)
                | Action::EventDataStore(EventDataStoreAction::Delete)
                | Action::Channel(ChannelAction::Delete)
                | Action::Dashboard(DashboardAction::Delete)
                | Action::Policy(crate::resource::PolicyAction::Delete)
        );
        if deletes && error.is_not_found() {
            return Ok(true);
        }
        let surely_not =
            [Class::Denied, Class::Throttled, Class::Dependency, Class::Unsupported, Class::Unreachable];
        if surely_not.contains(&error.class) {
            return Ok(false);
        }
        match action {
            Action::EventDataStore(action) if changes_state(action) => match self.state().await? {
                Some(state) => Ok(state.has_reached(action)),
                None => Ok(*action == EventDataStoreAction::Delete),
            },
            Action::Dashboard(DashboardAction::Delete) => {
                dashboard::is_gone(self.connection, &self.key.name, self.bound()?).await
            }
            _ => Ok(false),
        }
    }

    /// Whether a conflict means termination protection: DeleteDashboard has no other code for it
    /// (API reference, errors of DeleteDashboard; unverified). Then waiting changes nothing.
    async fn is_protected(&self, action: &Action, error: &CallError) -> bool {
        if *action != Action::Dashboard(DashboardAction::Delete) || error.class != Class::Busy {
            return false;
        }
        let found = dashboard::find(self.connection, &self.key.name).await;
        found.is_ok_and(|found| found.is_some_and(|(_, dashboard)| dashboard.termination_protection_enabled))
    }

    /// The state of the store that the action is about; none when it is gone.
    async fn state(&self) -> Result<Option<State>, CallError> {
        let store = event_data_store::get(self.connection, &self.key.name, self.bound()?).await?;
        Ok(store.as_ref().map(State::of))
    }

    /// Waits until the resource admits the call: every change of a store or dashboard wants the last one to have
    /// come to its end (user guide, event data store statuses; ConflictException). Trails and channels have no
    /// states. What is gone, or waits for its deletion, is for the call to find out.
    async fn admitted(&self, action: &Action) -> Result<(), CallError> {
        let mut patience = self.connection.pace.long();
        while let Some(state) = self.unsettled(action).await? {
            if !(self.go_on)(&format!("it is {state}")) {
                return Err(self.unmade(format!("it is {state}, {CUT_SHORT}")));
            }
            if !patience.wait().await {
                return Err(self.unmade(format!("it is {state}, {}", patience.spent())));
            }
        }
        Ok(())
    }

    /// The state that does not admit the action, in the service's words.
    async fn unsettled(&self, action: &Action) -> Result<Option<String>, CallError> {
        match action {
            Action::EventDataStore(EventDataStoreAction::Create { .. } | EventDataStoreAction::Restore)
            | Action::Dashboard(DashboardAction::Create { .. }) => Ok(None),
            Action::EventDataStore(_) => {
                Ok(self.state().await?.filter(|state| !state.is_settled()).map(|state| state.words()))
            }
            Action::Dashboard(_) => {
                dashboard::unsettled(self.connection, &self.key.name, self.bound()?).await
            }
            Action::Trail(_)
            | Action::Channel(_)
            | Action::Policy(_)
            | Action::AddTags(_)
            | Action::RemoveTags(_) => Ok(None),
        }
    }

    /// Waits until the store has come to the state that the action leads to.
    async fn at_its_end(&self, action: &Action, created: Option<&Arn>) -> Result<(), Failure> {
        let Action::EventDataStore(action) = action else { return Ok(()) };
        if !changes_state(action) {
            return Ok(());
        }
        let arn = match created {
            Some(arn) => arn,
            None => self.bound().map_err(Failure::certain)?,
        };
        let waited_in_vain = |error| Failure { error, effect: Effect::Accepted(created.cloned()) };
        let mut patience = self.connection.pace.long();
        loop {
            let read = event_data_store::get(self.connection, &self.key.name, arn).await;
            let unsettled = match read.map(|store| store.as_ref().map(State::of)) {
                Ok(Some(state)) if state.has_reached(action) => return Ok(()),
                Ok(Some(state)) => format!("the store is {}", state.words()),
                Ok(None) if *action == EventDataStoreAction::Delete => return Ok(()),
                // A store that has just been made is not known everywhere yet.
                Ok(None) => "the store cannot be found".to_owned(),
                Err(error) => return Err(waited_in_vain(error)),
            };
            // It was accepted, and comes to its end without us.
            if !(self.go_on)(&unsettled) {
                return Ok(());
            }
            if !patience.wait().await {
                let message = format!("{unsettled}, {}", patience.spent());
                return Err(waited_in_vain(self.unmade(message)));
            }
        }
    }
}

/// Whether the action leads to another state, at which it ends.
fn changes_state(action: &EventDataStoreAction) -> bool {
    match action {
        EventDataStoreAction::Create { .. }
        | EventDataStoreAction::Delete
        | EventDataStoreAction::Restore
        | EventDataStoreAction::StartIngestion
        | EventDataStoreAction::StopIngestion
        | EventDataStoreAction::EnableFederation(_)
        | EventDataStoreAction::DisableFederation => true,
        EventDataStoreAction::Update(_)
        | EventDataStoreAction::PutInsightSelectors { .. }
        | EventDataStoreAction::PutEventConfiguration { .. } => false,
    }
}
