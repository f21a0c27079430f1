//! Whatever a name, a tag, a policy or an answer of the service says: in a page of Markdown it stays in its cell or fence,
//! as a renderer sees it that nobody here wrote, and the page keeps its length.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::json;
use trailkeeper::report::markdown::LEAST;
use trailkeeper::report::saved::SavedPlan;
use trailkeeper::report::style;

/// Words that mean something to Markdown, HTML, GitHub or GitLab.
const WORDS: [&str; 40] = [
    "|",
    "\\",
    "\\|",
    "`",
    "``",
    "```",
    "~~~",
    "\n",
    "\r\n",
    "\n\n",
    "\t",
    "    ",
    "# ",
    "- ",
    "1. ",
    "> ",
    "---",
    "<!--",
    "-->",
    "<script>",
    "</details>",
    "</code>",
    "<b",
    "&lt;",
    "&#124;",
    "@acme",
    "@acme/security",
    "#12",
    "GH-12",
    "!7",
    "https://evil.example/x",
    "www.evil.example",
    "a@evil.example",
    "[x](y)",
    "![",
    "**",
    "_",
    ":tada:",
    "$x$",
    "\u{202e}",
];

fn text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
        "[a-zA-Z0-9]{1,8}",
        " ",
        any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(word, 1..12).prop_map(|words| words.concat())
}

/// What stands in a plan's file.
#[derive(Debug, Clone)]
struct Saved {
    texts: Vec<String>,
    verbs: Vec<&'static str>,
    max_bytes: usize,
}

fn saved() -> impl Strategy<Value = Saved> {
    let verbs = prop::sample::select(&["create", "update", "replace", "delete", "adopt", "forget"][..]);
    let sizes = prop_oneof![LEAST..8_000usize, Just(1_000_000)];
    (prop::collection::vec(text(), 12), prop::collection::vec(verbs, 0..30), sizes)
        .prop_map(|(texts, verbs, max_bytes)| Saved { texts, verbs, max_bytes })
}

impl Saved {
    fn text(&self, place: usize) -> &str {
        &self.texts[place % self.texts.len()]
    }

    fn key(&self, place: usize) -> String {
        format!("trail/{place}-{}", self.text(place))
    }

    fn plan(&self) -> SavedPlan {
        let changes: Vec<_> = self.verbs.iter().enumerate().map(|(place, verb)| {
            let losses = if place % 3 == 0 { vec![self.text(place + 1)] } else { Vec::new() };
            json!({"key": self.key(place), "kind": "trail", "name": self.key(place).trim_start_matches("trail/"), "action": verb, "weakens": !losses.is_empty(),
                "losses": losses, "reason": self.text(place + 2), "fields": [
                    {"path": "s3BucketName", "live": self.text(place + 3), "desired": self.text(place + 4)},
                    {"path": self.text(place + 5), "live": {"a": self.text(place + 6)}, "desired": [self.text(place + 7)]}]})
        }).collect();
        let refusals: Vec<_> = (0..self.verbs.len() / 2)
            .map(|place| {
                json!({"key": self.key(place), "guard": self.text(place + 1), "reason": self.text(place + 2),
                "allow": self.text(place + 3), "help": self.text(place + 4)})
            })
            .collect();
        let notes = json!([{"key": self.text(0), "word": self.text(1), "text": self.text(2)}]);
        let run = json!({"tool": "0", "observed_at": self.text(3), "caller": self.text(4), "manifest": self.text(5),
            "manifest_sha256": "", "account": self.text(6), "region": self.text(7)});
        let count = |verb| self.verbs.iter().filter(|one| **one == verb).count();
        let summary = json!({"create": count("create"), "update": count("update"), "replace": count("replace"),
            "delete": count("delete"), "adopt": count("adopt"), "restore": 0, "forget": count("forget")});
        let report = json!({"format_version": "1.0", "command": "plan", "run": run, "changes": changes, "steps": [],
            "refusals": refusals, "notes": notes, "checked": [], "summary": summary});
        SavedPlan::parse(report.to_string().as_bytes()).unwrap()
    }
}

/// What a renderer makes of a page.
#[derive(Debug, Default)]
struct Rendered {
    /// The cells of each row, without the heads, as text.
    rows: Vec<Vec<String>>,
    fences: usize,
    /// Everything that must not be.
    wrong: Vec<String>,
}

/// GitHub's flavour.
fn rendered(page: &str) -> Rendered {
    let mut rendered = Rendered::default();
    let mut text = String::new();
    let (mut in_code, mut in_fence, mut in_head) = (false, false, false);
    for event in Parser::new_ext(page, Options::all() & !Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Start(Tag::TableHead) => in_head = true,
            Event::End(TagEnd::TableHead) => in_head = false,
            Event::Start(Tag::TableRow) => rendered.rows.push(Vec::new()),
            Event::Start(Tag::CodeBlock(_)) => (in_fence, rendered.fences) = (true, rendered.fences + 1),
            Event::End(TagEnd::CodeBlock) => in_fence = false,
            Event::Start(Tag::TableCell) => text.clear(),
            Event::End(TagEnd::TableCell) if !in_head => {
                if let Some(row) = rendered.rows.last_mut() {
                    row.push(text.clone());
                }
            }
            Event::Text(_) if in_fence => {}
            Event::Text(plain) => {
                if !in_code && plain.contains(['@', '#', '<', '/', '`', '$']) {
                    rendered.wrong.push(plain.to_string());
                }
                text.push_str(&plain);
            }
            Event::Code(code) => text.push_str(&code),
            Event::InlineHtml(html) => match &*html {
                "<code>" => in_code = true,
                "</code>" => in_code = false,
                "<br>" => text.push('\n'),
                other => rendered.wrong.push(other.to_owned()),
            },
            Event::Html(html) => rendered.html_block(&html),
            Event::Start(
                Tag::Table(_) | Tag::Paragraph | Tag::Heading { .. } | Tag::Strong | Tag::HtmlBlock,
            ) => {}
            Event::End(_) => {}
            other => rendered.wrong.push(format!("{other:?}")),
        }
    }
    rendered
}

impl Rendered {
    fn html_block(&mut self, html: &str) {
        let html = html.trim_end();
        let once = |word: &str| html.matches(word).count() == 1;
        let marker =
            html.starts_with("<!-- trailkeeper ") && html.ends_with(" -->") && once(">") && once("<");
        let details =
            html.starts_with("<details><summary>") && html.ends_with("</summary>") && once("</summary>");
        if !(marker || details || html == "</details>") {
            self.wrong.push(html.to_owned());
        }
    }
}

proptest! {
    #[test]
    fn nothing_leaves_its_cell_and_the_page_keeps_its_length(saved in saved()) {
        let page = saved.plan().markdown(saved.max_bytes);
        prop_assert!(page.len() <= saved.max_bytes, "{} bytes of {}", page.len(), saved.max_bytes);
        let hidden = |character: char| character != '\n' && style::escape(&character.to_string()) != character.to_string();
        prop_assert!(!page.contains(hidden), "{page:?}");
        // GitLab takes a line that begins with a slash for a command.
        prop_assert!(!page.lines().any(|line| line.starts_with('/')), "{page}");
        let Rendered { rows, fences, wrong } = rendered(&page);
        prop_assert!(wrong.is_empty(), "{wrong:#?} in\n{page}");
        prop_assert!(fences <= 1);
        if saved.max_bytes == 1_000_000 {
            let refusals = saved.verbs.len() / 2;
            prop_assert_eq!(rows.len(), saved.verbs.len() + refusals + 1, "{}", page);
            for (place, row) in rows.iter().take(refusals).enumerate() {
                let [key, _, ways] = row.as_slice() else { panic!("{row:?}") };
                prop_assert_eq!(key, &style::escape(&saved.key(place)));
                prop_assert!(ways.ends_with(&style::escape(saved.text(place + 3))), "{:?}", ways);
            }
        }
    }
}
