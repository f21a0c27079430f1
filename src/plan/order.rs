//! Which step waits for which. Order joins steps, not keys, and needs are true needs: what would fail,
//! or lose something, if it went first.

use super::draft::{Case, Draft};
use super::guard::{self, covers};
use super::slot::Slots;
use super::{Step, StepId, Verb};
use crate::resource::call::Role;
use crate::resource::{Action, After, Coverage, Key, Spec, Task};
use std::collections::{BTreeMap, BTreeSet};

/// Making goes before unmaking where both are free to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Make,
    Unmake,
}

/// A step to be, and the places of those that it waits for.
struct Node<'a> {
    side: Side,
    key: &'a Key,
    action: &'a Action,
    needs: BTreeSet<usize>,
}

/// The steps of everything that is not blocked, in an order that is safe one by one.
pub(super) fn steps(case: &Case, draft: &Draft, slots: &Slots) -> Vec<Step> {
    let mut graph = Graph { nodes: Vec::new(), after: Vec::new() };
    for (key, work) in draft.works.iter().filter(|(key, _)| !draft.is_blocked(key)) {
        graph.add(Side::Make, key, &work.make);
        graph.add(Side::Unmake, key, &work.unmake);
    }
    graph.wait_for_what_is_referred_to();
    graph.wait_for_what_refers(case, draft);
    graph.wait_for_what_is_freed(slots);
    graph.wait_for_successors(case, draft, slots);
    graph.sort()
}

struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    /// Which node waits for which other resource, as its task says.
    after: Vec<(usize, &'a After)>,
}

impl<'a> Graph<'a> {
    fn add(&mut self, side: Side, key: &'a Key, tasks: &'a [Task]) {
        let first = self.nodes.len();
        for (place, Task { action, after }) in tasks.iter().enumerate() {
            let mut needs = BTreeSet::new();
            for after in after {
                match after {
                    After::Own(own) if *own < place => {
                        needs.insert(first + own);
                    }
                    After::Own(_) => {}
                    After::Exists(_) | After::Key(_) => self.after.push((first + place, after)),
                }
            }
            self.nodes.push(Node { side, key, action, needs });
        }
    }

    /// The places of this resource's steps on one side.
    fn of<'s>(&'s self, key: &'s Key, side: Side) -> impl Iterator<Item = usize> + 's {
        let all = self.nodes.iter().enumerate();
        all.filter(move |(_, node)| node.key == key && node.side == side).map(|(place, _)| place)
    }

    fn calls(&self, places: impl Iterator<Item = usize>, which: fn(Role) -> bool) -> Vec<usize> {
        places
            .filter(|place| self.nodes.get(*place).is_some_and(|node| which(node.action.call().role())))
            .collect()
    }

    fn wait(&mut self, place: usize, needs: impl IntoIterator<Item = usize>) {
        if let Some(node) = self.nodes.get_mut(place) {
            node.needs.extend(needs.into_iter().filter(|need| *need != place));
        }
    }

    /// Rule 1: what refers to a resource waits for the call that creates it; where it has to be as it is
    /// desired, and not merely to exist, for its main update instead.
    fn wait_for_what_is_referred_to(&mut self) {
        for (place, after) in self.after.clone() {
            let (other, as_desired) = match after {
                After::Key(other) => (other, true),
                After::Exists(other) => (other, false),
                After::Own(_) => continue,
            };
            let mut needs = self.calls(self.of(other, Side::Make), |role| role == Role::Create);
            if needs.is_empty() && as_desired {
                needs = self.calls(self.of(other, Side::Make), |role| role == Role::Update);
            }
            self.wait(place, needs);
        }
    }

    /// Rule 2: a deletion, and what prepares it, waits for the calls that let go of the resource.
    fn wait_for_what_refers(&mut self, case: &Case, draft: &Draft) {
        for (key, work) in draft.works.iter().filter(|(_, work)| !work.unmake.is_empty()) {
            let refers = |spec: Option<&Spec>| spec.is_some_and(|spec| spec.references().contains(key));
            let holders = draft.works.iter().filter(|(other, held)| {
                let own = other.bound() == key.bound();
                // A policy that names a replaced resource is put again after it, not before.
                let again = other.is_policy() && work.planned.verb == Verb::Replace;
                let live = held.planned.live.as_ref().map(|found| &found.spec);
                !own && !again && (refers(live) || refers(case.desired().specs.get(other)))
            });
            let holders: Vec<&Key> = holders.map(|(other, _)| other).collect();
            let needs: Vec<usize> = holders
                .into_iter()
                .flat_map(|other| self.of(other, Side::Make).chain(self.of(other, Side::Unmake)))
                .collect();
            let needs = self.calls(needs.into_iter(), |role| role != Role::Tag);
            for place in self.of(key, Side::Unmake).collect::<Vec<usize>>() {
                self.wait(place, needs.iter().copied());
            }
        }
    }

    /// Rule 3: what takes a name, a source or a quota slot waits for the step that frees it,
    /// and what is replaced is deleted before it is created.
    fn wait_for_what_is_freed(&mut self, slots: &Slots) {
        let replaced = self.nodes.iter().filter(|node| node.side == Side::Unmake);
        let own: Vec<(Key, Key)> = replaced.map(|node| (node.key.clone(), node.key.clone())).collect();
        for (taker, freer) in slots.values.iter().chain(&slots.quotas).chain(&own) {
            let mut frees = self.calls(self.of(freer, Side::Unmake), |role| role == Role::Delete);
            if frees.is_empty() {
                frees = self.renames(freer);
            }
            let mut takes = self.calls(self.of(taker, Side::Make), |role| role == Role::Create);
            if takes.is_empty() {
                takes = self.renames(taker);
            }
            for place in takes {
                self.wait(place, frees.iter().copied());
            }
        }
    }

    fn renames(&self, key: &Key) -> Vec<usize> {
        self.calls(self.of(key, Side::Make), |role| role == Role::Update)
    }

    /// Rule 4: what makes a resource record less waits until its successors record. Where the account has no
    /// room for both, the slot has to be freed first.
    fn wait_for_successors(&mut self, case: &Case, draft: &Draft, slots: &Slots) {
        let starts: Vec<(usize, &Key)> = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.action.call().role() == Role::Start)
            .map(|(place, node)| (place, node.key))
            .collect();
        let makes_room = |key: &Key| slots.quotas.iter().any(|(_, freer)| freer == key);
        let weaker = draft.works.iter().filter(|(key, _)| !makes_room(key));
        for (key, work) in weaker {
            let lost: Vec<Coverage> = guard::of(work).into_iter().filter_map(|danger| danger.loses).collect();
            let succeeds = |successor: &Key| {
                let desired = case.desired().specs.get(successor);
                let covers = |desired: &Spec| lost.iter().any(|lost| covers(desired, lost));
                successor != key && desired.is_some_and(covers)
            };
            let needs: Vec<usize> =
                starts.iter().filter(|(_, successor)| succeeds(successor)).map(|(place, _)| *place).collect();
            let weakening: Vec<usize> = self.of(key, Side::Make).chain(self.of(key, Side::Unmake)).collect();
            for place in self.calls(weakening.into_iter(), Role::may_weaken) {
                self.wait(place, needs.iter().copied());
            }
        }
    }

    /// Rule 5: of the steps that are free to go, making before unmaking, then by key. Should steps wait for
    /// each other in a ring, which checks and refusals do not let happen, the first of them goes.
    fn sort(self) -> Vec<Step> {
        let rank = |place: &usize| self.nodes.get(*place).map(|node| (node.side, node.key, *place));
        let mut waiting: BTreeSet<usize> = (0..self.nodes.len()).collect();
        let mut ids: BTreeMap<usize, StepId> = BTreeMap::new();
        let mut steps: Vec<Step> = Vec::new();
        while !waiting.is_empty() {
            let free = |place: &&usize| {
                self.nodes
                    .get(**place)
                    .is_some_and(|node| node.needs.iter().all(|need| ids.contains_key(need)))
            };
            let next = waiting.iter().filter(free).min_by_key(|place| rank(place));
            let next = next.or_else(|| waiting.iter().min_by_key(|place| rank(place))).copied();
            let Some((place, node)) = next.and_then(|place| Some((place, self.nodes.get(place)?))) else {
                break;
            };
            let id = StepId(steps.len() + 1);
            let mut needs: Vec<StepId> =
                node.needs.iter().filter_map(|need| ids.get(need)).copied().collect();
            needs.sort();
            steps.push(Step { id, key: node.key.clone(), action: node.action.clone(), needs });
            ids.insert(place, id);
            waiting.remove(&place);
        }
        steps
    }
}
