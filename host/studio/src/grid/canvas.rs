use super::options::Colour;

/// A strip of the sheet: its whole width, some of its rows.
#[derive(Debug)]
pub(super) struct Canvas {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32, colour: Colour) -> Self {
        let mut canvas = Self {
            width,
            height,
            rgb: vec![0; width as usize * height as usize * 3],
        };
        canvas.clear(colour);
        canvas
    }

    pub(super) fn clear(&mut self, colour: Colour) {
        for pixel in self.rgb.as_chunks_mut::<3>().0 {
            *pixel = colour;
        }
    }

    /// The pixels as bytes, row after row.
    pub(super) fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Fills a rectangle, as far as it lies on the canvas.
    pub(super) fn fill(&mut self, area: Area, colour: Colour) {
        for y in area.y..(area.y + area.height).min(self.height) {
            for x in area.x..(area.x + area.width).min(self.width) {
                self.blend(x, y, colour, 255);
            }
        }
    }

    /// Lays a picture with its corner here, as far as it lies on the canvas.
    pub(super) fn lay(&mut self, x: u32, y: u32, width: u32, rgb: &[u8]) {
        if x >= self.width || width == 0 {
            return;
        }
        let kept = width.min(self.width - x) as usize * 3;
        let rows = rgb.chunks_exact(width as usize * 3);
        for (row, y) in rows.zip(y..self.height) {
            let start = (y as usize * self.width as usize + x as usize) * 3;
            self.rgb[start..start + kept].copy_from_slice(&row[..kept]);
        }
    }

    /// Covers a pixel by `cover` of 255. One beside the canvas is left alone.
    pub(super) fn blend(&mut self, x: u32, y: u32, colour: Colour, cover: u8) {
        if x >= self.width || y >= self.height {
            return;
        }
        let start = (y as usize * self.width as usize + x as usize) * 3;
        for (below, above) in self.rgb[start..start + 3].iter_mut().zip(colour) {
            let mixed =
                u32::from(*below) * u32::from(255 - cover) + u32::from(above) * u32::from(cover);
            *below = ((mixed + 127) / 255) as u8;
        }
    }
}

/// A rectangle in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Colour = [255; 3];
    const RED: Colour = [255, 0, 0];

    #[test]
    fn nothing_is_drawn_beside_the_canvas() {
        let mut canvas = Canvas::new(3, 2, WHITE);
        canvas.lay(2, 1, 2, &[7; 2 * 2 * 3]);
        canvas.lay(3, 0, 1, &[9; 3]);
        canvas.blend(3, 0, RED, 255);
        canvas.blend(0, 2, RED, 255);
        canvas.fill(
            Area {
                x: 1,
                y: 1,
                width: 1,
                height: 9,
            },
            RED,
        );
        let pixels: Vec<_> = canvas.rgb().as_chunks::<3>().0.to_vec();
        assert_eq!(pixels, [WHITE, WHITE, WHITE, WHITE, RED, [7; 3]]);
    }

    #[test]
    fn cover_mixes() {
        let mut canvas = Canvas::new(1, 1, WHITE);
        canvas.blend(0, 0, RED, 51);
        assert_eq!(canvas.rgb(), [255, 204, 204]);
    }
}
