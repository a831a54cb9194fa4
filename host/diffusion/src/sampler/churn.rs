//! Noise on the sample before a step, which the step then takes off with the rest (Karras and others, 2022, algorithm 2;
//! `s_churn` in k-diffusion).

use super::options::SamplerOptions;
use super::{Noise, SamplerError};

/// The most that the noise grows by: to the root of 2.
const MOST: f32 = std::f32::consts::SQRT_2 - 1.0;

/// How much noise there is before each step.
#[derive(Clone, Debug)]
pub(super) struct Churn {
    /// The sigma before each step, and that which the model is asked at.
    sigmas: Vec<(f32, f32)>,
    s_noise: f32,
    /// Whether any step needs noise.
    draws: bool,
    /// Whether noise is drawn for each step as soon as one needs it, as k-diffusion does.
    draws_always: bool,
    fresh: Vec<f32>,
}

impl Churn {
    /// `sigmas` are those of the steps and of the end.
    pub(super) fn new(options: &SamplerOptions, sigmas: &[f32]) -> Self {
        let steps = sigmas.len().saturating_sub(1);
        let most = (options.s_churn / steps.max(1) as f32).clamp(0.0, MOST);
        let sigmas: Vec<(f32, f32)> = sigmas[..steps]
            .iter()
            .map(|&sigma| {
                let within = options.s_tmin <= sigma && sigma <= options.s_tmax;
                let growth = if within { most } else { 0.0 };
                (sigma, sigma * (growth + 1.0))
            })
            .collect();
        Self {
            draws: sigmas.iter().any(|(sigma, hat)| hat > sigma),
            draws_always: true,
            sigmas,
            s_noise: options.s_noise,
            fresh: Vec::new(),
        }
    }

    /// Noise from one sigma to another before each step, drawn only where they differ.
    pub(super) fn rising(sigmas: Vec<(f32, f32)>, s_noise: f32) -> Self {
        Self {
            draws: sigmas.iter().any(|(from, to)| to > from),
            draws_always: false,
            sigmas,
            s_noise,
            fresh: Vec::new(),
        }
    }

    /// The sigma from which step `k` goes, with its churn.
    pub(super) fn sigma(&self, k: usize) -> f32 {
        self.sigmas.get(k).map_or(0.0, |(_, hat)| *hat)
    }

    /// Puts the noise of step `k` on the sample.
    pub(super) fn apply(&mut self, k: usize, sample: &mut [f32], noise: &mut dyn Noise) {
        let Some((sigma, hat)) = self.sigmas.get(k).filter(|_| self.draws) else {
            return;
        };
        if !self.draws_always && hat <= sigma {
            return;
        }
        self.fresh.resize(sample.len(), 0.0);
        noise.fresh(&mut self.fresh);
        let deviation = (hat * hat - sigma * sigma).max(0.0).sqrt();
        for (x, fresh) in sample.iter_mut().zip(&self.fresh) {
            *x += fresh * self.s_noise * deviation;
        }
    }
}

/// How far down a step with fresh noise goes, and how much noise leads up again to where it is to end: k-diffusion's
/// `get_ancestral_step`.
///
/// In 32 bits and in this order, as both references: from a zero-SNR sigma of 4096 the difference under the root loses
/// most of its digits, and a better one would give another picture.
pub(super) fn ancestral(sigma: f32, next: f32, eta: f32) -> (f32, f32) {
    if eta == 0.0 {
        return (next, 0.0);
    }
    let up = (next * next * (sigma * sigma - next * next) / (sigma * sigma))
        .max(0.0)
        .sqrt();
    let up = (eta * up).min(next);
    ((next * next - up * up).max(0.0).sqrt(), up)
}

/// A sample that a later look of the same step goes on from.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Option<Vec<f32>>);

impl Kept {
    pub(super) fn keep(&mut self, values: &[f32]) {
        self.0 = Some(values.to_vec());
    }

    /// What was kept, for evaluation `i` with as many numbers.
    pub(super) fn take(&mut self, i: usize, length: usize) -> Result<Vec<f32>, SamplerError> {
        self.0
            .take()
            .filter(|kept| kept.len() == length)
            .ok_or(SamplerError::OutOfOrder { index: i })
    }
}
