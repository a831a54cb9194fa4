use std::time::Duration;

use super::effect::{Effect, Notice};
use super::event::Event;
use super::state::{Attempt, AttemptId, Generation, Phase, Serving, Stamp, State};
use crate::digest::Digest;
use crate::permissions::Change;

/// How many failed digests are remembered.
const REMEMBERED: usize = 32;

/// How long to wait for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// For how long a file must look the same before it is read.
    pub settle: Duration,
    /// For how long a file must be gone before the plugin is: build tools delete first and write then.
    pub vanish: Duration,
    /// How long jobs may go on with a plugin that was removed.
    pub drain: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            settle: Duration::from_millis(50),
            vanish: Duration::from_secs(1),
            drain: Duration::from_secs(30),
        }
    }
}

/// What is known after an event, and what to do about it. Times count from whatever the caller counts from.
#[must_use]
pub fn step(
    mut state: State,
    now: Duration,
    event: Event,
    timing: &Timing,
) -> (State, Vec<Effect>) {
    let mut machine = Machine {
        state: &mut state,
        now,
        timing,
        effects: Vec::new(),
    };
    machine.handle(event);
    let effects = machine.effects;
    (state, effects)
}

/// One step.
pub(super) struct Machine<'a> {
    pub(super) state: &'a mut State,
    pub(super) now: Duration,
    pub(super) timing: &'a Timing,
    pub(super) effects: Vec<Effect>,
}

impl Machine<'_> {
    fn handle(&mut self, event: Event) {
        match event {
            Event::Seen(stamp) => self.seen(stamp),
            Event::Gone => self.gone(),
            Event::Tick => self.tick(),
            Event::Hashed { attempt, digest } => self.hashed(attempt, digest),
            Event::Verified { attempt, missing } => self.verified(attempt, missing),
            Event::Compiled(id) => match &self.state.phase {
                Phase::Compiling(attempt) if attempt.id == id => {
                    self.state.phase = Phase::Linking(attempt.clone());
                    self.effects.push(Effect::Link(id));
                }
                _ => {}
            },
            Event::Linked(id) => match &self.state.phase {
                Phase::Linking(attempt) if attempt.id == id => {
                    self.state.phase = Phase::Probing(attempt.clone());
                    self.effects.push(Effect::Probe(id));
                }
                _ => {}
            },
            Event::Probed(id) => match &self.state.phase {
                Phase::Probing(attempt) if attempt.id == id => self.publish(attempt.clone()),
                _ => {}
            },
            Event::Failed { attempt, why } => self.failed(attempt, why),
            Event::Granted(digest) => match &self.state.phase {
                Phase::NeedsConsent { attempt, .. } if attempt.digest == digest => {
                    self.compile(attempt.clone());
                }
                _ => {}
            },
            Event::Revoked(missing) => self.revoked(missing),
            Event::Retry => self.retry(),
            Event::Removed => self.remove(),
            Event::Struck { generation, until } => self.struck(generation, until),
            Event::JobStarted { job } => self.job_started(job),
            Event::JobEnded { generation } => self.job_ended(generation),
        }
    }

    fn seen(&mut self, stamp: Stamp) {
        match &self.state.phase {
            Phase::Candidate {
                stamp: before,
                since,
            } if *before == stamp => {
                let until = *since + self.timing.settle;
                self.settle(stamp, until);
            }
            Phase::Settling {
                stamp: Some(before),
                until,
            } if *before == stamp => self.settle(stamp, *until),
            // It could not be read; whatever was wrong with the disk may be over.
            Phase::Rejected { digest: None, .. } => self.notice_file(stamp),
            _ if self.state.stamp() == Some(stamp) => {}
            _ => self.notice_file(stamp),
        }
    }

    fn notice_file(&mut self, stamp: Stamp) {
        self.abandon();
        self.state.phase = Phase::Candidate {
            stamp,
            since: self.now,
        };
        self.effects.push(Effect::Look {
            at: self.now + self.timing.settle / 2,
        });
    }

    fn settle(&mut self, stamp: Stamp, until: Duration) {
        if self.now >= until {
            self.begin(stamp);
            return;
        }
        self.state.phase = Phase::Settling {
            stamp: Some(stamp),
            until,
        };
        self.effects.push(Effect::Look { at: until });
    }

    fn begin(&mut self, stamp: Stamp) {
        self.state.attempts += 1;
        let attempt = AttemptId(self.state.attempts);
        self.state.phase = Phase::Verifying {
            attempt,
            stamp,
            digest: None,
        };
        self.effects.push(Effect::Hash(attempt));
    }

    pub(super) fn abandon(&mut self) {
        if let Some(attempt) = self.state.attempt() {
            self.effects.push(Effect::Abandon(attempt));
        }
    }

    fn gone(&mut self) {
        match &self.state.phase {
            Phase::Absent | Phase::Removed => {}
            Phase::Settling { stamp: None, until } if self.now >= *until => self.remove(),
            Phase::Settling { stamp: None, until } => {
                let at = *until;
                self.effects.push(Effect::Look { at });
            }
            _ => {
                self.abandon();
                let until = self.now + self.timing.vanish;
                self.state.phase = Phase::Settling { stamp: None, until };
                self.effects.push(Effect::Look { at: until });
            }
        }
    }

    fn hashed(&mut self, id: AttemptId, read: Digest) {
        let Phase::Verifying {
            attempt,
            stamp,
            digest: digest @ None,
        } = &mut self.state.phase
        else {
            return;
        };
        if *attempt != id {
            return;
        }
        let stamp = *stamp;
        *digest = Some(read);
        if let Some(serving) = &mut self.state.serving
            && serving.digest == read
        {
            // Touched, or written again with the same bytes.
            serving.stamp = stamp;
            self.state.phase = Phase::Ready;
            self.effects.push(Effect::Abandon(id));
            return;
        }
        if let Some((_, why)) = self.state.failed.iter().find(|(digest, _)| *digest == read) {
            // People were told the first time.
            self.state.phase = Phase::Rejected {
                stamp,
                digest: Some(read),
                why: why.clone(),
            };
            self.effects.push(Effect::Abandon(id));
            return;
        }
        self.effects.push(Effect::Verify {
            attempt: id,
            digest: read,
        });
    }

    fn verified(&mut self, id: AttemptId, missing: Option<Change>) {
        let attempt = match self.state.phase {
            Phase::Verifying {
                attempt,
                stamp,
                digest: Some(digest),
            } if attempt == id => Attempt { id, stamp, digest },
            _ => return,
        };
        match missing {
            None => self.compile(attempt),
            Some(missing) => {
                self.effects.push(Effect::Tell(Notice::NeedsConsent {
                    digest: attempt.digest,
                    missing: missing.clone(),
                }));
                self.state.phase = Phase::NeedsConsent { attempt, missing };
            }
        }
    }

    fn compile(&mut self, attempt: Attempt) {
        self.effects.push(Effect::Compile {
            attempt: attempt.id,
            digest: attempt.digest,
        });
        self.state.phase = Phase::Compiling(attempt);
    }

    fn publish(&mut self, attempt: Attempt) {
        self.state.generations += 1;
        let generation = Generation(self.state.generations);
        let serving = Serving {
            generation,
            digest: attempt.digest,
            stamp: attempt.stamp,
            in_flight: 0,
            quarantined: None,
        };
        self.effects.push(Effect::Publish {
            attempt: attempt.id,
            generation,
            digest: attempt.digest,
        });
        let before = self.state.serving.replace(serving);
        self.state.phase = Phase::Ready;
        let notice = match &before {
            None => Notice::Loaded(generation),
            Some(before) => Notice::Reloaded {
                generation,
                before: before.generation,
            },
        };
        self.effects.push(Effect::Tell(notice));
        // After the new one is there, so that no job finds nothing.
        self.drain(before, None);
    }

    fn failed(&mut self, id: AttemptId, why: String) {
        if self.state.attempt() != Some(id) {
            return;
        }
        let (stamp, digest) = match &self.state.phase {
            Phase::Verifying { stamp, digest, .. } => (*stamp, *digest),
            Phase::Compiling(attempt) | Phase::Linking(attempt) | Phase::Probing(attempt) => {
                (attempt.stamp, Some(attempt.digest))
            }
            // Nothing is being done that could fail.
            _ => return,
        };
        if let Some(digest) = digest {
            self.state.failed.push_back((digest, why.clone()));
            if self.state.failed.len() > REMEMBERED {
                self.state.failed.pop_front();
            }
        }
        self.effects.push(Effect::Tell(Notice::Rejected {
            digest,
            why: why.clone(),
            serving: self
                .state
                .serving
                .as_ref()
                .map(|serving| serving.generation),
        }));
        self.state.phase = Phase::Rejected { stamp, digest, why };
    }

    fn revoked(&mut self, missing: Change) {
        let revoked = self.state.serving.take();
        match &self.state.phase {
            // What is on its way was checked against what was granted then.
            Phase::Verifying { .. }
            | Phase::Compiling(_)
            | Phase::Linking(_)
            | Phase::Probing(_) => {
                if let Some(stamp) = self.state.stamp() {
                    self.abandon();
                    self.begin(stamp);
                }
            }
            Phase::Ready => {
                if let Some(Serving { digest, stamp, .. }) = &revoked {
                    self.state.attempts += 1;
                    let attempt = Attempt {
                        id: AttemptId(self.state.attempts),
                        stamp: *stamp,
                        digest: *digest,
                    };
                    self.effects.push(Effect::Tell(Notice::NeedsConsent {
                        digest: *digest,
                        missing: missing.clone(),
                    }));
                    self.state.phase = Phase::NeedsConsent { attempt, missing };
                }
            }
            _ => {}
        }
        self.drain(revoked, None);
    }

    fn retry(&mut self) {
        self.state.failed.clear();
        if let Phase::Rejected { stamp, .. } = self.state.phase {
            self.begin(stamp);
        }
    }
}
