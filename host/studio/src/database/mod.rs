//! The one SQLite file of a data folder, `studio.db`: jobs and the history of pictures.
//!
//! Several processes may have it open. Write-ahead logging lets everyone read while one writes; writers wait for each
//! other. Every change is one transaction that begins by taking the right to write, so that what it has read is still
//! true when it writes.

mod error;
mod schema;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub use error::DatabaseError;
pub use schema::SCHEMA;

/// The file's name in the data folder.
const FILE: &str = "studio.db";
/// How long a writer waits for those of other processes. Each holds the right for milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many open connections are kept for the next reader.
const KEPT: usize = 8;
/// What the write-ahead log may keep on disk once its content is in the file.
const LOG_BYTES: i64 = 16 << 20;

/// The database of a data folder. Clones are one.
#[derive(Clone)]
pub struct Database {
    shared: Arc<Shared>,
}

struct Shared {
    folder: PathBuf,
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// Threads of this process take turns here, which wakes them at once; SQLite's own waiting is by trying again.
    writing: Mutex<()>,
    durability: Durability,
    /// How large the file may become, in place of a disk that is full.
    #[cfg(test)]
    pages: std::sync::atomic::AtomicI64,
}

/// When a change is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Once it returned, also when the power fails: an accepted job is not lost. It costs one flush of the disk, which is
    /// nothing beside a picture.
    Power,
    /// When the process ends, however it ends. After a power cut the last changes may be gone; what is left is whole.
    Process,
}

impl Database {
    /// Opens the database of a data folder. Both are made where they are missing, and an older schema is brought up to
    /// [`SCHEMA`].
    ///
    /// # Errors
    /// The folder or the file cannot be used, the file is no database or is damaged, or a newer version made it.
    pub fn open(data: &Path) -> Result<Self, DatabaseError> {
        Self::open_with(data, Durability::Power)
    }

    pub(crate) fn open_with(data: &Path, durability: Durability) -> Result<Self, DatabaseError> {
        let folder = std::path::absolute(data).map_err(DatabaseError::folder(data))?;
        fs::create_dir_all(&folder).map_err(DatabaseError::folder(&folder))?;
        let path = folder.join(FILE);
        // Two processes that change the journal mode or the schema of a new file at once would fail each other.
        let lock_path = folder.join("studio.db.lock");
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(DatabaseError::folder(&lock_path))?;
        lock.lock().map_err(DatabaseError::folder(&lock_path))?;
        let database = Self {
            shared: Arc::new(Shared {
                folder,
                path,
                idle: Mutex::default(),
                writing: Mutex::default(),
                durability,
                #[cfg(test)]
                pages: i64::from(u32::MAX - 1).into(),
            }),
        };
        let mut connection = database.connect()?;
        let named = |error| DatabaseError::of(&database.shared.path, error);
        let mode: String = connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
            .map_err(named)?;
        if !mode.eq_ignore_ascii_case("wal") {
            return Err(DatabaseError::NoLog {
                path: database.shared.path.clone(),
                mode,
            });
        }
        schema::migrate(&mut connection, &database.shared.path)?;
        drop(lock);
        database.give_back(connection);
        Ok(database)
    }

    /// The data folder, absolute.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.shared.folder
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Reads. What is read is of one moment if it is one statement.
    pub(crate) fn read<T, E: From<DatabaseError>>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.borrow()?;
        read(&connection)
    }

    /// Changes everything that `change` says, or nothing if it or the disk fails.
    pub(crate) fn write<T, E: From<DatabaseError>>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_with(self.shared.durability, change)
    }

    /// As [`Self::write`], with a durability of its own.
    pub(crate) fn write_with<T, E: From<DatabaseError>>(
        &self,
        durability: Durability,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.turn();
        let mut connection = self.borrow()?;
        let named = |error| DatabaseError::of(&self.shared.path, error);
        let synchronous = match durability {
            Durability::Power => "FULL",
            Durability::Process => "NORMAL",
        };
        connection
            .pragma_update(None, "synchronous", synchronous)
            .map_err(named)?;
        #[cfg(test)]
        connection
            .pragma_update_and_check(
                None,
                "max_page_count",
                self.shared.pages.load(std::sync::atomic::Ordering::SeqCst),
                |_| Ok(()),
            )
            .map_err(named)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(named)?;
        // A newer version may have changed the schema while this process had the file open.
        schema::check(&transaction, &self.shared.path)?;
        let value = change(&transaction)?;
        transaction.commit().map_err(named)?;
        Ok(value)
    }

    /// Lets the file grow to so many pages from now on. It does not shrink.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: i64) {
        let all = &self.shared.pages;
        all.store(pages, std::sync::atomic::Ordering::SeqCst);
    }

    /// An error of SQLite as one of this file.
    pub(crate) fn error(&self, error: rusqlite::Error) -> DatabaseError {
        DatabaseError::of(&self.shared.path, error)
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.shared
            .writing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn borrow(&self) -> Result<Borrowed<'_>, DatabaseError> {
        let idle = self.lock_idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect()?,
        };
        Ok(Borrowed {
            database: self,
            connection: Some(connection),
        })
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.lock_idle();
        // One that is still in a transaction, because even taking it back failed, is closed.
        if idle.len() < KEPT && connection.is_autocommit() {
            idle.push(connection);
        }
    }

    fn lock_idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.shared
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> Result<Connection, DatabaseError> {
        let named = |error| DatabaseError::of(&self.shared.path, error);
        // Without SQLITE_OPEN_URI: a folder may have any name.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.shared.path, flags).map_err(named)?;
        connection.busy_timeout(PATIENCE).map_err(named)?;
        connection
            .pragma_update(None, "foreign_keys", true)
            .map_err(named)?;
        connection
            .pragma_update(None, "journal_size_limit", LOG_BYTES)
            .map_err(named)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Database").field(&self.shared.path).finish()
    }
}

/// A connection that goes back when it is no longer needed.
struct Borrowed<'a> {
    database: &'a Database,
    connection: Option<Connection>,
}

impl Deref for Borrowed<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        let Some(connection) = &self.connection else {
            unreachable!("it is given back only when it is dropped");
        };
        connection
    }
}

impl DerefMut for Borrowed<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        let Some(connection) = &mut self.connection else {
            unreachable!("it is given back only when it is dropped");
        };
        connection
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.database.give_back(connection);
        }
    }
}
