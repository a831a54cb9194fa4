use std::sync::atomic::Ordering;

use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::Config;
use crate::testing::{TestServer, request, with_json};

fn small(prompt: &str) -> Value {
    json!({"prompt": prompt, "seed": 3, "steps": 4, "width": 64, "height": 64})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drawing_is_queued_and_found_with_its_file() {
    let server = TestServer::start().await;
    let answer = server
        .post(
            "/api/v1/jobs",
            &json!({"request": small("a red apple"), "priority": 2}),
        )
        .await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let id = answer.json()["id"].as_i64().expect("a number");
    assert_eq!(answer.header("location"), format!("/api/v1/jobs/{id}"));
    let job = server.ended(id).await;
    assert_eq!(
        (&job["state"], &job["source"]),
        (&json!("done"), &json!("api"))
    );
    let picture = job["pictures"][0].as_i64().expect("a picture");

    let found = server.get("/api/v1/pictures?text=apple").await.json();
    assert_eq!(found["pictures"][0]["id"], picture);
    let none = server.get("/api/v1/pictures?text=pear").await.json();
    assert_eq!(none["pictures"], json!([]));
    assert!(
        !found
            .to_string()
            .contains(&server.data().display().to_string())
    );

    let path = format!("/api/v1/pictures/{picture}/file");
    let file = server.get(&path).await;
    assert_eq!(
        (file.status, file.header("content-type")),
        (200, "image/png")
    );
    assert!(file.body.starts_with(b"\x89PNG"));
    let tag = file.header("etag").to_owned();
    let again = server
        .ask(request("GET", &path, &[("if-none-match", &tag)]))
        .await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    let part = server
        .ask(request("GET", &path, &[("range", "bytes=1-3")]))
        .await;
    assert_eq!((part.status, part.body.as_slice()), (206, &b"PNG"[..]));
    let beyond = server
        .ask(request("GET", &path, &[("range", "bytes=999999-")]))
        .await;
    assert_eq!(beyond.status, 416);

    let thumbnail = server
        .get(&format!("/api/v1/pictures/{picture}/thumbnail?size=64"))
        .await;
    assert_eq!(thumbnail.status, 200);
    assert_eq!(
        server
            .get(&format!("/api/v1/pictures/{picture}/thumbnail?size=65"))
            .await
            .status,
        422
    );
    let recipe = server
        .get(&format!("/api/v1/pictures/{picture}/recipe"))
        .await
        .json();
    assert_eq!(recipe["recipe"]["seed"], 3);
    assert!(
        recipe["parameters"]
            .as_str()
            .expect("a text")
            .contains("Seed: 3")
    );
    let read = server
        .post("/api/v1/parameters", &json!({"picture": picture}))
        .await
        .json();
    assert_eq!(read["request"]["seed"], 3);
    let zip = server
        .post("/api/v1/pictures/zip", &json!({"ids": [picture]}))
        .await;
    assert!(zip.body.starts_with(b"PK"));

    assert_eq!(
        server
            .delete(&format!("/api/v1/pictures/{picture}"))
            .await
            .status,
        204
    );
    assert_eq!(server.get(&path).await.status, 404);
}

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

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_kept_by_their_content() {
    let server = TestServer::start().await;
    let job = server.draw(small("x")).await;
    let path = format!("/api/v1/pictures/{}/file", job["pictures"][0]);
    let png = server.get(&path).await.body;
    let send = async |bytes: &[u8], kind: &str| {
        let request = Request::post("/api/v1/uploads")
            .header("content-type", kind)
            .body(Body::from(bytes.to_vec()))
            .expect("a request");
        server.ask(request).await
    };
    let first = send(&png, "image/png").await;
    assert_eq!(first.status, 201, "{}", first.text());
    let id = first.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(send(&png, "image/png").await.json()["id"], id);
    let mut form =
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../x.png\"\r\n\r\n"
            .to_vec();
    form.extend_from_slice(&png);
    form.extend_from_slice(b"\r\n--b--\r\n");
    let sent = send(&form, "multipart/form-data; boundary=b").await;
    assert_eq!(sent.json()["id"], id, "{}", sent.text());
    assert_eq!(server.get(&format!("/api/v1/uploads/{id}")).await.body, png);
    let read = server
        .post("/api/v1/parameters", &json!({"upload": id}))
        .await
        .json();
    assert_eq!(read["request"]["prompt"], "x");
    for bad in ["..%2f..%2fetc%2fpasswd", "x", &"0".repeat(64)] {
        assert_eq!(
            server.get(&format!("/api/v1/uploads/{bad}")).await.status,
            404,
            "{bad}"
        );
    }
    assert_eq!(send(b"GIF89a", "image/gif").await.status, 415);
    assert_eq!(
        server.delete(&format!("/api/v1/uploads/{id}")).await.status,
        204
    );
    assert_eq!(
        server.get(&format!("/api/v1/uploads/{id}")).await.status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_is_planned_before_it_is_queued() {
    let server = TestServer::start().await;
    let sweep = json!({
        "request": small("a cat"),
        "axes": [{"field": "cfg", "values": "1-9 (+2)"}, {"field": "seed", "values": "1,2"}],
    });
    let plan = server.post("/api/v1/sweeps/plan", &sweep).await.json();
    assert_eq!(
        (&plan["cells"], &plan["denoisings"]),
        (&json!(10), &json!(10)),
        "{plan}"
    );
    assert_eq!(plan["axes"][0]["values"].as_array().map(Vec::len), Some(5));
    let queued = server
        .post("/api/v1/sweeps", &json!({"sweep": sweep}))
        .await;
    assert_eq!(queued.status, 202, "{}", queued.text());
    let id = queued.json()["id"].clone();
    assert_eq!(queued.json()["sweep"]["axes"][0]["field"], "cfg");
    let cells = server
        .get(&format!("/api/v1/sweeps/{id}/cells"))
        .await
        .json();
    assert_eq!(cells, json!({"cells": [], "ended": 0}));
    let mut wrong = sweep.clone();
    wrong["axes"][0]["field"] = "cgf".into();
    let answer = server.post("/api/v1/sweeps/plan", &wrong).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("did you mean"), "{}", answer.text());
    let mut many = sweep;
    many["axes"][0]["values"] = "1-2 [100000]".into();
    assert_eq!(
        server
            .post("/api/v1/sweeps", &json!({"sweep": many}))
            .await
            .status,
        422
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_everything_are_listed() {
    let server = TestServer::start().await;
    let samplers = server.get("/api/v1/samplers").await.json();
    assert!(
        samplers
            .as_array()
            .expect("a list")
            .iter()
            .any(|it| it["id"] == "euler_a")
    );
    let models = server.get("/api/v1/models").await.json();
    let starter = models
        .as_array()
        .expect("a list")
        .iter()
        .find(|it| it["name"] == "starter");
    assert_eq!(starter.expect("the starter")["default"], true);
    let shown = server.get("/api/v1/models/starter").await.json();
    assert_eq!(shown["problems"], json!([]));
    assert!(
        !shown.to_string().contains("models/starter"),
        "no path: {shown}"
    );
    assert_eq!(server.get("/api/v1/models/..%2fstarter").await.status, 404);
    let tokens = server
        .post("/api/v1/tokens", &json!({"text": "a red apple"}))
        .await
        .json();
    assert_eq!(tokens, json!({"tokens": 3, "limit": 75}));
    assert_eq!(server.get("/api/v1/plugins").await.json(), json!([]));
    assert_eq!(
        server.get("/api/v1/server").await.json()["queue"]["queued"],
        0
    );
    let session = server.get("/api/v1/session").await.json();
    assert_eq!(session, json!({"needs_key": false, "scope": "admin"}));
    let propose = json!({"source": "/etc/passwd"});
    let refused = server.post("/api/v1/proposals", &propose).await;
    assert_eq!(
        (refused.status, &refused.json()["field"]),
        (422, &json!("source"))
    );
}

#[test]
fn the_description_in_the_page_is_that_of_the_code() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/openapi.json");
    if std::env::var_os("AQUATINT_WRITE_OPENAPI").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, super::openapi() + "\n").expect("written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept.trim_end() == super::openapi().trim_end(),
        "host/ui/openapi.json is of another version: `cargo xtask openapi` writes it"
    );
}

#[test]
fn the_description_is_whole() {
    let api: Value = serde_json::from_str(&super::openapi()).expect("JSON");
    assert_eq!(api["openapi"], "3.1.0");
    let text = api.to_string();
    // Every name that is referred to is there.
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().expect("a name");
        assert!(!api["components"]["schemas"][name].is_null(), "{name}");
    }
    for (path, methods) in api["paths"].as_object().expect("paths") {
        for (method, about) in methods.as_object().expect("methods") {
            assert!(about["summary"].is_string(), "{method} {path}");
            assert!(about["responses"]["4XX"].is_object(), "{method} {path}");
        }
    }
}
