//! Canonical form and equality of IAM policy documents.
