use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use serde_json::json;

use super::small;
use crate::testing::{TestServer, request};

/// The names of the events of a stream, to its end.
async fn names(server: &TestServer, request: Request<Body>) -> Vec<(String, u64)> {
    let mut body = server.send(request).await.into_body();
    let mut text = String::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.expect("a frame");
        text += &String::from_utf8_lossy(frame.data_ref().expect("data"));
    }
    let events = text.split("\n\n").filter(|event| event.contains("event:"));
    let field = |event: &str, name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    events
        .map(|event| {
            let id = field(event, "id:").and_then(|id| id.parse().ok());
            (field(event, "event:").expect("a name"), id.unwrap_or(0))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_tells_a_job_to_its_end_and_goes_on_where_it_was() {
    let server = TestServer::start().await;
    server.post("/api/v1/queue/pause", &json!({})).await;
    let job = server
        .post("/api/v1/jobs", &json!({"request": small("x")}))
        .await
        .json();
    let path = format!("/api/v1/jobs/{}/events", job["id"]);
    let ask = request("GET", &path, &[]);
    let (events, _) = tokio::join!(names(&server, ask), async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        server.post("/api/v1/queue/resume", &json!({})).await
    });
    let told: Vec<_> = events.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        told,
        [
            "job", "started", "stage", "step", "step", "step", "step", "picture", "finished"
        ]
    );
    // What was heard up to the second step is not told again.
    let after = events[4].1.to_string();
    let resumed = request("GET", "/api/v1/events", &[("last-event-id", &after)]);
    let mut body = server.send(resumed).await.into_body();
    let frame = body.frame().await.expect("a frame").expect("a frame");
    let text = String::from_utf8_lossy(frame.data_ref().expect("data")).into_owned();
    assert!(text.contains(&format!("id: {}", events[5].1)), "{text}");
    // One that has ended says so and ends.
    let ended = names(&server, request("GET", &path, &[])).await;
    assert_eq!(ended.len(), 1);
    assert_eq!(server.get("/api/v1/jobs/999/events").await.status, 404);
    let bad = server
        .ask(request("GET", &path, &[("last-event-id", "x")]))
        .await;
    assert_eq!(bad.status, 400);
}
