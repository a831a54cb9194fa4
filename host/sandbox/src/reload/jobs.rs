//! The half of the machine that is about jobs: who gets what, and what becomes of what nobody gets any more.

use std::mem;
use std::time::Duration;

use super::effect::{Effect, Notice, Unavailable};
use super::machine::Machine;
use super::state::{Draining, Generation, Phase, Serving};

impl Machine<'_> {
    pub(super) fn job_started(&mut self, job: u64) {
        self.release();
        let effect = match (self.state.unavailable(self.now), &mut self.state.serving) {
            (None, Some(serving)) => {
                serving.in_flight += 1;
                Effect::Serve {
                    job,
                    generation: serving.generation,
                }
            }
            (why, _) => Effect::Refuse {
                job,
                why: why.unwrap_or(Unavailable::NotReady),
            },
        };
        self.effects.push(effect);
    }

    pub(super) fn job_ended(&mut self, generation: Generation) {
        if let Some(serving) = &mut self.state.serving
            && serving.generation == generation
        {
            serving.in_flight = serving.in_flight.saturating_sub(1);
            return;
        }
        let mut draining = mem::take(&mut self.state.draining);
        draining.retain_mut(|it| {
            if it.generation == generation {
                it.in_flight = it.in_flight.saturating_sub(1);
                if it.in_flight == 0 {
                    self.effects.push(Effect::Retire(generation));
                }
            }
            it.in_flight > 0
        });
        self.state.draining = draining;
    }

    /// Keeps a generation for its jobs; drops it at once if it has none.
    pub(super) fn drain(&mut self, serving: Option<Serving>, deadline: Option<Duration>) {
        let Some(Serving {
            generation,
            in_flight,
            ..
        }) = serving
        else {
            return;
        };
        if in_flight == 0 {
            self.effects.push(Effect::Retire(generation));
            return;
        }
        self.state.draining.push(Draining {
            generation,
            in_flight,
            deadline,
        });
    }

    pub(super) fn remove(&mut self) {
        self.abandon();
        if matches!(self.state.phase, Phase::Absent | Phase::Removed) {
            return;
        }
        self.state.phase = Phase::Removed;
        self.effects.push(Effect::Tell(Notice::Removed));
        let deadline = self.now + self.timing.drain;
        let serving = self.state.serving.take();
        self.drain(serving, Some(deadline));
        for draining in &mut self.state.draining {
            draining.deadline.get_or_insert(deadline);
        }
        if !self.state.draining.is_empty() {
            self.effects.push(Effect::Wake { at: deadline });
        }
    }

    pub(super) fn tick(&mut self) {
        self.release();
        for draining in &mut self.state.draining {
            if draining
                .deadline
                .is_some_and(|deadline| deadline <= self.now)
            {
                draining.deadline = Some(Duration::MAX);
                self.effects.push(Effect::Kill(draining.generation));
            }
        }
    }

    pub(super) fn struck(&mut self, generation: Generation, until: Duration) {
        // A strike of an old generation says nothing about the new one.
        if let Some(serving) = &mut self.state.serving
            && serving.generation == generation
            && until > self.now
        {
            let until = serving.quarantined.map_or(until, |other| other.max(until));
            serving.quarantined = Some(until);
            self.effects.push(Effect::Wake { at: until });
            self.effects
                .push(Effect::Tell(Notice::Quarantined { until }));
        }
    }

    fn release(&mut self) {
        if let Some(serving) = &mut self.state.serving
            && serving.quarantined.is_some_and(|until| until <= self.now)
        {
            serving.quarantined = None;
            self.effects.push(Effect::Tell(Notice::Released));
        }
    }
}
