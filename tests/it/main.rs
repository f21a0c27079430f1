//! One integration binary, so that the SDK links once.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

mod aws;
mod cli;
mod emulator;
mod examples;
mod export;
mod house;
mod manifest;
mod planner;
mod privilege;
mod problems;
mod readme;
mod saved;
mod scenarios;
mod schema;
