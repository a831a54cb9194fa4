//! Drawing a sheet strip by strip: no more of it is in memory than one row of tiles.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::canvas::{Area, Canvas};
use super::error::GridError;
use super::label::clean;
use super::layout::Layout;
use super::lettering::Lettering;
use super::options::{Options, Palette};
use super::page::{Drawn, Page, Tile};
use super::picture::{self, Ready};
use crate::image_file::FileKind;
use crate::{PictureFileError, png_file};

/// What a tile says that was given no words. Colour alone tells not everyone that there is no picture.
const NO_WORDS: &str = "no picture";
/// Bytes of a PNG chunk of pixels.
const CHUNK: usize = 256 << 10;

/// Draws a sheet into this very PNG file, in place of what was there.
///
/// `tiles` says what lies in a column and a row, counted from 0. It is asked twice, once for the sizes, from several
/// threads: cheap for files, of which only the headers are read the first time. All tiles have the size of the largest
/// picture, and smaller pictures lie in the middle of theirs.
///
/// In memory are one row of tiles at the size they are drawn with, and a picture for each thread.
///
/// # Errors
/// There is no column or row, or more than the bounds allow even with the smallest tiles, or the file cannot be
/// written; what was there before is then still there. Pictures that cannot be read are no error: they are drawn as
/// tiles that say why, and counted.
pub fn write(
    path: &Path,
    page: &Page,
    tiles: impl Fn(usize, usize) -> Tile + Sync,
    options: &Options,
) -> Result<Drawn, GridError> {
    let (columns, rows) = (page.columns.len(), page.rows.len());
    if columns == 0 || rows == 0 {
        return Err(GridError::Empty { columns, rows });
    }
    let page = Page {
        title: clean(&page.title),
        columns: page.columns.iter().map(|label| clean(label)).collect(),
        rows: page.rows.iter().map(|label| clean(label)).collect(),
        parameters: page.parameters.clone(),
    };
    let mut lettering = Lettering::new(options.system_fonts);
    let natural = (0..rows)
        .into_par_iter()
        .flat_map_iter(|row| {
            (0..columns).filter_map({
                let tiles = &tiles;
                move |column| picture::size(&tiles(column, row))
            })
        })
        .reduce_with(|one, other| (one.0.max(other.0), one.1.max(other.1)))
        .unwrap_or(options.empty_tile);
    let layout = Layout::fit(&mut lettering, &page, natural, options)?;
    let mut sheet = Sheet {
        drawn: Drawn {
            width: layout.width,
            height: layout.height,
            tile_width: layout.tile.0,
            tile_height: layout.tile.1,
            scale: layout.scale,
            pictures: 0,
            unreadable: 0,
        },
        palette: options.theme.into(),
        lettering,
        layout,
    };
    png_file::replace(path, |file| {
        sheet
            .stream(BufWriter::new(file), &page, &tiles)
            .map_err(|error| match error {
                png::EncodingError::IoError(error) => png_file::failed(path, error),
                other => PictureFileError::Encode {
                    width: sheet.layout.width,
                    height: sheet.layout.height,
                    kind: FileKind::Png,
                    why: other.to_string(),
                },
            })
    })?;
    Ok(sheet.drawn)
}

struct Sheet {
    layout: Layout,
    lettering: Lettering,
    palette: Palette,
    drawn: Drawn,
}

impl Sheet {
    fn stream(
        &mut self,
        mut file: impl Write,
        page: &Page,
        tiles: &(impl Fn(usize, usize) -> Tile + Sync),
    ) -> Result<(), png::EncodingError> {
        let mut encoder = png::Encoder::new(&mut file, self.layout.width, self.layout.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        if let Some(parameters) = &page.parameters {
            png_file::add_parameters(&mut encoder, parameters.clone())?;
        }
        let mut writer = encoder.write_header()?;
        let mut pixels = writer.stream_writer_with_size(CHUNK)?;
        pixels.write_all(self.header().rgb())?;
        let mut strip = Canvas::new(self.layout.width, self.layout.strip(), self.palette.paper);
        for row in 0..page.rows.len() {
            strip.clear(self.palette.paper);
            strip = self.row(strip, row, tiles);
            pixels.write_all(strip.rgb())?;
        }
        pixels.finish()?;
        writer.finish()?;
        Ok(file.flush()?)
    }

    /// The title, and the labels of the columns.
    fn header(&mut self) -> Canvas {
        let Self {
            layout,
            lettering,
            palette,
            ..
        } = self;
        let mut canvas = Canvas::new(layout.width, layout.header, palette.paper);
        lettering.draw(&layout.title, &mut canvas, layout.title_area(), palette.ink);
        for (column, label) in layout.columns.iter().enumerate() {
            lettering.draw(label, &mut canvas, layout.column_area(column), palette.ink);
        }
        canvas
    }

    fn row(
        &mut self,
        canvas: Canvas,
        row: usize,
        tiles: &(impl Fn(usize, usize) -> Tile + Sync),
    ) -> Canvas {
        let layout = &self.layout;
        let canvas = Mutex::new(canvas);
        let rest: Vec<(usize, Ready)> = (0..layout.columns.len())
            .into_par_iter()
            .filter_map(|column| {
                let tile = picture::ready(tiles(column, row), layout.scale, layout.tile);
                let Ready::Picture(picture) = tile else {
                    return Some((column, tile));
                };
                let area = layout.tile_area(column);
                // Whoever panicked here left whole pictures: the lock guards copying alone.
                let mut canvas = canvas.lock().unwrap_or_else(PoisonError::into_inner);
                canvas.lay(
                    area.x + (area.width - picture.width) / 2,
                    area.y + (area.height - picture.height) / 2,
                    picture.width,
                    &picture.rgb,
                );
                None
            })
            .collect();
        let mut canvas = canvas.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.drawn.pictures += layout.columns.len() - rest.len();
        self.lettering.draw(
            &layout.rows[row],
            &mut canvas,
            layout.row_area(),
            self.palette.ink,
        );
        for (column, tile) in rest {
            self.say(&mut canvas, column, tile);
        }
        canvas
    }

    /// A tile without a picture.
    fn say(&mut self, canvas: &mut Canvas, column: usize, tile: Ready) {
        let palette = self.palette;
        let (text, paper, ink) = match tile {
            Ready::Picture(_) => return,
            Ready::Note(why) => (clean(&why), palette.faint_paper, palette.faint_ink),
            Ready::Error(why) => (clean(&why), palette.error_paper, palette.error_ink),
            Ready::Unreadable(why) => {
                self.drawn.unreadable += 1;
                (clean(&why), palette.error_paper, palette.error_ink)
            }
        };
        let text = if text.is_empty() {
            NO_WORDS.to_owned()
        } else {
            text
        };
        let area = self.layout.tile_area(column);
        canvas.fill(area, paper);
        // Messages are longer than labels: smaller letters, and as many lines as there is room for.
        let size = (self.layout.letters * 0.8).max(10.0);
        let pad = ((size / 2.0) as u32).min(area.width.min(area.height) / 8);
        let inner = Area {
            x: area.x + pad,
            y: area.y + pad,
            width: area.width - 2 * pad,
            height: area.height - 2 * pad,
        };
        let lines = (inner.height as f32 / super::lettering::line_height(size)) as usize;
        let block = self.lettering.set(&text, size, inner.width as f32, lines);
        self.lettering.draw(&block, canvas, inner, ink);
    }
}
