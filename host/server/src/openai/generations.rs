//! Pictures from words.

use std::convert::Infallible;

use aquatint_studio::Init;
use aquatint_studio::jobs::{Heard, Job, JobEvent, State as JobState};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::asked::{Asked, Form};
use crate::App;
use crate::http::{Body, Problem};
use crate::native::{Awaited, Submission, submit};

pub(super) fn routes() -> Router<App> {
    Router::new().route("/v1/images/generations", post(generate))
}

async fn generate(
    State(app): State<App>,
    headers: HeaderMap,
    Body(asked): Body<Asked>,
) -> Result<Response, Problem> {
    if asked.prompt.is_empty() {
        return Err(Problem::field("prompt", "prompt is empty, expected a text"));
    }
    draw(app, &headers, asked, None).await
}

/// Draws what was asked for, from words or from a picture, and answers at once or as a stream.
pub(super) async fn draw(
    app: App,
    headers: &HeaderMap,
    asked: Asked,
    init: Option<Init>,
) -> Result<Response, Problem> {
    let form = asked.form()?;
    let told = Told {
        format: asked
            .output_format
            .clone()
            .unwrap_or_else(|| "png".to_owned()),
        kind: match init {
            None => "image_generation",
            Some(_) => "image_edit",
        },
        wanted: asked.partial_images.unwrap_or(0),
    };
    let base = base(headers, &app);
    let is_stream = asked.stream == Some(true);
    let listener = Awaited::listen(&app, is_stream && told.wanted > 0);
    // A stream has the pictures themselves, whatever else is asked for.
    let unsaved = is_stream || form == Form::Base64;
    let ids = app
        .blocking(move |app| {
            let mut request = asked.request(app)?;
            if let Some(init) = init {
                request.init = Some(init);
            }
            let jobs = submit(
                app,
                vec![Submission {
                    request,
                    source: "openai",
                    unsaved,
                    encoding: Some(asked.encoding()?),
                    ..Submission::default()
                }],
            )?;
            Ok(jobs.iter().map(|job| job.id).collect::<Vec<_>>())
        })
        .await?;
    let awaited = Awaited::new(&app, ids, unsaved, listener);
    if is_stream {
        return Ok(stream(app, awaited, told));
    }
    let jobs = awaited.ended(|_| {}).await?;
    let answer = app
        .blocking(move |_| {
            let answer = answer(&jobs, form, &base, &told.format);
            crate::a1111::forget(&jobs, unsaved);
            answer
        })
        .await?;
    Ok(Json(answer).into_response())
}

/// What streams tell.
struct Told {
    /// What pictures are encoded as.
    format: String,
    /// What events are called by.
    kind: &'static str,
    /// How many partial pictures are wanted.
    wanted: u32,
}

/// Where this server is, as the client calls it.
fn base(headers: &HeaderMap, app: &App) -> String {
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let scheme = match app.config().tls_cert {
        Some(_) => "https",
        None => "http",
    };
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

fn check(jobs: &[Job]) -> Result<&Job, Problem> {
    let job = jobs
        .first()
        .ok_or_else(|| Problem::internal("no job came of it"))?;
    match (job.state, &job.failure) {
        (JobState::Done, _) => Ok(job),
        (JobState::Cancelled, _) => Err(Problem::conflict("the drawing was cancelled")),
        (_, Some(failure)) => {
            use aquatint_studio::jobs::FailureKind;
            Err(match failure.kind {
                FailureKind::Request => Problem::invalid(&failure.message),
                FailureKind::Deadline => Problem::late(&failure.message),
                _ => Problem::internal(&failure.message),
            })
        }
        _ => Err(Problem::internal("the drawing did not end")),
    }
}

fn files(job: &Job) -> Result<Vec<Vec<u8>>, Problem> {
    let files = job.outcome.iter().flat_map(|it| &it.files);
    files
        .map(|file| std::fs::read(file).map_err(Problem::internal))
        .collect()
}

fn answer(jobs: &[Job], form: Form, base: &str, format: &str) -> Result<Value, Problem> {
    let job = check(jobs)?;
    let data: Vec<Value> = match form {
        Form::Base64 => files(job)?
            .iter()
            .map(|png| json!({"b64_json": STANDARD.encode(png)}))
            .collect(),
        Form::Url => {
            let report = job.outcome.as_ref().map(|it| &it.report);
            let numbers = report.and_then(|it| it.get("pictures")?.as_array());
            let numbers = numbers.into_iter().flatten().filter_map(Value::as_i64);
            numbers
                .map(|id| json!({"url": format!("{base}/api/v1/pictures/{id}/file")}))
                .collect()
        }
    };
    Ok(json!({
        "created": Timestamp::now().as_second(),
        "data": data,
        "output_format": format,
        "usage": usage(),
    }))
}

/// Nothing is paid here.
fn usage() -> Value {
    json!({
        "input_tokens": 0,
        "input_tokens_details": {"image_tokens": 0, "text_tokens": 0},
        "output_tokens": 0,
        "total_tokens": 0,
    })
}

/// Partial pictures as they come, then the whole one.
fn stream(app: App, awaited: Awaited, about: Told) -> Response {
    let (sender, receiver) = mpsc::unbounded_channel::<sse::Event>();
    tokio::spawn(async move {
        let told = sender.clone();
        let mut sent = 0;
        let (kind, wanted) = (about.kind, about.wanted);
        let each = move |heard: &Heard| {
            let Heard::Event(event) = heard else { return };
            let JobEvent::Step {
                done,
                total,
                preview: Some(preview),
                ..
            } = &event.what
            else {
                return;
            };
            // Spread over the drawing; where it is fast, fewer come.
            let due = u64::from(sent + 1) * total / u64::from(wanted + 1);
            if sent < wanted && *done >= due && done < total {
                let size = format!("{}x{}", preview.width, preview.height);
                let name = format!("{kind}.partial_image");
                let data = picture(&name, &preview.png, &size, "png", Some(sent));
                let event = sse::Event::default().event(name);
                let _ = told.send(event.data(data.to_string()));
                sent += 1;
            }
        };
        let ended = tokio::select! {
            ended = awaited.ended(each) => ended,
            // Whoever listened is gone: what nobody wants any more is stopped.
            () = sender.closed() => return,
        };
        let last = match ended {
            Ok(jobs) => app.blocking(move |_| {
                let last = check(&jobs).and_then(|job| completed(job, &about));
                crate::a1111::forget(&jobs, true);
                last
            }),
            Err(problem) => {
                let _ = sender.send(failed(&problem));
                return;
            }
        };
        let event = last.await.unwrap_or_else(|problem| failed(&problem));
        let _ = sender.send(event);
    });
    let events = futures_util::stream::unfold(receiver, |mut receiver| async {
        let event = receiver.recv().await?;
        Some((Ok::<_, Infallible>(event), receiver))
    });
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

fn completed(job: &Job, about: &Told) -> Result<sse::Event, Problem> {
    let file = files(job)?
        .into_iter()
        .next()
        .ok_or_else(|| Problem::internal("the drawing gave no picture"))?;
    let path = job.outcome.iter().flat_map(|it| &it.files).next();
    let read = path.and_then(|path| aquatint_studio::picture_file::read_texts(path).ok());
    let size = read.map_or_else(
        || "auto".to_owned(),
        |it| format!("{}x{}", it.width, it.height),
    );
    let name = format!("{}.completed", about.kind);
    let mut data = picture(&name, &file, &size, &about.format, None);
    data["usage"] = usage();
    Ok(sse::Event::default().event(name).data(data.to_string()))
}

fn picture(name: &str, file: &[u8], size: &str, format: &str, partial: Option<u32>) -> Value {
    let mut data = json!({
        "type": name,
        "b64_json": STANDARD.encode(file),
        "created_at": Timestamp::now().as_second(),
        "size": size,
        "quality": "auto",
        "background": "opaque",
        "output_format": format,
    });
    if let Some(index) = partial {
        data["partial_image_index"] = index.into();
    }
    data
}

fn failed(problem: &Problem) -> sse::Event {
    let error = json!({"type": "error", "error": {
        "message": problem.detail(),
        "type": "server_error",
        "param": problem.wrong_field(),
        "code": problem.kind().replace('-', "_"),
    }});
    sse::Event::default().event("error").data(error.to_string())
}
