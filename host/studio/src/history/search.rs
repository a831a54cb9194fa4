use jiff::Timestamp;
use rusqlite::types::Value;
use serde::Serialize;

use super::words::{like, terms};
use super::{Cursor, Entry, History, HistoryError};
use crate::jobs::JobId;

/// Longest text to search for, in bytes.
const TEXT: usize = 4096;
/// How many pictures a page has at most.
const PAGE: usize = 1000;

/// Which pictures: those for which all of this holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Words of the prompts, the model and the plugins. Any text: what is in quotes stays together, and words may be
    /// begun.
    pub text: Option<String>,
    /// The model's name, in whatever case.
    pub model: Option<String>,
    /// The sampler, by any of its names.
    pub sampler: Option<String>,
    /// The seed.
    pub seed: Option<u64>,
    /// The id of a plugin.
    pub plugin: Option<String>,
    /// The job that drew them.
    pub job: Option<JobId>,
    /// Those that somebody likes, or the others.
    pub starred: Option<bool>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// Which come first.
    pub order: Order,
    /// Behind where the page before ended.
    pub after: Option<Cursor>,
    /// At most so many, and never more than 1000.
    pub limit: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            text: None,
            model: None,
            sampler: None,
            seed: None,
            plugin: None,
            job: None,
            starred: None,
            from: None,
            to: None,
            order: Order::default(),
            after: None,
            limit: 50,
        }
    }
}

/// Which pictures come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The latest.
    #[default]
    Newest,
    /// The earliest.
    Oldest,
}

/// Some pictures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// The pictures, in order.
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None` if this is the last.
    pub next: Option<Cursor>,
}

/// Conditions with their values.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// `?` stands for the value.
    fn add(&mut self, sql: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.sql
            .push(sql.replace('?', &format!("?{}", self.values.len())));
    }
}

impl History {
    /// The pictures for which all of it holds, a page at a time. Pictures that are added meanwhile shift no page.
    ///
    /// # Errors
    /// The text is too long, or the database cannot be read.
    pub fn search(&self, search: &Search) -> Result<Page, HistoryError> {
        let limit = search.limit.clamp(1, PAGE);
        let mut conditions = conditions(search)?;
        let (compare, order) = match search.order {
            Order::Newest => ("<", "created_at DESC, id DESC"),
            Order::Oldest => (">", "created_at, id"),
        };
        if let Some(after) = search.after {
            conditions.values.push(after.time.into());
            conditions.values.push(after.id.into());
            let last = conditions.values.len();
            conditions.sql.push(format!(
                "(created_at, id) {compare} (?{}, ?{last})",
                last - 1
            ));
        }
        let sql = format!(
            "SELECT * FROM picture WHERE {} ORDER BY {order} LIMIT {}",
            conditions.sql.join(" AND "),
            limit + 1
        );
        let mut entries: Vec<Entry> = self.database.read(|connection| {
            connection
                .prepare_cached(&sql)
                .and_then(|mut it| {
                    let values = rusqlite::params_from_iter(conditions.values);
                    it.query_map(values, |row| self.entry(row))?.collect()
                })
                .map_err(|error| self.database.error(error))
        })?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        let end = entries.last().map(|last| Cursor {
            time: last.created_at.as_millisecond(),
            id: last.id.0,
        });
        Ok(Page {
            entries,
            next: end.filter(|_| more),
        })
    }
}

fn conditions(search: &Search) -> Result<Conditions, HistoryError> {
    let mut conditions = Conditions::default();
    conditions.sql.push("written = 1".to_owned());
    if let Some(text) = &search.text {
        if text.len() > TEXT {
            return Err(HistoryError::TooLong {
                given: text.len(),
                most: TEXT,
            });
        }
        let terms = terms(text);
        if !terms.words.is_empty() {
            let sql = "id IN (SELECT rowid FROM picture_text WHERE picture_text MATCH ?)";
            conditions.add(sql, terms.words);
        }
        for text in terms.texts {
            let columns = ["prompt", "negative", "plugins", "model"];
            let any = columns.map(|column| format!("{column} LIKE ? ESCAPE '\\'"));
            conditions.add(&format!("({})", any.join(" OR ")), like(&text));
        }
    }
    if let Some(model) = &search.model {
        conditions.add("model = ? COLLATE NOCASE", model.clone());
    }
    if let Some(sampler) = &search.sampler {
        let known = aquatint_diffusion::sampler::SamplerKind::parse(sampler);
        let name = known.map_or_else(|_| sampler.clone(), |(known, _)| known.id().to_owned());
        conditions.add("sampler = ? COLLATE NOCASE", name);
    }
    if let Some(seed) = search.seed {
        conditions.add("seed = ?", seed.cast_signed());
    }
    if let Some(plugin) = &search.plugin {
        let sql = "id IN (SELECT picture FROM picture_plugin WHERE plugin = ?)";
        conditions.add(sql, plugin.clone());
    }
    if let Some(job) = search.job {
        conditions.add("job = ?", job.0);
    }
    match search.starred {
        // As the index has it.
        Some(true) => conditions.sql.push("starred = 1".to_owned()),
        Some(false) => conditions.sql.push("starred = 0".to_owned()),
        None => {}
    }
    if let Some(from) = search.from {
        conditions.add("created_at >= ?", from.as_millisecond());
    }
    if let Some(to) = search.to {
        conditions.add("created_at < ?", to.as_millisecond());
    }
    Ok(conditions)
}
