//! Jobs whose worker died.

use rusqlite::params;

use super::identity::Remains;
use super::{Failure, FailureKind, JobEvent, JobId, Queue, QueueError, State, rows};

/// What became of a job whose worker died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The job.
    pub job: JobId,
    /// Queued again, failed because it cost too many processes, or cancelled because somebody had wanted that.
    pub state: State,
}

/// A job that a dead worker had.
struct Interrupted {
    id: JobId,
    attempt: u32,
    deaths: u32,
    cancel_asked: bool,
}

impl Queue {
    /// Looks for jobs whose worker died, and queues them again where they were. One whose process has died more than
    /// `restarts` times fails: it may well be the reason.
    ///
    /// Workers do this by themselves.
    ///
    /// # Errors
    /// The database fails, or the files in `workers` cannot be opened.
    pub fn recover(&self, restarts: u32) -> Result<Vec<Recovered>, QueueError> {
        let workers: Vec<(i64, String)> = self.database.read(|connection| {
            connection
                .prepare_cached("SELECT id, lock FROM worker")
                .and_then(|mut it| {
                    it.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect()
                })
                .map_err(|error| self.database.error(error))
        })?;
        let mut recovered = Vec::new();
        for (worker, lock) in workers {
            let Some(remains) = Remains::of(self.database.folder(), &lock)? else {
                continue;
            };
            recovered.extend(self.recover_from(worker, restarts)?);
            // Only now: a process that dies before this leaves the file, and so the worker, to be found.
            remains.clear();
        }
        if recovered.iter().any(|it| it.state == State::Queued) {
            self.local.wake();
        }
        Ok(recovered)
    }

    fn recover_from(&self, worker: i64, restarts: u32) -> Result<Vec<Recovered>, QueueError> {
        let told = self.database.write(|change| {
            let named = |error| self.database.error(error);
            let jobs: Vec<Interrupted> = change
                .prepare_cached(
                    "SELECT id, attempts, deaths, cancel_asked FROM job WHERE worker = ?1 ORDER BY id",
                )
                .and_then(|mut it| it.query_map([worker], interrupted)?.collect())
                .map_err(named)?;
            let now = rows::now();
            let mut told = Vec::new();
            for job in jobs {
                let deaths = job.deaths.saturating_add(1);
                let (state, event, failure) = verdict(&job, deaths, restarts);
                let failure = failure
                    .map(|it| serde_json::to_string(&it))
                    .transpose()?;
                change
                    .execute(
                        "UPDATE job SET state = ?2, deaths = ?3, worker = NULL, progress = NULL,
                         finished_at = ?4, failure = ?5 WHERE id = ?1",
                        params![
                            job.id.0,
                            state.name(),
                            deaths,
                            state.is_ended().then_some(now),
                            failure
                        ],
                    )
                    .map_err(named)?;
                change
                    .execute(
                        "UPDATE attempt SET ended_at = ?3, result = 'interrupted' WHERE job = ?1 AND number = ?2",
                        params![job.id.0, job.attempt, now],
                    )
                    .map_err(named)?;
                told.push((job.id, state, event));
            }
            change
                .execute("DELETE FROM worker WHERE id = ?1", [worker])
                .map_err(named)?;
            Ok::<_, QueueError>(told)
        })?;
        let tell = |(job, state, event)| {
            self.events.tell(job, event);
            Recovered { job, state }
        };
        Ok(told.into_iter().map(tell).collect())
    }
}

/// What becomes of a job.
fn verdict(job: &Interrupted, deaths: u32, restarts: u32) -> (State, JobEvent, Option<Failure>) {
    if job.cancel_asked {
        return (State::Cancelled, JobEvent::Cancelled, None);
    }
    if deaths <= restarts {
        let reason = Some("the process that worked on it ended".to_owned());
        return (State::Queued, JobEvent::Queued { reason }, None);
    }
    let times = match deaths {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    };
    let failure = Failure::new(
        FailureKind::Crash,
        format!(
            "the process that worked on it ended {times} before it was done: the job may be the reason, so it is not tried again by itself"
        ),
    );
    let event = JobEvent::Failed {
        failure: failure.clone(),
    };
    (State::Failed, event, Some(failure))
}

fn interrupted(row: &rusqlite::Row<'_>) -> rusqlite::Result<Interrupted> {
    Ok(Interrupted {
        id: JobId(row.get(0)?),
        attempt: row.get(1)?,
        deaths: row.get(2)?,
        cancel_asked: row.get(3)?,
    })
}
