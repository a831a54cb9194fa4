use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::small;
use crate::Config;
use crate::testing::{TestServer, with_json};

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_the_same_job() {
    let server = TestServer::start().await;
    let send = async |prompt: &str, key: &str| {
        let mut request = with_json("POST", "/api/v1/jobs", &json!({"request": small(prompt)}));
        request
            .headers_mut()
            .insert("idempotency-key", key.parse().expect("a value"));
        server.ask(request).await
    };
    let first = send("a", "k1").await.json()["id"].clone();
    assert_eq!(send("a", "k1").await.json()["id"], first);
    assert_ne!(send("a", "k2").await.json()["id"], first);
    assert_eq!(send("b", "k1").await.status, 409);
    assert_eq!(send("a", &"k".repeat(191)).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_drawn_is_refused_with_the_field() {
    let server = TestServer::with(Config {
        max_steps: 10,
        max_batch: 2,
        max_pixels: 128 * 128,
        ..Config::default()
    })
    .await;
    for (field, value) in [
        ("steps", json!(11)),
        ("batch", json!(3)),
        ("width", json!(1024)),
        ("width", json!(63)),
        ("sampler", json!("eulr")),
        ("model", json!("/etc/passwd")),
        ("model", json!("../starter")),
        ("provider", json!("abacus")),
        ("plugins", json!([{"id": "nothing"}])),
        ("cfg", json!(1e9)),
    ] {
        let mut body = small("x");
        body[field] = value.clone();
        let answer = server.post("/api/v1/jobs", &json!({"request": body})).await;
        assert_eq!(answer.status, 422, "{field} {value}: {}", answer.text());
        assert_eq!(answer.json()["field"], field, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    for body in [
        json!({"request": {"stepz": 1}}),
        json!({}),
        json!([]),
        json!({"request": 1}),
    ] {
        assert_eq!(
            server.post("/api/v1/jobs", &body).await.status,
            422,
            "{body}"
        );
    }
    let broken = Request::post("/api/v1/jobs")
        .header("content-type", "application/json")
        .body(Body::from("{"))
        .expect("a request");
    assert_eq!(server.ask(broken).await.status, 400);
    let form = Request::post("/api/v1/jobs")
        .header("content-type", "text/plain")
        .body(Body::from("{}"))
        .expect("a request");
    assert_eq!(server.ask(form).await.status, 415);
    assert_eq!(server.get("/api/v1/jobs/0").await.status, 404);
    assert_eq!(server.get("/api/v1/jobs/x").await.status, 404);
    assert_eq!(server.get("/api/v1/nothing").await.status, 404);
    assert_eq!(server.delete("/api/v1/jobs").await.status, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_cancelled_moved_paused_and_tried_again() {
    let server = TestServer::start().await;
    server.pace.store(5, Ordering::Relaxed);
    server.post("/api/v1/queue/pause", &json!({})).await;
    let mut ids = Vec::new();
    for prompt in ["a", "b", "c"] {
        let job = server
            .post("/api/v1/jobs", &json!({"request": small(prompt)}))
            .await;
        ids.push(job.json()["id"].as_i64().expect("a number"));
    }
    let waiting = async || {
        let page = server.get("/api/v1/jobs?waiting=true").await.json();
        let jobs = page["jobs"].as_array().expect("jobs").iter();
        jobs.map(|job| job["id"].as_i64().expect("a number"))
            .collect::<Vec<_>>()
    };
    assert_eq!(waiting().await, ids);
    let moved = server
        .post(
            &format!("/api/v1/jobs/{}/move", ids[2]),
            &json!({"top": true}),
        )
        .await;
    assert_eq!(moved.status, 200, "{}", moved.text());
    assert_eq!(waiting().await, [ids[2], ids[0], ids[1]]);
    let before = json!({"before": ids[0]});
    server
        .post(&format!("/api/v1/jobs/{}/move", ids[1]), &before)
        .await;
    assert_eq!(waiting().await, [ids[2], ids[1], ids[0]]);
    let cancelled = server
        .post(&format!("/api/v1/jobs/{}/cancel", ids[1]), &json!({}))
        .await;
    assert_eq!(
        (cancelled.status, &cancelled.json()["state"]),
        (200, &json!("cancelled"))
    );
    assert_eq!(
        server
            .post(&format!("/api/v1/jobs/{}/cancel", ids[1]), &json!({}))
            .await
            .status,
        409
    );
    server.post("/api/v1/queue/resume", &json!({})).await;
    assert_eq!(server.ended(ids[0]).await["state"], "done");
    assert_eq!(server.ended(ids[1]).await["state"], "cancelled");
    let retried = server
        .post(&format!("/api/v1/jobs/{}/retry", ids[1]), &json!({}))
        .await;
    assert_eq!(retried.status, 202);
    assert_eq!(server.ended(ids[1]).await["state"], "done");
    let attempts = server
        .get(&format!("/api/v1/jobs/{}/attempts", ids[1]))
        .await
        .json();
    assert_eq!(attempts.as_array().map(Vec::len), Some(1));
    let cleared = server
        .post("/api/v1/queue/clear", &json!({"states": ["done"]}))
        .await
        .json();
    assert_eq!(cleared["count"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_runs_stops_and_leaves_others_alone() {
    let server = TestServer::start().await;
    server.pace.store(50, Ordering::Relaxed);
    let long = json!({"prompt": "long", "steps": 200, "width": 64, "height": 64});
    let add = async |request: &Value| {
        let job = server
            .post("/api/v1/jobs", &json!({"request": request}))
            .await
            .json();
        job["id"].as_i64().expect("a number")
    };
    let (first, second) = (add(&long).await, add(&small("next")).await);
    while server.get(&format!("/api/v1/jobs/{first}")).await.json()["state"] != "running" {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let told = server
        .post(&format!("/api/v1/jobs/{first}/cancel"), &json!({}))
        .await;
    assert_eq!(told.status, 202);
    assert_eq!(server.ended(first).await["state"], "cancelled");
    assert_eq!(server.ended(second).await["state"], "done");
}
