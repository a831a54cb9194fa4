//! What became of the cells of a sweep, as its manifest has it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use aquatint_studio::sweep::run::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::Problem;

/// A cell that has ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct CellView {
    /// Which, from 1.
    pub(super) cell: usize,
    /// The value on each axis, by the axis's name.
    #[schema(value_type = Object)]
    coordinates: Map<String, Value>,
    /// `done`, `failed` or `skipped`.
    #[schema(value_type = String)]
    status: Status,
    /// Its seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    /// The cell with the same request whose picture this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<usize>,
    /// Why there is no picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The picture's file in the sweep's folder.
    #[serde(skip)]
    pub(super) file: Option<String>,
}

/// What is read of a line: the rest is large.
#[derive(Deserialize)]
struct Slim {
    cell: usize,
    coordinates: Map<String, Value>,
    status: Status,
    file: Option<String>,
    same_as: Option<usize>,
    error: Option<String>,
    recipe: Option<SlimRecipe>,
}

#[derive(Deserialize)]
struct SlimRecipe {
    seed: u64,
}

/// All cells that have ended, by number.
pub(super) fn read(folder: &Path) -> Result<BTreeMap<usize, CellView>, Problem> {
    let mut cells = BTreeMap::new();
    let file = match File::open(folder.join("manifest.jsonl")) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(cells),
        Err(error) => return Err(Problem::internal(error)),
    };
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(Problem::internal)?;
        // One that is being written is not there yet.
        let Ok(slim) = serde_json::from_slice::<Slim>(&line) else {
            continue;
        };
        cells.insert(
            slim.cell,
            CellView {
                cell: slim.cell,
                coordinates: slim.coordinates,
                status: slim.status,
                seed: slim.recipe.map(|recipe| recipe.seed),
                same_as: slim.same_as,
                error: slim.error,
                file: slim.file,
            },
        );
    }
    Ok(cells)
}

/// The pictures of the cells that have one, by number.
pub(crate) fn cell_files(folder: &Path) -> Result<Vec<std::path::PathBuf>, Problem> {
    let cells = read(folder)?.into_values();
    Ok(cells
        .filter_map(|cell| cell.file)
        .filter(|name| is_own(name))
        .map(|name| folder.join(name))
        .collect())
}

/// Only what a sweep itself writes.
pub(super) fn is_own(name: &str) -> bool {
    name.strip_prefix("cells/").is_some_and(|own| {
        own.bytes()
            .all(|byte| byte.is_ascii_digit() || b".png".contains(&byte))
    })
}
