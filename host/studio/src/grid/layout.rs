//! Where everything goes, and how small the tiles must be.

use super::canvas::Area;
use super::error::GridError;
use super::lettering::{Block, Lettering, line_height};
use super::options::Options;
use super::page::Page;
use super::picture::scaled;

/// Fewest and most pixels of a letter's size.
const LETTERS: (f32, f32) = (11.0, 72.0);
/// Lines of letters that a tile's shorter side has room for.
const LETTERS_A_TILE: f32 = 12.0;
/// No tile is made narrower or lower than this.
const LEAST_TILE: u32 = 16;
/// Lines of a title.
const TITLE_LINES: usize = 3;
/// The least width for a title, in letters.
const TITLE_WIDTH: f32 = 24.0;
/// The least room for the labels of rows, in letters, where tiles are narrower.
const LABEL_WIDTH: f32 = 9.0;

/// The places of a sheet, in pixels, and its labels as they are drawn.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) width: u32,
    /// Of the strip with the title and the labels of the columns.
    pub(super) header: u32,
    pub(super) height: u32,
    pub(super) tile: (u32, u32),
    /// Between tiles, and around the sheet.
    pub(super) gap: u32,
    pub(super) scale: f64,
    /// Of the labels of columns and rows.
    pub(super) letters: f32,
    pub(super) title: Block,
    pub(super) columns: Vec<Block>,
    pub(super) rows: Vec<Block>,
    /// Left edge of the labels of rows, and their width.
    labels: (u32, u32),
    /// Left edge of the first tile.
    first: u32,
}

impl Layout {
    /// The largest layout within the bounds, for tiles that are no larger than `natural`.
    pub(super) fn fit(
        lettering: &mut Lettering,
        page: &Page,
        natural: (u32, u32),
        options: &Options,
    ) -> Result<Self, GridError> {
        let (columns, rows) = (page.columns.len(), page.rows.len());
        let too_many = || GridError::TooMany {
            columns,
            rows,
            max_side: options.max_side,
            max_pixels: options.max_pixels,
            least: LEAST_TILE,
        };
        // Before any label is set: there may be millions.
        let most = u64::from(options.max_side / LEAST_TILE);
        if columns as u64 > most || rows as u64 > most {
            return Err(too_many());
        }
        let mut scale = 1.0;
        loop {
            let (layout, width, height) = Self::at(lettering, page, natural, scale, options);
            let share = (f64::from(options.max_side) / width as f64)
                .min(f64::from(options.max_side) / height as f64)
                .min((options.max_pixels as f64 / (width as f64 * height as f64)).sqrt());
            if share >= 1.0 {
                return Ok(Self {
                    width: width as u32,
                    height: height as u32,
                    ..layout
                });
            }
            if layout.tile.0.max(layout.tile.1) <= LEAST_TILE {
                return Err(too_many());
            }
            // Labels do not shrink with the tiles to the end, so one step may not be enough.
            scale *= share.min(0.995);
        }
    }

    /// The layout at this scale, without its width and height, which may be far more than any sheet's.
    fn at(
        lettering: &mut Lettering,
        page: &Page,
        natural: (u32, u32),
        scale: f64,
        options: &Options,
    ) -> (Self, u64, u64) {
        let tile = (
            scaled(natural.0, scale).max(LEAST_TILE),
            scaled(natural.1, scale).max(LEAST_TILE),
        );
        let letters = (tile.0.min(tile.1) as f32 / LETTERS_A_TILE).clamp(LETTERS.0, LETTERS.1);
        let gap = options
            .gap
            .unwrap_or_else(|| (tile.0.min(tile.1) / 64).clamp(2, 16))
            .min(options.max_side);
        let lines = options.max_lines.max(1);

        let lines_beside = lines.min((tile.1 as f32 / line_height(letters)) as usize);
        let beside = (tile.0 as f32).max(letters * LABEL_WIDTH);
        let rows: Vec<Block> = page
            .rows
            .iter()
            .map(|label| lettering.set(label, letters, beside, lines_beside))
            .collect();
        let columns: Vec<Block> = page
            .columns
            .iter()
            .map(|label| lettering.set(label, letters, tile.0 as f32, lines))
            .collect();

        let pad = (letters / 2.0).ceil() as u32;
        let widest = rows.iter().map(|block| block.width).max().unwrap_or(0);
        let label_width = if widest == 0 { 0 } else { widest + 2 * pad };
        let tiles = u64::from(label_width)
            + page.columns.len() as u64 * u64::from(tile.0)
            + (page.columns.len() as u64 - 1) * u64::from(gap);
        let title_letters = letters * 1.3;
        let title = lettering.set(
            &page.title,
            title_letters,
            (tiles.min(u64::from(options.max_side)) as f32).max(title_letters * TITLE_WIDTH),
            TITLE_LINES,
        );
        // A title that is wider than the tiles has them below its middle.
        let content = tiles.max(u64::from(title.width));
        let left = gap + ((content - tiles) / 2) as u32;
        let highest = columns.iter().map(|block| block.height).max().unwrap_or(0);
        let padded = |height: u32| if height == 0 { 0 } else { height + pad };
        let layout = Self {
            width: 0,
            height: 0,
            header: gap + padded(title.height) + padded(highest),
            tile,
            gap,
            scale,
            letters,
            title,
            columns,
            rows,
            labels: (left + pad, widest),
            first: left + label_width,
        };
        let wide = content + 2 * u64::from(gap);
        let high = u64::from(layout.header) + page.rows.len() as u64 * u64::from(layout.strip());
        (layout, wide, high)
    }

    /// Height of a row of tiles, with the gap below it.
    pub(super) fn strip(&self) -> u32 {
        self.tile.1 + self.gap
    }

    /// Where the title goes.
    pub(super) fn title_area(&self) -> Area {
        Area {
            x: self.gap,
            y: self.gap,
            width: self.width - 2 * self.gap,
            height: self.title.height,
        }
    }

    /// Where a column's label goes: above its tiles, at the bottom of the header.
    pub(super) fn column_area(&self, column: usize) -> Area {
        let height = self
            .columns
            .iter()
            .map(|block| block.height)
            .max()
            .unwrap_or(0);
        let pad = (self.letters / 4.0) as u32;
        Area {
            x: self.tile_left(column),
            y: self.header - height - if height == 0 { 0 } else { pad },
            width: self.tile.0,
            height,
        }
    }

    /// Where a row's label goes, in the strip of the row.
    pub(super) fn row_area(&self) -> Area {
        Area {
            x: self.labels.0,
            y: 0,
            width: self.labels.1,
            height: self.tile.1,
        }
    }

    /// Where a tile goes, in the strip of its row.
    pub(super) fn tile_area(&self, column: usize) -> Area {
        Area {
            x: self.tile_left(column),
            y: 0,
            width: self.tile.0,
            height: self.tile.1,
        }
    }

    fn tile_left(&self, column: usize) -> u32 {
        self.first + column as u32 * (self.tile.0 + self.gap)
    }
}
