//! `sandbox serve`: the real binary, asked over HTTP by the SDK, by trailkeeper itself, and by requests that
//! nobody should send.

pub(crate) mod wire;

mod accounts;
mod errors;
mod events;
mod process;
mod scenarios;
mod who;

use crate::cli::Folder;
use aws_config::Region;
use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::config::{BehaviorVersion, Config, Credentials};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Stdio};

/// A server process; it is killed when the test is done with it.
pub(crate) struct Server {
    child: Child,
    _stdout: BufReader<ChildStdout>,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts `sandbox serve` in the folder and waits for its first line.
    pub(crate) fn start(folder: &Folder, args: &str) -> Server {
        let mut command = folder.command(&format!("sandbox serve --listen 127.0.0.1:0 {args}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://").expect(&line).parse().unwrap();
        Server { child, _stdout: stdout, address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// As `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A client of an account, which is its access key, in a region.
    pub(crate) fn client(&self, account: &str, region: &str) -> Client {
        self.client_with(Credentials::new(account, "secret", None, None, "test"), region)
    }

    pub(crate) fn client_with(&self, credentials: Credentials, region: &str) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .endpoint_url(self.url())
            .credentials_provider(credentials)
            .build();
        Client::from_conf(config)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, or not: either is right.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";
pub(crate) const HOME: &str = "us-east-1";
