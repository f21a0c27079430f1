//! One selection of events as a condition on each field, and the algebra that tells what one selection has and
//! another has not. Nothing here knows trails; what a whole resource records is `coverage`'s.

use super::selector::{AdvancedEventSelector, DataResource, EventSelector, FieldSelector};
use std::collections::{BTreeMap, BTreeSet};

/// A test of one text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pattern {
    Equals(String),
    StartsWith(String),
    EndsWith(String),
}

/// What passes both of two patterns.
enum Meet {
    Nothing,
    Pattern(Pattern),
    /// A beginning and an end: no single pattern says that.
    Unclear,
}

/// A condition on one field: one of `any` must hit (any value will do when it is empty) and all of `none` must miss
/// (user guide, how CloudTrail evaluates multiple conditions for a field).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Condition {
    pub(super) any: BTreeSet<Pattern>,
    pub(super) none: BTreeSet<Pattern>,
}

/// Events that fulfil every condition. A field without a condition may be anything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Selection(BTreeMap<String, Condition>);

/// What is left of a selection: pieces that together hold at least the rest, and exactly the rest when `exact`.
pub(super) struct Rest {
    pub(super) pieces: Vec<Selection>,
    pub(super) exact: bool,
}

impl Pattern {
    /// Whether everything that passes this passes the other too.
    fn within(&self, other: &Pattern) -> bool {
        use Pattern::{EndsWith, Equals, StartsWith};
        match (self, other) {
            (Equals(one), Equals(other)) => one == other,
            (Equals(one) | StartsWith(one), StartsWith(other)) => one.starts_with(other.as_str()),
            (Equals(one) | EndsWith(one), EndsWith(other)) => one.ends_with(other.as_str()),
            (StartsWith(_), EndsWith(other)) | (EndsWith(_), StartsWith(other)) => other.is_empty(),
            (StartsWith(_) | EndsWith(_), Equals(_)) => false,
        }
    }

    fn meet(&self, other: &Pattern) -> Meet {
        use Pattern::{EndsWith, StartsWith};
        if self.within(other) {
            return Meet::Pattern(self.clone());
        }
        if other.within(self) {
            return Meet::Pattern(other.clone());
        }
        match (self, other) {
            (StartsWith(_), EndsWith(_)) | (EndsWith(_), StartsWith(_)) => Meet::Unclear,
            _ => Meet::Nothing,
        }
    }

    fn everything() -> Pattern {
        Pattern::StartsWith(String::new())
    }

    fn disjoint(&self, other: &Pattern) -> bool {
        matches!(self.meet(other), Meet::Nothing)
    }
}

impl Condition {
    fn equals(value: &str) -> Condition {
        Condition { any: BTreeSet::from([Pattern::Equals(value.to_owned())]), none: BTreeSet::new() }
    }

    /// Both conditions at once; none when nothing fulfils both. The second is whether that is exact: when not, it
    /// lets more through than both do.
    fn and(&self, other: &Condition) -> Option<(Condition, bool)> {
        let none: BTreeSet<Pattern> = self.none.union(&other.none).cloned().collect();
        if self.any.is_empty() || other.any.is_empty() {
            let any = self.any.union(&other.any).cloned().collect();
            return Some((Condition { any, none }, true));
        }
        let refused = |pattern: &Pattern| none.iter().any(|refused| pattern.within(refused));
        let (mut any, mut exact) = (BTreeSet::new(), true);
        for one in &self.any {
            for other in &other.any {
                match one.meet(other) {
                    Meet::Nothing => {}
                    Meet::Pattern(pattern) => drop(any.insert(pattern)),
                    Meet::Unclear if refused(one) || refused(other) => {}
                    Meet::Unclear => {
                        exact = false;
                        any.insert(one.clone());
                    }
                }
            }
        }
        (!any.is_empty()).then_some((Condition { any, none }, exact))
    }

    /// The condition without what says nothing; none when nothing can fulfil it.
    fn tidy(mut self, field: &str) -> Option<Condition> {
        if field == "readOnly" {
            return self.tidy_switch();
        }
        let chosen = !self.any.is_empty();
        let none = self.none.clone();
        self.any.retain(|pattern| !none.iter().any(|refused| pattern.within(refused)));
        let any = self.any.clone();
        self.any.retain(|pattern| !any.iter().any(|wider| wider != pattern && pattern.within(wider)));
        if (chosen && self.any.is_empty()) || none.contains(&Pattern::everything()) {
            return None;
        }
        let any = self.any.clone();
        self.none.retain(|refused| {
            let wider = |other: &Pattern| other != refused && refused.within(other);
            let matters = any.is_empty() || any.iter().any(|pattern| !pattern.disjoint(refused));
            matters && !none.iter().any(wider)
        });
        Some(self)
    }

    /// `readOnly` is either `true` or `false`, so that what is not one is the other.
    fn tidy_switch(self) -> Option<Condition> {
        let passes = |value: &&str| {
            let value = Pattern::Equals((*value).to_owned());
            let hit = self.any.is_empty() || self.any.iter().any(|pattern| value.within(pattern));
            hit && !self.none.iter().any(|pattern| value.within(pattern))
        };
        let values: Vec<&str> = ["true", "false"].into_iter().filter(passes).collect();
        match values.as_slice() {
            [] => None,
            [only] => Some(Condition::equals(only)),
            _ => Some(Condition::default()),
        }
    }

    /// Conditions that together hold exactly where this one does not.
    fn negated(&self) -> impl Iterator<Item = Condition> {
        let missed = Condition { any: BTreeSet::new(), none: self.any.clone() };
        let refused = Condition { any: self.none.clone(), none: BTreeSet::new() };
        [missed, refused].into_iter().filter(|condition| *condition != Condition::default())
    }
}

impl Selection {
    /// The events of one advanced selector; none when it contradicts itself. The second is whether that is exact.
    pub(super) fn of_advanced(selector: &AdvancedEventSelector) -> (Option<Selection>, bool) {
        let mut selection = Selection(BTreeMap::new());
        let mut exact = true;
        for field in &selector.field_selectors {
            let Some((narrower, clear)) = selection.and(&field.field, &condition(field)) else {
                return (None, exact);
            };
            selection = narrower;
            exact &= clear;
        }
        (Some(selection), exact)
    }

    /// The events of one basic selector: its management events and each of its data resources.
    pub(super) fn of_basic(selector: &EventSelector) -> Vec<Selection> {
        let EventSelector {
            read_write_type,
            include_management_events,
            data_resources,
            exclude_management_event_sources,
        } = selector;
        let base = |category: &str| {
            let mut conditions = BTreeMap::from([("eventCategory".to_owned(), Condition::equals(category))]);
            match read_write_type.as_str() {
                "ReadOnly" => drop(conditions.insert("readOnly".to_owned(), Condition::equals("true"))),
                "WriteOnly" => drop(conditions.insert("readOnly".to_owned(), Condition::equals("false"))),
                _ => {}
            }
            conditions
        };
        let mut selections = Vec::new();
        if *include_management_events {
            let mut conditions = base("Management");
            if !exclude_management_event_sources.is_empty() {
                let none = exclude_management_event_sources.iter().cloned().map(Pattern::Equals).collect();
                let sources = Condition { any: BTreeSet::new(), none };
                conditions.insert("eventSource".to_owned(), sources);
            }
            selections.push(Selection(conditions));
        }
        for resource in data_resources.iter().filter(|resource| !resource.values.is_empty()) {
            let mut conditions = base("Data");
            conditions.insert("resources.type".to_owned(), Condition::equals(&resource.r#type));
            if let Some(arns) = arns(resource) {
                conditions.insert("resources.ARN".to_owned(), arns);
            }
            selections.push(Selection(conditions));
        }
        selections
    }

    /// The events of one category; of those, when asked, such that write.
    pub(super) fn of_category(category: &str, writes: bool) -> Selection {
        let mut conditions = BTreeMap::from([("eventCategory".to_owned(), Condition::equals(category))]);
        if writes {
            conditions.insert("readOnly".to_owned(), Condition::equals("false"));
        }
        Selection(conditions)
    }

    /// What CloudTrail does itself when it delivers: `PutObject` to the bucket and `PutLogEvents` to the log group
    /// (API reference, `RecursiveLogging`). That the latter is a data event like the former is unverified.
    pub(super) fn deliveries() -> Selection {
        let any = |patterns: [Pattern; 2]| Condition { any: patterns.into(), none: BTreeSet::new() };
        let equals = |value: &str| Pattern::Equals(value.to_owned());
        let starts_with = |value: &str| Pattern::StartsWith(value.to_owned());
        let mut deliveries = Selection::of_category("Data", true);
        let types = any([starts_with("AWS::S3"), starts_with("AWS::Logs")]);
        deliveries.0.insert("resources.type".to_owned(), types);
        deliveries.0.insert("eventName".to_owned(), any([equals("PutObject"), equals("PutLogEvents")]));
        deliveries
    }

    /// The condition on a field, when there is one.
    pub(super) fn condition(&self, field: &str) -> Option<&Condition> {
        self.0.get(field)
    }

    /// Every condition, by field.
    pub(super) fn conditions(&self) -> impl Iterator<Item = (&str, &Condition)> {
        self.0.iter().map(|(field, condition)| (field.as_str(), condition))
    }

    /// This selection under one condition more; none when nothing is left. The second is whether that is exact.
    fn and(&self, field: &str, condition: &Condition) -> Option<(Selection, bool)> {
        let (met, exact) = match self.0.get(field) {
            Some(own) => own.and(condition)?,
            None => (condition.clone(), true),
        };
        let met = met.tidy(field)?;
        let mut conditions = self.0.clone();
        if met == Condition::default() {
            conditions.remove(field);
        } else {
            conditions.insert(field.to_owned(), met);
        }
        Some((Selection(conditions), exact))
    }

    /// Whether no event can be in both.
    pub(super) fn is_disjoint(&self, other: &Selection) -> bool {
        other.0.iter().any(|(field, condition)| self.and(field, condition).is_none())
    }

    /// The events of this selection that the other has not.
    pub(super) fn minus(&self, other: &Selection) -> Rest {
        if self.is_disjoint(other) {
            return Rest { pieces: vec![self.clone()], exact: true };
        }
        let mut rest = Rest { pieces: Vec::new(), exact: true };
        // What fulfils the conditions looked at so far, so that the pieces do not overlap.
        let mut inside = self.clone();
        for (field, condition) in &other.0 {
            for negated in condition.negated() {
                if let Some((piece, exact)) = inside.and(field, &negated) {
                    rest.pieces.push(piece);
                    rest.exact &= exact;
                }
            }
            if let Some((narrower, true)) = inside.and(field, condition) {
                inside = narrower;
            }
        }
        rest
    }
}

fn condition(field: &FieldSelector) -> Condition {
    let patterns = |values: &[String], pattern: fn(String) -> Pattern| {
        values.iter().cloned().map(pattern).collect::<Vec<_>>()
    };
    let either = |equals: &[String], starts: &[String], ends: &[String]| {
        let equals = patterns(equals, Pattern::Equals);
        let starts = patterns(starts, Pattern::StartsWith);
        // The empty end is spelled as the empty beginning, so that "everything" has one spelling.
        let end =
            |text: String| if text.is_empty() { Pattern::everything() } else { Pattern::EndsWith(text) };
        let ends = patterns(ends, end);
        equals.into_iter().chain(starts).chain(ends).collect()
    };
    Condition {
        any: either(&field.equals, &field.starts_with, &field.ends_with),
        none: either(&field.not_equals, &field.not_starts_with, &field.not_ends_with),
    }
}

/// Which ARNs a basic selector's resource means; none when it means every resource of the type.
fn arns(resource: &DataResource) -> Option<Condition> {
    // `arn:aws:s3`, `arn:aws:lambda` and `arn:aws:dynamodb` mean all (API reference, DataResource), and so does
    // `arn:aws:s3:::`, the beginning of every bucket's ARN.
    let all = |value: &String| value.split(':').count() == 3 || value.ends_with(":::");
    if resource.values.iter().any(all) {
        return None;
    }
    // S3 values are beginnings of object ARNs; functions and tables are meant exactly (API reference, DataResource).
    let pattern = if resource.r#type == "AWS::S3::Object" { Pattern::StartsWith } else { Pattern::Equals };
    Some(Condition { any: resource.values.iter().cloned().map(pattern).collect(), none: BTreeSet::new() })
}
