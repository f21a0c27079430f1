//! Why, and what to do: rules of trails.

use super::Lesson;

pub(super) const LESSONS: &[Lesson] = &[
    Lesson {
        code: "TK101",
        what: "The name of a trail breaks CloudTrail's rules.",
        why: "AWS answers InvalidTrailNameException.",
        fix: "Use 3 to 128 letters, digits, `.`, `_` and `-`; a letter or digit first and last; no two of `.`, `_`, `-` together; no IP address.",
        source: "API reference, CreateTrail, Name",
    },
    Lesson {
        code: "TK102",
        what: "The name of a bucket breaks S3's rules.",
        why: "AWS answers InvalidS3BucketNameException.",
        fix: "Use 3 to 63 lower-case letters, digits, `.` and `-`; a letter or digit first and last; no `..`, `.-` or `-.`; no IP address.",
        source: "User guide, Amazon S3 bucket naming requirements",
    },
    Lesson {
        code: "TK103",
        what: "A topic is neither a name nor the ARN of a topic.",
        why: "AWS answers InvalidSnsTopicNameException. Topics of the FIFO kind cannot be used.",
        fix: "Write the name of a topic of this account and region, or the ARN of any.",
        source: "User guide, Amazon SNS topic naming requirements",
    },
    Lesson {
        code: "TK104",
        what: "A multi-region trail leaves global service events out.",
        why: "AWS answers InvalidParameterCombinationException: a multi-region trail must include them.",
        fix: "Remove `includeGlobalServiceEvents`: `true` is the default.",
        source: "API reference, CreateTrail, IncludeGlobalServiceEvents",
    },
    Lesson {
        code: "TK105",
        what: "A trail names a log group without a role, or a role without a log group.",
        why: "AWS answers InvalidCloudWatchLogsRoleArnException or InvalidCloudWatchLogsLogGroupArnException.",
        fix: "Write both, or neither.",
        source: "API reference, CreateTrail, CloudWatchLogsLogGroupArn",
    },
    Lesson {
        code: "TK106",
        what: "A log group is not the ARN of a log group of this account and region.",
        why: "AWS answers InvalidCloudWatchLogsLogGroupArnException.",
        fix: "Write `arn:${partition}:logs:${region}:${account}:log-group:NAME`.",
        source: "User guide, sending events to CloudWatch Logs",
    },
    Lesson {
        code: "TK107",
        what: "A single-region trail outside us-east-1 asks for global service events.",
        why: "Since November 2021 events of IAM, STS and CloudFront happen in us-east-1: the trail gets none of them.",
        fix: "Write `isMultiRegionTrail: true`, or remove `includeGlobalServiceEvents`.",
        source: "User guide, global service events",
    },
    Lesson {
        code: "TK108",
        what: "A trail does not validate its log files.",
        why: "Without digest files nobody can prove that log files were neither changed nor deleted, which is what an auditor asks first.",
        fix: "Write `enableLogFileValidation: true`; it costs nothing.",
        source: "User guide, validating CloudTrail log file integrity",
    },
    Lesson {
        code: "TK109",
        what: "A trail is declared that does not log.",
        why: "What happens meanwhile is recorded nowhere, and cannot be recorded later.",
        fix: "Remove `isLogging: false`, or remove the trail.",
        source: "API reference, StopLogging",
    },
    Lesson {
        code: "TK110",
        what: "No trail of the manifest records management events in all regions.",
        why: "Whoever acts in a region that nobody uses acts unseen.",
        fix: "Write `isMultiRegionTrail: true` at the trail that records management events; where an organization's trail does it, allow the warning.",
        source: "User guide, security best practices: create a trail",
    },
    Lesson {
        code: "TK111",
        what: "The home region of an organization's trail is one that accounts must enable first.",
        why: "Member accounts that have not enabled the region deliver nothing to the trail, and nobody is told.",
        fix: "Declare the trail in a region that every account has, such as us-east-1; it records all regions from there.",
        source: "User guide, creating a trail for an organization",
    },
];
