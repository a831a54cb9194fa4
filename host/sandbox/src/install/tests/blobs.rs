//! Registries whose manifests are right and whose bytes do not come as they should.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;

use serde_json::json;

use super::server::{Asked, Server, reply};
use super::*;

/// What a server does when it is asked for the component; the bytes that it pours out are counted.
type Answer = fn(&mut TcpStream, &[u8], &AtomicU64);

/// Sends zeros until nobody takes them, at most 5 GB.
fn pour(stream: &mut TcpStream, head: &str, chunked: bool, sent: &AtomicU64) {
    const PART: usize = 0x4000;
    let part = match chunked {
        true => [b"4000\r\n", &[0; PART][..], b"\r\n"].concat(),
        false => vec![0; PART],
    };
    let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes());
    while sent.load(Ordering::SeqCst) < 5_368_709_120 && stream.write_all(&part).is_ok() {
        sent.fetch_add(PART as u64, Ordering::SeqCst);
    }
}

const CASES: &[(&str, Answer, &str)] = &[
    (
        "a 5 GB blob that is said to be one",
        |stream, _, sent| pour(stream, "Content-Length: 5368709120", false, sent),
        "the server would send 5368709120 bytes, expected at most ",
    ),
    (
        "a 5 GB blob that nothing is said of",
        |stream, _, sent| pour(stream, "Transfer-Encoding: chunked", true, sent),
        "the server sends more and more bytes, expected at most ",
    ),
    (
        "a 5 GB blob that ends with the connection",
        |stream, _, sent| pour(stream, "Connection: close", false, sent),
        "the server sends more and more bytes, expected at most ",
    ),
    (
        "a redirect to http",
        |stream, _, _| {
            reply(stream, 307, &[("Location", "http://example.org/blob")], b"");
        },
        "redirected to `http://example.org/blob`: http is for this machine only",
    ),
    (
        "a cut connection",
        |stream, component, _| {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                component.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&component[..100]);
        },
        "the connection was cut after 100 bytes",
    ),
    (
        "a connection that is cut where nobody would notice",
        |stream, component, _| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(&component[..100]);
        },
        "has the digest sha256:",
    ),
    (
        "a server that falls silent",
        |stream, component, _| {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                component.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&component[..100]);
            sleep(Duration::from_secs(4));
        },
        "the server sent nothing for 1 s",
    ),
    (
        "other bytes of the same length",
        |stream, component, _| {
            let mut other = component.to_vec();
            other[20] ^= 1;
            reply(stream, 200, &[], &other);
        },
        "has the digest sha256:",
    ),
];

#[test]
fn a_blob_that_goes_wrong_changes_nothing() {
    let component = plugin("1.0.0", &["store"]);
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.wasm.config.v0+json",
            "digest": Digest::of(b"{}").to_string(), "size": 2},
        "layers": [{"mediaType": "application/wasm",
            "digest": Digest::of(&component).to_string(), "size": component.len()}],
    })
    .to_string();
    let place = Place::new();
    place
        .install_file("other.wasm", &named("acme.other", "1.0.0", &["clock"]))
        .expect("installed");
    for (name, answer, expected) in CASES {
        let sent = Arc::new(AtomicU64::new(0));
        let (component, manifest, counted) = (component.clone(), manifest.clone(), sent.clone());
        let server = Server::start(move |asked: &Asked, stream: &mut TcpStream| {
            if asked.path.contains("/blobs/") {
                answer(stream, &component, &counted);
            } else {
                let kind = [("Content-Type", "application/vnd.oci.image.manifest.v1+json")];
                reply(stream, 200, &kind, manifest.as_bytes());
            }
        });
        let error = place.refuses(&format!("oci://{}/acme/lut:1.0.0", server.authority()));
        assert!(
            error.contains(expected) && error.contains(&server.authority()),
            "{name}: {error}\nexpected {expected}"
        );
        // What two sockets hold may have been sent, but not what was poured.
        let sent = sent.load(Ordering::SeqCst);
        assert!(sent < 64 << 20, "{name}: {sent} bytes were sent");
    }
    assert_eq!(place.loaded("acme.lut"), None);
}
