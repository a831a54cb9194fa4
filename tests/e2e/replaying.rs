use std::fs;

use aquatint_tests::server::{Server, data_folder};
use serde_json::{Value, json};

fn draw(server: &Server, request: &Value) -> i64 {
    let job = server
        .post("/api/v1/jobs", &json!({"request": request}))
        .json();
    let job = server.ended(job["id"].as_i64().unwrap());
    assert_eq!(job["state"], "done", "{job}");
    job["pictures"][0].as_i64().unwrap()
}

fn replay(server: &Server, picture: i64) -> Value {
    let answer = server.post(&format!("/api/v1/pictures/{picture}/replay"), &json!({}));
    assert_eq!(answer.status, 202, "{}", answer.text());
    server.ended(answer.json()["id"].as_i64().unwrap())
}

#[test]
fn a_picture_is_made_again_and_is_the_same() {
    let data = data_folder();
    let styles = "name,prompt,negative_prompt\nInk,\"{prompt}, ink drawing\",colour\n";
    fs::write(data.path().join("mine.csv"), styles).unwrap();
    let file = data.path().join("mine.csv");
    let server = Server::in_folder(data, &["--styles", file.to_str().unwrap()]);
    let request = json!({"prompt": "a red apple", "styles": ["Ink"], "seed": 5, "steps": 3, "width": 64,
        "height": 64, "clip_skip": 2});
    let picture = draw(&server, &request);
    let recipe = server
        .get(&format!("/api/v1/pictures/{picture}/recipe"))
        .json();
    assert_eq!(
        recipe["recipe"]["prompt"], "a red apple, ink drawing",
        "{recipe}"
    );
    let job = replay(&server, picture);
    assert_eq!(job["state"], "done", "{job}");
    let said = &job["report"]["replay"];
    assert_eq!(
        (&said["identical"], &said["differences"]),
        (&json!(true), &json!([])),
        "{said}"
    );
    assert_eq!(said["pixels"]["differ"], 0);
    // Nothing of it is kept.
    let found = server.get("/api/v1/pictures").json();
    assert_eq!(found["pictures"].as_array().unwrap().len(), 1);
}

#[test]
fn what_differs_and_what_is_missing_is_named() {
    let server = Server::start(&[]);
    let picture = draw(
        &server,
        &json!({"prompt": "x", "seed": 5, "steps": 2, "width": 64, "height": 64}),
    );
    // As if another version had drawn it, with another model.
    let change = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let found = server.get(&format!("/api/v1/pictures/{picture}")).json();
        let mut stack = vec![server.data().join("outputs")];
        while let Some(path) = stack.pop() {
            if path.is_dir() {
                stack.extend(fs::read_dir(path).unwrap().map(|it| it.unwrap().path()));
            } else if path.file_name().unwrap().to_str() == found["name"].as_str() {
                let bytes = fs::read(&path).unwrap();
                fs::write(&path, changed(bytes, from.as_bytes(), to.as_bytes())).unwrap();
            }
        }
    };
    change("\"name\":\"starter\"", "\"name\":\"startes\"");
    let job = replay(&server, picture);
    // The same model under another name is found by what is in it.
    assert_eq!(job["state"], "done", "{job}");
    assert_eq!(job["report"]["replay"]["identical"], true, "{job}");
    change("\"seed\":5", "\"seed\":6");
    let job = replay(&server, picture);
    let said = &job["report"]["replay"];
    assert_eq!(said["identical"], false, "{job}");
    assert!(said["pixels"]["differ"].as_u64().unwrap() > 0, "{said}");
    fs::remove_dir_all(server.data().join("outputs")).unwrap();
    let gone = server.post(&format!("/api/v1/pictures/{picture}/replay"), &json!({}));
    assert_eq!(gone.status, 404, "{}", gone.text());
}

/// Changes a text in a PNG, with the checksums of its chunks.
fn changed(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut found = 0;
    for at in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0, "the text is not there");
    let mut at = 8;
    while at + 12 <= bytes.len() {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        let sum = crc32fast::hash(&bytes[at + 4..at + 8 + length]);
        bytes[at + 8 + length..at + 12 + length].copy_from_slice(&sum.to_be_bytes());
        at += 12 + length;
    }
    bytes
}
