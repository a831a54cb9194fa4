use serde_json::{Map, Value as Json};

use super::axis::Axis;
use super::cells::Cells;
use super::error::SweepError;
use super::fields::Level;
use super::order::{OrderKey, Ordering};
use crate::Request;

/// A sweep: what is drawn in each cell, and in which order.
///
/// Cells are made when they are asked for. What is kept of one that is not is 8 bytes.
#[derive(Debug)]
pub struct Sweep {
    cells: Cells,
    digest: blake3::Hash,
    seeds: Vec<u64>,
    order: Vec<u32>,
    first: Vec<u32>,
    distinct: [usize; 5],
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Which, from 0. The first axis changes from one cell to the next.
    pub index: usize,
    /// Where it is on each axis, from 0.
    pub at: Vec<usize>,
    /// The same as people name it: the value on each axis, by the axis's name.
    pub coordinates: Map<String, Json>,
    /// What is drawn there: one picture, whose seed is known.
    pub request: Request,
}

/// One cell's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whose.
    pub cell: usize,
    /// The cell with the same request whose turn was before: nothing is left to draw.
    pub same_as: Option<usize>,
}

impl Sweep {
    /// Looks at every cell once.
    pub(super) fn new(
        cells: Cells,
        digest: blake3::Hash,
        seeds: Vec<u64>,
    ) -> Result<Self, SweepError> {
        let mut ordering = Ordering::default();
        for index in 0..cells.len() {
            let request = cells.request(&cells.at(index))?;
            ordering.push(&cells.key(&request));
        }
        let ordered = ordering.finish();
        Ok(Self {
            cells,
            digest,
            seeds,
            order: ordered.order,
            first: ordered.first,
            distinct: ordered.distinct,
        })
    }

    /// The axes: the first goes across a grid, the second down, the others are pages. Random seeds are drawn.
    #[must_use]
    pub fn axes(&self) -> &[Axis] {
        &self.cells.axes
    }

    /// What all cells have in common, without the plugins that only add axes, and with those that axes are about.
    #[must_use]
    pub fn base(&self) -> &Request {
        &self.cells.base
    }

    /// How many cells there are; at least one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many of them differ.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.distinct_up_to(Level::After)
    }

    /// How many differ up to a level: so many models are loaded, texts encoded, noises made, pictures denoised.
    #[must_use]
    pub fn distinct_up_to(&self, level: Level) -> usize {
        self.distinct[level as usize]
    }

    /// What the sweep is called in its manifest: that of [its draft](super::Draft::digest).
    #[must_use]
    pub fn digest(&self) -> blake3::Hash {
        self.digest
    }

    /// The seeds that were drawn. They go into the manifest: with them the sweep can go on.
    #[must_use]
    pub fn seeds(&self) -> &[u64] {
        &self.seeds
    }

    /// A cell; `None` if there are not so many.
    #[must_use]
    pub fn cell(&self, index: usize) -> Option<Cell> {
        if index >= self.len() {
            return None;
        }
        let at = self.cells.at(index);
        Some(Cell {
            index,
            coordinates: self.cells.coordinates(&at),
            // It was made before, when the sweep was.
            request: self.cells.request(&at).ok()?,
            at,
        })
    }

    /// The cell at a place on each axis; `None` if there is no such place.
    #[must_use]
    pub fn cell_at(&self, at: &[usize]) -> Option<Cell> {
        if at.len() != self.axes().len() {
            return None;
        }
        let mut index = 0;
        for (axis, place) in self.axes().iter().zip(at).rev() {
            if *place >= axis.values.len() {
                return None;
            }
            index = index * axis.values.len() + place;
        }
        self.cell(index)
    }

    /// All cells, in the order in which most can be used again: what loads a model first, then what changes texts, then
    /// noise, then how it is denoised. Cells with the same request have their turns one after the other.
    pub fn turns(&self) -> impl ExactSizeIterator<Item = Turn> {
        self.order.iter().map(|cell| {
            let first = self.first[*cell as usize];
            Turn {
                cell: *cell as usize,
                same_as: (first != *cell).then_some(first as usize),
            }
        })
    }

    /// What a request shares with others, level by level.
    #[must_use]
    pub fn key(&self, request: &Request) -> OrderKey {
        self.cells.key(request)
    }
}
