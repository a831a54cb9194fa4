//! What is drawn of a sweep as a whole: sheets with labels, and a page to look through.

use std::path::PathBuf;

use super::folder::SweepFolder;
use super::manifest::{Line, Manifest, Status};
use super::{RunError, RunOptions};
use crate::Infotext;
use crate::grid::{self, Page, ScriptAxis, Tile, html};
use crate::sweep::{Axis, Sweep};

/// The sheets of a sweep. The first axis goes across, the second down, and there is a sheet for each place on the
/// others.
pub(super) struct Sheets<'a> {
    sweep: &'a Sweep,
    folder: &'a SweepFolder,
    options: &'a RunOptions,
    columns: usize,
    rows: usize,
}

impl<'a> Sheets<'a> {
    pub(super) fn new(sweep: &'a Sweep, folder: &'a SweepFolder, options: &'a RunOptions) -> Self {
        let length = |axis: usize| sweep.axes().get(axis).map_or(1, |axis| axis.values.len());
        Self {
            sweep,
            folder,
            options,
            columns: length(0).max(1),
            rows: length(1).max(1),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.sweep.len() / self.size()
    }

    /// Which sheet a cell is on.
    pub(super) fn of(&self, index: usize) -> usize {
        index / self.size()
    }

    /// The cells of a sheet.
    pub(super) fn cells(&self, sheet: usize) -> std::ops::Range<usize> {
        sheet * self.size()..(sheet + 1) * self.size()
    }

    fn size(&self) -> usize {
        self.columns * self.rows
    }

    /// Draws a sheet as far as there are pictures. Gives where it is, and what people should know of it.
    pub(super) fn draw(
        &self,
        sheet: usize,
        manifest: &Manifest,
    ) -> Result<(PathBuf, Option<String>), RunError> {
        let name = match self.count() {
            1 => "grid.png".to_owned(),
            _ => format!("grid-{:03}.png", sheet + 1),
        };
        let path = self.folder.path().join(name);
        let mut first = None;
        let mut tiles = Vec::with_capacity(self.size());
        for index in self.cells(sheet) {
            let line = manifest.line(index)?;
            tiles.push(self.tile(line.as_ref()));
            if first.is_none() {
                first = line.and_then(|line| line.recipe);
            }
        }
        let labels = |axis: usize| match self.sweep.axes().get(axis) {
            Some(axis) => axis
                .values
                .iter()
                .map(|value| value.label.clone())
                .collect(),
            None => vec![String::new()],
        };
        let page = Page {
            title: self.title(sheet),
            columns: labels(0),
            rows: labels(1),
            parameters: first.map(|recipe| self.parameters(&recipe)),
        };
        let tile = |column: usize, row: usize| {
            let tile = tiles.get(row * self.columns + column);
            tile.cloned().unwrap_or(Tile::Missing)
        };
        let drawn = grid::write(&path, &page, tile, &self.options.grid)?;
        Ok((path, drawn.scaled()))
    }

    fn tile(&self, line: Option<&Line>) -> Tile {
        let Some(line) = line else {
            return Tile::Missing;
        };
        match (line.status, &line.file) {
            (Status::Done, Some(file)) => match self.folder.file(file) {
                Some(path) => Tile::File(path),
                None => Tile::Missing,
            },
            (Status::Failed, _) => Tile::Error(line.error.clone().unwrap_or_default()),
            (Status::Skipped, _) => Tile::Note("skipped".to_owned()),
            (Status::Done, None) => Tile::Missing,
        }
    }

    /// Where on the third axis and so on a sheet is.
    fn title(&self, sheet: usize) -> String {
        let mut rest = sheet;
        let places = self.sweep.axes().iter().skip(2).map(|axis| {
            let place = rest % axis.values.len();
            rest /= axis.values.len();
            let label = axis
                .values
                .get(place)
                .map_or("", |value| value.label.as_str());
            format!("{}: {label}", axis.label)
        });
        places.collect::<Vec<_>>().join(", ")
    }

    fn parameters(&self, first: &crate::Recipe) -> String {
        let axes: Vec<(&str, String)> = self
            .sweep
            .axes()
            .iter()
            .map(|axis| (axis.label.as_str(), values(axis)))
            .collect();
        let axes: Vec<ScriptAxis<'_>> = axes
            .iter()
            .map(|(name, values)| ScriptAxis { name, values })
            .collect();
        grid::infotext(Infotext::from(first), &axes).to_string()
    }

    /// Writes the page.
    pub(super) fn write_index(&self, manifest: &Manifest) -> Result<PathBuf, RunError> {
        let mut cells = Vec::with_capacity(self.sweep.len());
        for index in 0..self.sweep.len() {
            let Some(cell) = self.sweep.cell(index) else {
                continue;
            };
            let line = manifest.line(index)?;
            let recipe = line.as_ref().and_then(|line| line.recipe.as_ref());
            cells.push(html::Cell {
                coordinates: cell.at,
                status: match line.as_ref().map(|line| line.status) {
                    None => html::Status::Missing,
                    Some(Status::Done) => html::Status::Done,
                    Some(Status::Failed) => html::Status::Failed,
                    Some(Status::Skipped) => html::Status::Skipped,
                },
                file: line.as_ref().and_then(|line| line.file.clone()),
                width: recipe.map(|recipe| recipe.width),
                height: recipe.map(|recipe| recipe.height),
                error: line.as_ref().and_then(|line| line.error.clone()),
                seed: recipe.map(|recipe| recipe.seed),
                seconds: line.as_ref().map(seconds),
                details: recipe.map(details).unwrap_or_default(),
            });
        }
        let axes = self.sweep.axes().iter().map(|axis| html::Axis {
            name: axis.label.clone(),
            labels: axis
                .values
                .iter()
                .map(|value| value.label.clone())
                .collect(),
        });
        let path = self.folder.path().join("index.html");
        html::write(
            &path,
            &html::Data {
                title: self.options.title.clone(),
                axes: axes.collect(),
                cells,
            },
        )?;
        Ok(path)
    }
}

/// An axis as A1111 would have it typed.
fn values(axis: &Axis) -> String {
    let quoted = |label: &str| {
        if label.contains([',', '"', '\n']) || label.trim() != label {
            format!("\"{}\"", label.replace('"', "\"\""))
        } else {
            label.to_owned()
        }
    };
    let values = axis.values.iter().map(|value| quoted(&value.label));
    values.collect::<Vec<_>>().join(",")
}

fn seconds(line: &Line) -> f64 {
    line.timings
        .values()
        .filter_map(serde_json::Value::as_f64)
        .sum()
}

fn details(recipe: &crate::Recipe) -> Vec<(String, String)> {
    let detail = |name: &str, value: String| (name.to_owned(), value);
    vec![
        detail("prompt", recipe.prompt.clone()),
        detail("model", recipe.model.name.clone()),
        detail("sampler", recipe.sampler.clone()),
        detail("schedule", recipe.schedule.clone()),
        detail("steps", recipe.steps.to_string()),
        detail("cfg", recipe.cfg.to_string()),
    ]
}
