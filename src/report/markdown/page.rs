//! A page of Markdown within a number of bytes. When it is too long it first folds, then leaves out diffs, then rows,
//! those last for which the page is read; it says how many, and never cuts a row or a fence.

use super::escape::fence;

/// The fewest bytes that a page may be given: what stands on every page fits.
pub const LEAST: usize = 2_000;

/// More rows than these are folded, unless they must be seen.
const FOLDED: usize = 12;

/// What a page says.
pub(super) struct Page {
    /// An invisible line by which a program finds its own comment again.
    pub(super) marker: String,
    /// The result and the target, without line breaks.
    pub(super) heading: String,
    /// What stands below the heading, one paragraph each. Ours alone, and short.
    pub(super) summary: Vec<String>,
    /// In reading order.
    pub(super) tables: Vec<Table>,
    /// What the signs of the diff mean, in HTML of ours.
    pub(super) legend: &'static str,
    /// The lines that differ, change by change.
    pub(super) diffs: Vec<Vec<String>>,
}

/// What a table is for; rows of the first are left out first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It is good to know.
    Note,
    /// It happens and harms nothing.
    Change,
    /// It takes something away.
    Loss,
    /// It stops the run, or has stopped it.
    Refusal,
}

/// Rows of cells.
pub(super) struct Table {
    pub(super) rank: Rank,
    /// What one row is about, as it is counted: `refusal`.
    pub(super) word: &'static str,
    pub(super) head: &'static [&'static str],
    /// Cells are Markdown already.
    pub(super) rows: Vec<Vec<String>>,
}

/// How much of a page is shown: so many rows of each table, and so many diffs.
#[derive(Clone)]
struct Extent {
    rows: Vec<usize>,
    diffs: usize,
}

impl Page {
    /// The page in at most `max_bytes`, which are at least [`LEAST`].
    pub(super) fn print(&self, max_bytes: usize) -> String {
        let mut extent = Extent {
            rows: self.tables.iter().map(|table| table.rows.len()).collect(),
            diffs: self.diffs.len(),
        };
        let fits = |extent: &Extent| self.text(extent).len() <= max_bytes;
        if fits(&extent) {
            return self.text(&extent);
        }
        let diffs = |count: usize| Extent { rows: extent.rows.clone(), diffs: count };
        extent.diffs = most(self.diffs.len(), |count| fits(&diffs(count)));
        let mut places: Vec<usize> = (0..self.tables.len()).rev().collect();
        places.sort_by_key(|place| self.tables.get(*place).map(|table| table.rank));
        for place in places {
            if fits(&extent) {
                break;
            }
            let shortened = |count: usize| {
                let mut shorter = extent.clone();
                if let Some(rows) = shorter.rows.get_mut(place) {
                    *rows = count;
                }
                shorter
            };
            let all = extent.rows.get(place).copied().unwrap_or_default();
            extent = shortened(most(all, |count| fits(&shortened(count))));
        }
        self.text(&extent)
    }

    fn text(&self, extent: &Extent) -> String {
        let Page { marker, heading, summary, tables, legend, diffs } = self;
        let mut blocks = vec![format!("{marker}\n## {heading}\n")];
        blocks.extend(summary.iter().map(|line| format!("{line}\n")));
        for (table, shown) in tables.iter().zip(&extent.rows) {
            blocks.extend(table.text(*shown));
        }
        let shown = diffs.get(..extent.diffs).unwrap_or_default();
        let lines: Vec<String> = shown.iter().flatten().cloned().collect();
        if !lines.is_empty() {
            let fence = fence("diff", &lines);
            blocks.push(folded(&format!("Full diff: {legend}"), &fence));
        }
        blocks.extend(left_out(diffs.len() - shown.len(), "diff"));
        blocks.join("\n")
    }
}

impl Table {
    fn text(&self, shown: usize) -> Vec<String> {
        let Table { rank, word, head, rows } = self;
        let mut blocks = Vec::new();
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        if let (Some(shown), false) = (rows.get(..shown), shown == 0) {
            let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
            let rule = vec!["---".to_owned(); head.len()];
            let rows: String = shown.iter().map(|cells| line(cells)).collect();
            let table = format!("{}{}{rows}", line(&head), line(&rule));
            let folds = *rank < Rank::Loss && (self.rows.len() > FOLDED || shown.len() < self.rows.len());
            blocks.push(if folds { folded(&super::count(self.rows.len(), word), &table) } else { table });
        }
        blocks.extend(left_out(rows.len() - shown.min(rows.len()), word));
        blocks
    }
}

/// An empty line parts HTML from Markdown (CommonMark, HTML blocks).
fn folded(summary: &str, inner: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{inner}\n</details>\n")
}

fn left_out(number: usize, word: &str) -> Option<String> {
    (number > 0)
        .then(|| format!("{} left out here for length.\n", super::count(number, &format!("more {word}"))))
}

/// The largest number up to `all` that fits; zero when none does.
fn most(all: usize, fits: impl Fn(usize) -> bool) -> usize {
    let (mut fitting, mut failing) = (0, all + 1);
    while failing - fitting > 1 {
        let middle = fitting.midpoint(failing);
        if fits(middle) {
            fitting = middle;
        } else {
            failing = middle;
        }
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        let table = |rank, word, number: usize| Table {
            rank,
            word,
            head: &["key", "what"],
            rows: (0..number).map(|row| vec![format!("`{word}/{row}`"), "x".repeat(40)]).collect(),
        };
        Page {
            marker: "<!-- m -->".to_owned(),
            heading: "Refused".to_owned(),
            summary: Vec::new(),
            legend: "",
            tables: vec![
                table(Rank::Refusal, "refusal", 3),
                table(Rank::Loss, "removal", 3),
                table(Rank::Change, "change", 40),
                table(Rank::Note, "note", 3),
            ],
            diffs: (0..4)
                .map(|change| vec![format!("@@ {change} @@"), format!("+ {}", "y".repeat(300))])
                .collect(),
        }
    }

    /// How much of each is left: refusals, losses, changes, notes, diffs.
    fn left(max_bytes: usize) -> [usize; 5] {
        let text = page().print(max_bytes);
        assert!(text.len() <= max_bytes, "{} > {max_bytes}", text.len());
        assert_eq!(text.matches("```").count() % 2, 0, "{text}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        ["`refusal/", "`removal/", "`change/", "`note/", "@@ "].map(|word| text.matches(word).count())
    }

    #[test]
    fn what_a_page_is_read_for_goes_last() {
        assert_eq!(left(60_000), [3, 3, 40, 3, 4]);
        assert_eq!(left(4_000), [3, 3, 40, 3, 2]);
        assert_eq!(left(3_400), [3, 3, 40, 3, 0]);
        assert_eq!(left(3_100), [3, 3, 40, 1, 0]);
        assert_eq!(left(2_000), [3, 3, 23, 0, 0]);
        assert_eq!(left(600), [3, 3, 0, 0, 0]);
        assert_eq!(left(500), [3, 1, 0, 0, 0]);
        assert_eq!(left(350), [1, 0, 0, 0, 0]);
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let text = page().print(2_000);
        assert!(text.contains("<details><summary>40 changes</summary>\n\n| key | what |\n"), "{text}");
        assert!(text.contains("\n17 more changes left out here for length.\n"), "{text}");
        assert!(text.ends_with("4 more diffs left out here for length.\n"), "{text}");
    }
}
