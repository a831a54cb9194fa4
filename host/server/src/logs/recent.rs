//! The last lines of the log, for whoever asks the server itself.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{LazyLock, Mutex, PoisonError};

use aquatint_studio::harmless;
use jiff::Timestamp;
use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;
use utoipa::ToSchema;

/// How many lines are kept.
const KEPT: usize = 1000;
/// Longest value that is kept, in letters.
const LONGEST: usize = 1000;

/// As the log is one for the whole process.
static RECENT: LazyLock<Recent> = LazyLock::new(Recent::default);

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LogView {
    /// Grows with every line.
    pub(crate) id: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) at: Timestamp,
    /// How much it matters: `error`, `warn`, `info`, `debug` or `trace`.
    pub(crate) level: String,
    /// What says it.
    pub(crate) target: String,
    /// What it says.
    pub(crate) message: String,
    /// Named details, as text.
    #[schema(value_type = Object)]
    pub(crate) fields: serde_json::Map<String, serde_json::Value>,
    /// The request during which it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<String>,
}

#[derive(Default)]
struct Recent {
    lines: Mutex<(u64, VecDeque<(Level, LogView)>)>,
}

impl Recent {
    fn add(&self, level: Level, line: LogView) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.0 += 1;
        let id = lines.0;
        if lines.1.len() >= KEPT {
            lines.1.pop_front();
        }
        lines.1.push_back((level, LogView { id, ..line }));
    }

    fn after(&self, after: u64, least: Level, limit: usize) -> Vec<LogView> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = lines.1.iter().rev();
        let mut found: Vec<LogView> = fits
            .take_while(|(_, line)| line.id > after)
            // The more it matters, the less it is.
            .filter(|(level, _)| *level <= least)
            .take(limit)
            .map(|(_, line)| line.clone())
            .collect();
        found.reverse();
        found
    }
}

/// The last lines behind one, of those that matter at least so much, in order.
pub(crate) fn recent(after: u64, least: Level, limit: usize) -> Vec<LogView> {
    RECENT.after(after, least, limit)
}

/// Keeps the last lines.
pub(super) struct Keeper;

/// The request that a span is.
struct Request(String);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keeper {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().name() != "request" {
            return;
        }
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let request = fields.named.remove("id");
        if let (Some(span), Some(request)) = (context.span(id), request) {
            let text = request
                .as_str()
                .map_or_else(|| request.to_string(), str::to_owned);
            span.extensions_mut().insert(Request(text));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let request = context.event_scope(event).and_then(|mut scope| {
            scope.find_map(|span| span.extensions().get::<Request>().map(|it| it.0.clone()))
        });
        let metadata = event.metadata();
        RECENT.add(
            *metadata.level(),
            LogView {
                id: 0,
                at: Timestamp::now(),
                level: metadata.level().as_str().to_lowercase(),
                target: metadata.target().to_owned(),
                message: fields.message,
                fields: fields.named,
                request,
            },
        );
    }
}

/// What an event says.
#[derive(Default)]
struct Fields {
    message: String,
    named: serde_json::Map<String, serde_json::Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, text: &str) {
        let text: String = harmless(text).chars().take(LONGEST).collect();
        match field.name() {
            "message" => self.message = text,
            name => {
                self.named.insert(name.to_owned(), text.into());
            }
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[test]
    fn lines_are_kept_with_their_request_and_hold_nothing_that_terminals_obey() {
        let subscriber = tracing_subscriber::registry().with(Keeper);
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("request", id = "r-7", path = "/x");
            let _entered = span.enter();
            tracing::warn!(who = "a\u{1b}[31mb", "kept \u{1b}[0mhere");
            tracing::debug!("a detail of it");
        });
        let lines = recent(0, Level::TRACE, KEPT);
        let of = |text: &str| {
            let line = lines.iter().find(|line| line.message.contains(text));
            line.unwrap_or_else(|| panic!("no line with {text}"))
                .clone()
        };
        let line = of("kept ");
        assert_eq!(
            (line.level.as_str(), line.request.as_deref()),
            ("warn", Some("r-7"))
        );
        assert!(
            !serde_json::to_string(&line)
                .expect("JSON")
                .contains("u001b"),
            "{line:?}"
        );
        assert!(
            line.fields["who"]
                .as_str()
                .is_some_and(|it| it.contains('b'))
        );
        assert!(of("a detail of it").id > line.id);
        let important = recent(0, Level::INFO, KEPT);
        assert!(
            important
                .iter()
                .all(|line| line.message != "a detail of it")
        );
        assert!(
            recent(line.id, Level::TRACE, 1000)
                .iter()
                .all(|it| it.id > line.id)
        );
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        let recent = Recent::default();
        for number in 0..KEPT + 5 {
            let line = LogView {
                id: 0,
                at: Timestamp::UNIX_EPOCH,
                level: "info".to_owned(),
                target: String::new(),
                message: number.to_string(),
                fields: serde_json::Map::new(),
                request: None,
            };
            recent.add(Level::INFO, line);
        }
        let lines = recent.after(0, Level::INFO, usize::MAX);
        assert_eq!((lines.len(), lines[0].id), (KEPT, 6));
        let last = recent.after(0, Level::INFO, 2);
        assert_eq!(
            last.iter().map(|it| it.id).collect::<Vec<_>>(),
            [1004, 1005]
        );
        assert_eq!(recent.after(1005, Level::INFO, 2), []);
    }
}
