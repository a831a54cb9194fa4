use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aquatint_diffusion::pipeline::{Cancel, Event};
use serde_json::{Map, Value as Json};

use super::estimate::Walk;
use super::manifest::Manifest;
use super::sheets::Sheets;
use super::{Distinct, Header, Line, RunError, Status, SweepFolder, Times};
use crate::plugins::Note;
use crate::stages::Counts;
use crate::sweep::{Cell, Sweep, SweepSpec, Turn};
use crate::{DrawError, Drawn, Studio, Watcher, grid, png_file};

/// How a sweep is run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// What the page is called.
    pub title: String,
    /// Whether the first cell that fails ends it.
    pub fail_fast: bool,
    /// Whether sheets are drawn, and the page is written.
    pub sheets: bool,
    /// How sheets look.
    pub grid: grid::Options,
}

/// What is told while a sweep runs.
#[derive(Debug)]
#[non_exhaustive]
pub enum Happening<'a> {
    /// It is known what is left to do.
    Ready {
        /// Cells in all.
        cells: usize,
        /// Cells that were drawn before.
        before: usize,
        /// What is left.
        left: Distinct,
    },
    /// A cell is begun.
    Begins(&'a Cell),
    /// How the drawing of a cell goes.
    Draws(Event<'a>),
    /// About plugins.
    Note(Note<'a>),
    /// There is an end to a cell.
    Ends {
        /// Its line in the manifest.
        line: &'a Line,
        /// Cells that have ended, with those of before.
        ended: usize,
        /// What is left.
        left: Distinct,
        /// How long that takes, by what was measured.
        time_left: Option<Duration>,
    },
    /// A sheet was drawn.
    Sheet {
        /// Where it is.
        path: &'a Path,
        /// What people should know of it.
        note: Option<&'a str>,
    },
}

/// What came of a sweep.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Outcome {
    /// Its folder.
    pub folder: PathBuf,
    /// Cells in all.
    pub cells: usize,
    /// Cells with a picture.
    pub done: usize,
    /// Cells that failed.
    pub failed: usize,
    /// Cells that were not tried.
    pub skipped: usize,
    /// Cells that had a picture from before.
    pub before: usize,
    /// How often each stage was run, this time.
    pub stages: Counts,
    /// How long it took, this time, in seconds.
    pub seconds: f64,
    /// The sheets.
    pub sheets: Vec<PathBuf>,
    /// The page.
    pub index: Option<PathBuf>,
}

/// Draws the cells of a sweep that have no picture yet.
///
/// # Errors
/// The folder holds another sweep, or cannot be written; a cell failed and that ends it; or somebody stopped it. What was
/// drawn is in the folder.
pub fn run(
    sweep: &Sweep,
    spec: &SweepSpec,
    studio: &mut Studio,
    folder: &SweepFolder,
    options: &RunOptions,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Happening<'_>),
) -> Result<Outcome, RunError> {
    folder.begin(&Header::of(sweep, spec))?;
    let mut manifest = Manifest::open(&folder.manifest(), sweep.len())?;
    let before = trusted(folder, &mut manifest)?;
    let is_left =
        |turn: &Turn, manifest: &Manifest| manifest.status(turn.cell) != Some(Status::Done);
    let left = Distinct::of(sweep, sweep.turns().filter(|turn| is_left(turn, &manifest)));
    tell(Happening::Ready {
        cells: sweep.len(),
        before,
        left,
    });
    let mut runner = Runner {
        sweep,
        folder,
        sheets: Sheets::new(sweep, folder, options),
        drawn: vec![None; 0],
        counts: studio.stages().counts(),
        start: Instant::now(),
        manifest,
        cancel,
        options,
        times: Times::default(),
        walk: Walk::default(),
        left,
        ended: before,
    };
    runner.drawn = vec![None; runner.sheets.count()];
    let turns: Vec<Turn> = sweep
        .turns()
        .filter(|turn| is_left(turn, &runner.manifest))
        .collect();
    let mut ended = Ok(());
    for (index, turn) in turns.iter().enumerate() {
        ended = runner.cell(*turn, studio, tell);
        if let Err(RunError::Cell { .. }) = &ended {
            for turn in &turns[index + 1..] {
                runner.skip(*turn)?;
            }
        }
        if ended.is_err() {
            break;
        }
    }
    // Whoever stops it looks at what there is.
    let finished = runner.finish(tell, before, studio);
    ended?;
    finished
}

/// Forgets cells whose pictures are not those that were written. Gives how many are left.
fn trusted(folder: &SweepFolder, manifest: &mut Manifest) -> Result<usize, RunError> {
    let mut done = 0;
    for index in 0.. {
        let Some(status) = manifest.at(index) else {
            break;
        };
        if status != Some(Status::Done) {
            continue;
        }
        let line = manifest.line(index)?;
        let is_whole = line.as_ref().is_some_and(|line| {
            let path = line.file.as_deref().and_then(|name| folder.file(name));
            let found = path.and_then(|path| std::fs::read(path).ok());
            found.map(|bytes| blake3::hash(&bytes).to_hex().to_string()) == line.blake3
                && line.blake3.is_some()
        });
        if is_whole {
            done += 1;
        } else {
            manifest.forget(index);
        }
    }
    Ok(done)
}

struct Runner<'a> {
    sweep: &'a Sweep,
    folder: &'a SweepFolder,
    sheets: Sheets<'a>,
    /// The sheets that are drawn.
    drawn: Vec<Option<PathBuf>>,
    counts: Counts,
    start: Instant,
    manifest: Manifest,
    cancel: &'a Cancel,
    options: &'a RunOptions,
    times: Times,
    walk: Walk,
    left: Distinct,
    ended: usize,
}

impl Runner<'_> {
    fn cell(
        &mut self,
        turn: Turn,
        studio: &mut Studio,
        tell: &mut dyn FnMut(Happening<'_>),
    ) -> Result<(), RunError> {
        let Some(cell) = self.sweep.cell(turn.cell) else {
            return Ok(());
        };
        if self.cancel.is_cancelled() {
            return Err(self.cancelled());
        }
        let mut failure = None;
        let line = match self.twin(turn, &cell)? {
            Some(line) => line,
            None => {
                tell(Happening::Begins(&cell));
                let result = draw(studio, &cell, self.cancel, tell);
                match result {
                    Ok(drawn) => {
                        self.times.add(&drawn.timings, &drawn.counts);
                        self.done(&cell, drawn)?
                    }
                    Err(error) if error.is_cancelled() || self.cancel.is_cancelled() => {
                        return Err(self.cancelled());
                    }
                    Err(error) => {
                        let line = Line {
                            status: Status::Failed,
                            error: Some(error.to_string()),
                            ..blank(&cell)
                        };
                        failure = Some(error);
                        line
                    }
                }
            }
        };
        self.manifest.push(&line)?;
        self.left.take(self.walk.step(self.sweep, turn));
        self.ended += 1;
        tell(Happening::Ends {
            line: &line,
            ended: self.ended,
            left: self.left,
            time_left: self.times.left(self.left),
        });
        if self.options.sheets {
            self.sheet_of(turn.cell, tell)?;
        }
        match failure {
            Some(source) if self.options.fail_fast => Err(RunError::Cell {
                cell: cell.index + 1,
                coordinates: coordinates(&cell),
                source: Box::new(source),
            }),
            _ => Ok(()),
        }
    }

    /// The line of a cell whose picture another cell has.
    fn twin(&self, turn: Turn, cell: &Cell) -> Result<Option<Line>, RunError> {
        let Some(first) = turn.same_as else {
            return Ok(None);
        };
        let line = self.manifest.line(first)?;
        Ok(line
            .filter(|line| line.status != Status::Skipped)
            .map(|line| Line {
                cell: cell.index + 1,
                coordinates: cell.coordinates.clone(),
                same_as: Some(line.same_as.unwrap_or(line.cell)),
                timings: Map::new(),
                ..line
            }))
    }

    fn done(&self, cell: &Cell, drawn: Drawn) -> Result<Line, RunError> {
        let start = Instant::now();
        let mut timings: Map<String, Json> = drawn
            .timings
            .stages
            .iter()
            .map(|(what, time)| ((*what).to_owned(), time.as_secs_f64().into()))
            .collect();
        let mut line = Line {
            status: Status::Done,
            ..blank(cell)
        };
        for (index, picture) in drawn.pictures.iter().enumerate() {
            let own = SweepFolder::cell(cell.index);
            let name = match index {
                0 => own,
                // A script may give several.
                _ => own.replace(".png", &format!(".{}.png", index + 1)),
            };
            let Some(path) = self.folder.file(&name) else {
                continue;
            };
            let bytes = png_file::encode(picture)?;
            png_file::replace(&path, |file| {
                use std::io::Write as _;
                file.write_all(&bytes)
                    .map_err(|error| png_file::failed(&path, error))
            })?;
            if index == 0 {
                line.file = Some(name);
                line.blake3 = Some(blake3::hash(&bytes).to_hex().to_string());
                line.recipe = Some(picture.recipe.clone());
            } else {
                line.more.push(name);
            }
        }
        if line.file.is_none() {
            line.status = Status::Failed;
            line.error = Some("a script gave no picture".to_owned());
        }
        timings.insert("save".to_owned(), start.elapsed().as_secs_f64().into());
        line.timings = timings;
        Ok(line)
    }

    fn skip(&mut self, turn: Turn) -> Result<(), RunError> {
        let Some(cell) = self.sweep.cell(turn.cell) else {
            return Ok(());
        };
        self.manifest.push(&Line {
            error: Some("another cell failed before".to_owned()),
            ..blank(&cell)
        })
    }

    /// Draws the sheet of a cell, if that was its last one.
    fn sheet_of(
        &mut self,
        index: usize,
        tell: &mut dyn FnMut(Happening<'_>),
    ) -> Result<(), RunError> {
        let sheet = self.sheets.of(index);
        let is_missing = |cell| self.manifest.status(cell).is_none();
        if self.sheets.cells(sheet).any(is_missing) {
            return Ok(());
        }
        self.sheet(sheet, tell)
    }

    fn sheet(&mut self, sheet: usize, tell: &mut dyn FnMut(Happening<'_>)) -> Result<(), RunError> {
        let (path, note) = self.sheets.draw(sheet, &self.manifest)?;
        tell(Happening::Sheet {
            path: &path,
            note: note.as_deref(),
        });
        if let Some(drawn) = self.drawn.get_mut(sheet) {
            *drawn = Some(path);
        }
        Ok(())
    }

    fn finish(
        mut self,
        tell: &mut dyn FnMut(Happening<'_>),
        before: usize,
        studio: &Studio,
    ) -> Result<Outcome, RunError> {
        self.manifest.sort()?;
        let mut index = None;
        if self.options.sheets {
            for sheet in 0..self.sheets.count() {
                let is_known = |cell| self.manifest.status(cell).is_some();
                if self.drawn[sheet].is_none() && self.sheets.cells(sheet).any(is_known) {
                    self.sheet(sheet, tell)?;
                }
            }
            index = Some(self.sheets.write_index(&self.manifest)?);
        }
        let count = |status| {
            (0..self.sweep.len())
                .filter(|cell| self.manifest.status(*cell) == Some(status))
                .count()
        };
        Ok(Outcome {
            folder: self.folder.path().to_owned(),
            cells: self.sweep.len(),
            done: count(Status::Done),
            failed: count(Status::Failed),
            skipped: count(Status::Skipped),
            before,
            stages: studio.stages().counts().since(&self.counts),
            seconds: self.start.elapsed().as_secs_f64(),
            sheets: self.drawn.into_iter().flatten().collect(),
            index,
        })
    }

    fn cancelled(&self) -> RunError {
        RunError::Cancelled {
            path: self.folder.path().to_owned(),
            done: self.ended,
            cells: self.sweep.len(),
        }
    }
}

fn draw(
    studio: &mut Studio,
    cell: &Cell,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Happening<'_>),
) -> Result<Drawn, DrawError> {
    // Both are told, one at a time.
    let tell = RefCell::new(tell);
    studio.draw(
        &cell.request,
        cell.request.seed.unwrap_or_default(),
        Watcher {
            cancel,
            events: &mut |event| (tell.borrow_mut())(Happening::Draws(event)),
            notes: &mut |note| (tell.borrow_mut())(Happening::Note(note)),
        },
    )
}

/// The line of a cell that was not tried.
fn blank(cell: &Cell) -> Line {
    Line {
        cell: cell.index + 1,
        coordinates: cell.coordinates.clone(),
        status: Status::Skipped,
        file: None,
        more: Vec::new(),
        blake3: None,
        same_as: None,
        request: cell.request.clone(),
        recipe: None,
        error: None,
        timings: Map::new(),
    }
}

/// `cfg 7, sampler Euler`.
fn coordinates(cell: &Cell) -> String {
    let places = cell.coordinates.iter().map(|(axis, value)| match value {
        Json::String(text) => format!("{axis} {text}"),
        value => format!("{axis} {value}"),
    });
    places.collect::<Vec<_>>().join(", ")
}
