//! The AWS events that a resource records: whether one resource records everything that another does, and
//! what stops being recorded, in words. The algebra beneath is `selection`'s.

#[cfg(test)]
mod tests;

use super::selection::{Condition, Pattern, Selection};
use super::selector::{AdvancedEventSelector, Selectors};
use crate::name::Region;
use std::collections::BTreeSet;

/// Selections are cut into pieces by subtraction; beyond this many we stop cutting and answer "unknown".
const MOST_PIECES: usize = 1000;

/// How many losses a sentence names before it counts the others.
const MOST_WORDS: usize = 8;

/// The AWS events that a resource records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    scope: Scope,
    selections: BTreeSet<Selection>,
    /// False when the selections hold more than what is really recorded.
    exact: bool,
}

/// Where events must happen to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// In every enabled region, or only in the home region.
    pub multi_region: bool,
    /// Also in global services such as IAM, STS and CloudFront; none when nobody knows.
    pub global_services: Option<bool>,
    /// In every account of the organization, or only in the own.
    pub organization: bool,
    /// Also where CloudTrail itself delivers log files and log events.
    pub deliveries: bool,
}

impl Scope {
    /// Deliveries are left out: whether they matter depends on what is selected.
    fn covers(self, other: Scope) -> Option<bool> {
        let places = (self.multi_region || !other.multi_region) && (self.organization || !other.organization);
        if places { self.covers_global_services(other) } else { Some(false) }
    }

    fn covers_global_services(self, other: Scope) -> Option<bool> {
        match (self.global_services, other.global_services) {
            (Some(true), _) | (_, Some(false)) => Some(true),
            (Some(false), Some(true)) => Some(false),
            // Two of one region, since what is of several knows.
            (None, None) => Some(true),
            (None, Some(true)) | (Some(false), None) => None,
        }
    }

    /// Where something that had this scope records no more when it has the other, in words.
    pub(super) fn lost_under(self, kept: Scope) -> Vec<&'static str> {
        // CloudTrail's own deliveries are no more than evidence, which each kind compares for itself.
        let Scope { multi_region, global_services: _, organization, deliveries: _ } = self;
        let global = match kept.covers_global_services(self) {
            Some(true) => None,
            Some(false) => Some("stops recording global services such as IAM"),
            None => Some("may stop recording global services such as IAM"),
        };
        let regions = (multi_region && !kept.multi_region).then_some("stops recording other regions");
        let accounts = (organization && !kept.organization)
            .then_some("stops recording the organization's other accounts");
        [regions, global, accounts].into_iter().flatten().collect()
    }
}

/// Whether what records one region only, this one, meets the events of global services there. They happen in us-east-1
/// (user guide, global service events; since 2021-11-22 also for trails of other regions). Which region that is in other
/// partitions is not documented.
pub(super) fn meets_global_services(home: Option<&Region>) -> Option<bool> {
    let home = home.filter(|home| home.partition().as_str() == "aws")?;
    Some(home.as_str() == "us-east-1")
}

impl Coverage {
    /// What a trail with these selectors records.
    pub fn of(selectors: &Selectors, scope: Scope) -> Coverage {
        match selectors {
            // No selectors mean the default ones (API reference, CreateTrail).
            empty if empty.is_default() => match Selectors::default() {
                Selectors::Basic(selectors) => Coverage::of_basic(&selectors, scope),
                Selectors::Advanced(selectors) => Coverage::of_advanced(&selectors, scope),
            },
            Selectors::Basic(selectors) => Coverage::of_basic(selectors, scope),
            Selectors::Advanced(selectors) => Coverage::of_advanced(selectors, scope),
        }
    }

    fn of_basic(selectors: &[super::selector::EventSelector], scope: Scope) -> Coverage {
        let selections = selectors.iter().flat_map(Selection::of_basic).collect();
        Coverage { scope, selections, exact: true }
    }

    /// What advanced selectors record.
    pub fn of_advanced(selectors: &[AdvancedEventSelector], scope: Scope) -> Coverage {
        let mut coverage = Coverage { scope, selections: BTreeSet::new(), exact: true };
        for (selection, exact) in selectors.iter().map(Selection::of_advanced) {
            coverage.selections.extend(selection);
            coverage.exact &= exact;
        }
        coverage
    }

    /// Where events must happen to be recorded.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether there is nothing that it could record.
    pub fn is_empty(&self) -> bool {
        self.selections.is_empty()
    }

    /// Whether everything that `other` records is recorded here too: provably so, provably not, or unknown.
    pub fn covers(&self, other: &Coverage) -> Option<bool> {
        if other.selections.is_empty() {
            return Some(true);
        }
        let deliveries = !self.scope.deliveries && other.records_deliveries();
        let scope = self.scope.covers(other.scope);
        if deliveries || scope == Some(false) {
            return Some(false);
        }
        let rest = other.without(self);
        match (rest.is_empty(), rest.exact) {
            (true, _) => scope.filter(|_| self.exact),
            (false, exact) => (exact && other.exact).then_some(false),
        }
    }

    /// Whether something may be recorded that CloudTrail does itself when it delivers.
    fn records_deliveries(&self) -> bool {
        self.scope.deliveries && self.meets(&Selection::deliveries())
    }

    /// Whether management events may be recorded; of those, when asked, such that write.
    pub(super) fn has_management(&self, writes: bool) -> bool {
        self.meets(&Selection::of_category("Management", writes))
    }

    /// Whether data events may be recorded.
    pub(super) fn has_data(&self) -> bool {
        self.meets(&Selection::of_category("Data", false))
    }

    fn meets(&self, other: &Selection) -> bool {
        self.selections.iter().any(|selection| !selection.is_disjoint(other))
    }

    /// What is recorded here and not by `kept`. Scopes are not subtracted: of two coverages of different scope this
    /// tells only which kinds of events differ.
    pub fn without(&self, kept: &Coverage) -> Coverage {
        let mut pieces: Vec<Selection> = self.selections.iter().cloned().collect();
        let mut exact = self.exact;
        // What only seems to be kept must not make a loss disappear.
        let trusted = kept.selections.iter().filter(|_| kept.exact);
        for selection in trusted {
            let mut rest = BTreeSet::new();
            for piece in &pieces {
                let left = piece.minus(selection);
                rest.extend(left.pieces);
                exact &= left.exact;
            }
            if rest.len() > MOST_PIECES {
                exact = false;
                break;
            }
            pieces = rest.into_iter().collect();
        }
        Coverage { scope: self.scope, selections: pieces.into_iter().collect(), exact: exact && kept.exact }
    }

    /// What is recorded both here and by `other`, scopes left aside; none when that cannot be told exactly.
    pub fn shared(&self, other: &Coverage) -> Option<Coverage> {
        let rest = self.without(other);
        rest.exact.then(|| self.without(&rest)).filter(|shared| shared.exact)
    }

    /// Each kind of event that is recorded, in words, sorted: `S3 object writes in arn:aws:s3:::payroll/`.
    pub fn words(&self) -> Vec<String> {
        let words: BTreeSet<String> = self.selections.iter().map(words).collect();
        words.into_iter().collect()
    }

    /// `stops recording: …`, fit for a refusal.
    pub fn stops(&self) -> String {
        let words = self.words();
        let verb = if self.exact { "stops recording" } else { "may stop recording" };
        match words.len() {
            0 => format!("{verb}: nothing"),
            many if many > MOST_WORDS => {
                format!("{verb}: {}; and {} more", words[..MOST_WORDS].join("; "), many - MOST_WORDS)
            }
            _ => format!("{verb}: {}", words.join("; ")),
        }
    }
}

fn words(selection: &Selection) -> String {
    let only = |field: &str| selection.condition(field).and_then(only_value);
    let events = match only("readOnly") {
        Some("true") => "reads",
        Some("false") => "writes",
        _ => "events",
    };
    let mut sentence = match only("eventCategory") {
        Some("Management") => format!("management {events}"),
        Some("Data") => match only("resources.type") {
            Some(resource) => format!("{} {events}", resource_words(resource)),
            None => format!("data {events}"),
        },
        Some("NetworkActivity") => format!("network activity {events}"),
        Some(category) => format!("{category} {events}"),
        None => events.to_owned(),
    };
    let told = |field: &str| {
        matches!(field, "readOnly" | "eventCategory" | "resources.type") && only(field).is_some()
    };
    for (field, condition) in selection.conditions().filter(|(field, _)| !told(field)) {
        if !condition.any.is_empty() {
            sentence.push_str(&format!(" {}", clause(field, &condition.any)));
        }
    }
    for (field, condition) in selection.conditions().filter(|(field, _)| !told(field)) {
        if !condition.none.is_empty() {
            sentence.push_str(&format!(", except {}", clause(field, &condition.none)));
        }
    }
    sentence
}

fn only_value(condition: &Condition) -> Option<&str> {
    let mut values = condition.any.iter();
    match (values.next(), values.next()) {
        (Some(Pattern::Equals(value)), None) if condition.none.is_empty() => Some(value),
        _ => None,
    }
}

/// `in arn:aws:s3:::payroll/`, `of kms.amazonaws.com`, `with eventName GetObject or beginning with Put`.
fn clause(field: &str, patterns: &BTreeSet<Pattern>) -> String {
    let exact = patterns.iter().all(|pattern| matches!(pattern, Pattern::Equals(_)));
    let values: Vec<String> = patterns.iter().map(|pattern| value(field, pattern)).collect();
    let values = values.join(" or ");
    match field {
        "resources.ARN" => values,
        "eventSource" if exact => format!("of {values}"),
        other => format!("with {other} {values}"),
    }
}

fn value(field: &str, pattern: &Pattern) -> String {
    match (field, pattern) {
        // What ARNs begin with up to a slash reads best as the place that holds them.
        ("resources.ARN", Pattern::StartsWith(start)) if start.ends_with('/') => format!("in {start}"),
        ("resources.ARN", Pattern::Equals(whole)) => format!("on {whole}"),
        (_, Pattern::Equals(whole)) => whole.clone(),
        (_, Pattern::StartsWith(start)) => format!("beginning with {start}"),
        (_, Pattern::EndsWith(end)) => format!("ending with {end}"),
    }
}

/// `AWS::S3::Object` as `S3 object`.
fn resource_words(resource: &str) -> String {
    let name = resource.strip_prefix("AWS::").unwrap_or(resource);
    let Some((service, thing)) = name.split_once("::") else { return name.to_owned() };
    let mut words = format!("{service} ");
    let mut before_is_upper = true;
    for letter in thing.chars() {
        if letter.is_ascii_uppercase() && !before_is_upper {
            words.push(' ');
        }
        before_is_upper = letter.is_ascii_uppercase();
        words.push(letter.to_ascii_lowercase());
    }
    words
}
