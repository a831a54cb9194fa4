use std::io::Write as _;
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Instant;

use super::server::{Asked, Server, reply};
use super::*;

fn url(server: &Server, path: &str, bytes: &[u8]) -> String {
    format!("{}#sha256={}", server.url(path), Digest::of(bytes).hex())
}

#[test]
fn a_download_with_the_right_digest_is_installed() {
    let (place, bytes) = (Place::new(), plugin("1.0.0", &["store"]));
    let served = bytes.clone();
    let server =
        Server::start(
            move |asked: &Asked, stream: &mut TcpStream| match asked.path.as_str() {
                "/a" => reply(stream, 302, &[("Location", "/b/lut.wasm?x=1")], b""),
                "/b/lut.wasm?x=1" => reply(stream, 200, &[], &served),
                _ => reply(stream, 404, &[], b"no such page"),
            },
        );
    let source = url(&server, "/a", &bytes);
    assert_eq!(place.install(&source).expect("installed"), Outcome::Ready);
    assert_eq!(place.loaded("acme.lut"), Some(bytes));
    let entry = place.entry("acme.lut");
    assert_eq!(entry.current.source.to_string(), source);
    let grants = place.installer.folders().grants().read().expect("grants");
    assert_eq!(grants.of(&id("acme.lut")), set(&["store 1MiB"]));
    let again = place.install(&source).expect("there already");
    assert_eq!(again, Outcome::Unchanged);
    let downloads = server.asked().iter().filter(|it| it.path == "/a").count();
    assert_eq!(downloads, 1, "what is kept is not fetched again");
}

/// An answer, and what is said about it.
type Case = (fn(&mut TcpStream), &'static str);

const CASES: &[Case] = &[
    (
        |stream| reply(stream, 200, &[], &plugin("6.6.6", &[])),
        "has the digest sha256:",
    ),
    (
        |stream| {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 5368709120\r\n\r\n\0asm";
            let _ = stream.write_all(head);
            sleep(Duration::from_secs(3));
        },
        "the server would send 5368709120 bytes, expected at most 262144",
    ),
    (
        |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            let chunk = [b"4000\r\n", &[0; 0x4000][..], b"\r\n"].concat();
            while stream.write_all(&chunk).is_ok() {}
        },
        "the server sends more and more bytes, expected at most 262144",
    ),
    (
        |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&[0; 0x4000]).is_ok() {}
        },
        "the server sends more and more bytes",
    ),
    (
        |stream| reply(stream, 301, &[("Location", "http://example.org/x")], b""),
        "redirected to `http://example.org/x`: http is for this machine only",
    ),
    (
        |stream| reply(stream, 307, &[("Location", "file:///etc/passwd")], b""),
        "redirected to `file:///etc/passwd`",
    ),
    (
        |stream| reply(stream, 302, &[("Location", "/plugin.wasm")], b""),
        "more than 5 redirects",
    ),
    (
        |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");
        },
        "the connection was cut after 10 bytes",
    ),
    (
        |stream| {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n");
        },
        "the connection was cut after 5 bytes",
    ),
    (|_| (), "the connection was cut after 0 bytes"),
    (
        |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 ");
            sleep(Duration::from_secs(4));
        },
        "the server sent nothing for 1 s",
    ),
    (
        |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");
            sleep(Duration::from_secs(4));
        },
        "the server sent nothing for 1 s",
    ),
    (
        |stream| {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            // A byte now and then is not much better than none.
            for _ in 0..100 {
                let _ = stream.write_all(b"x");
                sleep(Duration::from_millis(50));
            }
        },
        "given up below 1024 bytes a second",
    ),
    (
        |stream| {
            // One byte of a header at a time.
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ");
            for _ in 0..100 {
                let _ = stream.write_all(b"x");
                sleep(Duration::from_millis(50));
            }
        },
        "the server sent nothing for 1 s",
    ),
    (
        |stream| reply(stream, 404, &[], b"gone"),
        "answered 404 Not Found",
    ),
    (
        |stream| reply(stream, 401, &[], b""),
        "answered 401 Unauthorized",
    ),
    (
        |stream| reply(stream, 500, &[], b"\x1b[31m"),
        "answered 500 Internal Server Error",
    ),
    (
        |stream| {
            let _ = stream.write_all(b"220 smtp ready\r\n");
        },
        "",
    ),
];

#[test]
fn a_download_that_goes_wrong_changes_nothing() {
    let place = Place::new();
    place
        .install_file("other.wasm", &named("acme.other", "1.0.0", &["clock"]))
        .expect("installed");
    let bytes = plugin("1.0.0", &[]);
    for (answer, expected) in CASES {
        let server = Server::start(move |_: &Asked, stream: &mut TcpStream| answer(stream));
        let source = url(&server, "/plugin.wasm", &bytes);
        let started = Instant::now();
        let error = place.refuses(&source);
        let named = error.contains("/plugin.wasm") || error.contains(&server.authority());
        assert!(
            named && error.contains(expected),
            "{error}\nexpected {expected}"
        );
        assert!(started.elapsed() < Duration::from_secs(30), "{error}");
    }
}

#[test]
fn nobody_listens() {
    let (place, bytes) = (Place::new(), plugin("1.0.0", &[]));
    let server = Server::start(|_: &Asked, _: &mut TcpStream| ());
    let source = url(&server, "/x.wasm", &bytes);
    drop(server);
    sleep(Duration::from_millis(200));
    let error = place.refuses(&source);
    assert!(
        error.contains("refused") || error.contains("cut"),
        "{error}"
    );
}

#[test]
fn what_is_no_plugin_is_refused_whatever_its_digest() {
    let place = Place::new();
    let module = wat::parse_str("(module)").expect("WAT");
    let bare = wat::parse_str(
        r#"(component (instance $empty)
            (export "aquatint:plugin/info@0.1.0" (instance $empty))
            (export "aquatint:plugin/sweep@0.1.0" (instance $empty)))"#,
    )
    .expect("WAT");
    let other_hooks = {
        let manifest = crate::section::read_manifest(&plugin("1.0.0", &[])).expect("one");
        write_manifest(&bare, &manifest).expect("written")
    };
    for (bytes, expected) in [
        (b"<!doctype html>".to_vec(), "not WebAssembly"),
        (module, "a core module"),
        (bare, "no manifest inside"),
        (other_hooks, "the manifest has the hooks post-process"),
        (b"\x7fELF\x02\x01\x01\0".to_vec(), "native or precompiled"),
    ] {
        let served = bytes.clone();
        let server = Server::start(move |_: &Asked, stream: &mut TcpStream| {
            reply(stream, 200, &[], &served);
        });
        let error = place.refuses(&url(&server, "/plugin.wasm", &bytes));
        assert!(error.contains(expected), "{error}\nexpected {expected}");
    }
}

#[test]
fn cancelling_ends_a_download_at_once() {
    let (place, bytes) = (Place::new(), plugin("1.0.0", &[]));
    let server = Server::start(|_: &Asked, stream: &mut TcpStream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nx");
        sleep(Duration::from_secs(5));
    });
    let source = url(&server, "/x.wasm", &bytes);
    let before = place.snapshot();
    let installer = place.installer.clone();
    let mut cancelled = false;
    let error = place
        .installer
        .prepare(
            &source.parse().expect("a locator"),
            &Options::default(),
            &mut |progress| {
                let begun = matches!(progress, Progress::Fetching { done: 1.., .. });
                if begun && !std::mem::replace(&mut cancelled, true) {
                    installer.cancel();
                }
            },
        )
        .expect_err("cancelled");
    assert!(error.is_cancelled(), "{error}");
    assert_eq!(place.snapshot(), before);
}

#[test]
fn two_who_want_the_same_fetch_it_once() {
    let (place, bytes) = (Place::new(), plugin("1.0.0", &[]));
    let served = bytes.clone();
    let server = Server::start(move |asked: &Asked, stream: &mut TcpStream| {
        if asked.path.ends_with(".sig") {
            return reply(stream, 404, &[], b"");
        }
        sleep(Duration::from_millis(300));
        reply(stream, 200, &[], &served);
    });
    let source = url(&server, "/x.wasm", &bytes);
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let installer = installer(&place.data());
                    let locator = source.parse().expect("a locator");
                    let proposal = installer.prepare(&locator, &Options::default(), &mut |_| ())?;
                    installer.commit(proposal, Consent::Later)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    for outcome in outcomes {
        assert!(
            matches!(outcome, Ok(Outcome::Ready | Outcome::Unchanged)),
            "{outcome:?}"
        );
    }
    assert_eq!(place.loaded("acme.lut"), Some(bytes));
}
