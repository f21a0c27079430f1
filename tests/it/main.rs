//! One integration binary, so that the SDK links once.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod account;
mod shapes;
mod support;

mod agrees;
mod arbitrary;
mod aws;
mod cli;
mod convergence;
mod dependencies;
mod emulator;
mod examples;
mod export;
mod faults;
mod house;
mod manifest;
mod markdown;
mod mistakes;
mod planner;
mod privilege;
mod problems;
mod processes;
mod readme;
mod region;
mod sandbox_page;
mod sarif;
mod saved;
mod scenarios;
mod schema;
mod serve;
mod settings;
mod switches;
mod who;
