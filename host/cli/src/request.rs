//! The flags that say what to draw.

use aquatint_diffusion::noise::NoiseKind;
use aquatint_sandbox::settings::PluginArgument;
use aquatint_studio::Request;
use clap::Args;

/// Everything of a request but the prompt.
#[derive(Debug, Args)]
pub(crate) struct RequestArgs {
    /// What to keep away from
    #[arg(long, value_name = "TEXT", default_value = "")]
    negative: String,
    /// A model's name, or the path of its folder
    #[arg(long, value_name = "NAME|PATH")]
    model: Option<String>,
    /// The seed of the first picture [default: random]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many steps
    #[arg(long, value_name = "N")]
    steps: Option<u32>,
    /// How closely to follow the prompt; 1 is not guided
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    cfg: Option<f32>,
    /// How far to bring a guided picture's contrast back, 0 to 1
    #[arg(
        long,
        value_name = "F",
        default_value_t = 0.0,
        allow_negative_numbers = true
    )]
    cfg_rescale: f32,
    /// The sampler, such as "Euler a" or "DPM++ 2M Karras"
    #[arg(long, value_name = "NAME")]
    sampler: Option<String>,
    /// The schedule: model, leading, linspace, trailing, normal, karras, exponential, beta, sgm_uniform or simple
    #[arg(long, value_name = "NAME")]
    schedule: Option<String>,
    /// The size in pixels, such as 512x768
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    size: Option<(u32, u32)>,
    /// How many pictures, with seeds one apart
    #[arg(long, value_name = "N", default_value_t = 1)]
    batch: u32,
    /// Where noise comes from: cpu as torch draws it there, philox as it does on GPUs
    #[arg(long, value_name = "cpu|philox", default_value = "cpu")]
    noise: NoiseKind,
    /// What computes: auto, cpu, cuda, tensorrt, openvino[:DEVICE], migraphx, coreml[:UNITS] or directml
    #[arg(long, value_name = "P", default_value = "auto")]
    provider: String,
    /// A plugin to draw with, such as film-grain:amount=0.3,mode=soft; several in the order in which they are applied
    #[arg(long, value_name = "ID[:KEY=VALUE,…]")]
    plugin: Vec<PluginArgument>,
}

impl RequestArgs {
    /// With a prompt.
    pub(crate) fn request(&self, prompt: &str) -> Request {
        Request {
            prompt: prompt.to_owned(),
            negative: self.negative.clone(),
            model: self.model.clone(),
            seed: self.seed,
            steps: self.steps,
            cfg: self.cfg,
            cfg_rescale: self.cfg_rescale,
            sampler: self.sampler.clone(),
            schedule: self.schedule.clone(),
            width: self.size.map(|(width, _)| width),
            height: self.size.map(|(_, height)| height),
            batch: self.batch,
            noise: self.noise,
            provider: self.provider.clone(),
            plugins: self.plugin.iter().cloned().map(Into::into).collect(),
        }
    }
}

fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let expected = || "expected WIDTHxHEIGHT in pixels, such as 512x768".to_owned();
    let (width, height) = text.split_once(['x', 'X', '×']).ok_or_else(expected)?;
    let side = |text: &str| text.trim().parse().map_err(|_| expected());
    Ok((side(width)?, side(height)?))
}
