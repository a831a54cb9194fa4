use std::sync::Arc;

use aquatint_diffusion::noise::{NoiseGenerator, NoiseKind};
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::{Model, ModelSource, NoServices, Services};

use super::OnnxModels;

/// What plugins may ask for while a picture is drawn.
pub(crate) struct Host {
    /// Where the picture's noise comes from.
    pub(crate) noise: NoiseKind,
    /// The models that there are.
    pub(crate) models: Vec<String>,
    /// The models that plugins run; none where nothing is drawn.
    pub(crate) onnx: Option<Arc<OnnxModels>>,
}

impl Services for Host {
    fn choices(&self, field: &str) -> Option<Vec<String>> {
        let owned = |names: Vec<&'static str>| names.into_iter().map(str::to_owned).collect();
        match field {
            "model" => Some(self.models.clone()),
            "sampler" => Some(owned(
                SamplerKind::ALL.iter().map(|it| it.label()).collect(),
            )),
            "schedule" => Some(owned(Schedule::ALL.iter().map(|it| it.id()).collect())),
            "noise" => Some(owned(NoiseKind::ALL.iter().map(|it| it.name()).collect())),
            _ => None,
        }
    }

    fn noise(&self, seed: u64, out: &mut [f32]) -> Result<(), Problem> {
        NoiseGenerator::new(self.noise, seed).fill(out);
        Ok(())
    }

    fn models(&self) -> Vec<String> {
        self.onnx
            .as_ref()
            .map(|onnx| onnx.names())
            .unwrap_or_default()
    }

    fn load_model(&self, model: ModelSource<'_>) -> Result<Arc<dyn Model>, Problem> {
        match &self.onnx {
            Some(onnx) => onnx.load(model),
            None => NoServices.load_model(model),
        }
    }
}
