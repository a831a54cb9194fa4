//! `txt2img` and `img2img`: the answer comes when the pictures are there.

use aquatint_studio::jobs::{Job, JobId, State as JobState};
use aquatint_studio::random_seed;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Map, Value};

use super::asked::Asked;
use super::{answer, scripts, xyz};
use crate::App;
use crate::http::{Body, Problem};
use crate::native::{Awaited, Submission, submit};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sdapi/v1/txt2img", post(txt2img))
        .route("/sdapi/v1/img2img", post(img2img))
}

async fn txt2img(
    State(app): State<App>,
    Body(body): Body<Map<String, Value>>,
) -> Result<Json<Value>, Problem> {
    draw(app, body, false).await
}

async fn img2img(
    State(app): State<App>,
    Body(body): Body<Map<String, Value>>,
) -> Result<Json<Value>, Problem> {
    draw(app, body, true).await
}

/// Queues what was asked for, waits, and answers.
async fn draw(
    app: App,
    body: Map<String, Value>,
    from_picture: bool,
) -> Result<Json<Value>, Problem> {
    let (asked, body) = app
        .blocking(move |app| {
            let mut asked = Asked::of(app, &body)?;
            if from_picture {
                asked.begin_from(app, &body)?;
            }
            scripts::take(app, &body, &mut asked)?;
            Ok((asked, body))
        })
        .await?;
    if xyz::is_asked(&body) {
        return xyz::draw(app, asked, body).await;
    }
    let task = asked
        .task
        .clone()
        .unwrap_or_else(|| format!("task({})", app.new_request_id()));
    let listener = Awaited::listen(&app, false);
    let unsaved = !asked.save_images;
    let submissions = submissions(&asked, &task)?;
    let queued = app
        .blocking(move |app| {
            let jobs = submit(app, submissions)?;
            Ok(jobs.iter().map(|job| job.id).collect::<Vec<_>>())
        })
        .await?;
    app.tasks().add(&task, queued.clone());
    let ended = Ended {
        app: app.clone(),
        task,
    };
    let jobs = Awaited::new(&app, queued, unsaved, listener)
        .ended(|_| {})
        .await?;
    drop(ended);
    let answered = app
        .blocking(move |_| answer::answer(&asked, &body, &jobs).inspect(|_| forget(&jobs, unsaved)))
        .await?;
    Ok(Json(answered))
}

/// One job an iteration, with the seeds that follow: each can be skipped.
fn submissions(asked: &Asked, task: &str) -> Result<Vec<Submission>, Problem> {
    let first = asked.seed.unwrap_or_else(random_seed);
    let each = u64::from(asked.request.batch);
    let encoding = asked.encoding()?;
    let submissions = (0..u64::from(asked.iterations))
        .map(|iteration| {
            let mut request = asked.request.clone();
            let further = iteration * each;
            match request.variation_seed.filter(|_| asked.is_varied()) {
                Some(seed) => {
                    request.seed = Some(first);
                    request.variation_seed = Some(seed.wrapping_add(further));
                }
                None => request.seed = Some(first.wrapping_add(further)),
            }
            let mut other = Map::new();
            other.insert("task".to_owned(), task.into());
            Submission {
                request,
                source: "a1111",
                unsaved: !asked.save_images,
                encoding: Some(encoding),
                other,
                ..Submission::default()
            }
        })
        .collect();
    Ok(submissions)
}

/// Pictures that nobody wanted kept.
pub(crate) fn forget(jobs: &[Job], unsaved: bool) {
    if !unsaved {
        return;
    }
    for file in jobs
        .iter()
        .flat_map(|job| &job.outcome)
        .flat_map(|it| &it.files)
    {
        // What stays is thrown away later.
        let _ = std::fs::remove_file(file);
    }
}

/// The jobs that were stopped are no failure: A1111 answers with what there is.
pub(super) fn check(jobs: &[Job]) -> Result<(), Problem> {
    let failed = jobs.iter().find(|job| job.state == JobState::Failed);
    let Some(job) = failed else {
        return Ok(());
    };
    use aquatint_studio::jobs::FailureKind;
    let kind = job.failure.as_ref().map(|it| it.kind);
    let why = job
        .failure
        .as_ref()
        .map_or_else(String::new, |it| it.message.clone());
    Err(match kind {
        Some(FailureKind::Request) => Problem::invalid(why),
        Some(FailureKind::Deadline) => Problem::late(why),
        _ => Problem::internal(why),
    })
}

/// A task that has ended, whichever way.
pub(super) struct Ended {
    pub(super) app: App,
    pub(super) task: String,
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.app.tasks().end(&self.task);
    }
}

/// The jobs of a task that come after one, and itself.
pub(super) fn from_job(jobs: &[JobId], job: JobId) -> Vec<JobId> {
    let at = jobs.iter().position(|other| *other == job).unwrap_or(0);
    jobs[at..].to_vec()
}
