//! What no client should send draws an error as AWS would word it: never a 500, never a panic.

use super::wire::raw;
use super::{ACCOUNT, HOME, Server};
use crate::cli::Folder;
use crate::emulator::code;
use std::net::SocketAddr;

fn signed(service: &str) -> String {
    format!("authorization: AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{HOME}/{service}/aws4_request\r\n")
}

/// Status and body of a request with this head, these headers and this body.
fn ask(address: SocketAddr, head: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let mut request = format!(
        "{head} HTTP/1.1\r\nhost: sandbox\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    let answer = raw(address, &request);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect(&answer);
    (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

#[test]
fn odd_requests_draw_errors_that_say_what_is_odd() {
    let folder = Folder::new();
    let server = Server::start(&folder, "");
    let address = server.address;
    let target = "x-amz-target: CloudTrail_20131101.CreateTrail\r\n";
    let call = format!("{}{target}", signed("cloudtrail"));
    let deep = "[".repeat(200_000);
    let long = format!("{{\"Name\":\"{}\",\"S3BucketName\":\"logs\"}}", "a".repeat(3_000_000));
    let cases: [(&str, &str, &[u8], u16, &str); 15] = [
        ("POST /", "", b"{}", 400, "MissingAuthenticationToken"),
        ("POST /", "authorization: Basic eA==\r\n", b"{}", 400, "MissingAuthenticationToken"),
        ("POST /", "authorization: x Credential=a/b\r\n", b"{}", 400, "IncompleteSignature"),
        ("POST /", &signed("cloudtrail"), b"{}", 400, "UnknownOperationException"),
        ("POST /", &signed("dynamodb"), b"{}", 400, "UnknownOperationException"),
        ("POST /", &signed("sts"), b"\xff\xfe=", 400, "InvalidParameterValue"),
        ("POST /", &signed("sts"), b"", 400, "MissingAction"),
        ("POST /", &call, b"{", 400, "SerializationException"),
        ("POST /", &call, b"\x00\xff", 400, "SerializationException"),
        ("POST /", &call, b"[]", 400, "SerializationException"),
        ("POST /", &call, deep.as_bytes(), 400, "SerializationException"),
        ("POST /", &call, long.as_bytes(), 400, "InvalidTrailNameException"),
        ("GET /", &call, b"", 400, "UnknownOperationException"),
        ("DELETE /trails/audit?x=%zz", &call, b"{}", 400, "UnknownOperationException"),
        ("GET /_sandbox/reset", "", b"", 405, "MethodNotAllowed"),
    ];
    for (head, headers, body, status, code) in cases {
        let (found, text) = ask(address, head, headers, body);
        assert!(found == status && text.contains(code), "{head} {headers}: {found} {text}");
    }
    let (status, text) = ask(address, "POST /", &call, &vec![b' '; 9_000_000]);
    assert!(status == 413 && text.contains("RequestEntityTooLargeException"), "{status} {text}");
    assert!(raw(address, b"nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
    // It is still there.
    assert_eq!(ask(address, "GET /_sandbox/state", "", b"").0, 200);
}

/// Queries, imports and generated queries need recorded events, of which there are none.
#[tokio::test]
async fn operations_on_recorded_data_are_not_supported() {
    let folder = Folder::new();
    let server = Server::start(&folder, "");
    let client = server.client(ACCOUNT, HOME);
    let unsupported = "UnsupportedOperationException";
    assert_eq!(code(client.start_query().query_statement("SELECT 1").send().await), unsupported);
    assert_eq!(code(client.list_imports().send().await), unsupported);
    assert_eq!(code(client.generate_query().event_data_stores("x").prompt("y").send().await), unsupported);
    assert_eq!(code(client.start_dashboard_refresh().dashboard_id("x").send().await), unsupported);
    assert_eq!(client.list_public_keys().send().await.unwrap().public_key_list(), []);
}
