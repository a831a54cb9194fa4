use std::net::TcpStream;

use serde_json::{Value, json};

use super::server::{Asked, Server, reply};
use super::*;
use crate::install::index::IndexSource;

/// A server with an index of these versions of `acme.lut`, and their files.
fn indexed(versions: &[(&str, &[u8], Value)]) -> Server {
    let rows: Vec<Value> = versions
        .iter()
        .map(|(version, bytes, more)| {
            let mut row = json!({"version": version, "url": format!("files/{version}.wasm"),
                "sha256": Digest::of(bytes).hex(), "api": "0.1"});
            for (name, value) in more.as_object().into_iter().flatten() {
                row[name] = value.clone();
            }
            row
        })
        .collect();
    let index = json!({"aquatint-index": 1, "plugins": {"acme.lut": {"versions": rows}}});
    let mut files = BTreeMap::from([("/a/index.json".to_owned(), index.to_string().into_bytes())]);
    for (version, bytes, _) in versions {
        files.insert(format!("/a/files/{version}.wasm"), bytes.to_vec());
    }
    Server::start(
        move |asked: &Asked, stream: &mut TcpStream| match files.get(&asked.path) {
            Some(bytes) => reply(stream, 200, &[], bytes),
            None => reply(stream, 404, &[], b""),
        },
    )
}

fn options(server: &Server) -> Options {
    Options {
        index: Some(IndexSource::parse(&server.url("/a/index.json")).expect("an address")),
        ..Options::default()
    }
}

fn install(place: &Place, source: &str, options: &Options) -> Result<Outcome, InstallError> {
    let locator = source.parse().expect("a locator");
    let proposal = place.installer.prepare(&locator, options, &mut |_| ())?;
    place.installer.commit(proposal, Consent::Later)
}

#[test]
fn the_newest_version_that_fits_comes_from_beside_the_index() {
    let (one, two) = (plugin("1.2.0", &[]), plugin("2.0.0", &[]));
    let server = indexed(&[
        ("1.2.0", &one, json!({"permissions": []})),
        ("2.0.0", &two, json!({})),
    ]);
    let place = Place::new();
    let setting = format!("index = \"{}\"\n", server.url("/a/index.json"));
    fs::create_dir_all(place.data()).expect("made");
    fs::write(place.data().join("index.toml"), setting).expect("written");
    place.install("index:acme.lut@^1.0").expect("installed");
    assert_eq!(place.loaded("acme.lut"), Some(one));
    assert!(matches!(
        place.update("acme.lut", &Options::default()),
        Ok(Update::Newest)
    ));
    let place = Place::new();
    install(&place, "index:acme.lut", &options(&server)).expect("installed");
    assert_eq!(place.loaded("acme.lut"), Some(two));
}

#[test]
fn an_index_on_disk_works_too() {
    let place = Place::new();
    let bytes = plugin("1.0.0", &[]);
    place.file("lut-1.wasm", &bytes);
    let index = json!({"aquatint-index": 1, "plugins": {"acme.lut": {"versions": [
        {"version": "1.0.0", "url": "lut-1.wasm", "sha256": Digest::of(&bytes).hex(), "api": "0.1"}
    ]}}});
    let path = place.file("index.json", index.to_string().as_bytes());
    let options = Options {
        index: Some(IndexSource::parse(&path.to_string_lossy()).expect("a path")),
        ..Options::default()
    };
    install(&place, "index:acme.lut", &options).expect("installed");
    assert_eq!(place.loaded("acme.lut"), Some(bytes));
}

#[test]
fn what_an_index_says_is_held_against_what_comes() {
    let bytes = plugin("1.0.0", &["store"]);
    let other = named("acme.other", "1.0.0", &[]);
    let key = crate::install::sign::SecretKey::generate().expect("randomness");
    let cases: Vec<(Server, &str)> = vec![
        (
            indexed(&[("1.1.0", &bytes, json!({}))]),
            "holds version 1.0.0, expected version 1.1.0",
        ),
        (
            indexed(&[("1.0.0", &other, json!({}))]),
            "holds plugin `acme.other`, expected plugin `acme.lut`",
        ),
        (
            indexed(&[("1.0.0", &bytes, json!({"permissions": []}))]),
            "asks for store 1MiB, the index says no permissions",
        ),
        (
            indexed(&[("1.0.0", &bytes, json!({"sha256": "0".repeat(64)}))]),
            "has the digest",
        ),
        (
            indexed(&[("1.0.0", &bytes, json!({"api": "0.9"}))]),
            "was made for version 0.9",
        ),
        (
            indexed(&[("1.0.0", &bytes, json!({"url": "none.wasm"}))]),
            "answered 404",
        ),
        (
            indexed(&[("1.0.0", &bytes, json!({"url": "http://example.org/x"}))]),
            "http is for this machine only",
        ),
    ];
    for (server, expected) in cases {
        let place = Place::new();
        let before = place.snapshot();
        let error = install(&place, "index:acme.lut", &options(&server))
            .expect_err(expected)
            .to_string();
        assert!(error.contains(expected), "{error}\nexpected {expected}");
        assert_eq!(place.snapshot(), before);
    }
    let index = json!({"aquatint-index": 1, "plugins": {"acme.lut": {"key": key.public(), "versions": [
        {"version": "1.0.0", "url": "lut.wasm", "sha256": Digest::of(&bytes).hex(), "api": "0.1"}
    ]}}});
    let place = Place::new();
    place.file("lut.wasm", &bytes);
    let path = place.file("index.json", index.to_string().as_bytes());
    let options = Options {
        index: Some(IndexSource::File(path)),
        ..Options::default()
    };
    let error = install(&place, "index:acme.lut", &options).expect_err("not signed");
    assert!(
        error.to_string().contains("is not signed, but the index"),
        "{error}"
    );
}

#[test]
fn an_index_that_is_none_is_named() {
    for (body, status, expected) in [
        ("<!doctype html>", 200, "no index: expected value"),
        ("{}", 200, "no index: missing field"),
        (
            r#"{"aquatint-index": 2, "plugins": {}}"#,
            200,
            "an index of format 2, expected 1",
        ),
        (
            r#"{"aquatint-index": 1, "plugins": {}}"#,
            200,
            "no plugin `acme.lut`",
        ),
        ("", 500, "answered 500"),
    ] {
        let server = Server::start(move |_: &Asked, stream: &mut TcpStream| {
            reply(stream, status, &[], body.as_bytes());
        });
        let place = Place::new();
        let error = install(&place, "index:acme.lut", &options(&server)).expect_err(expected);
        assert!(
            error.to_string().contains(expected),
            "{error}\nexpected {expected}"
        );
    }
    let place = Place::new();
    let error = place.refuses("index:acme.lut");
    assert!(
        error.contains("no index is set: name one with `--index URL`"),
        "{error}"
    );
}
