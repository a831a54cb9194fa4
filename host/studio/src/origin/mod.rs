//! A picture that a drawing begins from, made ready: at the size that is drawn, with its mask, and with what has to be
//! done to the result.
//!
//! The order is A1111's (`StableDiffusionProcessingImg2Img.init` in its `modules/processing.py`): what is transparent
//! over white, the mask turned round and blurred, the part that is drawn cut out, both brought to size, the masked part
//! filled.

mod box_blur;
mod canvas;
mod fill;
mod finish;
mod mask;
mod outpaint;
#[cfg(test)]
mod tests;

use aquatint_diffusion::pipeline::LatentFill;
use aquatint_sandbox::pixels::{Filter, Picture, PictureError, PixelFormat, Size};

pub(crate) use finish::Finish;
use finish::Put;
use mask::Region;

use crate::inputs::{InputError, Inputs};
use crate::request::{Fill, Init, MaskUse, Resize};

/// Why a drawing cannot begin from what was given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OriginError {
    /// The picture cannot be used.
    #[error("the picture to begin from: {0}")]
    Picture(#[source] InputError),
    /// The mask cannot be used.
    #[error("the mask: {0}")]
    Mask(#[source] InputError),
    /// The mask is of another shape than the picture.
    #[error(
        "the mask is {}x{} pixels and the picture {}x{}, expected the same size or shape",
        .mask.0, .mask.1, .picture.0, .picture.1
    )]
    OtherShape {
        /// Width and height of the mask.
        mask: (u32, u32),
        /// Width and height of the picture.
        picture: (u32, u32),
    },
    /// Nothing may change.
    #[error("the mask is black all over, so that nothing would be drawn: white is what may change{}", if *.inverted { " (it was inverted)" } else { "" })]
    EmptyMask {
        /// Whether it was turned round.
        inverted: bool,
    },
    /// The picture is drawn at its own size, and another one was asked for.
    #[error("the picture is drawn at its own size, {}x{}, and not at {}x{}: leave the size out, or choose how to resize it", .own.0, .own.1, .asked.0, .asked.1)]
    OwnSize {
        /// Width and height that it is drawn at.
        own: (u32, u32),
        /// What was asked for.
        asked: (u32, u32),
    },
    /// What would be drawn is too large.
    #[error("the picture would be drawn at {}x{} pixels, expected sides of at most {most}: give a size", .size.0, .size.1)]
    TooLarge {
        /// Width and height.
        size: (u32, u32),
        /// The longest side.
        most: u32,
    },
    /// Scaling or blurring failed.
    #[error(transparent)]
    Pixels(#[from] PictureError),
}

/// A picture to begin from, at the size that is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// What the VAE gets.
    pub(crate) picture: Picture,
    /// What may change, white, at the size that is drawn.
    mask: Option<Picture>,
    /// What its masked part is filled with.
    pub(crate) fill: LatentFill,
    /// Whether its latents are stretched to the size that is drawn.
    pub(crate) stretched: bool,
    /// What is done to the result.
    pub(crate) finish: Finish,
}

/// What is asked of the size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    /// What sides are multiples of.
    pub(crate) step: u32,
    /// The longest side that is drawn.
    pub(crate) most: u32,
}

fn never() -> bool {
    false
}

impl Origin {
    /// Reads a picture and its mask, and makes them ready.
    ///
    /// # Errors
    /// They are not here, or do not fit each other or what is asked for.
    pub(crate) fn open(init: &Init, inputs: &Inputs, asked: Asked) -> Result<Self, OriginError> {
        let file = inputs.picture(init.picture).map_err(OriginError::Picture)?;
        let size = Size {
            width: file.width,
            height: file.height,
        };
        let given = Picture::from_pixels(size, PixelFormat::Rgb8, file.over_white())?;
        let mask = match init.mask() {
            None => None,
            Some(wanted) => Some((Self::mask(&wanted, inputs, size)?, wanted)),
        };
        Self::ready(init, given, mask, asked)
    }

    /// The mask as it was given, at the size of its picture.
    fn mask(wanted: &MaskUse, inputs: &Inputs, size: Size) -> Result<Option<Picture>, OriginError> {
        let Some(id) = wanted.picture else {
            return Ok(None);
        };
        let file = inputs.mask(id).map_err(OriginError::Mask)?;
        let own = Size {
            width: file.width,
            height: file.height,
        };
        let mask = Picture::from_pixels(own, PixelFormat::Gray8, file.values)?;
        if !have_one_shape(own, size) {
            return Err(OriginError::OtherShape {
                mask: (own.width, own.height),
                picture: (size.width, size.height),
            });
        }
        let mask = mask.resize(size, Filter::Lanczos3, &never)?;
        Ok(Some(if wanted.invert {
            mask::inverted(&mask)?
        } else {
            mask
        }))
    }

    fn ready(
        init: &Init,
        given: Picture,
        mask: Option<(Option<Picture>, MaskUse)>,
        asked: Asked,
    ) -> Result<Self, OriginError> {
        let outpaint = &init.outpaint;
        let picture = outpaint::widened(&given, outpaint)?;
        let Some((mask, wanted)) = mask else {
            return Self::without_mask(init, picture, asked);
        };
        let mask = outpaint::widened_mask(mask, given.size(), outpaint)?;
        let mask = mask.blur(wanted.blur, &never)?;
        let Some(region) = Region::of(&mask) else {
            return Err(OriginError::EmptyMask {
                inverted: wanted.invert,
            });
        };
        let resize = resize_of(init, asked);
        let canvas = canvas::size(picture.size(), resize, asked)?;
        let (drawn, drawn_mask, finish) = if wanted.only_masked {
            // At its own size the part is drawn larger, which is what this is for.
            let area = region.with_padding(wanted.padding).shaped_as(canvas).area();
            let cut = |picture: &Picture| -> Result<Picture, OriginError> {
                canvas::resized(&picture.crop(area)?, Resize::Fill, canvas)
            };
            let (part, part_mask) = (cut(&picture)?, cut(&mask)?);
            let put = Put::At(area);
            (part, part_mask, Finish::over(&picture, &mask, put, &wanted))
        } else {
            let drawn = canvas::resized(&picture, resize, canvas)?;
            let drawn_mask = canvas::resized(&mask, resize, canvas)?;
            let put = match resize {
                Resize::Keep => Put::Cut(picture.size()),
                _ => Put::Whole,
            };
            let over = Finish::over(&drawn, &mask::doubled(&drawn_mask)?, put, &wanted);
            (drawn, drawn_mask, over)
        };
        let fill = wanted.fill.unwrap_or(if outpaint.is_nothing() {
            Fill::Original
        } else {
            Fill::Fill
        });
        let drawn = match fill {
            Fill::Original => drawn,
            // As A1111, which fills before it puts noise or nothing there.
            Fill::Fill | Fill::Noise | Fill::Nothing => fill::filled(&drawn, &drawn_mask)?,
        };
        Ok(Self {
            picture: drawn,
            mask: Some(drawn_mask),
            fill: match fill {
                Fill::Original | Fill::Fill => LatentFill::Original,
                Fill::Noise => LatentFill::Noise,
                Fill::Nothing => LatentFill::Nothing,
            },
            stretched: false,
            finish,
        })
    }

    fn without_mask(init: &Init, picture: Picture, asked: Asked) -> Result<Self, OriginError> {
        let resize = resize_of(init, asked);
        let canvas = canvas::size(picture.size(), resize, asked)?;
        let finish = match resize {
            Resize::Keep => Finish::cut(picture.size()),
            _ => Finish::default(),
        };
        let stretched = resize == Resize::Latent;
        let picture = if stretched {
            // Its latents are; what is no multiple is cut off, as the VAE of A1111 does.
            let own = picture.size();
            let floor = |side: u32| (side - side % asked.step).max(asked.step);
            let size = Size {
                width: floor(own.width),
                height: floor(own.height),
            };
            canvas::resized(&picture, Resize::Crop, size)?
        } else {
            canvas::resized(&picture, resize, canvas)?
        };
        Ok(Self {
            picture,
            mask: None,
            fill: LatentFill::Original,
            stretched,
            finish: finish.at(canvas),
        })
    }

    /// Width and height that are drawn.
    pub(crate) fn size(&self) -> Size {
        self.finish.canvas.unwrap_or_else(|| self.picture.size())
    }

    /// What the VAE gets: planes `[3, height, width]` in -1..1.
    pub(crate) fn planes(&self) -> Vec<f32> {
        planes(&self.picture)
    }

    /// The same with the masked part grey, for UNets that are shown it (`masked_image` in diffusers).
    pub(crate) fn shown_planes(&self) -> Vec<f32> {
        let mut planes = planes(&self.picture);
        if let Some(mask) = &self.mask {
            let length = mask.pixels().len();
            for (i, value) in planes.iter_mut().enumerate() {
                if mask.pixels()[i % length] >= 128 {
                    *value = 0.0;
                }
            }
        } else {
            planes.fill(0.0);
        }
        planes
    }

    /// `[height, width]` of latents: 1 where they are drawn anew (`latmask` in A1111).
    pub(crate) fn latent_mask(&self, size: Size) -> Result<Option<Vec<f32>>, OriginError> {
        let Some(mask) = &self.mask else {
            return Ok(None);
        };
        let small = mask.resize(size, Filter::Bicubic, &never)?;
        let values = small.pixels().iter();
        Ok(Some(
            values
                .map(|value| f32::from(u8::from(*value >= 128)))
                .collect(),
        ))
    }

    /// The same as UNets that are shown it take it: of each latent the first pixel (`interpolate` in diffusers).
    pub(crate) fn shown_mask(&self, size: Size) -> Vec<f32> {
        let Some(mask) = &self.mask else {
            return vec![1.0; (size.width * size.height) as usize];
        };
        let own = mask.size();
        let at =
            |i: u32, from: u32, to: u32| (u64::from(i) * u64::from(from) / u64::from(to)) as u32;
        (0..size.height)
            .flat_map(|y| (0..size.width).map(move |x| (x, y)))
            .map(|(x, y)| {
                let (x, y) = (at(x, own.width, size.width), at(y, own.height, size.height));
                let value = mask.pixels()[(y * own.width + x) as usize];
                f32::from(u8::from(value >= 128))
            })
            .collect()
    }

    /// What everything about it that counts for the drawing is known by.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut hash = blake3::Hasher::new();
        for picture in [Some(&self.picture), self.mask.as_ref()]
            .into_iter()
            .flatten()
        {
            let Size { width, height } = picture.size();
            hash.update(&width.to_le_bytes());
            hash.update(&height.to_le_bytes());
            hash.update(picture.pixels());
        }
        hash.update(&[self.fill as u8, u8::from(self.stretched)]);
        *hash.finalize().as_bytes()
    }
}

/// How a picture is brought to size where that is left open: it is kept as it is unless a size is asked for.
pub(crate) fn resize_of(init: &Init, asked: Asked) -> Resize {
    let own = match (asked.width, asked.height) {
        (None, None) => Resize::Keep,
        _ => Resize::Stretch,
    };
    init.resize.unwrap_or(own)
}

fn have_one_shape(a: Size, b: Size) -> bool {
    // A pixel more or less is how programs round.
    let follows = u64::from(a.width) * u64::from(b.height);
    let wanted = u64::from(b.width) * u64::from(a.height);
    follows.abs_diff(wanted) <= u64::from(a.width.max(a.height).max(b.width).max(b.height))
}

pub(crate) fn planes(picture: &Picture) -> Vec<f32> {
    let pixels = picture.pixels();
    (0..3)
        .flat_map(|channel| {
            let bytes = pixels.iter().skip(channel).step_by(3);
            bytes.map(|byte| f32::from(*byte) / 255.0 * 2.0 - 1.0)
        })
        .collect()
}
