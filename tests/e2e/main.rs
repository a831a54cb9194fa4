//! Real clients against the real server, unchanged: `webuiapi` for A1111 and `openai`, from PyPI. They are called by the
//! programs in Python beside this file. And the page, in a browser.

#![allow(clippy::unwrap_used)]

mod browser;
mod clients;
mod restarts;
mod starting;
