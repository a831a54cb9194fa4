//! Where pictures go, and what they are called.
//!
//! - [`Pattern`]: a name with places to be filled in, such as `[date]/[number]-[seed]`.
//! - [`Outputs`]: a folder with a pattern. It finds free names, and never writes over another picture.

mod names;
mod pattern;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use jiff::ZonedDateTime;

use crate::picture_file::Encoding;
use crate::png_file::{self, Unnamed};
use crate::{Picture, PictureFileError, Recipe};

pub use pattern::{InvalidPattern, Pattern, TOKENS};

/// A folder for pictures.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// The folder. It is made with its first picture.
    pub root: PathBuf,
    /// What pictures are called below it.
    pub pattern: Pattern,
    /// How pictures are encoded; their names end accordingly.
    pub encoding: Encoding,
}

/// What a picture's name is made from.
#[derive(Clone, Debug)]
pub struct Naming<'a> {
    /// How it was made.
    pub recipe: &'a Recipe,
    /// The job that drew it.
    pub job: Option<i64>,
    /// Which of its job's pictures it is, from 0.
    pub index: u32,
    /// When it was finished, by the clocks of where the reader is.
    pub time: ZonedDateTime,
}

impl Outputs {
    /// The outputs of a data folder: `outputs` in it, by the usual pattern.
    #[must_use]
    pub fn of(data: &Path) -> Self {
        Self {
            root: data.join("outputs"),
            pattern: Pattern::default(),
            encoding: Encoding::default(),
        }
    }

    /// Writes a picture under the first name that is free, whole or not at all, and says where. Several processes may do
    /// so at once.
    ///
    /// # Errors
    /// The picture has the wrong size, or the folder cannot be made or written to.
    pub fn write(
        &self,
        picture: &Picture,
        naming: &Naming<'_>,
    ) -> Result<PathBuf, PictureFileError> {
        let mut names = self.names(naming);
        let mut unnamed = Unnamed::new(names.folder(), picture, self.encoding)?;
        loop {
            let path = names.next_path()?;
            match unnamed.name(&path)? {
                None => return Ok(path),
                Some(taken) => unnamed = taken,
            }
        }
    }

    /// Names for a picture, the best one first.
    pub(crate) fn names(&self, naming: &Naming<'_>) -> Names {
        let filled = self.pattern.fill(naming);
        Names {
            folder: filled
                .folders
                .iter()
                .fold(self.root.clone(), |path, name| path.join(name)),
            numbered: filled.numbered,
            before: filled.before,
            after: filled.after,
            ending: self.encoding.extension(),
            next: None,
        }
    }
}

/// Names for one picture.
#[derive(Debug)]
pub(crate) struct Names {
    folder: PathBuf,
    /// Whether the pattern has a number. Otherwise one is added where the name is taken.
    numbered: bool,
    before: String,
    after: String,
    /// What they end in, without the dot.
    ending: &'static str,
    /// The number to try next; `None` before the first.
    next: Option<u64>,
}

impl Names {
    /// The folder in which all of them are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The next name. Those that are there already are passed over, as far as they can be seen.
    pub(crate) fn next_path(&mut self) -> Result<PathBuf, PictureFileError> {
        let name = match self.next {
            None if !self.numbered => {
                self.next = Some(0);
                format!("{}{}", self.before, self.after)
            }
            None | Some(0) => {
                if !self.numbered {
                    self.before.push('-');
                }
                let last = last_number(&self.folder, &self.before)
                    .map_err(|error| png_file::failed(&self.folder, error))?;
                // One without a number is the first.
                let first = if self.numbered { 1 } else { 2 };
                self.numbered_name(last.saturating_add(1).max(first))
            }
            Some(u64::MAX) => {
                let full = std::io::ErrorKind::AlreadyExists;
                return Err(png_file::failed(&self.folder, full.into()));
            }
            Some(number) => self.numbered_name(number),
        };
        Ok(self.folder.join(names::whole(&name) + "." + self.ending))
    }

    fn numbered_name(&mut self, number: u64) -> String {
        self.next = Some(number.saturating_add(1));
        let (before, after) = (&self.before, &self.after);
        if self.numbered {
            format!("{before}{number:05}{after}")
        } else {
            format!("{before}{number}{after}")
        }
    }
}

/// The highest number that follows this text at the start of any name in the folder.
fn last_number(folder: &Path, before: &str) -> io::Result<u64> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    let mut last = 0;
    for entry in entries {
        let entry = entry?;
        png_file::clear_up(&entry);
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(before)) else {
            continue;
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        last = last.max(rest[..digits].parse().unwrap_or(0));
    }
    Ok(last)
}
