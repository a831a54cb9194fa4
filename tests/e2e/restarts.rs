use std::time::Duration;

use aquatint_tests::server::Server;
use serde_json::json;

fn request(seed: u64) -> serde_json::Value {
    json!({"request": {"prompt": "a red apple", "seed": seed, "steps": 4, "width": 64, "height": 64}})
}

#[test]
fn what_was_accepted_is_drawn_after_the_process_was_killed() {
    let mut server = Server::start(&[]);
    let ids: Vec<i64> = (0..8)
        .map(|seed| {
            let answer = server.post("/api/v1/jobs", &request(seed));
            assert_eq!(answer.status, 202, "{}", answer.text());
            answer.json()["id"].as_i64().unwrap()
        })
        .collect();
    // In the middle of it all.
    drop(server.ended(ids[1]));
    server.kill_and_start(&[]);
    for (seed, id) in (0_u64..).zip(&ids) {
        let job = server.ended(*id);
        assert_eq!(job["state"], "done", "{job}");
        assert_eq!(job["report"]["seeds"], json!([seed]));
    }
    let found = server.get("/api/v1/pictures?limit=100").json();
    assert_eq!(
        found["pictures"].as_array().unwrap().len(),
        8,
        "none lost, none doubled"
    );
}

#[cfg(unix)]
#[test]
fn sigterm_leaves_nothing_half_written() {
    let mut server = Server::start(&[]);
    let ids: Vec<i64> = (0..6)
        .map(|seed| {
            server.post("/api/v1/jobs", &request(seed)).json()["id"]
                .as_i64()
                .unwrap()
        })
        .collect();
    drop(server.ended(ids[0]));
    assert_eq!(server.terminate(Duration::from_secs(30)), Some(0));
    let mut stack = vec![server.data().join("outputs")];
    while let Some(folder) = stack.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
                continue;
            }
            let file = std::fs::read(&path).unwrap();
            assert!(
                file.ends_with(b"IEND\xae\x42\x60\x82"),
                "{}",
                path.display()
            );
        }
    }
    server.kill_and_start(&[]);
    for id in ids {
        assert_eq!(server.ended(id)["state"], "done");
    }
}
