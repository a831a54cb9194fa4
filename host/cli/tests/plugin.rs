//! `aquatint plugin`, as people use and misuse it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::section::write_manifest;
use serde_json::Value;
use tempfile::TempDir;

struct Place(TempDir);

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A plugin's file in the folder that the command runs in.
    fn plugin(&self, version: &str, asks: bool) {
        let (import, permission) = match asks {
            true => (
                r#"(import "aquatint:plugin/store@0.1.0" (instance))"#,
                "store = { quota = '1MiB', reason = 'Keeps tables' }",
            ),
            false => ("", ""),
        };
        let component = wat::parse_str(format!(
            r#"(component {import} (instance $empty)
                (export "aquatint:plugin/info@0.1.0" (instance $empty))
                (export "aquatint:plugin/post-process@0.1.0" (instance $empty)))"#
        ))
        .expect("WAT");
        let manifest = Manifest::from_toml(&format!(
            "id = 'acme.lut'\nversion = '{version}'\napi = '0.1'\ndescription = 'Looks things up'\n\
             hooks = ['post-process']\n[permissions]\n{permission}"
        ))
        .expect("a manifest");
        let packed = write_manifest(&component, &manifest).expect("a plugin");
        fs::write(self.path("lut.wasm"), packed).expect("written");
    }

    /// Runs `aquatint plugin …` with nobody to ask.
    fn run(&self, args: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_aquatint"))
            .arg("plugin")
            .args(args)
            .current_dir(self.0.path())
            .env("AQUATINT_DATA", self.path("data"))
            .env_remove("SSL_CERT_FILE")
            .stdin(Stdio::null())
            .output()
            .expect("it starts");
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    #[track_caller]
    fn good(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.stderr);
        ran.stdout
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.good(args)).expect("JSON")
    }

    #[track_caller]
    fn bad(&self, args: &[&str], code: i32, says: &str) {
        let Ran {
            code: found,
            stderr,
            ..
        } = self.run(args);
        assert_eq!(found, Some(code), "{args:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.contains(says), "{stderr}\nexpected {says}");
    }

    fn state(&self) -> String {
        let row = &self.json(&["list", "--json"])[0];
        row["state"].as_str().expect("a state").to_owned()
    }
}

#[test]
fn a_plugin_comes_waits_runs_and_goes() {
    let place = Place::new();
    assert_eq!(place.good(&["list"]), "no plugins are installed\n");
    place.plugin("1.0.0", true);
    let said = place.good(&["install", "./lut.wasm"]);
    assert!(said.contains("(\"Keeps tables\")"), "{said}");
    assert!(said.contains("waits for consent to store 1MiB"), "{said}");
    assert_eq!(place.state(), "needs-consent");
    place.bad(&["grant", "acme.lut"], 1, "nobody to ask");
    place.bad(
        &["grant", "acme.lut", "--grant", "clock"],
        2,
        "does not ask for `clock`",
    );
    place.good(&["grant", "acme.lut", "--grant", "store"]);
    assert_eq!(place.state(), "ready");
    place.good(&["disable", "acme.lut"]);
    assert!(!place.path("data/plugins/acme.lut.wasm").exists());
    assert_eq!(place.state(), "disabled");
    place.good(&["enable", "acme.lut"]);
    place.good(&["revoke", "acme.lut"]);
    assert_eq!(place.state(), "needs-consent");
    let info = place.json(&["info", "acme.lut", "--json"]);
    assert_eq!(info["manifest"]["description"], "Looks things up");
    assert_eq!(info["granted"], serde_json::json!([]));
    place.good(&["remove", "acme.lut"]);
    assert_eq!(place.json(&["list", "--json"]), serde_json::json!([]));
}

#[test]
fn an_update_is_taken_verified_and_taken_back() {
    let place = Place::new();
    place.plugin("1.0.0", false);
    place.good(&["install", "lut.wasm"]);
    assert!(place.good(&["update"]).contains("acme.lut is up to date"));
    place.plugin("1.1.0", true);
    let said = place.good(&["update", "acme.lut"]);
    assert!(
        said.contains("Beyond what it may do already, it asks to:"),
        "{said}"
    );
    assert_eq!(place.state(), "update-waits");
    place.good(&["grant", "acme.lut", "--yes"]);
    let version = || place.json(&["list", "--json"])[0]["current"]["version"].clone();
    assert_eq!(version(), "1.1.0");
    assert!(
        place
            .good(&["rollback", "acme.lut"])
            .contains("from 1.1.0 to 1.0.0")
    );
    assert_eq!(version(), "1.0.0");
    place.good(&["verify", "--offline"]);
    fs::write(place.path("data/plugins/acme.lut.wasm"), "changed").expect("written");
    let ran = place.run(&["verify", "--offline", "--json"]);
    assert_eq!(ran.code, Some(1));
    let report: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(report[0]["sound"], false);
    place.good(&["verify", "--offline", "--repair"]);
}

#[test]
fn what_is_signed_must_stay_signed() {
    let place = Place::new();
    place.plugin("1.0.0", false);
    place.good(&["keys", "new", "release"]);
    place.bad(&["keys", "new", "release"], 1, "exists already");
    place.good(&["sign", "lut.wasm", "--key", "release"]);
    let key = place.json(&["info", "./lut.wasm", "--json"])["key"].clone();
    let keys = place.json(&["keys", "list", "--json"]);
    assert_eq!(keys["mine"][0]["key"], key);
    place.good(&[
        "keys",
        "trust",
        "data/keys/release.pub",
        "--name",
        "acme",
        "--plugin",
        "acme.lut",
    ]);
    place.plugin("1.0.1", false);
    place.bad(&["install", "lut.wasm"], 1, "did not sign these bytes");
    fs::remove_file(place.path("lut.wasm.sig")).expect("removed");
    place.bad(&["install", "lut.wasm"], 1, "is not signed");
    place.good(&["install", "lut.wasm", "--accept-key"]);
    place.good(&["keys", "forget", "acme"]);
}

#[test]
fn mistakes_are_usage_errors() {
    let place = Place::new();
    for (args, says) in [
        (&["install", "ftp://x"][..], "unknown scheme `ftp`"),
        (&["install", "http://example.org/x#sha256=0"], "sha256="),
        (&["install", "https://example.org/x"], "expected `#sha256=`"),
        (&["enable", "No Id"], "plugin id is `No Id`"),
        (&["info", "No Id"], "plugin id is `No Id`"),
        (&["revoke", "acme.lut", "nett"], "expected one of net"),
        (
            &["publish", "x.wasm", "https://example.org/x"],
            "expected `#sha256=`",
        ),
        (&["publish", "x.wasm", "./x"], "expected oci://"),
        (&["update", "--from", "x.wasm"], "ID"),
    ] {
        place.bad(args, 2, says);
    }
    place.bad(&["remove", "acme.lut"], 1, "is not installed");
    place.bad(&["install", "none.wasm"], 1, "none.wasm");
    place.bad(&["install", "index:acme.lut"], 1, "no index is set");
    place.bad(
        &["publish", "none.wasm", "oci://127.0.0.1:1/a/b"],
        1,
        "none.wasm",
    );
}
