//! The states of an event data store: which of them admit a call, and at which an action has come to its end.

use crate::aws::read::filled;
use crate::resource::EventDataStoreAction;
use aws_sdk_cloudtrail::operation::get_event_data_store::GetEventDataStoreOutput;
use aws_sdk_cloudtrail::types::{EventDataStoreStatus, FederationStatus};

/// What a store's state admits and what it has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::aws) struct State {
    status: Option<EventDataStoreStatus>,
    federation: Option<FederationStatus>,
    role: Option<String>,
}

impl State {
    pub(in crate::aws) fn of(store: &GetEventDataStoreOutput) -> State {
        State {
            status: store.status().cloned(),
            federation: store.federation_status().cloned(),
            role: filled(store.federation_role_arn()),
        }
    }

    /// Whether every call that the service admits at all is admitted now.
    pub(in crate::aws) fn is_settled(&self) -> bool {
        let moving = matches!(
            self.status,
            Some(
                EventDataStoreStatus::Created
                    | EventDataStoreStatus::StartingIngestion
                    | EventDataStoreStatus::StoppingIngestion
            )
        );
        let federating =
            matches!(self.federation, Some(FederationStatus::Enabling | FederationStatus::Disabling));
        !moving && !federating
    }

    /// Whether the action has come to its end; true of actions that change no state.
    pub(in crate::aws) fn has_reached(&self, action: &EventDataStoreAction) -> bool {
        let is = |status: EventDataStoreStatus| self.status.as_ref() == Some(&status);
        match action {
            EventDataStoreAction::Create { .. } | EventDataStoreAction::Restore => {
                self.is_settled() && !is(EventDataStoreStatus::PendingDeletion)
            }
            EventDataStoreAction::Delete => is(EventDataStoreStatus::PendingDeletion),
            EventDataStoreAction::StartIngestion => is(EventDataStoreStatus::Enabled),
            EventDataStoreAction::StopIngestion => is(EventDataStoreStatus::StoppedIngestion),
            EventDataStoreAction::EnableFederation(role) => {
                self.federation == Some(FederationStatus::Enabled) && self.role.as_ref() == Some(role)
            }
            EventDataStoreAction::DisableFederation => {
                matches!(self.federation, None | Some(FederationStatus::Disabled))
            }
            EventDataStoreAction::Update(_)
            | EventDataStoreAction::PutInsightSelectors { .. }
            | EventDataStoreAction::PutEventConfiguration { .. } => true,
        }
    }

    /// The state in the service's words.
    pub(in crate::aws) fn words(&self) -> String {
        let status = self.status.as_ref().map_or("in an unknown state", EventDataStoreStatus::as_str);
        match &self.federation {
            Some(federation) if *federation != FederationStatus::Disabled => {
                format!("{status}, its federation {}", federation.as_str())
            }
            _ => status.to_owned(),
        }
    }
}
