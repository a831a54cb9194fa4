//! Plugins on the bench, for `test` and `dev`: with this machine's names and noise, without a model.

use std::path::Path;
use std::sync::Arc;

use aquatint_diffusion::noise::{NoiseGenerator, NoiseKind};
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::Services;
use aquatint_workshop::bench::Sandbox;
use aquatint_workshop::build::Built;

/// Loads what was built.
pub(super) fn load(built: &Built, data: &Path) -> anyhow::Result<Sandbox> {
    let cache = crate::plugins::cache(data);
    Ok(Sandbox::load(built, Some(cache), Arc::new(Names))?)
}

struct Names;

impl Services for Names {
    fn choices(&self, field: &str) -> Option<Vec<String>> {
        let owned = |names: Vec<&str>| names.into_iter().map(ToOwned::to_owned).collect();
        Some(match field {
            "sampler" => owned(SamplerKind::ALL.map(SamplerKind::label).into()),
            "schedule" => owned(Schedule::ALL.map(Schedule::label).into()),
            "noise" => owned(NoiseKind::ALL.map(NoiseKind::name).into()),
            "provider" => owned(vec!["auto", "cpu"]),
            // Cases must not hang on which models somebody has.
            "model" => owned(vec!["starter"]),
            _ => return None,
        })
    }

    fn noise(&self, seed: u64, out: &mut [f32]) -> Result<(), Problem> {
        NoiseGenerator::new(NoiseKind::Cpu, seed).fill(out);
        Ok(())
    }
}
