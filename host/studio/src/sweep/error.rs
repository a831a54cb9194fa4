use aquatint_sandbox::manifest::InvalidId;
use aquatint_sandbox::names::did_you_mean;

use crate::plugins::PluginError;
use crate::{InvalidParam, InvalidRequest};

/// Why a sweep cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// What all cells have in common cannot be drawn.
    #[error(transparent)]
    Request(#[from] InvalidRequest),
    /// More than one picture a cell.
    #[error("batch is {given}, expected 1: {}", super::fields::NO_BATCH)]
    Batch {
        /// What it was.
        given: u32,
    },
    /// Nothing to go along.
    #[error("the sweep has no axes, expected at least one, such as cfg=1-9 (+2)")]
    NoAxes,
    /// More than anyone can look through.
    #[error("the sweep has {count} axes, expected at most {most}")]
    TooManyAxes {
        /// How many.
        count: usize,
        /// How many there may be.
        most: usize,
    },
    /// A limit that is none.
    #[error("the limit of cells is {given}, expected 1 to {most}")]
    Limit {
        /// What it was.
        given: u64,
        /// The largest.
        most: u64,
    },
    /// A field that there is not.
    #[error("unknown axis `{axis}`{}: axes are {known}, and ID.KEY for a plugin's settings", did_you_mean(.nearest.as_deref()))]
    Unknown {
        /// What was given.
        axis: String,
        /// The nearest, when one is near.
        nearest: Option<String>,
        /// All that need no plugin.
        known: String,
    },
    /// A setting, or an axis of a plugin's, that there is not.
    #[error("axis `{axis}`: plugin `{plugin}` has no setting and no axis `{key}`{}: {known}", did_you_mean(.nearest.as_deref()))]
    UnknownKey {
        /// The axis.
        axis: String,
        /// The plugin.
        plugin: String,
        /// What was given.
        key: String,
        /// The nearest, when one is near.
        nearest: Option<String>,
        /// All that it has.
        known: Box<str>,
    },
    /// A plugin's id that is none.
    #[error("axis `{axis}`: {source}")]
    PluginId {
        /// The axis.
        axis: String,
        /// What is wrong.
        source: InvalidId,
    },
    /// A field that cannot be an axis.
    #[error("axis `{axis}`: {why}")]
    Refused {
        /// The axis.
        axis: String,
        /// Why not, and what to do.
        why: String,
    },
    /// No values.
    #[error("axis `{axis}` has no values, expected at least one")]
    Empty {
        /// The axis.
        axis: String,
    },
    /// The same twice.
    #[error("axis `{axis}` is there twice, expected once")]
    Twice {
        /// The axis.
        axis: String,
    },
    /// Two axes that change the same.
    #[error("axes `{first}` and `{second}` both set {what}, expected one of them")]
    Contradiction {
        /// One axis.
        first: String,
        /// The other.
        second: String,
        /// What both change.
        what: String,
    },
    /// A value that is wrong.
    #[error("axis `{axis}`: value `{value}`: {reason}")]
    Value {
        /// The axis.
        axis: String,
        /// What was given.
        value: String,
        /// What is wrong, and what was expected.
        reason: String,
    },
    /// Labels that do not fit.
    #[error("axis `{axis}` has {labels} labels for {values} values, expected one for each")]
    Labels {
        /// The axis.
        axis: String,
        /// How many labels.
        labels: usize,
        /// How many values.
        values: usize,
    },
    /// More values than there may be cells.
    #[error(
        "axis `{axis}` has {count} values, and a sweep at most {most} cells (--max-cells raises that)"
    )]
    TooManyValues {
        /// The axis.
        axis: String,
        /// How many.
        count: u128,
        /// How many cells there may be.
        most: u64,
    },
    /// More cells than there may be.
    #[error(
        "the sweep has {count} cells ({sizes}), expected at most {most} (--max-cells raises that)"
    )]
    TooManyCells {
        /// How many.
        count: u128,
        /// `4 × 5`.
        sizes: String,
        /// How many there may be.
        most: u64,
    },
    /// A plugin that an axis is about cannot be used.
    #[error("axis `{axis}`: {source}")]
    Plugin {
        /// The axis.
        axis: String,
        /// Why.
        source: Box<PluginError>,
    },
    /// A plugin of the request cannot be used.
    #[error(transparent)]
    RequestPlugin(Box<PluginError>),
    /// What a plugin answered makes no sense.
    #[error("axis `{axis}`: plugin `{plugin}` answered {reason}")]
    Nonsense {
        /// The axis.
        axis: String,
        /// The plugin.
        plugin: String,
        /// What, and what was expected.
        reason: String,
    },
    /// A text that is to be changed is not there.
    #[error("axis `{axis}`: `{text}` is not in {place}")]
    NotThere {
        /// The axis.
        axis: String,
        /// The text.
        text: String,
        /// Where it was looked for.
        place: String,
    },
    /// Values that are fine alone and not together.
    #[error("cell {coordinates}: {reason}")]
    Cell {
        /// `cfg=7, seed=1`.
        coordinates: String,
        /// What is wrong.
        reason: Box<InvalidParam>,
    },
    /// Seeds that were drawn for another sweep.
    #[error("{given} seeds were recorded, expected {expected}: they are of another sweep")]
    Seeds {
        /// How many there are.
        given: usize,
        /// How many random seeds the sweep has.
        expected: usize,
    },
}

impl SweepError {
    pub(super) fn value(axis: &str, value: &str, reason: impl ToString) -> Self {
        Self::Value {
            axis: axis.to_owned(),
            value: aquatint_sandbox::names::shown(value),
            reason: reason.to_string(),
        }
    }
}
