//! Lab: an emulated account, manifests, and what the pipeline makes of them. The only place that calls the API,
//! so that the tests beside it survive its changes.

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::path::Path;
use trailkeeper::apply::{self, Applied, StepResult, Verified};
use trailkeeper::aws::{ConnectError, ConnectOptions, Reader, Writer, connect};
use trailkeeper::emulator::{CallRecord, Emulator};
use trailkeeper::manifest::{Manifest, SourceFile};
use trailkeeper::name::{Date, Region, Time};
use trailkeeper::plan::drift::drift;
use trailkeeper::plan::unmanaged::unmanaged;
use trailkeeper::plan::{Decision, Plan, Verb, decide};
use trailkeeper::report::style::Style;
use trailkeeper::report::{Seen, text};
use trailkeeper::resource::{Guard, Key};
use trailkeeper::state::{Desired, Live, RunOptions};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "us-east-1";

/// An emulated account, reached through the real SDK.
#[derive(Clone)]
pub(crate) struct Lab {
    pub(crate) emulator: Emulator,
    /// What leads to it: itself, or a socket.
    connector: SharedHttpConnector,
}

/// Runs a test's future on a paused clock: back-off and polling take no time.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().unwrap().block_on(Box::pin(future))
}

/// A manifest of one text.
pub(crate) fn parse(text: &str) -> Result<Manifest, String> {
    let source =
        SourceFile::decode("manifest.yaml", text.as_bytes()).map_err(|problem| format!("{problem:?}"))?;
    Manifest::parse(&[source]).map_err(|problems| format!("{problems:#?}"))
}

/// What a manifest of one text asks of [`ACCOUNT`]; policy files are looked for in `folder`.
pub(crate) fn desired(text: &str, folder: &Path) -> Result<Desired, String> {
    let manifest = parse(text)?;
    let read = |path: &String| fs::read(folder.join(path)).map_err(|error| error.to_string());
    let policies: BTreeMap<_, _> = manifest
        .files(&manifest.stand_in_target())
        .into_iter()
        .map(|path| (path.clone(), read(&path)))
        .collect();
    let resolved = manifest.resolve(&manifest.stand_in_target(), &policies);
    resolved.map(|resolved| resolved.desired).map_err(|problems| format!("{problems:#?}"))
}

/// Nothing allowed, nothing pruned.
pub(crate) fn careful() -> RunOptions {
    let today = Date::parse("2026-11-20").unwrap();
    RunOptions { prune: false, max_deletes: None, allow: Default::default(), today }
}

/// Everything allowed for these resources.
pub(crate) fn bold<'a>(keys: impl IntoIterator<Item = &'a Key>) -> RunOptions {
    let keys = keys.into_iter().flat_map(|key| std::iter::once(key.clone()).chain(key.policy()));
    let pairs = keys.flat_map(|key| Guard::ALL.into_iter().map(move |guard| (guard, key.clone())));
    RunOptions { allow: pairs.collect(), ..careful() }
}

/// What came of an apply.
pub(crate) struct Run {
    pub(crate) applied: Applied,
    pub(crate) verified: Verified,
    /// The writing calls that the service saw, in order.
    pub(crate) writes: Vec<CallRecord>,
}

impl Lab {
    pub(crate) fn new() -> Lab {
        Lab::of(Emulator::new(ACCOUNT))
    }

    /// An account as a snapshot says.
    pub(crate) fn restore(snapshot: &str) -> Lab {
        Lab::of(Emulator::restore(snapshot, ACCOUNT).unwrap_or_else(|error| panic!("{error}")))
    }

    pub(crate) fn of(emulator: Emulator) -> Lab {
        Lab { connector: SharedHttpConnector::new(emulator.clone()), emulator }
    }

    /// The same account, served on a socket. The clock must run.
    pub(crate) async fn over_http(self) -> Lab {
        Lab { connector: crate::serve::wire::served(&self.emulator).await, ..self }
    }

    pub(crate) async fn reader(&self) -> Reader {
        self.connect().await.unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) async fn connect(&self) -> Result<Reader, ConnectError> {
        let connector = self.connector.clone();
        let options = ConnectOptions {
            region: Region::parse(REGION),
            profile: None,
            endpoint_url: None,
            manifest: "acme".to_owned(),
            sandbox: Some(http_client_fn(move |_, _| connector.clone())),
            paced: false,
        };
        connect(options).await
    }

    pub(crate) async fn try_reader(&self) -> Result<Reader, String> {
        self.connect().await.map_err(|error| error.to_string())
    }

    /// The account as it is read for this manifest.
    pub(crate) async fn read(&self, desired: &Desired) -> Result<Live, String> {
        let reader = self.try_reader().await?;
        reader.read(&desired.asks()).await.map_err(|error| error.to_string())
    }

    pub(crate) async fn decide(&self, desired: &Desired, options: &RunOptions) -> Decision {
        let live = self.read(desired).await.unwrap_or_else(|error| panic!("{error}"));
        decide(desired, &live, options).unwrap_or_else(|conflicts| panic!("{conflicts:?}"))
    }

    /// None when the ownership tags do not tell who is who.
    pub(crate) async fn try_decide(
        &self,
        desired: &Desired,
        options: &RunOptions,
    ) -> Result<Option<Decision>, String> {
        Ok(decide(desired, &self.read(desired).await?, options).ok())
    }

    pub(crate) async fn plan(&self, desired: &Desired, options: &RunOptions) -> Plan {
        self.decide(desired, options).await.plan
    }

    /// What `drift` says at six o'clock of the emulator's first day, with `--unmanaged` if asked.
    pub(crate) async fn drift_text(&self, desired: &Desired, with_unmanaged: bool) -> String {
        let live = self.read(desired).await.unwrap_or_else(|error| panic!("{error}"));
        let plan = decide(desired, &live, &careful()).unwrap_or_else(|trouble| panic!("{trouble:?}")).plan;
        let strangers = if with_unmanaged {
            let elsewhere = self.reader().await.trails_elsewhere().await.unwrap();
            Some(unmanaged(&plan, desired, &live, &elsewhere))
        } else {
            None
        };
        let now = Time::from_unix(1_767_225_600 + 6 * 60 * 60).unwrap();
        let drift = drift(&plan, &live, now);
        let unmanaged = strangers.as_deref();
        text::drift(&Seen { plan: &plan, drift: &drift, who: None, unmanaged, now }, Style::default())
    }

    /// Applies a plan that nothing refuses, and reads again.
    pub(crate) async fn apply(&self, desired: &Desired, options: &RunOptions) -> Run {
        let reader = self.reader().await;
        let decision = self.decide(desired, options).await;
        assert!(!decision.plan.is_refused(), "refused: {:#?}", decision.plan.refusals);
        let (applied, writes) = self.carry_out(&decision, &reader).await;
        let patience = apply::patience(true);
        let verified = apply::verify(&decision.plan, &applied, desired, options, &reader, &patience).await;
        Run { applied, verified, writes }
    }

    /// Performs the steps of a decision, and answers also the writing calls that the service saw.
    pub(crate) async fn carry_out(&self, decision: &Decision, reader: &Reader) -> (Applied, Vec<CallRecord>) {
        let Decision { plan, bindings } = decision;
        let before = self.emulator.calls().len();
        let writer = Writer::new(reader);
        let applied = apply::apply(plan, bindings.clone(), &writer, &mut |_| (), &|| false).await;
        (applied, self.writes_since(before))
    }

    /// Applies, and holds that every step was done, that the account says so, and that the service saw
    /// exactly the plan's calls with the plan's requests.
    pub(crate) async fn apply_cleanly(&self, desired: &Desired, options: &RunOptions) -> Run {
        let Decision { plan, bindings } = self.decide(desired, options).await;
        let run = self.apply(desired, options).await;
        for outcome in &run.applied.outcomes {
            assert_eq!(outcome.result, StepResult::Done, "step {} of {plan:#?}", outcome.step);
        }
        assert!(is_as_planned(&plan, &run.verified), "still differs: {:#?}", run.verified);
        assert_eq!(seen(&run.writes), planned(&plan, bindings, &run.applied), "the calls are not the plan's");
        run
    }

    pub(crate) fn writes_since(&self, before: usize) -> Vec<CallRecord> {
        let reading = |call: &CallRecord| {
            ["Get", "List", "Describe", "Lookup"].iter().any(|verb| call.operation.starts_with(verb))
        };
        self.emulator.calls().into_iter().skip(before).filter(|call| !reading(call)).collect()
    }

    /// A call by somebody else, straight to the service. `{channel/okta}` in a string stands for that ARN,
    /// `{eventDataStore/lake.id}` for the id at its end.
    pub(crate) async fn call(&self, operation: &str, request: &Value) -> Result<Value, String> {
        self.call_with(ACCOUNT, operation, request).await
    }

    /// The same by `session`, who assumes the role `admin`.
    pub(crate) async fn call_as(
        &self,
        session: &str,
        operation: &str,
        request: &Value,
    ) -> Result<Value, String> {
        let role = format!("arn:aws:iam::{ACCOUNT}:role/admin");
        let form = format!("Action=AssumeRole&RoleArn={role}&RoleSessionName={session}");
        let keys = self.send(ACCOUNT, "sts", "", form).await?;
        let (_, rest) = keys.split_once("<AccessKeyId>").ok_or("no key")?;
        let (key, _) = rest.split_once('<').ok_or("no key")?;
        self.call_with(key, operation, request).await
    }

    async fn call_with(&self, key: &str, operation: &str, request: &Value) -> Result<Value, String> {
        let mut body = request.to_string();
        for (kind, list, member, arn) in [
            ("eventDataStore", "ListEventDataStores", "EventDataStores", "EventDataStoreArn"),
            ("channel", "ListChannels", "Channels", "ChannelArn"),
        ] {
            if body.contains(&format!("{{{kind}/")) {
                for named in self.listed(key, list, member).await? {
                    let name = format!("{{{kind}/{}", named["Name"].as_str().unwrap_or_default());
                    let arn = named[arn].as_str().unwrap_or_default();
                    let id = arn.rsplit('/').next().unwrap_or_default();
                    body = body.replace(&format!("{name}}}"), arn).replace(&format!("{name}.id}}"), id);
                }
            }
        }
        self.raw(key, operation, body).await
    }

    /// Every entry of a list, over all of its pages.
    async fn listed(&self, key: &str, list: &str, member: &str) -> Result<Vec<Value>, String> {
        let mut entries = Vec::new();
        let mut request = serde_json::json!({});
        loop {
            let page = self.raw(key, list, request.to_string()).await?;
            entries.extend(page[member].as_array().into_iter().flatten().cloned());
            match page["NextToken"].as_str() {
                Some(token) => request = serde_json::json!({"NextToken": token}),
                None => return Ok(entries),
            }
        }
    }

    async fn raw(&self, key: &str, operation: &str, body: String) -> Result<Value, String> {
        let answer = self.send(key, "cloudtrail", operation, body).await?;
        Ok(serde_json::from_str(&answer).unwrap_or(Value::Null))
    }

    /// The body of an answer, or that of a refusal as the error.
    async fn send(&self, key: &str, service: &str, operation: &str, body: String) -> Result<String, String> {
        let mut call = HttpRequest::new(SdkBody::from(body));
        call.set_method("POST").unwrap();
        let target = format!("CloudTrail_20131101.{operation}");
        call.headers_mut().insert("x-amz-target", target);
        call.headers_mut().insert("content-type", "application/x-amz-json-1.1");
        let scope = format!("AWS4-HMAC-SHA256 Credential={key}/20260101/{REGION}/{service}/aws4_request");
        call.headers_mut().insert("authorization", scope);
        let answer = self.connector.call(call).await.map_err(|error| format!("{error:?}"))?;
        let text = String::from_utf8_lossy(answer.body().bytes().unwrap_or_default()).into_owned();
        if answer.status().is_success() { Ok(text) } else { Err(text) }
    }
}

/// The requests that the service saw.
pub(crate) fn seen(writes: &[CallRecord]) -> Vec<(String, Value)> {
    writes.iter().map(|call| (call.operation.clone(), call.request.clone())).collect()
}

/// The requests that the plan holds, with the ARNs that became known on the way.
pub(crate) fn planned(
    plan: &Plan,
    mut bindings: trailkeeper::state::Bindings,
    applied: &Applied,
) -> Vec<(String, Value)> {
    let mut requests = Vec::new();
    for step in &plan.steps {
        let call = step.action.call();
        if call.name().starts_with("Delete") && !step.key.is_policy() {
            requests
                .push((call.name().to_owned(), step.action.request(&step.key, &|text| bindings.spell(text))));
            bindings.unbind(&step.key);
            continue;
        }
        if let (true, Some(arn)) = (bindings.arn(&step.key).is_none(), applied.created.get(&step.key.bound()))
            && !call.name().starts_with("Create")
        {
            bindings.bind(&step.key, arn.clone());
        }
        for key in applied.created.keys() {
            if bindings.arn(key).is_none() && references(&step.action, key) {
                bindings.bind(key, applied.created[key].clone());
            }
        }
        requests.push((call.name().to_owned(), step.action.request(&step.key, &|text| bindings.spell(text))));
    }
    requests
}

/// Whether nothing differs but what a restored store leaves to the next plan.
pub(crate) fn is_as_planned(plan: &Plan, verified: &Verified) -> bool {
    let Verified { still, trouble } = verified;
    let restored = |key: &Key| plan.changes.get(key).is_some_and(|planned| planned.verb == Verb::Restore);
    trouble.is_none() && still.keys().all(|key| plan.waiting.contains(key) || restored(key))
}

/// Whether the request speaks of this resource.
fn references(action: &trailkeeper::resource::Action, key: &Key) -> bool {
    let word = format!("${{{}.{}.", key.kind.plural(), key.name);
    let of_none = Key::parse("trail/-").unwrap();
    action.request(&of_none, &|text| text.to_string()).to_string().contains(&word)
}

/// The text of a plan, as a terminal without colours shows it.
pub(crate) fn plan_text(plan: &Plan) -> String {
    text::plan(plan, Style::default())
}

/// Until when a store can be restored that is deleted at nine o'clock on 2026-11-20.
pub(crate) const RESTORABLE_UNTIL: &str = "2026-11-27T09:00:00Z";

/// The text of what came of a plan.
pub(crate) fn applied_text(plan: &Plan, run: &Run) -> String {
    text::applied(plan, &run.applied, &run.verified, RESTORABLE_UNTIL, Style::default())
}

/// Compares with a file, or writes it when `UPDATE_EXPECTED` is set.
pub(crate) fn expect_file(path: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path, actual).unwrap();
        return Ok(());
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    let name = path.display();
    Err(format!("{name} (UPDATE_EXPECTED=1 rewrites it)\n--- expected\n{expected}\n--- actual\n{actual}"))
}
