use std::fmt::Write as _;

use aquatint_tests::server::Server;
use serde_json::json;

use crate::{refused, server};

#[test]
fn what_is_too_much_is_refused() {
    let mut server = server();
    // Headers, many and long.
    let mut many =
        String::from("GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    for index in 0..5000 {
        write!(many, "X-{index}: y\r\n").unwrap();
    }
    refused(&server.raw((many + "\r\n").as_bytes()), "many headers");
    let long = "y".repeat(1 << 20);
    let one = format!(
        "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: {long}\r\n\r\n"
    );
    refused(&server.raw(one.as_bytes()), "a long header");
    let line = format!(
        "GET /api/v1/jobs?state={long} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    );
    refused(&server.raw(line.as_bytes()), "a long line");
    // JSON as deep as the stack is not.
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = open.repeat(100_000) + "1" + &close.repeat(100_000);
        let headers = [("Content-Type", "application/json")];
        for path in [
            "/api/v1/jobs",
            "/sdapi/v1/txt2img",
            "/v1/images/generations",
            "/api/v1/sweeps/plan",
        ] {
            refused(&server.ask("POST", path, &headers, deep.as_bytes()), path);
        }
    }
    // A body that says it is larger than anyone needs.
    let head = "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n";
    let lying = format!("{head}Content-Length: 99999999999\r\n\r\n{{");
    refused(&server.raw(lying.as_bytes()), "a large body");
    let wrong = format!("{head}Content-Length: -1\r\n\r\n{{");
    refused(&server.raw(wrong.as_bytes()), "a negative length");
    let both = format!("{head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{{}}");
    // One of the two counts, or it is refused; never both.
    assert!(server.raw(both.as_bytes()).status < 500);
    assert!(server.is_alive());
}

#[test]
fn sweeps_and_numbers_beyond_all_bounds_are_refused_at_once() {
    let mut server = server();
    let request = json!({"prompt": "x", "steps": 1, "width": 64, "height": 64});
    for axes in [
        json!([{"field": "cfg", "values": "1-2 [99999999999]"}]),
        json!([{"field": "seed", "values": "1-99999999999999"}]),
        json!([{"field": "order", "values": "a,b,c,d,e,f,g,h,i,j,k,l,m"}]),
        json!([{"field": "seed", "values": "1-1000"}, {"field": "cfg", "values": "1-1000"}]),
        json!(vec![json!({"field": "seed", "values": "1"}); 1000]),
    ] {
        refused(
            &server.post(
                "/api/v1/sweeps/plan",
                &json!({"request": request, "axes": axes}),
            ),
            "a sweep",
        );
    }
    for (field, value) in [
        ("steps", json!(u64::MAX)),
        ("steps", json!(-1)),
        ("width", json!(4_294_967_296_u64)),
        ("batch", json!(1e30)),
        ("seed", json!(1.5)),
        ("cfg", json!(1e300)),
        ("prompt", json!("x".repeat(1 << 20))),
        ("plugins", json!(vec![json!({"id": "a"}); 100_000])),
    ] {
        let mut request = request.clone();
        request[field] = value;
        refused(
            &server.post("/api/v1/jobs", &json!({"request": request})),
            field,
        );
    }
    assert!(server.is_alive());
}

#[test]
fn a_full_queue_says_so() {
    let data = aquatint_tests::server::data_folder();
    std::fs::write(data.path().join("aquatint.toml"), "max_queue = 3\n").unwrap();
    let server = Server::in_folder(data, &[]);
    let _ = server.post("/api/v1/queue/pause", &json!({}));
    let body = json!({"request": {"prompt": "x", "steps": 1, "width": 64, "height": 64}});
    let statuses: Vec<u16> = (0..20)
        .map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(60));
            server.post("/api/v1/jobs", &body).status
        })
        .collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    let queued = server.get("/api/v1/queue").json()["queued"]
        .as_u64()
        .unwrap();
    assert!(queued < 12, "{queued}");
}

#[test]
fn one_client_cannot_take_everything() {
    let data = aquatint_tests::server::data_folder();
    std::fs::write(data.path().join("aquatint.toml"), "rate_limit = 60\n").unwrap();
    let server = Server::in_folder(data, &[]);
    let body = json!({"request": {"prompt": "x", "steps": 1, "width": 64, "height": 64}});
    let answers: Vec<_> = (0..10)
        .map(|_| server.post("/api/v1/jobs", &body))
        .collect();
    let refused: Vec<_> = answers.iter().filter(|it| it.status == 429).collect();
    assert!(refused.len() >= 3, "{}", refused.len());
    assert!(
        refused[0].head.to_lowercase().contains("retry-after: "),
        "{}",
        refused[0].head
    );
    // Looking after the server is never refused.
    assert_eq!(server.get("/healthz").status, 200);
}
