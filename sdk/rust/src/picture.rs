use crate::bindings::aquatint::plugin::job;
use crate::{Area, Picture, PixelFormat, Problem, Result, Size};

/// Bytes that are moved at once: enough that a call of the host costs nothing, few enough that they stay in the processor's
/// cache, and that little of the memory, which is fresh at each call, is touched.
const STRIP: u32 = 64 << 10;

/// What most filters do with a picture: every method goes through it by strips of rows, so that memory stays small, and
/// gives up with [`Problem::Cancelled`] between two of them when the user no longer wants the result.
pub trait Pixels {
    /// Changes every pixel as red, green, blue and alpha, 0 to 255. `change` is given the pixel, and its place from the
    /// left and from the top.
    ///
    /// The picture keeps its format: alpha written to one without is dropped, a grey pixel gets the [`luma`] of what was
    /// written. Floats are rounded; [`Pixels::map_colors`] does not.
    ///
    /// # Errors
    /// `exhausted`, `cancelled`.
    fn map_pixels(&self, change: impl FnMut(&mut [u8; 4], u32, u32)) -> Result<()>;

    /// Changes every pixel as red, green, blue and alpha, 0 to 1 (rgba-f32 may have values outside). Otherwise like
    /// [`Pixels::map_pixels`].
    ///
    /// # Errors
    /// `exhausted`, `cancelled`.
    fn map_colors(&self, change: impl FnMut(&mut [f32; 4], u32, u32)) -> Result<()>;

    /// Changes strips of rows, as bytes in the picture's own format: the fastest way. `change` is given the bytes, and
    /// where they are.
    ///
    /// # Errors
    /// `exhausted`, `cancelled`.
    fn map_strips(&self, change: impl FnMut(&mut [u8], Area)) -> Result<()>;

    /// Strips of at most `rows` rows that cover the picture, from the top.
    fn strips(&self, rows: u32) -> impl Iterator<Item = Area> + use<Self>;

    /// All of the picture.
    fn whole(&self) -> Area;

    /// The pixels of a window as red, green, blue and alpha, 0 to 1, whatever the format.
    ///
    /// # Errors
    /// `invalid-input` for an area that is not inside, `exhausted`.
    fn read_colors(&self, area: Area) -> Result<Vec<[f32; 4]>>;

    /// Replaces the pixels of a window, rounding to what the format has.
    ///
    /// # Errors
    /// `invalid-input` for an area that is not inside or another number of pixels, `exhausted`.
    fn write_colors(&self, area: Area, colors: &[[f32; 4]]) -> Result<()>;
}

impl Pixels for Picture {
    fn map_pixels(&self, mut change: impl FnMut(&mut [u8; 4], u32, u32)) -> Result<()> {
        let format = self.format();
        self.map_strips(|bytes, area| {
            let mut places = places(area);
            let mut change = |pixel: &mut [u8; 4]| {
                let (x, y) = places.next().unwrap_or_default();
                change(pixel, x, y);
            };
            match format {
                PixelFormat::Rgba8 => {
                    let (pixels, _) = bytes.as_chunks_mut::<4>();
                    for pixel in pixels {
                        change(pixel);
                    }
                }
                PixelFormat::Rgb8 => {
                    let (pixels, _) = bytes.as_chunks_mut::<3>();
                    for pixel in pixels {
                        let mut wide = [pixel[0], pixel[1], pixel[2], 255];
                        change(&mut wide);
                        pixel.copy_from_slice(&wide[..3]);
                    }
                }
                PixelFormat::Gray8 => {
                    for gray in bytes {
                        let mut wide = [*gray, *gray, *gray, 255];
                        change(&mut wide);
                        *gray = to_byte(luma(wide.map(to_float)));
                    }
                }
                PixelFormat::RgbaF32 => {
                    let (pixels, _) = bytes.as_chunks_mut::<16>();
                    for pixel in pixels {
                        let mut rounded = floats(pixel).map(to_byte);
                        change(&mut rounded);
                        *pixel = from_floats(rounded.map(to_float));
                    }
                }
            }
        })
    }

    fn map_colors(&self, mut change: impl FnMut(&mut [f32; 4], u32, u32)) -> Result<()> {
        for area in self.strips(rows(self.size(), self.format())) {
            go_on()?;
            let mut colors = self.read_colors(area)?;
            for (color, (x, y)) in colors.iter_mut().zip(places(area)) {
                change(color, x, y);
            }
            self.write_colors(area, &colors)?;
        }
        Ok(())
    }

    fn map_strips(&self, mut change: impl FnMut(&mut [u8], Area)) -> Result<()> {
        for area in self.strips(rows(self.size(), self.format())) {
            go_on()?;
            let mut bytes = self.read(area)?;
            change(&mut bytes, area);
            self.write(area, &bytes)?;
        }
        Ok(())
    }

    fn strips(&self, rows: u32) -> impl Iterator<Item = Area> + use<> {
        strips(self.size(), rows)
    }

    fn whole(&self) -> Area {
        let Size { width, height } = self.size();
        Area {
            x: 0,
            y: 0,
            width,
            height,
        }
    }

    fn read_colors(&self, area: Area) -> Result<Vec<[f32; 4]>> {
        Ok(to_colors(&self.read(area)?, self.format()))
    }

    fn write_colors(&self, area: Area, colors: &[[f32; 4]]) -> Result<()> {
        self.write(area, &to_bytes(colors, self.format()))
    }
}

/// How bright a colour is, 0 to 1: the Rec. 709 weights of the encoded values, as the host has them for grey pictures.
#[must_use]
pub fn luma([red, green, blue, _]: [f32; 4]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn go_on() -> Result<()> {
    if job::cancelled() {
        Err(Problem::Cancelled)
    } else {
        Ok(())
    }
}

/// As many rows as make a strip.
fn rows(Size { width, .. }: Size, format: PixelFormat) -> u32 {
    let bytes = match format {
        PixelFormat::Gray8 => 1,
        PixelFormat::Rgb8 => 3,
        PixelFormat::Rgba8 => 4,
        PixelFormat::RgbaF32 => 16,
    };
    (STRIP / width.saturating_mul(bytes).max(1)).max(1)
}

fn strips(Size { width, height }: Size, rows: u32) -> impl Iterator<Item = Area> {
    let rows = rows.max(1);
    (0..height).step_by(rows as usize).map(move |y| Area {
        x: 0,
        y,
        width,
        height: rows.min(height - y),
    })
}

/// The places of a window's pixels, in their order. Counted, because a division for each pixel is felt.
fn places(area: Area) -> impl Iterator<Item = (u32, u32)> {
    let (mut x, mut y) = (area.x, area.y);
    std::iter::repeat_with(move || {
        let place = (x, y);
        x += 1;
        if x == area.x + area.width {
            (x, y) = (area.x, y + 1);
        }
        place
    })
}

fn to_float(byte: u8) -> f32 {
    f32::from(byte) / 255.0
}

/// Rounds to the nearest; what is outside becomes 0 or 255.
fn to_byte(value: f32) -> u8 {
    (value * 255.0 + 0.5) as u8
}

fn floats(bytes: &[u8; 16]) -> [f32; 4] {
    let (parts, _) = bytes.as_chunks::<4>();
    [0, 1, 2, 3].map(|at| f32::from_le_bytes(parts[at]))
}

fn from_floats(color: [f32; 4]) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (part, value) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(color) {
        *part = value.to_le_bytes();
    }
    bytes
}

fn to_colors(bytes: &[u8], format: PixelFormat) -> Vec<[f32; 4]> {
    match format {
        PixelFormat::Gray8 => bytes
            .iter()
            .map(|gray| {
                let gray = to_float(*gray);
                [gray, gray, gray, 1.0]
            })
            .collect(),
        PixelFormat::Rgb8 => {
            let (pixels, _) = bytes.as_chunks::<3>();
            let color = |[red, green, blue]: &[u8; 3]| [*red, *green, *blue, 255].map(to_float);
            pixels.iter().map(color).collect()
        }
        PixelFormat::Rgba8 => {
            let (pixels, _) = bytes.as_chunks::<4>();
            pixels.iter().map(|pixel| pixel.map(to_float)).collect()
        }
        PixelFormat::RgbaF32 => bytes.as_chunks::<16>().0.iter().map(floats).collect(),
    }
}

fn to_bytes(colors: &[[f32; 4]], format: PixelFormat) -> Vec<u8> {
    match format {
        PixelFormat::Gray8 => colors.iter().map(|color| to_byte(luma(*color))).collect(),
        PixelFormat::Rgb8 => {
            let mut bytes = Vec::with_capacity(colors.len() * 3);
            for [red, green, blue, _] in colors {
                bytes.extend([*red, *green, *blue].map(to_byte));
            }
            bytes
        }
        PixelFormat::Rgba8 => colors
            .iter()
            .map(|color| color.map(to_byte))
            .collect::<Vec<_>>()
            .into_flattened(),
        PixelFormat::RgbaF32 => colors
            .iter()
            .map(|color| from_floats(*color))
            .collect::<Vec<_>>()
            .into_flattened(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_the_way_to_colors_and_back() {
        let all: Vec<u8> = (0..=255).cycle().take(768).collect();
        for format in [PixelFormat::Gray8, PixelFormat::Rgb8, PixelFormat::Rgba8] {
            assert_eq!(
                to_bytes(&to_colors(&all, format), format),
                all,
                "{format:?}"
            );
        }
        let wide = [[-0.5, 0.25, 1.5, 1.0], [f32::MAX, 0.0, -0.0, 1e-30]];
        let bytes = to_bytes(&wide, PixelFormat::RgbaF32);
        assert_eq!(to_colors(&bytes, PixelFormat::RgbaF32), wide);
    }

    #[test]
    fn what_is_outside_is_clamped() {
        let bytes = to_bytes(&[[-1.0, 2.0, f32::NAN, 0.5]], PixelFormat::Rgba8);
        assert_eq!(bytes, [0, 255, 0, 128]);
    }

    #[test]
    fn a_strip_is_small_but_never_empty() {
        let rows = |width, format| rows(Size { width, height: 9 }, format);
        assert_eq!(rows(1024, PixelFormat::Rgba8), 16);
        assert_eq!(rows(1024, PixelFormat::Gray8), 64);
        assert_eq!(rows(16_384, PixelFormat::RgbaF32), 1);
        assert_eq!(rows(0, PixelFormat::Rgb8), STRIP);
    }

    #[test]
    fn strips_cover_every_row_once() {
        for (height, rows) in [(1, 64), (64, 64), (65, 64), (200, 7), (5, 0)] {
            let size = Size { width: 3, height };
            let mut next = 0;
            for area in strips(size, rows) {
                assert_eq!((area.x, area.y, area.width), (0, next, 3));
                next += area.height;
            }
            assert_eq!(next, height);
        }
    }

    #[test]
    fn places_are_counted_by_rows() {
        let area = Area {
            x: 1,
            y: 10,
            width: 2,
            height: 2,
        };
        let found: Vec<_> = places(area).take(5).collect();
        assert_eq!(found, [(1, 10), (2, 10), (1, 11), (2, 11), (1, 12)]);
    }
}
