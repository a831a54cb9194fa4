use std::process::Command;
use std::{env, fs};

use aquatint_tests::server::{Server, data_folder};

use crate::ended_well;

/// Asked for far less than usual: what is drawn by the way should not take the time.
const BOUNDS: &str =
    "max_steps = 2\nmax_pixels = 4096\nmax_batch = 2\nmax_cells = 4\nmax_body = 1048576\n";
/// Streams without an end, and what starts processes that take seconds.
const WITHOUT: &str = "^/api/v1/(events|jobs/[^/]+/events|socket|plugin-events|runtime/doctor)$";
/// Cases of each route that are made up, beside those at the edges of the description; with
/// `AQUATINT_SCHEMA_CASES` more.
const CASES: &str = "4";

/// Requests that the description allows are answered as it says, and those that it does not are refused.
#[test]
fn the_description_is_kept_for_whatever_is_asked() {
    let tester = env::var_os("AQUATINT_TEST_SCHEMATHESIS").expect(
        "AQUATINT_TEST_SCHEMATHESIS names no folder with schemathesis: run `cargo xtask test`",
    );
    let data = data_folder();
    fs::write(data.path().join("aquatint.toml"), BOUNDS).unwrap();
    let mut server = Server::in_folder(data, &[]);
    let cases = env::var("AQUATINT_SCHEMA_CASES").unwrap_or_else(|_| CASES.to_owned());
    let output = Command::new(if cfg!(windows) { "python" } else { "python3" })
        .args(["-m", "schemathesis.cli", "run"])
        .arg(format!("http://{}/api/v1/openapi.json", server.address))
        .args(["--phases", "examples,coverage,fuzzing", "--mode", "all"])
        .args(["--max-examples", &cases, "--seed", "1", "--workers", "2"])
        .args(["--exclude-path-regex", WITHOUT, "--request-timeout", "60"])
        .args(["--checks", CHECKS, "--warnings", "off", "--no-color"])
        .args(["--suppress-health-check", "all", "--continue-on-failure"])
        .current_dir(server.data())
        .env("PYTHONPATH", tester)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    ended_well(&output);
    assert!(server.is_alive());
}

/// What answers are held against.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,negative_data_rejection,\
    unsupported_method,missing_required_header";
