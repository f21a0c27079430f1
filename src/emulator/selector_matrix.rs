//! Which fields and operators an advanced event selector may use, by category and by who carries it (API
//! reference, AdvancedFieldSelector; user guide, "Filtering events with advanced event selectors").

use super::error::{ServiceError, refuse, require};
use super::selector::{AdvancedEventSelector, FieldSelector, is_excludable};

const INVALID: &str = "InvalidEventSelectorsException";

/// Categories that a trail or store may mix.
const MIXABLE: [&str; 3] = ["Management", "Data", "NetworkActivity"];
/// Categories that stand alone, in event data stores only.
const ALONE: [&str; 4] = ["Insight", "ConfigurationItem", "ActivityAuditLog", "Evidence"];

/// Who carries the selectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    Trail,
    EventDataStore,
}

/// What a field takes.
enum Takes {
    /// All six operators.
    Any,
    /// `Equals` with values from the list; an empty list allows every value.
    Equals(&'static [&'static str]),
    /// `Equals` and `NotEquals` with values from the list.
    EqualsOrNot(&'static [&'static str]),
    /// `NotEquals` with the two excludable sources.
    NotExcludable,
}

/// The rules for a whole set of advanced selectors.
pub(super) fn check_advanced(
    selectors: &[AdvancedEventSelector],
    carrier: Carrier,
) -> Result<(), ServiceError> {
    require(!selectors.is_empty(), INVALID, "At least one advanced event selector is required.")?;
    for selector in selectors {
        check_one(selector, carrier)?;
    }
    let values: usize = selectors
        .iter()
        .flat_map(|selector| &selector.field_selectors)
        .flat_map(FieldSelector::operators)
        .map(|(_, values)| values.len())
        .sum();
    require(values <= 500, INVALID, "The number of values in all advanced event selectors exceeds 500.")?;
    let categories: Vec<&str> = selectors.iter().map(AdvancedEventSelector::category).collect();
    let mixes = categories.iter().any(|category| ALONE.contains(category))
        && categories.iter().any(|category| *category != categories[0]);
    require(!mixes, INVALID, format!("The event categories {} cannot be combined.", categories.join(", ")))
}

fn check_one(selector: &AdvancedEventSelector, carrier: Carrier) -> Result<(), ServiceError> {
    let AdvancedEventSelector { name, field_selectors } = selector;
    let long = name.as_ref().is_some_and(|name| name.chars().count() > 1000);
    require(!long, INVALID, "The name of an advanced event selector has at most 1000 characters.")?;
    let category = the_category(selector)?;
    let known =
        MIXABLE.contains(&category) || carrier == Carrier::EventDataStore && ALONE.contains(&category);
    require(known, INVALID, format!("Value {category} for eventCategory is invalid."))?;
    for (index, field_selector) in field_selectors.iter().enumerate() {
        let field = field_selector.field.as_str();
        let before = &field_selectors[..index];
        // The guide asks for no conflicting or duplicate fields; that the service refuses them is unverified.
        require(
            !before.iter().any(|other| other.field == field),
            INVALID,
            format!("The field {field} appears more than once in one selector."),
        )?;
        check_field(field_selector, category, carrier)?;
    }
    let required = match category {
        "Data" => Some("resources.type"),
        "NetworkActivity" => Some("eventSource"),
        _ => None,
    };
    let given = |field: &str| field_selectors.iter().any(|selector| selector.field == field);
    match required {
        Some(field) if !given(field) => {
            Err(refuse(INVALID, format!("A selector for {category} events requires the field {field}.")))
        }
        _ => Ok(()),
    }
}

fn the_category(selector: &AdvancedEventSelector) -> Result<&str, ServiceError> {
    let category = selector.field_selectors.iter().find(|selector| selector.field == "eventCategory");
    match category.map(FieldSelector::operators).as_deref() {
        Some([("Equals", [value])]) => Ok(value),
        Some(_) => Err(refuse(INVALID, "The field eventCategory takes Equals with exactly one value.")),
        None => Err(refuse(INVALID, "The field eventCategory is required in every selector.")),
    }
}

fn check_field(selector: &FieldSelector, category: &str, carrier: Carrier) -> Result<(), ServiceError> {
    let field = selector.field.as_str();
    let operators = selector.operators();
    require(!operators.is_empty(), INVALID, format!("The field {field} has no operator."))?;
    for (operator, values) in &operators {
        require(!values.is_empty(), INVALID, format!("{operator} of the field {field} has no value."))?;
        let fits = values.iter().all(|value| (1..=2048).contains(&value.chars().count()));
        require(fits, INVALID, format!("A value of the field {field} has 1 to 2048 characters."))?;
    }
    let Some(takes) = takes(field, category, carrier) else {
        return Err(refuse(INVALID, format!("The field {field} is not valid for {category} events.")));
    };
    for (operator, values) in operators {
        require(
            fits(&takes, operator, values),
            INVALID,
            format!("{operator} {values:?} is not valid for the field {field} of {category} events."),
        )?;
    }
    let several = matches!(field, "readOnly" | "resources.type")
        && selector.equals.as_ref().is_some_and(|values| values.len() > 1);
    require(!several, INVALID, format!("The field {field} takes one value."))?;
    if category == "NetworkActivity" && field == "eventSource" {
        let one = selector.equals.as_ref().is_some_and(|values| values.len() == 1);
        require(one, INVALID, "A selector for NetworkActivity events takes one eventSource.")?;
    }
    Ok(())
}

/// The matrix. `None` means that the field is not for this category.
fn takes(field: &str, category: &str, carrier: Carrier) -> Option<Takes> {
    let store = carrier == Carrier::EventDataStore;
    match (category, field) {
        (_, "eventCategory") => Some(Takes::Equals(&[])),
        ("Management" | "Data", "readOnly") => Some(Takes::Equals(&["true", "false"])),
        ("Management", "eventSource") if !store => Some(Takes::NotExcludable),
        ("Management", "eventName" | "eventSource" | "eventType" | "userIdentity.arn") if store => {
            Some(Takes::Any)
        }
        ("Management", "sessionCredentialFromConsole") if store => Some(Takes::EqualsOrNot(&["true"])),
        ("Data", "resources.type") => Some(Takes::Equals(&[])),
        ("Data", "eventName" | "eventSource" | "eventType" | "resources.ARN" | "userIdentity.arn") => {
            Some(Takes::Any)
        }
        ("Data", "sessionCredentialFromConsole") => Some(Takes::EqualsOrNot(&["true"])),
        ("NetworkActivity", "eventSource") => Some(Takes::Equals(&[])),
        ("NetworkActivity", "eventName" | "vpcEndpointId") => Some(Takes::Any),
        ("NetworkActivity", "errorCode") => Some(Takes::Equals(&["VpceAccessDenied"])),
        ("NetworkActivity", "userIdentity.arn") if !store => Some(Takes::Any),
        _ => None,
    }
}

fn fits(takes: &Takes, operator: &str, values: &[String]) -> bool {
    let among = |allowed: &[&str]| allowed.is_empty() || values.iter().all(|v| allowed.contains(&v.as_str()));
    match takes {
        Takes::Any => true,
        Takes::Equals(allowed) => operator == "Equals" && among(allowed),
        Takes::EqualsOrNot(allowed) => matches!(operator, "Equals" | "NotEquals") && among(allowed),
        Takes::NotExcludable => operator == "NotEquals" && values.iter().all(|value| is_excludable(value)),
    }
}
