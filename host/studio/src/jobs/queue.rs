use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::Serialize;

use super::prepared::Prepared;
use super::running::Running;
use super::{Attempt, Events, Job, JobEvent, JobId, NewJob, QueueError, State, order, rows};
use crate::database::Database;

/// How many jobs a page has at most.
const PAGE: usize = 1000;

/// The jobs of a data folder. Clones are one.
///
/// What one process changes the others see. Events are told within this process only.
#[derive(Clone, Debug)]
pub struct Queue {
    pub(super) database: Database,
    pub(super) events: Events,
    pub(super) local: Arc<Local>,
}

/// What this process knows beside the database.
#[derive(Debug, Default)]
pub(super) struct Local {
    /// The jobs that it works on.
    pub(super) running: Mutex<BTreeMap<JobId, Arc<Running>>>,
    /// Counts changes that may be work for idle workers.
    changes: Mutex<u64>,
    changed: Condvar,
}

impl Local {
    pub(super) fn wake(&self) {
        *self.changes.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_all();
    }

    /// How many changes there were. To be asked for before looking for work.
    pub(super) fn changes(&self) -> u64 {
        *self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there are more changes than `seen`, at most so long.
    pub(super) fn wait(&self, seen: u64, longest: Duration) {
        let changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        // Whether it was a change or the time: the caller looks again.
        drop(
            self.changed
                .wait_timeout_while(changes, longest, |now| *now == seen),
        );
    }

    pub(super) fn running(&self, id: JobId) -> Option<Arc<Running>> {
        let running = self.running.lock();
        let running = running.unwrap_or_else(PoisonError::into_inner);
        running.get(&id).cloned()
    }
}

/// Which jobs [`Queue::list`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// In one of these states; empty means any.
    pub states: Vec<State>,
    /// Of this kind.
    pub kind: Option<String>,
    /// Older than this one, which is the last of the page before.
    pub before: Option<JobId>,
    /// At most so many, and never more than 1000.
    pub limit: usize,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            states: Vec::new(),
            kind: None,
            before: None,
            limit: 100,
        }
    }
}

/// How many jobs are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Wait for a worker.
    pub queued: u64,
    /// Are worked on.
    pub running: u64,
    /// Gave what was asked for.
    pub done: u64,
    /// Did not.
    pub failed: u64,
    /// Were stopped.
    pub cancelled: u64,
}

impl Queue {
    /// Opens the queue of a data folder, which is made where it is missing.
    ///
    /// # Errors
    /// The database cannot be used.
    pub fn open(data: &Path) -> Result<Self, QueueError> {
        Ok(Self::of(Database::open(data)?))
    }

    /// The queue in a database.
    #[must_use]
    pub fn of(database: Database) -> Self {
        Self {
            database,
            events: Events::default(),
            local: Arc::default(),
        }
    }

    /// The database it is in.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What happens to its jobs by this process.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// Adds a job at the end of its priority. Once this returns it is safe, also from a power cut.
    ///
    /// # Errors
    /// The job is wrong in itself, its key belongs to another one, or the database cannot be written.
    pub fn add(&self, job: NewJob) -> Result<Job, QueueError> {
        let id = self.add_all([job])?;
        self.get(id[0])
    }

    /// Adds jobs in order: all or none.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub fn add_all(
        &self,
        jobs: impl IntoIterator<Item = NewJob>,
    ) -> Result<Vec<JobId>, QueueError> {
        let jobs: Vec<Prepared> = jobs
            .into_iter()
            .map(Prepared::new)
            .collect::<Result<_, _>>()?;
        let added = self.database.write(|change| {
            let mut position = order::end(change).map_err(|error| self.database.error(error))?;
            let mut added = Vec::with_capacity(jobs.len());
            for job in &jobs {
                let (id, new) = self.insert(change, job, position)?;
                position = position.saturating_add(order::STEP);
                added.push((id, new));
            }
            Ok::<_, QueueError>(added)
        })?;
        for (id, new) in &added {
            if *new {
                self.events.tell(*id, JobEvent::Queued { reason: None });
            }
        }
        self.local.wake();
        Ok(added.into_iter().map(|(id, _)| id).collect())
    }

    /// The job's number, and whether it is new.
    fn insert(
        &self,
        change: &Transaction<'_>,
        job: &Prepared,
        position: i64,
    ) -> Result<(JobId, bool), QueueError> {
        if let Some(key) = &job.job.key {
            let same = change
                .prepare_cached("SELECT * FROM job WHERE key = ?1")
                .and_then(|mut it| it.query_row([key], rows::job).optional())
                .map_err(|error| self.database.error(error))?;
            if let Some(same) = same {
                return if job.is_same(&same) {
                    Ok((same.id, false))
                } else {
                    Err(QueueError::KeyTaken {
                        key: crate::harmless(key),
                        id: same.id,
                    })
                };
            }
        }
        change
            .prepare_cached(
                "INSERT INTO job (kind, payload, options, key, state, priority, position, deadline, created_at)
                 VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?6, ?7, ?8)",
            )
            .and_then(|mut statement| {
                statement.insert(params![
                    job.job.task.kind(),
                    job.payload,
                    job.options,
                    job.job.key,
                    job.job.priority,
                    position,
                    job.job.deadline.map(|it| it.as_secs_f64()),
                    rows::now(),
                ])
            })
            .map(|id| (JobId(id), true))
            .map_err(|error| self.database.error(error).into())
    }

    /// The job with this number.
    ///
    /// # Errors
    /// There is none, or the database cannot be read.
    pub fn get(&self, id: JobId) -> Result<Job, QueueError> {
        self.database
            .read(|connection| rows::find(&self.database, connection, id))
    }

    /// Jobs, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Job>, QueueError> {
        // Names of ours, written out: so the index on them is used.
        let states: Vec<_> = filter
            .states
            .iter()
            .map(|state| format!("'{state}'"))
            .collect();
        let within = match states.as_slice() {
            [] => "1".to_owned(),
            states => format!("state IN ({})", states.join(", ")),
        };
        self.jobs(
            &format!(
                "SELECT * FROM job WHERE {within} AND (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR id < ?2)
                 ORDER BY id DESC LIMIT ?3"
            ),
            params![
                filter.kind,
                filter.before.map(|id| id.0),
                filter.limit.min(PAGE) as i64
            ],
        )
    }

    /// The jobs that wait, in the order in which they will be worked on, without the first `skip`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn waiting(&self, skip: usize, limit: usize) -> Result<Vec<Job>, QueueError> {
        self.jobs(
            "SELECT * FROM job INDEXED BY job_waiting WHERE state = 'queued'
             ORDER BY priority DESC, position, id LIMIT ?1 OFFSET ?2",
            params![limit.min(PAGE) as i64, skip as i64],
        )
    }

    fn jobs(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Job>, QueueError> {
        self.database.read(|connection| {
            connection
                .prepare_cached(sql)
                .and_then(|mut it| it.query_map(values, rows::job)?.collect())
                .map_err(|error| self.database.error(error).into())
        })
    }

    /// Every time that a job was worked on, the first one first.
    ///
    /// # Errors
    /// There is no such job, or the database cannot be read.
    pub fn attempts(&self, id: JobId) -> Result<Vec<Attempt>, QueueError> {
        self.database.read(|connection| {
            rows::find(&self.database, connection, id)?;
            connection
                .prepare_cached("SELECT * FROM attempt WHERE job = ?1 ORDER BY number")
                .and_then(|mut it| it.query_map([id.0], rows::attempt)?.collect())
                .map_err(|error| self.database.error(error).into())
        })
    }

    /// How many jobs are in which state.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn counts(&self) -> Result<Counts, QueueError> {
        let rows: Vec<(String, i64)> = self.database.read(|connection| {
            connection
                .prepare_cached("SELECT state, COUNT(*) FROM job GROUP BY state")
                .and_then(|mut it| {
                    it.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect()
                })
                .map_err(|error| self.database.error(error))
        })?;
        let of = |state: State| {
            let row = rows.iter().find(|(name, _)| name == state.name());
            row.map_or(0, |(_, count)| count.cast_unsigned())
        };
        Ok(Counts {
            queued: of(State::Queued),
            running: of(State::Running),
            done: of(State::Done),
            failed: of(State::Failed),
            cancelled: of(State::Cancelled),
        })
    }

    /// Lets workers begin no further job, in this and every other process. What is running runs on.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn pause(&self) -> Result<(), QueueError> {
        self.set_paused(true)
    }

    /// Takes [`Self::pause`] back.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn resume(&self) -> Result<(), QueueError> {
        self.set_paused(false)
    }

    fn set_paused(&self, paused: bool) -> Result<(), QueueError> {
        self.database.write(|change| {
            change
                .execute("UPDATE queue SET paused = ?1", [paused])
                .map_err(|error| self.database.error(error))
        })?;
        self.local.wake();
        Ok(())
    }

    /// Whether it is paused.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn is_paused(&self) -> Result<bool, QueueError> {
        self.database.read(|connection| {
            connection
                .query_row("SELECT paused FROM queue", [], |row| row.get(0))
                .map_err(|error| self.database.error(error).into())
        })
    }
}
