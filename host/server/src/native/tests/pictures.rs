use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use super::small;
use crate::testing::{TestServer, request};

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
    assert_eq!(send(b"GIF89a", "image/gif").await.status, 422);
    assert_eq!(send(b"nothing", "image/png").await.status, 415);
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
    // Weights and the like are none.
    let tokens = server
        .post(
            "/api/v1/tokens",
            &json!({"text": "(a:1.2) [red:green:0.5] apple"}),
        )
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
