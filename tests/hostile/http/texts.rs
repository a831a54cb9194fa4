use std::process::{Command, Stdio};

use serde_json::json;

use crate::server;

const NASTY: &str = "<script>alert(1)</script>\u{1b}[31m\r\nSet-Cookie: x=y\r\n\u{202e}evil\0";

#[test]
fn prompts_are_data_wherever_they_come_back() {
    let mut server = server();
    let request = json!({"prompt": NASTY, "steps": 1, "width": 64, "height": 64, "seed": 77});
    let job = server.post("/api/v1/jobs", &json!({"request": request}));
    assert_eq!(job.status, 202, "{}", job.text());
    let job = server.ended(job.json()["id"].as_i64().unwrap());
    let picture = &job["pictures"][0];
    for path in [
        format!("/api/v1/pictures/{picture}"),
        format!("/api/v1/pictures/{picture}/recipe"),
        format!("/api/v1/pictures/{picture}/file?download=true"),
        "/api/v1/pictures?text=script".to_owned(),
    ] {
        let answer = server.get(&path);
        assert_eq!(answer.status, 200, "{path}");
        let head = answer.head.to_lowercase();
        assert!(
            !head.contains("set-cookie") && !head.contains("text/html"),
            "{path}: {head}"
        );
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
        assert!(head.contains("content-security-policy:"), "{head}");
    }
    assert!(server.is_alive());
}

/// One line of the log for each event, whatever is in it.
#[test]
fn no_request_writes_a_line_of_the_log() {
    let data = aquatint_tests::server::data_folder();
    let mut child = Command::new(aquatint_tests::binary())
        .args(["serve", "--port", "0", "--log", "json"])
        .env("AQUATINT_DATA", data.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let address = line
        .trim()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    let send = |bytes: &[u8]| {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    };
    send(b"GET /%0a%7b%22level%22:%22FORGED%22%7d HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let answer = send(b"GET /x HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a\x1b[31m\"}FORGED\r\nConnection: close\r\n\r\n");
    assert!(!answer.contains("FORGED"), "{answer}");
    send(b"GET /x HTTP/1.1\r\nHost: FORGED\nlevel\r\nConnection: close\r\n\r\n");
    Command::new("kill")
        .arg(child.id().to_string())
        .status()
        .unwrap();
    let mut log = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    child.wait().unwrap();
    let mut lines = 0;
    for line in log.lines().filter(|line| line.starts_with('{')) {
        let event: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        assert_ne!(event["level"], "FORGED");
        lines += 1;
    }
    assert!(lines >= 2, "{log}");
    assert!(!log.contains('\u{1b}'));
}
