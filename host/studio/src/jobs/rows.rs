//! Jobs as rows of the database.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::de::DeserializeOwned;

use super::{Attempt, AttemptResult, Job, JobId, QueueError, State, Task};
use crate::database::Database;

type Result<T> = rusqlite::Result<T>;

/// Now, in milliseconds.
pub(super) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

pub(super) fn job(row: &Row<'_>) -> Result<Job> {
    let kind: String = row.get("kind")?;
    let payload: String = row.get("payload")?;
    let deadline: Option<f64> = row.get("deadline")?;
    Ok(Job {
        id: JobId(row.get("id")?),
        task: Task::read(&kind, &payload),
        options: json(row, "options")?.unwrap_or_default(),
        key: row.get("key")?,
        state: parsed(row, "state", |text| text.parse::<State>().ok())?,
        priority: row.get("priority")?,
        deadline: deadline.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        created_at: time(row, "created_at")?.unwrap_or_default(),
        started_at: time(row, "started_at")?,
        finished_at: time(row, "finished_at")?,
        attempts: row.get("attempts")?,
        deaths: row.get("deaths")?,
        cancel_asked: row.get("cancel_asked")?,
        progress: json(row, "progress")?,
        failure: json(row, "failure")?,
        outcome: json(row, "outcome")?,
    })
}

pub(super) fn attempt(row: &Row<'_>) -> Result<Attempt> {
    let result: Option<String> = row.get("result")?;
    Ok(Attempt {
        number: row.get("number")?,
        pid: row.get("pid")?,
        started_at: time(row, "started_at")?.unwrap_or_default(),
        ended_at: time(row, "ended_at")?,
        result: result.as_deref().and_then(AttemptResult::named),
        failure: json(row, "failure")?,
    })
}

/// The job with this number.
pub(super) fn find(
    database: &Database,
    connection: &Connection,
    id: JobId,
) -> std::result::Result<Job, QueueError> {
    connection
        .prepare_cached("SELECT * FROM job WHERE id = ?1")
        .and_then(|mut statement| statement.query_row([id.0], job).optional())
        .map_err(|error| database.error(error))?
        .ok_or(QueueError::NotFound { id })
}

/// A time that a clock or a hand set out of all bounds is as good as none.
fn time(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>> {
    let value: Option<i64> = row.get(column)?;
    Ok(value.and_then(|it| Timestamp::from_millisecond(it).ok()))
}

/// What is kept as JSON. A newer version may have written it otherwise: that must not keep anyone from the job.
fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

fn parsed<T>(row: &Row<'_>, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
    let value = row.get_ref(column)?;
    let text = String::column_result(value)?;
    parse(&text).ok_or_else(|| {
        let index = row.as_ref().column_index(column).unwrap_or_default();
        let error = FromSqlError::Other(format!("{text:?} in {column}").into());
        rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error))
    })
}
