use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use super::HtmlError;

/// What a page shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// Title of the page.
    pub title: String,
    /// The axes. The first goes across, the second down, until someone chooses otherwise.
    pub axes: Vec<Axis>,
    /// The cells in any order. Places without a cell are shown as missing; of two at one place the last counts.
    pub cells: Vec<Cell>,
}

/// An axis: what is varied, and the values in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    /// What is varied.
    pub name: String,
    /// Each value, as people read it.
    pub labels: Vec<String>,
}

/// A cell, made or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// For each axis in their order the place on it, from 0.
    pub coordinates: Vec<usize>,
    /// What became of it.
    pub status: Status,
    /// The picture, as a path from the page's folder with `/` between names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Width of the picture in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Height of the picture in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Why there is no picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The seed. A text in the page, whose numbers are not exact beyond 2^53.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "as_text")]
    pub seed: Option<u64>,
    /// How long it took, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// What else to tell of it, as pairs of a name and a value, such as the prompt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<(String, String)>,
}

/// What became of a cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There is a picture.
    Done,
    /// There is none, and an error says why.
    Failed,
    /// It was left out.
    Skipped,
    /// It was not made yet.
    #[default]
    Missing,
}

impl Data {
    /// Checks that every cell is on the axes, and every file below the page's folder.
    ///
    /// # Errors
    /// One is not: which and where.
    pub fn check(&self) -> Result<(), HtmlError> {
        for (number, cell) in self.cells.iter().enumerate() {
            if cell.coordinates.len() != self.axes.len() {
                return Err(HtmlError::Coordinates {
                    cell: number,
                    given: cell.coordinates.len(),
                    axes: self.axes.len(),
                });
            }
            for (axis, &place) in self.axes.iter().zip(&cell.coordinates) {
                if place >= axis.labels.len() {
                    return Err(HtmlError::Place {
                        cell: number,
                        place,
                        axis: axis.name.clone(),
                        labels: axis.labels.len(),
                    });
                }
            }
            if let Some(file) = &cell.file
                && !is_below(file)
            {
                return Err(HtmlError::Outside {
                    cell: number,
                    file: file.clone(),
                });
            }
        }
        Ok(())
    }
}

/// Whether a link to this path leads into the page's folder, on every system.
fn is_below(file: &str) -> bool {
    let names = |name: &str| !name.is_empty() && name != "." && name != "..";
    file.split('/').all(names)
        && Path::new(file)
            .components()
            .all(|part| matches!(part, Component::Normal(_)))
}

/// A whole number as a text.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(
        number: &Option<u64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => serializer.collect_str(number),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<u64>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| text.parse().map_err(de::Error::custom))
            .transpose()
    }
}
