use std::collections::BTreeMap;

use super::Fields;

/// What should come of a call. All that is `None` is not looked at; where everything is, only that two calls give the
/// same is checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected {
    /// Pictures or latents: the files' names in the case's folder.
    pub files: Option<Files>,
    /// By how much a channel (0 to 255) or a number of latents may differ.
    pub tolerance: f64,
    /// The fields in which the request afterwards differs from the one before.
    pub request: Option<Fields>,
    /// Texts beside the picture afterwards; others may be there too.
    pub metadata: Option<BTreeMap<String, String>>,
    /// Keys and labels.
    pub axes: Option<Vec<(String, String)>>,
    /// Labels and changes.
    pub points: Option<Vec<(String, Fields)>>,
    /// How many pictures a script returns.
    pub count: Option<usize>,
    /// Their sizes.
    pub sizes: Option<Vec<[u32; 2]>>,
    /// The kind of a problem.
    pub problem: Option<String>,
    /// A part of the problem's text.
    pub message: Option<String>,
}

/// Names of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Files {
    /// Of the one result.
    One(String),
    /// Of several, in order.
    Many(Vec<String>),
}
