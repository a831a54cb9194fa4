//! What is looked after: likes, orders, logs, room.

use serde_json::{Value, json};

use super::small;
use crate::testing::{TestServer, with_json};

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_are_liked_are_found() {
    let server = TestServer::start().await;
    let mut pictures = Vec::new();
    for prompt in ["a", "b", "c"] {
        let job = server.draw(small(prompt)).await;
        pictures.push(job["pictures"][0].as_i64().expect("a picture"));
    }
    let star = async |id: i64, starred: bool| {
        let path = format!("/api/v1/pictures/{id}");
        let request = with_json("PATCH", &path, &json!({"starred": starred}));
        server.ask(request).await
    };
    let found = async |query: &str| -> Vec<i64> {
        let page = server
            .get(&format!("/api/v1/pictures?order=oldest{query}"))
            .await;
        let page = page.json();
        let pictures = page["pictures"].as_array().expect("pictures").iter();
        pictures.filter_map(|it| it["id"].as_i64()).collect()
    };
    let changed = star(pictures[1], true).await;
    assert_eq!(
        (changed.status, &changed.json()["starred"]),
        (200, &json!(true))
    );
    assert_eq!(found("&starred=true").await, [pictures[1]]);
    assert_eq!(found("&starred=false").await, [pictures[0], pictures[2]]);
    assert_eq!(found("").await, pictures);
    assert_eq!(star(pictures[1], false).await.json()["starred"], false);
    assert_eq!(found("&starred=true").await, [0; 0]);
    assert_eq!(star(999, true).await.status, 404);
    let empty = with_json(
        "PATCH",
        &format!("/api/v1/pictures/{}", pictures[0]),
        &json!({}),
    );
    assert_eq!(server.ask(empty).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_plugins_is_kept_and_checked() {
    let server = TestServer::start().await;
    let put = async |ids: Value| {
        let request = with_json("PUT", "/api/v1/plugin-order", &json!({"ids": ids}));
        server.ask(request).await
    };
    assert_eq!(
        server.get("/api/v1/plugin-order").await.json(),
        json!({"ids": []})
    );
    assert_eq!(put(json!(["watermark", "film-grain"])).await.status, 200);
    assert_eq!(
        server.get("/api/v1/plugin-order").await.json(),
        json!({"ids": ["watermark", "film-grain"]})
    );
    for wrong in [
        json!(["a", "a"]),
        json!(["../a"]),
        json!([""]),
        json!(vec!["a"; 1001]),
    ] {
        assert_eq!(put(wrong.clone()).await.status, 422, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_again_is_said_at_once() {
    let server = TestServer::start().await;
    let job = server.draw(small("a red apple")).await;
    let picture = &job["pictures"][0];
    let path = format!("/api/v1/pictures/{picture}/replay");
    for (body, status) in [
        (json!({"model": "../../etc"}), 422),
        (json!({"provider": "no such"}), 422),
        (json!({"file": "x"}), 422),
    ] {
        assert_eq!(server.post(&path, &body).await.status, status, "{body}");
    }
    assert_eq!(
        server
            .post("/api/v1/pictures/999/replay", &json!({}))
            .await
            .status,
        404
    );
    let queued = server.post(&path, &json!({})).await;
    assert_eq!(queued.status, 202, "{}", queued.text());
    assert_eq!(
        (&queued.json()["kind"], &queued.json()["replays"]),
        (&json!("replay"), picture)
    );
    let listed = server.get("/api/v1/jobs?kind=replay").await.json();
    assert_eq!(listed["jobs"].as_array().expect("jobs").len(), 1);
    let file = server
        .get(&format!("/api/v1/pictures/{picture}"))
        .await
        .json();
    assert_eq!(file["missing"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_and_its_bounds() {
    let server = TestServer::start().await;
    assert!(server.get("/api/v1/log").await.json()["lines"].is_array());
    for wrong in ["level=loud", "limit=0", "limit=1001", "after=-1", "x=y"] {
        let answer = server.get(&format!("/api/v1/log?{wrong}")).await;
        assert_eq!(answer.status, 422, "{wrong}");
    }
    assert_eq!(server.get("/api/v1/plugins/nobody/log").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn how_much_is_kept_to_begin_from_is_a_setting() {
    let server = TestServer::start().await;
    let before = server.get("/api/v1/settings").await.json();
    assert_eq!(before["inputs"], 4_u64 << 30);
    let request = with_json("PATCH", "/api/v1/settings", &json!({"inputs": 1 << 20}));
    assert_eq!(server.ask(request).await.json()["inputs"], 1 << 20);
    let after = server.get("/api/v1/settings").await.json();
    assert_eq!(after["inputs"], 1 << 20);
    assert_eq!(after["cache_disk"], before["cache_disk"]);
}
