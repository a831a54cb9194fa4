//! Plugins that come to be something else than what was agreed to.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use aquatint_sandbox::digest::Digest;
use aquatint_sandbox::folder::{self, Plugins};
use aquatint_sandbox::grants::GrantsFile;
use aquatint_sandbox::install::{Consent, Installer, Options, Outcome, Update};
use aquatint_sandbox::locator::Locator;
use aquatint_sandbox::plugin::Job;
use aquatint_sandbox::section;
use aquatint_tests::component::Small;

use crate::support::{engine, picture, polite, the_others_work};

const SETTLED: Duration = Duration::from_secs(60);

/// A version of the plugin that keeps so much, or nothing.
fn version(number: u32, quota: Option<&str>) -> Small {
    let mut small = polite(&format!("(drop (i32.const {number}))"));
    if let Some(quota) = quota {
        small = small.import("store").manifest(&format!(
            "permissions = {{ store = {{ quota = '{quota}', reason = 'to remember' }} }}"
        ));
        small.body = format!(
            "(import \"aquatint:plugin/store@0.1.0\" \"usage\" (func $usage (param i32)))\n{}",
            small.body
        );
    }
    small
}

fn consented(installer: &Installer, source: &str) -> Outcome {
    let locator: Locator = source.parse().expect(source);
    let proposal = installer
        .prepare(&locator, &Options::default(), &mut |_| ())
        .expect("it is sound");
    let all = Consent::Given(proposal.pin.permissions.clone());
    installer.commit(proposal, all).expect("installed")
}

#[test]
fn case_33_an_update_that_asks_for_more() {
    let place = tempfile::tempdir().expect("a folder");
    let installer = Installer::new(&place.path().join("data")).expect("an installer");
    let file = place.path().join("hostile.wasm");
    let source = file.to_string_lossy().into_owned();
    let modest = version(1, Some("1MiB")).build();
    fs::write(&file, &modest).expect("written");
    assert_eq!(consented(&installer, &source), Outcome::Ready);
    let id = "hostile".parse().expect("an id");
    let installed = installer.folders().plugin(&id);

    let greedy = version(2, Some("2MiB"));
    let mut manifest = greedy.toml();
    manifest.version = "1.0.1".parse().expect("a version");
    let greedy = section::write_manifest(&greedy.build(), &manifest).expect("written");
    fs::write(&file, greedy).expect("written");
    let update = installer
        .look_for_update(&id, None, &Options::default(), &mut |_| ())
        .expect("looked");
    let Update::Found(proposal) = update else {
        panic!("{update:?}")
    };
    let outcome = installer
        .commit(*proposal, Consent::Later)
        .expect("it waits");
    assert!(matches!(outcome, Outcome::UpdateWaits(_)), "{outcome:?}");
    assert_eq!(fs::read(&installed).expect("there"), modest);
    the_others_work();
}

#[test]
fn case_33_a_file_that_asks_for_more() {
    let place = tempfile::tempdir().expect("a folder");
    let (folder, grants) = (
        place.path().join("plugins"),
        place.path().join("grants.toml"),
    );
    fs::create_dir(&folder).expect("made");
    let put = |small: &Small| {
        let new = place.path().join("new");
        fs::write(&new, small.build()).expect("written");
        fs::rename(&new, folder.join("hostile.wasm")).expect("renamed");
    };
    let grant = |line: &str| {
        let id = "hostile".parse().expect("an id");
        let set = [line.parse().expect("a permission")].into_iter().collect();
        GrantsFile::at(&grants)
            .update(|grants| grants.set(&id, set, Installer::now()))
            .expect("written");
    };
    put(&version(1, Some("1MiB")));
    grant("store 1MiB");
    let options = folder::Options {
        grants: Some(grants.clone()),
        ..folder::Options::new(folder.clone(), engine().clone())
    };
    let plugins = Plugins::watch(options).expect("a thread");
    assert!(plugins.settle(SETTLED));
    let before = plugins.lease("hostile").expect("it serves").digest();

    put(&version(2, Some("2MiB")));
    plugins.look();
    wait("it is noticed", || !plugins.list()[0].missing.is_empty());
    let status = &plugins.list()[0];
    assert_eq!(status.state, "needs-consent");
    assert_eq!(status.missing[0].to_string(), "store 2MiB");
    let lease = plugins.lease("hostile").expect("the old one serves");
    assert_eq!(lease.digest(), before);
    lease
        .post_process(&Job::default(), &picture())
        .expect("as it did");
    the_others_work();

    grant("store 2MiB");
    plugins.look();
    wait("it serves", || {
        plugins
            .lease("hostile")
            .is_ok_and(|lease| lease.digest() != before)
    });
}

fn wait(what: &str, done: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !done() {
        assert!(started.elapsed() < SETTLED, "waiting until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Answers everything with these bytes, and cuts the connection.
struct Server {
    address: std::net::SocketAddr,
    over: Arc<AtomicBool>,
}

impl Server {
    fn start(answer: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let over = Arc::new(AtomicBool::new(false));
        let ended = over.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
                    head.push(byte[0]);
                }
                let _ = stream.write_all(&answer);
            }
        });
        Self { address, over }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

#[test]
fn case_34_downloads_that_are_not_what_was_named() {
    let place = tempfile::tempdir().expect("a folder");
    let installer = Installer::new(&place.path().join("data")).expect("an installer");
    let good = version(1, None).build();
    let other = version(2, None).build();
    let digest = Digest::of(&good).hex();
    let whole = format!("200 OK\r\nContent-Length: {}", other.len());
    for (answer, expected) in [
        (response(&whole, &other), "has the digest sha256:"),
        (
            response("200 OK\r\nContent-Length: 5368709120", &good),
            "would send 5368709120 bytes",
        ),
        (
            response(
                "302 Found\r\nLocation: http://example.org/x.wasm\r\nContent-Length: 0",
                b"",
            ),
            "http is for this machine only",
        ),
        (
            response(
                &format!("200 OK\r\nContent-Length: {}", good.len()),
                &good[..good.len() / 2],
            ),
            "the connection was cut",
        ),
    ] {
        let server = Server::start(answer);
        let source = format!("http://{}/x.wasm#sha256={digest}", server.address);
        let locator: Locator = source.parse().expect("a source");
        let error = installer
            .prepare(&locator, &Options::default(), &mut |_| ())
            .expect_err("refused")
            .to_string();
        assert!(error.contains(expected), "{error}");
        let id = "hostile".parse().expect("an id");
        assert!(!installer.folders().plugin(&id).exists());
        the_others_work();
    }
    // What was named is installed.
    let whole = format!("200 OK\r\nContent-Length: {}", good.len());
    let server = Server::start(response(&whole, &good));
    let source = format!("http://{}/x.wasm#sha256={digest}", server.address);
    assert_eq!(consented(&installer, &source), Outcome::Ready);
}
