//! Writing a picture and its record, so that a job that is begun again neither loses nor doubles one.
//!
//! The name is taken in the database first, then the file gets it, then the record counts. Wherever the process dies, the
//! next attempt of the job finds out how far it came: the file is there whole, or it is not.

use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, OptionalExtension as _, Transaction, params};

use super::store::{Columns, insert};
use super::{History, HistoryError, PictureId};
use crate::Picture;
use crate::jobs::JobId;
use crate::outputs::{Naming, Outputs};
use crate::png_file::Unnamed;

/// Whose picture it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The job.
    pub job: JobId,
    /// Which of its pictures, from 0.
    pub index: u32,
}

/// A picture that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Its number.
    pub id: PictureId,
    /// Its file.
    pub file: PathBuf,
    /// Whether an earlier attempt of the job had saved it already.
    pub was_there: bool,
}

/// What the database said about a name.
enum Taken {
    Ours(i64),
    Others,
}

impl History {
    /// Writes a picture under a free name and records it. If the same picture of the same job was saved already, that is
    /// what is given.
    ///
    /// # Errors
    /// The file or the database cannot be written. Then there is neither the file nor the record.
    pub fn save(
        &self,
        picture: &Picture,
        outputs: &Outputs,
        naming: &Naming<'_>,
        owner: Option<Owner>,
    ) -> Result<Saved, HistoryError> {
        if let Some(owner) = owner
            && let Some(saved) = self.saved(picture, owner)?
        {
            return Ok(saved);
        }
        let mut names = outputs.names(naming);
        let mut unnamed = Unnamed::new(names.folder(), picture, outputs.encoding)?;
        let columns = Columns::of_picture(picture, unnamed.bytes());
        loop {
            let path = names.next_path()?;
            let Taken::Ours(id) = self.take(&path, &columns, owner)? else {
                continue;
            };
            match unnamed.name(&path) {
                Ok(None) => {
                    self.set_written(id)?;
                    return Ok(Saved {
                        id: PictureId(id),
                        file: path,
                        was_there: false,
                    });
                }
                Ok(Some(taken)) => {
                    self.forget(id)?;
                    unnamed = taken;
                }
                Err(error) => {
                    // What went wrong with the file is what matters.
                    let _ = self.forget(id);
                    return Err(error.into());
                }
            }
        }
    }

    /// The picture, if an attempt before this one saved it.
    fn saved(&self, picture: &Picture, owner: Owner) -> Result<Option<Saved>, HistoryError> {
        let named = |error| self.database.error(error);
        let row: Option<(i64, String, Option<String>)> = self.database.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, file, recipe FROM picture WHERE job = ?1 AND job_index = ?2",
                )
                .and_then(|mut it| {
                    it.query_row(params![owner.job.0, owner.index], |row| {
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                    })
                    .optional()
                })
                .map_err(named)
        })?;
        let Some((id, file, recipe)) = row else {
            return Ok(None);
        };
        let path = self.path(&file);
        if !path.exists() {
            self.forget(id)?;
            return Ok(None);
        }
        // A model or a plugin has changed in between: another picture, and the old one is nobody's.
        if recipe != Some(picture.recipe.to_json()) {
            self.database.write(|change| {
                change
                    .execute(
                        "UPDATE picture SET written = 1, job = NULL, job_index = NULL WHERE id = ?1",
                        [id],
                    )
                    .map_err(named)
            })?;
            return Ok(None);
        }
        self.set_written(id)?;
        Ok(Some(Saved {
            id: PictureId(id),
            file: path,
            was_there: true,
        }))
    }

    /// Takes a name, if no other record has it. One whose file is gone has it no longer.
    fn take(
        &self,
        path: &Path,
        columns: &Columns,
        owner: Option<Owner>,
    ) -> Result<Taken, HistoryError> {
        let name = self.name(path)?;
        let owner = owner.map(|it| (it.job, Some(it.index)));
        let try_insert = |change: &Transaction<'_>| insert(change, &name, false, columns, owner);
        self.database.write(|change| {
            let mut inserted = try_insert(change);
            if is_taken(&inserted) && !path.exists() {
                let gone = change
                    .execute(
                        "DELETE FROM picture WHERE file = ?1 AND written = 1",
                        [&name],
                    )
                    .map_err(|error| self.database.error(error))?;
                if gone > 0 {
                    inserted = try_insert(change);
                }
            }
            match inserted {
                Ok(id) => Ok(Taken::Ours(id)),
                error if is_taken(&error) => Ok(Taken::Others),
                Err(error) => Err(self.database.error(error).into()),
            }
        })
    }

    fn set_written(&self, id: i64) -> Result<(), HistoryError> {
        self.change("UPDATE picture SET written = 1 WHERE id = ?1", id)
    }

    fn forget(&self, id: i64) -> Result<(), HistoryError> {
        self.change("DELETE FROM picture WHERE id = ?1", id)
    }

    fn change(&self, sql: &str, id: i64) -> Result<(), HistoryError> {
        self.database.write(|change| {
            change
                .execute(sql, [id])
                .map_err(|error| self.database.error(error))?;
            Ok(())
        })
    }
}

fn is_taken(inserted: &rusqlite::Result<i64>) -> bool {
    matches!(inserted, Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation))
}
