use std::net::TcpStream;

use super::server::{Asked, Server, reply};
use super::*;
use crate::install::sign::Signer;

/// A place with two keys, and a signed file of a version.
fn signed(place: &Place, version: &str, key: Option<&str>) -> String {
    let path = place.file("lut.wasm", &plugin(version, &[]));
    let signature = place.folder.path().join("lut.wasm.sig");
    let _ = fs::remove_file(signature);
    if let Some(key) = key {
        place.installer.sign(&path, key).expect("signed");
    }
    path.to_string_lossy().into_owned()
}

fn place() -> Place {
    let place = Place::new();
    for name in ["one", "two"] {
        place.installer.keys().create(name).expect("made");
    }
    place
}

#[test]
fn the_first_key_is_kept_and_another_is_refused() {
    let place = place();
    let source = signed(&place, "1.0.0", Some("one"));
    let proposal = place.prepare(&source).expect("a plugin");
    let one = place
        .installer
        .keys()
        .secret("one")
        .expect("there")
        .public();
    let known = false;
    assert_eq!(proposal.signer, Signer::First { key: one, known });
    place
        .installer
        .commit(proposal, Consent::Later)
        .expect("installed");

    for (key, says) in [
        (Some("two"), "is signed with key"),
        (None, "is not signed, but it was"),
    ] {
        signed(&place, "1.1.0", key);
        let before = place.snapshot();
        let error = place
            .update("acme.lut", &Options::default())
            .expect_err("another key")
            .to_string();
        assert!(
            error.contains(says) && error.contains("--accept-key"),
            "{error}"
        );
        assert_eq!(place.snapshot(), before);
    }
    signed(&place, "1.1.0", Some("one"));
    let Ok(Update::Found(proposal)) = place.update("acme.lut", &Options::default()) else {
        panic!("the same key")
    };
    assert_eq!(proposal.signer, Signer::Same(one));
    place
        .installer
        .commit(*proposal, Consent::Later)
        .expect("updated");

    signed(&place, "1.2.0", Some("two"));
    let accept = Options {
        accept_key: true,
        ..Options::default()
    };
    let Ok(Update::Found(proposal)) = place.update("acme.lut", &accept) else {
        panic!("accepted")
    };
    place
        .installer
        .commit(*proposal, Consent::Later)
        .expect("updated");
    let two = place
        .installer
        .keys()
        .secret("two")
        .expect("there")
        .public();
    let trust = place.installer.trust().read().expect("trust");
    assert_eq!(trust.of(&id("acme.lut")), Some(two));
    let report = place
        .installer
        .verify(&id("acme.lut"), false, &Options::default())
        .expect("installed");
    assert!(report.is_sound(), "{report:?}");
    place.installer.rollback(&id("acme.lut")).expect("back");
    let trust = place.installer.trust().read().expect("trust");
    assert_eq!(trust.of(&id("acme.lut")), Some(one));
}

#[test]
fn removing_a_plugin_does_not_forget_its_key() {
    let place = place();
    let source = signed(&place, "1.0.0", Some("one"));
    place.install(&source).expect("installed");
    place.installer.remove(&id("acme.lut")).expect("removed");
    let source = signed(&place, "1.0.0", Some("two"));
    assert!(
        place
            .refuses(&source)
            .contains("it was first signed with key")
    );
    place
        .installer
        .trust()
        .update(|trust| {
            let one = trust.keys()[0].key.id();
            trust.forget(one.as_str())
        })
        .expect("forgotten");
    place.install(&source).expect("as if never seen");
}

#[test]
fn a_signature_of_something_else_is_refused() {
    let place = place();
    signed(&place, "1.0.0", Some("one"));
    let path = place.file("lut.wasm", &plugin("1.0.1", &[]));
    let error = place.refuses(&path.to_string_lossy());
    assert!(error.contains("did not sign these bytes"), "{error}");
    place.file("lut.wasm.sig", b"\x1b[2Jnonsense");
    let error = place.refuses(&path.to_string_lossy());
    assert!(
        error.contains("begins with `\\u{1b}[2Jnonsense`, expected `aquatint-signature-1`"),
        "{error}"
    );
}

#[test]
fn a_signature_beside_a_download_is_found() {
    let place = place();
    let path = signed(&place, "1.0.0", Some("one"));
    let bytes = fs::read(&path).expect("read");
    let line = fs::read(format!("{path}.sig")).expect("read");
    let served = bytes.clone();
    let server = Server::start(move |asked: &Asked, stream: &mut TcpStream| {
        match asked.path.as_str() {
            "/lut.wasm" => reply(stream, 200, &[], &served),
            "/lut.wasm.sig" => reply(stream, 200, &[], &line),
            // Many servers have a page for everything.
            _ => reply(stream, 200, &[], b"<!doctype html>"),
        }
    });
    let hex = Digest::of(&bytes).hex();
    let source = format!("{}#sha256={hex}", server.url("/lut.wasm"));
    let proposal = place.prepare(&source).expect("a plugin");
    assert!(matches!(proposal.signer, Signer::First { .. }));

    let other = Place::new();
    let unsigned = plugin("1.0.0", &[]);
    let server = Server::start(move |asked: &Asked, stream: &mut TcpStream| {
        let page = asked.path.ends_with(".sig");
        let page = if page {
            &b"<!doctype html>"[..]
        } else {
            &unsigned
        };
        reply(stream, 200, &[], page);
    });
    let source = format!("{}#sha256={hex}", server.url("/lut.wasm"));
    let proposal = other.prepare(&source).expect("a plugin");
    assert_eq!(proposal.signer, Signer::Unsigned);
}
