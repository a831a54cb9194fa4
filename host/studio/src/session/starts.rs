//! What the drawings of pictures start from.

use aquatint_diffusion::latents::{Interpolation, resize};
use aquatint_diffusion::pipeline::{
    Beginning, Generation, LatentFill, Posterior, Source, Start, Timings,
};
use aquatint_sandbox::pixels::{Filter, Picture, PixelFormat, Size};

use super::Session;
use super::keys::Keys;
use super::passes::{From, Pass};
use crate::origin::Origin;
use crate::stages::{Stage, Value};
use crate::{DrawError, Upscaler};

/// The starts of some pictures. `before` are the latents of the drawing before, of each picture.
pub(super) fn starts(
    session: &mut Session<'_>,
    pass: &Pass,
    own: &Generation,
    before: &[Vec<f32>],
    first: &Generation,
    timings: &mut Timings,
) -> Result<Vec<Start>, DrawError> {
    let shown = session.model.pipeline.checkpoint().is_inpainting();
    match &pass.from {
        From::Picture(origin) => from_picture(session, origin, own, shown, timings),
        From::Noise if shown => {
            let nothing = shown_nothing(session, own, timings)?;
            let beginning = Beginning {
                picture: None,
                drawn: own.schedule.follows_config(),
                mask: None,
                fill: LatentFill::Original,
                shown: Some((&nothing.0, &nothing.1)),
            };
            Ok(over_each(session, own, beginning))
        }
        From::Noise => Ok(from_noise(session, own)),
        From::Before(upscaler) => {
            let nothing = match shown {
                true => Some(shown_nothing(session, own, timings)?),
                false => None,
            };
            let mut starts = Vec::new();
            for (start, latents) in from_noise(session, own).into_iter().zip(before) {
                let latents = larger(session, *upscaler, latents, first, own, timings)?;
                let mut start = start.over(Source {
                    latents,
                    mask: None,
                });
                if let Some((posterior, mask)) = &nothing {
                    start = start.showing(&posterior.mean(), mask);
                }
                starts.push(start);
            }
            Ok(starts)
        }
    }
}

/// The starts of pictures that all begin from the same.
fn over_each(session: &Session<'_>, own: &Generation, from: Beginning<'_>) -> Vec<Start> {
    let pipeline = &session.model.pipeline;
    let length = pipeline.latent_shape(own).iter().product();
    (0..own.batch)
        .map(|index| {
            let start = Start::from_picture(own.noise, own.seed_of(index), length, from);
            pipeline.chosen(own, index, start)
        })
        .collect()
}

fn from_noise(session: &Session<'_>, own: &Generation) -> Vec<Start> {
    let keys = Keys::new(session.model);
    let start = |index| {
        let key = keys.noise(own, index);
        if let Some(Value::Noise(start)) = session.stages.get(Stage::Noise, key).as_deref() {
            return start.clone();
        }
        let start = session.model.pipeline.start(own, index);
        session
            .stages
            .put(Stage::Noise, key, Value::Noise(start.clone()));
        start
    };
    (0..own.batch).map(start).collect()
}

fn from_picture(
    session: &mut Session<'_>,
    origin: &Origin,
    own: &Generation,
    shown: bool,
    timings: &mut Timings,
) -> Result<Vec<Start>, DrawError> {
    let size = origin.picture.size();
    let posterior = encoded(session, &origin.planes(), size, own.tiled, timings)?;
    let [channels, height, width] = session.model.pipeline.latent_shape(own);
    let small = Size {
        width: width as u32,
        height: height as u32,
    };
    if origin.stretched {
        let factor = session.model.pipeline.checkpoint().factor();
        let from = [size.height as usize / factor, size.width as usize / factor];
        let to = [height, width];
        let latents = resize(
            &posterior.mean(),
            channels,
            from,
            to,
            Interpolation::Bilinear,
        );
        let source = Source {
            latents,
            mask: None,
        };
        return Ok(from_noise(session, own)
            .into_iter()
            .map(|start| start.over(source.clone()))
            .collect());
    }
    let drawn = own.schedule.follows_config();
    let shown = if shown {
        let planes = origin.shown_planes();
        let posterior = encoded(session, &planes, size, own.tiled, timings)?;
        Some((posterior, origin.shown_mask(small)))
    } else {
        None
    };
    // Shown what it stands in, a picture at full strength begins from noise alone in diffusers.
    let whole = own.strength.is_some_and(|strength| strength.amount >= 1.0);
    let mask = origin.latent_mask(small)?;
    let beginning = Beginning {
        picture: (!(whole && drawn && shown.is_some())).then_some(&posterior),
        drawn,
        // What is shown to the UNet needs no holding.
        mask: mask.as_deref().filter(|_| shown.is_none()),
        fill: origin.fill,
        shown: shown
            .as_ref()
            .map(|(posterior, mask)| (posterior, mask.as_slice())),
    };
    Ok(over_each(session, own, beginning))
}

/// For UNets that are shown a picture, where there is none: grey all over, all to be drawn.
fn shown_nothing(
    session: &mut Session<'_>,
    own: &Generation,
    timings: &mut Timings,
) -> Result<(Posterior, Vec<f32>), DrawError> {
    let size = Size {
        width: own.width as u32,
        height: own.height as u32,
    };
    let planes = vec![0.0; 3 * own.width * own.height];
    let posterior = encoded(session, &planes, size, own.tiled, timings)?;
    let [_, height, width] = session.model.pipeline.latent_shape(own);
    Ok((posterior, vec![1.0; height * width]))
}

/// What the VAE says of a picture, computed once.
fn encoded(
    session: &mut Session<'_>,
    planes: &[f32],
    size: Size,
    tiled: bool,
    timings: &mut Timings,
) -> Result<Posterior, DrawError> {
    let key = Keys::new(session.model).encode(planes, size, tiled);
    if let Some(Value::Latents(parameters)) = session.stages.get(Stage::Encode, key).as_deref() {
        return Ok(session.model.pipeline.posterior(parameters));
    }
    let sides = [size.height as usize, size.width as usize];
    let pipeline = &mut session.model.pipeline;
    let parameters = pipeline.encode_picture(planes, sides, tiled, session.cancel, timings)?;
    let posterior = pipeline.posterior(&parameters);
    session
        .stages
        .put(Stage::Encode, key, Value::Latents(parameters));
    Ok(posterior)
}

/// Latents of the first drawing at the size of the second.
fn larger(
    session: &mut Session<'_>,
    upscaler: Upscaler,
    latents: &[f32],
    first: &Generation,
    second: &Generation,
    timings: &mut Timings,
) -> Result<Vec<f32>, DrawError> {
    let [channels, height, width] = session.model.pipeline.latent_shape(first);
    let [_, to_height, to_width] = session.model.pipeline.latent_shape(second);
    let filter = match upscaler {
        Upscaler::Latent => Ok(Interpolation::Bilinear),
        Upscaler::LatentAntialiased => Ok(Interpolation::BilinearAntialiased),
        Upscaler::LatentBicubic => Ok(Interpolation::Bicubic),
        Upscaler::LatentBicubicAntialiased => Ok(Interpolation::BicubicAntialiased),
        Upscaler::LatentNearest => Ok(Interpolation::Nearest),
        Upscaler::LatentNearestExact => Ok(Interpolation::NearestExact),
        Upscaler::Nearest => Err(Filter::Nearest),
        Upscaler::Lanczos => Err(Filter::Lanczos3),
    };
    let filter = match filter {
        Ok(how) => {
            let to = [to_height, to_width];
            return Ok(resize(latents, channels, [height, width], to, how));
        }
        Err(filter) => filter,
    };
    let pixels = session
        .model
        .pipeline
        .decode(first, latents.to_vec(), session.cancel, timings)?;
    let size = |generation: &Generation| Size {
        width: generation.width as u32,
        height: generation.height as u32,
    };
    let picture = Picture::from_pixels(size(first), PixelFormat::Rgb8, pixels)?;
    let large = picture.resize(size(second), filter, &|| false)?;
    let planes = crate::origin::planes(&large);
    Ok(encoded(session, &planes, large.size(), second.tiled, timings)?.mean())
}
