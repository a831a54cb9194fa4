use crate::digest::Digest;
use crate::manifest::Manifest;

/// Who a plugin is: what it says, and the name of its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// What it says about itself.
    pub manifest: Manifest,
    /// The SHA-256 of the file.
    pub digest: Digest,
}
