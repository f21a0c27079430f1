//! Words of the command line as what they mean; what they do not mean is said.

use crate::manifest::export::{Pick, is_name};
use crate::name::{AccountId, Region};
use crate::resource::{Guard, Key, Kind, Severity};
use std::path::PathBuf;

/// Elsewhere a dash means the standard streams; a file of that name is never meant.
pub(super) fn out_file(text: &str) -> Result<PathBuf, String> {
    match text {
        "-" => Err("the report goes to stdout with --format json; a file has another name".to_owned()),
        path => Ok(PathBuf::from(path)),
    }
}

pub(super) fn plan_file(text: &str) -> Result<PathBuf, String> {
    match text {
        "-" => Err("a plan is read from a file; /dev/stdin is one".to_owned()),
        path => Ok(PathBuf::from(path)),
    }
}

pub(super) fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| "expected critical, warning or info".to_owned())
}

pub(super) fn account(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).ok_or_else(|| "an account id has twelve digits".to_owned())
}

pub(super) fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| "a region looks like eu-central-1".to_owned())
}

pub(super) fn organization(text: &str) -> Result<String, String> {
    // `^o-[a-z0-9]{10,32}$` (Organizations API reference, Organization).
    let id = text.strip_prefix("o-").unwrap_or_default();
    let plain = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if plain && (10..=32).contains(&id.len()) {
        Ok(text.to_owned())
    } else {
        Err("an organization's id looks like o-exampleorgid".to_owned())
    }
}

pub(super) fn pick(text: &str) -> Result<Pick, String> {
    if let Some(kind) = Kind::NAMED.into_iter().find(|kind| text == kind.word() || text == kind.plural()) {
        return Ok(Pick::Kind(kind));
    }
    match Key::parse(text) {
        Some(key) if key.is_policy() => {
            Err(format!("a policy is exported with what it is about: {}", key.bound()))
        }
        Some(key) => Ok(Pick::Key(key)),
        None => Err(format!(
            "expected {}, or one of them and a name, such as trail/audit",
            Kind::NAMED.map(Kind::word).join(", ")
        )),
    }
}

pub(super) fn manifest_name(text: &str) -> Result<String, String> {
    match is_name(text) {
        true => Ok(text.to_owned()),
        false => Err("a manifest's name has up to 64 letters, digits, `.`, `_` and `-`, and begins with one of the first two".to_owned()),
    }
}

pub(super) fn permission(text: &str) -> Result<(Guard, Key), String> {
    let guards = || Guard::ALL.map(Guard::word).join(", ");
    let (guard, key) = text
        .split_once('=')
        .ok_or_else(|| "expected CLASS=KEY, such as blind-spot=trail/audit".to_owned())?;
    let guard = Guard::parse(guard).ok_or_else(|| format!("`{guard}` is not one of {}", guards()))?;
    Ok((guard, self::key(key)?))
}

pub(super) fn key(text: &str) -> Result<Key, String> {
    Key::parse(text)
        .ok_or_else(|| format!("`{text}` is not a key, such as trail/audit or policy/channel/okta"))
}
