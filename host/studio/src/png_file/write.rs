//! Writing: the whole file or none of it, and never over another picture that nobody named.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use tempfile::NamedTempFile;

use super::{PARAMETERS, RECIPE, alphabet};
use crate::image_file::FileKind;
use crate::picture_file::{self, Encoding, PictureFileError};
use crate::{Infotext, Picture};

/// What files are called that are not yet whole.
const PREFIX: &str = ".aquatint-";
const SUFFIX: &str = ".part";

/// The PNG of a picture, with both texts.
///
/// # Errors
/// The picture has no pixels, or not as many as its size says.
pub fn encode(picture: &Picture) -> Result<Vec<u8>, PictureFileError> {
    let &Picture {
        width,
        height,
        ref pixels,
        ..
    } = picture;
    if pixels.len() as u64 != u64::from(width) * u64::from(height) * 3 {
        return Err(PictureFileError::Pixels {
            width,
            height,
            given: pixels.len(),
        });
    }
    let mut bytes = Vec::with_capacity(pixels.len() / 2);
    encode_into(&mut bytes, picture).map_err(|error| PictureFileError::Encode {
        width,
        height,
        kind: FileKind::Png,
        why: error.to_string(),
    })?;
    Ok(bytes)
}

fn encode_into(bytes: &mut Vec<u8>, picture: &Picture) -> Result<(), png::EncodingError> {
    let mut encoder = png::Encoder::new(bytes, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    add_parameters(&mut encoder, Infotext::from(&picture.recipe).to_string())?;
    for (key, text) in &picture.texts {
        encoder.add_itxt_chunk(key.clone(), text.clone())?;
    }
    encoder.add_itxt_chunk(RECIPE.to_owned(), picture.recipe.to_json())?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.pixels)?;
    writer.finish()
}

/// Adds the A1111 text.
pub(crate) fn add_parameters<W: Write>(
    encoder: &mut png::Encoder<'_, W>,
    parameters: String,
) -> Result<(), png::EncodingError> {
    // As Pillow, and so A1111, chooses: the old kind of text wherever its alphabet has every letter.
    if alphabet::suits_old_kind(&parameters) {
        encoder.add_text_chunk(PARAMETERS.to_owned(), parameters)
    } else {
        encoder.add_itxt_chunk(PARAMETERS.to_owned(), parameters)
    }
}

/// Writes a picture to this very file, in place of what was there.
///
/// # Errors
/// The picture has the wrong size, or the file cannot be written; what was there before is then still there.
pub fn write(path: &Path, picture: &Picture) -> Result<(), PictureFileError> {
    let bytes = encode(picture)?;
    replace(path, |file| {
        file.write_all(&bytes).map_err(|error| failed(path, error))
    })
}

/// Puts what `fill` writes in the place of this very file. Where it fails, what was there before is still there.
pub(crate) fn replace<E: From<PictureFileError>>(
    path: &Path,
    fill: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    // Through a link to the file it means: a rename would put the picture in the place of the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match fs::metadata(&target) {
        Ok(found) if found.is_dir() => Err(PictureFileError::IsFolder {
            path: path.to_owned(),
        }
        .into()),
        // A device or a pipe must not be renamed away.
        Ok(found) if !found.is_file() => {
            let mut device = File::options()
                .write(true)
                .open(&target)
                .map_err(|error| failed(path, error))?;
            fill(&mut device)?;
            Ok(device.flush().map_err(|error| failed(path, error))?)
        }
        _ => {
            let file = whole_file(&target, path, fill)?;
            file.persist(&target)
                .map_err(|error| failed(path, error.error))?;
            Ok(())
        }
    }
}

/// A picture that is on the disk for certain, in the folder where it belongs, and needs only a name. It goes when it is
/// dropped without one.
#[derive(Debug)]
pub(crate) struct Unnamed {
    file: NamedTempFile,
    bytes: u64,
}

impl Unnamed {
    /// Writes it. The folder is made if it is not there.
    pub(crate) fn new(
        folder: &Path,
        picture: &Picture,
        encoding: Encoding,
    ) -> Result<Self, PictureFileError> {
        let bytes = picture_file::encode(picture, encoding)?;
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        let inside = folder.join("picture.png");
        let file = whole_file(&inside, folder, |file| {
            file.write_all(&bytes)
                .map_err(|error| failed(folder, error))
        })?;
        Ok(Self {
            file,
            bytes: bytes.len() as u64,
        })
    }

    /// Its size.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Gives it a name, unless something has that name: then it comes back.
    pub(crate) fn name(self, path: &Path) -> Result<Option<Self>, PictureFileError> {
        match self.file.persist_noclobber(path) {
            Ok(_) => Ok(None),
            Err(taken) if taken.error.kind() == io::ErrorKind::AlreadyExists => Ok(Some(Self {
                file: taken.file,
                bytes: self.bytes,
            })),
            Err(other) => Err(failed(path, other.error)),
        }
    }
}

/// Removes what a process left that died while it wrote.
pub(crate) fn clear_up(entry: &fs::DirEntry) {
    let name = entry.file_name();
    let is_part = name
        .to_str()
        .is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
    // Nobody writes a picture for so long.
    let is_old = || {
        let age = entry.metadata().ok()?.modified().ok()?.elapsed().ok()?;
        Some(age > Duration::from_secs(3600))
    };
    if is_part && is_old() == Some(true) {
        // It harms nobody if it stays.
        let _ = fs::remove_file(entry.path());
    }
}

/// A file beside the target with all that `fill` writes, on the disk for certain: renaming it cannot leave half a
/// picture. It removes itself when it is dropped.
fn whole_file<E: From<PictureFileError>>(
    target: &Path,
    asked: &Path,
    fill: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<NamedTempFile, E> {
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !folder.exists() {
        return Err(PictureFileError::NoFolder {
            path: asked.to_owned(),
            folder: folder.to_owned(),
        }
        .into());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    // Temporary files are made for one's own eyes; a picture gets what the umask leaves, as any file does.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder
        .tempfile_in(folder)
        .map_err(|error| failed(asked, error))?;
    fill(file.as_file_mut())?;
    file.as_file()
        .sync_all()
        .map_err(|error| failed(asked, error))?;
    Ok(file)
}

/// What the system says about writing to this path.
pub(crate) fn failed(path: &Path, source: io::Error) -> PictureFileError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull => PictureFileError::DiskFull { path },
        _ => PictureFileError::Write { path, source },
    }
}
