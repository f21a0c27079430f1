//! Which step waits for which. Order joins steps, not keys, and needs are true needs: what would fail,
//! or lose something, if it went first.

use super::draft::{Case, Draft, Tasks};
use super::guard::{self, covers};
use super::holders::holders;
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
    let mut graph = Graph { nodes: Vec::new(), places: BTreeMap::new(), after: Vec::new() };
    for (key, Tasks { unmake, make }) in draft.tasks.iter().filter(|(key, _)| !draft.is_blocked(key)) {
        graph.add(Side::Make, key, make);
        graph.add(Side::Unmake, key, unmake);
    }
    graph.wait_for_what_is_referred_to();
    graph.wait_for_what_refers(case, draft);
    graph.wait_for_what_lets_go(draft);
    graph.wait_for_what_is_freed(slots);
    graph.wait_for_successors(case, draft, slots);
    graph.sort()
}

struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    /// Where the nodes of each resource stand.
    places: BTreeMap<(Side, &'a Key), Vec<usize>>,
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
            self.places.entry((side, key)).or_default().push(self.nodes.len());
            self.nodes.push(Node { side, key, action, needs });
        }
    }

    /// The places of this resource's steps on one side.
    fn of<'s>(&'s self, key: &'s Key, side: Side) -> impl Iterator<Item = usize> + 's {
        self.places.get(&(side, key)).into_iter().flatten().copied()
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
        let holders = holders(draft.rows.iter().flat_map(|(other, held)| {
            let live = held.live.as_ref().map(|found| &found.spec);
            live.into_iter().chain(case.desired().specs.get(other)).map(move |spec| (other, spec))
        }));
        for (key, _) in draft.tasks.iter().filter(|(_, tasks)| !tasks.unmake.is_empty()) {
            let replaced = draft.rows.get(key).is_some_and(|row| row.verb == Verb::Replace);
            let letting_go = holders.get(key).into_iter().flatten().filter(|other| {
                let own = other.bound() == key.bound();
                // A policy that names a replaced resource is put again after it, not before.
                let again = other.is_policy() && replaced;
                !own && !again
            });
            let needs: Vec<usize> = letting_go
                .flat_map(|other| self.of(other, Side::Make).chain(self.of(other, Side::Unmake)))
                .collect();
            let needs = self.calls(needs.into_iter(), |role| role != Role::Tag);
            for place in self.of(key, Side::Unmake).collect::<Vec<usize>>() {
                self.wait(place, needs.iter().copied());
            }
        }
    }

    /// The same where a resource stays and becomes unfit for what still refers to it: a store of all regions is none
    /// for channels.
    fn wait_for_what_lets_go(&mut self, draft: &Draft) {
        let holders = holders(draft.rows.iter().filter_map(|(other, held)| {
            let live = &held.live.as_ref()?.spec;
            Some(((other, live), live))
        }));
        for (key, row) in &draft.rows {
            let (Some(desired), Some(holders)) = (&row.desired, holders.get(key)) else { continue };
            let lets_go = holders.iter().filter(|(_, live)| desired.unfit_for(live).is_some());
            let steps: Vec<usize> = lets_go
                .flat_map(|(other, _)| self.of(other, Side::Make).chain(self.of(other, Side::Unmake)))
                .collect();
            let needs = self.calls(steps.into_iter(), |role| matches!(role, Role::Update | Role::Delete));
            for place in self.calls(self.of(key, Side::Make), |role| role == Role::Update) {
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
        let make_room: BTreeSet<&Key> = slots.quotas.iter().map(|(_, freer)| freer).collect();
        for (key, row) in draft.rows.iter().filter(|(key, _)| !make_room.contains(key)) {
            let steps = self.of(key, Side::Make).chain(self.of(key, Side::Unmake));
            let weakening = self.calls(steps, Role::may_weaken);
            if weakening.is_empty() {
                continue;
            }
            let lost: Vec<Coverage> = guard::of(row).into_iter().filter_map(|danger| danger.loses).collect();
            if lost.is_empty() {
                continue;
            }
            let succeeds = |successor: &Key| {
                let desired = case.desired().specs.get(successor);
                let covers = |desired: &Spec| lost.iter().any(|lost| covers(desired, lost));
                successor != key && desired.is_some_and(covers)
            };
            let needs: Vec<usize> =
                starts.iter().filter(|(_, successor)| succeeds(successor)).map(|(place, _)| *place).collect();
            for place in weakening {
                self.wait(place, needs.iter().copied());
            }
        }
    }

    /// Rule 5: of the steps that are free to go, making before unmaking, then by key. Should steps wait for
    /// each other in a ring, which checks and refusals do not let happen, the first of them goes.
    fn sort(self) -> Vec<Step> {
        let rank = |place: usize| self.nodes.get(place).map(|node| (node.side, node.key, place));
        let mut dependants: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut missing: BTreeMap<usize, usize> = BTreeMap::new();
        for (place, node) in self.nodes.iter().enumerate() {
            missing.insert(place, node.needs.len());
            node.needs.iter().for_each(|need| dependants.entry(*need).or_default().push(place));
        }
        let mut waiting: BTreeSet<(Side, &Key, usize)> = (0..self.nodes.len()).filter_map(rank).collect();
        let is_free = |(_, _, place): &&(Side, &Key, usize)| missing.get(place) == Some(&0);
        let mut free: BTreeSet<(Side, &Key, usize)> = waiting.iter().filter(is_free).copied().collect();
        let mut ids: BTreeMap<usize, StepId> = BTreeMap::new();
        let mut steps: Vec<Step> = Vec::new();
        while let Some(next) = free.pop_first().or_else(|| waiting.first().copied()) {
            waiting.remove(&next);
            let (_, _, place) = next;
            let Some(node) = self.nodes.get(place) else { continue };
            let id = StepId(steps.len() + 1);
            let mut needs: Vec<StepId> =
                node.needs.iter().filter_map(|need| ids.get(need)).copied().collect();
            needs.sort();
            steps.push(Step { id, key: node.key.clone(), action: node.action.clone(), needs });
            ids.insert(place, id);
            for dependant in dependants.remove(&place).unwrap_or_default() {
                let Some(left) = missing.get_mut(&dependant) else { continue };
                *left = left.saturating_sub(1);
                // One that has gone already, out of a ring, does not go again.
                if *left == 0
                    && let Some(rank) = rank(dependant).filter(|rank| waiting.contains(rank))
                {
                    free.insert(rank);
                }
            }
        }
        steps
    }
}
