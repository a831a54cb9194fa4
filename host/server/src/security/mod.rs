//! Who may do what.
//!
//! - [`KeyFile`], [`Key`], [`Secret`]: API keys, of which only hashes are kept.
//! - [`Scope`]: what a key may do; `scope::needed` says what each route needs.
//! - `hosts`: which names and origins a request may come by, so that a web page cannot drive a local server.
//! - `rate`: how much one client may cause in a minute.
//! - `guard`: the middleware that asks all of them.

mod guard;
pub(crate) mod hosts;
mod keys;
mod rate;
pub(crate) mod scope;
#[cfg(test)]
mod tests;

pub(crate) use guard::{Caller, Client, credentials, guard, session_cookie};
pub use keys::{Key, KeyError, KeyFile, NewKey, Secret};
pub(crate) use keys::{Keys, hex};
pub(crate) use rate::Rates;
pub use scope::Scope;
