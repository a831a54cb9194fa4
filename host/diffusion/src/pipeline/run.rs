//! The way of pictures from noise to latents, around whatever model.

#[cfg(test)]
mod tests;

use super::dice::Dice;
use super::hook::NotFiniteLatents;
use super::strength::Steps;
use super::{
    Control, Cutoff, Denoised, Error, Event, Generation, Halt, Moment, Phase, Source, Start,
    TinyDecoder, mask,
};
use crate::preview::Projection;
use crate::sampler::{Evaluation, Sampler, Setup};
use crate::sigmas::PredictionType;

/// Pictures of a batch that are denoised together.
pub(super) struct Run<'a> {
    generation: &'a Generation,
    /// Which pictures.
    images: &'a [usize],
    /// Channels, height and width of one picture's latents.
    shape: [usize; 3],
    /// How latents are shown.
    look: Look<'a>,
    sampler: Box<dyn Sampler>,
    prediction: PredictionType,
    steps: Steps,
    /// The model call that the first step begins with.
    begin: usize,
    /// The model call that comes next.
    next: usize,
    /// How many calls there were.
    calls: usize,
    /// Whether anything was done yet.
    has_begun: bool,
    /// What each picture begins from, where there is something.
    sources: Vec<Option<Source>>,
    dice: Dice,
    latents: Vec<f32>,
}

/// How latents are shown.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) projection: &'a Projection,
    pub(super) tiny: Option<&'a TinyDecoder>,
}

/// Steps of all pictures.
pub(super) struct Progress {
    pub(super) done: usize,
    pub(super) total: usize,
}

/// What the sampler is to be told of the latents of all pictures.
pub(super) struct Prediction {
    /// With guidance, where there is any.
    pub(super) guided: Vec<f32>,
    /// Without, where there is guidance and the sampler wants to know.
    pub(super) unguided: Option<Vec<f32>>,
}

impl From<Vec<f32>> for Prediction {
    fn from(guided: Vec<f32>) -> Self {
        Self {
            guided,
            unguided: None,
        }
    }
}

/// One call of the model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// What the sampler says of it.
    pub(super) evaluation: Evaluation,
    /// Whether it is guided, where there is guidance.
    pub(super) guided: bool,
}

/// The model with guidance: from scaled latents of all pictures, and how many calls there were before, to what the sampler
/// is to be told.
pub(super) type Predict<'p> = dyn FnMut(&[f32], Call, usize) -> Result<Prediction, Error> + 'p;

impl<'a> Run<'a> {
    /// The noise of each picture, scaled for the sampler, over what it begins from. `starts` are those of the whole batch.
    pub(super) fn new(
        generation: &'a Generation,
        images: &'a [usize],
        starts: &[Start],
        shape: [usize; 3],
        setup: &Setup<'_>,
        look: Look<'a>,
    ) -> Result<Self, Error> {
        let steps = generation.plan();
        let sampler = generation.sampler.build(setup)?;
        let starts = || images.iter().filter_map(|image| starts.get(*image));
        let calls = sampler.evaluations();
        let begin = calls
            .iter()
            .position(|call| call.step == steps.begin)
            .unwrap_or(calls.len());
        let over = sampler.path().point(begin);
        // The motion of the steps that are taken: A1111 has no other sigmas then.
        let brownian = sampler.brownian().map(|(least, greatest)| {
            let first = over.map_or(greatest, |point| point.level() as f32);
            (least, if begin > 0 { first } else { greatest })
        });
        let dice = Dice::new(starts(), brownian, shape.iter().product());
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
            look,
            sampler,
            prediction: prediction_of(setup),
            steps,
            begin,
            next: begin,
            calls: 0,
            has_begun: false,
            sources: starts().map(|start| start.source.clone()).collect(),
            dice,
            latents,
        })
    }

    /// Which pictures.
    pub(super) fn images(&self) -> &'a [usize] {
        self.images
    }

    /// The model call that comes next.
    pub(super) fn next_call(&self) -> Option<&Evaluation> {
        self.sampler.evaluations().get(self.next)
    }

    /// Goes on for another model. Where the schedule is that of a scheduler's config the sampler begins anew with that
    /// model's, as diffusers' pipelines do one after the other; else it remembers what it saw, as A1111's does. There it
    /// begins anew only for a model that predicts something else.
    ///
    /// # Errors
    /// The sampler cannot do what is asked with the other model's config.
    pub(super) fn hand_over(&mut self, setup: &Setup<'_>, cutoff: &Cutoff) -> Result<(), Error> {
        let prediction = prediction_of(setup);
        if !setup.schedule.follows_config() && prediction == self.prediction {
            return Ok(());
        }
        let sampler = self.generation.sampler.build(setup)?;
        let calls = sampler.evaluations();
        self.next = (0..calls.len())
            .find(|index| {
                let is_first = *index == 0 || calls[index - 1].step != calls[*index].step;
                is_first
                    && calls[*index].step >= self.steps.begin
                    && cutoff.is_above(&calls[*index])
            })
            .unwrap_or(calls.len());
        self.sampler = sampler;
        self.prediction = prediction;
        Ok(())
    }

    /// Takes every step, or those before a refiner's.
    pub(super) fn take(
        &mut self,
        until: Option<&Cutoff>,
        control: &mut Control<'_>,
        progress: &mut Progress,
        predict: &mut Predict<'_>,
    ) -> Result<(), Error> {
        if !self.has_begun {
            self.has_begun = true;
            let noisiest = self.sampler.path().point(self.begin);
            let noisiest = noisiest.map_or(0.0, |point| point.level()) as f32;
            self.call(control, Phase::Noise, 0, noisiest)?;
        }
        let mut is_first = true;
        while let Some(evaluation) = self.next_call().copied() {
            // A step is taken by one model.
            if is_first && until.is_some_and(|cutoff| cutoff.is_above(&evaluation)) {
                break;
            }
            let index = self.next;
            self.next += 1;
            self.sampler
                .prepare(index, &mut self.latents, &mut self.dice);
            let mut scaled = self.latents.clone();
            self.sampler.scale_input(index, &mut scaled);
            let call = Call {
                evaluation,
                guided: self.generation.guides(index, evaluation),
            };
            let Prediction {
                mut guided,
                unguided,
            } = predict(&scaled, call, self.calls)?;
            self.calls += 1;
            self.hold_output(index, &mut guided);
            if let Some(mut unguided) = unguided {
                self.hold_output(index, &mut unguided);
                self.sampler.unguided(&unguided);
            }
            self.sampler
                .step(index, &guided, &mut self.latents, &mut self.dice)?;
            let next = self.next_call().copied();
            is_first = next.is_none_or(|next| next.step != evaluation.step);
            if !is_first {
                continue;
            }
            let sigma = self.sampler.sigma_after(index);
            // Of a sampler that goes as far as it can at once it may be several.
            let step = next.map_or(self.steps.whole, |next| next.step);
            let taken = step.saturating_sub(evaluation.step).max(1);
            let step = evaluation.step + taken;
            if let Some(before) = self.call(control, Phase::Step, step, sigma)? {
                self.sampler.changed(index, &before, &self.latents);
            }
            progress.done += taken * self.images.len();
            (control.events)(Event::Step {
                done: progress.done,
                total: progress.total,
                denoised: self.sampler.denoised().map(|latents| Denoised {
                    latents,
                    first: self.images.first().copied().unwrap_or_default(),
                    shape: self.shape,
                    projection: self.look.projection,
                    tiny: self.look.tiny,
                }),
            });
        }
        Ok(())
    }

    /// The latents of all pictures, one after the other, once every step is taken.
    pub(super) fn finish(mut self) -> Result<Vec<f32>, Error> {
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
        let Some(point) = self.sampler.path().seen(index) else {
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

fn prediction_of(setup: &Setup<'_>) -> PredictionType {
    let prediction = setup.config.prediction_type;
    prediction.unwrap_or(PredictionType::Epsilon)
}

fn are_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}
