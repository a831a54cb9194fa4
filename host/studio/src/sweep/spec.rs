//! A sweep as it is written: on a command line, in TOML, in JSON.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use aquatint_sandbox::names::{did_you_mean, nearest, shown};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::Request;

/// Far above any sweep that a person describes.
const LONGEST_FILE: u64 = 16 << 20;

/// A sweep as it is written.
///
/// As TOML, the fields of the request stand at the top; the seed `-1` is a random one, as is one that is not there:
///
/// ```toml
/// prompt = "a cat in the rain"
/// steps = 20
/// plugins = [{ id = "film-grain", settings = { mode = "soft" } }]
/// max_cells = 20000
///
/// [[axis]]
/// field = "cfg"
/// values = "1-9 (+2)"
///
/// [[axis]]
/// field = "sampler"
/// values = ["Euler", "DPM++ 2M Karras"]
/// labels = ["plain", "fine"]
/// ```
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SweepSpec {
    /// What all cells have in common.
    pub request: Request,
    /// The axes: the first goes across a grid, the second down, the others are pages.
    pub axes: Vec<AxisSpec>,
    /// How many cells there may be; `None` is [`DEFAULT_MAX_CELLS`](super::DEFAULT_MAX_CELLS).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cells: Option<u64>,
}

/// An axis as it is written. On a command line it is `FIELD=VALUES`, or `PLUGIN.AXIS` alone for all points of a plugin's
/// axis.
///
/// | field | values |
/// |---|---|
/// | `cfg`, `steps`, `seed`, `width`, … | numbers and ranges, such as `1-9 (+2)`; the seed `-1` is a random one |
/// | `sampler`, `schedule`, `model`, `noise`, `provider` | names |
/// | `prompt`, `negative` | texts |
/// | `size` | `512x768` |
/// | `replace` | the text to find, which is the first value itself, and what is put in its place |
/// | `order` | words of the prompt, which change places in every way |
/// | `ID.KEY` | values of a plugin's setting |
/// | `ID` | `on` and `off`: with the plugin and without it |
/// | `ID.AXIS` | labels of a plugin's points |
///
/// Values are separated by commas; one with a comma in it is quoted, `"a, b"`, and a quote in that is doubled. `ID:KEY`
/// is a setting in any case, and `ID#2.KEY` that of the second use of a plugin that the request names more than once.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AxisSpec {
    /// What changes along it. Case, spaces and hyphens do not matter, and A1111's names are known.
    pub field: String,
    /// A text, which is taken apart at its commas, or a list of values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<serde_json::Value>))]
    pub values: Option<Json>,
    /// What coordinates call it; `field` if it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What stands beside it in a grid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What stands beside its rows or columns, one for each value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
}

impl FromStr for AxisSpec {
    type Err = SpecError;

    fn from_str(given: &str) -> Result<Self, SpecError> {
        let (field, values) = match given.split_once('=') {
            Some((field, values)) => (field, Some(Json::from(values))),
            None => (given, None),
        };
        let field = field.trim();
        if field.is_empty() {
            return Err(SpecError::NoField {
                given: shown(given),
            });
        }
        Ok(Self {
            field: field.to_owned(),
            values,
            ..Self::default()
        })
    }
}

impl SweepSpec {
    /// Reads TOML.
    ///
    /// # Errors
    /// It is no TOML, or has what a sweep has not.
    pub fn from_toml(text: &str) -> Result<Self, SpecError> {
        let mut table: toml::Table = text.parse().map_err(SpecError::toml)?;
        let mut spec = Self::default();
        match table.remove("axis") {
            None => {}
            Some(toml::Value::Array(axes)) => {
                for (index, axis) in axes.into_iter().enumerate() {
                    let axis = axis.try_into().map_err(|error| SpecError::Axis {
                        number: index + 1,
                        source: Box::new(error),
                    })?;
                    spec.axes.push(axis);
                }
            }
            Some(_) => return Err(SpecError::AxisTable),
        }
        if let Some(most) = table.remove("max_cells") {
            let most = most.as_integer().and_then(|most| u64::try_from(most).ok());
            spec.max_cells = Some(most.ok_or(SpecError::MaxCells)?);
        }
        // A random one, as on axes and in other programs; it is drawn when the sweep begins, and kept with it.
        if table.get("seed").and_then(toml::Value::as_integer) == Some(-1) {
            table.remove("seed");
        }
        let params = spec.request.to_params();
        let known: Vec<&str> = params
            .iter()
            .map(|(key, _)| key.as_str())
            .chain(["plugins", "axis", "max_cells"])
            .collect();
        if let Some(key) = table.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(SpecError::Unknown {
                key: shown(key),
                nearest: nearest(key, known.iter().copied()),
                known: known.join(", "),
            });
        }
        spec.request = table.try_into().map_err(SpecError::toml)?;
        Ok(spec)
    }

    /// Reads a TOML file.
    ///
    /// # Errors
    /// The file cannot be read, or [what it says](Self::from_toml) is wrong.
    pub fn read(path: &Path) -> Result<Self, SpecError> {
        let in_file = |source| SpecError::File {
            path: path.to_owned(),
            source: Box::new(source),
        };
        let io = |error| in_file(SpecError::Io(error));
        let bytes = fs::metadata(path).map_err(io)?.len();
        if bytes > LONGEST_FILE {
            return Err(in_file(SpecError::TooLong { bytes }));
        }
        let text = fs::read_to_string(path).map_err(io)?;
        Self::from_toml(&text).map_err(in_file)
    }
}

/// Why what was written is no sweep.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpecError {
    /// No field before the equals sign.
    #[error("axis `{given}`: expected FIELD=VALUES, such as cfg=1-9 (+2)")]
    NoField {
        /// What was given.
        given: String,
    },
    /// Not TOML, or a field of another type.
    #[error("{0}")]
    Toml(Box<toml::de::Error>),
    /// A field that neither sweeps nor requests have.
    #[error("unknown field `{key}`{}: the fields are {known}", did_you_mean(.nearest.as_deref()))]
    Unknown {
        /// What was given.
        key: String,
        /// The field nearest to it, when one is near.
        nearest: Option<String>,
        /// All of them.
        known: String,
    },
    /// An axis is wrong.
    #[error("[[axis]] number {number}: {source}")]
    Axis {
        /// Which, from 1.
        number: usize,
        /// What is wrong.
        source: Box<toml::de::Error>,
    },
    /// One axis where a list of them is due.
    #[error("`axis` is no list, expected tables with the heading [[axis]]")]
    AxisTable,
    /// The limit is none.
    #[error("max_cells is no whole number, expected such as 20000")]
    MaxCells,
    /// In a file.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        source: Box<SpecError>,
    },
    /// It cannot be read.
    #[error(transparent)]
    Io(std::io::Error),
    /// It is no description of a sweep.
    #[error("the file has {bytes} bytes, expected at most {LONGEST_FILE}")]
    TooLong {
        /// How many.
        bytes: u64,
    },
}

impl SpecError {
    fn toml(error: toml::de::Error) -> Self {
        Self::Toml(Box::new(error))
    }
}
