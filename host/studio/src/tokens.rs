//! How long a prompt is.

use std::path::Path;

use aquatint_diffusion::checkpoint::Checkpoint;
use aquatint_diffusion::pipeline;
use aquatint_diffusion::prompt::Emphasis;
use aquatint_diffusion::prompt::chunks::Chunks;

use crate::{DrawError, embeddings};

/// How many tokens a prompt has for a model, and how many there is room for before it goes on in another chunk. Of a prompt
/// that changes, its longest text counts. `folder` has the embeddings.
///
/// # Errors
/// The tokenizer or an embedding cannot be read; the prompt is too long.
pub fn count_tokens(
    prompt: &str,
    checkpoint: &Checkpoint,
    folder: &Path,
    emphasis: Emphasis,
) -> Result<(usize, usize), DrawError> {
    let Some(part) = checkpoint.text.first() else {
        return Ok((0, 0));
    };
    let tokenizer = part.open_tokenizer()?;
    let found = embeddings::named(folder, &[prompt], checkpoint, &mut |_, _| {})?;
    let names = pipeline::names(&found, &tokenizer)?;
    let chunks =
        Chunks::longest(prompt, &tokenizer, emphasis, &names).map_err(pipeline::Error::from)?;
    Ok((chunks.count, chunks.limit))
}
