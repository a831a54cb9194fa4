//! What is done to a drawing that began from a picture.

use aquatint_sandbox::pixels::{Area, Picture, PictureError, PixelFormat, Size};

use super::{OriginError, canvas, never};
use crate::request::{MaskUse, Resize};

/// What is done to the pixels that come out of the VAE.
#[derive(Clone, Debug, Default)]
pub(crate) struct Finish {
    /// The size that is drawn, where it is not that of the picture that the VAE gets.
    pub(super) canvas: Option<Size>,
    put: Put,
    overlay: Option<Overlay>,
}

/// Where a drawing goes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Put {
    /// It is the picture.
    #[default]
    Whole,
    /// Its top left part of this size is.
    Cut(Size),
    /// Into a part of the picture.
    At(Area),
}

/// The picture under a drawing.
#[derive(Clone, Debug)]
pub(super) struct Overlay {
    picture: Picture,
    /// White is the drawing's.
    mask: Picture,
}

impl Finish {
    pub(super) fn cut(size: Size) -> Self {
        Self {
            put: Put::Cut(size),
            ..Self::default()
        }
    }

    pub(super) fn over(picture: &Picture, mask: &Picture, put: Put, wanted: &MaskUse) -> Self {
        // A part is put back into something.
        let needed = wanted.overlay || matches!(put, Put::At(_));
        Self {
            canvas: None,
            put,
            overlay: needed.then(|| Overlay {
                picture: picture.clone(),
                mask: mask.clone(),
            }),
        }
    }

    pub(super) fn at(self, canvas: Size) -> Self {
        Self {
            canvas: Some(canvas),
            ..self
        }
    }

    /// Whether drawings are finished as they are.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.put, Put::Whole) && self.overlay.is_none()
    }

    /// What it is known by.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut hash = blake3::Hasher::new();
        hash.update(format!("{:?}", self.put).as_bytes());
        if let Some(Overlay { picture, mask }) = &self.overlay {
            for picture in [picture, mask] {
                hash.update(format!("{:?}", picture.size()).as_bytes());
                hash.update(picture.pixels());
            }
        }
        *hash.finalize().as_bytes()
    }

    /// The finished picture: red, green and blue of a drawing of this size.
    ///
    /// # Errors
    /// Scaling fails.
    pub(crate) fn apply(&self, size: Size, pixels: Vec<u8>) -> Result<Picture, OriginError> {
        let drawn = Picture::from_pixels(size, PixelFormat::Rgb8, pixels)?;
        let drawn = match self.put {
            Put::At(area) => {
                let part = Size {
                    width: area.width,
                    height: area.height,
                };
                let part = canvas::resized(&drawn, Resize::Crop, part)?;
                let Some(overlay) = &self.overlay else {
                    return Ok(part);
                };
                let mut whole = overlay.picture.clone();
                whole.write(area, part.pixels())?;
                whole
            }
            Put::Whole | Put::Cut(_) => drawn,
        };
        let finished = match &self.overlay {
            Some(overlay) => overlay.under(&drawn)?,
            None => drawn,
        };
        match self.put {
            Put::Cut(size) if size != finished.size() => Ok(finished.crop(Area {
                x: 0,
                y: 0,
                width: size.width,
                height: size.height,
            })?),
            _ => Ok(finished),
        }
    }
}

impl Overlay {
    fn under(&self, drawn: &Picture) -> Result<Picture, PictureError> {
        let mut picture = self.picture.clone();
        picture.mix(drawn, &self.mask, &never)?;
        Ok(picture)
    }
}
