//! The server as a process: how it begins and ends, what survives it, and trailkeeper itself as its client.

use super::wire::raw;
use super::{ACCOUNT, HOME, Server};
use crate::cli::{Folder, told};
use crate::emulator::code;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// trailkeeper with a server's URL in the environment, as other clients of AWS take it.
fn client(folder: &Folder, server: &Server, line: &str) -> Command {
    let mut command = folder.command(line);
    command.env("AWS_ENDPOINT_URL", server.url()).env("AWS_REGION", HOME);
    command.env("AWS_ACCESS_KEY_ID", ACCOUNT).env("AWS_SECRET_ACCESS_KEY", "secret");
    command
}

fn last_line(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().last().unwrap_or_default().to_owned();
    assert!(!line.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), line)
}

/// The examples, over HTTP at the published pace; the sandbox that a file holds is the same as over `--sandbox`.
#[test]
fn trailkeeper_applies_its_examples_over_http() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for (example, plan) in [
        ("baseline.yaml", "Plan: 1 to create, 0 to update, 0 to replace, 0 to delete, 0 to adopt."),
        ("partner-integration", "Plan: 3 to create, 0 to update, 0 to replace, 0 to delete, 0 to adopt."),
    ] {
        let folder = Folder::new();
        let server = Server::start(&folder, "--state account.yaml --enforce-limits");
        let manifest = examples.join(example).display().to_string();
        let run = |line: &str| last_line(&mut client(&folder, &server, line));
        assert_eq!(run(&format!("plan {manifest}")), (Some(0), plan.to_owned()));
        assert_eq!(run(&format!("apply {manifest} --yes --quiet")).0, Some(0));
        let (exit, line) =
            run(&format!("plan {manifest} --detailed-exitcode --endpoint-url {}", server.url()));
        assert!(exit == Some(0) && line.starts_with("No changes."), "{exit:?} {line}");
        let shown = folder.run("sandbox show --state account.yaml").stdout;
        assert!(String::from_utf8_lossy(&shown).contains("userAgent: trailkeeper/"));
        server.kill();
        let (exit, line) = last_line(
            &mut folder.command(&format!("plan {manifest} --detailed-exitcode --sandbox account.yaml")),
        );
        assert!(exit == Some(0) && line.starts_with("No changes."), "{exit:?} {line}");
    }
}

/// Whatever was answered is there after `kill -9`, between the calls or in the middle of one.
#[tokio::test]
async fn a_kill_loses_nothing_that_was_answered() {
    let folder = Folder::new();
    let mut answered = Vec::new();
    for round in 0..4 {
        let server = Server::start(&folder, "--state account.yaml");
        let client = server.client(ACCOUNT, HOME);
        let calls = tokio::spawn(async move {
            let mut answered = Vec::new();
            for call in 0.. {
                let region = format!("us-test-{call}");
                let name = format!("trail-{round}-{call}");
                let config =
                    client.config().to_builder().region(aws_sdk_cloudtrail::config::Region::new(region));
                let config = config.retry_config(aws_sdk_cloudtrail::config::retry::RetryConfig::disabled());
                let create = aws_sdk_cloudtrail::Client::from_conf(config.build()).create_trail();
                match create.name(&name).s3_bucket_name("logs").send().await {
                    Ok(answer) => answered.push(answer.trail_arn.unwrap()),
                    Err(_) => break,
                }
            }
            answered
        });
        tokio::time::sleep(Duration::from_millis(150 + 70 * round)).await;
        server.kill();
        answered.extend(calls.await.unwrap());
    }
    assert!(answered.len() > 8, "too slow a machine: {}", answered.len());
    let server = Server::start(&folder, "--state account.yaml");
    let client = server.client(ACCOUNT, HOME);
    for arn in answered {
        client.get_trail().name(&arn).send().await.unwrap_or_else(|error| panic!("{arn}: {error:?}"));
    }
}

/// SIGTERM ends it with 0, while a client keeps its connection open.
#[cfg(unix)]
#[tokio::test]
async fn a_signal_ends_it_cleanly() {
    for signal in ["-TERM", "-INT"] {
        let folder = Folder::new();
        let mut server = Server::start(&folder, "--state account.yaml");
        let client = server.client(ACCOUNT, HOME);
        client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
        let begun = Instant::now();
        let id = server.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
        assert!(folder.run("sandbox show --state account.yaml").status.success());
    }
}

/// Both paths clear the state, of the file too; and so do `sandbox reset` and `sandbox show` look.
#[tokio::test]
async fn a_reset_begins_again() {
    let folder = Folder::new();
    let server = Server::start(&folder, "--state account.yaml");
    let client = server.client(ACCOUNT, HOME);
    let url = server.url();
    let show = |folder: &Folder, from: &str| {
        let output = folder.run(&format!("sandbox show {from}"));
        String::from_utf8(output.stdout).unwrap()
    };
    for path in ["/_sandbox/reset", "/moto-api/reset", ""] {
        client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
        let state = show(&folder, &format!("--endpoint-url {url}"));
        assert!(state.contains("audit"), "{state}");
        assert_eq!(show(&folder, "--state account.yaml"), state, "a file in use can be looked at");
        if path.is_empty() {
            let output = folder.run(&format!("sandbox reset --endpoint-url {url}"));
            let told = told("sandbox reset", &output).replace(&url, "URL");
            assert_eq!(told, "$ trailkeeper sandbox reset\nthe sandbox at URL is empty now\n[exit 0]\n\n");
        } else {
            let head =
                format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
            let answer = raw(server.address, head.as_bytes());
            assert!(
                answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(r#"{"status": "ok"}"#),
                "{answer}"
            );
        }
        let empty = "# A trailkeeper sandbox: an embedded AWS account.\nformatVersion: 1\nclock: 0\nids: 0\n\
                     accounts: {}\n# end of sandbox\n";
        assert_eq!(show(&folder, "--state account.yaml"), empty);
    }
    let locked = folder.run("sandbox reset --state account.yaml");
    assert_eq!(locked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&locked.stderr).contains("another process is using it"));
    client.create_trail().name("audit").s3_bucket_name("logs").send().await.unwrap();
    server.kill();
    assert!(folder.run("sandbox reset --state account.yaml").status.success());
    assert!(!show(&folder, "--state account.yaml").contains("audit"));
}

/// Faults, latency and rates are the server's.
#[tokio::test]
async fn misfortunes_can_be_asked_for() {
    let folder = Folder::new();
    let faults = "- {on: CreateTrail, then: denied}\n- {on: StopLogging, nth: 1, then: reset}\n";
    folder.write("faults.yaml", faults);
    let server = Server::start(&folder, "--faults faults.yaml --latency 80 --enforce-limits");
    let client = server.client(ACCOUNT, HOME);
    let begun = Instant::now();
    let create = client.create_trail().name("audit").s3_bucket_name("logs").send().await;
    assert_eq!(code(create), "AccessDeniedException");
    assert!(begun.elapsed() >= Duration::from_millis(80));
    assert_eq!(
        code(client.stop_logging().name("audit").send().await),
        "TrailNotFoundException",
        "tried again"
    );
    let once = client.config().to_builder();
    let once = once.retry_config(aws_sdk_cloudtrail::config::retry::RetryConfig::disabled()).build();
    let once = aws_sdk_cloudtrail::Client::from_conf(once);
    let start = || once.start_logging().name("audit").send();
    assert_eq!(code(start().await), "TrailNotFoundException");
    assert_eq!(code(start().await), "ThrottlingException");
}

/// What cannot be begun is told, with a way out.
#[test]
fn what_cannot_be_begun_is_told() {
    let folder = Folder::new();
    folder.write("faults.yaml", "- {on: CreateTrail, then: explode}\n");
    folder.write("other.yaml", "version: 1\n");
    let server = Server::start(&folder, "--state account.yaml");
    let url = server.url();
    let lines = [
        "sandbox serve --state account.yaml",
        "sandbox serve --state other.yaml",
        "sandbox serve --state nowhere/account.yaml",
        "sandbox serve --faults faults.yaml",
        "sandbox serve --faults none.yaml",
        &format!("sandbox serve --listen {}", server.address),
        "sandbox serve --listen everywhere",
        "sandbox show",
        "sandbox show --state none.yaml",
        "sandbox show --endpoint-url https://sandbox",
        "sandbox reset --endpoint-url http://127.0.0.1:9",
        "sandbox show --sandbox account.yaml",
    ];
    let transcript = folder.transcript(&lines).replace(&server.address.to_string(), "127.0.0.1:PORT");
    crate::cli::expect("sandbox", &transcript.replace(&url, "URL"));
}

/// What may not be listed is a note, because drift is known without it.
#[test]
fn drift_says_that_it_may_not_list_the_trails_of_other_regions() {
    let folder = Folder::new();
    folder.write("faults.yaml", "[{on: ListTrails, then: denied}]\n").write(
        "trailkeeper.yaml",
        format!("version: 1\nname: acme\naccount: \"{ACCOUNT}\"\nregion: {HOME}\nlint: {{allow: [TK108]}}\ntrails:\n  - {{name: audit, s3BucketName: logs}}\n"),
    );
    let server = Server::start(&folder, "--faults faults.yaml");
    assert_eq!(client(&folder, &server, "apply --yes -q").output().unwrap().status.code(), Some(0));
    let output = client(&folder, &server, "drift --unmanaged -q").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("unread:                             trails of other regions: "), "{said}");
    assert!(said.contains("cloudtrail:ListTrails"), "{said}");
    assert!(said.ends_with("\n\nNo drift, 0 unmanaged. 1 resource checked.\n"), "{said}");
}
