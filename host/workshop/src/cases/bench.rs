//! One call of a plugin, and what came of it: what cases ask of whatever runs plugins.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Phase;
use aquatint_sandbox::pixels::{Picture, Size};
use aquatint_sandbox::settings::{Value, Values};
use aquatint_sandbox::tensor::Tensor;

use super::Fields;
use crate::picture::{self, PictureFileError};

/// Runs a plugin. Each call has an instance of its own: what one leaves behind, the next does not see.
pub trait Bench {
    /// Runs one call to its end, whichever that is.
    ///
    /// # Errors
    /// The call could not even begin: the plugin cannot be loaded, say.
    fn call(&self, call: &Call) -> Result<Ran, String>;
}

/// Everything that a call is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Which hook.
    pub hook: Hook,
    /// `job.seed`.
    pub seed: u64,
    /// `job.index`.
    pub index: u32,
    /// `job.settings`. A [`Value::Picture`] holds a key of `pictures`.
    pub settings: Values,
    /// The pictures that settings name.
    pub pictures: BTreeMap<String, Picture>,
    /// `job.request`, every field of it.
    pub request: Fields,
    /// What the hook itself is given.
    pub input: Input,
}

impl Call {
    /// Reads the pictures that the settings name, as paths in `folder`.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn read_pictures(&mut self, folder: &Path) -> Result<(), PictureFileError> {
        for (_, value) in self.settings.iter() {
            if let Value::Picture(name) = value {
                let picture = picture::read(&folder.join(name))?;
                self.pictures.insert(name.clone(), picture);
            }
        }
        Ok(())
    }
}

/// What a hook is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// `pre-process`: the request. `script`: nothing.
    Nothing,
    /// `post-process`.
    Picture(Picture),
    /// `denoise`.
    Latents {
        /// The latents.
        latents: Tensor,
        /// When that is.
        moment: Moment,
    },
    /// `sweep.axes`.
    Axes,
    /// `sweep.points`, of this axis.
    Points(String),
}

/// A moment in the drawing of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The phase.
    pub phase: Phase,
    /// Which step was just taken, from 1; 0 in phase `noise`.
    pub step: u32,
    /// How many there are.
    pub steps: u32,
    /// How much noise there is.
    pub sigma: f32,
    /// The model's idea of the finished picture.
    pub predicted: Option<Tensor>,
}

/// A call that ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// How.
    pub outcome: Outcome,
    /// What the plugin logged, one line each.
    pub log: Vec<String>,
    /// How long the call took, without compiling.
    pub time: Duration,
    /// The most memory that the instance had, in bytes.
    pub memory: u64,
    /// How often it called the host.
    pub host_calls: u64,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// `pre-process`: the fields to change.
    Changes(Fields),
    /// `denoise`: the latents afterwards.
    Latents(Tensor),
    /// `post-process`: the picture afterwards, another or the one that was given.
    Picture(Picture),
    /// `script`.
    Pictures(Vec<Picture>),
    /// `sweep.axes`: keys and labels.
    Axes(Vec<(String, String)>),
    /// `sweep.points`: labels and changes.
    Points(Vec<(String, Fields)>),
    /// The plugin returned a problem: the name of its kind and its text.
    Problem {
        /// Such as `invalid-input`.
        kind: String,
        /// In the plugin's words; empty for `cancelled`.
        text: String,
    },
    /// It trapped, ran out of time or memory, or returned what no host can use.
    Broke(String),
}

impl Outcome {
    /// What it is, in a few words.
    #[must_use]
    pub fn describe(&self) -> String {
        let count = |count: usize, one: &str| crate::names::counted(count, one);
        match self {
            Self::Changes(changes) => format!("changes to {}", count(changes.len(), "field")),
            Self::Latents(tensor) => format!("latents {:?}", tensor.shape()),
            Self::Picture(picture) => format!("a picture of {}", size(picture)),
            Self::Pictures(pictures) => count(pictures.len(), "picture"),
            Self::Axes(axes) => match axes.len() {
                1 => "1 axis".to_owned(),
                count => format!("{count} axes"),
            },
            Self::Points(points) => count(points.len(), "point"),
            Self::Problem { kind, text } if text.is_empty() => format!("the problem {kind}"),
            Self::Problem { kind, text } => format!("the problem {kind}: {text}"),
            Self::Broke(reason) => reason.clone(),
        }
    }
}

/// `96x64`.
pub(super) fn size(picture: &Picture) -> String {
    let Size { width, height } = picture.size();
    format!("{width}x{height}")
}

/// The kinds of `problem` in the plugin interface.
pub const PROBLEMS: [&str; 7] = [
    "invalid-input",
    "unsupported",
    "not-found",
    "denied",
    "exhausted",
    "cancelled",
    "failed",
];

/// Whether a value is what it should be: numbers up to what a 32-bit float loses on the way.
pub(super) fn is_close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-6 * a.abs().max(b.abs())
}

/// Whether two values say the same. How a text is meant (a choice, a text, a color) does not matter, nor whether a
/// number is written whole.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Int(int) => Some(*int as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    };
    let text = |value: &Value| match value {
        Value::Text(text) | Value::Choice(text) | Value::Picture(text) => Some(text.clone()),
        Value::Color(color) => Some(color.to_string()),
        _ => None,
    };
    let seed = |value: &Value| match value {
        Value::Seed(seed) => Some(*seed),
        Value::Int(int) => u64::try_from(*int).ok(),
        _ => None,
    };
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return is_close(a, b);
    }
    if let (Some(a), Some(b)) = (text(a), text(b)) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (seed(a), seed(b)) {
        return a == b;
    }
    match (a, b) {
        (Value::Ints(_) | Value::Numbers(_), Value::Ints(_) | Value::Numbers(_)) => {
            let list = |value: &Value| match value {
                Value::Ints(ints) => ints.iter().map(|int| *int as f64).collect(),
                Value::Numbers(numbers) => numbers.clone(),
                _ => Vec::new(),
            };
            let (a, b) = (list(a), list(b));
            a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| is_close(*a, *b))
        }
        _ => a == b,
    }
}
