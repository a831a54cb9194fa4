//! What the host does for plugins and this crate cannot: drawing, noise, models. The floor above implements it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::net::{Internet, Network};
use crate::pixels::Picture;
use crate::problem::Problem;
use crate::settings::Value;
use crate::stop::Stop;

/// Pictures by the names that requests and settings have for them: those of their contents.
pub type NamedPictures = BTreeMap<String, Picture>;

/// What plugins may ask the host for. What is not implemented answers [`Problem::Unsupported`], or is empty.
///
/// Functions may take long; those that get a [`Stop`] should look at it. They are called from threads of their own.
pub trait Services: Send + Sync {
    /// What may be chosen for a field of a request; `None` for a field without such a list.
    fn choices(&self, field: &str) -> Option<Vec<String>> {
        let _ = field;
        None
    }

    /// Fills `out` with the standard normal noise that a picture with this seed starts from.
    ///
    /// # Errors
    /// There is no generator here.
    fn noise(&self, seed: u64, out: &mut [f32]) -> Result<(), Problem> {
        let _ = (seed, out);
        Err(unsupported("noise"))
    }

    /// Draws: the job's own request with `changes`. The pictures named in the changes are in `pictures`.
    ///
    /// # Errors
    /// A change is wrong, or drawing failed.
    fn draw(
        &self,
        changes: Vec<(String, Value)>,
        pictures: NamedPictures,
        stop: &Stop,
    ) -> Result<Vec<Picture>, Problem> {
        let _ = (changes, pictures, stop);
        Err(unsupported("drawing"))
    }

    /// The models that the user has for plugins, sorted.
    fn models(&self) -> Vec<String> {
        Vec::new()
    }

    /// Loads an ONNX model: the bytes of a plugin's asset, or one of [`models`](Self::models).
    ///
    /// # Errors
    /// It is not there, is no model, or cannot be run here.
    fn load_model(&self, model: ModelSource<'_>) -> Result<Arc<dyn Model>, Problem> {
        let _ = model;
        Err(unsupported("running models"))
    }

    /// Where requests of plugins go. Nothing but a test has a reason to say something else.
    fn network(&self) -> Arc<dyn Network> {
        Arc::new(Internet)
    }
}

/// A host that does nothing for plugins.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoServices;

impl Services for NoServices {}

fn unsupported(what: &str) -> Problem {
    Problem::Unsupported(format!("{what} is not available here"))
}

/// Where a model comes from.
#[derive(Clone, Copy, Debug)]
pub enum ModelSource<'a> {
    /// The bytes of an ONNX file.
    Bytes(&'a [u8]),
    /// One of the user's, by name.
    Named(&'a str),
}

/// The type of a tensor's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Element {
    F16,
    F32,
    F64,
    Bf16,
    U8,
    I32,
    I64,
}

impl Element {
    /// Bytes of one element.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::F16 | Self::Bf16 => 2,
            Self::F32 | Self::I32 => 4,
            Self::F64 | Self::I64 => 8,
        }
    }
}

/// An input or output of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// What its elements are.
    pub element: Element,
    /// Its dimensions; `None` where any number fits.
    pub dimensions: Vec<Option<u32>>,
}

/// A tensor for a model: row-major, little-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// Outermost first.
    pub dimensions: Vec<u32>,
    /// What the elements are.
    pub element: Element,
    /// `product of dimensions * bytes of an element` bytes.
    pub bytes: Arc<Vec<u8>>,
}

/// A model that was loaded.
pub trait Model: Send + Sync {
    /// What it takes.
    fn inputs(&self) -> Vec<Port>;

    /// What it gives.
    fn outputs(&self) -> Vec<Port>;

    /// Runs it. What it gives may have `room` bytes in all.
    ///
    /// # Errors
    /// An input is missing, unknown or misshapen, there is more than there is room for, or running failed.
    fn compute(
        &self,
        inputs: Vec<(String, Data)>,
        room: u64,
        stop: &Stop,
    ) -> Result<Vec<(String, Data)>, Problem>;
}
