//! Where pictures go.

use std::path::{Path, PathBuf};

use anyhow::bail;
use aquatint_studio::{Encoding, Picture, picture_file};

use crate::exit::Usage;

/// Where pictures go: checked before anything is drawn, so that no time is lost on a picture with no place.
pub(crate) struct Target {
    place: Place,
    encoding: Encoding,
}

enum Place {
    File(PathBuf),
    Folder(PathBuf),
}

impl Target {
    /// Without an encoding, as the file's name ends, or PNG.
    pub(crate) fn new(
        output: Option<&Path>,
        batch: u32,
        encoding: Option<Encoding>,
    ) -> anyhow::Result<Self> {
        let place = Place::new(output, batch)?;
        let named = match &place {
            Place::File(path) => Encoding::of_path(path),
            Place::Folder(_) => None,
        };
        Ok(Self {
            place,
            encoding: encoding.or(named).unwrap_or_default(),
        })
    }

    pub(crate) fn write(&self, picture: &Picture) -> anyhow::Result<PathBuf> {
        match &self.place {
            Place::File(path) => {
                picture_file::write(path, picture, self.encoding)?;
                Ok(path.clone())
            }
            Place::Folder(folder) => Ok(picture_file::write_numbered(
                folder,
                picture,
                self.encoding,
            )?),
        }
    }
}

impl Place {
    fn new(output: Option<&Path>, batch: u32) -> anyhow::Result<Self> {
        let output = output.unwrap_or(Path::new("outputs"));
        let ends_open = output.to_string_lossy().ends_with(std::path::is_separator);
        if ends_open || output.is_dir() || output.extension().is_none() {
            return Self::folder(output);
        }
        if Encoding::of_path(output).is_none() {
            return Err(Usage(format!(
                "cannot write {}: expected a name that ends in .png, .jpg, .jpeg or .webp, or a folder",
                output.display()
            ))
            .into());
        }
        if batch > 1 {
            return Err(Usage(format!(
                "{batch} pictures do not fit in one file: name a folder instead of {}",
                output.display()
            ))
            .into());
        }
        let folder = match output.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.exists() {
            bail!(
                "cannot write {}: there is no folder {}",
                output.display(),
                folder.display()
            );
        }
        writable(folder)?;
        Ok(Self::File(output.to_owned()))
    }

    /// A folder, which is made with its first picture.
    fn folder(folder: &Path) -> anyhow::Result<Self> {
        let is_there = |path: &&Path| path.symlink_metadata().is_ok();
        // Without a slash at the end, which a file would not be found with.
        let folder: PathBuf = folder.components().collect();
        let nearest = folder.ancestors().find(is_there);
        writable(nearest.unwrap_or(Path::new(".")))?;
        Ok(Self::Folder(folder))
    }
}

/// Tries to make a file in the folder: permissions alone do not tell (read-only mounts, quotas).
fn writable(folder: &Path) -> anyhow::Result<()> {
    if !folder.is_dir() {
        bail!(
            "{} is not a folder: expected one to write to",
            folder.display()
        );
    }
    match tempfile::tempfile_in(folder) {
        Ok(_) => Ok(()),
        // Its own words name a file that nobody asked for.
        Err(error) => bail!("cannot write to {}: {}", folder.display(), error.kind()),
    }
}
