//! What people do to jobs that are there.

use rusqlite::params;

use super::running::Reason;
use super::{Job, JobEvent, JobId, Queue, QueueError, State, order, rows};

/// What came of [`Queue::cancel`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// It waited, and will not be worked on.
    AtOnce,
    /// It is running, and its worker is told.
    Asked,
}

impl Queue {
    /// Stops a job: one that waits at once; for one that runs its worker is told, in whatever process it is, and notices
    /// within a fifth of a second.
    ///
    /// # Errors
    /// There is no such job, it has ended already, or the database fails.
    pub fn cancel(&self, id: JobId) -> Result<Cancelled, QueueError> {
        let cancelled = self.database.write(|change| {
            let named = |error| self.database.error(error);
            let job = rows::find(&self.database, change, id)?;
            match job.state {
                State::Queued => {
                    change
                        .execute(
                            "UPDATE job SET state = 'cancelled', finished_at = ?2 WHERE id = ?1",
                            params![id.0, rows::now()],
                        )
                        .map_err(named)?;
                    Ok(Cancelled::AtOnce)
                }
                State::Running => {
                    change
                        .execute("UPDATE job SET cancel_asked = 1 WHERE id = ?1", [id.0])
                        .map_err(named)?;
                    Ok(Cancelled::Asked)
                }
                state => Err(QueueError::State {
                    id,
                    state,
                    expected: "queued and running jobs",
                    doing: "cancelled",
                }),
            }
        })?;
        match cancelled {
            Cancelled::AtOnce => self.events.tell(id, JobEvent::Cancelled),
            Cancelled::Asked => {
                if let Some(running) = self.local.running(id) {
                    running.ask(Reason::Cancelled);
                }
            }
        }
        Ok(cancelled)
    }

    /// Cancels every job that waits. What is running runs on.
    ///
    /// # Errors
    /// The database fails.
    pub fn cancel_waiting(&self) -> Result<Vec<JobId>, QueueError> {
        let ids: Vec<JobId> = self.database.write(|change| {
            change
                .prepare_cached(
                    "UPDATE job SET state = 'cancelled', finished_at = ?1 WHERE state = 'queued' RETURNING id",
                )
                .and_then(|mut it| {
                    it.query_map([rows::now()], |row| row.get(0).map(JobId))?
                        .collect()
                })
                .map_err(|error| self.database.error(error))
        })?;
        for id in &ids {
            self.events.tell(*id, JobEvent::Cancelled);
        }
        Ok(ids)
    }

    /// Queues a job again that failed or was cancelled, behind all others of its priority. What came of it before stays
    /// with its attempts; how often its process died is forgotten.
    ///
    /// # Errors
    /// There is no such job, it is in another state, or the database fails.
    pub fn retry(&self, id: JobId) -> Result<Job, QueueError> {
        self.database.write(|change| {
            let named = |error| self.database.error(error);
            let job = rows::find(&self.database, change, id)?;
            if !matches!(job.state, State::Failed | State::Cancelled) {
                return Err(QueueError::State {
                    id,
                    state: job.state,
                    expected: "failed and cancelled jobs",
                    doing: "tried again",
                });
            }
            let position = order::end(change).map_err(named)?;
            change
                .execute(
                    "UPDATE job SET state = 'queued', position = ?2, deaths = 0, cancel_asked = 0,
                     failure = NULL, progress = NULL, finished_at = NULL WHERE id = ?1",
                    params![id.0, position],
                )
                .map_err(named)?;
            Ok(())
        })?;
        self.events.tell(id, JobEvent::Queued { reason: None });
        self.local.wake();
        self.get(id)
    }

    /// Forgets jobs that have ended in one of these states, with their attempts; their pictures stay. Gives how many.
    ///
    /// # Errors
    /// The database fails.
    pub fn clear(&self, states: &[State]) -> Result<usize, QueueError> {
        let ended: Vec<_> = states.iter().filter(|state| state.is_ended()).collect();
        self.database.write(|change| {
            let mut cleared = 0;
            for state in ended {
                cleared += change
                    .execute("DELETE FROM job WHERE state = ?1", [state.name()])
                    .map_err(|error| self.database.error(error))?;
            }
            Ok(cleared)
        })
    }

    /// Forgets one job that has ended.
    ///
    /// # Errors
    /// There is no such job, it has not ended, or the database fails.
    pub fn remove(&self, id: JobId) -> Result<(), QueueError> {
        self.database.write(|change| {
            let job = rows::find(&self.database, change, id)?;
            if !job.state.is_ended() {
                return Err(QueueError::State {
                    id,
                    state: job.state,
                    expected: "done, failed and cancelled jobs",
                    doing: "removed",
                });
            }
            change
                .execute("DELETE FROM job WHERE id = ?1", [id.0])
                .map_err(|error| self.database.error(error))?;
            Ok(())
        })
    }
}
