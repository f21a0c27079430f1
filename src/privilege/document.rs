//! A policy document as IAM writes it: members in the usual order, lists sorted, one value without brackets.
//! What it says is for the modules beside this one.

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// The service principal of CloudTrail, in every partition (user guide, Amazon S3 bucket policy for CloudTrail).
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// An IAM policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    version: &'static str,
    statement: Vec<Statement>,
}

/// One statement; it always allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    sid: String,
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<Principal>,
    action: Strings,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Strings>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: Conditions,
}

/// Whom a resource policy lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Principal {
    service: &'static str,
}

/// Operator, then key, then values: all of them must hold.
pub(super) type Conditions = BTreeMap<&'static str, BTreeMap<String, Strings>>;

/// A sorted set of strings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Strings(Vec<String>);

impl Document {
    /// Statements in their order. Ids are unique within a document (IAM user guide, Sid), so repeated ones are numbered.
    pub(super) fn new(statements: impl IntoIterator<Item = Statement>) -> Document {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let numbered = statements.into_iter().map(|mut statement| {
            let times = seen.entry(statement.sid.clone()).or_insert(0);
            *times += 1;
            if *times > 1 {
                statement.sid.push_str(&times.to_string());
            }
            statement
        });
        Document { version: "2012-10-17", statement: numbered.collect() }
    }

    /// The statements, in order.
    pub fn statements(&self) -> &[Statement] {
        &self.statement
    }
}

impl Statement {
    pub(super) fn allow<S: Into<String>>(sid: &str, actions: impl IntoIterator<Item = S>) -> Statement {
        Statement {
            sid: sid.to_owned(),
            effect: "Allow",
            principal: None,
            action: Strings::new(actions),
            resource: None,
            condition: Conditions::new(),
        }
    }

    /// The statement of a resource policy that lets CloudTrail in.
    pub(super) fn for_cloudtrail(mut self) -> Statement {
        self.principal = Some(Principal { service: CLOUDTRAIL });
        self
    }

    pub(super) fn on<S: Into<String>>(mut self, resources: impl IntoIterator<Item = S>) -> Statement {
        self.resource = Some(Strings::new(resources));
        self
    }

    pub(super) fn when(mut self, conditions: Conditions) -> Statement {
        for (operator, keys) in conditions {
            self.condition.entry(operator).or_default().extend(keys);
        }
        self
    }
}

/// A condition on one key.
pub(super) fn condition<S: Into<String>>(
    operator: &'static str,
    key: &str,
    values: impl IntoIterator<Item = S>,
) -> Conditions {
    Conditions::from([(operator, BTreeMap::from([(key.to_owned(), Strings::new(values))]))])
}

impl Strings {
    fn new<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Strings {
        let mut values: Vec<String> = values.into_iter().map(Into::into).collect();
        values.sort();
        values.dedup();
        Strings(values)
    }
}

impl Serialize for Strings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => serializer.serialize_str(one),
            many => serializer.collect_seq(many),
        }
    }
}
