//! What plugins wrote, and what became of them, for whoever looks after one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aquatint_studio::harmless;
use aquatint_studio::jobs::{Context, JobId};
use aquatint_studio::plugins::Note;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// How many lines are kept of each plugin.
const KEPT: usize = 200;
/// How many plugins lines are kept of: those that are not there any more go first.
const PLUGINS: usize = 256;

/// A line of a plugin's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PluginLine {
    /// Grows with every line of any plugin.
    pub(crate) id: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    /// How much it matters: `error`, `warn`, `info`, `debug` or `trace`.
    pub(crate) level: String,
    /// The job during which it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) job: Option<i64>,
    /// The line.
    pub(crate) text: String,
    /// Named details, as text.
    #[schema(value_type = Object)]
    pub(crate) fields: serde_json::Map<String, serde_json::Value>,
}

/// The last lines of each plugin. Clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct PluginLog {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    lines: HashMap<String, VecDeque<PluginLine>>,
}

impl PluginLog {
    /// Keeps what a plugin says while a job runs, and tells whoever listens to the job.
    pub(super) fn note(&self, context: &Context, job: JobId, note: Note<'_>) {
        let job = Some(job.number());
        match &note {
            Note::Log { id, line } => {
                let fields = line.fields.iter();
                let fields = fields
                    .map(|(name, value)| (name.clone(), value.as_str().into()))
                    .collect();
                self.add(id, job, line.level, line.text.clone(), fields);
            }
            Note::Skipped { id, why } => {
                let text = format!("the picture was drawn without it: {why}");
                self.add(id, job, tracing::Level::WARN, text, Default::default());
            }
            Note::Called {
                id,
                hook,
                error: Some(error),
                ..
            } => {
                let text = format!("{hook}: {error}");
                self.add(id, job, tracing::Level::ERROR, text, Default::default());
            }
            _ => {}
        }
        context.plugin(note);
    }

    /// Keeps what became of a plugin's file.
    pub(super) fn told(&self, id: &str, what: &str, why: Option<&str>) {
        let level = match why {
            Some(_) => tracing::Level::WARN,
            None => tracing::Level::INFO,
        };
        let text = match why {
            Some(why) => format!("{what}: {why}"),
            None => what.to_owned(),
        };
        self.add(id, None, level, text, Default::default());
    }

    fn add(
        &self,
        plugin: &str,
        job: Option<i64>,
        level: tracing::Level,
        text: String,
        fields: serde_json::Map<String, serde_json::Value>,
    ) {
        let mut state = self.lock();
        state.last += 1;
        let line = PluginLine {
            id: state.last,
            at: Timestamp::now(),
            level: level.as_str().to_lowercase(),
            job,
            text: harmless(&text),
            fields,
        };
        if !state.lines.contains_key(plugin) && state.lines.len() >= PLUGINS {
            let newest = |lines: &VecDeque<PluginLine>| lines.back().map(|line| line.id);
            let oldest = state.lines.iter().min_by_key(|(_, lines)| newest(lines));
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                state.lines.remove(&oldest);
            }
        }
        let lines = state.lines.entry(plugin.to_owned()).or_default();
        if lines.len() >= KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The lines of a plugin behind one, in order.
    pub(crate) fn of(&self, plugin: &str, after: u64) -> Vec<PluginLine> {
        let state = self.lock();
        let lines = state.lines.get(plugin).into_iter().flatten();
        lines.filter(|line| line.id > after).cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_of_each_plugin_are_kept_apart() {
        let log = PluginLog::default();
        for number in 0..KEPT + 3 {
            log.told("loud", &number.to_string(), None);
        }
        log.told("quiet", "rejected", Some("\u{1b}[31mno"));
        let loud = log.of("loud", 0);
        assert_eq!((loud.len(), loud[0].text.as_str()), (KEPT, "3"));
        let quiet = log.of("quiet", loud[KEPT - 1].id);
        assert_eq!(quiet.len(), 1);
        assert_eq!(quiet[0].level, "warn");
        assert!(!quiet[0].text.contains('\u{1b}'), "{quiet:?}");
        assert_eq!(log.of("nobody", 0), []);
        assert_eq!(log.of("loud", loud[KEPT - 2].id).len(), 1);
    }

    #[test]
    fn plugins_that_were_not_heard_of_for_longest_are_forgotten_first() {
        let log = PluginLog::default();
        log.told("first", "loaded", None);
        for number in 0..PLUGINS {
            log.told(&format!("p{number}"), "loaded", None);
        }
        assert_eq!(log.of("first", 0), []);
        assert_eq!(log.of("p0", 0).len(), 1);
    }
}
