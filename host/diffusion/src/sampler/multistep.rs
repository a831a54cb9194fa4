//! Samplers that go along a mixture of the last slopes, in samples whose pictures keep their size: LMS and the iPNDM.

use std::collections::VecDeque;

use super::denoiser::{Denoiser, not_finite};
use super::error::SamplerError;
use super::euler;
use super::path::Path;
use super::setup::Setup;
use super::{Noise, Sampler};
use crate::sigmas::SchedulerClass;

/// Slopes that are mixed at most.
const ORDER: usize = 4;

/// The factors of a step's mixture, of the newest slope first: `x' = x + Σ factor · slope`. They are asked for with the
/// sigmas of the run, the step, and how many slopes there are: step `i` goes from `sigmas[i]` to `sigmas[i + 1]`.
pub(super) type Factors = fn(&[f64], usize, usize) -> Vec<f64>;

pub(super) fn build(
    setup: &Setup<'_>,
    class: SchedulerClass,
    factors: Factors,
) -> Result<Box<dyn Sampler>, SamplerError> {
    let settings = setup.settings(class)?;
    let (path, sigmas) = euler::path(setup, &settings);
    Ok(Box::new(Multistep {
        path,
        sigmas: sigmas.into_iter().map(f64::from).collect(),
        factors,
        denoiser: Denoiser::new(&settings),
        slopes: VecDeque::new(),
    }))
}

struct Multistep {
    path: Path,
    sigmas: Vec<f64>,
    factors: Factors,
    denoiser: Denoiser,
    /// The last slopes, the newest first.
    slopes: VecDeque<Vec<f32>>,
}

impl Sampler for Multistep {
    fn path(&self) -> &Path {
        &self.path
    }

    fn step(
        &mut self,
        i: usize,
        output: &[f32],
        sample: &mut [f32],
        _: &mut dyn Noise,
    ) -> Result<(), SamplerError> {
        let point = self.denoiser.check(&self.path, i, output, sample)?;
        let sigma = point.sigma as f32;
        if self.slopes.front().is_some_and(|s| s.len() != sample.len()) {
            self.slopes.clear();
        }
        let picture = self.denoiser.picture(point, output, sample);
        let slopes = sample.iter().zip(picture);
        let slope = slopes.map(|(x, picture)| (x - picture) / sigma).collect();
        self.slopes.push_front(slope);
        self.slopes.truncate(ORDER);
        // No more than there are steps before this one, whatever was left over.
        let order = self.slopes.len().min(i + 1);
        let factors = (self.factors)(&self.sigmas, i, order);
        if factors.iter().any(|factor| !factor.is_finite()) {
            return Err(not_finite(&self.path, i));
        }
        for (factor, slope) in factors.iter().zip(&self.slopes) {
            for (x, slope) in sample.iter_mut().zip(slope) {
                *x += *factor as f32 * slope;
            }
        }
        Ok(())
    }

    fn denoised(&self) -> Option<&[f32]> {
        self.denoiser.last()
    }
}
