//! Getting plugins: from a file, a URL, a registry or an index into the folder that the loader watches, and out again.
//!
//! | module | noun |
//! |---|---|
//! | [`http`] | requests that are bounded in time and size |
//! | [`oci`] | artifacts in registries |
//! | [`index`] | lists of plugins |
//! | [`sign`] | signatures, keys, trust on first use |
//!
//! [`Installer`] joins them. Installing has two halves with the user between them. [`Installer::prepare`] resolves the
//! source, downloads into a file aside (hashing while it comes, no more than is allowed), and checks what came: the
//! digest, the rules for components, the manifest against the binary, the signature. The [`Proposal`] that it gives says
//! what the plugin asks for. [`Installer::commit`] then puts the component into the folder and writes lock, grants and
//! trust. A failure anywhere leaves all of them as they were; a process that is killed in the middle of a change leaves
//! a note of which plugin it was at, and the next change puts that one's file right by the lock.
//!
//! A tag in a registry, and a version in an index, may come to hold other bytes than it held. What is installed stays
//! pinned by its digest, so nothing changes by itself; installing or updating from there says so and stops.

mod change;
mod commit;
mod consent;
mod error;
mod examine;
mod fetch;
mod folders;
mod held;
pub mod http;
pub mod index;
mod installer;
pub mod oci;
mod publish;
pub mod sign;
mod standing;
mod update;
mod verify;

pub use commit::{Consent, Outcome};
pub use consent::Asking;
pub use error::{InstallError, Moved};
pub use examine::{Examined, Proposal};
pub use fetch::{Options, Progress};
pub use folders::Folders;
pub(crate) use http::{system_tls, tls_with};
pub use installer::Installer;
pub use publish::Published;
pub use standing::{Standing, State};
pub use update::Update;
pub use verify::{Finding, Report};

#[cfg(test)]
mod tests;
