//! Which job comes next.
//!
//! Jobs are ordered by priority, then by position. Statements name the index that has this order: left to itself SQLite
//! sorts every job that waits. Positions lie far apart, so that a job is moved by changing its own row; only where no
//! number is left between two are all of them dealt out anew.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{JobId, Queue, QueueError, State, rows};

/// From one position to the next.
pub(super) const STEP: i64 = 1 << 32;

/// Where a job goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before all others: it is next. Its priority is raised to that of the first one where it is lower.
    Top,
    /// Behind all others. Its priority is lowered to that of the last one where it is higher.
    Bottom,
    /// Right before this one, with its priority.
    Before(JobId),
    /// Right behind this one, with its priority.
    After(JobId),
}

/// A queued job, as far as the order is concerned.
#[derive(Clone, Copy)]
struct Slot {
    id: i64,
    priority: i32,
    position: i64,
}

impl Queue {
    /// Moves a job that waits.
    ///
    /// # Errors
    /// There is no such job or it does not wait, the same of the one it is to be beside, or the database fails.
    pub fn place(&self, id: JobId, place: Place) -> Result<(), QueueError> {
        self.database.write(|change| {
            let named = |error| self.database.error(error);
            let own = self.slot(change, id)?;
            let beside = match place {
                Place::Before(other) | Place::After(other) if other == id => {
                    return Err(QueueError::Itself { id });
                }
                Place::Before(other) | Place::After(other) => Some(self.slot(change, other)?),
                Place::Top => end_of(change, id, "priority DESC, position, id").map_err(named)?,
                Place::Bottom => {
                    end_of(change, id, "priority, position DESC, id DESC").map_err(named)?
                }
            };
            // Nothing else waits, or it is far enough already.
            let Some(beside) = beside.filter(|other| match place {
                Place::Top => own.priority <= other.priority,
                Place::Bottom => own.priority >= other.priority,
                Place::Before(_) | Place::After(_) => true,
            }) else {
                return Ok(());
            };
            let before = matches!(place, Place::Top | Place::Before(_));
            let mut position = between(change, id, beside, before).map_err(named)?;
            if position.is_none() {
                deal(change).map_err(named)?;
                let beside = self.slot(change, JobId(beside.id))?;
                position = between(change, id, beside, before).map_err(named)?;
            }
            let Some(position) = position else {
                unreachable!("there is room once the positions are dealt out");
            };
            change
                .execute(
                    "UPDATE job SET priority = ?2, position = ?3 WHERE id = ?1",
                    params![id.0, beside.priority, position],
                )
                .map_err(named)?;
            Ok(())
        })
    }

    /// Gives a job that waits another priority. Among those of the same priority it keeps its place by age.
    ///
    /// # Errors
    /// There is no such job, it does not wait, or the database fails.
    pub fn set_priority(&self, id: JobId, priority: i32) -> Result<(), QueueError> {
        self.database.write(|change| {
            self.slot(change, id)?;
            change
                .execute(
                    "UPDATE job SET priority = ?2 WHERE id = ?1",
                    params![id.0, priority],
                )
                .map_err(|error| self.database.error(error))?;
            Ok(())
        })
    }

    fn slot(&self, change: &Transaction<'_>, id: JobId) -> Result<Slot, QueueError> {
        let job = rows::find(&self.database, change, id)?;
        if job.state != State::Queued {
            return Err(QueueError::State {
                id,
                state: job.state,
                expected: "queued jobs",
                doing: "moved",
            });
        }
        change
            .query_row(
                "SELECT id, priority, position FROM job WHERE id = ?1",
                [id.0],
                slot,
            )
            .map_err(|error| self.database.error(error).into())
    }
}

fn slot(row: &rusqlite::Row<'_>) -> rusqlite::Result<Slot> {
    Ok(Slot {
        id: row.get(0)?,
        priority: row.get(1)?,
        position: row.get(2)?,
    })
}

/// The position behind every other.
pub(super) fn end(connection: &Connection) -> rusqlite::Result<i64> {
    let last: Option<i64> = connection
        .prepare_cached(
            "SELECT MAX(position) FROM job INDEXED BY job_position WHERE state IN ('queued', 'running')",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(last.map_or(0, |last| last.saturating_add(STEP)))
}

/// The first queued job in this order, apart from `id`.
fn end_of(connection: &Connection, id: JobId, order: &str) -> rusqlite::Result<Option<Slot>> {
    let sql = format!(
        "SELECT id, priority, position FROM job INDEXED BY job_waiting WHERE state = 'queued' AND id != ?1 ORDER BY {order} LIMIT 1"
    );
    connection
        .prepare_cached(&sql)?
        .query_row([id.0], slot)
        .optional()
}

/// A position for `id` right before or behind a job, if there is one.
fn between(
    connection: &Connection,
    id: JobId,
    beside: Slot,
    before: bool,
) -> rusqlite::Result<Option<i64>> {
    let sql = if before {
        "SELECT id, priority, position FROM job INDEXED BY job_waiting WHERE state = 'queued' AND id != ?1 AND priority = ?2
         AND (position, id) < (?3, ?4) ORDER BY position DESC, id DESC LIMIT 1"
    } else {
        "SELECT id, priority, position FROM job INDEXED BY job_waiting WHERE state = 'queued' AND id != ?1 AND priority = ?2
         AND (position, id) > (?3, ?4) ORDER BY position, id LIMIT 1"
    };
    let other = connection
        .prepare_cached(sql)?
        .query_row(
            params![id.0, beside.priority, beside.position, beside.id],
            slot,
        )
        .optional()?;
    Ok(match other {
        None if before => beside.position.checked_sub(STEP),
        None => beside.position.checked_add(STEP),
        Some(other) => {
            let (low, high) = if before {
                (other.position, beside.position)
            } else {
                (beside.position, other.position)
            };
            let middle = low.midpoint(high);
            (low < middle && middle < high).then_some(middle)
        }
    })
}

/// Deals out all positions anew, in the order that they have.
fn deal(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE job SET position = dealt.number * ?1 FROM (
             SELECT id, ROW_NUMBER() OVER (ORDER BY position, id) AS number
             FROM job WHERE state IN ('queued', 'running')
         ) AS dealt WHERE job.id = dealt.id",
        [STEP],
    )?;
    Ok(())
}
