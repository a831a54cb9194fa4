//! Plugins on the bench, for `test` and `dev`: with this machine's names and noise, without a model to draw with. Models
//! that a plugin carries run, on the CPU.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use aquatint_diffusion::noise::{NoiseGenerator, NoiseKind};
use aquatint_diffusion::runtime::{ProviderChoice, ProviderKind, Runtime, RuntimeOptions};
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::{Model, ModelSource, Services};
use aquatint_studio::plugins::OnnxModels;
use aquatint_workshop::bench::Sandbox;
use aquatint_workshop::build::Built;

/// Loads what was built.
pub(super) fn load(built: &Built, data: &Path) -> anyhow::Result<Sandbox> {
    let cache = crate::plugins::cache(data);
    let services = Bench {
        data: data.to_owned(),
        onnx: OnceLock::new(),
    };
    Ok(Sandbox::load(built, Some(cache), Arc::new(services))?)
}

struct Bench {
    data: PathBuf,
    /// Started when a model is asked for.
    onnx: OnceLock<Result<OnnxModels, String>>,
}

impl Services for Bench {
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

    fn load_model(&self, model: ModelSource<'_>) -> Result<Arc<dyn Model>, Problem> {
        let onnx = self.onnx.get_or_init(|| {
            let runtime = Runtime::start(&RuntimeOptions {
                data_dir: self.data.clone(),
                provider: ProviderChoice::Named(ProviderKind::Cpu.into()),
                threads: None,
            });
            // Without a folder: cases must not hang on which models somebody has.
            let models = |runtime| OnnxModels::new(Arc::new(runtime), PathBuf::new());
            runtime.map(models).map_err(|error| error.to_string())
        });
        match onnx {
            Ok(onnx) => onnx.load(model),
            Err(reason) => Err(Problem::Unsupported(reason.clone())),
        }
    }
}
