use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use rusqlite::OptionalExtension as _;
use serde::Serialize;

use super::store::{Columns, insert};
use super::{History, HistoryError};
use crate::picture_file::{self, Encoding};

/// How many pictures are recorded at once.
const AT_ONCE: usize = 200;
/// How deep folders are looked into.
const DEEPEST: usize = 32;

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Pictures that are in the history now and were not before.
    pub added: usize,
    /// Those that were there already.
    pub known: usize,
    /// Those that do not say how they were made; they are left out.
    pub silent: usize,
    /// What could not be read.
    pub failed: Vec<NotImported>,
}

/// A file or folder that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotImported {
    /// Which.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl Imported {
    fn fail(&mut self, path: &Path, reason: impl ToString) {
        self.failed.push(NotImported {
            path: path.to_string_lossy().into_owned(),
            reason: reason.to_string(),
        });
    }

    /// How many files were looked at.
    #[must_use]
    pub fn seen(&self) -> usize {
        self.added + self.known + self.silent + self.failed.len()
    }
}

impl History {
    /// Records the pictures of a folder and of those in it that say how they were made, in a recipe or in the text that
    /// A1111 and others write. The files stay where they are. Links to folders are not followed.
    ///
    /// `progress` is told now and then, and says whether to go on.
    ///
    /// # Errors
    /// The folder itself cannot be read, the database cannot be written, or it was stopped. What cannot be read below it
    /// is in the result.
    pub fn import(
        &self,
        folder: &Path,
        progress: &mut dyn FnMut(&Imported) -> bool,
    ) -> Result<Imported, HistoryError> {
        let failed = |source| HistoryError::Folder {
            path: folder.to_owned(),
            source,
        };
        let folder = std::path::absolute(folder).map_err(failed)?;
        let mut imported = Imported::default();
        let mut found = Vec::new();
        let mut folders = vec![(folder.clone(), 0)];
        while let Some((path, depth)) = folders.pop() {
            let inside = match inside(&path) {
                Ok(inside) => inside,
                Err(error) if path == folder => return Err(failed(error)),
                Err(error) => {
                    imported.fail(&path, error);
                    continue;
                }
            };
            if depth < DEEPEST {
                let deeper = inside.folders.into_iter().rev();
                folders.extend(deeper.map(|path| (path, depth + 1)));
            }
            for file in inside.pictures {
                if !progress(&imported) {
                    self.add(&mut found, &mut imported)?;
                    return Err(HistoryError::Cancelled);
                }
                match self.look(&file) {
                    Ok(Look::Known) => imported.known += 1,
                    Ok(Look::Silent) => imported.silent += 1,
                    Ok(Look::Found(name, columns)) => found.push((name, columns)),
                    Err(error @ HistoryError::Database(_)) => return Err(error),
                    Err(error) => imported.fail(&file, error),
                }
                if found.len() >= AT_ONCE {
                    self.add(&mut found, &mut imported)?;
                }
            }
        }
        self.add(&mut found, &mut imported)?;
        Ok(imported)
    }

    fn look(&self, path: &Path) -> Result<Look, HistoryError> {
        let name = self.name(path)?;
        let known = self.database.read(|connection| {
            connection
                .prepare_cached("SELECT 1 FROM picture WHERE file = ?1")
                .and_then(|mut it| it.query_row([&name], |_| Ok(())).optional())
                .map_err(|error| self.database.error(error))
        })?;
        if known.is_some() {
            return Ok(Look::Known);
        }
        let file = picture_file::read_texts(path)?;
        let metadata = fs::metadata(path).ok();
        let changed = metadata.as_ref().and_then(|it| it.modified().ok());
        let changed = changed.and_then(|it| it.duration_since(UNIX_EPOCH).ok());
        let created_at = changed.and_then(|it| i64::try_from(it.as_millis()).ok());
        let bytes = metadata.map_or(0, |it| it.len());
        let columns = Columns::of_file(&file, bytes, created_at.unwrap_or_default());
        Ok(columns.map_or(Look::Silent, |columns| Look::Found(name, Box::new(columns))))
    }

    fn add(
        &self,
        found: &mut Vec<(String, Box<Columns>)>,
        imported: &mut Imported,
    ) -> Result<(), HistoryError> {
        if found.is_empty() {
            return Ok(());
        }
        let (added, known) = self.database.write(|change| {
            let (mut added, mut known) = (0, 0);
            for (name, columns) in found.iter() {
                let named = |error| self.database.error(error);
                let there = change
                    .query_row("SELECT 1 FROM picture WHERE file = ?1", [name], |_| Ok(()))
                    .optional()
                    .map_err(named)?;
                if there.is_some() {
                    known += 1;
                    continue;
                }
                insert(change, name, true, columns, None).map_err(named)?;
                added += 1;
            }
            Ok::<_, HistoryError>((added, known))
        })?;
        found.clear();
        imported.added += added;
        imported.known += known;
        Ok(())
    }
}

enum Look {
    Known,
    Silent,
    Found(String, Box<Columns>),
}

/// What is in a folder, by name.
struct Inside {
    folders: Vec<PathBuf>,
    pictures: Vec<PathBuf>,
}

fn inside(folder: &Path) -> io::Result<Inside> {
    let mut inside = Inside {
        folders: Vec::new(),
        pictures: Vec::new(),
    };
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let is_picture = Encoding::of_path(&path).is_some();
        if entry.file_type()?.is_dir() {
            inside.folders.push(path);
        } else if is_picture {
            inside.pictures.push(path);
        }
    }
    inside.folders.sort();
    inside.pictures.sort();
    Ok(inside)
}
