use std::process::Command;
use std::time::Instant;

use aquatint_tests::server::{Server, data_folder};

fn key(data: &std::path::Path, arguments: &[&str]) -> String {
    let output = Command::new(aquatint_tests::binary())
        .args(["key", "new"])
        .args(arguments)
        .env("AQUATINT_DATA", data)
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn ask(server: &Server, key: &str, method: &str, path: &str) -> u16 {
    let authorization = format!("Bearer {key}");
    let headers = [
        ("Authorization", authorization.as_str()),
        ("Content-Type", "application/json"),
    ];
    // Where that draws, as little as can be.
    let body = br#"{"steps": 1, "width": 64, "height": 64}"#;
    server.ask(method, path, &headers, body).status
}

#[test]
fn a_key_does_no_more_than_its_scope() {
    let data = data_folder();
    let read = key(data.path(), &["reader", "--scope", "read"]);
    let draw = key(data.path(), &["drawer", "--scope", "generate"]);
    let admin = key(data.path(), &["owner", "--scope", "admin"]);
    let old = key(data.path(), &["old", "--scope", "admin", "--days", "0"]);
    let server = Server::in_folder(data, &[]);
    let draws = [
        ("POST", "/api/v1/jobs"),
        ("POST", "/sdapi/v1/txt2img"),
        ("POST", "/v1/images/generations"),
        ("POST", "/api/v1/queue/pause"),
        ("POST", "/api/v1/queue/resume"),
        ("DELETE", "/api/v1/pictures/1"),
        ("PATCH", "/api/v1/pictures/1"),
        ("POST", "/api/v1/pictures/1/replay"),
        ("PUT", "/api/v1/plugin-order"),
        ("POST", "/api/v1/uploads"),
        ("POST", "/sdapi/v1/options"),
        ("POST", "/sdapi/v1/interrupt"),
    ];
    let rules = [
        ("POST", "/api/v1/proposals"),
        ("POST", "/api/v1/proposals/x"),
        ("DELETE", "/api/v1/plugins/x"),
        ("POST", "/api/v1/plugins/x/grants"),
        ("POST", "/api/v1/plugins/x/enable"),
        ("PATCH", "/api/v1/settings"),
        ("GET", "/api/v1/runtime/doctor"),
        ("GET", "/api/v1/log"),
    ];
    for (method, path) in draws {
        assert_eq!(ask(&server, &read, method, path), 403, "{method} {path}");
        assert_ne!(ask(&server, &draw, method, path), 403, "{method} {path}");
        assert_eq!(ask(&server, &old, method, path), 401, "{method} {path}");
    }
    for (method, path) in rules {
        assert_eq!(ask(&server, &read, method, path), 403, "{method} {path}");
        assert_eq!(ask(&server, &draw, method, path), 403, "{method} {path}");
        if method != "GET" {
            let status = ask(&server, &admin, method, path);
            assert!(![401, 403].contains(&status), "{method} {path}: {status}");
        }
    }
    for path in [
        "/api/v1/jobs",
        "/api/v1/pictures",
        "/metrics",
        "/sdapi/v1/options",
        "/v1/models",
    ] {
        assert_eq!(server.get(path).status, 401, "{path}");
        assert_eq!(ask(&server, &read, "GET", path), 200, "{path}");
    }
    // What is the same for everyone needs none.
    assert_eq!(server.get("/").status, 200);
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/api/v1/session").json()["needs_key"], true);
}

/// How long a wrong key takes does not tell how much of it is right, and guessing is slow.
#[test]
fn guessing_tells_nothing_and_is_bounded() {
    let data = data_folder();
    let real = key(data.path(), &["owner", "--scope", "admin"]);
    let server = Server::in_folder(data, &[]);
    let flip = |at: usize| {
        let mut bytes = real.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let wrong = [
        flip(real.len() - 1),
        flip(20),
        flip(5),
        "x".to_owned(),
        String::new(),
        "aq_".repeat(1000),
    ];
    let mut times = Vec::new();
    for key in &wrong {
        let start = Instant::now();
        assert_eq!(ask(&server, key, "GET", "/api/v1/jobs"), 401);
        times.push(start.elapsed());
    }
    // All are refused in the same way; the comparison itself is in constant time.
    assert!(
        times.iter().all(|time| time.as_millis() < 1000),
        "{times:?}"
    );
    let statuses: Vec<u16> = (0..60)
        .map(|_| ask(&server, "aq_000000000000_x", "GET", "/api/v1/jobs"))
        .collect();
    assert!(statuses.contains(&429), "guessing is not bounded");
    // Whoever has the key is let in all the same.
    assert_eq!(ask(&server, &real, "GET", "/api/v1/jobs"), 200);
}
