//! Pictures from words.

use std::convert::Infallible;

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
    let form = asked.form()?;
    let base = base(&headers, &app);
    let wanted = asked.partial_images.unwrap_or(0);
    let is_stream = asked.stream == Some(true);
    let listener = Awaited::listen(&app, is_stream && wanted > 0);
    let unsaved = form == Form::Base64;
    let ids = app
        .blocking(move |app| {
            let request = asked.request(app)?;
            let jobs = submit(
                app,
                vec![Submission {
                    request,
                    source: "openai",
                    unsaved,
                    ..Submission::default()
                }],
            )?;
            Ok(jobs.iter().map(|job| job.id).collect::<Vec<_>>())
        })
        .await?;
    let awaited = Awaited::new(&app, ids, unsaved, listener);
    if is_stream {
        return Ok(stream(app, awaited, wanted));
    }
    let jobs = awaited.ended(|_| {}).await?;
    let answer = app
        .blocking(move |_| {
            let answer = answer(&jobs, form, &base);
            crate::a1111::forget(&jobs, unsaved);
            answer
        })
        .await?;
    Ok(Json(answer).into_response())
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

fn answer(jobs: &[Job], form: Form, base: &str) -> Result<Value, Problem> {
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
        "output_format": "png",
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
fn stream(app: App, awaited: Awaited, wanted: u32) -> Response {
    let (sender, receiver) = mpsc::unbounded_channel::<sse::Event>();
    tokio::spawn(async move {
        let told = sender.clone();
        let mut sent = 0;
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
                let name = "image_generation.partial_image";
                let data = picture(name, &preview.png, &size, Some(sent));
                let _ = told.send(sse::Event::default().event(name).data(data.to_string()));
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
                let last = check(&jobs).and_then(completed);
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

fn completed(job: &Job) -> Result<sse::Event, Problem> {
    let file = files(job)?
        .into_iter()
        .next()
        .ok_or_else(|| Problem::internal("the drawing gave no picture"))?;
    let path = job.outcome.iter().flat_map(|it| &it.files).next();
    let size = path.and_then(|path| aquatint_studio::png_file::read_size(path).ok());
    let size = size.map_or_else(
        || "auto".to_owned(),
        |(width, height)| format!("{width}x{height}"),
    );
    let name = "image_generation.completed";
    let mut data = picture(name, &file, &size, None);
    data["usage"] = usage();
    Ok(sse::Event::default().event(name).data(data.to_string()))
}

fn picture(name: &str, png: &[u8], size: &str, partial: Option<u32>) -> Value {
    let mut data = json!({
        "type": name,
        "b64_json": STANDARD.encode(png),
        "created_at": Timestamp::now().as_second(),
        "size": size,
        "quality": "auto",
        "background": "opaque",
        "output_format": "png",
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
