//! What a hostile client may try against the server. Each case is refused with a clear answer, and the server serves on.

#![allow(clippy::unwrap_used)]

mod connections;
mod credentials;
mod floods;
mod names;
mod paths;
mod pictures;
mod texts;

use std::sync::{Mutex, MutexGuard, OnceLock};

use aquatint_tests::server::Server;

/// One server for all cases: what one does to it the others would notice.
fn server() -> MutexGuard<'static, Server> {
    static SERVER: OnceLock<Mutex<Server>> = OnceLock::new();
    let server = SERVER.get_or_init(|| Mutex::new(Server::start(&[])));
    server
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
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
