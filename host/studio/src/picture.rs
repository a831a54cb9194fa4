//! Pixels, and where they came from.

use crate::Recipe;

/// A finished picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue, a byte each, row after row from the top left.
    pub pixels: Vec<u8>,
    /// What plugins wrote beside the pixels: keywords of PNG, and texts.
    pub texts: Vec<(String, String)>,
    /// How to make it again.
    pub recipe: Recipe,
    /// How long each stage took, in seconds, in the order they ran.
    pub timings: Vec<(String, f64)>,
}
