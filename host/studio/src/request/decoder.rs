use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::UnknownWord;
use super::init::names;

/// What makes pixels of latents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Decoder {
    /// The model's VAE.
    #[default]
    Full,
    /// A tiny VAE: many times as fast, and nearly the same picture.
    Tiny,
}

names!(Decoder, "decoder", "full" => Full, "tiny" => Tiny);
