use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use aquatint_sandbox::names::{nearest, shown};

use super::records::{Record, line, records};
use super::{Style, StyleError};
use crate::png_file;

/// Longest file of styles, in bytes.
pub(super) const MAX_BYTES: u64 = 16 << 20;
const COLUMNS: [&str; 3] = ["name", "prompt", "negative_prompt"];
/// What A1111 puts in front of its file.
const MARK: char = '\u{feff}';

/// The styles in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Styles {
    path: PathBuf,
    text: String,
    columns: Columns,
    /// With the bytes that each has in the file.
    list: Vec<(Style, Record)>,
}

/// Where in a record what is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Columns {
    names: Vec<String>,
    name: usize,
    prompt: usize,
    negative: Option<usize>,
}

impl Columns {
    fn of(names: &[String]) -> Option<Self> {
        let at = |name: &str| names.iter().position(|it| it.trim() == name);
        Some(Self {
            name: at(COLUMNS[0])?,
            // Files of early versions call it so.
            prompt: at(COLUMNS[1]).or_else(|| at("text"))?,
            negative: at(COLUMNS[2]),
            names: names.to_vec(),
        })
    }
}

impl Styles {
    /// The styles of a data folder are in this file of it.
    #[must_use]
    pub fn path_of(data: &Path) -> PathBuf {
        data.join("styles.csv")
    }

    /// Reads a file as A1111 writes it: UTF-8, with a mark or without, and a first line with the names of columns.
    ///
    /// # Errors
    /// It is not there, cannot be read, or is something else.
    pub fn read(path: &Path) -> Result<Self, StyleError> {
        let owned = || path.to_owned();
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => StyleError::NoFile { path: owned() },
            _ => StyleError::Read {
                path: owned(),
                source,
            },
        })?;
        file.take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| StyleError::Read {
                path: owned(),
                source,
            })?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(StyleError::TooLong { path: owned() });
        }
        let text = String::from_utf8(bytes).map_err(|_| StyleError::NotText { path: owned() })?;
        Self::of_text(path, text)
    }

    /// The same, where a file that is not there is an empty one.
    ///
    /// # Errors
    /// As [`Styles::read`].
    pub fn read_or_new(path: &Path) -> Result<Self, StyleError> {
        match Self::read(path) {
            Err(StyleError::NoFile { .. }) => {
                Self::of_text(path, format!("{MARK}{}", line(&COLUMNS)))
            }
            other => other,
        }
    }

    fn of_text(path: &Path, text: String) -> Result<Self, StyleError> {
        let mark = if text.starts_with(MARK) {
            MARK.len_utf8()
        } else {
            0
        };
        let mut all = records(&text[mark..]).into_iter();
        let columns = all.next().and_then(|it| Columns::of(&it.fields));
        let Some(columns) = columns else {
            return Err(StyleError::NoColumns {
                path: path.to_owned(),
            });
        };
        let list = all
            .map(|mut record| {
                record.bytes = record.bytes.start + mark..record.bytes.end + mark;
                let field = |at: usize| record.fields.get(at).cloned().unwrap_or_default();
                let style = Style {
                    name: field(columns.name),
                    prompt: field(columns.prompt),
                    negative: columns.negative.map(field).unwrap_or_default(),
                };
                (style, record)
            })
            .filter(|(style, _)| !style.name.trim().is_empty())
            .collect();
        Ok(Self {
            path: path.to_owned(),
            text,
            columns,
            list,
        })
    }

    /// The styles, as the file has them. Of two with the same name the last counts.
    pub fn iter(&self) -> impl Iterator<Item = &Style> {
        self.list.iter().map(|(style, _)| style)
    }

    /// The style of this name.
    ///
    /// # Errors
    /// There is none.
    pub fn find(&self, name: &str) -> Result<&Style, StyleError> {
        let mut all = self.list.iter().rev().map(|(style, _)| style);
        all.find(|style| style.name == name)
            .ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> StyleError {
        let names: Vec<String> = self.iter().map(|style| style.name.clone()).collect();
        // Nobody remembers capitals.
        let same = names
            .iter()
            .find(|it| it.to_lowercase() == name.to_lowercase());
        StyleError::Unknown {
            name: shown(name),
            nearest: same
                .cloned()
                .or_else(|| nearest(name, names.iter().map(String::as_str))),
            path: self.path.clone(),
            names,
        }
    }

    /// Adds a style at the end of the file. What else is in it stays as it is, columns of other programs too.
    ///
    /// # Errors
    /// There is one of that name, the name is none, or the file cannot be written.
    pub fn add(&self, style: &Style) -> Result<Self, StyleError> {
        let name = &style.name;
        if name.is_empty() || name.trim() != name || name.contains(['\n', '\r']) {
            return Err(StyleError::Name(shown(name)));
        }
        if self.find(name).is_ok() {
            return Err(StyleError::Exists {
                name: shown(name),
                path: self.path.clone(),
            });
        }
        let mut columns = self.columns.clone();
        let mut text = self.text.clone();
        if columns.negative.is_none() && !style.negative.is_empty() {
            // The first line gets the column; records that are shorter than it have nothing there.
            let end = records(&text).first().map_or(0, |it| it.bytes.end);
            let head = text[..end].trim_end_matches(['\r', '\n']).len();
            text.insert_str(head, &format!(",{}", COLUMNS[2]));
            columns.negative = Some(columns.names.len());
            columns.names.push(COLUMNS[2].to_owned());
        }
        let mut fields = vec![""; columns.names.len()];
        fields[columns.name] = name;
        fields[columns.prompt] = &style.prompt;
        if let Some(at) = columns.negative {
            fields[at] = &style.negative;
        }
        if !text.ends_with(['\n', '\r']) {
            text.push_str("\r\n");
        }
        text.push_str(&line(&fields));
        self.write(text)
    }

    /// Removes a style, every one of that name.
    ///
    /// # Errors
    /// There is none of that name, or the file cannot be written.
    pub fn remove(&self, name: &str) -> Result<Self, StyleError> {
        self.find(name)?;
        let mut text = self.text.clone();
        for (_, record) in self.list.iter().rev().filter(|(it, _)| it.name == name) {
            text.replace_range(record.bytes.clone(), "");
        }
        self.write(text)
    }

    /// Whole or not at all.
    fn write(&self, text: String) -> Result<Self, StyleError> {
        if let Some(folder) = self.path.parent().filter(|it| !it.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| png_file::failed(&self.path, error))?;
        }
        png_file::replace(&self.path, |file| -> Result<(), StyleError> {
            file.write_all(text.as_bytes())
                .map_err(|error| png_file::failed(&self.path, error).into())
        })?;
        Self::of_text(&self.path, text)
    }
}
