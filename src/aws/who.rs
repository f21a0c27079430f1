//! Who changed what, from LookupEvents, with as few calls as answer. Which events answer is `state::who`'s to say;
//! here is which are looked up, and how far back.
//!
//! LookupEvents takes one attribute at a time and answers 50 events, newest first, of the last 90 days (API reference).
//! By its ARN a resource gives all that happened to it in one call, but also every read of it, and whether each event is
//! known by ARN, by name or not at all is not documented (unverified). So what the first 50 events do not answer is
//! looked up by the operation's name, which every event has, and the resource is found in the event itself.

use super::connection::Connection;
use super::error::{CallError, Class};
use super::{Reader, read};
use crate::name::Arn;
use crate::resource::Call;
use crate::state::who::{Event, Inquiry, Suspect, Who};
use aws_sdk_cloudtrail::types::{Event as Summary, LookupAttribute, LookupAttributeKey};
use serde_json::Value as Json;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The most pages of events of one name: 500 events, which take five seconds at the published rate.
const PAGES: usize = 10;

/// A member that is absent.
const NOTHING: Json = Json::Null;

impl Reader {
    /// The last writing events behind each difference. `manifest` is the name in our own user agent. Never fails: what
    /// cannot be looked up is said in [`Who::unread`].
    pub async fn who(&self, inquiries: &[Inquiry], manifest: &str) -> Who {
        let mut search = Search {
            connection: &self.connection,
            manifest,
            of_resources: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        let ended = search.run(inquiries).await;
        let unread = ended.err().map(|error| search.told(&error));
        let answered = |inquiry: &&Inquiry| unread.is_none() || search.is_answered(inquiry);
        let answers = inquiries
            .iter()
            .filter(answered)
            .map(|inquiry| {
                let complete = search.is_complete(inquiry);
                (inquiry.key.clone(), inquiry.answer(&search.events(inquiry), manifest, complete))
            })
            .collect();
        Who { answers, unread }
    }
}

/// What has been looked up so far.
struct Search<'a> {
    connection: &'a Connection,
    manifest: &'a str,
    /// The latest events known by an ARN.
    of_resources: BTreeMap<String, Vec<Event>>,
    by_name: BTreeMap<Call, Named>,
}

/// Events of one name, and whether these are all.
#[derive(Default)]
struct Named {
    events: Vec<Event>,
    exhausted: bool,
}

impl Search<'_> {
    async fn run(&mut self, inquiries: &[Inquiry]) -> Result<(), CallError> {
        let arns: BTreeSet<&str> =
            inquiries.iter().filter_map(|inquiry| Some(inquiry.arn.as_ref()?.as_str())).collect();
        // Many resources that one operation changed are one question about the operation.
        if arns.len() <= self.open(inquiries).len() {
            for arn in arns {
                let (events, _) = self.page(LookupAttributeKey::ResourceName, arn, None).await?;
                self.of_resources.insert(arn.to_owned(), events);
            }
        }
        for call in self.open(inquiries) {
            self.look_up_name(call, inquiries).await?;
        }
        let makers: BTreeSet<Call> =
            inquiries.iter().filter_map(|inquiry| self.open_maker(inquiry)).collect();
        for call in makers {
            self.look_up_name(call, inquiries).await?;
        }
        Ok(())
    }

    /// The operations whose events are still needed.
    fn open(&self, inquiries: &[Inquiry]) -> BTreeSet<Call> {
        let open = inquiries.iter().flat_map(|inquiry| {
            // A deletion without a name is understood together with the creations.
            let maker = inquiry.maker.as_ref().filter(|_| inquiry.missing && inquiry.arn.is_none());
            self.open_suspects(inquiry).map(|suspect| suspect.call).chain(maker.map(|maker| maker.call))
        });
        open.collect()
    }

    fn open_suspects<'i>(&self, inquiry: &'i Inquiry) -> impl Iterator<Item = &'i Suspect> {
        let events = self.events(inquiry);
        let open = move |suspect: &&Suspect| !inquiry.is_answered(suspect, &events, self.manifest);
        inquiry.suspects.iter().filter(open).collect::<Vec<_>>().into_iter()
    }

    /// The operation that made it, where only that can still answer and was not looked up.
    fn open_maker(&self, inquiry: &Inquiry) -> Option<Call> {
        let call = inquiry.maker.as_ref()?.call;
        let is_open = !self.is_answered(inquiry) && inquiry.lacks_creation(&self.events(inquiry));
        (is_open && !self.by_name.contains_key(&call)).then_some(call)
    }

    fn is_answered(&self, inquiry: &Inquiry) -> bool {
        self.open_suspects(inquiry).next().is_none()
    }

    /// Whether no other event can answer: neither an older one, nor one in the history of the account that owns what is
    /// an organization's.
    fn is_complete(&self, inquiry: &Inquiry) -> bool {
        let own = &self.connection.target.account;
        if inquiry.arn.as_ref().is_some_and(|arn| arn.account() != own.as_str()) {
            return false;
        }
        let seen_all = |call: Call| self.by_name.get(&call).is_some_and(|named| named.exhausted);
        self.open_suspects(inquiry).all(|suspect| seen_all(suspect.call))
    }

    /// Page by page, until every resource that is asked about and may have been changed by this operation has its event.
    async fn look_up_name(&mut self, call: Call, inquiries: &[Inquiry]) -> Result<(), CallError> {
        let concerned = |inquiry: &Inquiry| {
            let maker = self.open_maker(inquiry);
            self.open_suspects(inquiry).map(|suspect| suspect.call).chain(maker).any(|open| open == call)
        };
        let asked: Vec<&Inquiry> = inquiries.iter().filter(|inquiry| concerned(inquiry)).collect();
        let mut named = Named::default();
        let mut token = None;
        for _ in 0..PAGES {
            let (events, next) = self.page(LookupAttributeKey::EventName, call.name(), token).await?;
            named.events.extend(events);
            named.exhausted = next.is_none();
            token = next;
            let found = |inquiry: &&Inquiry| {
                let mut suspects = inquiry.suspects.iter().filter(|suspect| suspect.call == call);
                let maker = inquiry.maker.as_ref().is_some_and(|maker| maker.call == call);
                suspects.all(|suspect| inquiry.has_newest(suspect, &named.events))
                    && !(maker && inquiry.lacks_creation(&named.events))
            };
            if token.is_none() || (!asked.is_empty() && asked.iter().all(found)) {
                break;
            }
        }
        self.by_name.insert(call, named);
        Ok(())
    }

    /// Everything that may be about this resource, newest first, each event once.
    fn events(&self, inquiry: &Inquiry) -> Vec<Event> {
        let arn = inquiry.arn.as_ref().map(Arn::as_str);
        let of_resource = arn.and_then(|arn| self.of_resources.get(arn)).into_iter().flatten();
        let by_name = self.by_name.values().flat_map(|named| &named.events);
        let mut seen = BTreeSet::new();
        let mut events: Vec<Event> =
            of_resource.chain(by_name).filter(|event| seen.insert(event.id.as_str())).cloned().collect();
        // The sort is stable: within one second the order of the answer is all that is known.
        events.sort_by_key(|event| Reverse(event.time));
        events
    }

    async fn page(
        &self,
        key: LookupAttributeKey,
        value: &str,
        token: Option<String>,
    ) -> Result<(Vec<Event>, Option<String>), CallError> {
        let built = LookupAttribute::builder().attribute_key(key).attribute_value(value).build();
        let attribute = built.map_err(|error| CallError::unbuilt(Call::LookupEvents, value, &error))?;
        let asked = self.connection.cloudtrail.lookup_events().lookup_attributes(attribute);
        let asked = asked.max_results(50).set_next_token(token);
        let answer = self.connection.call(Call::LookupEvents, value, Box::pin(asked.send())).await?;
        let next = read::filled(answer.next_token());
        Ok((answer.events().iter().map(event).collect(), next))
    }

    /// Why not everything is known, in one line.
    fn told(&self, error: &CallError) -> String {
        let way_out = match (error.class, &error.help) {
            (Class::Throttled, _) => {
                "; LookupEvents admits two calls a second in the whole account".to_owned()
            }
            (_, Some(help)) => format!("; {help}"),
            (_, None) => String::new(),
        };
        let error = error.to_string();
        format!("who changed what is not known: {}{way_out}", error.trim_end_matches('.'))
    }
}

/// An event out of its summary and the record in it, which is JSON in a text. What is missing in either is left empty.
fn event(summary: &Summary) -> Event {
    let record: Json =
        summary.cloud_trail_event().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let text = |member: &str| record.get(member).and_then(Json::as_str).unwrap_or_default().to_owned();
    let resources = summary.resources().iter().filter_map(|resource| read::filled(resource.resource_name()));
    Event {
        id: summary.event_id().unwrap_or_default().to_owned(),
        time: read::time(summary.event_time()),
        name: summary.event_name().unwrap_or_default().to_owned(),
        source: summary.event_source().unwrap_or_default().to_owned(),
        principal: principal(&record, summary),
        source_address: text("sourceIPAddress"),
        user_agent: text("userAgent"),
        refused: record.get("errorCode").is_some_and(|code| !code.is_null()),
        request: record.get("requestParameters").unwrap_or(&NOTHING).clone(),
        response: record.get("responseElements").unwrap_or(&NOTHING).clone(),
        resources: resources.collect(),
    }
}

/// Who called. An AWS service has no ARN, and says instead by whom it was invoked (user guide, "userIdentity element").
fn principal(record: &Json, summary: &Summary) -> String {
    let identity = record.get("userIdentity").unwrap_or(&NOTHING);
    let member = |name: &str| identity.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    let known = member("arn").or_else(|| member("invokedBy")).or_else(|| member("userName"));
    let known = known.or_else(|| summary.username()).or_else(|| member("principalId"));
    known.unwrap_or("somebody whom the event does not name").to_owned()
}
