//! A whole manifest: its resources fitted together so that it is valid, and the texts that say it, in one file or
//! several, in any order of blocks and keys.

use super::channel::{SOURCES, channel};
use super::dashboard::dashboard;
use super::event_data_store::{Class, store};
use super::trail::trail;
use super::{
    CHANNELS, CONFIGS, DASHBOARDS, FAR_INSIGHTS, FAR_PARTNER, INSIGHTS, LAKES, PARTNERS, Settings, TRAILS,
    always, list, object, rarely, settings, sometimes, tags, text, word, words,
};
use crate::support::{ACCOUNT, REGION};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use trailkeeper::manifest::{Manifest as Parsed, Problems, SourceFile};
use trailkeeper::name::{AccountId, Region, Target};
use trailkeeper::resource::Key;
use trailkeeper::state::Desired;

/// What a manifest says, before it is written.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    header: Settings,
    /// The entries of each list.
    lists: BTreeMap<&'static str, Vec<Settings>>,
    /// Policy files by path.
    policies: BTreeMap<String, String>,
}

/// What a manifest says about one name.
#[derive(Clone, Debug)]
enum Fate {
    Unknown,
    Declared(Settings),
    Removed(Settings),
}

type Fates = Vec<(&'static str, Fate)>;

fn fate(declared: BoxedStrategy<Settings>) -> impl Strategy<Value = Fate> {
    let removed = settings(vec![rarely("keep", Just(true.into())), rarely("reason", word(&["it is over"]))]);
    prop_oneof![
        4 => Just(Fate::Unknown),
        4 => declared.prop_map(Fate::Declared),
        1 => removed.prop_map(Fate::Removed),
    ]
}

fn fates(
    names: &[&'static str],
    of: impl Fn(usize, &'static str) -> BoxedStrategy<Settings>,
) -> BoxedStrategy<Fates> {
    let names = names.to_vec();
    let each: Vec<_> = names.iter().enumerate().map(|(place, name)| fate(of(place, name))).collect();
    each.prop_map(move |fates| names.iter().copied().zip(fates).collect()).boxed()
}

fn stores() -> BoxedStrategy<Fates> {
    let pools: [(&[&'static str], Class); 4] = [
        (&LAKES, Class::CloudTrail),
        (&INSIGHTS, Class::Insight),
        (&PARTNERS, Class::ActivityAuditLog),
        (&CONFIGS, Class::ConfigurationItem),
    ];
    let pools: Vec<_> =
        pools.into_iter().map(|(names, class)| fates(names, move |_, _| store(class))).collect();
    pools.prop_map(|pools| pools.into_iter().flatten().collect()).boxed()
}

fn permission() -> BoxedStrategy<Value> {
    object(vec![
        always(
            "guard",
            word(&["blind-spot", "data-loss", "irreversible", "adopt-changes", "take-ownership"]),
        ),
        always("resource", word(&["trail/audit", "eventDataStore/lake-a", "policy/channel/okta"])),
        always("until", word(&["2026-01-31", "2026-12-01"])),
        sometimes("reason", word(&["SEC-9"])),
    ])
}

/// Any valid manifest.
pub(crate) fn manifest() -> BoxedStrategy<Manifest> {
    let header = settings(vec![
        sometimes("account", word(&[ACCOUNT])),
        sometimes("region", word(&[REGION])),
        sometimes("tags", tags()),
        rarely("ignoreTags", words(&["awsApplication", "map-*"], 2)),
        rarely("allow", list(permission(), 2)),
    ]);
    let channels = fates(&CHANNELS, |place, _| channel(SOURCES[place]));
    let dashboards = fates(&DASHBOARDS, |_, name| dashboard(name == "AWSCloudTrail-Highlights"));
    let parts = (header, fates(&TRAILS, |_, _| trail()), stores(), channels, dashboards);
    let vars = prop::collection::vec(any::<u8>(), 0..4);
    (parts, vars)
        .prop_map(|((header, trails, stores, channels, dashboards), vars)| {
            let mut manifest = Manifest { header, lists: BTreeMap::new(), policies: BTreeMap::new() };
            manifest.assemble(trails, stores, channels, dashboards);
            manifest.hoist(&vars);
            manifest
        })
        .boxed()
}

/// The names that are declared among `pool`.
fn declared(fates: &Fates, pool: &[&str]) -> Vec<&'static str> {
    let is_declared =
        |(name, fate): &&(&'static str, Fate)| matches!(fate, Fate::Declared(_)) && pool.contains(name);
    fates.iter().filter(is_declared).map(|(name, _)| *name).collect()
}

fn chosen<'a>(pick: &Value, from: &[&'a str]) -> Option<&'a str> {
    let number = pick.as_u64().unwrap_or_default() as usize;
    (!from.is_empty()).then(|| from[number % from.len()])
}

/// A store by its name, by a reference, or by its ARN where it is managed elsewhere.
fn spelled(pick: &Value, store: &str) -> Value {
    match pick.as_u64().unwrap_or_default() {
        _ if FAR.contains(&store) => {
            format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:eventdatastore/{store}").into()
        }
        0..128 => store.into(),
        _ => format!("${{eventDataStores.{store}.arn}}").into(),
    }
}

const FAR: [&str; 2] = [FAR_PARTNER, FAR_INSIGHTS];

impl Manifest {
    fn assemble(&mut self, trails: Fates, mut stores: Fates, mut channels: Fates, mut dashboards: Fates) {
        let insights = [declared(&stores, &INSIGHTS), vec![FAR_INSIGHTS]].concat();
        let partners = [declared(&stores, &PARTNERS), vec![FAR_PARTNER]].concat();
        let shown = declared(&dashboards, &DASHBOARDS);
        for (_, fate) in &mut stores {
            let Fate::Declared(store) = fate else { continue };
            if let Some(pick) = store.remove("insightsDestination") {
                match chosen(&pick, &insights) {
                    Some(to) => drop(store.insert("insightsDestination".to_owned(), spelled(&pick, to))),
                    None => drop(store.remove("insightSelectors")),
                }
            }
            if let Some(policy) = store.get_mut("resourcePolicy") {
                let arn = match shown.first() {
                    Some(name) => format!("${{dashboards.{name}.arn}}"),
                    None => "arn:aws:cloudtrail:us-east-1:111122223333:dashboard/elsewhere".to_owned(),
                };
                replace(policy, "dashboards", &arn);
            }
        }
        let sent_to = fit_channels(&mut channels, &partners);
        for (name, fate) in &mut stores {
            if let Fate::Declared(store) = fate
                && sent_to.contains(name)
            {
                // What channels send to is of one region (user guide, integrations).
                store.insert("multiRegionEnabled".to_owned(), false.into());
            }
        }
        let asked = stores.iter().filter(|(_, fate)| matches!(fate, Fate::Declared(_)));
        let asked: Vec<&str> = asked.map(|(name, _)| *name).chain([FAR_PARTNER]).collect();
        for (_, fate) in &mut dashboards {
            if let Fate::Declared(dashboard) = fate {
                write_queries(dashboard, &asked);
            }
        }
        self.add("trails", "trail", trails, &[]);
        self.add("eventDataStores", "eventDataStore", stores, &[&LAKES, &INSIGHTS, &PARTNERS, &CONFIGS]);
        self.add("channels", "channel", channels, &[&CHANNELS]);
        self.add("dashboards", "dashboard", dashboards, &[]);
        if self.lists.values().all(Vec::is_empty) {
            let nothing = json!({"trail": "never-there"});
            self.lists.insert("removed", vec![nothing.as_object().cloned().unwrap_or_default()]);
        }
    }

    /// `pools` are the names among which a previous name is looked for: those of one class.
    fn add(&mut self, list: &'static str, kind: &str, fates: Fates, pools: &[&[&str]]) {
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        let known = |name: &&&str| {
            !fates.iter().any(|(other, fate)| other == *name && !matches!(fate, Fate::Unknown))
        };
        for (name, fate) in &fates {
            let (list, entry) = match fate {
                Fate::Unknown => continue,
                Fate::Declared(settings) => {
                    let mut settings = settings.clone();
                    if let Some(pick) = settings.remove("renamedFrom") {
                        let pool = pools.iter().find(|pool| pool.contains(name)).copied().unwrap_or_default();
                        let free: Vec<&str> =
                            pool.iter().filter(known).copied().filter(|old| !taken.contains(old)).collect();
                        if let Some(old) = chosen(&pick, &free) {
                            taken.insert(old);
                            settings.insert("renamedFrom".to_owned(), old.into());
                        }
                    }
                    self.place_policy(kind, name, &mut settings);
                    settings.insert("name".to_owned(), (*name).into());
                    (list, settings)
                }
                Fate::Removed(settings) => {
                    let mut settings = settings.clone();
                    settings.insert(kind.to_owned(), (*name).into());
                    ("removed", settings)
                }
            };
            self.lists.entry(list).or_default().push(entry);
        }
    }

    /// Writes a policy in its form.
    fn place_policy(&mut self, kind: &str, name: &str, settings: &mut Settings) {
        let Some(policy) = settings.remove("resourcePolicy") else { return };
        let document = policy["document"].clone();
        match policy["form"].as_u64() {
            Some(0) => drop(settings.insert("resourcePolicy".to_owned(), document)),
            Some(1) => drop(settings.insert("resourcePolicy".to_owned(), document.to_string().into())),
            _ => {
                let path = format!("policies/{kind}-{name}.json");
                self.policies.insert(path.clone(), document.to_string());
                settings.insert("resourcePolicyFile".to_owned(), path.into());
            }
        }
    }

    /// Moves some plain settings, names among them, into variables.
    fn hoist(&mut self, picks: &[u8]) {
        let mut vars = Settings::new();
        for (number, pick) in picks.iter().enumerate() {
            let entries = self
                .lists
                .iter_mut()
                .filter(|(list, _)| **list != "removed")
                .flat_map(|(_, entries)| entries);
            let plain = |value: &Value| match value {
                Value::Bool(_) | Value::Number(_) => true,
                Value::String(text) => !text.contains("${"),
                _ => false,
            };
            let mut places: Vec<&mut Value> = entries
                .flat_map(|entry| entry.iter_mut())
                .filter(|(setting, value)| *setting != "resourcePolicy" && plain(value))
                .map(|(_, value)| value)
                .collect();
            if let Some(place) = (!places.is_empty())
                .then_some(places.len())
                .and_then(|count| places.get_mut(*pick as usize % count))
            {
                let name = format!("v{number}");
                let value = std::mem::replace(*place, format!("${{vars.{name}}}").into());
                vars.insert(name, value);
            }
        }
        if !vars.is_empty() {
            self.header.insert("vars".to_owned(), vars.into());
        }
    }

    /// The same without what it says about these resources.
    pub(crate) fn without(&self, keys: &BTreeSet<Key>) -> Manifest {
        let mut without = self.clone();
        let vars = self.header.get("vars").cloned().unwrap_or_default();
        let name_of = |entry: &Settings| {
            let written = text(entry, "name");
            let var = written.strip_prefix("${vars.").and_then(|rest| rest.strip_suffix('}'));
            var.map_or(written.to_owned(), |var| vars[var].as_str().unwrap_or_default().to_owned())
        };
        for (list, entries) in &mut without.lists {
            let meant = |key: &Key, entry: &Settings| match *list {
                "removed" => text(entry, key.kind.word()) == key.name.as_str(),
                list => list == key.kind.plural() && name_of(entry) == key.name.as_str(),
            };
            entries.retain(|entry| !keys.iter().any(|key| meant(key, entry)));
        }
        without
    }

    /// The same for a delegated administrator: what is the organization's is so from its creation on, because
    /// nobody but the management account can convert it.
    pub(crate) fn of_organization(&self, management_account: &str) -> Manifest {
        let mut manifest = self.clone();
        manifest.header.insert("organization".to_owned(), json!({"managementAccount": management_account}));
        for (list, setting, names) in [
            ("trails", "isOrganizationTrail", &TRAILS[..2]),
            ("eventDataStores", "organizationEnabled", &LAKES[..1]),
        ] {
            for entry in manifest.lists.get_mut(list).into_iter().flatten() {
                entry.remove(setting);
                if names.contains(&text(entry, "name")) {
                    entry.insert(setting.to_owned(), true.into());
                }
            }
        }
        for dashboard in manifest.lists.get_mut("dashboards").into_iter().flatten() {
            // Queries reach the account's own stores only (user guide, CloudTrail Lake SQL constraints).
            if dashboard.get("widgets").is_some_and(|widgets| widgets.to_string().contains(LAKES[0])) {
                dashboard.remove("widgets");
            }
        }
        manifest
    }

    /// The same without one entry, or one setting.
    pub(crate) fn smaller(&self) -> Vec<Manifest> {
        let entries = |(list, entries): (&&'static str, &Vec<Settings>)| {
            (0..entries.len()).map(|place| (*list, place)).collect::<Vec<_>>()
        };
        let places: Vec<(&'static str, usize)> = self.lists.iter().flat_map(entries).collect();
        let without = |change: &dyn Fn(&mut Manifest)| {
            let mut smaller = self.clone();
            change(&mut smaller);
            smaller
        };
        let mut smaller: Vec<Manifest> = Vec::new();
        for (list, place) in &places {
            smaller.push(without(&|it| drop(it.lists.get_mut(list).map(|entries| entries.remove(*place)))));
        }
        for (list, place) in &places {
            for setting in self.lists[list][*place].keys() {
                smaller.push(without(&|it| {
                    drop(it.lists.get_mut(list).map(|entries| entries[*place].remove(setting)));
                }));
            }
        }
        let header =
            self.header.keys().filter(|key| !matches!(key.as_str(), "name" | "version" | "organization"));
        smaller.extend(header.map(|key| without(&|it| drop(it.header.remove(key)))));
        smaller.retain(Manifest::has_policies_for_schedules);
        smaller
    }

    /// Whether whatever refreshes itself may do so, as in every manifest that is made up.
    fn has_policies_for_schedules(&self) -> bool {
        let dashboards = self.lists.get("dashboards").into_iter().flatten();
        dashboards
            .filter(|it| super::dashboard::refreshes(it))
            .all(|it| it.contains_key("resourcePolicy") || it.contains_key("resourcePolicyFile"))
    }

    /// The same with no policy left to others that a schedule needs.
    pub(crate) fn with_policies_of_its_own(&self) -> Manifest {
        let mut manifest = self.clone();
        let dashboards = manifest.lists.get_mut("dashboards").into_iter().flatten();
        for dashboard in dashboards.filter(|it| super::dashboard::refreshes(it)) {
            if let Some(Value::Array(ignored)) = dashboard.get_mut("ignore") {
                ignored.retain(|setting| setting != "resourcePolicy");
                if ignored.is_empty() {
                    dashboard.remove("ignore");
                }
            }
        }
        manifest
    }

    /// The manifest's name makes it ours or somebody else's.
    pub(crate) fn named(&self, name: &str) -> Manifest {
        let mut named = self.clone();
        named.header.insert("version".to_owned(), 1.into());
        named.header.insert("name".to_owned(), name.into());
        named
    }

    /// The whole manifest as one text.
    pub(crate) fn text(&self) -> String {
        self.files(0).into_iter().map(|(_, text)| text).collect()
    }

    /// Policy files by path.
    pub(crate) fn policies(&self) -> &BTreeMap<String, String> {
        &self.policies
    }

    /// The manifest in one file, as it was made, for 0; in another order and up to three files for any other number.
    fn files(&self, order: u64) -> Vec<(String, String)> {
        let mut chance = Chance(order);
        let count = if order == 0 { 1 } else { chance.below(3) + 1 };
        let mut files = vec![Settings::new(); count];
        let of_header = chance.below(count);
        files[of_header].extend(self.header.clone());
        for (list, entries) in &self.lists {
            for entry in chance.shuffled(entries.clone()) {
                let file = &mut files[chance.below(count)];
                let entries = file.entry((*list).to_owned()).or_insert_with(|| json!([]));
                if let Value::Array(entries) = entries {
                    entries.push(Value::Object(entry));
                }
            }
        }
        let written = files.into_iter().filter(|file| !file.is_empty()).enumerate().map(|(place, file)| {
            let document = chance.reordered(&Value::Object(file));
            (format!("{place}.yaml"), serde_yaml::to_string(&document).unwrap())
        });
        let written: Vec<_> = written.collect();
        chance.shuffled(written)
    }

    /// What the manifest asks, written in this order.
    pub(crate) fn desired(&self, order: u64) -> Result<Desired, String> {
        let sources: Result<Vec<SourceFile>, String> = self
            .files(order)
            .iter()
            .map(|(path, text)| {
                SourceFile::decode(path, text.as_bytes()).map_err(|problem| format!("{problem:?}"))
            })
            .collect();
        let parsed = Parsed::parse(&sources?).map_err(|problems| not_valid(&problems))?;
        let region = Region::parse(REGION).unwrap();
        let partition = region.partition();
        let target = Target { account: AccountId::parse(ACCOUNT).unwrap(), region, partition };
        let read = |path: String| {
            let bytes = self.policies.get(&path).map(|text| text.clone().into_bytes());
            (path, bytes.ok_or_else(|| "no such file".to_owned()))
        };
        let policies = parsed.files(&target).into_iter().map(read).collect();
        let resolved = parsed.resolve(&target, &policies);
        resolved.map(|resolved| resolved.desired).map_err(|problems| not_valid(&problems))
    }
}

fn not_valid(problems: &Problems) -> String {
    let problems = problems
        .iter()
        .map(|problem| format!("\n{} {} at {:?}", problem.code.0, problem.message, problem.at));
    format!("not valid:{}", problems.collect::<String>())
}

/// Each source is one channel's, and each channel sends to stores that take such events in: those that are answered.
fn fit_channels(channels: &mut Fates, partners: &[&'static str]) -> BTreeSet<&'static str> {
    let mut sources = BTreeSet::new();
    let mut sent_to = BTreeSet::new();
    for (_, fate) in channels {
        let Fate::Declared(channel) = fate else { continue };
        let picks = channel["destinations"].as_array().cloned().unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut destinations = Vec::new();
        for pick in &picks {
            if let Some(store) = chosen(pick, partners).filter(|store| seen.insert(*store)) {
                destinations.push(json!({"eventDataStore": spelled(pick, store)}));
            }
        }
        let free = SOURCES.iter().find(|source| !sources.contains(**source)).copied().unwrap_or_default();
        let wanted = text(channel, "source").to_owned();
        let source = if sources.contains(wanted.as_str()) { free.to_owned() } else { wanted };
        if destinations.is_empty() {
            *fate = Fate::Unknown;
            continue;
        }
        sent_to.extend(seen);
        sources.insert(source.clone());
        channel.insert("source".to_owned(), source.into());
        channel.insert("destinations".to_owned(), destinations.into());
    }
    sent_to
}

/// The SQL of each widget, which names a declared store.
fn write_queries(dashboard: &mut Settings, stores: &[&str]) {
    let Some(Value::Array(widgets)) = dashboard.remove("widgets") else { return };
    let written = widgets.iter().filter_map(|widget| {
        let store = chosen(&widget["store"], stores)?;
        let mut statement = match FAR.contains(&store) {
            true => format!("SELECT eventName FROM {store}"),
            false => format!("SELECT eventName FROM ${{eventDataStores.{store}.id}}"),
        };
        let mut written = json!({"viewProperties": widget["viewProperties"]});
        if widget["since"] == true {
            statement.push_str(" WHERE eventTime > '?'");
            written["queryParameters"] = json!(["$StartTime$"]);
        }
        written["queryStatement"] = statement.into();
        Some(written)
    });
    let written: Vec<Value> = written.collect();
    if !written.is_empty() {
        dashboard.insert("widgets".to_owned(), written.into());
    }
}

fn replace(value: &mut Value, word: &str, by: &str) {
    match value {
        Value::String(text) if text == word => *text = by.to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, word, by)),
        Value::Object(members) => members.values_mut().for_each(|member| replace(member, word, by)),
        _ => {}
    }
}

/// An order that follows from a number (splitmix64); 0 leaves everything as it is.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        if self.0 == 0 {
            return 0;
        }
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn shuffled<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        if self.0 != 0 {
            for place in (1..items.len()).rev() {
                items.swap(place, self.below(place + 1));
            }
        }
        items
    }

    /// The keys of every mapping in another order. A policy keeps its own, which is the order that is sent.
    fn reordered(&mut self, value: &Value) -> serde_yaml::Value {
        match value {
            Value::Object(members) => {
                let entries: Vec<_> = members.iter().collect();
                let written = self.shuffled(entries).into_iter().map(|(key, value)| {
                    let value = match key.as_str() {
                        "resourcePolicy" => serde_yaml::to_value(value).unwrap(),
                        _ => self.reordered(value),
                    };
                    (key.as_str().into(), value)
                });
                let written: Vec<(serde_yaml::Value, serde_yaml::Value)> = written.collect();
                serde_yaml::Value::Mapping(written.into_iter().collect())
            }
            Value::Array(items) => items.iter().map(|item| self.reordered(item)).collect::<Vec<_>>().into(),
            other => serde_yaml::to_value(other).unwrap(),
        }
    }
}
