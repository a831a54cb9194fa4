//! Real clients against the real server, unchanged: `webuiapi` for A1111 and `openai`, from PyPI, called by the programs in
//! Python beside this file; `schemathesis`, which asks what the description allows and what it does not. That the types of
//! a client made from the description compile is checked where the page is built: it is such a client. And the page, in a browser.

#![allow(clippy::unwrap_used)]

mod browser;
mod cancelling;
mod clients;
mod replaying;
mod restarts;
mod schema;
mod starting;
mod tls;

/// What a program said that did not end well.
#[track_caller]
fn ended_well(output: &std::process::Output) {
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
