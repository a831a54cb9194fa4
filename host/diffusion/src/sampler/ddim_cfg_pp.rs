//! DDIM CFG++: [DDIM](super::ddim) whose noise is what the model sees without guidance (Chung and others, "CFG++", 2024;
//! "DDIM CFG++" in A1111, which divides the guidance scale by 12.5 for it).

use super::error::SamplerError;
use super::setup::Setup;
use super::{Sampler, ddim};

pub(super) fn build(setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
    ddim::build_with(setup, true)
}
