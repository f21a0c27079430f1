//! Whole sessions with the real binary.

use super::{Folder, MANIFEST, expect, told};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;
use trailkeeper::report::markdown::LEAST;

#[test]
fn help() {
    let folder = Folder::new();
    let lines = [
        "--version",
        "--help",
        "validate -h",
        "plan -h",
        "apply -h",
        "show -h",
        "drift -h",
        "iam-policy -h",
        "export -h",
        "schema -h",
        "completions -h",
        "sandbox -h",
        "sandbox serve -h",
        "sandbox serve --help",
        "sandbox reset -h",
        "sandbox show -h",
        "apply --help",
    ];
    let told = folder.transcript(&lines);
    assert_eq!(told.matches(&format!("The most bytes of markdown, {LEAST} or more")).count(), 5);
    expect("help", &told);
}

#[test]
fn every_command_takes_what_its_help_leaves_out() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    assert_eq!(folder.run("plan --sandbox s --out p").status.code(), Some(0));
    let all = "--sandbox s --account 111122223333 --region eu-central-1 --color never --verbose";
    for command in ["validate", "iam-policy --for plan", "show p", "schema", "completions bash", "export"] {
        for line in [format!("{command} {all}"), format!("{all} {command}")] {
            let output = folder.run(&line);
            assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
        }
    }
    // Where the manifest says nothing, the command line does, before the command and behind it.
    folder.write("elsewhere.yaml", MANIFEST.replace("region: eu-central-1\n", ""));
    for line in [
        "--region us-east-1 plan elsewhere.yaml -v --sandbox t",
        "-v plan elsewhere.yaml --region us-east-1 --sandbox t",
    ] {
        let told = String::from_utf8(folder.run(line).stderr).unwrap();
        assert!(told.starts_with("reading account 111122223333 in us-east-1 as "), "{told}");
    }
}

#[test]
fn bad_usage_is_trouble_and_not_a_difference() {
    let lines = [
        "",
        "aply",
        "plan --detailed-exit-code",
        "plan --allow audit",
        "plan --allow blindspot=trail/audit",
        "plan --allow blind-spot=audit",
        "apply --prune",
        "apply --max-deletes 2",
        "plan --account 1234",
        "plan --region Frankfurt",
        "plan --sandbox s --endpoint-url http://localhost",
        "plan --format yaml",
        "plan --only okta",
        "plan --out -",
        "apply --plan -",
        "plan --only channel/okta --prune --max-deletes 1",
        "show",
        "plan -v -q",
        "schema policies",
        "completions tcsh",
        "export trial",
        "export policy/channel/okta",
        "export --name my/manifest",
        "plan --format json --detailed-exit-code",
        "apply --prune --format=json",
    ];
    expect("bad-usage", &Folder::new().transcript(&lines));
}

/// Half of a manifest, which is right if the other half declares what it speaks of.
const HALF: &str = r#"version: 1
name: security-baseline
lint: {allow: [TK108]}
allow: [{guard: blind-spot, resource: trail/old, reason: SEC-9, until: 2099-12-01}]
channels:
  - {name: deploys, source: Custom, destinations: [{eventDataStore: elsewhere}]}
"#;

#[test]
fn what_cannot_be_read_is_named_and_nothing_is_done() {
    let folder = Folder::new();
    let (without, _) = MANIFEST.split_once("    resourcePolicy:").unwrap();
    let by_file = format!("{without}    resourcePolicyFile: gone.json\n");
    folder
        .write("empty.yaml", "")
        .write("binary.yaml", [0x7f, b'E', b'L', b'F', 0, 1])
        .write("large.yaml", vec![b'#'; 10 * 1024 * 1024])
        .write("no-yaml/README.md", "nothing")
        .write("no-yaml/.hidden.yaml", "nothing")
        .write("half.yaml", HALF)
        .write("typo.yaml", MANIFEST.replace("isMultiRegionTrail", "isMultiRegionTrial"))
        .write("policy.yaml", by_file)
        .write("loop/inner/a.yaml", "nothing")
        .write("trailkeeper.yml", MANIFEST)
        .write("envs/prod.yaml", MANIFEST)
        .write("envs/.prod2.yaml", MANIFEST)
        .write("envs/prod.json", "{}");
    symlink("..", folder.path().join("loop/inner/up")).unwrap();
    symlink("nowhere", folder.path().join("broken.yaml")).unwrap();
    let lines = [
        "validate",
        "apply --yes --sandbox s missing.yaml",
        "validate envs/prdo.yml",
        "validate env",
        "validate typo.yaml/m.yaml",
        "validate no-yaml",
        "validate loop",
        "validate broken.yaml",
        "validate empty.yaml",
        "validate binary.yaml large.yaml",
        "apply --yes --sandbox s typo.yaml",
        "plan --sandbox s --format json typo.yaml",
        "plan --sandbox s --format json missing.yaml",
        "validate --format json missing.yaml",
        "validate --format github missing.yaml",
        "validate --format github binary.yaml no-yaml",
        "validate --format github --region us-east-1 trailkeeper.yml",
        "validate --format github --region Frankfurt trailkeeper.yml",
        "validate missing.yaml no-yaml binary.yaml broken.yaml loop typo.yaml",
        "validate half.yaml missing.yaml",
        "validate policy.yaml",
        "plan --sandbox nowhere/s trailkeeper.yml",
        "plan --sandbox trailkeeper.yml trailkeeper.yml",
    ];
    expect("unreadable", &folder.transcript(&lines));
    assert!(!folder.path().join("s").exists());
}

#[test]
fn a_manifest_is_read_from_standard_input_too() {
    let folder = Folder::new();
    let (without, _) = MANIFEST.split_once("    resourcePolicy:").unwrap();
    let (header, rest) = MANIFEST.split_once("\n\n").unwrap();
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "cloudtrail-data:PutAuditEvents"}]}"#;
    folder
        .write("piped", format!("{without}    resourcePolicyFile: policies/partner.json\n"))
        .write("policies/partner.json", policy)
        .write("typo", MANIFEST.replace("isMultiRegionTrail", "isMultiRegionTrial"))
        .write("header.yaml", header)
        .write("rest", rest)
        .write("-", "a file of this name is not meant")
        .write("empty", "")
        .write("nothing/README.md", "");
    let mut shown = String::new();
    for (line, piped) in [
        ("validate -", "piped"),
        ("validate /dev/stdin", "rest"),
        ("validate - -", "piped"),
        ("validate header.yaml -", "rest"),
        ("validate -", "typo"),
        ("validate --format github -", "typo"),
        ("validate -", "empty"),
        ("validate missing.yaml -", "typo"),
        ("apply --sandbox s -", "piped"),
        ("apply --sandbox s --yes --quiet -", "piped"),
        ("plan --sandbox s -", "piped"),
        ("validate ./-", "piped"),
        ("validate -", "nothing"),
    ] {
        let input = fs::File::open(folder.path().join(piped)).unwrap();
        shown.push_str(&told(
            &format!("{line} < {piped}"),
            &folder.command(line).stdin(input).output().unwrap(),
        ));
    }
    expect("standard-input", &shown);
}

#[test]
fn warnings_stop_nothing() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST.replace("source: Custom", "source: Okta"));
    expect(
        "warnings",
        &folder.transcript(&["validate", "validate --quiet", "validate --quiet --format json"]),
    );
}

#[test]
fn apply_makes_the_plan_empty() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let lines = [
        "validate",
        "plan --sandbox s --detailed-exitcode",
        "apply --sandbox s",
        "apply --sandbox s --yes",
        "plan --sandbox s --detailed-exitcode",
        "apply --sandbox s --yes",
        "drift --sandbox s",
    ];
    expect("apply", &folder.transcript(&lines));
}

/// An account that was made by other means: exported, committed, planned, applied, changed by hand.
#[test]
fn an_account_made_by_other_means_is_exported_and_adopted() {
    let folder = Folder::new();
    let account = include_str!("../../export/an-account-made-by-hand/account.yaml");
    folder.write("s", format!("{account}# end of sandbox\n"));
    let lines = [
        "export --sandbox s --region us-east-1 --account 111122223333 channel/okta --name partners",
        "export --sandbox s --region us-east-1 --account 111122223333 trail/gone",
        "export --sandbox s --region us-east-1 --account 444455556666",
    ];
    let mut told = folder.transcript(&lines);
    let export = folder.run("export --sandbox s --region us-east-1 --account 111122223333");
    assert!(export.status.success() && export.stderr.is_empty(), "{export:?}");
    folder.write("trailkeeper.yaml", &export.stdout);
    let lines = [
        "validate",
        "plan --sandbox s --detailed-exitcode",
        "apply --sandbox s --yes --quiet",
        "plan --sandbox s --detailed-exitcode",
    ];
    told.push_str(&folder.transcript(&lines));
    let again = folder.run("export --sandbox s --region us-east-1 --account 111122223333");
    assert_eq!(again.stdout, export.stdout);
    let by_hand = fs::read_to_string(folder.path().join("s")).unwrap();
    folder.write("s", by_hand.replace("IsLogging: true", "IsLogging: false"));
    told.push_str(&folder.transcript(&["drift --sandbox s"]));
    expect("export", &told);
}

#[test]
fn what_another_manifest_owns_is_not_exported() {
    let folder = Folder::new();
    let account = include_str!("../../export/what-others-look-after-is-left-out/account.yaml");
    folder.write("s", format!("{account}# end of sandbox\n"));
    let lines = [
        "export --sandbox s --region us-east-1 --account 111122223333 eventDataStore/lake --name security-baseline",
        "export --sandbox s --region us-east-1 --account 111122223333 channels",
    ];
    expect("export-left-out", &folder.transcript(&lines));
}

#[test]
fn guards_refuse_and_can_be_told_to_allow() {
    let folder = Folder::new();
    let changed = MANIFEST
        .replace("source: Custom", "source: LaunchDarkly")
        .replace("777788889999", "888899990000")
        .replace("ApiCallRateInsight", "ApiErrorRateInsight")
        .replace("isMultiRegionTrail: true", "isMultiRegionTrail: false")
        .replace("region: eu-central-1", "region: eu-central-1\nlint: {allow: [TK110, TK407]}");
    let removed = r#"version: 1
name: security-baseline
account: "111122223333"
region: eu-central-1
removed:
  - {channel: partner, reason: contract ended}
  - {eventDataStore: partner-activity}
  - {trail: audit, keep: true}
"#;
    folder.write("trailkeeper.yaml", MANIFEST).write("changed.yaml", changed).write("removed.yaml", removed);
    let lines = [
        "apply --sandbox s --yes --quiet",
        "plan --sandbox s changed.yaml",
        "plan --sandbox s changed.yaml --detailed-exitcode --quiet",
        "drift --sandbox s changed.yaml",
        "apply --sandbox s changed.yaml --yes",
        "apply --sandbox s changed.yaml --yes -v --allow blind-spot=channel/partner --allow blind-spot=trail/audit",
        "plan --sandbox s changed.yaml --detailed-exitcode",
        "apply --sandbox s removed.yaml --yes",
        "apply --sandbox s removed.yaml --yes --allow data-loss=eventDataStore/partner-activity \
         --allow blind-spot=channel/partner",
        "plan --sandbox s removed.yaml --detailed-exitcode",
        "plan --sandbox s --detailed-exitcode",
    ];
    expect("guards", &folder.transcript(&lines));
}

#[test]
fn one_baseline_serves_many_environments() {
    let folder = Folder::new();
    let (header, lists) = MANIFEST.split_once("\n\n").unwrap();
    folder
        .write("base/lists.yaml", lists)
        .write("base/.ignored.yaml", "not: read")
        .write("base/notes.txt", "not read")
        .write("prod.yaml", format!("{header}\nvars: {{}}\n"))
        .write("dev.yaml", header.replace("111122223333", "444455556666"));
    let lines = [
        "validate base prod.yaml",
        "validate base prod.yaml base/lists.yaml",
        "validate base",
        "validate base prod.yaml dev.yaml",
        "plan base prod.yaml --sandbox s --account 444455556666",
        "plan base prod.yaml --sandbox s --region us-east-1",
        "validate base prod.yaml --account 444455556666",
    ];
    expect("environments", &folder.transcript(&lines));
}

#[test]
fn the_target_must_be_known_before_anything_is_asked() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", MANIFEST)
        .write("no-account.yaml", MANIFEST.replace("account: \"111122223333\"\n", ""))
        .write("no-region.yaml", MANIFEST.replace("region: eu-central-1\n", ""));
    let lines = [
        "plan",
        "apply --yes no-account.yaml",
        "plan no-region.yaml",
        "plan no-region.yaml --sandbox s",
        "plan --profile nobody",
        "plan --endpoint-url nonsense",
    ];
    expect("target", &folder.transcript(&lines));
    assert!(!folder.path().join("s.lock").exists());
}

#[test]
fn neither_the_environments_region_nor_its_endpoint_is_taken_unseen() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", MANIFEST)
        .write("no-region.yaml", MANIFEST.replace("region: eu-central-1\n", ""));
    let mut command = folder.command("plan no-region.yaml --sandbox s");
    let output =
        command.env("AWS_REGION", "eu-west-1").env("AWS_DEFAULT_REGION", "eu-west-1").output().unwrap();
    let said = "error: no region is set\n  help: set `region` in the manifest's header, or use --region\n";
    assert_eq!((output.status.code(), &*String::from_utf8_lossy(&output.stderr)), (Some(1), said));
    // An empty one makes the SDK panic.
    for (name, url) in
        [("AWS_ENDPOINT_URL", "localhost:4566"), ("AWS_ENDPOINT_URL_STS", ""), ("AWS_ENDPOINT_URL", "")]
    {
        let output = folder.command("plan").env(name, url).output().unwrap();
        let said = format!(
            "error: `{url}` is not the URL of an endpoint\n  help: a URL looks like \
             https://cloudtrail.example:4566; check {name}, or unset it\n"
        );
        assert_eq!(
            (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()),
            (Some(1), said)
        );
    }
}

/// An explicit flag wins over the environment, and a mistyped one is no invitation to take other credentials.
#[test]
fn a_profile_that_is_named_is_the_one_that_is_used() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST).write(
        ".aws/credentials",
        "[ops]\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = secret\n[bare]\nregion = eu-west-1\n",
    );
    let (url, asked) = sts_of("999988887777");
    let run = |line: &str| {
        let mut command = folder.command(line);
        command.env("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT").env("AWS_SECRET_ACCESS_KEY", "secret");
        command.env("AWS_ENDPOINT_URL", &url).output().unwrap()
    };
    for (line, key) in [("plan", "AKIDENVIRONMENT"), ("plan --profile ops", "AKIDPROFILE")] {
        assert_eq!(run(line).status.code(), Some(1), "{line}");
        let request = asked.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(request.contains(&format!("Credential={key}/")), "{line}: {request}");
    }
    let lines = ["plan --profile opps", "plan --profile bare"];
    let told: String = lines.iter().map(|line| told(line, &run(line))).collect();
    expect("profile", &told);
    assert!(asked.try_recv().is_err(), "nobody was asked as somebody else");
}

/// An endpoint that says whose credentials these are, and tells what it was asked.
fn sts_of(account: &str) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = format!(
        r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/ops</Arn><UserId>AIDA</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"#
    );
    let (told, asked) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let mut request = vec![0; 64 * 1024];
            let length = stream.read(&mut request).unwrap();
            told.send(String::from_utf8_lossy(&request[..length]).into_owned()).unwrap();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, asked)
}

#[test]
fn the_wrong_account_is_asked_for_nothing_but_its_name() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let (url, asked) = sts_of("999988887777");
    for line in ["plan", "apply --yes", "drift"] {
        let mut command = folder.command(line);
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret");
        let output = command.env("AWS_ENDPOINT_URL", &url).output().unwrap();
        expect("wrong-account", &told("", &output));
        let request = asked.recv_timeout(Duration::from_secs(5)).unwrap();
        assert!(request.contains("Action=GetCallerIdentity") || request.contains("AWS4-HMAC"), "{request}");
    }
    assert!(asked.try_recv().is_err(), "nothing else was asked");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let plan = || folder.run("plan --sandbox s").stdout;
    assert_eq!(plan(), plan());
    let first = folder.transcript(&["apply --sandbox a --yes"]);
    assert_eq!(first.replace("sandbox a", "sandbox b"), folder.transcript(&["apply --sandbox b --yes"]));
    assert_eq!(
        std::fs::read(folder.path().join("a")).unwrap(),
        std::fs::read(folder.path().join("b")).unwrap()
    );
}

#[test]
fn colour_comes_only_where_it_is_asked_for_and_changes_no_word() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let plain = folder.run("plan --sandbox s").stdout;
    assert!(!plain.contains(&0x1b));
    let colored = folder.run("plan --sandbox s --color always").stdout;
    assert!(colored.contains(&0x1b));
    assert_eq!(anstream::adapter::strip_bytes(&colored).into_vec(), plain);
}

#[test]
fn a_reader_who_goes_away_is_no_trouble() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", MANIFEST);
    let mut child = folder
        .command("plan --sandbox s --detailed-exitcode")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(2));
}

/// Two warnings, one of them silenced, and no error.
const WARNED: &str = r#"version: 1
name: security-baseline
account: "111122223333"
region: us-east-1
trails:
  - name: audit
    s3BucketName: acme-trail-logs
    isMultiRegionTrail: true # trailkeeper: allow TK108
  - name: payments # trailkeeper: allow TK108 the bucket has an object lock
    s3BucketName: acme-payments-logs
    isLogging: false # trailkeeper: allow TK109
"#;

#[test]
fn warnings_are_silenced_in_sight_and_denied_on_request() {
    let folder = Folder::new();
    folder
        .write("trailkeeper.yaml", WARNED)
        .write("bad.yaml", WARNED.replace("acme-trail-logs", "Acme: \"100%\""));
    let lines = [
        "validate",
        "validate --deny-warnings",
        "plan --sandbox s --deny-warnings --quiet",
        "plan --sandbox s --quiet",
        "validate --format json",
        "validate --format github",
        "validate --format github bad.yaml",
    ];
    expect("silence", &folder.transcript(&lines));
}

#[test]
fn codes_are_explained() {
    let folder = Folder::new();
    expect(
        "explain",
        &folder.transcript(&[
            "validate --explain TK224",
            "validate --explain tk012",
            "validate --explain TK999",
        ]),
    );
    let all = folder.run("validate --explain all").stdout;
    let all = String::from_utf8(all).unwrap();
    assert_eq!(all.matches("  fix:").count(), trailkeeper::manifest::rules().len());
}

#[test]
fn code_scanning_takes_the_problems() {
    let folder = Folder::new();
    folder.write("trailkeeper.yaml", WARNED);
    let output = folder.run("validate --format sarif --deny-warnings");
    assert_eq!(output.status.code(), Some(1));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = document["runs"][0]["results"].as_array().unwrap();
    let told: Vec<(&str, &str, u64, bool)> = results
        .iter()
        .map(|result| {
            let region = &result["locations"][0]["physicalLocation"]["region"];
            let line = region["startLine"].as_u64().unwrap();
            (
                result["ruleId"].as_str().unwrap(),
                result["level"].as_str().unwrap(),
                line,
                !result["suppressions"].as_array().unwrap().is_empty(),
            )
        })
        .collect();
    let expected = [
        ("TK108", "error", 6, false),
        ("TK043", "error", 8, false),
        ("TK108", "warning", 9, true),
        ("TK109", "warning", 11, true),
    ];
    assert_eq!(told, expected);
}

#[test]
fn every_shell_completes_and_bash_takes_what_it_is_given() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = folder.run(&format!("completions {shell}"));
        assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {output:?}");
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("max-bytes") && script.contains("iam-policy"), "{shell}: {script}");
        folder.write(shell, script);
    }
    let script = ". ./bash; COMP_WORDS=(trailkeeper dr); COMP_CWORD=1; _trailkeeper trailkeeper dr; echo ${COMPREPLY[@]}";
    let output =
        std::process::Command::new("bash").args(["-c", script]).current_dir(folder.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "drift\n", "{output:?}");
}
