mod import;
mod save;
mod search;

use std::path::{Path, PathBuf};

use jiff::ZonedDateTime;
use tempfile::TempDir;

use super::*;
use crate::database::{Database, Durability};
use crate::outputs::{Naming, Outputs};
use crate::{Picture, Recipe, recipe};

pub(super) struct Place {
    pub(super) folder: TempDir,
    pub(super) history: History,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let history = open(folder.path());
        Self { folder, history }
    }

    pub(super) fn outputs(&self) -> Outputs {
        Outputs::of(self.folder.path())
    }

    pub(super) fn save(&self, picture: &Picture, owner: Option<Owner>) -> Saved {
        save(&self.history, &self.outputs(), picture, owner).expect("saved")
    }

    /// The files of all pictures.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        below(&self.outputs().root)
    }
}

pub(super) fn open(folder: &Path) -> History {
    let database = Database::open_with(folder, Durability::Process).expect("a database");
    History::of(database).expect("a history")
}

pub(super) fn save(
    history: &History,
    outputs: &Outputs,
    picture: &Picture,
    owner: Option<Owner>,
) -> Result<Saved, HistoryError> {
    let naming = Naming {
        recipe: &picture.recipe,
        job: owner.map(|it| it.job.number()),
        index: owner.map_or(0, |it| it.index),
        time: ZonedDateTime::now(),
    };
    history.save(picture, outputs, &naming, owner)
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub(super) fn picture(recipe: Recipe) -> Picture {
    Picture {
        width: 4,
        height: 2,
        pixels: vec![7; 24],
        texts: Vec::new(),
        recipe,
        timings: Vec::new(),
    }
}

pub(super) fn prompted(prompt: &str) -> Picture {
    picture(Recipe {
        prompt: prompt.to_owned(),
        ..recipe::tests::sample()
    })
}
