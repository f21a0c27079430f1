//! One integration binary, so that the SDK links once.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

mod arbitrary;
mod aws;
mod cli;
mod convergence;
mod emulator;
mod examples;
mod house;
mod manifest;
mod planner;
mod problems;
mod readme;
mod scenarios;
mod schema;
