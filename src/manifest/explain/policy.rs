//! Why, and what to do: rules of resource policies.

use super::Lesson;

pub(super) const LESSONS: &[Lesson] = &[
    Lesson {
        code: "TK501",
        what: "A policy is longer than 8192 characters as it is sent.",
        why: "AWS answers ResourcePolicyNotValidException.",
        fix: "Merge statements; compact JSON is what is counted.",
        source: "API reference, PutResourcePolicy",
    },
    Lesson {
        code: "TK502",
        what: "A document is no policy.",
        why: "An unknown key, no `Version`, no statement, an `Effect` or `Action` that is missing: AWS answers ResourcePolicyNotValidException.",
        fix: "Mend what is told.",
        source: "IAM user guide, grammar of the JSON policy language",
    },
    Lesson {
        code: "TK503",
        what: "A channel's policy has more than 20 statements, or a statement more than 50 principals.",
        why: "AWS answers ResourcePolicyNotValidException.",
        fix: "Merge statements, or split the principals over several.",
        source: "API reference, PutResourcePolicy",
    },
    Lesson {
        code: "TK504",
        what: "A policy grants what its resource does not have.",
        why: "Channels know `cloudtrail-data:PutAuditEvents`, dashboards `cloudtrail:StartDashboardRefresh`, stores eight actions of queries.",
        fix: "Use one of the actions in the help.",
        source: "User guide, resource-based policy examples",
    },
    Lesson {
        code: "TK505",
        what: "A statement names no principal that it could be about.",
        why: "AWS answers ResourcePolicyNotValidException.",
        fix: "Write an account id, the ARN of a user or role, or, for dashboards, the service `cloudtrail.amazonaws.com`.",
        source: "User guide, resource-based policy examples",
    },
    Lesson {
        code: "TK506",
        what: "A statement is about another resource.",
        why: "A resource policy is about its own resource.",
        fix: "Write `${self.arn}`, or leave `Resource` out.",
        source: "API reference, PutResourcePolicy",
    },
    Lesson {
        code: "TK507",
        what: "A statement that lets CloudTrail in says more than it can.",
        why: "CloudTrail stands alone in its statement, may start queries or refreshes only, under `aws:SourceArn` and `aws:SourceAccount` only.",
        fix: "Write a statement of its own.",
        source: "User guide, resource-based policies for dashboards",
    },
    Lesson {
        code: "TK508",
        what: "A statement lets in everybody, without a condition.",
        why: "Anybody with an AWS account can do what it allows: put forged events into the audit log, or read it.",
        fix: "Name accounts, or add a condition such as `aws:PrincipalOrgID`.",
        source: "IAM user guide, principal: all principals",
    },
    Lesson {
        code: "TK509",
        what: "There is no such condition operator.",
        why: "IAM knows a fixed set of operators; AWS answers ResourcePolicyNotValidException.",
        fix: "Write the operator that is suggested.",
        source: "IAM user guide, condition operators",
    },
    Lesson {
        code: "TK510",
        what: "A statement lets CloudTrail act on behalf of any account.",
        why: "Without `aws:SourceArn` or `aws:SourceAccount`, a dashboard of somebody else could make CloudTrail query your store.",
        fix: "Add {StringEquals: {\"aws:SourceAccount\": \"${account}\"}}.",
        source: "IAM user guide, the confused deputy problem",
    },
    Lesson {
        code: "TK511",
        what: "Two statements of a policy have one `Sid`.",
        why: "IAM wants each `Sid` once in a policy; whether CloudTrail refuses it is not documented.",
        fix: "Rename one, or leave it out.",
        source: "IAM user guide, Sid",
    },
];
