//! Why, and what to do: rules of channels.

use super::Lesson;

pub(super) const LESSONS: &[Lesson] = &[
    Lesson {
        code: "TK401",
        what: "The name of a channel breaks CloudTrail's rules.",
        why: "AWS answers InvalidParameterException or ValidationException.",
        fix: "Use 3 to 128 letters, digits, `.`, `_` and `-`.",
        source: "API reference, CreateChannel, Name",
    },
    Lesson {
        code: "TK402",
        what: "Two channels have one source.",
        why: "An account has one channel for each source; AWS answers ChannelAlreadyExistsException.",
        fix: "Give one channel several destinations.",
        source: "API reference, CreateChannel, Source",
    },
    Lesson {
        code: "TK403",
        what: "A destination stands twice in a channel.",
        why: "AWS answers InvalidParameterException.",
        fix: "Remove one.",
        source: "API reference, CreateChannel, Destinations",
    },
    Lesson {
        code: "TK404",
        what: "A channel sends to a store that does not take events from outside.",
        why: "AWS answers InvalidEventDataStoreCategoryException.",
        fix: "Send to a store whose only selector is {field: eventCategory, equals: [ActivityAuditLog]}.",
        source: "User guide, integrations with event sources outside of AWS",
    },
    Lesson {
        code: "TK405",
        what: "A channel sends to a multi-region store.",
        why: "AWS answers InvalidParameterException; and `multiRegionEnabled` is true unless it is written.",
        fix: "Write `multiRegionEnabled: false` at the store.",
        source: "User guide, integrations with event sources outside of AWS",
    },
    Lesson {
        code: "TK406",
        what: "The source of a channel is not known.",
        why: "AWS adds partners from time to time; a mistyped one is refused.",
        fix: "Mend the name, use `Custom`, or allow the warning if AWS has learned it.",
        source: "User guide, integrations with event sources outside of AWS",
    },
    Lesson {
        code: "TK407",
        what: "A partner that sends by itself is not let in.",
        why: "Without a policy only the own account may put events; direct partners come from an account of theirs, with an external id.",
        fix: "Allow `cloudtrail-data:PutAuditEvents` to the partner's account under the condition `cloudtrail:ExternalId`.",
        source: "User guide, resource-based policy for integrations",
    },
];
