//! Euler CFG++: Euler whose noise is what the model sees without guidance, so that guidance moves the picture and not the
//! way (Chung and others, "CFG++: manifold-constrained classifier free guidance", 2024; `euler_cfg_pp` in ComfyUI).
//!
//! `x' = picture + sigma' · (x - unguided picture) / sigma`. Guidance is meant to be weak, 1 or 2: it is stronger than
//! its number. Diffusers has none: with a schedule that follows the config this goes over the sigmas of its Euler.

use super::error::SamplerError;
use super::setup::Setup;
use super::{Sampler, euler_ancestral_cfg_pp};

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    euler_ancestral_cfg_pp::build_with(setup, 0.0)
}
