//! The embeddings of a folder: those that texts name, and all of them.

use std::path::Path;
use std::sync::Arc;

use aquatint_diffusion::checkpoint::Checkpoint;
use aquatint_diffusion::prompt::embeddings::{Embedding, EmbeddingError, Folder};

/// The embeddings whose names may be in some texts. Those that are not for this model are told to `skipped`, with the reason,
/// as their names are words then.
///
/// # Errors
/// The folder cannot be read, or a file in it that is named.
pub(crate) fn named(
    folder: &Path,
    texts: &[&str],
    checkpoint: &Checkpoint,
    skipped: &mut dyn FnMut(&str, &str),
) -> Result<Vec<Arc<Embedding>>, EmbeddingError> {
    let listed = Folder::open(folder).map_err(|source| EmbeddingError::Io {
        path: folder.to_owned(),
        source,
    })?;
    let mut files: Vec<_> = texts
        .iter()
        .flat_map(|text| listed.mentioned(text))
        .collect();
    files.sort_by_key(|file| file.path);
    files.dedup();
    let mut found = Vec::new();
    for file in files {
        let embedding = Embedding::read(file.name, file.path)?;
        let encoders = 0..checkpoint.text.len();
        let fits = encoders
            .map(|encoder| embedding.of(checkpoint, encoder))
            .try_for_each(|vectors| vectors.map(drop));
        match fits {
            Ok(()) => found.push(Arc::new(embedding)),
            Err(reason) => skipped(file.name, &reason),
        }
    }
    Ok(found)
}

/// An embedding of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What prompts name it by.
    pub name: String,
    /// How many tokens it takes the place of, and how many numbers each has; `None` if its file cannot be read.
    pub size: Option<(usize, usize)>,
    /// Why it cannot be used with the model, if it cannot.
    pub problem: Option<String>,
}

/// The embeddings of a folder, by name, and whether they are for a model.
///
/// # Errors
/// The folder is there and cannot be read.
pub fn list(folder: &Path, checkpoint: &Checkpoint) -> Result<Vec<Listed>, EmbeddingError> {
    let listed = Folder::open(folder).map_err(|source| EmbeddingError::Io {
        path: folder.to_owned(),
        source,
    })?;
    let one = |name: &str, path: &Path| match Embedding::read(name, path) {
        Ok(embedding) => {
            let mut encoders = 0..checkpoint.text.len();
            let problem = encoders.find_map(|encoder| embedding.of(checkpoint, encoder).err());
            Listed {
                name: name.to_owned(),
                size: Some((embedding.count(), embedding.channels())),
                problem,
            }
        }
        Err(error) => Listed {
            name: name.to_owned(),
            size: None,
            problem: Some(match error {
                EmbeddingError::Pickle { .. } => {
                    "it is in PyTorch's own format, which can run programs, and is not opened"
                        .to_owned()
                }
                EmbeddingError::File { reason, .. } => format!("it is no embedding: {reason}"),
                EmbeddingError::Io { source, .. } => format!("it cannot be read: {source}"),
            }),
        },
    };
    Ok(listed.iter().map(|it| one(it.name, it.path)).collect())
}

/// What identifies the file of a name, if there is one that can be read.
pub(crate) fn hash(folder: &Path, name: &str) -> Option<String> {
    let listed = Folder::open(folder).ok()?;
    let file = listed.mentioned(name).find(|file| file.name == name)?;
    Some(Embedding::read(file.name, file.path).ok()?.sha256)
}
