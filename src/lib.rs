//! trailkeeper keeps an AWS account's CloudTrail exactly as a committed YAML manifest says.

pub mod name;

pub mod resource;

pub mod state;

pub mod manifest;

pub mod diff;

pub mod plan;

pub mod aws;

pub mod emulator;
