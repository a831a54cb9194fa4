//! What must hold in whichever order things happen.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::digest::Digest;
use crate::permissions::Change;

/// What the world does next.
#[derive(Clone, Debug)]
enum Act {
    Write(u8),
    Touch,
    Delete,
    Look,
    Wait(u64),
    /// The oldest or newest thing that is being done ends.
    Answer {
        newest: bool,
    },
    Start,
    End(usize),
    Strike(u64),
    Grant,
    Revoke,
    Retry,
    Remove,
    /// An answer to something that was never asked, or long ago.
    Stray(u64, u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..12_u8).prop_map(Act::Write),
        1 => Just(Act::Touch),
        1 => Just(Act::Delete),
        8 => Just(Act::Look),
        8 => (1..400_u64).prop_map(Act::Wait),
        12 => any::<bool>().prop_map(|newest| Act::Answer { newest }),
        4 => Just(Act::Start),
        3 => any::<usize>().prop_map(Act::End),
        1 => (1..2000_u64).prop_map(Act::Strike),
        1 => Just(Act::Grant),
        1 => Just(Act::Revoke),
        1 => Just(Act::Retry),
        1 => Just(Act::Remove),
        2 => (0..20_u64, 0..6_u8).prop_map(|(attempt, kind)| Act::Stray(attempt, kind)),
    ]
}

/// Contents differ in where they fail: at each of the steps, or only for want of consent, or not at all.
fn fails_at(content: u8) -> Option<u8> {
    (content < 4).then_some(content)
}

fn needs_consent(content: u8) -> bool {
    content == 4
}

#[derive(Default)]
struct World {
    state: State,
    now: Duration,
    file: Option<(Stamp, u8)>,
    writes: u64,
    /// What the driver was told to do and has not done.
    work: VecDeque<Effect>,
    read: BTreeMap<AttemptId, u8>,
    granted: bool,
    jobs: Vec<Generation>,
    started: u64,
    ended: u64,
    failed: HashSet<Digest>,
    published: Vec<Generation>,
    retired: HashSet<Generation>,
}

impl World {
    fn act(&mut self, act: &Act) {
        match act {
            Act::Write(content) => self.write(*content),
            Act::Touch => {
                if let Some((_, content)) = self.file {
                    self.write(content);
                }
            }
            Act::Delete => self.file = None,
            Act::Look => self.look(),
            Act::Wait(ms) => {
                self.now += Duration::from_millis(*ms);
                self.send(Event::Tick);
            }
            Act::Answer { newest } => {
                let work = match newest {
                    true => self.work.pop_back(),
                    false => self.work.pop_front(),
                };
                if let Some(work) = work {
                    self.answer(&work);
                }
            }
            Act::Start => {
                self.started += 1;
                let job = self.started;
                self.send(Event::JobStarted { job });
            }
            Act::End(index) => {
                if !self.jobs.is_empty() {
                    let generation = self.jobs.swap_remove(index % self.jobs.len());
                    self.ended += 1;
                    self.send(Event::JobEnded { generation });
                }
            }
            Act::Strike(ms) => {
                let generation = Generation(self.published.len() as u64);
                let until = self.now + Duration::from_millis(*ms);
                self.send(Event::Struck { generation, until });
            }
            Act::Grant => {
                self.granted = true;
                if let Phase::NeedsConsent { attempt, .. } = self.state.phase() {
                    let digest = attempt.digest;
                    self.send(Event::Granted(digest));
                }
            }
            Act::Revoke => {
                self.granted = false;
                self.send(Event::Revoked(Change::default()));
            }
            Act::Retry => {
                self.failed.clear();
                self.send(Event::Retry);
            }
            Act::Remove => self.send(Event::Removed),
            Act::Stray(attempt, kind) => self.stray(AttemptId(*attempt), *kind),
        }
    }

    fn write(&mut self, content: u8) {
        self.writes += 1;
        let stamp = Stamp {
            size: 1000,
            modified: Duration::from_millis(self.writes),
        };
        self.file = Some((stamp, content));
    }

    fn look(&mut self) {
        match self.file {
            Some((stamp, _)) => self.send(Event::Seen(stamp)),
            None => self.send(Event::Gone),
        }
    }

    fn answer(&mut self, work: &Effect) {
        let (attempt, number) = match work {
            Effect::Hash(attempt) => {
                let Some((_, content)) = self.file else {
                    let why = "gone".to_owned();
                    self.send(Event::Failed {
                        attempt: *attempt,
                        why,
                    });
                    return;
                };
                self.read.insert(*attempt, content);
                let digest = Digest::of(&[content]);
                self.send(Event::Hashed {
                    attempt: *attempt,
                    digest,
                });
                return;
            }
            Effect::Verify { attempt, .. } => (*attempt, 0),
            Effect::Compile { attempt, .. } => (*attempt, 1),
            Effect::Link(attempt) => (*attempt, 2),
            Effect::Probe(attempt) => (*attempt, 3),
            _ => return,
        };
        // After a revocation there are attempts that were never read: what serves is compiled again.
        let content = self.read.get(&attempt).copied().unwrap_or(11);
        if fails_at(content) == Some(number) {
            let before = self.state.clone();
            let why = "broken".to_owned();
            self.send(Event::Failed { attempt, why });
            if self.state != before {
                self.failed.insert(Digest::of(&[content]));
            }
            return;
        }
        self.send(match number {
            0 => Event::Verified {
                attempt,
                missing: (needs_consent(content) && !self.granted).then(Change::default),
            },
            1 => Event::Compiled(attempt),
            2 => Event::Linked(attempt),
            _ => Event::Probed(attempt),
        });
    }

    /// Only those that are about no attempt under way: those are what `answer` sends.
    fn stray(&mut self, attempt: AttemptId, kind: u8) {
        if self.state.attempt() == Some(attempt) {
            return;
        }
        let before = self.state.clone();
        self.send(match kind {
            0 => Event::Hashed {
                attempt,
                digest: Digest::of(b"stray"),
            },
            1 => Event::Verified {
                attempt,
                missing: None,
            },
            2 => Event::Compiled(attempt),
            3 => Event::Linked(attempt),
            4 => Event::Probed(attempt),
            _ => Event::Failed {
                attempt,
                why: "stray".to_owned(),
            },
        });
        assert_eq!(self.state, before, "a late answer changes nothing");
    }

    fn send(&mut self, event: Event) {
        let before = self.state.clone();
        let (state, effects) = step(before.clone(), self.now, event.clone(), &Timing::default());
        self.state = state;
        for effect in &effects {
            match effect {
                Effect::Serve { generation, .. } => {
                    assert!(
                        !self.retired.contains(generation),
                        "a job gets what is there"
                    );
                    let newest = self.published.last();
                    assert_eq!(Some(generation), newest, "a job gets the newest");
                    self.jobs.push(*generation);
                }
                Effect::Refuse { .. } => self.ended += 1,
                Effect::Publish { generation, .. } => {
                    assert!(
                        self.published.last().is_none_or(|last| last < generation),
                        "generations rise"
                    );
                    self.published.push(*generation);
                }
                Effect::Retire(generation) => {
                    assert!(
                        !self.jobs.contains(generation),
                        "no job loses its generation"
                    );
                    assert!(self.retired.insert(*generation), "retired once");
                }
                Effect::Kill(generation) => assert!(self.jobs.contains(generation)),
                Effect::Verify { digest, .. } => {
                    assert!(
                        !self.failed.contains(digest),
                        "bytes that failed are not tried again"
                    );
                    self.work.push_back(effect.clone());
                }
                Effect::Hash(_) | Effect::Compile { .. } | Effect::Link(_) | Effect::Probe(_) => {
                    self.work.push_back(effect.clone());
                }
                _ => {}
            }
        }
        self.check(&before, &event, &effects);
    }

    fn check(&self, before: &State, event: &Event, effects: &[Effect]) {
        // What serves goes only for something newer, or because someone or something took it away.
        let removed = effects.contains(&Effect::Tell(Notice::Removed));
        match (before.serving(), self.state.serving()) {
            (Some(_), None) => assert!(removed || matches!(event, Event::Revoked(_)), "{event:?}"),
            (Some(old), Some(new)) => {
                assert!(new.generation >= old.generation);
                let swapped = new.generation > old.generation;
                assert_eq!(
                    swapped,
                    new.digest != old.digest || swapped,
                    "same generation, same bytes"
                );
                assert!(!swapped || matches!(event, Event::Probed(_)));
            }
            _ => {}
        }
        if matches!(self.state.phase(), Phase::Ready) {
            assert!(self.state.serving().is_some());
        }
        // Every job is counted where its generation is, and nowhere else.
        let in_flight: u64 = self.state.draining().iter().map(|it| it.in_flight).sum();
        let in_flight = in_flight + self.state.serving().map_or(0, |it| it.in_flight);
        assert_eq!(in_flight, self.jobs.len() as u64);
        assert_eq!(in_flight, self.started - self.ended);
        for draining in self.state.draining() {
            assert!(draining.in_flight > 0);
            let jobs = self
                .jobs
                .iter()
                .filter(|it| **it == draining.generation)
                .count();
            assert_eq!(draining.in_flight, jobs as u64);
        }
        // Everything that was published serves, drains, or was retired.
        for generation in &self.published {
            let serves = self
                .state
                .serving()
                .is_some_and(|it| it.generation == *generation);
            let drains = self
                .state
                .draining()
                .iter()
                .any(|it| it.generation == *generation);
            let retired = self.retired.contains(generation);
            assert_eq!(
                u8::from(serves) + u8::from(drains) + u8::from(retired),
                1,
                "{generation}"
            );
        }
    }

    /// Does what it is told, in order, looking at the file now and then.
    fn settle(&mut self) {
        for _ in 0..50 {
            self.now += Duration::from_millis(60);
            self.send(Event::Tick);
            self.look();
            while let Some(work) = self.work.pop_front() {
                self.answer(&work);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_is_lost_in_any_order(acts in prop::collection::vec(act(), 1..300)) {
        let mut world = World::default();
        for act in &acts {
            world.act(act);
        }
        // Whatever happened before, a good file is used in the end, and a bad one then changes nothing.
        world.write(10);
        world.settle();
        prop_assert_eq!(world.state.name(), "ready");
        let digest = Digest::of(&[10]);
        prop_assert_eq!(world.state.serving().map(|it| it.digest), Some(digest));
        world.write(3);
        world.settle();
        prop_assert_eq!(world.state.name(), "rejected");
        prop_assert_eq!(world.state.serving().map(|it| it.digest), Some(digest));
    }
}
