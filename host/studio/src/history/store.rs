use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value;

use super::{Entry, HistoryError, PictureId};
use crate::database::Database;
use crate::jobs::JobId;
use crate::{Infotext, Picture, PictureFile, Recipe, Request};

/// How long a name may be taken by a picture that is being written. It takes milliseconds.
const WRITING: i64 = 3_600_000;

/// The pictures of a data folder. Clones are one.
#[derive(Clone, Debug)]
pub struct History {
    pub(super) database: Database,
}

/// What becomes of the file when a record is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Files {
    /// It stays.
    Keep,
    /// It is deleted too.
    Delete,
}

/// What is recorded of a picture, as the columns have it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Columns {
    pub(super) created_at: i64,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bytes: u64,
    pub(super) seed: Option<u64>,
    pub(super) prompt: String,
    pub(super) negative: String,
    pub(super) model: String,
    pub(super) sampler: String,
    pub(super) schedule: String,
    pub(super) steps: Option<u32>,
    pub(super) cfg: Option<f32>,
    pub(super) plugins: Vec<String>,
    pub(super) recipe: Option<String>,
    pub(super) parameters: Option<String>,
}

impl Columns {
    pub(super) fn of_picture(picture: &Picture, bytes: u64) -> Self {
        Self {
            width: picture.width,
            height: picture.height,
            bytes,
            created_at: Timestamp::now().as_millisecond(),
            recipe: Some(picture.recipe.to_json()),
            ..Self::of_recipe(&picture.recipe)
        }
    }

    /// `None` if the file does not say how it was made.
    pub(super) fn of_file(file: &PictureFile, bytes: u64, created_at: i64) -> Option<Self> {
        let recipe = file.recipe().ok().flatten();
        let parameters = file.parameters.clone().filter(|it| !it.trim().is_empty());
        let mut columns = match (&recipe, &parameters) {
            (Some(recipe), _) => Self {
                recipe: file.recipe_json.clone(),
                ..Self::of_recipe(recipe)
            },
            (None, Some(text)) => Self::of_request(Infotext::parse(text).to_request()),
            (None, None) => return None,
        };
        if recipe.is_none() {
            columns.parameters = parameters;
        }
        Some(Self {
            width: file.width,
            height: file.height,
            bytes,
            created_at,
            ..columns
        })
    }

    fn of_recipe(recipe: &Recipe) -> Self {
        let mut plugins: Vec<String> = Vec::new();
        for plugin in &recipe.plugins {
            // An id is a word; whatever else a recipe from elsewhere has there cannot be told apart.
            if !plugins.contains(&plugin.id) && !plugin.id.contains(char::is_whitespace) {
                plugins.push(plugin.id.clone());
            }
        }
        Self {
            seed: Some(recipe.seed),
            prompt: recipe.prompt.clone(),
            negative: recipe.negative.clone(),
            model: recipe.model.name.clone(),
            sampler: recipe.sampler.clone(),
            schedule: recipe.schedule.clone(),
            steps: Some(recipe.steps),
            cfg: Some(recipe.cfg),
            plugins,
            ..Self::default()
        }
    }

    fn of_request(request: Request) -> Self {
        Self {
            seed: request.seed,
            prompt: request.prompt,
            negative: request.negative,
            model: request.model.unwrap_or_default(),
            sampler: request.sampler.unwrap_or_default(),
            schedule: request.schedule.unwrap_or_default(),
            steps: request.steps,
            cfg: request.cfg,
            ..Self::default()
        }
    }
}

impl History {
    /// Opens the history of a data folder, which is made where it is missing.
    ///
    /// # Errors
    /// The database cannot be used.
    pub fn open(data: &Path) -> Result<Self, HistoryError> {
        Self::of(Database::open(data)?)
    }

    /// The history in a database.
    ///
    /// # Errors
    /// The database cannot be used.
    pub fn of(database: Database) -> Result<Self, HistoryError> {
        let history = Self { database };
        history.settle()?;
        Ok(history)
    }

    /// Decides about pictures that were being written when their process died: they are there, or not.
    fn settle(&self) -> Result<(), HistoryError> {
        let named = |error| self.database.error(error);
        let before = Timestamp::now().as_millisecond() - WRITING;
        let open: Vec<(i64, String)> = self.database.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, file FROM picture WHERE written = 0 AND created_at < ?1",
                )
                .and_then(|mut it| {
                    it.query_map([before], |row| Ok((row.get(0)?, row.get(1)?)))?
                        .collect()
                })
                .map_err(named)
        })?;
        for (id, file) in open {
            let sql = if self.path(&file).exists() {
                "UPDATE picture SET written = 1 WHERE id = ?1 AND written = 0"
            } else {
                "DELETE FROM picture WHERE id = ?1 AND written = 0"
            };
            self.database
                .write(|change| change.execute(sql, [id]).map_err(named))?;
        }
        Ok(())
    }

    /// Records a picture whose file is written already. What was recorded of this file before is forgotten.
    ///
    /// # Errors
    /// The path cannot be kept, or the database not be written.
    pub fn record(
        &self,
        file: &Path,
        picture: &Picture,
        job: Option<JobId>,
    ) -> Result<PictureId, HistoryError> {
        let bytes = fs::metadata(file).map_or(0, |it| it.len());
        let columns = Columns::of_picture(picture, bytes);
        let file = self.name(file)?;
        let named = |error| self.database.error(error);
        self.database.write(|change| {
            change
                .execute("DELETE FROM picture WHERE file = ?1", [&file])
                .and_then(|_| insert(change, &file, true, &columns, job.map(|id| (id, None))))
                .map(PictureId)
                .map_err(|error| named(error).into())
        })
    }

    /// One picture.
    ///
    /// # Errors
    /// There is none with this number, or the database cannot be read.
    pub fn get(&self, id: PictureId) -> Result<Entry, HistoryError> {
        self.database.read(|connection| {
            connection
                .prepare_cached("SELECT * FROM picture WHERE id = ?1 AND written = 1")
                .and_then(|mut it| it.query_row([id.0], |row| self.entry(row)).optional())
                .map_err(|error| self.database.error(error))?
                .ok_or(HistoryError::NotFound { id })
        })
    }

    /// Says whether somebody likes a picture.
    ///
    /// # Errors
    /// There is none with this number, or the database cannot be written.
    pub fn star(&self, id: PictureId, starred: bool) -> Result<Entry, HistoryError> {
        let changed = self.database.write(|change| {
            change
                .execute(
                    "UPDATE picture SET starred = ?2 WHERE id = ?1 AND written = 1",
                    params![id.0, starred],
                )
                .map_err(|error| self.database.error(error))
        })?;
        match changed {
            0 => Err(HistoryError::NotFound { id }),
            _ => self.get(id),
        }
    }

    /// Forgets a picture, and deletes its file where that is wanted. A file that is gone already is no error.
    ///
    /// # Errors
    /// There is none with this number, its file cannot be deleted, or the database not be written.
    pub fn delete(&self, id: PictureId, files: Files) -> Result<Entry, HistoryError> {
        let entry = self.get(id)?;
        if files == Files::Delete {
            match fs::remove_file(&entry.file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(HistoryError::Delete {
                        path: entry.file,
                        source: error,
                    });
                }
                _ => {}
            }
        }
        self.database.write(|change| {
            change
                .execute("DELETE FROM picture WHERE id = ?1", [id.0])
                .map_err(|error| self.database.error(error))
        })?;
        Ok(entry)
    }

    /// A path as it is kept.
    pub(super) fn name(&self, path: &Path) -> Result<String, HistoryError> {
        let not_utf8 = || HistoryError::NotUtf8 {
            path: path.to_owned(),
        };
        let absolute = std::path::absolute(path).map_err(|source| HistoryError::Folder {
            path: path.to_owned(),
            source,
        })?;
        let Ok(inside) = absolute.strip_prefix(self.database.folder()) else {
            return Ok(absolute.to_str().ok_or_else(not_utf8)?.to_owned());
        };
        let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
        Ok(parts.ok_or_else(not_utf8)?.join("/"))
    }

    /// The path behind what [`Self::name`] gave.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        let path = Path::new(name);
        if path.is_absolute() {
            return path.to_owned();
        }
        name.split('/')
            .fold(self.database.folder().to_owned(), |path, part| {
                path.join(part)
            })
    }

    pub(super) fn entry(&self, row: &Row<'_>) -> rusqlite::Result<Entry> {
        let file = self.path(&row.get::<_, String>("file")?);
        let plugins: String = row.get("plugins")?;
        let recipe: Option<String> = row.get("recipe")?;
        let created_at = Timestamp::from_millisecond(row.get("created_at")?);
        Ok(Entry {
            id: PictureId(row.get("id")?),
            missing: !file.exists(),
            starred: row.get("starred")?,
            file,
            created_at: created_at.unwrap_or_default(),
            width: row.get("width")?,
            height: row.get("height")?,
            bytes: row.get::<_, i64>("bytes")?.cast_unsigned(),
            seed: row.get::<_, Option<i64>>("seed")?.map(i64::cast_unsigned),
            prompt: row.get("prompt")?,
            negative: row.get("negative")?,
            model: row.get("model")?,
            sampler: row.get("sampler")?,
            schedule: row.get("schedule")?,
            steps: row.get("steps")?,
            cfg: row.get::<_, Option<f64>>("cfg")?.map(|it| it as f32),
            plugins: plugins.split_whitespace().map(str::to_owned).collect(),
            recipe: recipe.and_then(|json| serde_json::from_str::<Value>(&json).ok()),
            parameters: row.get("parameters")?,
            job: row.get::<_, Option<i64>>("job")?.map(JobId),
        })
    }
}

/// Adds a row. Gives its number.
pub(super) fn insert(
    connection: &Connection,
    file: &str,
    written: bool,
    columns: &Columns,
    job: Option<(JobId, Option<u32>)>,
) -> rusqlite::Result<i64> {
    let id = connection
        .prepare_cached(
            "INSERT INTO picture (file, written, created_at, width, height, bytes, seed, prompt, negative, model,
             sampler, schedule, steps, cfg, plugins, recipe, parameters, job, job_index)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        )?
        .insert(params![
            file,
            written,
            columns.created_at,
            columns.width,
            columns.height,
            columns.bytes.cast_signed(),
            columns.seed.map(u64::cast_signed),
            columns.prompt,
            columns.negative,
            columns.model,
            columns.sampler,
            columns.schedule,
            columns.steps,
            // As it is written: 7.1 stays 7.1.
            columns.cfg.and_then(|cfg| cfg.to_string().parse::<f64>().ok()),
            columns.plugins.join(" "),
            columns.recipe,
            columns.parameters,
            job.map(|(id, _)| id.0),
            job.and_then(|(_, index)| index),
        ])?;
    for plugin in &columns.plugins {
        connection
            .prepare_cached("INSERT INTO picture_plugin (plugin, picture) VALUES (?1, ?2)")?
            .execute(params![plugin, id])?;
    }
    Ok(id)
}
