use std::path::Path;
use std::process::Command;
use std::{env, fs};

use aquatint_tests::server::{Server, data_folder};

use crate::ended_well;

/// Runs a program in Python with the clients, against a server.
fn run(script: &str, server: &Server, arguments: &[&str]) {
    let clients = env::var_os("AQUATINT_TEST_CLIENTS")
        .expect("AQUATINT_TEST_CLIENTS names no folder with clients: run `cargo xtask test`");
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("e2e")
        .join(script);
    let output = Command::new(if cfg!(windows) { "python" } else { "python3" })
        .arg(script)
        .arg(server.address.port().to_string())
        .args(arguments)
        .env("PYTHONPATH", clients)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    ended_well(&output);
}

#[test]
fn webuiapi_works_unchanged() {
    let server = Server::start(&[]);
    run("webuiapi_client.py", &server, &[]);
}

#[test]
fn openai_works_unchanged() {
    let server = Server::start(&[]);
    run("openai_client.py", &server, &["no-key"]);
}

/// Basic authentication is what clients of A1111 know, Bearer what those of OpenAI do.
#[test]
fn clients_bring_keys_in_their_own_way() {
    let data = data_folder();
    let made = Command::new(aquatint_tests::binary())
        .args(["key", "new", "tester", "--scope", "generate"])
        .env("AQUATINT_DATA", data.path())
        .output()
        .unwrap();
    assert!(made.status.success());
    let key = String::from_utf8(made.stdout).unwrap();
    let key = key.trim();
    assert!(
        !fs::read_to_string(data.path().join("keys.toml"))
            .unwrap()
            .contains(key)
    );
    let server = Server::in_folder(data, &[]);
    assert_eq!(server.get("/sdapi/v1/samplers").status, 401);
    run("webuiapi_client.py", &server, &["tester", key]);
    run("openai_client.py", &server, &[key]);
}
