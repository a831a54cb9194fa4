//! What a recipe keeps of the sampler's noise and of when the picture was guided.

use aquatint_diffusion::pipeline::Generation;
use serde::{Deserialize, Serialize};

use crate::Request;

/// The fields of a [`Request`] of the same names. What is as in any request is not written, as recipes had none of them
/// once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "they are documented in `Request`")]
pub struct Sampling {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta: Option<f32>,
    #[serde(skip_serializing_if = "is_zero")]
    pub s_churn: f32,
    #[serde(skip_serializing_if = "is_zero")]
    pub s_tmin: f32,
    #[serde(skip_serializing_if = "is_zero")]
    pub s_tmax: f32,
    #[serde(skip_serializing_if = "is_one")]
    pub s_noise: f32,
    #[serde(skip_serializing_if = "is_none")]
    pub eta_noise_seed_delta: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variation_seed: Option<u64>,
    #[serde(skip_serializing_if = "is_zero")]
    pub variation_strength: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed_resize_width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed_resize_height: Option<u32>,
    #[serde(skip_serializing_if = "is_zero")]
    pub cfg_start: f32,
    #[serde(skip_serializing_if = "is_one")]
    pub cfg_end: f32,
    #[serde(skip_serializing_if = "is_zero")]
    pub s_min_uncond: f32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &f32) -> bool {
    *number == 0.0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_one(number: &f32) -> bool {
    *number == 1.0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_none(number: &u32) -> bool {
    *number == 0
}

impl Default for Sampling {
    fn default() -> Self {
        Self::of(&Request::default())
    }
}

impl Sampling {
    /// Of a request.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        Self {
            eta: request.eta,
            s_churn: request.s_churn,
            s_tmin: request.s_tmin,
            s_tmax: request.s_tmax,
            s_noise: request.s_noise,
            eta_noise_seed_delta: request.eta_noise_seed_delta,
            variation_seed: request.variation_seed,
            variation_strength: request.variation_strength,
            seed_resize_width: request.seed_resize_width,
            seed_resize_height: request.seed_resize_height,
            cfg_start: request.cfg_start,
            cfg_end: request.cfg_end,
            s_min_uncond: request.s_min_uncond,
        }
    }

    /// Of what is drawn. A variation of no strength is none.
    pub(crate) fn of_generation(generation: &Generation) -> Self {
        let (start, options, guided) = (generation.start, generation.options, generation.guided);
        let resize = |at: usize| start.resize_from.map(|sides| sides[at] as u32);
        Self {
            eta: options.eta,
            s_churn: options.s_churn,
            s_tmin: options.s_tmin,
            s_tmax: if options.s_tmax.is_finite() {
                options.s_tmax
            } else {
                0.0
            },
            s_noise: options.s_noise,
            eta_noise_seed_delta: start.seed_delta,
            variation_seed: start.variation.map(|variation| variation.seed),
            variation_strength: start.variation.map_or(0.0, |variation| variation.strength),
            seed_resize_width: resize(0),
            seed_resize_height: resize(1),
            cfg_start: guided.after,
            cfg_end: guided.before,
            s_min_uncond: guided.every_other_below,
        }
    }

    /// A request with these fields.
    #[must_use]
    pub fn over(&self, request: Request) -> Request {
        Request {
            eta: self.eta,
            s_churn: self.s_churn,
            s_tmin: self.s_tmin,
            s_tmax: self.s_tmax,
            s_noise: self.s_noise,
            eta_noise_seed_delta: self.eta_noise_seed_delta,
            variation_seed: self.variation_seed,
            variation_strength: self.variation_strength,
            seed_resize_width: self.seed_resize_width,
            seed_resize_height: self.seed_resize_height,
            cfg_start: self.cfg_start,
            cfg_end: self.cfg_end,
            s_min_uncond: self.s_min_uncond,
            ..request
        }
    }
}
