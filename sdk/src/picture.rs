use crate::{Area, Picture, PixelFormat, Result, Size};

/// Rows that are moved at once: windows of this size are the fastest way through a picture.
const STRIP: u32 = 64;

/// What most filters do with a picture.
pub trait Pixels {
    /// Changes every pixel, as red, green, blue and alpha. `change` is given the pixel and where it is.
    ///
    /// The picture's own format stays. One that is not rgba8 is converted on the way.
    ///
    /// # Errors
    /// A budget is spent.
    fn map_pixels(&self, change: impl FnMut(&mut [u8; 4], u32, u32)) -> Result<()>;

    /// Changes strips of rows, as bytes in the picture's own format. `change` is given the bytes, and the number of the
    /// first row.
    ///
    /// # Errors
    /// A budget is spent.
    fn map_strips(&self, change: impl FnMut(&mut [u8], u32)) -> Result<()>;

    /// All of the picture.
    fn whole(&self) -> Area;
}

impl Pixels for Picture {
    fn map_pixels(&self, mut change: impl FnMut(&mut [u8; 4], u32, u32)) -> Result<()> {
        let Size { width, .. } = self.size();
        let mut through = |bytes: &mut [u8], first: u32, format: PixelFormat| {
            let size = match format {
                PixelFormat::Gray8 => 1,
                PixelFormat::Rgb8 => 3,
                PixelFormat::Rgba8 | PixelFormat::RgbaF32 => 4,
            };
            let (mut x, mut y) = (0, first);
            for pixel in bytes.chunks_exact_mut(size) {
                let mut wide = match pixel {
                    [gray] => [*gray, *gray, *gray, 255],
                    [red, green, blue] => [*red, *green, *blue, 255],
                    [red, green, blue, alpha] => [*red, *green, *blue, *alpha],
                    _ => [0; 4],
                };
                change(&mut wide, x, y);
                match pixel {
                    [gray] => *gray = luma(wide),
                    pixel => pixel.copy_from_slice(&wide[..size]),
                }
                x += 1;
                if x == width {
                    (x, y) = (0, y + 1);
                }
            }
        };
        let format = self.format();
        if format != PixelFormat::RgbaF32 {
            return self.map_strips(|bytes, first| through(bytes, first, format));
        }
        let bytes = self.convert(PixelFormat::Rgba8)?;
        bytes.map_strips(|bytes, first| through(bytes, first, PixelFormat::Rgba8))?;
        self.write_all(&bytes.convert(format)?.read_all()?)
    }

    fn map_strips(&self, mut change: impl FnMut(&mut [u8], u32)) -> Result<()> {
        let Size { width, height } = self.size();
        for y in (0..height).step_by(STRIP as usize) {
            let area = Area {
                x: 0,
                y,
                width,
                height: STRIP.min(height - y),
            };
            let mut bytes = self.read(area)?;
            change(&mut bytes, y);
            self.write(area, &bytes)?;
        }
        Ok(())
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
}

/// Rec. 709, on the encoded values, in whole numbers.
fn luma([red, green, blue, _]: [u8; 4]) -> u8 {
    ((u32::from(red) * 13_933 + u32::from(green) * 46_871 + u32::from(blue) * 4_732 + 32_768) >> 16)
        as u8
}
