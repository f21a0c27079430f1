//! The rules for a dashboard's name, widgets and schedule (API reference, CreateDashboard, RequestWidget and
//! RefreshSchedule; user guide, "View properties for widgets"). The operations model no error for a badly
//! shaped request, so that is the common ValidationException.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::account::Context;
use super::error::{ServiceError, refuse, require};
use super::event_data_store::Status;
use super::kms::is_uuid;

const INVALID: &str = "ValidationException";

/// A widget as it is requested (API reference, RequestWidget).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RequestWidget {
    query_statement: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    query_parameters: Vec<String>,
    view_properties: BTreeMap<String, String>,
}

/// When a dashboard is refreshed (API reference, RefreshSchedule).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RefreshSchedule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frequency: Option<Frequency>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_of_day: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Frequency {
    unit: String,
    value: i64,
}

impl RefreshSchedule {
    /// Whether it runs.
    pub(super) fn is_enabled(&self) -> bool {
        self.status.as_deref() == Some("ENABLED")
    }
}

/// 3 to 128 of letters, digits, `_` and `-`: no dots (model).
pub(super) fn check_name(name: &str) -> Result<(), ServiceError> {
    let good = (3..=128).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    require(good, INVALID, format!("The dashboard name {name} is not valid."))
}

/// At most ten widgets; none for Highlights, whose widgets are AWS's.
pub(super) fn check_widgets(
    context: &Context<'_>,
    widgets: &[RequestWidget],
    highlights: bool,
) -> Result<(), ServiceError> {
    require(!highlights || widgets.is_empty(), INVALID, "The Highlights dashboard takes no widgets.")?;
    let text = "A dashboard has at most 10 widgets.";
    require(widgets.len() <= 10, "ServiceQuotaExceededException", text)?;
    for widget in widgets {
        check_query(context, widget)?;
        check_view(&widget.view_properties)?;
    }
    Ok(())
}

fn check_query(context: &Context<'_>, widget: &RequestWidget) -> Result<(), ServiceError> {
    const QUERY: &str = "InvalidQueryStatementException";
    let statement = &widget.query_statement;
    let good = (1..=10_000).contains(&statement.chars().count());
    require(good, INVALID, "QueryStatement has 1 to 10000 characters.")?;
    let first = statement.split_whitespace().next().unwrap_or_default();
    let reads = first.eq_ignore_ascii_case("SELECT") || first.eq_ignore_ascii_case("WITH");
    require(reads, QUERY, "A query statement begins with SELECT or WITH.")?;
    let parameters = &widget.query_parameters;
    require(parameters.len() <= 10, INVALID, "A widget has at most 10 query parameters.")?;
    let unknown =
        parameters.iter().find(|name| !matches!(name.as_str(), "$StartTime$" | "$EndTime$" | "$Period$"));
    if let Some(name) = unknown {
        return Err(refuse(INVALID, format!("The query parameter {name} is not valid.")));
    }
    // Each parameter replaces one `?`, in order (API reference, RequestWidget).
    let places = statement.matches('?').count();
    let text = format!("The statement has {places} places for {} query parameters.", parameters.len());
    require(places == parameters.len(), QUERY, text)?;
    let stores = queried_stores(statement);
    require(!stores.is_empty(), QUERY, "The statement names no event data store in its FROM clause.")?;
    for id in stores {
        let own = context.own(context.region).and_then(|state| state.event_data_stores.get(id));
        match own.map(|store| store.status) {
            None => {
                let text = format!("The event data store {id} was not found.");
                return Err(refuse("EventDataStoreNotFoundException", text));
            }
            Some(Status::PendingDeletion) => {
                let text = format!("The event data store {id} is inactive: it is pending deletion.");
                return Err(refuse("InactiveEventDataStoreException", text));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// The ids after FROM and JOIN; a query names a store by its id.
fn queried_stores(statement: &str) -> Vec<&str> {
    let words: Vec<&str> = statement.split(|c: char| c.is_whitespace() || "(),;\"`".contains(c)).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words
        .windows(2)
        .filter(|pair| pair[0].eq_ignore_ascii_case("FROM") || pair[0].eq_ignore_ascii_case("JOIN"))
        .map(|pair| pair[1])
        .filter(|word| is_uuid(word))
        .collect()
}

/// Every view has a height, a width and a title, and each kind of view properties of its own.
fn check_view(properties: &BTreeMap<String, String>) -> Result<(), ServiceError> {
    for (key, value) in properties {
        let named = |text: &str, shortest: usize, more: &[u8]| {
            (shortest..=128).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b) || more.contains(&b))
        };
        let good = named(key, 3, b"") && named(value, 1, b" ");
        require(good, INVALID, format!("The view property {key} is not valid."))?;
    }
    let view = properties.get("View").map_or("", String::as_str);
    let (required, optional): (&[&str], &[&str]) = match view {
        "Table" => (&[], &[]),
        "LineChart" => (&["YAxisColumn", "XAxisColumn"], &["FilterColumn"]),
        "PieChart" => (&["LabelColumn", "ValueColumn"], &["FilterColumn"]),
        "BarChart" => (&["LabelColumn", "ValueColumn"], &["FilterColumn", "Orientation"]),
        other => return Err(refuse(INVALID, format!("The view {other:?} is not valid."))),
    };
    let always = ["View", "Height", "Width", "Title"];
    for name in always.iter().chain(required) {
        require(
            properties.contains_key(*name),
            INVALID,
            format!("The view property {name} is required for {view}."),
        )?;
    }
    let known = |key: &str| always.contains(&key) || required.contains(&key) || optional.contains(&key);
    match properties.keys().find(|key| !known(key)) {
        Some(key) => Err(refuse(INVALID, format!("The view property {key} is not valid for {view}."))),
        None => Ok(()),
    }
}

/// A custom dashboard every 1, 6, 12 or 24 hours or every day; Highlights every 6 hours, enabled.
pub(super) fn check_schedule(schedule: &RefreshSchedule, highlights: bool) -> Result<(), ServiceError> {
    let RefreshSchedule { frequency, status, time_of_day } = schedule;
    let known = matches!(status.as_deref(), None | Some("ENABLED" | "DISABLED"));
    require(known, INVALID, "The schedule's Status is neither ENABLED nor DISABLED.")?;
    if let Some(Frequency { unit, value }) = frequency {
        let good = match (unit.as_str(), *value) {
            ("HOURS", hours) if highlights => hours == 6,
            ("HOURS", hours) => matches!(hours, 1 | 6 | 12 | 24),
            ("DAYS", days) => days == 1 && !highlights,
            _ => false,
        };
        require(good, INVALID, format!("The refresh frequency {value} {unit} is not valid."))?;
    }
    let clock = |time: &String| {
        let bytes = time.as_bytes();
        bytes.len() == 5
            && bytes[2] == b':'
            && [0, 1, 3, 4].iter().all(|index| bytes[*index].is_ascii_digit())
            && time[..2] < *"24"
            && time[3..] < *"60"
    };
    require(time_of_day.as_ref().is_none_or(clock), INVALID, "TimeOfDay is not a time such as 09:30.")
}
