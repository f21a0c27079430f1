//! One call from wire to wire: decode, misfortune, behaviour, saving, recording, encode. The order matters:
//! what was changed is saved before its answer leaves.

use serde_json::Value;
use std::time::Duration;

use super::account::{Context, World};
use super::event_history::Answered;
use super::fault::{Armed, Then};
use super::limits::Limits;
use super::operation;
use super::sandbox_file::{OpenError, SandboxFile};
use super::sts::Identity;
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
    /// Whether calls are remembered. What runs for long must not.
    pub(super) remembers_calls: bool,
    /// The published rates, when they are held.
    pub(super) limits: Option<Limits>,
    pub(super) faults: Armed,
    pub(super) switches: Switches,
    pub(super) dead: bool,
    /// What was before, for as many reads as still see it.
    stale: Option<(World, u32)>,
    answers: u64,
}

/// What leaves for a call.
struct Reply {
    outcome: Outcome,
    /// How late.
    delay: Duration,
    /// A web page leaves instead, as a proxy or load balancer on the way sends it.
    as_page: bool,
}

impl Server {
    /// A server of `world`; calls come from `account` unless their access key says another.
    pub(super) fn new(world: World, account: &str, file: Option<SandboxFile>) -> Server {
        Server {
            world,
            account: account.to_owned(),
            file,
            calls: Vec::new(),
            remembers_calls: true,
            limits: None,
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
            Err((service, error)) => return Ok(wire::encode(service, "", request_id, error.into())),
        };
        let (service, operation) = (call.service, call.operation.clone());
        let Reply { outcome, delay, as_page } = self.answer(call, request)?;
        let answer = match as_page {
            true => wire::page(request_id),
            false => wire::encode(service, &operation, request_id, outcome),
        };
        Ok(WireAnswer { delay, ..answer })
    }

    /// Begins again with nothing: no resource, no history, no call, and faults that have seen none.
    pub(super) fn reset(&mut self) -> Result<(), OpenError> {
        let empty = World::empty();
        if let Some(file) = &self.file {
            file.save(&empty)?;
        }
        self.world = empty;
        self.calls.clear();
        self.faults.rearm();
        self.limits = self.limits.as_ref().map(|_| Limits::default());
        self.dead = false;
        self.stale = None;
        Ok(())
    }

    /// What happens to a call, with what is remembered of it.
    fn answer(&mut self, call: Call, request: &WireRequest<'_>) -> Result<Reply, Unanswered> {
        let fault = self.faults.strike(&call.operation);
        let identity = Identity::of(&self.world, &call.access_key, &call.region, &self.account);
        let mut record = CallRecord {
            operation: call.operation.clone(),
            account: identity.account.clone(),
            region: call.region.clone(),
            request: call.request.clone(),
            error: None,
            answered: true,
        };
        let injected = fault.as_ref().and_then(injected);
        let broken = matches!(fault, Some(Then::Reset | Then::Crash));
        self.dead = matches!(fault, Some(Then::Crash));
        if broken {
            self.remember(CallRecord { error: Some(RESET.to_owned()), answered: false, ..record });
            return Err(Unanswered);
        }
        let outcome = match injected.or_else(|| self.limited(&call, &identity)) {
            Some(outcome) => outcome,
            None => self.perform(call, &identity, request, fault.as_ref()),
        };
        record.error = match &outcome {
            Outcome::Answered(_) => None,
            Outcome::Refused { code, .. } => Some(code.clone()),
        };
        record.answered = fault != Some(Then::Lost);
        let answered = record.answered;
        self.remember(record);
        if !answered {
            return Err(Unanswered);
        }
        let reply = Reply { outcome, delay: Duration::ZERO, as_page: false };
        Ok(match fault {
            Some(Then::InternalFailure) => {
                Reply { outcome: refused(500, "InternalFailure", "An internal error occurred."), ..reply }
            }
            Some(Then::Slow { seconds }) => Reply { delay: Duration::from_secs(u64::from(seconds)), ..reply },
            Some(Then::Html) => Reply { as_page: true, ..reply },
            _ => reply,
        })
    }

    fn remember(&mut self, record: CallRecord) {
        if self.remembers_calls {
            self.calls.push(record);
        }
    }

    /// The refusal of a call that comes too fast, when rates are held.
    fn limited(&mut self, call: &Call, identity: &Identity) -> Option<Outcome> {
        let limits = self.limits.as_mut().filter(|_| call.service == Service::CloudTrail)?;
        let admitted = limits.admit(&call.operation, &identity.account, &call.region);
        if admitted { None } else { injected(&Then::ThrottledForever) }
    }

    fn perform(
        &mut self,
        call: Call,
        identity: &Identity,
        request: &WireRequest<'_>,
        fault: Option<&Then>,
    ) -> Outcome {
        let writes = operation::writes(&call.operation);
        let of_cloudtrail = call.service == Service::CloudTrail;
        if of_cloudtrail
            && !writes
            && let Some((mut world, reads)) = self.stale.take()
        {
            let (outcome, _) = run(&mut world, identity, &self.switches, call);
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
        let recorded = (of_cloudtrail && writes).then(|| call.clone());
        let (outcome, touched) = run(&mut self.world, identity, &switches, call);
        if let Some(call) = &recorded {
            self.record(call, identity, request, &outcome);
        }
        let changed = touched || writes && matches!(outcome, Outcome::Answered(_));
        if changed {
            self.world.forget_empty_places();
        }
        let saved = match &self.file {
            Some(file) if changed || recorded.is_some() => file.save(&self.world),
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

    /// Notes a writing call in the event history, a refused one too. A call that the emulator cannot read, or
    /// does not know, never reached an operation.
    fn record(&mut self, call: &Call, identity: &Identity, request: &WireRequest<'_>, outcome: &Outcome) {
        let result = match outcome {
            Outcome::Answered(answer) => Ok(answer),
            Outcome::Refused { code, .. } if UNREADABLE.contains(&code.as_str()) => return,
            Outcome::Refused { code, message, .. } => Err((code.as_str(), message.as_str())),
        };
        let answered = Answered {
            operation: &call.operation,
            identity,
            region: &call.region,
            source_address: request.source_address,
            user_agent: request.user_agent,
            request: &call.request,
            result,
        };
        let now = self.world.now();
        self.world.event_history.record(now, &answered);
    }
}

/// The refusals of calls that are no call of any operation.
const UNREADABLE: [&str; 3] = ["SerializationException", "UnknownOperationException", "ValidationException"];

fn run(world: &mut World, identity: &Identity, switches: &Switches, call: Call) -> (Outcome, bool) {
    let Call { service, operation, access_key: _, region, request } = call;
    let caller = identity.account.as_str();
    let mut context = Context { world, identity, caller, region: &region, switches, touched: false };
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
        Then::Html => refused(503, PAGE, "A proxy on the way answers with a web page."),
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
