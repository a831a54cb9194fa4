use super::{Error, Generation};
use crate::checkpoint::VaeConfig;
use crate::noise::{BrownianTree, NoiseGenerator, NoiseKind, Variation, resized, varied};

/// What a picture starts from: its noise, and the generator where the noise left it. Samplers that add noise at every step
/// go on from there.
#[derive(Clone, Debug)]
pub struct Start {
    /// Unit noise, `[channels, height, width]`.
    pub(super) noise: Vec<f32>,
    pub(super) generator: NoiseGenerator,
    pub(super) source: Option<Source>,
    /// Channels that the UNet takes beside the latents, `[channels, height, width]`.
    pub(super) extra: Vec<f32>,
    kind: NoiseKind,
    seed: u64,
}

/// A picture that a drawing begins from.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its latents, `[channels, height, width]`, scaled as the UNet takes them.
    pub latents: Vec<f32>,
    /// `[height, width]`: 1 where it is drawn anew, 0 where it stays. The finished latents are held to it at every step.
    pub mask: Option<Vec<f32>>,
}

/// What the VAE says of a picture: a normal distribution for each latent.
#[derive(Clone, Debug, PartialEq)]
pub struct Posterior {
    mean: Vec<f32>,
    deviation: Vec<f32>,
    scale: f32,
    shift: f32,
}

/// What a masked part of a picture is filled with before it is drawn (A1111's "masked content", as far as it is about
/// latents).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LatentFill {
    /// Itself.
    #[default]
    Original,
    /// The noise of the picture's seed.
    Noise,
    /// Zeros.
    Nothing,
}

/// How a picture to begin from is given to [`Start::from_picture`].
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    /// The picture. `None` where nothing of it is looked at: a UNet that is shown the picture, at full strength.
    pub picture: Option<&'a Posterior>,
    /// Whether latents are drawn from what the VAE says, as diffusers does it, or are its mean.
    pub drawn: bool,
    /// `[height, width]`: 1 where it is drawn anew.
    pub mask: Option<&'a [f32]>,
    /// What is in there.
    pub fill: LatentFill,
    /// For a UNet that is shown it: the picture with the masked part grey, and the mask.
    pub shown: Option<(&'a Posterior, &'a [f32])>,
}

/// What is chosen of the noise that pictures start from, beside its seed. All of it is A1111's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StartOptions {
    /// Some of another seed's noise. Then all pictures of a batch have the same seed, and other variations.
    pub variation: Option<Variation>,
    /// Width and height in pixels of a picture whose noise is to be in the middle of this one's, whatever the size is.
    pub resize_from: Option<[usize; 2]>,
    /// What is added to the seed for the noise that samplers add at each step ("eta noise seed delta"); 0 goes on where
    /// the noise of the start ended.
    pub seed_delta: u32,
}

impl Start {
    /// The noise of a seed, for latents of this many numbers in all.
    #[must_use]
    pub fn new(kind: NoiseKind, seed: u64, length: usize) -> Self {
        Self::drawn(kind, seed, NoiseGenerator::new(kind, seed), length)
    }

    fn drawn(kind: NoiseKind, seed: u64, mut generator: NoiseGenerator, length: usize) -> Self {
        let mut noise = vec![0.0; length];
        generator.fill(&mut noise);
        Self {
            noise,
            generator,
            source: None,
            extra: Vec::new(),
            kind,
            seed,
        }
    }

    /// The noise of a seed over a picture. The generator is asked in diffusers' order: for the picture, the noise, the
    /// picture that is shown.
    #[must_use]
    pub fn from_picture(kind: NoiseKind, seed: u64, length: usize, from: Beginning<'_>) -> Self {
        let mut generator = NoiseGenerator::new(kind, seed);
        let latents_of = |posterior: &Posterior, generator: &mut NoiseGenerator| {
            if from.drawn {
                posterior.draw(generator)
            } else {
                posterior.mean()
            }
        };
        let latents = from
            .picture
            .map(|picture| latents_of(picture, &mut generator));
        let mut start = Self::drawn(kind, seed, generator, length);
        if let Some((shown, mask)) = from.shown {
            start.extra = mask.to_vec();
            let shown = latents_of(shown, &mut start.generator);
            start.extra.extend(shown);
        }
        if let Some(mut latents) = latents {
            if let Some(mask) = from.mask {
                let with = |filling: &dyn Fn(usize) -> f32, latents: &mut [f32]| {
                    for (i, value) in latents.iter_mut().enumerate() {
                        let anew = mask[i % mask.len()];
                        *value = *value * (1.0 - anew) + filling(i) * anew;
                    }
                };
                match from.fill {
                    LatentFill::Original => {}
                    LatentFill::Noise => with(&|i| start.noise[i], &mut latents),
                    LatentFill::Nothing => with(&|_| 0.0, &mut latents),
                }
            }
            start.source = Some(Source {
                latents,
                mask: from.mask.map(<[f32]>::to_vec),
            });
        }
        start
    }

    /// This start over latents that are there already.
    #[must_use]
    pub fn over(self, source: Source) -> Self {
        Self {
            source: Some(source),
            ..self
        }
    }

    /// This start with a picture and its mask shown to the UNet: latents `[channels, height, width]` and `[height,
    /// width]`.
    #[must_use]
    pub fn showing(self, latents: &[f32], mask: &[f32]) -> Self {
        Self {
            extra: [mask, latents].concat(),
            ..self
        }
    }

    /// The same with what is chosen of the noise of a picture of a batch. `shape` is the channels, height and width of its
    /// latents, each of which is `factor` pixels wide.
    #[must_use]
    pub fn chosen(
        self,
        generation: &Generation,
        index: usize,
        shape: [usize; 3],
        factor: usize,
    ) -> Self {
        let options = &generation.start;
        let (kind, seed) = (self.kind, self.seed);
        let mut start = self;
        let [channels, height, width] = shape;
        let smaller = options
            .resize_from
            .map(|[width, height]| [channels, height / factor, width / factor])
            .filter(|smaller| *smaller != [channels, height, width]);
        let drawn = smaller.unwrap_or(shape);
        let draw = |seed| Self::new(kind, seed, drawn.iter().product()).noise;
        let variation = generation.variation_of(index);
        if smaller.is_some() || variation.is_some() {
            let mut noise = match smaller {
                Some(_) => draw(seed),
                None => start.noise.clone(),
            };
            if let Some(Variation { seed, strength }) = variation {
                noise = varied(&noise, &draw(seed), strength, drawn);
            }
            match smaller {
                Some(smaller) => resized(&noise, smaller, &mut start.noise, shape),
                None => start.noise = noise,
            }
        }
        if options.seed_delta != 0 {
            let seed = seed.wrapping_add(options.seed_delta.into());
            start.generator = NoiseGenerator::new(kind, seed);
        }
        start
    }

    /// The noise, `[channels, height, width]`.
    #[must_use]
    pub fn noise(&self) -> &[f32] {
        &self.noise
    }

    /// How many numbers are kept in it.
    #[must_use]
    pub fn numbers(&self) -> usize {
        let source = self.source.as_ref().map_or(0, |source| {
            source.latents.len() + source.mask.as_ref().map_or(0, Vec::len)
        });
        self.noise.len() + source + self.extra.len()
    }

    /// Whether everything has the size of latents of this shape, with so many channels beside them.
    pub(super) fn check(&self, shape: [usize; 3], extra: usize) -> Result<(), Error> {
        let plane = shape[1] * shape[2];
        let length = shape[0] * plane;
        let wrong = |found: usize, expected: usize| {
            Err(Error::Request {
                field: "start",
                found: format!("{found} numbers"),
                expected: format!("{expected} of them"),
            })
        };
        if self.noise.len() != length {
            return wrong(self.noise.len(), length);
        }
        if self.extra.len() != extra * plane {
            return wrong(self.extra.len(), extra * plane);
        }
        if let Some(source) = &self.source {
            if source.latents.len() != length {
                return wrong(source.latents.len(), length);
            }
            if let Some(mask) = &source.mask
                && mask.len() != plane
            {
                return wrong(mask.len(), plane);
            }
        }
        Ok(())
    }

    /// The motion that stochastic solvers take their noise from, between two sigmas.
    pub(super) fn motion(&self, range: (f32, f32)) -> BrownianTree {
        BrownianTree::new(self.kind, self.seed, range, self.noise.len())
    }
}

impl Posterior {
    /// From what an encoder gives: means, then log-variances.
    pub(super) fn new(config: &VaeConfig, parameters: &[f32]) -> Self {
        let (mean, log_variance) = parameters.split_at(parameters.len() / 2);
        Self {
            mean: mean.to_vec(),
            // As `DiagonalGaussianDistribution` in diffusers.
            deviation: log_variance
                .iter()
                .map(|value| (0.5 * value.clamp(-30.0, 20.0)).exp())
                .collect(),
            scale: config.scaling_factor,
            shift: config.shift_factor,
        }
    }

    /// The likeliest latents, scaled.
    #[must_use]
    pub fn mean(&self) -> Vec<f32> {
        self.mean.iter().map(|mean| self.scaled(*mean)).collect()
    }

    fn draw(&self, generator: &mut NoiseGenerator) -> Vec<f32> {
        let mut noise = vec![0.0; self.mean.len()];
        generator.fill(&mut noise);
        let values = self.mean.iter().zip(&self.deviation).zip(noise);
        values
            .map(|((mean, deviation), noise)| self.scaled(mean + deviation * noise))
            .collect()
    }

    fn scaled(&self, value: f32) -> f32 {
        (value - self.shift) * self.scale
    }
}
