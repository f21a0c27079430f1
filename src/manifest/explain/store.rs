//! Why, and what to do: rules of event data stores.

use super::Lesson;

pub(super) const LESSONS: &[Lesson] = &[
    Lesson {
        code: "TK301",
        what: "The name of an event data store breaks CloudTrail's rules.",
        why: "AWS answers InvalidParameterException or ValidationException.",
        fix: "Use 3 to 128 letters, digits, `.`, `_` and `-`.",
        source: "API reference, CreateEventDataStore, Name",
    },
    Lesson {
        code: "TK302",
        what: "The name of an event data store has punctuation that the user guide refuses.",
        why: "The API's pattern admits it, the naming rules of the user guide do not.",
        fix: "Put a letter or digit first and last, and no two of `.`, `_`, `-` together.",
        source: "User guide, naming requirements",
    },
    Lesson {
        code: "TK303",
        what: "A store with fixed pricing keeps events longer than it can.",
        why: "AWS answers InvalidParameterException beyond 2557 days.",
        fix: "Lower `retentionPeriod`, or choose EXTENDABLE_RETENTION_PRICING, which keeps 3653 days.",
        source: "API reference, CreateEventDataStore, RetentionPeriod",
    },
    Lesson {
        code: "TK304",
        what: "A store that cannot stop taking events in has `ingestionEnabled: false`.",
        why: "AWS answers InvalidEventDataStoreCategoryException: only events of CloudTrail and configuration items can be stopped.",
        fix: "Remove the line.",
        source: "API reference, StopEventDataStoreIngestion",
    },
    Lesson {
        code: "TK305",
        what: "A store of partner activity or audit evidence is declared for the organization.",
        why: "AWS answers InvalidParameterException.",
        fix: "Remove `organizationEnabled`.",
        source: "User guide, event data stores for events outside of AWS",
    },
    Lesson {
        code: "TK306",
        what: "Event size or context keys are set on a store that does not record CloudTrail events.",
        why: "AWS answers InvalidEventDataStoreCategoryException.",
        fix: "Remove `maxEventSize` and `contextKeySelectors`.",
        source: "API reference, PutEventConfiguration",
    },
    Lesson {
        code: "TK307",
        what: "Context keys are set, and events stay small.",
        why: "AWS answers InvalidParameterException.",
        fix: "Write `maxEventSize: Large`.",
        source: "API reference, PutEventConfiguration, MaxEventSize",
    },
    Lesson {
        code: "TK308",
        what: "A type of context keys stands twice.",
        why: "AWS answers InvalidParameterException: one entry for each type.",
        fix: "Merge the entries.",
        source: "API reference, PutEventConfiguration",
    },
    Lesson {
        code: "TK309",
        what: "A condition key is not among those that events are known to be enriched with.",
        why: "AWS adds keys from time to time; a mistyped one is refused.",
        fix: "Mend the name, or allow the warning if AWS has learned it.",
        source: "User guide, enriching events with context keys",
    },
    Lesson {
        code: "TK310",
        what: "A store of audit evidence is declared.",
        why: "Audit Manager creates such stores; users cannot make useful ones.",
        fix: "Leave it to Audit Manager.",
        source: "User guide, event data stores; Audit Manager user guide",
    },
    Lesson {
        code: "TK311",
        what: "A delegated administrator declares insights of an organization's event data store.",
        why: "Only the management account can enable insights of a store that takes in the whole organization's events.",
        fix: "Remove `insightSelectors` here, and declare them in the management account's manifest.",
        source: "User guide, organization delegated administrator",
    },
];
