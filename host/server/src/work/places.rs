//! Where everything is that requests name.

use std::path::{Path, PathBuf};

use aquatint_studio::styles::Styles;
use aquatint_studio::{Models, TinyChoice};

use crate::Config;

/// Where everything is that requests name.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) data: PathBuf,
    /// A folder with more models.
    models: Option<PathBuf>,
    /// The file with styles.
    pub(super) styles: PathBuf,
    /// The folder with embeddings.
    pub(super) embeddings: PathBuf,
    /// The tiny VAE of jobs that name none.
    pub(super) tiny: TinyChoice,
}

impl Places {
    pub(crate) fn of(config: &Config, data: &Path) -> Self {
        let tiny = config.tiny_vae.as_deref();
        Self {
            data: data.to_owned(),
            models: config.models.clone(),
            styles: match &config.styles {
                Some(file) => file.clone(),
                None => Styles::path_of(data),
            },
            embeddings: match &config.embeddings {
                Some(folder) => folder.clone(),
                None => data.join("embeddings"),
            },
            tiny: match tiny {
                None => TinyChoice::default(),
                Some(path) if path == Path::new("off") => TinyChoice::Off,
                Some(path) => TinyChoice::At(path.to_owned()),
            },
        }
    }

    /// The models there are.
    pub(super) fn models(&self) -> Models {
        let mut models = Models::of_data(&self.data);
        if let Some(folder) = &self.models {
            models.folders.insert(0, folder.clone());
        }
        models
    }
}
