use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::server;

/// Many that never say anything to the end, and the server answers others.
#[test]
fn slow_clients_keep_nobody_else_waiting() {
    let mut server = server();
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = server.connect();
        stream
            .write_all(b"POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nX: ")
            .unwrap();
        slow.push(stream);
    }
    for _ in 0..50 {
        let mut stream = server.connect();
        let head = "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
        stream.write_all(head.as_bytes()).unwrap();
        slow.push(stream);
    }
    let start = Instant::now();
    for _ in 0..20 {
        assert_eq!(server.get("/api/v1/jobs").status, 200);
    }
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    // In the end they are shown out: headers must come within 15 seconds.
    let mut first = slow.swap_remove(0);
    let mut rest = Vec::new();
    let ended = first.read_to_end(&mut rest);
    assert!(
        ended.is_ok() || start.elapsed() < Duration::from_secs(60),
        "{ended:?}"
    );
    assert!(server.is_alive());
}

#[test]
fn nonsense_is_no_request() {
    let mut server = server();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /%00%ff%fe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"G\xc3\x89T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ] {
        let mut stream = server.connect();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        assert!(!text.starts_with("HTTP/1.1 5"), "{bytes:?}: {text}");
    }
    assert!(server.is_alive());
}

/// Whoever waits for a picture and goes: what nobody wants is not drawn.
#[test]
fn who_leaves_stops_what_was_for_them_alone() {
    let server = server();
    let body =
        json!({"prompt": "x", "steps": 150, "width": 512, "height": 512, "seed": 11}).to_string();
    let mut stream = server.connect();
    let head = format!(
        "POST /sdapi/v1/txt2img HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let find = |state: &str| {
        let page = server.get(&format!("/api/v1/jobs?state={state}")).json();
        let jobs = page["jobs"].as_array().unwrap();
        jobs.iter().any(|job| job["request"]["seed"] == 11)
    };
    let until = Instant::now() + Duration::from_secs(60);
    while !find("queued,running") && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(stream);
    while !find("cancelled") {
        assert!(Instant::now() < until, "it is drawn on for nobody");
        std::thread::sleep(Duration::from_millis(50));
    }
}
