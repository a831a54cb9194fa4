//! What happens, as it happens: streams of server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use aquatint_studio::jobs::{Event, Heard, Interest, JobEvent, Listener};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{Stream, StreamExt as _, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::jobs::{JobView, job_id};
use crate::App;
use crate::http::{Id, Params, Problem, Problems};

const ALIVE: Duration = Duration::from_secs(15);

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(all))
        .routes(routes!(of_job))
}

/// What is told.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    /// With previews, as base64.
    #[serde(default)]
    previews: bool,
    /// What came after this event is told first, as far as it is still there. `Last-Event-ID` does the same.
    after: Option<u64>,
}

/// Hear what happens to jobs
///
/// Events have an id, a name (`queued`, `started`, `stage`, `step`, `progress`, `picture`, `note`, `finished`, `failed`,
/// `cancelled`) and data of JSON. `missed` says how many events are gone that were never heard.
#[utoipa::path(get, path = "/events", tag = "events",
    params(EventsQuery, ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was heard")),
    responses((status = 200, content_type = "text/event-stream", body = String), Problems))]
async fn all(
    State(app): State<App>,
    headers: HeaderMap,
    Params(query): Params<EventsQuery>,
) -> Result<Response, Problem> {
    let listener = app.queue().events().listen(Interest {
        job: None,
        previews: query.previews,
        after: after(&headers, query)?,
    });
    Ok(answer(&app, stream::empty(), Some(listener), false))
}

/// Hear what happens to a job
///
/// The first event, `job`, is the job as it is now; the stream ends with the job.
#[utoipa::path(get, path = "/jobs/{id}/events", tag = "events",
    params(EventsQuery, ("id" = i64, Path, minimum = 1),
        ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was heard")),
    responses((status = 200, content_type = "text/event-stream", body = String), Problems))]
async fn of_job(
    State(app): State<App>,
    headers: HeaderMap,
    Id(id): Id<String>,
    Params(query): Params<EventsQuery>,
) -> Result<Response, Problem> {
    let id = job_id(&id)?;
    // Listened to before it is looked at, so that nothing is between.
    let listener = app.queue().events().listen(Interest {
        job: Some(id),
        previews: query.previews,
        after: after(&headers, query)?,
    });
    let job = app.blocking(move |app| Ok(app.queue().get(id)?)).await?;
    let is_over = job.state.is_ended();
    let data = serde_json::to_string(&JobView::of(job)).map_err(Problem::internal)?;
    let first = sse::Event::default().event("job").data(data);
    let first = stream::iter([first]);
    Ok(match is_over {
        true => answer(&app, first, None, true),
        false => answer(&app, first, Some(listener), true),
    })
}

fn after(headers: &HeaderMap, query: EventsQuery) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(query.after);
    };
    let number = value
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    number
        .map(Some)
        .ok_or_else(|| Problem::malformed("Last-Event-ID: expected the id of an event"))
}

/// `first`, and then what the listener hears, until the job ends or the server does.
fn answer(
    app: &App,
    first: impl Stream<Item = sse::Event> + Send + 'static,
    listener: Option<Listener>,
    ends: bool,
) -> Response {
    let mut stopping = app.stopping();
    let counted = app.metrics().stream();
    let heard = stream::unfold((listener, counted), move |(listener, counted)| async move {
        let mut listener = listener?;
        let heard = listener.next().await;
        let is_last = ends && matches!(&heard, Heard::Event(event) if event.what.is_last());
        let next = (!is_last).then_some(listener);
        Some((written(&heard), (next, counted)))
    });
    let stop = async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let stream = first.chain(heard).take_until(stop).map(Ok::<_, Infallible>);
    let headers = [("x-accel-buffering", "no")];
    (
        headers,
        Sse::new(stream).keep_alive(KeepAlive::new().interval(ALIVE)),
    )
        .into_response()
}

fn written(heard: &Heard) -> sse::Event {
    match heard {
        Heard::Missed(count) => sse::Event::default()
            .event("missed")
            .data(json!({"count": count}).to_string()),
        Heard::Event(event) => sse::Event::default()
            .id(event.id.to_string())
            .event(event.what.name())
            .data(event_json(event, true).to_string()),
    }
}

/// An event as clients read it: pictures by their numbers, and no path of this machine.
pub(super) fn event_json(event: &Event, with_preview: bool) -> Value {
    let mut value = json!({
        "id": event.id,
        "at": event.at,
        "job": event.job,
        "type": event.what.name(),
    });
    let more = match &event.what {
        JobEvent::Queued { reason } => json!({"reason": reason}),
        JobEvent::Started { attempt } => json!({"attempt": attempt}),
        JobEvent::Stage { name } => json!({"stage": name}),
        JobEvent::Step {
            done,
            total,
            eta,
            preview,
        } => {
            let preview = preview.as_ref().filter(|_| with_preview).map(|preview| {
                json!({
                    "picture": preview.picture,
                    "width": preview.width,
                    "height": preview.height,
                    "png": STANDARD.encode(&preview.png),
                })
            });
            json!({"done": done, "total": total, "eta": eta, "preview": preview})
        }
        JobEvent::Progress { done, total, eta } => {
            json!({"done": done, "total": total, "eta": eta})
        }
        JobEvent::Picture {
            picture,
            seed,
            width,
            height,
            file,
        } => {
            let name = file.file_name().map(|name| name.to_string_lossy());
            json!({"picture": picture, "name": name, "seed": seed, "width": width, "height": height})
        }
        JobEvent::Note { text } => json!({"text": text}),
        JobEvent::Finished { outcome } => json!({"report": outcome.report}),
        JobEvent::Failed { failure } => json!({"failure": failure}),
        _ => json!({}),
    };
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    value
}
