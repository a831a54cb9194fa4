//! Which tiny VAE belongs to a model.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use aquatint_diffusion::checkpoint::{Checkpoint, CheckpointError, TinyVae};

use crate::draw::family_id;

/// The tiny VAE that previews are made by, and pictures that ask for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TinyChoice {
    /// The one in the model's folder `tiny_vae`, or else the one of the model's family in the data folder: `tiny/sd1`,
    /// `tiny/sd2`, `tiny/sdxl` or `tiny/sdxl-refiner`.
    #[default]
    Found,
    /// None.
    Off,
    /// This file or folder.
    At(PathBuf),
}

/// `off`, or a path.
impl FromStr for TinyChoice {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "off" => Self::Off,
            path => Self::At(path.into()),
        })
    }
}

impl TinyChoice {
    /// The one for a model, if there is one.
    ///
    /// # Errors
    /// It cannot be read, or the one that was named is made for other latents.
    pub(crate) fn open(
        &self,
        data: &Path,
        checkpoint: &Checkpoint,
    ) -> Result<Option<TinyVae>, CheckpointError> {
        match self {
            Self::Off => Ok(None),
            Self::At(path) => {
                let tiny = TinyVae::open(path)?;
                tiny.check(checkpoint)?;
                Ok(Some(tiny))
            }
            Self::Found => {
                let own = checkpoint.path.join("tiny_vae");
                if own.is_dir() {
                    return Self::At(own).open(data, checkpoint);
                }
                let of_family = data.join("tiny").join(family_id(checkpoint.family));
                if !of_family.is_dir() {
                    return Ok(None);
                }
                // Not all models of a family have its latents.
                let tiny = TinyVae::open(&of_family)?;
                Ok(tiny.check(checkpoint).is_ok().then_some(tiny))
            }
        }
    }
}
