//! The pictures of a sheet: their sizes, and their pixels made to fit.

use std::path::Path;

use fast_image_resize as resize;
use resize::images::{Image, ImageRef};

use super::page::{Pixels, Tile};
use crate::{PictureFileError, png_file};

/// What a tile says where there is nothing yet.
const MISSING: &str = "missing";

/// A tile, ready to be laid.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ready {
    Picture(Pixels),
    Error(String),
    /// A picture that could not be read, and why.
    Unreadable(String),
    Note(String),
}

/// The size of the tile's picture, where it has one that can be read.
pub(super) fn size(tile: &Tile) -> Option<(u32, u32)> {
    let (width, height) = match tile {
        Tile::File(path) => png_file::read_size(path).ok()?,
        Tile::Pixels(pixels) => (pixels.width, pixels.height),
        Tile::Error(_) | Tile::Note(_) | Tile::Missing => return None,
    };
    (width > 0 && height > 0).then_some((width, height))
}

/// Reads the tile's picture and scales it, so that it is within `most` however large it has become.
pub(super) fn ready(tile: Tile, scale: f64, most: (u32, u32)) -> Ready {
    let pixels = match tile {
        Tile::Error(why) => return Ready::Error(why),
        Tile::Note(why) => return Ready::Note(why),
        Tile::Missing => return Ready::Note(MISSING.to_owned()),
        Tile::File(path) => match png_file::read(&path) {
            Ok(file) => Pixels {
                width: file.width,
                height: file.height,
                rgb: file.pixels,
            },
            Err(error) => return Ready::Unreadable(without_folder(&error, &path)),
        },
        Tile::Pixels(pixels) => match fitted(&pixels, scale, most) {
            Ok(Some(fitted)) => return Ready::Picture(fitted),
            Ok(None) => return Ready::Picture((*pixels).clone()),
            Err(why) => return Ready::Unreadable(why),
        },
    };
    match fitted(&pixels, scale, most) {
        Ok(fitted) => Ready::Picture(fitted.unwrap_or(pixels)),
        Err(why) => Ready::Unreadable(why),
    }
}

/// A sheet is shown to others, whom the folders of this machine do not concern.
fn without_folder(error: &PictureFileError, path: &Path) -> String {
    let name = path.file_name().map(|name| name.display().to_string());
    let whole = path.display().to_string();
    error
        .to_string()
        .replace(&whole, name.as_deref().unwrap_or("the picture"))
}

/// The picture at the size it is laid with; `None` where that is its own.
fn fitted(pixels: &Pixels, scale: f64, most: (u32, u32)) -> Result<Option<Pixels>, String> {
    let &Pixels {
        width,
        height,
        ref rgb,
    } = pixels;
    let expected = u64::from(width) * u64::from(height) * 3;
    if expected == 0 || rgb.len() as u64 != expected {
        return Err(PictureFileError::Pixels {
            width,
            height,
            given: rgb.len(),
        }
        .to_string());
    }
    let scale = scale
        .min(f64::from(most.0) / f64::from(width))
        .min(f64::from(most.1) / f64::from(height));
    let smaller = (
        scaled(width, scale).min(most.0),
        scaled(height, scale).min(most.1),
    );
    if smaller == (width, height) {
        return Ok(None);
    }
    let said = |error: &dyn std::fmt::Display| format!("cannot be made smaller: {error}");
    let source =
        ImageRef::new(width, height, rgb, resize::PixelType::U8x3).map_err(|error| said(&error))?;
    let mut target = Image::new(smaller.0, smaller.1, resize::PixelType::U8x3);
    // The mean of the area that each pixel covers.
    let area = resize::ResizeOptions::new()
        .resize_alg(resize::ResizeAlg::Convolution(resize::FilterType::Box));
    resize::Resizer::new()
        .resize(&source, &mut target, &area)
        .map_err(|error| said(&error))?;
    Ok(Some(Pixels {
        width: smaller.0,
        height: smaller.1,
        rgb: target.into_vec(),
    }))
}

/// A length in pixels at this scale, at least 1.
pub(super) fn scaled(length: u32, scale: f64) -> u32 {
    ((f64::from(length) * scale).floor() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn halving_takes_the_mean_of_four() {
        let rgb = [[0, 10, 20], [100, 10, 20], [0, 10, 20], [100, 10, 20]].concat();
        let pixels = Arc::new(Pixels {
            width: 2,
            height: 2,
            rgb,
        });
        assert_eq!(
            ready(Tile::Pixels(pixels), 0.5, (1, 1)),
            Ready::Picture(Pixels {
                width: 1,
                height: 1,
                rgb: vec![50, 10, 20]
            })
        );
    }

    #[test]
    fn pixels_that_do_not_fill_their_size_are_told() {
        let pixels = Arc::new(Pixels {
            width: 2,
            height: 2,
            rgb: vec![0; 11],
        });
        let Ready::Unreadable(why) = ready(Tile::Pixels(pixels), 1.0, (2, 2)) else {
            panic!("it was laid");
        };
        assert_eq!(why, "a picture of 2x2 needs 12 bytes of pixels, not 11");
    }

    #[test]
    fn a_file_that_grew_since_it_was_measured_is_made_to_fit() {
        let pixels = Arc::new(Pixels {
            width: 9,
            height: 3,
            rgb: vec![5; 81],
        });
        let Ready::Picture(fitted) = ready(Tile::Pixels(pixels), 1.0, (3, 3)) else {
            panic!("no picture");
        };
        assert_eq!((fitted.width, fitted.height), (3, 1));
    }

    #[test]
    fn an_error_does_not_tell_the_folder() {
        let path = Path::new("/nowhere/at/all.png");
        let Ready::Unreadable(why) = ready(Tile::File(path.to_owned()), 1.0, (1, 1)) else {
            panic!("it was read");
        };
        assert!(why.starts_with("cannot read all.png: "), "{why}");
    }
}
