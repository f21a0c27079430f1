//! The JSON Schemas of the reports, from the types that print them. `schemas/` holds them as files.

use super::record::{ApplyReport, DriftReport, PlanReport, ProblemsReport, TroubleReport};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, json_schema};

/// The schema of `plan --format json`.
pub fn plan() -> Schema {
    report_or_why_not::<PlanReport>("trailkeeper plan")
}

/// The schema of `apply --format json`.
pub fn apply() -> Schema {
    report_or_why_not::<ApplyReport>("trailkeeper apply")
}

/// The schema of `drift --format json`.
pub fn drift() -> Schema {
    report_or_why_not::<DriftReport>("trailkeeper drift")
}

/// A report, or one of the two documents that stand in its place with exit code 1. Draft 7 is what every editor takes.
fn report_or_why_not<T: JsonSchema>(title: &str) -> Schema {
    let mut generator = SchemaSettings::draft07().for_serialize().into_generator();
    let forms = [
        generator.subschema_for::<T>(),
        generator.subschema_for::<ProblemsReport>(),
        generator.subschema_for::<TroubleReport>(),
    ];
    json_schema!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "anyOf": forms,
        "definitions": generator.take_definitions(true),
    })
}
