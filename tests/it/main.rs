//! One integration binary, so that the SDK links once.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod arbitrary;
mod aws;
mod convergence;
mod emulator;
mod house;
mod manifest;
mod planner;
mod problems;
mod scenarios;
mod schema;
mod support;
