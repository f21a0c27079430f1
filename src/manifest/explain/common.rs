//! Why, and what to do: rules of several kinds: tags, quotas, keys, roles, places, and entries beside settings.

use super::Lesson;

pub(super) const LESSONS: &[Lesson] = &[
    Lesson {
        code: "TK021",
        what: "A channel or an insights destination names an event data store that the manifest does not declare.",
        why: "There is no ARN to send.",
        fix: "Mend the name, declare the store, or write the ARN of a store that is managed elsewhere.",
        source: "API reference, CreateChannel and PutInsightSelectors",
    },
    Lesson {
        code: "TK031",
        what: "The key or value of a tag is too long, or has characters that tags cannot have.",
        why: "AWS refuses the tag and the resource with it.",
        fix: "Use up to 128 characters in a key and 256 in a value: letters, digits, spaces and `_ . : / = + - @`.",
        source: "Tagging AWS resources, tag naming limits",
    },
    Lesson {
        code: "TK032",
        what: "A resource has more than 50 tags.",
        why: "Tags of the header and trailkeeper's two ownership tags count too.",
        fix: "Remove some.",
        source: "API reference, AddTags; quotas",
    },
    Lesson {
        code: "TK033",
        what: "The manifest declares more resources of a kind than a region of an account can have.",
        why: "None of CloudTrail's quotas can be raised: 5 trails, 10 event data stores in any state, 25 channels, 100 dashboards.",
        fix: "Merge some, or declare them in another region.",
        source: "AWS General Reference, CloudTrail quotas",
    },
    Lesson {
        code: "TK034",
        what: "A declared resource bears a name that is AWS's own.",
        why: "Trails of Control Tower and channels of AWS services are written by AWS, and would be changed back.",
        fix: "Leave it out.",
        source: "User guide, service-linked channels; Control Tower user guide",
    },
    Lesson {
        code: "TK035",
        what: "A `kmsKeyId` is no key that CloudTrail could use.",
        why: "It is neither an alias, an alias ARN, a key id nor a key ARN; or it is a key that AWS manages, whose policy cannot let CloudTrail in.",
        fix: "Name a key of your own, such as `alias/cloudtrail`.",
        source: "API reference, CreateTrail, KmsKeyId; user guide, configure KMS key policies",
    },
    Lesson {
        code: "TK036",
        what: "A role is not the ARN of a role of this account.",
        why: "CloudTrail cannot assume it.",
        fix: "Write `arn:${partition}:iam::${account}:role/NAME`.",
        source: "API reference, CreateTrail and EnableFederation",
    },
    Lesson {
        code: "TK037",
        what: "What stands for an event data store is neither a declared name nor the ARN of a store.",
        why: "CloudTrail answers that it knows no such store.",
        fix: "Name a declared store, or write `arn:aws:cloudtrail:REGION:ACCOUNT:eventdatastore/ID`.",
        source: "API reference, Destination, Location",
    },
    Lesson {
        code: "TK038",
        what: "A key or an event data store of another region, or a store of another account, is named where CloudTrail does not look.",
        why: "Stores and their keys live in one region, and an endpoint knows the stores of its own region and account.",
        fix: "Name one of this region and account; `${region}` and `${account}` stand for them.",
        source: "API reference, CreateEventDataStore, KmsKeyId",
    },
    Lesson {
        code: "TK039",
        what: "An ARN is of another partition than the region.",
        why: "aws, aws-cn, aws-us-gov and the others share nothing: no account, no resource, no event.",
        fix: "Write `${partition}` in place of the partition.",
        source: "AWS General Reference, ARNs",
    },
    Lesson {
        code: "TK040",
        what: "The region is not known to have CloudTrail Lake, or to take events of channels.",
        why: "Stores, channels and dashboards cannot be created there.",
        fix: "Declare them in a region that has Lake. If AWS has added the region since, allow the warning.",
        source: "User guide, CloudTrail Lake supported Regions",
    },
    Lesson {
        code: "TK041",
        what: "An entry of the header's `allow` names a resource that is neither declared nor removed.",
        why: "It allows nothing; when a resource of that name appears, it allows what nobody has reviewed for it.",
        fix: "Remove the entry, or mend the name.",
        source: "trailkeeper, guards",
    },
    Lesson {
        code: "TK042",
        what: "A tag is declared that `ignoreTags` leaves alone.",
        why: "The tag is set when the resource is created, and a later change of its value never reaches the account.",
        fix: "Remove the tag, or narrow `ignoreTags`.",
        source: "trailkeeper, ignoreTags",
    },
    Lesson {
        code: "TK044",
        what: "`ignore` names what says whether and which events are recorded.",
        why: "Somebody who switches recording off, or narrows it, is never reported: that is what trailkeeper is for.",
        fix: "Declare the setting instead.",
        source: "trailkeeper, ignore",
    },
];
