use crate::digest::Digest;
use crate::manifest::Manifest;
use crate::permissions::Permission;
use crate::plugin::Metrics;

/// A plugin of a folder, for people.
#[derive(Clone, Debug)]
pub struct Status {
    /// The file.
    pub file: String,
    /// Where it is on its way: `ready`, `rejected`, `needs-consent`, …
    pub state: &'static str,
    /// What serves.
    pub serving: Option<Serving>,
    /// Why what the file holds does not serve.
    pub why: Option<String>,
    /// What the user must consent to first.
    pub missing: Vec<Permission>,
}

/// What serves.
#[derive(Clone, Debug)]
pub struct Serving {
    /// What it says about itself.
    pub manifest: Manifest,
    /// What it is.
    pub digest: Digest,
    /// The how manyth version since the folder is looked at.
    pub generation: u64,
    /// How its calls went.
    pub metrics: Metrics,
    /// How many jobs use it.
    pub in_flight: u64,
}
