//! Kind and key: which sort of thing, and which one of them.

use crate::name::{Arn, Name, Target};
use std::cmp::Ordering;
use std::fmt;
use std::time::Duration;

/// How long an event data store waits in PENDING_DELETION, and can be restored: seven days (user guide, event data
/// store lifecycle).
pub const DELETION_WAIT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The sorts of CloudTrail things that a manifest declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A trail.
    Trail,
    /// A CloudTrail Lake event data store.
    EventDataStore,
    /// A CloudTrail Lake channel.
    Channel,
    /// A CloudTrail Lake dashboard.
    Dashboard,
    /// The resource policy of one of the three Lake kinds.
    Policy(Parent),
}

/// The kinds that can bear a resource policy (API reference, `PutResourcePolicy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Parent {
    /// An event data store.
    EventDataStore,
    /// A channel.
    Channel,
    /// A dashboard.
    Dashboard,
}

impl Parent {
    /// The parent as a kind of its own.
    pub fn kind(self) -> Kind {
        match self {
            Parent::EventDataStore => Kind::EventDataStore,
            Parent::Channel => Kind::Channel,
            Parent::Dashboard => Kind::Dashboard,
        }
    }
}

impl Kind {
    /// Every kind, in the order in which reports show them.
    pub const ALL: [Kind; 7] = [
        Kind::Trail,
        Kind::EventDataStore,
        Kind::Policy(Parent::EventDataStore),
        Kind::Channel,
        Kind::Policy(Parent::Channel),
        Kind::Dashboard,
        Kind::Policy(Parent::Dashboard),
    ];

    /// The kinds that have a name of their own, in the order in which reports show them.
    pub const NAMED: [Kind; 4] = [Kind::Trail, Kind::EventDataStore, Kind::Channel, Kind::Dashboard];

    /// How many of a kind CloudTrail admits in an account and region. None of these is adjustable (General Reference,
    /// CloudTrail quotas). Of policies there is one for each parent.
    pub fn quota(self) -> Option<usize> {
        match self {
            Kind::Trail => Some(5),
            Kind::EventDataStore => Some(10),
            Kind::Channel => Some(25),
            Kind::Dashboard => Some(100),
            Kind::Policy(_) => None,
        }
    }

    /// Whether the service's own resources of this kind take slots of the quota too. Service-linked channels and
    /// managed dashboards do not (General Reference, CloudTrail quotas).
    pub fn counts_those_of_services(self) -> bool {
        matches!(self, Kind::Trail)
    }

    /// Whether something deleted waits for [`DELETION_WAIT`], takes a slot all the while, and can be restored
    /// (user guide, event data store lifecycle).
    pub fn waits_for_deletion(self) -> bool {
        matches!(self, Kind::EventDataStore)
    }

    /// Whether its name can be changed: UpdateEventDataStore and UpdateChannel take one, the name of a trail or
    /// dashboard is for life (API reference, `UpdateTrail`, `UpdateDashboard`).
    pub fn can_be_renamed(self) -> bool {
        matches!(self, Kind::EventDataStore | Kind::Channel)
    }

    /// Whether there are some that belong to a whole organization, which a delegated administrator writes by their
    /// ARNs (user guide, organization delegated administrator).
    pub fn can_be_of_an_organization(self) -> bool {
        matches!(self, Kind::Trail | Kind::EventDataStore)
    }

    /// The first word of a key: `trail`, `eventDataStore`, `channel`, `dashboard` or `policy`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Trail => "trail",
            Kind::EventDataStore => "eventDataStore",
            Kind::Channel => "channel",
            Kind::Dashboard => "dashboard",
            Kind::Policy(_) => "policy",
        }
    }

    /// The manifest's list of this kind, which is also the word in `${trails.audit.arn}`.
    /// A policy stands with its parent.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::Trail => "trails",
            Kind::EventDataStore | Kind::Policy(Parent::EventDataStore) => "eventDataStores",
            Kind::Channel | Kind::Policy(Parent::Channel) => "channels",
            Kind::Dashboard | Kind::Policy(Parent::Dashboard) => "dashboards",
        }
    }

    /// The kind that a policy belongs to; any other kind itself.
    pub fn bound(self) -> Kind {
        match self {
            Kind::Policy(parent) => parent.kind(),
            other => other,
        }
    }

    /// This kind as the bearer of a resource policy, when it can be one.
    pub fn as_parent(self) -> Option<Parent> {
        match self {
            Kind::EventDataStore => Some(Parent::EventDataStore),
            Kind::Channel => Some(Parent::Channel),
            Kind::Dashboard => Some(Parent::Dashboard),
            Kind::Trail | Kind::Policy(_) => None,
        }
    }

    /// The kind whose first word this is; none for `policy`, which needs its parent.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::NAMED.into_iter().find(|kind| kind.word() == word)
    }
}

/// Kind and name: `trail/audit`, `policy/channel/okta`. Keys order by kind, then name, a policy right after its parent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which sort of thing.
    pub kind: Kind,
    /// The declared name; the parent's for a policy.
    pub name: Name,
}

impl Key {
    /// A key from its two parts.
    pub fn new(kind: Kind, name: &Name) -> Key {
        Key { kind, name: name.clone() }
    }

    /// The key whose ARN calls about this one use: the parent's for a policy, else itself.
    pub fn bound(&self) -> Key {
        Key { kind: self.kind.bound(), name: self.name.clone() }
    }

    /// The key of this resource's policy, when its kind can have one.
    pub fn policy(&self) -> Option<Key> {
        let parent = self.kind.as_parent()?;
        Some(Key { kind: Kind::Policy(parent), name: self.name.clone() })
    }

    /// The ARN that it has when it is one of this account's own: trails and dashboards bear their names in it (Service
    /// Authorization Reference, resource types). None where CloudTrail chooses an id.
    pub fn named_arn(&self, target: &Target) -> Option<Arn> {
        let word = match self.kind.bound() {
            Kind::Trail => "trail",
            Kind::Dashboard => "dashboard",
            Kind::EventDataStore | Kind::Channel | Kind::Policy(_) => return None,
        };
        let Target { account, region, partition } = target;
        Arn::parse(format!("arn:{partition}:cloudtrail:{region}:{account}:{word}/{}", self.name)).ok()
    }

    /// Whether this is a resource policy, which goes with its parent.
    pub fn is_policy(&self) -> bool {
        matches!(self.kind, Kind::Policy(_))
    }

    /// Reads what `Display` prints.
    pub fn parse(text: &str) -> Option<Key> {
        let (word, rest) = text.split_once('/')?;
        let (kind, name) = if word == "policy" {
            let (parent, name) = rest.split_once('/')?;
            (Kind::Policy(Kind::from_word(parent)?.as_parent()?), name)
        } else {
            (Kind::from_word(word)?, rest)
        };
        (!name.is_empty()).then(|| Key { kind, name: Name::new(name) })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Policy(parent) => write!(f, "policy/{}/{}", parent.kind().word(), self.name),
            kind => write!(f, "{}/{}", kind.word(), self.name),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        let place = |key: &Key| (key.kind.bound(), key.is_policy());
        let (kind, policy) = place(self);
        let (other_kind, other_policy) = place(other);
        (kind, &self.name, policy).cmp(&(other_kind, &other.name, other_policy))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_what_it_prints() {
        for text in ["trail/audit", "eventDataStore/a.b", "policy/channel/okta", "policy/eventDataStore/lake"]
        {
            assert_eq!(Key::parse(text).unwrap().to_string(), text);
        }
        for text in ["trail", "trail/", "policy/trail/audit", "policy/okta", "trails/audit", ""] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_policy_follows_its_parent() {
        let mut keys: Vec<Key> = ["policy/channel/a", "channel/b", "channel/a", "trail/z", "dashboard/a"]
            .iter()
            .map(|text| Key::parse(text).unwrap())
            .collect();
        keys.sort();
        let printed: Vec<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(printed, ["trail/z", "channel/a", "policy/channel/a", "channel/b", "dashboard/a"]);
    }
}
