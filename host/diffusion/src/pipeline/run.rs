//! The way of pictures from noise to latents, around whatever model.

#[cfg(test)]
mod tests;

use super::hook::NotFiniteLatents;
use super::strength::Steps;
use super::{
    Control, Denoised, Error, Event, Generation, Halt, Moment, Phase, Source, Start, mask,
};
use crate::noise::NoiseGenerator;
use crate::preview::Projection;
use crate::sampler::{self, Evaluation, Sampler};
use crate::sigmas::{PredictionType, SchedulerConfig};

/// Pictures of a batch that are denoised together.
pub(super) struct Run<'a> {
    generation: &'a Generation,
    /// Which pictures.
    images: &'a [usize],
    /// Channels, height and width of one picture's latents.
    shape: [usize; 3],
    /// How latents are shown.
    projection: &'a Projection,
    sampler: Box<dyn Sampler>,
    prediction: PredictionType,
    steps: Steps,
    /// The model call that the first step begins with.
    begin: usize,
    /// What each picture begins from, where there is something.
    sources: Vec<Option<Source>>,
    generators: Vec<NoiseGenerator>,
    latents: Vec<f32>,
}

/// Steps of all pictures.
pub(super) struct Progress {
    pub(super) done: usize,
    pub(super) total: usize,
}

/// The model with guidance: from scaled latents of all pictures to what the sampler is to be told.
pub(super) type Predict<'p> = dyn FnMut(&[f32], Evaluation) -> Result<Vec<f32>, Error> + 'p;

impl<'a> Run<'a> {
    /// The noise of each picture, scaled for the sampler, over what it begins from. `starts` are those of the whole batch.
    pub(super) fn new(
        generation: &'a Generation,
        images: &'a [usize],
        starts: &[Start],
        shape: [usize; 3],
        scheduler: &SchedulerConfig,
        projection: &'a Projection,
    ) -> Result<Self, Error> {
        let steps = generation.plan();
        let sampler = sampler::build(
            generation.sampler,
            generation.schedule,
            scheduler,
            steps.whole,
        )?;
        let starts = || images.iter().filter_map(|image| starts.get(*image));
        let generators = starts().map(|start| start.generator.clone()).collect();
        let calls = sampler.evaluations();
        let begin = calls
            .iter()
            .position(|call| call.step == steps.begin)
            .unwrap_or(calls.len());
        let over = sampler.path().point(begin);
        let scale = sampler.init_noise_sigma();
        let latents = starts()
            .flat_map(|start| match (&start.source, over) {
                (None, _) => start.noise.iter().map(|noise| noise * scale).collect(),
                // No step is taken.
                (Some(source), None) => source.latents.clone(),
                (Some(source), Some(point)) => {
                    let (alpha, sigma) = (point.alpha as f32, point.sigma as f32);
                    let pairs = source.latents.iter().zip(&start.noise);
                    pairs
                        .map(|(x, noise)| alpha * x + sigma * noise)
                        .collect::<Vec<_>>()
                }
            })
            .collect();
        Ok(Self {
            generation,
            images,
            shape,
            projection,
            sampler,
            prediction: scheduler.prediction_type.unwrap_or(PredictionType::Epsilon),
            steps,
            begin,
            sources: starts().map(|start| start.source.clone()).collect(),
            generators,
            latents,
        })
    }

    /// Takes every step. Gives the latents of all pictures, one after the other.
    pub(super) fn finish(
        mut self,
        control: &mut Control<'_>,
        progress: &mut Progress,
        predict: &mut Predict<'_>,
    ) -> Result<Vec<f32>, Error> {
        let first = self.sampler.evaluations().get(self.begin);
        let noisiest = first.map_or(0.0, |evaluation| evaluation.sigma);
        self.call(control, Phase::Noise, 0, noisiest)?;
        for index in self.begin..self.sampler.evaluations().len() {
            let evaluation = self.sampler.evaluations()[index];
            let mut scaled = self.latents.clone();
            self.sampler.scale_input(index, &mut scaled);
            let mut output = predict(&scaled, evaluation)?;
            self.hold_output(index, &mut output);
            self.step(index, &output)?;
            let next = self.sampler.evaluations().get(index + 1);
            if next.is_some_and(|next| next.step == evaluation.step) {
                continue;
            }
            let sigma = self.sampler.sigma_after(index);
            if let Some(before) = self.call(control, Phase::Step, evaluation.step + 1, sigma)? {
                self.sampler.changed(index, &before, &self.latents);
            }
            progress.done += self.images.len();
            (control.events)(Event::Step {
                done: progress.done,
                total: progress.total,
                denoised: self.sampler.denoised().map(|latents| Denoised {
                    latents,
                    first: self.images.first().copied().unwrap_or_default(),
                    shape: self.shape,
                    projection: self.projection,
                }),
            });
        }
        let length = self.length();
        for (source, latents) in self.sources.iter().zip(self.latents.chunks_mut(length)) {
            if let Some(source) = source {
                mask::hold(source, latents);
            }
        }
        if !are_finite(&self.latents) {
            return Err(Error::NotFinite { part: "unet" });
        }
        Ok(self.latents)
    }

    fn length(&self) -> usize {
        self.shape.iter().product()
    }

    /// Holds what the model says to the parts that are kept.
    fn hold_output(&self, index: usize, output: &mut [f32]) {
        let Some(point) = self.sampler.path().point(index) else {
            return;
        };
        let length = self.length();
        let pictures = self.latents.chunks(length).zip(output.chunks_mut(length));
        for (source, (sample, output)) in self.sources.iter().zip(pictures) {
            if let Some(source) = source {
                mask::hold_output(source, self.prediction, point, sample, output);
            }
        }
    }

    fn step(&mut self, index: usize, output: &[f32]) -> Result<(), Error> {
        let length = self.length();
        let generators = &mut self.generators;
        let mut noise = |out: &mut [f32]| fill(generators, length, out);
        Ok(self
            .sampler
            .step(index, output, &mut self.latents, &mut noise)?)
    }

    /// Calls the hook for each picture, where there is a hook and it wants to be called. Gives the latents as they were,
    /// if it changed them.
    fn call(
        &mut self,
        control: &mut Control<'_>,
        phase: Phase,
        step: usize,
        sigma: f32,
    ) -> Result<Option<Vec<f32>>, Error> {
        let Some(hook) = control.hook.as_deref_mut() else {
            return Ok(None);
        };
        let steps = self.steps.whole;
        if !hook.wants(phase, step, steps) {
            return Ok(None);
        }
        let before = self.latents.clone();
        let length = self.length();
        let denoised = match phase {
            Phase::Noise => None,
            Phase::Step => self.sampler.denoised(),
        };
        let mut denoised = denoised.map(|all| all.chunks(length)).into_iter().flatten();
        for (&picture, latents) in self.images.iter().zip(self.latents.chunks_mut(length)) {
            if control.cancel.is_cancelled() {
                return Err(Error::Cancelled);
            }
            // The model's fault, which the hook should neither see nor be blamed for.
            if !are_finite(latents) {
                return Err(Error::NotFinite { part: "unet" });
            }
            let moment = Moment {
                phase,
                step,
                steps,
                sigma,
                alpha: self.sampler.path().alpha(sigma),
                picture,
                seed: self.generation.seed_of(picture),
                shape: self.shape,
                denoised: denoised.next(),
            };
            let result = match hook.run(&moment, latents) {
                Ok(()) if are_finite(latents) => Ok(()),
                Ok(()) => Err(Halt::from(NotFiniteLatents)),
                // Whatever it says of it, it was stopped.
                Err(_) if control.cancel.is_cancelled() => Err(Halt::Cancelled),
                Err(halt) => Err(halt),
            };
            result.map_err(|halt| match halt {
                Halt::Cancelled => Error::Cancelled,
                Halt::Failed(source) => Error::Hook {
                    picture,
                    step,
                    source,
                },
            })?;
        }
        Ok((before != self.latents).then_some(before))
    }
}

/// Each picture's noise comes from its own generator, so that a batch does not change it.
fn fill(generators: &mut [NoiseGenerator], length: usize, out: &mut [f32]) {
    for (generator, image) in generators.iter_mut().zip(out.chunks_mut(length)) {
        generator.fill(image);
    }
}

fn are_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}
