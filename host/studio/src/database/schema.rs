//! The tables, and how an older file gets them.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::DatabaseError;

/// What was added with each number, from 1. What is here is never changed: files out there have it.
pub(super) const STEPS: [&str; 3] = [
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
];

/// The number of the newest schema.
pub const SCHEMA: i64 = STEPS.len() as i64;

const NUMBER: &str = "user_version";

/// Brings a file up to date, a number at a time, each whole or not at all.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), DatabaseError> {
    let named = |error| DatabaseError::of(path, error);
    loop {
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(named)?;
        let number = check(&transaction, path)?;
        let next = usize::try_from(number).ok().and_then(|at| STEPS.get(at));
        let Some(step) = next else {
            return Ok(());
        };
        transaction.execute_batch(step).map_err(named)?;
        transaction
            .pragma_update(None, NUMBER, number + 1)
            .map_err(named)?;
        transaction.commit().map_err(named)?;
    }
}

/// The file's number, if this version knows it.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<i64, DatabaseError> {
    let found: i64 = connection
        .pragma_query_value(None, NUMBER, |row| row.get(0))
        .map_err(|error| DatabaseError::of(path, error))?;
    if !(0..=SCHEMA).contains(&found) {
        return Err(DatabaseError::Newer {
            path: path.to_owned(),
            found,
            known: SCHEMA,
        });
    }
    Ok(found)
}
