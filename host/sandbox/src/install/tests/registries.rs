use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::server::{Asked, Server, reply};
use super::*;

/// A registry with one repository, `acme/lut`: what is under `/v2/acme/lut/`.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Shelf {
    fn put(&self, path: &str, bytes: &[u8]) {
        let mut shelf = self.0.lock().expect("a shelf");
        shelf.insert(path.to_owned(), bytes.to_vec());
    }

    /// A manifest under a tag, and under its digest.
    fn tag(&self, tag: &str, manifest: &Value) -> Digest {
        let bytes = manifest.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        self.put(&format!("manifests/{tag}"), &bytes);
        self.put(&format!("manifests/{digest}"), &bytes);
        digest
    }

    /// A plugin under a tag, as other tools put it there.
    fn publish(&self, tag: &str, component: &[u8]) -> Digest {
        self.put(&format!("blobs/{}", Digest::of(component)), component);
        self.tag(tag, &manifest(component))
    }

    fn answer(&self, asked: &Asked, stream: &mut TcpStream) {
        let shelf = self.0.lock().expect("a shelf");
        let path = asked.path.strip_prefix("/v2/acme/lut/").unwrap_or_default();
        let kind = [("Content-Type", "application/vnd.oci.image.manifest.v1+json")];
        match shelf.get(path) {
            Some(bytes) => reply(stream, 200, &kind, bytes),
            None => {
                let error = br#"{"errors":[{"code":"UNKNOWN","message":"\u001b[31mnot here"}]}"#;
                reply(stream, 404, &[], error);
            }
        }
    }
}

fn manifest(component: &[u8]) -> Value {
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.wasm.config.v0+json",
            "digest": Digest::of(b"{}").to_string(), "size": 2},
        "layers": [{"mediaType": "application/wasm",
            "digest": Digest::of(component).to_string(), "size": component.len()}],
    })
}

fn registry() -> (Shelf, Server) {
    let shelf = Shelf::default();
    let served = shelf.clone();
    let server = Server::start(move |asked: &Asked, stream: &mut TcpStream| {
        served.answer(asked, stream);
    });
    (shelf, server)
}

fn at(server: &Server, tag: &str) -> String {
    format!("oci://{}/acme/lut{tag}", server.authority())
}

#[test]
fn a_plugin_is_pulled_by_tag_by_digest_and_by_being_the_newest() {
    let (shelf, server) = registry();
    let (old, new) = (plugin("1.9.0", &[]), plugin("1.10.0", &["store"]));
    shelf.publish("1.9.0", &old);
    let digest = shelf.publish("1.10.0", &new);
    shelf.publish("latest", &old);
    shelf.put(
        "tags/list?n=1000",
        br#"{"name":"acme/lut","tags":["latest","1.9.0","1.10.0","2.0.0-rc.1"]}"#,
    );
    for (tag, expected) in [
        (":1.9.0".to_owned(), &old),
        (String::new(), &new),
        (format!("@{digest}"), &new),
        (format!(":1.10.0@{digest}"), &new),
    ] {
        let place = Place::new();
        place.install(&at(&server, &tag)).expect("installed");
        assert_eq!(place.loaded("acme.lut").as_ref(), Some(expected), "{tag}");
        let pin = place.entry("acme.lut").current;
        assert_eq!(pin.source.to_string(), at(&server, &tag));
        assert!(pin.manifest.is_some());
    }
    let place = Place::new();
    let error = place.refuses(&at(&server, &format!(":latest@{digest}")));
    assert!(error.contains("has the digest"), "{error}");
}

#[test]
fn a_tag_that_moved_is_told_and_never_taken_by_itself() {
    let (shelf, server) = registry();
    let place = Place::new();
    let (old, new) = (plugin("1.0.0", &[]), plugin("1.0.0", &["store"]));
    shelf.publish("1.0.0", &old);
    let source = at(&server, ":1.0.0");
    place.install(&source).expect("installed");
    shelf.publish("1.0.0", &new);
    let moved = format!(
        "{source} has moved: it now holds version 1.0.0, {}",
        Digest::of(&new)
    );
    let error = place.refuses(&source);
    assert!(error.contains(&moved), "{error}");
    let before = place.snapshot();
    let error = place
        .update("acme.lut", &Options::default())
        .expect_err("moved")
        .to_string();
    assert!(
        error.contains(&moved) && error.contains("--accept-moved"),
        "{error}"
    );
    assert_eq!(place.snapshot(), before);
    let report = place
        .installer
        .verify(&id("acme.lut"), true, &Options::default())
        .expect("installed");
    let problem = format!("{source} has moved");
    assert!(
        matches!(&report.findings[..], [Finding::Problem(text)] if text.contains(&problem)),
        "{report:?}"
    );
    let report = place
        .installer
        .verify(&id("acme.lut"), false, &Options::default())
        .expect("installed");
    assert!(report.is_sound(), "the source was not asked");
    let accept = Options {
        accept_moved: true,
        ..Options::default()
    };
    assert!(matches!(
        place.update("acme.lut", &accept),
        Ok(Update::Found(_))
    ));
    assert_eq!(place.loaded("acme.lut"), Some(old));
}

#[test]
fn a_floating_tag_brings_updates() {
    let (shelf, server) = registry();
    let place = Place::new();
    shelf.publish("latest", &plugin("1.0.0", &[]));
    let source = at(&server, ":latest");
    place.install(&source).expect("installed");
    let new = plugin("1.1.0", &[]);
    shelf.publish("latest", &new);
    assert!(place.refuses(&source).contains("has moved"));
    let Ok(Update::Found(proposal)) = place.update("acme.lut", &Options::default()) else {
        panic!("a newer version")
    };
    place
        .installer
        .commit(*proposal, Consent::Later)
        .expect("updated");
    assert_eq!(place.loaded("acme.lut"), Some(new));
    // Back to an older version under the same tag: that is no update.
    shelf.publish("latest", &plugin("1.0.5", &[]));
    let error = place
        .update("acme.lut", &Options::default())
        .expect_err("older");
    assert!(error.to_string().contains("has moved"), "{error}");
}

#[test]
fn artifacts_that_are_something_else_are_refused() {
    let component = plugin("1.0.0", &[]);
    let good = manifest(&component);
    let with = |change: fn(&mut Value)| {
        let mut manifest = good.clone();
        change(&mut manifest);
        manifest.to_string().into_bytes()
    };
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"<html>".to_vec(), "manifest: expected value"),
        (b"{}".to_vec(), "manifest: missing field"),
        (b"[]".to_vec(), "manifest: "),
        (
            with(|it| it["layers"] = json!([it["layers"][0], it["layers"][0]])),
            "2 layers, expected one",
        ),
        (
            with(|it| it["layers"] = json!([])),
            "0 layers, expected one",
        ),
        (
            with(|it| it["layers"][0]["mediaType"] = "text/\u{1b}[31mplain".into()),
            "a layer of type `text/\\u{1b}[31mplain`, expected `application/wasm`",
        ),
        (
            with(|it| {
                it["config"]["mediaType"] = "application/vnd.oci.image.config.v1+json".into();
            }),
            "an artifact of type `application/vnd.oci.image.config.v1+json`",
        ),
        (
            with(|it| {
                it["mediaType"] = "application/vnd.docker.distribution.manifest.v2+json".into();
            }),
            "manifest of type `application/vnd.docker",
        ),
        (
            with(|it| *it = json!({"schemaVersion": 2, "manifests": []})),
            "an index of several images",
        ),
        (
            with(|it| it["schemaVersion"] = 1.into()),
            "schemaVersion is 1",
        ),
        (
            with(|it| it["layers"][0]["digest"] = "md5:00".into()),
            "digest is `md5:00`",
        ),
        (
            with(|it| it["layers"][0]["size"] = 5_368_709_120_u64.into()),
            "has 5368709120 bytes, expected at most 262144",
        ),
        (
            with(|it| it["layers"][0]["size"] = 10.into()),
            "the server would send",
        ),
        (
            with(|it| it["annotations"] = json!({"dev.aquatint.signature": "nonsense"})),
            "signature begins with `nonsense`",
        ),
        (vec![b' '; 5 << 20], "expected at most 4194304"),
    ];
    for (bytes, expected) in cases {
        let (shelf, server) = registry();
        shelf.publish("good", &component);
        shelf.put("manifests/1.0.0", &bytes);
        let place = Place::new();
        let error = place.refuses(&at(&server, ":1.0.0"));
        assert!(error.contains(expected), "{error}\nexpected {expected}");
    }
}

#[test]
fn bytes_that_are_not_what_they_are_called_are_refused() {
    let (shelf, server) = registry();
    let component = plugin("1.0.0", &[]);
    shelf.publish("1.0.0", &component);
    let mut other = component.clone();
    let last = other.len() - 2;
    other[last] ^= 1;
    shelf.put(&format!("blobs/{}", Digest::of(&component)), &other);
    let place = Place::new();
    let error = place.refuses(&at(&server, ":1.0.0"));
    assert!(error.contains("has the digest"), "{error}");
    let error = place.refuses(&at(&server, ":2.0.0"));
    assert!(
        error.contains(":2.0.0: not found in the registry"),
        "{error}"
    );
    shelf.tag("3.0.0", &manifest(b"not there"));
    let error = place.refuses(&at(&server, ":3.0.0"));
    assert!(
        error.contains(":3.0.0: not found in the registry (UNKNOWN not here)"),
        "cleaned: {error}"
    );
    shelf.put("tags/list?n=1000", br#"{"tags":["latest","edge"]}"#);
    let error = place.refuses(&at(&server, ""));
    assert!(error.contains("no tag is a version"), "{error}");
}

#[test]
fn a_registry_that_wants_a_token_gets_one() {
    let shelf = Shelf::default();
    let component = plugin("1.0.0", &[]);
    shelf.publish("1.0.0", &component);
    let served = shelf.clone();
    let server = Server::start(move |asked: &Asked, stream: &mut TcpStream| {
        if asked.path.starts_with("/token?") {
            let wanted = "scope=repository%3Aacme%2Flut%3Apull&service=shelf";
            assert!(asked.path.ends_with(wanted), "{}", asked.path);
            return reply(stream, 200, &[], br#"{"access_token":"open-sesame"}"#);
        }
        if asked.headers.get("authorization").map(String::as_str) == Some("Bearer open-sesame") {
            return served.answer(asked, stream);
        }
        let host = &asked.headers["host"];
        let challenge = format!(
            "Bearer realm=\"http://{host}/token\",service=\"shelf\",scope=\"repository:acme/lut:pull\""
        );
        reply(stream, 401, &[("WWW-Authenticate", &challenge)], b"");
    });
    let place = Place::new();
    place.install(&at(&server, ":1.0.0")).expect("installed");
    assert_eq!(place.loaded("acme.lut"), Some(component));
    let tokens = server
        .asked()
        .iter()
        .filter(|it| it.path.starts_with("/token"))
        .count();
    assert_eq!(tokens, 1, "one is enough");
}

#[test]
fn a_registry_that_lets_nobody_in_is_named() {
    for (challenge, expected) in [
        ("Basic realm=\"x\"", "the registry wants a login"),
        ("Negotiate", "the registry wants a login"),
        (
            "Bearer realm=\"http://example.org/token\"",
            "http is for this machine only",
        ),
        ("Bearer realm=\"file:///etc/passwd\"", "has no host"),
    ] {
        let server = Server::start(move |_: &Asked, stream: &mut TcpStream| {
            reply(stream, 401, &[("WWW-Authenticate", challenge)], b"");
        });
        let error = Place::new().refuses(&at(&server, ":1.0.0"));
        assert!(error.contains(expected), "{error}\nexpected {expected}");
    }
}
