//! What a hostile client may try against the server. Each case is refused with a clear answer, and the server serves on.

#![allow(clippy::unwrap_used)]

mod connections;
mod credentials;
mod floods;
mod names;
mod paths;
mod pictures;
mod texts;

use aquatint_tests::server::Server;

/// A server for one case, which ends with it.
fn server() -> Server {
    Server::start(&[])
}

/// Asserts that an answer refuses, and is no error of ours.
fn refused(answer: &aquatint_tests::server::Answer, what: &str) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.text()
    );
}
