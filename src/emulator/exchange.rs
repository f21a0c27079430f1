//! One call from wire to wire: decode, misfortune, behaviour, saving, recording, encode. The order matters:
//! what was changed is saved before its answer leaves.

use serde_json::Value;
use std::time::Duration;

use super::account::{Context, World};
use super::arn;
use super::fault::{Armed, Then};
use super::operation;
use super::sandbox_file::SandboxFile;
use super::switches::Switches;
use super::wire::{self, Call, Outcome, Service, WireAnswer, WireRequest};

/// A call that the emulator has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRecord {
    /// The operation's name, such as `CreateTrail`.
    pub operation: String,
    /// The account that called.
    pub account: String,
    /// The region that was called.
    pub region: String,
    /// The request as it was sent, in the API's own words.
    pub request: Value,
    /// Why the call was not performed, as a code; `None` when it was, whatever was answered.
    pub error: Option<String>,
    /// Whether an answer left. False for a connection that broke, before or after the call was performed.
    pub answered: bool,
}

impl CallRecord {
    /// Whether the operation is one that changes something; the service's own names tell.
    pub fn writes(&self) -> bool {
        operation::writes(&self.operation)
    }
}

/// A call that got no answer: to the client a broken connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unanswered;

/// The code that a record carries for a call that was not performed because its connection broke.
const RESET: &str = "ConnectionReset";

/// The same for one that a web page answered.
const PAGE: &str = "WebPage";

/// Everything behind one emulator.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) world: World,
    pub(super) account: String,
    pub(super) file: Option<SandboxFile>,
    pub(super) calls: Vec<CallRecord>,
    pub(super) faults: Armed,
    pub(super) switches: Switches,
    pub(super) dead: bool,
    /// What was before, for as many reads as still see it.
    stale: Option<(World, u32)>,
    answers: u64,
}

impl Server {
    /// A server of `world`; calls come from `account` unless their access key is an account id.
    pub(super) fn new(world: World, account: &str, file: Option<SandboxFile>) -> Server {
        Server {
            world,
            account: account.to_owned(),
            file,
            calls: Vec::new(),
            faults: Armed::default(),
            switches: Switches::default(),
            dead: false,
            stale: None,
            answers: 0,
        }
    }

    /// Answers one request.
    pub(super) fn exchange(&mut self, request: &WireRequest<'_>) -> Result<WireAnswer, Unanswered> {
        if self.dead {
            return Err(Unanswered);
        }
        self.answers += 1;
        let request_id = format!("00000000-0000-4000-9000-{:012x}", self.answers);
        let call = match wire::decode(request) {
            Ok(call) => call,
            Err(error) => return Ok(wire::encode(Service::CloudTrail, request_id, error.into())),
        };
        let service = call.service;
        let (outcome, delay) = self.answer(call)?;
        Ok(WireAnswer { delay, ..wire::encode(service, request_id, outcome) })
    }

    /// What happens to a call, with what is recorded of it, and how late its answer leaves.
    fn answer(&mut self, call: Call) -> Result<(Outcome, Duration), Unanswered> {
        let fault = self.faults.strike(&call.operation);
        let mut record = CallRecord {
            operation: call.operation.clone(),
            account: self.caller(&call),
            region: call.region.clone(),
            request: call.request.clone(),
            error: None,
            answered: true,
        };
        let injected = fault.as_ref().and_then(injected);
        let broken = matches!(fault, Some(Then::Reset | Then::Crash));
        self.dead = matches!(fault, Some(Then::Crash));
        if broken {
            self.calls.push(CallRecord { error: Some(RESET.to_owned()), answered: false, ..record });
            return Err(Unanswered);
        }
        let outcome = match injected {
            Some(outcome) => outcome,
            None => self.perform(call, fault.as_ref()),
        };
        record.error = match &outcome {
            Outcome::Answered(_) => None,
            Outcome::Refused { code, .. } => Some(code.clone()),
            Outcome::Page => Some(PAGE.to_owned()),
        };
        record.answered = fault != Some(Then::Lost);
        let answered = record.answered;
        self.calls.push(record);
        match fault {
            _ if !answered => Err(Unanswered),
            Some(Then::InternalFailure) => {
                Ok((refused(500, "InternalFailure", "An internal error occurred."), Duration::ZERO))
            }
            Some(Then::Slow { seconds }) => Ok((outcome, Duration::from_secs(u64::from(seconds)))),
            _ => Ok((outcome, Duration::ZERO)),
        }
    }

    /// An access key that is an account id calls as that account; every other one as the default.
    fn caller(&self, call: &Call) -> String {
        let key = call.access_key.as_str();
        if arn::is_account(key) { key.to_owned() } else { self.account.clone() }
    }

    fn perform(&mut self, call: Call, fault: Option<&Then>) -> Outcome {
        let caller = self.caller(&call);
        let writes = operation::writes(&call.operation);
        let reads_cloudtrail = !writes && call.service == Service::CloudTrail;
        if reads_cloudtrail && let Some((mut world, reads)) = self.stale.take() {
            let (outcome, _) = run(&mut world, &caller, &self.switches, call);
            self.stale = (reads > 1).then(|| (world, reads - 1));
            return outcome;
        }
        let stale_reads = match fault {
            Some(Then::Stale { reads }) => *reads,
            _ => 0,
        };
        let switches = match fault {
            Some(Then::Settling { reads }) => Switches { settle_reads: *reads, ..self.switches.clone() },
            _ => self.switches.clone(),
        };
        let before = (self.file.is_some() || stale_reads > 0).then(|| self.world.clone());
        let (outcome, touched) = run(&mut self.world, &caller, &switches, call);
        let changed = touched || writes && matches!(outcome, Outcome::Answered(_));
        if changed {
            self.world.forget_empty_places();
        }
        let saved = match &self.file {
            Some(file) if changed => file.save(&self.world),
            _ => Ok(()),
        };
        if let Err(error) = saved {
            self.world = before.unwrap_or_else(|| self.world.clone());
            // Not a code of AWS's, and not an internal failure: it is certain that nothing was done.
            return refused(400, "SandboxNotSaved", &format!("the sandbox was not saved: {error}"));
        }
        if stale_reads > 0 {
            self.stale = before.map(|world| (world, stale_reads));
        }
        outcome
    }
}

fn run(world: &mut World, caller: &str, switches: &Switches, call: Call) -> (Outcome, bool) {
    let Call { service, operation, access_key: _, region, request } = call;
    let mut context = Context { world, caller, region: &region, switches, touched: false };
    let answered = operation::perform(&mut context, service, &operation, request);
    let touched = context.touched;
    (answered.map_or_else(Outcome::from, Outcome::Answered), touched)
}

/// The answer of a fault that answers instead of the service.
fn injected(fault: &Then) -> Option<Outcome> {
    let outcome = match fault {
        Then::Throttled { .. } | Then::ThrottledForever => {
            refused(400, "ThrottlingException", "Rate exceeded")
        }
        Then::Denied => {
            refused(400, "AccessDeniedException", "User is not authorized to perform this action.")
        }
        Then::Conflict { .. } | Then::ConflictFor { .. } => refused(
            400,
            "ConflictException",
            "The resource is not ready, or another operation is modifying it. Wait a few minutes and try again.",
        ),
        Then::NotYet { code, .. } => {
            refused(400, code, "Something that the call depends on does not admit it.")
        }
        Then::Unavailable => refused(503, "ServiceUnavailable", "The service is temporarily unavailable."),
        Then::Html => Outcome::Page,
        Then::Error { code, message } => refused(400, code, message),
        Then::InternalFailure
        | Then::Reset
        | Then::Lost
        | Then::Slow { .. }
        | Then::Settling { .. }
        | Then::Stale { .. }
        | Then::Crash => return None,
    };
    Some(outcome)
}

fn refused(status: u16, code: &str, message: &str) -> Outcome {
    Outcome::Refused { status, code: code.to_owned(), message: message.to_owned() }
}
