//! What AWS's documentation leaves open, as switches: the emulator behaves either way, so that a test can
//! hold that trailkeeper is right both ways. The defaults are the likelier (or the stricter) reading.

/// Which of the two documented default selectors an unconfigured trail reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DefaultSelectorForm {
    /// One basic selector: all management events, read and write.
    #[default]
    Basic,
    /// One advanced selector named "Management events selector" (as the current user guide shows).
    Advanced,
}

/// One switch per behaviour of CloudTrail that no documentation confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switches {
    /// How many reads of a store or dashboard show a transitional status before it settles.
    pub settle_reads: u32,
    /// Whether a store's `KmsKeyId` reads back as the alias ARN when it was given as an alias (the guide's
    /// examples) instead of the key ARN (the API reference).
    pub eds_kms_as_alias: bool,
    /// Whether a resource policy reads back re-serialised: keys sorted, one-element lists as scalars,
    /// account ids as root ARNs, condition keys respelled. Otherwise it reads back as it was sent.
    pub policy_reserialised: bool,
    /// What an unconfigured trail reports as its selectors.
    pub default_selector_form: DefaultSelectorForm,
    /// Whether `HasCustomEventSelectors` stays true after the default selector was put back.
    pub custom_selectors_flag_sticks: bool,
    /// Whether the deprecated `SnsTopicName` reads back as the topic's ARN instead of as it was sent.
    pub sns_topic_name_as_arn: bool,
    /// Whether `RecursiveLogging` is left out of answers while it is true (servers of before 2026).
    pub recursive_logging_absent: bool,
    /// Whether insight selectors for management events read back without `EventCategories`.
    pub insight_categories_absent: bool,
    /// Whether PutEventSelectors refuses what the trail's insights or aggregation would no longer stand on.
    pub narrowing_under_insights_refused: bool,
    /// Whether members left out of PutEventConfiguration are cleared instead of kept.
    pub event_configuration_omission_clears: bool,
    /// Whether writing to a store or dashboard in a transitional status is a conflict.
    pub transient_writes_refused: bool,
    /// Whether a store in PENDING_DELETION still reserves its name.
    pub pending_deletion_reserves_name: bool,
    /// Whether a restored store is under termination protection whatever it was before.
    pub restored_protection: bool,
    /// Whether a restored store comes back with its ingestion stopped.
    pub restored_stopped: bool,
    /// Whether a store without federation reports no `FederationStatus` instead of DISABLED.
    pub federation_disabled_absent: bool,
    /// Whether deleting a store that another one sends its insights to is refused.
    pub insights_destination_protected: bool,
    /// Whether UpdateEventDataStore, PutEventConfiguration and PutInsightSelectors refuse a store whose ingestion is
    /// stopped.
    pub stopped_writes_refused: bool,
    /// Whether one UpdateEventDataStore may not carry a new billing mode and a retention that only it admits.
    pub billing_comes_alone: bool,
    /// Whether PutEventConfiguration with an empty list of aggregations leaves those that a trail has.
    pub empty_aggregation_keeps: bool,
    /// Whether multi-Region stores of other regions are listed too.
    pub shadow_stores_listed: bool,
    /// Whether a channel's destinations read back as store ids instead of ARNs.
    pub destination_as_id: bool,
    /// Whether a channel's policy must name the channel in `Resource`.
    pub channel_policy_needs_resource: bool,
    /// Whether a dashboard's schedule is refused until the dashboard has its policy.
    pub schedule_needs_policy: bool,
    /// Whether the Highlights dashboard must be created with its schedule.
    pub highlights_needs_schedule: bool,
    /// Whether a tag with an empty value reads back without `Value`.
    pub empty_tag_value_absent: bool,
    /// Whether ListTags refuses a batch of more than one kind.
    pub list_tags_one_kind: bool,
    /// Whether ListTrails answers the client's region only, instead of every region of the account.
    pub list_trails_one_region: bool,
    /// The most entries in one page of any list, whatever `MaxResults` says; `None` for the service's own.
    pub page_size: Option<usize>,
}

impl Default for Switches {
    fn default() -> Self {
        Switches {
            settle_reads: 1,
            eds_kms_as_alias: false,
            policy_reserialised: false,
            default_selector_form: DefaultSelectorForm::Basic,
            custom_selectors_flag_sticks: false,
            sns_topic_name_as_arn: false,
            recursive_logging_absent: false,
            insight_categories_absent: false,
            narrowing_under_insights_refused: true,
            event_configuration_omission_clears: false,
            transient_writes_refused: true,
            pending_deletion_reserves_name: false,
            restored_protection: true,
            restored_stopped: false,
            federation_disabled_absent: false,
            insights_destination_protected: false,
            stopped_writes_refused: false,
            billing_comes_alone: false,
            empty_aggregation_keeps: false,
            shadow_stores_listed: false,
            destination_as_id: false,
            channel_policy_needs_resource: true,
            schedule_needs_policy: false,
            highlights_needs_schedule: false,
            empty_tag_value_absent: false,
            list_tags_one_kind: false,
            list_trails_one_region: false,
            page_size: None,
        }
    }
}
