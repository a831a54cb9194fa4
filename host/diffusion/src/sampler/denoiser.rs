//! From what a model says to the picture and the noise that it means.

use super::error::SamplerError;
use super::path::{Path, Point};
use crate::sigmas::{Limit, PredictionType, Settings};

/// Two factors: of the sample and of the model's output.
#[derive(Clone, Copy, Debug)]
struct Weights {
    sample: f64,
    output: f64,
}

/// Reads pictures, and noise, out of a model's output, and keeps the last picture for previews.
#[derive(Clone, Debug)]
pub(super) struct Denoiser {
    prediction: PredictionType,
    limit: Limit,
    picture: Option<Vec<f32>>,
}

impl Denoiser {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            prediction: settings.prediction,
            limit: settings.limit,
            picture: None,
        }
    }

    /// The picture last seen.
    pub(super) fn last(&self) -> Option<&[f32]> {
        self.picture.as_deref()
    }

    /// The picture in `sample`, within the config's limits.
    pub(super) fn picture(&mut self, point: Point, output: &[f32], sample: &[f32]) -> &[f32] {
        let weights = self.picture_weights(point);
        let picture = self.picture.get_or_insert_default();
        weigh(weights, output, sample, picture);
        limit(self.limit, picture);
        picture
    }

    /// The unit noise in `sample`, as the model sees it: whatever was done to the picture.
    pub(super) fn noise(&self, point: Point, output: &[f32], sample: &[f32], noise: &mut Vec<f32>) {
        weigh(self.noise_weights(point), output, sample, noise);
    }

    /// From `sample = alpha · picture + sigma · noise`, and, for a sample of variance 1,
    /// `velocity = alpha · noise - sigma · picture`.
    fn picture_weights(&self, Point { alpha, sigma }: Point) -> Weights {
        let radius = alpha.hypot(sigma);
        let (sample, output) = match self.prediction {
            PredictionType::Epsilon => (1.0 / alpha, -sigma / alpha),
            PredictionType::Velocity => (alpha / (radius * radius), -sigma / radius),
            _ => (0.0, 1.0),
        };
        Weights { sample, output }
    }

    fn noise_weights(&self, Point { alpha, sigma }: Point) -> Weights {
        let radius = alpha.hypot(sigma);
        let (sample, output) = match self.prediction {
            PredictionType::Epsilon => (0.0, 1.0),
            PredictionType::Velocity => (sigma / (radius * radius), alpha / radius),
            _ => (1.0 / sigma, -alpha / sigma),
        };
        Weights { sample, output }
    }

    /// Whether there is an answer: not for noise predicted from noise alone, nor for a sample that
    /// is a picture already.
    fn answers(&self, point: Point) -> bool {
        let weights = self.picture_weights(point);
        point.sigma > 0.0 && weights.sample.is_finite() && weights.output.is_finite()
    }

    /// What must hold before evaluation `i` can be stepped; the point it is at if it does.
    pub(super) fn check(
        &self,
        path: &Path,
        i: usize,
        output: &[f32],
        sample: &[f32],
    ) -> Result<Point, SamplerError> {
        let Some(point) = path.seen(i) else {
            return Err(SamplerError::NoEvaluation {
                index: i,
                count: path.evaluations().len(),
            });
        };
        if output.len() != sample.len() {
            return Err(SamplerError::Length {
                output: output.len(),
                sample: sample.len(),
            });
        }
        if !self.answers(point) {
            return Err(not_finite(path, i));
        }
        Ok(point)
    }
}

/// The error for a step that came out infinite or undefined.
pub(super) fn not_finite(path: &Path, i: usize) -> SamplerError {
    SamplerError::NotFinite {
        index: i,
        timestep: path.evaluations()[i].timestep,
    }
}

fn weigh(weights: Weights, output: &[f32], sample: &[f32], result: &mut Vec<f32>) {
    let (a, b) = (weights.sample as f32, weights.output as f32);
    result.clear();
    result.extend(sample.iter().zip(output).map(|(x, o)| a * x + b * o));
}

fn limit(limit: Limit, picture: &mut [f32]) {
    match limit {
        Limit::None => {}
        Limit::Clip(range) => {
            for value in picture {
                *value = value.clamp(-range, range);
            }
        }
        Limit::Dynamic { quantile, max } => {
            // At least 1 first, then at most `max`, whatever that is.
            let bound = magnitude_quantile(picture, quantile).max(1.0).min(max);
            for value in picture {
                *value = value.clamp(-bound, bound) / bound;
            }
        }
    }
}

/// A quantile of the magnitudes, interpolated linearly as `torch.quantile` does.
fn magnitude_quantile(values: &[f32], quantile: f32) -> f32 {
    let mut magnitudes: Vec<f32> = values.iter().map(|v| v.abs()).collect();
    magnitudes.sort_by(f32::total_cmp);
    let rank = quantile * magnitudes.len().saturating_sub(1) as f32;
    let at = |index: f32| magnitudes.get(index as usize).copied().unwrap_or(0.0);
    let (low, high) = (at(rank.floor()), at(rank.ceil()));
    low + (rank - rank.floor()) * (high - low)
}
