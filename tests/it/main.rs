//! One integration binary, so that the SDK links once.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod support;

mod aws;
mod emulator;
mod faults;
mod house;
mod planner;
mod problems;
mod scenarios;
mod schema;
