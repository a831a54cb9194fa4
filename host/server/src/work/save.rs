//! Where the pictures of jobs go.

use std::path::{Path, PathBuf};

use aquatint_studio::history::History;
use aquatint_studio::jobs::{Failure, Job, save_picture};
use aquatint_studio::{Picture, picture_file};

/// In the options of a job: its pictures are for whoever waits for them, and are not kept.
pub(crate) const UNSAVED: &str = "unsaved";

/// Writes pictures and records them.
pub(crate) struct Saver {
    data: PathBuf,
    history: History,
}

impl Saver {
    pub(crate) fn new(data: &Path, history: History) -> Self {
        Self {
            data: data.to_owned(),
            history,
        }
    }

    pub(super) fn history(&self) -> &History {
        &self.history
    }

    /// Writes a picture where the job wants it, and records it.
    pub(crate) fn save(
        &self,
        job: &Job,
        index: u32,
        picture: &Picture,
    ) -> Result<(PathBuf, Option<i64>), Failure> {
        if job.options.other.contains_key(UNSAVED) {
            let folder = unsaved(&self.data);
            std::fs::create_dir_all(&folder).map_err(|error| {
                Failure::other(format_args!("cannot write {}: {error}", folder.display()))
            })?;
            let encoding = job.options.encoding.unwrap_or_default();
            let ending = encoding.extension();
            let file = folder.join(format!("{}-{index}.{ending}", job.id));
            picture_file::write(&file, picture, encoding)?;
            return Ok((file, None));
        }
        let (file, id) = save_picture(&self.data, &self.history, job, index, picture)?;
        Ok((file, Some(id.number())))
    }
}

/// Where pictures lie that are not kept.
fn unsaved(data: &Path) -> PathBuf {
    data.join("cache").join("unsaved")
}
