//! Pictures as PNG files, with the recipe inside.
//!
//! A file that Aquatint writes has two texts before its pixels: `parameters`, which every other program reads, and
//! `aquatint`, the recipe as JSON. Files are read from anywhere, so reading trusts nothing: sizes and texts are bounded.

mod alphabet;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{decode, read, read_size, read_texts};
pub(crate) use write::{Unnamed, add_parameters, clear_up, failed, replace};
pub use write::{encode, write};

/// Keyword of the A1111 text.
const PARAMETERS: &str = "parameters";
/// Keyword of the recipe.
const RECIPE: &str = "aquatint";

/// Most pixels a file may claim: the square of the largest side a request may have. 192 MiB as bytes.
pub const MAX_PIXELS: u64 = 8192 * 8192;
/// Most bytes that all texts and the decoder's own rows may take. The longest texts in the wild, ComfyUI's workflows,
/// are well below one megabyte.
pub const MAX_TEXT_BYTES: usize = 16 << 20;
