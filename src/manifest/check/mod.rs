//! Stub.
use super::Manifest;
use super::problem::Problem;
use crate::name::Target;
use crate::state::Desired;

pub(super) fn run(_: &Manifest, _: &Desired, _: &Target) -> Vec<Problem> {
    Vec::new()
}
pub(super) fn warnings() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}
