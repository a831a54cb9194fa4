//! Textual inversion: words that files give a meaning, as vectors in place of those that tokens have.
//!
//! A file `NAME.safetensors` stands for `NAME`, as in A1111: wherever a prompt has the tokens of the name, whatever its
//! letters' case. It has one tensor, `[vectors, channels]` or `[channels]`, named `emb_params` or anything else; or, for
//! models with two text encoders, one for each, `clip_l` and `clip_g`. PyTorch's own files are pickles, which are programs,
//! and are not opened.

mod file;
mod folder;

pub use file::{Embedding, EmbeddingError, Vectors};
pub use folder::{Folder, Mentioned, may_mention};

/// How many vectors one may have: as many as there are tokens in a chunk.
pub const MOST_VECTORS: usize = 75;
