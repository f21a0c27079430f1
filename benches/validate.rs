//! How long validation takes: a manifest of a thousand resources, a file as large as can be read, and texts that are made to
//! be slow, at three sizes each: times that grow faster than the sizes are worth a look.
//!
//! `cargo bench --bench validate`

#[path = "../tests/it/shapes.rs"]
mod shapes;

use divan::{Bencher, black_box};
use shapes::{repeat, with_header};
use std::collections::BTreeMap;
use trailkeeper::manifest::problem::{Problem, Problems};
use trailkeeper::manifest::source::MAX_BYTES;
use trailkeeper::manifest::{Manifest, SourceFile, Sources, render_text};

fn main() {
    divan::main();
}

/// Everything that `validate` says about one text, before it is printed.
fn told(text: &str) -> Vec<Problem> {
    let source = SourceFile::decode("m.yaml", text.as_bytes()).expect("the text is UTF-8 and not too long");
    let sources: Sources = [source.clone()].into_iter().collect();
    let problems: Problems = match Manifest::parse(&[source]) {
        Ok(manifest) => match manifest.resolve(&manifest.stand_in_target(), &BTreeMap::new()) {
            Ok(resolved) => resolved.warnings.into(),
            Err(problems) => problems,
        },
        Err(problems) => problems,
    };
    problems.into_sorted(&sources)
}

#[divan::bench(args = [10, 100, 1000])]
fn resources(bencher: Bencher<'_, '_>, count: usize) {
    let text = manifest_of(count);
    bencher.bench(|| told(black_box(&text)));
}

/// As many resources as the largest file holds, or nearly.
#[divan::bench(sample_count = 10)]
fn the_largest_file(bencher: Bencher<'_, '_>) {
    let text = manifest_of(MAX_BYTES / 11 * 10 * 4000 / manifest_of(4000).len());
    bencher.counter(divan::counter::BytesCount::of_str(&text)).bench(|| told(black_box(&text)));
}

#[divan::bench(args = shapes::NAMES, consts = [500, 1000, 2000], sample_count = 10)]
fn shape<const SIZE: usize>(bencher: Bencher<'_, '_>, name: &str) {
    let text = shapes::text(name, SIZE);
    bencher.bench(|| told(black_box(&text)));
}

/// What `validate` prints about it.
#[divan::bench(args = shapes::NAMES, consts = [500, 1000, 2000], sample_count = 10)]
fn printed<const SIZE: usize>(bencher: Bencher<'_, '_>, name: &str) {
    let text = shapes::text(name, SIZE);
    let problems = told(&text);
    let source = SourceFile::decode("m.yaml", text.as_bytes()).expect("the text is UTF-8 and not too long");
    let sources: Sources = [source].into_iter().collect();
    bencher.bench(|| render_text(black_box(&problems), &sources, false));
}

/// A manifest of this many resources in which nothing is wrong but that a region cannot have so many.
fn manifest_of(count: usize) -> String {
    let quarter = count / 4;
    let trails = repeat(quarter, &|n| {
        format!(
            "  - name: trail-{n}\n    s3BucketName: acme-logs\n    isMultiRegionTrail: true\n    enableLogFileValidation: true\n    tags: {{team: t{n}}}\n"
        )
    });
    let stores = repeat(quarter, &|n| {
        format!(
            "  - name: store-{n}\n    multiRegionEnabled: false\n    advancedEventSelectors:\n      - fieldSelectors: [{{field: eventCategory, equals: [ActivityAuditLog]}}]\n"
        )
    });
    let channels = repeat(quarter, &|n| {
        format!(
            "  - name: channel-{n}\n    source: partner-{n}\n    destinations: [{{eventDataStore: store-{n}}}]\n    resourcePolicy:\n      Version: \"2012-10-17\"\n      Statement: [{{Effect: Allow, Principal: {{AWS: \"444455556666\"}}, Action: cloudtrail-data:PutAuditEvents}}]\n"
        )
    });
    let dashboards = repeat(quarter, &|n| {
        format!(
            "  - name: board-{n}\n    widgets:\n      - queryStatement: SELECT eventName FROM ${{eventDataStores.store-{n}.id}}\n        viewProperties: {{Height: \"2\", Width: \"4\", Title: Calls, View: Table}}\n"
        )
    });
    with_header(&format!(
        "lint: {{allow: [TK406]}}\ntrails:\n{trails}eventDataStores:\n{stores}channels:\n{channels}dashboards:\n{dashboards}"
    ))
}
