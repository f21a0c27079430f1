//! Why, and what to do: rules of dashboards.

use super::Lesson;

pub(super) const LESSONS: &[Lesson] = &[
    Lesson {
        code: "TK601",
        what: "The name of a dashboard breaks CloudTrail's rules.",
        why: "AWS refuses the request; a dot, which other names may have, is refused here.",
        fix: "Use 3 to 128 letters, digits, `_` and `-`.",
        source: "API reference, CreateDashboard, Name",
    },
    Lesson {
        code: "TK602",
        what: "A widget lacks what its view needs, or has what it does not take.",
        why: "All views need Height, Width, Title and View; charts need their columns.",
        fix: "Write the properties in the help.",
        source: "User guide, view properties for widgets",
    },
    Lesson {
        code: "TK603",
        what: "A statement has more or fewer `?` than parameters.",
        why: "Each parameter replaces one `?`; AWS answers InvalidQueryStatementException.",
        fix: "Make them as many.",
        source: "API reference, RequestWidget",
    },
    Lesson {
        code: "TK604",
        what: "A statement names a store by its ARN.",
        why: "SQL of Lake knows stores by their id.",
        fix: "Write `${eventDataStores.NAME.id}`.",
        source: "User guide, CloudTrail Lake SQL constraints",
    },
    Lesson {
        code: "TK605",
        what: "A dashboard cannot be refreshed so often.",
        why: "AWS takes every 1, 6, 12 or 24 hours, or once a day.",
        fix: "Choose one of them.",
        source: "API reference, RefreshScheduleFrequency",
    },
    Lesson {
        code: "TK606",
        what: "The Highlights dashboard is declared with what is not the user's.",
        why: "Its widgets are AWS's, and it is refreshed every six hours.",
        fix: "Leave `widgets` out and write `refreshSchedule: {frequency: {unit: HOURS, value: 6}}`.",
        source: "User guide, Highlights dashboard",
    },
    Lesson {
        code: "TK607",
        what: "A dashboard has a schedule, and no policy that lets CloudTrail refresh it.",
        why: "The dashboard is created, and each refresh fails.",
        fix: "Allow `cloudtrail:StartDashboardRefresh` to the service `cloudtrail.amazonaws.com` in the dashboard's `resourcePolicy`.",
        source: "User guide, resource-based policies for dashboards",
    },
    Lesson {
        code: "TK608",
        what: "A widget queries a store whose policy does not let CloudTrail query it for this dashboard.",
        why: "The dashboard is created, and each refresh of the widget fails.",
        fix: "Allow `cloudtrail:StartQuery` to the service `cloudtrail.amazonaws.com` in the store's `resourcePolicy`; a condition on `aws:SourceArn` lists the dashboard.",
        source: "User guide, resource-based policies for dashboards",
    },
    Lesson {
        code: "TK609",
        what: "A `?` that stands for a time has no quotes.",
        why: "Times are put in as text; AWS answers InvalidQueryStatementException.",
        fix: "Write `'?'`.",
        source: "User guide, dashboards: widgets with parameters",
    },
    Lesson {
        code: "TK610",
        what: "A widget's statement is no query of an event data store.",
        why: "Lake runs SELECT only; AWS answers InvalidQueryStatementException.",
        fix: "Write `SELECT … FROM ${eventDataStores.NAME.id}`.",
        source: "User guide, CloudTrail Lake SQL constraints",
    },
    Lesson {
        code: "TK611",
        what: "A statement names a declared store by its name.",
        why: "SQL of Lake knows stores by their id; AWS answers InvalidQueryStatementException.",
        fix: "Write `FROM ${eventDataStores.NAME.id}`.",
        source: "User guide, CloudTrail Lake SQL constraints",
    },
];
