//! How a report is written, and how long it may be.

use crate::report::markdown::LEAST;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(in crate::cli) struct FormatArgs {
    /// How the report is written: for people, for a comment, for programs as `trailkeeper schema` describes, or for
    /// GitHub Actions: text, annotations at the manifest's lines, and markdown in $GITHUB_STEP_SUMMARY
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    #[command(flatten)]
    length: LengthArgs,
}

/// For reports that do not stand at a manifest's lines.
#[derive(Debug, Args)]
pub(in crate::cli) struct PageArgs {
    /// How the report is written: for people, for a comment, or for programs as `trailkeeper schema` describes
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: PageFormat,
    #[command(flatten)]
    length: LengthArgs,
}

#[derive(Debug, Args)]
struct LengthArgs {
    /// The most bytes of markdown, 2000 or more: diffs are left out first, refusals and deletions last; GitHub takes 65536 characters
    #[arg(long, value_name = "N", value_parser = page_bytes, default_value_t = 60_000)]
    max_bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum Format {
    #[default]
    Text,
    Markdown,
    Json,
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(in crate::cli) enum PageFormat {
    #[default]
    Text,
    Markdown,
    Json,
}

/// How a report is written, and how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) struct Form {
    pub(in crate::cli) format: Format,
    /// The most bytes of markdown.
    pub(in crate::cli) max_bytes: usize,
}

impl FormatArgs {
    pub(super) fn form(&self) -> Form {
        Form { format: self.format, max_bytes: self.length.max_bytes }
    }
}

impl PageArgs {
    pub(super) fn form(&self) -> Form {
        let format = match self.format {
            PageFormat::Text => Format::Text,
            PageFormat::Markdown => Format::Markdown,
            PageFormat::Json => Format::Json,
        };
        Form { format, max_bytes: self.length.max_bytes }
    }
}

fn page_bytes(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|bytes| *bytes >= LEAST)
        .ok_or_else(|| format!("a page has {LEAST} bytes or more"))
}
