//! `manifest.jsonl`: a line for each cell, in the order in which they were drawn, and in their own when all is done.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::RunError;
use crate::{Recipe, Request};

/// What became of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// There is a picture.
    Done,
    /// There is none, and `error` says why.
    Failed,
    /// It was not tried.
    Skipped,
}

/// A line of the manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Which cell, from 1.
    pub cell: usize,
    /// The value on each axis, by the axis's name.
    pub coordinates: Map<String, Json>,
    /// What became of it.
    pub status: Status,
    /// The picture, as a path from the manifest's folder, with `/` between names.
    pub file: Option<String>,
    /// More pictures of the same cell, where a script gave several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<String>,
    /// BLAKE3 of that file, in hexadecimal.
    pub blake3: Option<String>,
    /// The cell with the same request whose picture this is.
    pub same_as: Option<usize>,
    /// What was asked for.
    pub request: Request,
    /// What was drawn.
    pub recipe: Option<Recipe>,
    /// Why there is no picture.
    pub error: Option<String>,
    /// Seconds, by what was done.
    pub timings: Map<String, Json>,
}

/// The manifest of a sweep, and where in it each cell's line is.
pub(super) struct Manifest {
    path: PathBuf,
    file: File,
    /// By cell: where its last line begins, and what that says.
    known: Vec<Option<(u64, Status)>>,
    end: u64,
}

impl Manifest {
    /// Opens the manifest of a sweep of `cells` cells, or makes an empty one. What was cut short is cut off.
    pub(super) fn open(path: &Path, cells: usize) -> Result<Self, RunError> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path)
            .map_err(RunError::io("write", path))?;
        let mut manifest = Self {
            path: path.to_owned(),
            file,
            known: vec![None; cells],
            end: 0,
        };
        manifest.read_all()?;
        Ok(manifest)
    }

    fn read_all(&mut self) -> Result<(), RunError> {
        let io = || RunError::io("read", &self.path);
        let mut reader = BufReader::new(&self.file);
        let mut line = Vec::new();
        let mut number = 0;
        loop {
            line.clear();
            let read = reader.read_until(b'\n', &mut line).map_err(io())?;
            // A line without an end was being written when the process ended.
            if read == 0 || line.last() != Some(&b'\n') {
                break;
            }
            number += 1;
            let Ok(parsed) = serde_json::from_slice::<Line>(&line) else {
                // What follows is read all the same: one bad line costs one cell.
                self.end += read as u64;
                continue;
            };
            let known = parsed
                .cell
                .checked_sub(1)
                .and_then(|index| self.known.get_mut(index));
            let Some(known) = known else {
                return Err(RunError::Damaged {
                    path: self.path.clone(),
                    reason: format!(
                        "line {number} is about cell {}, and there are {}",
                        parsed.cell,
                        self.known.len()
                    ),
                });
            };
            *known = Some((self.end, parsed.status));
            self.end += read as u64;
        }
        self.file
            .set_len(self.end)
            .map_err(RunError::io("write", &self.path))
    }

    /// What is known of a cell, counted from 0.
    pub(super) fn status(&self, index: usize) -> Option<Status> {
        self.known
            .get(index)
            .copied()
            .flatten()
            .map(|(_, status)| status)
    }

    /// The same; `None` where there are not so many cells.
    pub(super) fn at(&self, index: usize) -> Option<Option<Status>> {
        let known = self.known.get(index)?;
        Some(known.map(|(_, status)| status))
    }

    /// The last line of a cell, counted from 0.
    pub(super) fn line(&self, index: usize) -> Result<Option<Line>, RunError> {
        let Some((at, _)) = self.known.get(index).copied().flatten() else {
            return Ok(None);
        };
        let bytes = self.bytes(at)?;
        let line = serde_json::from_slice(&bytes).map_err(|error| RunError::Damaged {
            path: self.path.clone(),
            reason: format!("the line of cell {}: {error}", index + 1),
        })?;
        Ok(Some(line))
    }

    fn bytes(&self, at: u64) -> Result<Vec<u8>, RunError> {
        let io = || RunError::io("read", &self.path);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(at)).map_err(io())?;
        let mut bytes = Vec::new();
        BufReader::new(file.take(self.end - at))
            .read_until(b'\n', &mut bytes)
            .map_err(io())?;
        Ok(bytes)
    }

    /// Adds a line, whole or not at all.
    pub(super) fn push(&mut self, line: &Line) -> Result<(), RunError> {
        let io = || RunError::io("write", &self.path);
        let mut bytes = serde_json::to_vec(line).map_err(|error| io()(error.into()))?;
        bytes.push(b'\n');
        self.file.seek(SeekFrom::Start(self.end)).map_err(io())?;
        if let Err(error) = self.file.write_all(&bytes) {
            // Half a line would spoil the next one.
            self.file.set_len(self.end).ok();
            return Err(io()(error));
        }
        if let Some(known) = line
            .cell
            .checked_sub(1)
            .and_then(|at| self.known.get_mut(at))
        {
            *known = Some((self.end, line.status));
        }
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Forgets a cell, counted from 0: its picture is not there.
    pub(super) fn forget(&mut self, index: usize) {
        if let Some(known) = self.known.get_mut(index) {
            *known = None;
        }
    }

    /// Writes it anew: one line for each cell that is known, in the order of the cells.
    pub(super) fn sort(&mut self) -> Result<(), RunError> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let io = || RunError::io("write", &self.path);
        let mut new = tempfile::Builder::new()
            .prefix(".manifest-")
            .tempfile_in(folder)
            .map_err(io())?;
        let mut known = vec![None; self.known.len()];
        let mut end = 0;
        {
            let mut out = std::io::BufWriter::new(&mut new);
            for (index, entry) in self.known.iter().enumerate() {
                let Some((at, status)) = entry else { continue };
                let bytes = self.bytes(*at)?;
                out.write_all(&bytes).map_err(io())?;
                known[index] = Some((end, *status));
                end += bytes.len() as u64;
            }
            out.flush().map_err(io())?;
        }
        let file = new.persist(&self.path).map_err(|error| io()(error.error))?;
        (self.file, self.known, self.end) = (file, known, end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn line(cell: usize, status: Status) -> Line {
        Line {
            cell,
            coordinates: Map::new(),
            status,
            file: None,
            more: Vec::new(),
            blake3: None,
            same_as: None,
            request: Request::default(),
            recipe: None,
            error: None,
            timings: Map::new(),
        }
    }

    fn statuses(manifest: &Manifest) -> Vec<Option<Status>> {
        (0..manifest.known.len())
            .map(|index| {
                let line = manifest.line(index).expect("readable");
                assert_eq!(
                    line.as_ref().map(|line| line.status),
                    manifest.status(index)
                );
                assert!(line.is_none_or(|line| line.cell == index + 1));
                manifest.status(index)
            })
            .collect()
    }

    #[test]
    fn lines_outlive_the_process_and_the_last_of_a_cell_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("manifest.jsonl");
        let mut manifest = Manifest::open(&path, 3).expect("opened");
        for (cell, status) in [(2, Status::Failed), (3, Status::Done), (2, Status::Done)] {
            manifest.push(&line(cell, status)).expect("written");
        }
        let expected = [None, Some(Status::Done), Some(Status::Done)];
        assert_eq!(statuses(&manifest), expected);
        let mut manifest = Manifest::open(&path, 3).expect("opened");
        assert_eq!(statuses(&manifest), expected);
        manifest.push(&line(1, Status::Skipped)).expect("written");
        manifest.sort().expect("sorted");
        let cells: Vec<usize> = fs::read_to_string(&path)
            .expect("text")
            .lines()
            .map(|text| serde_json::from_str::<Line>(text).expect("a line").cell)
            .collect();
        assert_eq!(cells, [1, 2, 3]);
        manifest.forget(1);
        manifest.push(&line(2, Status::Failed)).expect("written");
        assert_eq!(
            statuses(&manifest),
            [
                Some(Status::Skipped),
                Some(Status::Failed),
                Some(Status::Done)
            ]
        );
    }

    #[test]
    fn what_was_cut_short_anywhere_costs_no_other_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("manifest.jsonl");
        let mut manifest = Manifest::open(&path, 2).expect("opened");
        manifest.push(&line(1, Status::Done)).expect("written");
        let first = fs::read(&path).expect("bytes").len();
        manifest.push(&line(2, Status::Done)).expect("written");
        let whole = fs::read(&path).expect("bytes");
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).expect("written");
            let mut manifest = Manifest::open(&path, 2).expect("opened");
            let expected = [length >= first, length == whole.len()];
            assert_eq!(
                statuses(&manifest),
                expected.map(|is_there| is_there.then_some(Status::Done))
            );
            manifest.push(&line(2, Status::Failed)).expect("written");
            let manifest = Manifest::open(&path, 2).expect("opened");
            assert_eq!(manifest.status(1), Some(Status::Failed), "cut at {length}");
        }
    }

    #[test]
    fn a_cell_that_there_cannot_be_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("manifest.jsonl");
        let mut manifest = Manifest::open(&path, 5).expect("opened");
        manifest.push(&line(5, Status::Done)).expect("written");
        let error = Manifest::open(&path, 4)
            .err()
            .expect("too many")
            .to_string();
        assert!(
            error.ends_with("line 1 is about cell 5, and there are 4"),
            "{error}"
        );
    }
}
