//! Pictures that drawings begin from, kept in the data folder by what is in them, so that jobs survive their files and
//! pictures can be made again.

mod room;

use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::image_file::{self, ImageFile, ImageFileError, ImageLimits, Mask};

pub use room::Kept;

const PREFIX: &str = "b3:";
/// How exactly it is known when a picture was last used.
const USED: Duration = Duration::from_secs(600);

/// What identifies a file that was given: the BLAKE3 of its bytes, written `b3:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct InputId([u8; 32]);

impl InputId {
    /// Of a file's bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

impl fmt::Display for InputId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for InputId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A text that identifies nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no picture's name, expected `b3:` and 64 hexadecimal digits")]
pub struct InvalidInputId(String);

impl FromStr for InputId {
    type Err = InvalidInputId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix(PREFIX)
            .and_then(|digits| blake3::Hash::from_hex(digits).ok())
            .map(|hash| Self(*hash.as_bytes()))
            .ok_or_else(|| {
                let shown: String = text.chars().take(80).collect();
                InvalidInputId(crate::harmless(&shown))
            })
    }
}

impl TryFrom<String> for InputId {
    type Error = InvalidInputId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<InputId> for String {
    fn from(id: InputId) -> Self {
        id.to_string()
    }
}

/// Why a picture that was given cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// It is no picture, or none that may be used.
    #[error(transparent)]
    Picture(#[from] ImageFileError),
    /// It was never given here, or is gone.
    #[error("the picture {id} is not here: give the file that was drawn from again")]
    Missing {
        /// Which.
        id: InputId,
    },
    /// The folder of pictures cannot be used.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// What was done: `read` or `write`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The folder of pictures that were given.
#[derive(Clone, Debug)]
pub struct Inputs {
    folder: PathBuf,
    /// The same as PNG, for whoever knows no other.
    converted: PathBuf,
}

impl Inputs {
    /// Those of a data folder.
    #[must_use]
    pub fn of_data(data: &Path) -> Self {
        Self {
            folder: data.join("inputs"),
            converted: data.join("cache").join("inputs"),
        }
    }

    /// Keeps a file.
    ///
    /// # Errors
    /// It cannot be read, is no picture, or cannot be written.
    pub fn keep_file(&self, path: &Path) -> Result<InputId, InputError> {
        let limits = ImageLimits::default();
        // Read whole, and only then looked at: what is kept is what was looked at.
        image_file::read(path, &limits)?;
        let mut bytes = Vec::new();
        fs::File::open(path)
            .and_then(|file| file.take(limits.bytes).read_to_end(&mut bytes))
            .map_err(|source| InputError::Io {
                what: "read",
                path: path.to_owned(),
                source,
            })?;
        self.keep(&bytes)
    }

    /// Keeps a picture's bytes, as they are in a file.
    ///
    /// # Errors
    /// They are no picture, or cannot be written.
    pub fn keep(&self, bytes: &[u8]) -> Result<InputId, InputError> {
        image_file::decode(bytes, &ImageLimits::default())?;
        let id = InputId::of(bytes);
        let path = self.path(id);
        if path.exists() {
            use_now(&path);
            return Ok(id);
        }
        let write = || -> io::Result<()> {
            fs::create_dir_all(&self.folder)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(bytes)?;
            file.persist(&path).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|source| InputError::Io {
            what: "write",
            path,
            source,
        })?;
        Ok(id)
    }

    /// The bytes of a picture that was kept.
    ///
    /// # Errors
    /// It is not here, or is not what it was.
    pub fn bytes(&self, id: InputId) -> Result<Vec<u8>, InputError> {
        let path = self.path(id);
        match fs::read(&path) {
            Ok(bytes) if InputId::of(&bytes) == id => {
                use_now(&path);
                Ok(bytes)
            }
            Ok(_) => Err(InputError::Missing { id }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(InputError::Missing { id })
            }
            Err(source) => Err(InputError::Io {
                what: "read",
                path,
                source,
            }),
        }
    }

    /// A picture that was kept.
    ///
    /// # Errors
    /// As [`Inputs::bytes`].
    pub fn picture(&self, id: InputId) -> Result<ImageFile, InputError> {
        Ok(image_file::decode(
            &self.bytes(id)?,
            &ImageLimits::default(),
        )?)
    }

    /// A picture that was kept, as a mask.
    ///
    /// # Errors
    /// As [`Inputs::bytes`].
    pub fn mask(&self, id: InputId) -> Result<Mask, InputError> {
        Ok(image_file::decode_mask(
            &self.bytes(id)?,
            &ImageLimits::default(),
        )?)
    }

    /// Where the same picture lies as PNG, for whoever knows no other.
    #[must_use]
    pub fn converted(&self, id: InputId) -> PathBuf {
        self.converted.join(digits(id)).with_extension("png")
    }

    /// Where a picture lies, if it is here.
    #[must_use]
    pub fn path(&self, id: InputId) -> PathBuf {
        self.folder.join(digits(id))
    }
}

fn digits(id: InputId) -> String {
    blake3::Hash::from_bytes(id.0).to_hex().to_string()
}

/// The file's time is when it was last used.
fn use_now(path: &Path) {
    let age = fs::metadata(path).and_then(|it| it.modified());
    let is_known = age.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < USED));
    if !is_known && let Ok(file) = fs::File::options().append(true).open(path) {
        // Whoever may not write there keeps pictures as long as others do.
        let _ = file.set_modified(SystemTime::now());
    }
}
