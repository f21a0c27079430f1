//! One integration binary, so that the SDK links once.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

mod agrees;
mod aws;
mod cli;
mod emulator;
mod examples;
mod export;
mod house;
mod manifest;
mod mistakes;
mod planner;
mod privilege;
mod problems;
mod readme;
mod scenarios;
mod schema;
