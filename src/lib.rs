//! trailkeeper keeps an AWS account's CloudTrail exactly as a committed YAML manifest says.

pub mod manifest;

pub mod emulator;
