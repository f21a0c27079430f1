//! One integration binary, so that the SDK links once.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod manifest;
mod problems;
mod schema;
