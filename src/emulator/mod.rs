//! A CloudTrail of our own, behind the AWS SDK's HTTP client. It uses nothing else of this crate, so it cannot
//! share a misunderstanding with the planner; it is taught from AWS's documentation.
//!
//! Three layers: `connector` and `server` (transports), `wire` and `xml` (protocols), and one file per kind
//! (behaviour), joined by `exchange` and the table in `operation`. Buckets, topics, roles, log groups and keys that requests name are
//! taken to exist. Statuses settle after a number of reads; clock and ids are counters.

mod connector;
mod exchange;
mod remote;
mod server;
mod wire;
mod xml;

mod operation;

mod account;
mod sandbox_file;
mod settling;

mod trail;
mod trail_read;
mod trail_rules;

mod event_data_store;
mod event_data_store_life;
mod event_data_store_read;

mod channel;

mod dashboard;
mod dashboard_rules;

mod event_configuration;
mod event_selectors;
mod insight;
mod selector;
mod selector_matrix;

mod policy;
mod policy_rules;
mod resource;
mod tag;

mod delegated_admin;
mod event_history;
mod lookup_events;
mod public_keys;

mod arn;
mod error;
mod fault;
mod kms;
mod limits;
mod paging;
mod preparation;
mod sts;
mod switches;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use exchange::CallRecord;
pub use fault::{Fault, Then};
pub use remote::{Remote, RemoteError};
pub use sandbox_file::OpenError;
pub use switches::{DefaultSelectorForm, Switches};

use account::World;
use exchange::{Server, Unanswered};
use fault::Armed;
use limits::Limits;
use sandbox_file::SandboxFile;
use wire::{WireAnswer, WireRequest};

/// A whole AWS of accounts and regions, as far as CloudTrail goes. Clones share it.
#[derive(Clone)]
pub struct Emulator {
    server: Arc<Mutex<Server>>,
}

impl Emulator {
    /// An empty AWS in memory. `account` is who STS says the caller is, unless the access key says another: it is
    /// itself an account id of twelve digits, or AssumeRole gave it out for a role of another account.
    pub fn new(account: &str) -> Emulator {
        Emulator::of(Server::new(World::empty(), account, None))
    }

    /// The AWS that is kept in the file at `path`, created on the first writing call. The lock beside it is
    /// held until the last clone is gone.
    ///
    /// # Errors
    /// [`OpenError`] when the file is in use, is no sandbox, or cannot be read; nothing is changed then.
    pub fn open(path: &Path, account: &str) -> Result<Emulator, OpenError> {
        let (file, world) = SandboxFile::open(path)?;
        Ok(Emulator::of(Server::new(world, account, Some(file))))
    }

    /// An AWS in memory, as [`Emulator::snapshot`] wrote it or as somebody wrote it by hand: settings that are
    /// left out have the service's defaults.
    ///
    /// # Errors
    /// [`OpenError`] when the text is not a snapshot.
    pub fn restore(text: &str, account: &str) -> Result<Emulator, OpenError> {
        let world = sandbox_file::read(Path::new("snapshot"), text)?;
        Ok(Emulator::of(Server::new(world, account, None)))
    }

    fn of(server: Server) -> Emulator {
        Emulator { server: Arc::new(Mutex::new(server)) }
    }

    /// What the accounts hold, as YAML: the same state is the same text, and it can be restored. Who did what is
    /// left out; [`Emulator::state`] has it.
    pub fn snapshot(&self) -> String {
        // Maps, strings and numbers always have a YAML form, so there is no error to report.
        sandbox_file::write(&self.server().world.without_history()).unwrap_or_default()
    }

    /// The whole state as YAML, as the sandbox file has it: [`Emulator::snapshot`] and the event history.
    pub fn state(&self) -> String {
        sandbox_file::write(&self.server().world).unwrap_or_default()
    }

    /// The state that the file at `path` holds, without opening it: another process may be using it.
    ///
    /// # Errors
    /// [`OpenError`] when there is no such file, it is no sandbox, or it cannot be read.
    pub fn state_of(path: &Path) -> Result<String, OpenError> {
        sandbox_file::text(path)
    }

    /// Begins again with an empty AWS; its file, if there is one, is emptied first. Faults count from the
    /// beginning.
    ///
    /// # Errors
    /// [`OpenError`] when the file cannot be written; nothing is changed then.
    pub fn reset(&self) -> Result<(), OpenError> {
        self.server().reset()
    }

    /// An AWS in memory that is as this one is now, and goes its own way from here: without the file, the faults
    /// and the calls so far.
    pub fn fork(&self) -> Emulator {
        let server = self.server();
        let mut fork = Server::new(server.world.clone(), &server.account, None);
        fork.switches = server.switches.clone();
        Emulator::of(fork)
    }

    /// Every call so far, in order.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.server().calls.clone()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.server().calls.clear();
    }

    /// Remembers no calls from now on: for what runs for long.
    pub fn forget_calls(&self) {
        let mut server = self.server();
        server.calls.clear();
        server.remembers_calls = false;
    }

    /// Holds the published rates of CloudTrail's operations from now on: what comes faster is throttled.
    pub fn enforce_limits(&self) {
        self.server().limits = Some(Limits::default());
    }

    /// The misfortunes from now on; their counts begin again.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.server().faults = Armed::new(faults);
    }

    /// How to behave where AWS's documentation is silent.
    pub fn set_switches(&self, switches: Switches) {
        self.server().switches = switches;
    }

    /// Ends a [`Then::Crash`]: calls are answered again.
    pub fn revive(&self) {
        self.server().dead = false;
    }

    fn exchange(&self, request: &WireRequest<'_>) -> Result<WireAnswer, Unanswered> {
        self.server().exchange(request)
    }

    fn server(&self) -> MutexGuard<'_, Server> {
        // A panic elsewhere leaves the state as of the last finished step, which is still worth answering from.
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Emulator")
    }
}
