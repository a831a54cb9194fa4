//! Plugins in OCI registries, laid out as the CNCF's WebAssembly artifact is, which `wkg` and others write and read:
//!
//! | part | media type |
//! |---|---|
//! | manifest | `application/vnd.oci.image.manifest.v1+json` |
//! | config | `application/vnd.wasm.config.v0+json` |
//! | its one layer | `application/wasm` |
//!
//! What people read about a plugin is in the manifest's annotations, under the names that the image specification gives
//! (`org.opencontainers.image.…`), and a few of ours (`dev.aquatint.…`). A signature is one of them, so that it needs no
//! second artifact.

mod auth;
mod client;
mod error;
mod manifest;
mod push;

pub(super) use client::tag_version;
pub use client::{Client, Pulled};
pub use error::OciError;
pub use manifest::{Descriptor, ImageManifest};
pub use push::{Artifact, Pushed};
