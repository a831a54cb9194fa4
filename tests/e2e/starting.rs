use std::process::Command;

use aquatint_tests::server::{Server, data_folder};

fn aquatint(data: &std::path::Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(aquatint_tests::binary())
        .args(arguments)
        .env("AQUATINT_DATA", data)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn an_address_that_others_reach_needs_a_key_or_a_word() {
    let data = data_folder();
    let (code, _, error) = aquatint(data.path(), &["serve", "--host", "0.0.0.0", "--port", "0"]);
    assert_eq!(code, 2);
    assert!(error.contains("there are no API keys"), "{error}");
    let (code, key, _) = aquatint(data.path(), &["key", "new", "me", "--scope", "read"]);
    assert_eq!(code, 0);
    let server = Server::in_folder(data, &["--host", "0.0.0.0"]);
    let authorization = format!("Bearer {}", key.trim());
    let ask =
        |headers: &[(&str, &str)], method: &str| server.ask(method, "/api/v1/jobs", headers, &[]);
    assert_eq!(ask(&[], "GET").status, 401);
    assert_eq!(ask(&[("Authorization", &authorization)], "GET").status, 200);
    assert_eq!(
        ask(&[("Authorization", &authorization)], "POST").status,
        403
    );
    // Whoever revokes it is obeyed by a server that runs.
    let (code, _, _) = aquatint(server.data(), &["key", "revoke", "me"]);
    assert_eq!(code, 0);
    std::thread::sleep(std::time::Duration::from_millis(700));
    assert_eq!(ask(&[("Authorization", &authorization)], "GET").status, 401);
}

#[test]
fn the_page_and_the_health_of_a_server_are_there() {
    let server = Server::start(&[]);
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/readyz").status, 200);
    let page = server.get("/");
    assert!(
        page.head
            .contains("content-security-policy: default-src 'self'"),
        "{}",
        page.head
    );
    assert!(page.text().contains("Aquatint"));
    let metrics = server.get("/metrics").text();
    assert!(
        metrics.contains("aquatint_queue_jobs{name=\"queued\"} 0"),
        "{metrics}"
    );
    let api = server.get("/api/v1/openapi.json").json();
    assert_eq!(api["openapi"], "3.1.0");
}

#[test]
fn settings_are_shown_with_where_they_come_from() {
    let data = data_folder();
    std::fs::write(data.path().join("aquatint.toml"), "port = 9000\n").unwrap();
    let (code, text, _) = aquatint(data.path(), &["config", "show", "--log", "json"]);
    assert_eq!(code, 0);
    let line = |key: &str| {
        text.lines()
            .find(|line| line.starts_with(key))
            .unwrap()
            .to_owned()
    };
    assert!(line("port = 9000").contains("aquatint.toml"));
    assert!(line("log = ").contains("--log"));
    assert!(line("host = ").contains("default"));
    std::fs::write(data.path().join("aquatint.toml"), "prot = 9000\n").unwrap();
    let (code, _, error) = aquatint(data.path(), &["serve"]);
    assert_eq!(code, 2);
    assert!(error.contains("did you mean `port`?"), "{error}");
}
