//! Long texts, each made to be slow in its own way, at any size: what grows faster than its length shows there. Used by
//! `mistakes`, small, and by `benches/validate.rs`, large.

/// Their names.
pub(crate) const NAMES: [&str; 21] = [
    "unknown keys",
    "unknown keys in one line",
    "trails without a bucket",
    "trails of one name",
    "channels into nowhere",
    "references to nowhere",
    "variables in one text",
    "fields of one selector",
    "values of one condition",
    "values of two operators",
    "insights of one trail",
    "trails that overlap",
    "comments in the header",
    "comments at trails",
    "tags",
    "statements of one policy",
    "trails with selectors",
    "types that nobody knows",
    "channels past many stores",
    "permissions past many trails",
    "widgets over one policy",
];

/// The text of this name, of about a hundred bytes for each of its `size` parts.
pub(crate) fn text(name: &str, size: usize) -> String {
    match name {
        "unknown keys" => with_header(&repeat(4 * size, &|n| format!("k{n}: 1\n"))),
        "unknown keys in one line" => {
            with_header(&format!("trails: [{{{}}}]\n", repeat(4 * size, &|n| format!("é{n}: 1, "))))
        }
        "trails without a bucket" => entries("trails", size, &|n| format!("{{name: trail-{n}}}")),
        "trails of one name" => entries("trails", size, &|_| "{name: audit, s3BucketName: acme}".to_owned()),
        "channels into nowhere" => entries("channels", size, &|n| {
            format!("{{name: c{n}, source: s{n}, destinations: [{{eventDataStore: no-{n}}}]}}")
        }),
        "references to nowhere" => entries("dashboards", size, &|n| {
            format!(
                "{{name: d{n}, widgets: [{{queryStatement: \"${{eventDataStores.s{n}.id}}\", viewProperties: {{}}}}]}}"
            )
        }),
        "variables in one text" => {
            let variables = repeat(4 * size, &|n| format!("${{vars.v{n}}}"));
            with_header(&format!("trails: [{{name: audit, s3BucketName: \"{variables}\"}}]\n"))
        }
        "fields of one selector" => {
            selector(&repeat(2 * size, &|n| format!("{{field: f{n}, equals: [a]}}, ")))
        }
        "values of one condition" => {
            selector(&format!("{{field: resources.ARN, startsWith: [{}]}}", arns(4 * size)))
        }
        "values of two operators" => selector(&format!(
            "{{field: resources.ARN, equals: [{}], notStartsWith: [{}]}}",
            arns(2 * size),
            arns(2 * size)
        )),
        "insights of one trail" => {
            let insights = repeat(3 * size, &|_| "{insightType: ApiCallRateInsight}, ".to_owned());
            with_header(&format!(
                "trails: [{{name: audit, s3BucketName: acme, insightSelectors: [{insights}]}}]\n"
            ))
        }
        // As many as can be compared, whatever the size: more are refused by a quota.
        "trails that overlap" => {
            entries("trails", size.min(10), &|n| overlapping(n, (size / 100).clamp(2, 10)))
        }
        "comments in the header" => {
            with_header(&repeat(4 * size, &|_| "# trailkeeper: allow TK108\n".to_owned()))
        }
        "comments at trails" => entries("trails", size, &|n| {
            format!("{{name: t{n}, s3BucketName: acme}} # trailkeeper: allow TK108, TK110")
        }),
        "tags" => {
            let tags = repeat(4 * size, &|n| format!("\"k{n}!\": v, "));
            with_header(&format!("tags: {{{tags}}}\ntrails: [{{name: audit, s3BucketName: acme}}]\n"))
        }
        "statements of one policy" => {
            let statements = repeat(2 * size, &|n| {
                format!("{{Sid: s{n}, Effect: Allow, Principal: {{AWS: x{n}}}, Action: a}}, ")
            });
            with_header(&format!(
                "channels: [{{name: okta, source: Custom, destinations: [{{eventDataStore: no}}], resourcePolicy: {{Statement: [{statements}]}}}}]\n"
            ))
        }
        "trails with selectors" => entries("trails", size, &|n| {
            format!(
                "{{name: t{n}, s3BucketName: acme, advancedEventSelectors: [{{fieldSelectors: [{{field: eventCategory, equals: [Data]}}, {{field: resources.type, equals: [\"AWS::S3::Object\"]}}]}}]}}"
            )
        }),
        "types that nobody knows" => {
            let types = repeat(3 * size, &|n| format!("\"AWS::S{n}::Some{n}\", "));
            selector(&format!("{{field: resources.type, equals: [{types}]}}"))
        }
        "channels past many stores" => {
            let channels = repeat(size, &|n| {
                format!(
                    "  - {{name: c{n}, source: s{n}, destinations: [{{eventDataStore: a-store-of-x{n}}}]}}\n"
                )
            });
            entries("eventDataStores", size, &|n| format!("{{name: a-store-of-y{n}}}"))
                + "channels:\n"
                + &channels
        }
        "permissions past many trails" => {
            let permissions = repeat(size, &|n| {
                format!("  - {{guard: blind-spot, resource: trail/some-trail-x{n}, reason: none}}\n")
            });
            entries("trails", size, &|n| format!("{{name: some-trail-y{n}, s3BucketName: acme}}"))
                + "allow:\n"
                + &permissions
        }
        "widgets over one policy" => {
            let statement = "{Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: cloudtrail:StartQuery, Condition: {StringEquals: {\"aws:SourceArn\": \"arn:aws:cloudtrail:eu-west-1:111122223333:dashboard/none\"}}}, ";
            let statements = repeat((size / 10).clamp(1, 40), &|_| statement.to_owned());
            let dashboards = repeat(size, &|n| {
                format!(
                    "  - {{name: board-{n}, refreshSchedule: {{frequency: {{unit: HOURS, value: 6}}}}, widgets: [{{queryStatement: \"SELECT a FROM ${{eventDataStores.lake.id}}\", viewProperties: {{Height: \"2\", Width: \"4\", Title: Calls, View: Table}}}}]}}\n"
                )
            });
            with_header(&format!(
                "eventDataStores:\n  - {{name: lake, resourcePolicy: {{Version: \"2012-10-17\", Statement: [{statements}]}}}}\ndashboards:\n{dashboards}"
            ))
        }
        other => unreachable!("{other} is not among the names"),
    }
}

/// A header, and the rest.
pub(crate) fn with_header(rest: &str) -> String {
    format!("version: 1\nname: baseline\nregion: eu-west-1\naccount: \"111122223333\"\n{rest}")
}

/// Parts, one after the other.
pub(crate) fn repeat(count: usize, part: &dyn Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

fn entries(list: &str, count: usize, entry: &dyn Fn(usize) -> String) -> String {
    with_header(&format!("{list}:\n{}", repeat(count, &|n| format!("  - {}\n", entry(n)))))
}

fn arns(count: usize) -> String {
    repeat(count, &|n| format!("\"arn:aws:s3:::b{n}/*\", "))
}

fn selector(fields: &str) -> String {
    with_header(&format!(
        "trails:\n  - {{name: audit, s3BucketName: acme, advancedEventSelectors: [{{fieldSelectors: [{{field: eventCategory, equals: [Data]}}, {fields}]}}]}}\n"
    ))
}

fn overlapping(n: usize, count: usize) -> String {
    let values = repeat(count, &|value| format!("\"{}{n}{value}\", ", "a".repeat(value % 9)));
    let fields = format!(
        "{{field: eventCategory, equals: [Data]}}, {{field: resources.type, equals: [\"AWS::S3::Object\"]}}, {{field: eventName, startsWith: [{values}]}}, {{field: resources.ARN, notStartsWith: [{values}]}}"
    );
    let selectors = repeat(4, &|_| format!("{{fieldSelectors: [{fields}]}}, "));
    format!("{{name: trail-{n}, s3BucketName: acme, advancedEventSelectors: [{selectors}]}}")
}
