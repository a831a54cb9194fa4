//! From a request to a job in the queue, for every API.

use std::time::Duration;

use aquatint_sandbox::settings::Kind;
use aquatint_studio::jobs::{Job, JobOptions, NewJob};
use aquatint_studio::plugins::PluginSource as _;
use aquatint_studio::{DrawError, Encoding, Request};
use serde_json::Value;

use crate::App;
use crate::http::Problem;
use crate::work::UNSAVED;

/// How many seconds a deadline may be.
const LONGEST: f64 = 86_400.0 * 7.0;

/// What is to be queued.
#[derive(Clone, Debug, Default)]
pub(crate) struct Submission {
    pub(crate) request: Request,
    pub(crate) priority: i32,
    /// In seconds.
    pub(crate) deadline: Option<f64>,
    pub(crate) pattern: Option<String>,
    pub(crate) no_cache: bool,
    /// How its files are encoded; `None` is as the pattern says, and else PNG.
    pub(crate) encoding: Option<Encoding>,
    /// A name of the client's: the same again is the same job.
    pub(crate) key: Option<String>,
    /// Which door it came by.
    pub(crate) source: &'static str,
    /// Its pictures are for whoever waits for them.
    pub(crate) unsaved: bool,
    /// What else belongs to it.
    pub(crate) other: serde_json::Map<String, Value>,
}

/// Checks requests and queues them: all or none.
pub(crate) fn submit(app: &App, submissions: Vec<Submission>) -> Result<Vec<Job>, Problem> {
    app.check_room(submissions.len() as u64)?;
    let jobs = submissions
        .into_iter()
        .map(|submission| prepare(app, submission))
        .collect::<Result<Vec<_>, _>>()?;
    let ids = app.queue().add_all(jobs)?;
    ids.into_iter().map(|id| Ok(app.queue().get(id)?)).collect()
}

fn prepare(app: &App, submission: Submission) -> Result<NewJob, Problem> {
    let mut request = submission.request;
    name_uploads(app, &mut request)?;
    app.checks().request(&request, app.config())?;
    if let Some(pattern) = &submission.pattern {
        pattern
            .parse::<aquatint_studio::outputs::Pattern>()
            .map_err(|error| Problem::field("name", error))?;
    }
    let mut other = submission.other;
    other.insert("source".to_owned(), submission.source.into());
    if submission.unsaved {
        other.insert(UNSAVED.to_owned(), true.into());
    }
    Ok(NewJob {
        options: JobOptions {
            pattern: submission.pattern,
            no_cache: submission.no_cache,
            encoding: submission.encoding,
            other,
            ..JobOptions::default()
        },
        priority: submission.priority,
        deadline: deadline(submission.deadline, app)?,
        key: submission.key,
        ..NewJob::generate(request)
    })
}

pub(crate) fn deadline(given: Option<f64>, app: &App) -> Result<Option<Duration>, Problem> {
    let Some(seconds) = given else {
        return Ok(app.config().longest_job());
    };
    let wrong = || {
        Problem::field(
            "deadline",
            format_args!("deadline is {seconds}, expected seconds above 0 and up to {LONGEST}"),
        )
    };
    if !(seconds > 0.0 && seconds <= LONGEST) {
        return Err(wrong());
    }
    Duration::try_from_secs_f64(seconds)
        .map(Some)
        .map_err(|_| wrong())
}

/// Puts the files of uploads in the place of their names: over HTTP nobody names paths.
fn name_uploads(app: &App, request: &mut Request) -> Result<(), Problem> {
    let source = app.plugins().source();
    for used in &mut request.plugins {
        // No setting can be a picture without a text in it.
        if !used.settings.values().any(Value::is_string) {
            continue;
        }
        let id = used
            .plugin_id()
            .map_err(|error| Problem::field("plugins", error))?;
        let plugin = source.get(&id).map_err(DrawError::from)?;
        let schema = &plugin.manifest().settings;
        for (key, value) in &mut used.settings {
            let is_picture = schema
                .get(key)
                .is_some_and(|setting| matches!(setting.kind, Kind::Image));
            let (true, Value::String(given)) = (is_picture, &mut *value) else {
                continue;
            };
            if given.is_empty() {
                continue;
            }
            let file = app.uploads().png(given)?.ok_or_else(|| {
                Problem::field(
                    "plugins",
                    format_args!(
                        "plugin `{id}`: setting `{key}` is `{}`, expected the id of an upload",
                        aquatint_sandbox::names::shown(given)
                    ),
                )
            })?;
            *given = file
                .to_str()
                .ok_or_else(|| Problem::internal("the data folder's name is not UTF-8"))?
                .to_owned();
        }
    }
    Ok(())
}
