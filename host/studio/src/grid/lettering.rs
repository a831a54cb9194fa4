//! Text: shaped, wrapped and drawn.

use std::borrow::Cow;
use std::fmt;

use cosmic_text::{
    Align, Attrs, Buffer, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, Metrics, Shaping,
    SwashCache, Wrap, fontdb,
};

use super::canvas::{Area, Canvas};
use super::options::Colour;

/// The family of the built-in font.
const FAMILY: &str = "DejaVu Sans";
/// Height of a line over the size of the letters.
const LINE: f32 = 1.25;
/// Less than the width of any letter that moves the pen, over the size of the letters.
const NARROWEST: f32 = 0.2;
/// What a font need not have: it is not seen by itself.
const UNSEEN: [std::ops::RangeInclusive<char>; 2] =
    ['\u{200c}'..='\u{200d}', '\u{fe00}'..='\u{fe0f}'];

/// The fonts, and the letters that were drawn already.
pub(super) struct Lettering {
    fonts: FontSystem,
    glyphs: SwashCache,
    builtin: Option<fontdb::ID>,
    /// The system's fonts may be loaded, and were not yet.
    may_load: bool,
}

impl Lettering {
    pub(super) fn new(system_fonts: bool) -> Self {
        let mut fonts = fontdb::Database::new();
        let builtin = fonts
            .load_font_source(fontdb::Source::Binary(std::sync::Arc::new(
                dejavu::sans::regular(),
            )))
            .first()
            .copied();
        fonts.set_sans_serif_family(FAMILY);
        Self {
            // The same shapes of shared ideographs everywhere.
            fonts: FontSystem::new_with_locale_and_db("en-US".to_owned(), fonts),
            glyphs: SwashCache::new(),
            builtin,
            may_load: system_fonts,
        }
    }

    /// Sets a text into lines no wider than `width`, at words and else anywhere, and cuts what goes on.
    /// `size` and `width` are in pixels.
    pub(super) fn set(&mut self, text: &str, size: f32, width: f32, max_lines: usize) -> Block {
        if self.may_load && self.lacks(text) {
            self.may_load = false;
            self.fonts.db_mut().load_system_fonts();
        }
        // What surely has no room is not shaped: there may be thousands of long labels above narrow tiles.
        let room = (width / (size * NARROWEST) * max_lines.max(1) as f32) as usize + 1;
        let text: Cow<'_, str> = match text.char_indices().nth(room) {
            Some((end, _)) => format!("{}…", &text[..end]).into(),
            None => text.into(),
        };
        let metrics = Metrics::new(size, line_height(size));
        let mut buffer = Buffer::new(&mut self.fonts, metrics);
        buffer.set_wrap(Wrap::WordOrGlyph);
        buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(
            max_lines.max(1),
        )));
        buffer.set_size(Some(width), None);
        buffer.set_text(
            &text,
            &Attrs::new().family(Family::Name(FAMILY)),
            Shaping::Advanced,
            Some(Align::Left),
        );
        buffer.shape_until_scroll(&mut self.fonts, false);
        let (lines, widest) = buffer
            .layout_runs()
            .fold((0, 0.0_f32), |(lines, widest), run| {
                (lines + 1, widest.max(run.line_w))
            });
        Block {
            width: widest.ceil().min(width.ceil()) as u32,
            height: if text.is_empty() {
                0
            } else {
                (lines as f32 * line_height(size)).ceil() as u32
            },
            buffer,
        }
    }

    /// Draws lines one below the other, centred in the area in both ways, and nothing outside of it.
    pub(super) fn draw(&mut self, block: &Block, canvas: &mut Canvas, area: Area, colour: Colour) {
        let top = area.y + area.height.saturating_sub(block.height) / 2;
        for run in block.buffer.layout_runs() {
            let left = area.x as f32 + ((area.width as f32 - run.line_w) / 2.0).max(0.0);
            for glyph in run.glyphs {
                let placed = glyph.physical((left, top as f32 + run.line_y), 1.0);
                let ink = cosmic_text::Color::rgb(colour[0], colour[1], colour[2]);
                self.glyphs
                    .with_pixels(&mut self.fonts, placed.cache_key, ink, |x, y, pixel| {
                        let inside = |at: i32, start: u32, length: u32| {
                            u32::try_from(at)
                                .ok()
                                .filter(|at| (start..start + length).contains(at))
                        };
                        if let (Some(x), Some(y)) = (
                            inside(placed.x + x, area.x, area.width),
                            inside(placed.y + y, area.y, area.height),
                        ) {
                            let (r, g, b, cover) = pixel.as_rgba_tuple();
                            canvas.blend(x, y, [r, g, b], cover);
                        }
                    });
            }
        }
    }

    fn lacks(&mut self, text: &str) -> bool {
        let font = self
            .builtin
            .and_then(|id| self.fonts.get_font(id, fontdb::Weight::NORMAL));
        let Some(font) = font else {
            return true;
        };
        let letters = font.as_swash().charmap();
        text.chars()
            .filter(|c| !UNSEEN.iter().any(|range| range.contains(c)))
            .any(|c| letters.map(c) == 0)
    }
}

impl fmt::Debug for Lettering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lettering")
            .field("fonts", &self.fonts.db().len())
            .finish_non_exhaustive()
    }
}

/// From one line of letters of this size to the next, in pixels.
pub(super) fn line_height(size: f32) -> f32 {
    (size * LINE).ceil()
}

/// Lines of text, ready to be drawn.
#[derive(Debug)]
pub(super) struct Block {
    buffer: Buffer,
    /// Of the longest line, in pixels.
    pub(super) width: u32,
    /// Of all lines, in pixels; 0 for an empty text.
    pub(super) height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(block: &Block) -> Vec<String> {
        block
            .buffer
            .layout_runs()
            .map(|run| {
                let mut spans: Vec<_> = run
                    .glyphs
                    .iter()
                    .map(|glyph| glyph.start..glyph.end)
                    .collect();
                spans.sort_by_key(|span| span.start);
                spans.dedup();
                spans.into_iter().map(|span| &run.text[span]).collect()
            })
            .collect()
    }

    #[test]
    fn lines_break_at_words_and_else_anywhere() {
        let mut lettering = Lettering::new(false);
        let block = lettering.set("a red apple", 20.0, 80.0, 4);
        assert_eq!(lines(&block), ["a red", "apple"]);
        assert_eq!(block.height, 50);
        let block = lettering.set(&"m".repeat(20), 20.0, 80.0, 9);
        assert_eq!(block.height, 25 * 5, "4 letters of 19.5 pixels a line");
        assert!(block.width <= 80);
    }

    #[test]
    fn what_goes_on_is_cut() {
        let mut lettering = Lettering::new(false);
        let block = lettering.set(&"word ".repeat(400), 20.0, 200.0, 3);
        assert_eq!(block.height, 75);
        assert!(block.width <= 200);
        let short = lettering.set("word", 20.0, 200.0, 3);
        assert_eq!(short.height, 25);
    }

    #[test]
    fn the_built_in_font_has_the_alphabets_it_promises() {
        let mut lettering = Lettering::new(false);
        for text in [
            "Zażółć gęślą jaźń",
            "Ξεσκεπάζω τὴν",
            "Съешь ещё этих",
            "שלום",
            "السلام",
            "Հայերեն",
            "ქართული",
            "…×→•½",
        ] {
            assert!(!lettering.lacks(text), "{text}");
        }
        assert!(lettering.lacks("猫"));
    }

    #[test]
    fn a_letter_that_no_font_has_is_a_box() {
        let mut lettering = Lettering::new(false);
        let block = lettering.set("猫", 20.0, 100.0, 1);
        let area = Area {
            x: 0,
            y: 0,
            width: 100,
            height: 30,
        };
        let mut canvas = Canvas::new(100, 30, [255; 3]);
        lettering.draw(&block, &mut canvas, area, [0; 3]);
        let black = canvas.rgb().iter().filter(|&&byte| byte < 64).count();
        assert!(black > 50, "{black}");
    }

    #[test]
    fn right_to_left_begins_at_the_right() {
        // The first letter of a Hebrew word is its rightmost.
        let mut lettering = Lettering::new(false);
        let block = lettering.set("שלום", 20.0, 200.0, 1);
        let run = block.buffer.layout_runs().next().expect("a line");
        let first = run
            .glyphs
            .iter()
            .find(|glyph| glyph.start == 0)
            .expect("the first letter");
        let rightmost = run
            .glyphs
            .iter()
            .map(|glyph| glyph.x)
            .fold(f32::MIN, f32::max);
        assert_eq!(first.x, rightmost);
        assert!(
            run.glyphs
                .iter()
                .all(|glyph| glyph.x >= 0.0 && glyph.x < 100.0),
            "{run:?}"
        );
    }
}
