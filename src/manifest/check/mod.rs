//! What AWS would refuse, found before anything is sent: one small function each, in one flat list.
//! They look at resolved specs, defaults filled in; where a mistake stands in the files, `Manifest` knows.

mod channel;
mod common;
mod dashboard;
mod entry;
mod insight;
mod known;
mod place;
mod policy;
mod scene;
mod selector;
mod store;
mod trail;

use std::collections::BTreeSet;

use super::Manifest;
use super::problem::{Code, Problem, Severity};
use crate::name::Target;
use crate::resource::Key;
use crate::state::Desired;
pub(super) use known::PARTNER_SOURCES;
use scene::{Mistake, Scene};
pub(super) use selector::FIELDS;

/// A rule, and what it spares the user.
#[derive(Debug)]
pub struct Check {
    /// The stable code, such as `TK021`.
    pub code: &'static str,
    /// Whether it stops the command.
    pub severity: Severity,
    /// The error that CloudTrail would answer; for a warning, what would happen instead.
    pub prevents: &'static str,
    find: fn(&Scene<'_>) -> Vec<Mistake>,
    /// Whether it looks at what stands at one place, and needs to know nothing else: then it can look at a resource in which
    /// other places are wrong.
    local: bool,
}

impl Check {
    const fn local(self) -> Check {
        Check { local: true, ..self }
    }
}

const fn error(code: &'static str, prevents: &'static str, find: fn(&Scene<'_>) -> Vec<Mistake>) -> Check {
    Check { code, severity: Severity::Error, prevents, find, local: false }
}

const fn warning(code: &'static str, prevents: &'static str, find: fn(&Scene<'_>) -> Vec<Mistake>) -> Check {
    Check { code, severity: Severity::Warning, prevents, find, local: false }
}

/// Every rule, by code. Where the operation models no error for it, both InvalidParameterException and the common
/// ValidationException are named: which of the two AWS answers is unverified.
///
/// The codes: 0xx any kind, 1xx trails, 2xx selectors and insights, 3xx stores, 4xx channels, 5xx policies, 6xx dashboards.
pub const CHECKS: &[Check] = &[
    error("TK021", "EventDataStoreNotFoundException", common::undeclared_store).local(),
    error("TK031", "InvalidTagParameterException", common::tag_text).local(),
    error("TK032", "TagsLimitExceededException", common::tag_count).local(),
    error(
        "TK033",
        "MaximumNumberOfTrailsExceededException, EventDataStoreMaxLimitExceededException, ChannelMaxLimitExceededException, ServiceQuotaExceededException",
        common::quota,
    ),
    error("TK034", "AccessDeniedException", common::reserved_name).local(),
    error("TK035", "InvalidKmsKeyIdException", common::kms_key).local(),
    error("TK036", "InvalidCloudWatchLogsRoleArnException", common::role).local(),
    error("TK037", "EventDataStoreARNInvalidException", common::store_arn).local(),
    error("TK038", "EventDataStoreNotFoundException, KmsKeyNotFoundException", place::elsewhere).local(),
    error(
        "TK039",
        "InvalidSnsTopicNameException, InvalidKmsKeyIdException, InvalidCloudWatchLogsLogGroupArnException, InvalidCloudWatchLogsRoleArnException, InvalidEventSelectorsException, ResourcePolicyNotValidException",
        place::partition,
    ).local(),
    warning(
        "TK040",
        "AWS answers UnsupportedOperationException, unless Lake has come to the region",
        place::lake,
    ),
    warning(
        "TK041",
        "it allows nothing now, and something later that nobody has reviewed",
        entry::idle_permission,
    ),
    warning("TK042", "a change of its value would never reach the account", entry::ignored_tag).local(),
    warning("TK044", "whoever switches it off is never reported", entry::ignored_recording),
    error("TK101", "InvalidTrailNameException", trail::name).local(),
    error("TK102", "InvalidS3BucketNameException", trail::bucket).local(),
    error("TK103", "InvalidSnsTopicNameException", trail::topic).local(),
    error("TK104", "InvalidParameterCombinationException", trail::global_events),
    error(
        "TK105",
        "InvalidCloudWatchLogsRoleArnException, InvalidCloudWatchLogsLogGroupArnException",
        trail::log_group_pair,
    ).local(),
    error("TK106", "InvalidCloudWatchLogsLogGroupArnException", trail::log_group).local(),
    warning("TK107", "events of IAM, STS and CloudFront are missing", trail::global_events_elsewhere),
    warning("TK108", "nobody could tell whether log files were changed or deleted", trail::unproven),
    warning("TK109", "what happens meanwhile is recorded nowhere", trail::silent),
    warning("TK110", "what happens in other regions is recorded nowhere", trail::nowhere_complete),
    warning(
        "TK111",
        "accounts that have not enabled the region deliver nothing",
        trail::organization_in_optional_region,
    ),
    error("TK201", "InvalidEventSelectorsException", selector::basic::both_kinds).local(),
    error("TK202", "InvalidEventSelectorsException", selector::basic::nothing_selected),
    error("TK203", "InvalidEventSelectorsException", selector::basic::too_many_resources).local(),
    error("TK204", "InvalidEventSelectorsException", selector::basic::resource_values).local(),
    error("TK205", "InvalidEventSelectorsException", selector::basic::idle_exclusion).local(),
    error("TK210", "InvalidEventSelectorsException", selector::category).local(),
    error("TK211", "InvalidEventSelectorsException", selector::mixed_store),
    error("TK212", "InvalidEventSelectorsException", selector::field).local(),
    warning(
        "TK213",
        "AWS answers InvalidEventSelectorsException, unless it has learned the field",
        selector::unknown_field,
    ).local(),
    error("TK214", "InvalidEventSelectorsException", selector::operator).local(),
    error("TK215", "InvalidEventSelectorsException", selector::value).local(),
    error("TK216", "InvalidEventSelectorsException", selector::repeated_field).local(),
    error("TK217", "InvalidEventSelectorsException", selector::missing_field).local(),
    error("TK218", "InvalidEventSelectorsException", selector::no_operator).local(),
    error("TK219", "InvalidEventSelectorsException", selector::too_many_values).local(),
    warning("TK220", "`*` is taken literally", selector::value::wildcard).local(),
    warning(
        "TK221",
        "the user guide grants a store 500 values, the API reference five selectors",
        selector::many_selectors,
    ),
    warning(
        "TK222",
        "AWS answers InvalidEventSelectorsException, unless it has learned the type",
        selector::value::unknown_type,
    ).local(),
    warning(
        "TK223",
        "AWS answers InvalidEventSelectorsException, unless it has learned the source",
        selector::value::unknown_source,
    ).local(),
    warning("TK224", "the trail feeds itself, and every round is charged", selector::cost::feedback),
    warning("TK225", "other objects are recorded than it seems", selector::value::bucket).local(),
    warning("TK226", "every further copy of an event is charged", selector::cost::paid_twice),
    warning("TK227", "AWS may answer InvalidEventSelectorsException", selector::value::many_resources),
    warning("TK228", "it changes nothing, and counts towards the 500 values", selector::value::needless).local(),
    warning("TK229", "the selector records nothing", selector::value::impossible).local(),
    error("TK230", "InvalidInsightSelectorsException", insight::repeated).local(),
    error("TK231", "InvalidInsightSelectorsException", insight::of_trail),
    error("TK232", "InvalidInsightSelectorsException", insight::of_store),
    error("TK233", "InvalidParameterCombinationException, InvalidParameterException", insight::destination),
    error("TK234", "InvalidInsightSelectorsException", insight::destination_category),
    error("TK235", "InvalidParameterException", insight::aggregation),
    error("TK236", "InvalidEventSelectorsException", selector::arn::of_another_type).local(),
    warning("TK237", "the value selects nothing of this type", selector::arn::begins_another_type).local(),
    error("TK301", "InvalidParameterException, ValidationException", store::name).local(),
    warning("TK302", "the user guide's naming rules want another name", store::name_punctuation).local(),
    error("TK303", "InvalidParameterException", store::retention),
    error("TK304", "InvalidEventDataStoreCategoryException", store::ingestion),
    error("TK305", "InvalidParameterException", store::organization),
    error("TK306", "InvalidEventDataStoreCategoryException", store::event_configuration),
    error("TK307", "InvalidParameterException", store::context_size),
    error("TK308", "InvalidParameterException", store::repeated_context).local(),
    warning(
        "TK309",
        "AWS answers InvalidParameterException, unless it has learned the key",
        store::request_context,
    ).local(),
    warning("TK310", "such a store is created by Audit Manager, not by users", store::evidence),
    warning(
        "TK311",
        "AWS refuses it: only the management account can enable them",
        insight::of_organization,
    ),
    error("TK401", "InvalidParameterException, ValidationException", channel::name).local(),
    error("TK402", "ChannelAlreadyExistsException", channel::repeated_source),
    error("TK403", "InvalidParameterException", channel::repeated_destination).local(),
    error("TK404", "InvalidEventDataStoreCategoryException", channel::destination_category),
    error("TK405", "InvalidParameterException", channel::destination_regions),
    warning(
        "TK406",
        "AWS answers InvalidSourceException, unless it has learned the source",
        channel::unknown_source,
    ).local(),
    warning("TK407", "the partner's events are refused", channel::direct_partner),
    error("TK501", "ResourcePolicyNotValidException", policy::size).local(),
    error("TK502", "ResourcePolicyNotValidException", policy::grammar).local(),
    error("TK503", "ResourcePolicyNotValidException", policy::counts).local(),
    error("TK504", "ResourcePolicyNotValidException", policy::action).local(),
    error("TK505", "ResourcePolicyNotValidException", policy::principal).local(),
    error("TK506", "ResourcePolicyNotValidException", policy::resource).local(),
    error("TK507", "ResourcePolicyNotValidException", policy::service_condition).local(),
    warning("TK508", "anybody with an AWS account can do what the statement allows", policy::anybody).local(),
    error("TK509", "ResourcePolicyNotValidException", policy::operator).local(),
    warning("TK510", "another account's dashboard may be served", policy::confused_deputy).local(),
    warning(
        "TK511",
        "IAM wants each `Sid` once in a policy; AWS may answer ResourcePolicyNotValidException",
        policy::repeated_sid,
    ).local(),
    error("TK601", "InvalidParameterException, ValidationException", dashboard::name).local(),
    error("TK602", "InvalidParameterException, ValidationException", dashboard::view).local(),
    error("TK603", "InvalidQueryStatementException", dashboard::query::parameters).local(),
    error("TK604", "InvalidQueryStatementException", dashboard::query::store_by_id).local(),
    error("TK605", "InvalidParameterException, ValidationException", dashboard::frequency).local(),
    error("TK606", "InvalidParameterException, ValidationException", dashboard::highlights),
    warning("TK607", "each refresh fails", dashboard::refresh_policy),
    warning("TK608", "each refresh of the widget fails", dashboard::query_policy),
    error("TK609", "InvalidQueryStatementException", dashboard::query::unquoted_time).local(),
    error("TK610", "InvalidQueryStatementException", dashboard::query::not_a_query).local(),
    error("TK611", "InvalidQueryStatementException", dashboard::query::store_by_name).local(),
];

/// Everything that AWS would refuse, and what would hurt later. In the damaged resources, something stands in for what is wrong:
/// they are looked at place by place, and by nobody who would take the stand-in for what was meant.
pub(super) fn run(
    manifest: &Manifest,
    desired: &Desired,
    target: &Target,
    damaged: &BTreeSet<Key>,
) -> Vec<Problem> {
    let (torn, specs) = desired.specs.clone().into_iter().partition(|(key, _)| damaged.contains(key));
    let whole = Desired { specs, ..desired.clone() };
    let torn = Desired { specs: torn, ..desired.clone() };
    let mut found = look(&Scene::new(manifest, &whole, target), CHECKS.iter());
    if !torn.specs.is_empty() {
        found.extend(look(&Scene::new(manifest, &torn, target), CHECKS.iter().filter(|check| check.local)));
    }
    found
}

fn look<'c>(scene: &Scene<'_>, checks: impl Iterator<Item = &'c Check>) -> Vec<Problem> {
    let problems = checks.flat_map(|check| {
        let Check { code, severity, prevents, find, local: _ } = check;
        let told = |mistake: Mistake| {
            let problem = mistake.problem(scene.manifest, Code(code), *severity);
            // An error says for itself what is wrong; a warning needs to say why that matters.
            if *severity == Severity::Warning { problem.help(*prevents) } else { problem }
        };
        find(scene).into_iter().map(told).collect::<Vec<Problem>>()
    });
    problems.collect()
}

/// The codes of warnings, which `lint.allow` may silence.
pub(super) fn warnings() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().filter(|check| check.severity == Severity::Warning).map(|check| check.code)
}

#[cfg(test)]
mod tests {
    use super::CHECKS;

    #[test]
    fn codes_stand_in_order_and_are_given_once() {
        let codes: Vec<&str> = CHECKS.iter().map(|check| check.code).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
    }
}
