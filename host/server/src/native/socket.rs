//! What happens, as it happens, on a WebSocket: events as JSON, previews as they are.

use std::time::Duration;

use aquatint_studio::jobs::{Event, Heard, Interest, JobEvent, Listener};
use axum::extract::State;
use axum::extract::ws::{
    Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection,
};
use axum::response::Response;
use bytes::{BufMut as _, BytesMut};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::events::event_json;
use super::jobs::job_id;
use crate::App;
use crate::http::{Params, Problem, Problems};

/// Says that a binary message is a preview.
const PREVIEW: u32 = 1;
/// Longest message of a client, in bytes.
const LONGEST: usize = 4096;
const PING: Duration = Duration::from_secs(30);
/// How long a client may take to take a message.
const SLOW: Duration = Duration::from_secs(30);

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(socket))
}

/// What is told.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SocketQuery {
    /// Only of this job.
    job: Option<i64>,
    /// With previews.
    #[serde(default)]
    previews: bool,
    /// What came after this event is told first, as far as it is still there.
    after: Option<u64>,
}

/// What a client may say.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Command {
    /// Hear something else from now on.
    Listen {
        #[serde(default)]
        job: Option<i64>,
        #[serde(default)]
        previews: bool,
        #[serde(default)]
        after: Option<u64>,
    },
    /// Is anyone there?
    Ping,
}

/// Hear what happens to jobs, on a WebSocket
///
/// Events come as text: JSON as on `/events`. A preview comes as binary: six unsigned 32-bit numbers, little-endian (1, the
/// job, the step, the steps in all, width, height), and a PNG. Clients may say
/// `{"type": "listen", "job": 12, "previews": true, "after": 34}` and `{"type": "ping"}`.
#[utoipa::path(get, path = "/socket", tag = "events", params(SocketQuery),
    responses((status = 101, description = "A WebSocket"), Problems))]
async fn socket(
    State(app): State<App>,
    Params(query): Params<SocketQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|error| Problem::malformed(error.body_text()))?;
    let listener = listen(&app, query.job, query.previews, query.after)?;
    Ok(upgrade
        .max_message_size(LONGEST)
        .on_upgrade(move |socket| serve(app, socket, listener)))
}

fn listen(
    app: &App,
    job: Option<i64>,
    previews: bool,
    after: Option<u64>,
) -> Result<Listener, Problem> {
    let job = job.map(|id| job_id(&id.to_string())).transpose()?;
    Ok(app.queue().events().listen(Interest {
        job,
        previews,
        after,
    }))
}

async fn serve(app: App, socket: WebSocket, mut listener: Listener) {
    let _counted = app.metrics().stream();
    let mut stopping = app.stopping();
    let (mut sink, mut source) = socket.split();
    let mut ping = tokio::time::interval(PING);
    loop {
        let messages = tokio::select! {
            heard = listener.next() => written(&heard),
            said = source.next() => match said {
                Some(Ok(Message::Text(text))) => {
                    let (answer, changed) = obey(&app, &text);
                    if let Some(changed) = changed {
                        listener = changed;
                    }
                    vec![answer]
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            _ = ping.tick() => vec![Message::Ping(Vec::new().into())],
            _ = stopping.wait_for(|stop| *stop) => vec![Message::Close(None)],
        };
        for message in messages {
            let is_close = matches!(message, Message::Close(_));
            let sent = tokio::time::timeout(SLOW, sink.send(message)).await;
            if is_close || !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    }
}

fn obey(app: &App, text: &str) -> (Message, Option<Listener>) {
    let error =
        |why: String| Message::Text(json!({"type": "error", "detail": why}).to_string().into());
    match serde_json::from_str(text) {
        Ok(Command::Ping) => (
            Message::Text(json!({"type": "pong"}).to_string().into()),
            None,
        ),
        Ok(Command::Listen {
            job,
            previews,
            after,
        }) => match listen(app, job, previews, after) {
            Ok(listener) => {
                let answer = json!({"type": "listening", "job": job, "previews": previews});
                (Message::Text(answer.to_string().into()), Some(listener))
            }
            Err(problem) => (error(problem.detail().to_owned()), None),
        },
        Err(why) => (error(aquatint_studio::harmless(&why.to_string())), None),
    }
}

fn written(heard: &Heard) -> Vec<Message> {
    match heard {
        Heard::Missed(count) => {
            let missed = json!({"type": "missed", "count": count});
            vec![Message::Text(missed.to_string().into())]
        }
        Heard::Event(event) => {
            let text = event_json(event, false).to_string();
            let mut messages = vec![Message::Text(text.into())];
            messages.extend(preview(event));
            messages
        }
    }
}

fn preview(event: &Event) -> Option<Message> {
    let JobEvent::Step {
        done,
        total,
        preview: Some(preview),
        ..
    } = &event.what
    else {
        return None;
    };
    let mut bytes = BytesMut::with_capacity(24 + preview.png.len());
    for number in [
        PREVIEW,
        u32::try_from(event.job.number()).ok()?,
        u32::try_from(*done).ok()?,
        u32::try_from(*total).ok()?,
        preview.width,
        preview.height,
    ] {
        bytes.put_u32_le(number);
    }
    bytes.extend_from_slice(&preview.png);
    Some(Message::Binary(bytes.freeze()))
}
