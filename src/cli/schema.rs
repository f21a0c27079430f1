//! `schema`: the JSON Schemas of what is read and printed. The files in `schemas/` are these texts.

use super::args::{SchemaArgs, SchemaOf};
use super::failure::{Exit, Failure};
use super::output::Output;
use crate::manifest;
use crate::report::schema;
use anyhow::Context;
use serde_json::Value as Json;

pub(super) fn run(args: &SchemaArgs, output: &mut Output<'_, '_>) -> Result<Exit, Failure> {
    let schema: Json = match args.of {
        SchemaOf::Manifest => manifest::schema(),
        SchemaOf::Plan => schema::plan().into(),
        SchemaOf::Drift => schema::drift().into(),
        SchemaOf::Apply => schema::apply().into(),
    };
    let text = serde_json::to_string_pretty(&schema).context("could not write the schema")?;
    output.terminal.report(&format!("{text}\n"))?;
    Ok(Exit::Done)
}
