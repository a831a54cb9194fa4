//! How a worker gets a job, and what it records of it.

use rusqlite::{OptionalExtension as _, params};

use super::{
    AttemptResult, Failure, Job, JobEvent, JobId, Outcome, Progress, Queue, QueueError, State, rows,
};
use crate::database::Durability;

/// A job that a worker has. Whatever is recorded for it counts only as long as no other worker has got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) job: JobId,
    pub(super) worker: i64,
    pub(super) attempt: u32,
}

/// Whether there is anything.
pub(super) struct Look {
    pub(super) any: bool,
    pub(super) paused: bool,
}

/// What is to be had.
pub(super) enum Found {
    Job(Box<Job>),
    /// Nothing that this worker can do.
    Nothing,
    /// Something, but the queue is paused.
    Paused,
}

/// How an attempt ended, as the worker sees it.
#[derive(Clone, Debug)]
pub(super) enum End {
    Done(Outcome),
    Failed(Failure),
    Cancelled,
    /// It goes back into the queue.
    Stopped,
}

impl Queue {
    /// Whether [`Self::claim`] is worth trying, without keeping anyone from writing: jobs of these kinds wait, and whether
    /// the queue is paused.
    pub(super) fn look(&self, kinds: &[&str]) -> Result<Look, QueueError> {
        let kinds = serde_json::to_string(kinds)?;
        self.database.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM job WHERE state = 'queued'
                     AND kind IN (SELECT value FROM json_each(?1))), (SELECT paused FROM queue)",
                )
                .and_then(|mut it| {
                    it.query_row([kinds], |row| {
                        Ok(Look {
                            any: row.get(0)?,
                            paused: row.get(1)?,
                        })
                    })
                })
                .map_err(|error| self.database.error(error).into())
        })
    }

    /// Gives a worker the next job of these kinds.
    pub(super) fn claim(&self, worker: i64, kinds: &[&str]) -> Result<Found, QueueError> {
        let kinds = serde_json::to_string(kinds)?;
        let found = self.database.write(|change| {
            let named = |error| self.database.error(error);
            let next: Option<i64> = change
                .prepare_cached(
                    "SELECT id FROM job INDEXED BY job_waiting WHERE state = 'queued'
                     AND kind IN (SELECT value FROM json_each(?1))
                     ORDER BY priority DESC, position, id LIMIT 1",
                )
                .and_then(|mut it| it.query_row([kinds], |row| row.get(0)).optional())
                .map_err(named)?;
            let Some(id) = next else {
                return Ok(Found::Nothing);
            };
            let paused: bool = change
                .query_row("SELECT paused FROM queue", [], |row| row.get(0))
                .map_err(named)?;
            if paused {
                return Ok(Found::Paused);
            }
            let now = rows::now();
            change
                .execute(
                    "UPDATE job SET state = 'running', worker = ?2, attempts = attempts + 1,
                     started_at = ?3, finished_at = NULL, cancel_asked = 0, progress = NULL WHERE id = ?1",
                    params![id, worker, now],
                )
                .map_err(named)?;
            change
                .execute(
                    "INSERT INTO attempt (job, number, pid, started_at)
                     SELECT id, attempts, ?2, ?3 FROM job WHERE id = ?1",
                    params![id, std::process::id(), now],
                )
                .map_err(named)?;
            let job = rows::find(&self.database, change, JobId(id))?;
            Ok::<_, QueueError>(Found::Job(Box::new(job)))
        })?;
        if let Found::Job(job) = &found {
            let attempt = job.attempts;
            self.events.tell(job.id, JobEvent::Started { attempt });
        }
        Ok(found)
    }

    /// Records how an attempt ended. `None` if another worker has the job by now: then nothing is recorded. The state is
    /// not always that of `end`: a job that somebody cancelled is not queued again.
    pub(super) fn finish(&self, claim: Claim, end: &End) -> Result<Option<State>, QueueError> {
        let (mut state, mut result) = match end {
            End::Done(_) => (State::Done, AttemptResult::Done),
            End::Failed(_) => (State::Failed, AttemptResult::Failed),
            End::Cancelled => (State::Cancelled, AttemptResult::Cancelled),
            End::Stopped => (State::Queued, AttemptResult::Stopped),
        };
        let outcome = match end {
            End::Done(outcome) => Some(serde_json::to_string(outcome)?),
            _ => None,
        };
        let failure = match end {
            End::Failed(failure) => Some(serde_json::to_string(failure)?),
            _ => None,
        };
        let recorded = self.database.write(|change| {
            let named = |error| self.database.error(error);
            let asked: Option<bool> = change
                .prepare_cached(
                    "SELECT cancel_asked FROM job
                     WHERE id = ?1 AND worker = ?2 AND attempts = ?3 AND state = 'running'",
                )
                .and_then(|mut it| {
                    it.query_row(params![claim.job.0, claim.worker, claim.attempt], |row| {
                        row.get(0)
                    })
                    .optional()
                })
                .map_err(named)?;
            let Some(asked) = asked else {
                return Ok(false);
            };
            if asked && state == State::Queued {
                (state, result) = (State::Cancelled, AttemptResult::Cancelled);
            }
            let now = rows::now();
            change
                .execute(
                    "UPDATE job SET state = ?2, worker = NULL, progress = NULL, finished_at = ?3,
                     outcome = ?4, failure = ?5 WHERE id = ?1",
                    params![
                        claim.job.0,
                        state.name(),
                        state.is_ended().then_some(now),
                        outcome,
                        failure
                    ],
                )
                .map_err(named)?;
            change
                .execute(
                    "UPDATE attempt SET ended_at = ?3, result = ?4, failure = ?5
                     WHERE job = ?1 AND number = ?2",
                    params![claim.job.0, claim.attempt, now, result.name(), failure],
                )
                .map_err(named)?;
            Ok::<_, QueueError>(true)
        })?;
        if !recorded {
            return Ok(None);
        }
        let event = match (state, end) {
            (State::Queued, _) => JobEvent::Queued {
                reason: Some("its worker was stopped".to_owned()),
            },
            (State::Done, End::Done(outcome)) => JobEvent::Finished {
                outcome: outcome.clone(),
            },
            (State::Failed, End::Failed(failure)) => JobEvent::Failed {
                failure: failure.clone(),
            },
            _ => JobEvent::Cancelled,
        };
        self.events.tell(claim.job, event);
        if state == State::Queued {
            self.local.wake();
        }
        Ok(Some(state))
    }

    /// Whether somebody wants the job to stop; `None` if another worker has it by now.
    pub(super) fn is_cancel_asked(&self, claim: Claim) -> Result<Option<bool>, QueueError> {
        self.database.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT cancel_asked FROM job
                     WHERE id = ?1 AND worker = ?2 AND attempts = ?3 AND state = 'running'",
                )
                .and_then(|mut it| {
                    it.query_row(params![claim.job.0, claim.worker, claim.attempt], |row| {
                        row.get(0)
                    })
                    .optional()
                })
                .map_err(|error| self.database.error(error).into())
        })
    }

    /// Lets other processes see how far a job is.
    pub(super) fn record_progress(
        &self,
        claim: Claim,
        progress: &Progress,
    ) -> Result<(), QueueError> {
        let text = serde_json::to_string(progress)?;
        // Not worth a flush of the disk: after a power cut the job begins again anyway.
        self.database.write_with(Durability::Process, |change| {
            change
                .prepare_cached(
                    "UPDATE job SET progress = ?4
                     WHERE id = ?1 AND worker = ?2 AND attempts = ?3 AND state = 'running'",
                )
                .and_then(|mut it| {
                    it.execute(params![claim.job.0, claim.worker, claim.attempt, text])
                })
                .map_err(|error| self.database.error(error))?;
            Ok(())
        })
    }
}
