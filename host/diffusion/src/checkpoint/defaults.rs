use std::path::Path;

use serde::Deserialize;

use super::{CheckpointError, Family, SCHEDULER, UNetConfig, VaeConfig};
use crate::preview::Projection;
use crate::sampler::{self, SamplerError, SamplerKind};
use crate::sigmas::{ConfigError, Schedule, SchedulerConfig, TimestepSpacing, UnknownSchedule};

/// What a request that leaves something open gets.
///
/// They follow from the checkpoint; a file `aquatint.json` beside `model_index.json` says otherwise:
/// `{"name": "…", "defaults": {"steps": 8, "cfg": 3.0, "sampler": "DPM++ 2M", "schedule": "model",
/// "width": 64, "height": 64}, "preview": {"factors": [[…]], "bias": […]}}`, every key optional.
#[derive(Clone, Debug, PartialEq)]
pub struct Defaults {
    /// Steps of the sampler.
    pub steps: usize,
    /// Guidance scale.
    pub cfg: f32,
    /// Sampler; `None` where the checkpoint's scheduler is a class that no sampler here stands for.
    pub sampler: Option<SamplerKind>,
    /// Schedule.
    pub schedule: Schedule,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
}

/// What a default may be at most: as much as a request.
const MOST_STEPS: usize = 1000;
const MOST_CFG: f32 = 100.0;
const MOST_PIXELS: usize = 8192;

#[derive(Debug, Default, Deserialize)]
struct File {
    name: Option<String>,
    #[serde(default)]
    defaults: FileDefaults,
    preview: Option<Projection>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileDefaults {
    steps: Option<usize>,
    cfg: Option<f32>,
    sampler: Option<String>,
    schedule: Option<String>,
    width: Option<usize>,
    height: Option<usize>,
}

impl Defaults {
    /// The name and the defaults of the checkpoint in `root`, and how its latents are previewed.
    pub(super) fn read(
        root: &Path,
        family: Family,
        unet: &UNetConfig,
        vae: &VaeConfig,
        scheduler: &SchedulerConfig,
    ) -> Result<(String, Self, Projection), CheckpointError> {
        let path = root.join("aquatint.json");
        let json = |reason: String| CheckpointError::Json {
            path: path.clone(),
            reason,
        };
        let file: File = match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map_err(CheckpointError::json(&path))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(error) => return Err(CheckpointError::io(&path)(error)),
        };
        let bad_scheduler = |error: ConfigError| CheckpointError::Scheduler {
            path: root.join(SCHEDULER),
            reason: error.to_string(),
        };
        let default_sampler = match scheduler.default_sampler() {
            Ok(sampler) => Some(sampler),
            // Another sampler may be named: that is for the request to say.
            Err(ConfigError::UnknownClass { .. }) => None,
            Err(error) => return Err(bad_scheduler(error)),
        };
        let own = Self::of_model(family, unet, vae, scheduler, default_sampler);
        // Some of what can be wrong with the config only shows once it is followed.
        if let Some(sampler) = own.sampler
            && let Err(SamplerError::Config(error)) =
                sampler::build(sampler, own.schedule, scheduler, own.steps)
        {
            return Err(bad_scheduler(error));
        }
        let (sampler, suffix) = match &file.defaults.sampler {
            Some(name) => SamplerKind::parse(name)
                .map(|(sampler, suffix)| (Some(sampler), suffix))
                .map_err(|error| json(error.to_string()))?,
            None => (own.sampler, None),
        };
        let schedule = match &file.defaults.schedule {
            Some(name) => name
                .parse()
                .map_err(|error: UnknownSchedule| json(error.to_string()))?,
            None => suffix.unwrap_or(own.schedule),
        };
        let defaults = Self {
            steps: file.defaults.steps.unwrap_or(own.steps),
            cfg: file.defaults.cfg.unwrap_or(own.cfg),
            sampler,
            schedule,
            width: file.defaults.width.unwrap_or(own.width),
            height: file.defaults.height.unwrap_or(own.height),
        };
        for (key, found, most) in [
            ("steps", defaults.steps, MOST_STEPS),
            ("width", defaults.width, MOST_PIXELS),
            ("height", defaults.height, MOST_PIXELS),
        ] {
            if !(1..=most).contains(&found) {
                return Err(json(format!("\"{key}\" is {found}, expected 1 to {most}")));
            }
        }
        if !(0.0..=MOST_CFG).contains(&defaults.cfg) {
            let found = defaults.cfg;
            return Err(json(format!(
                "\"cfg\" is {found}, expected 0 to {MOST_CFG}"
            )));
        }
        let preview = file.preview.unwrap_or_else(|| Projection::of(family));
        let (found, channels) = (preview.factors.len(), vae.latent_channels);
        // The usual projection does not know every autoencoder there is: then there are no previews.
        if found != channels && preview != Projection::of(family) {
            return Err(json(format!(
                "\"preview\" has factors for {found} channels, expected {channels}, as many as latents have"
            )));
        }
        let name = file.name.unwrap_or_else(|| folder_name(root));
        Ok((name, defaults, preview))
    }

    fn of_model(
        family: Family,
        unet: &UNetConfig,
        vae: &VaeConfig,
        scheduler: &SchedulerConfig,
        sampler: Option<SamplerKind>,
    ) -> Self {
        let lcm = unet.time_cond_proj_dim.is_some();
        let (steps, cfg) = match family {
            // Latent consistency models: https://arxiv.org/abs/2310.04378
            _ if lcm => (4, 8.5),
            // Adversarially distilled models are published with trailing spacing, draw in 1-4 steps and know no
            // guidance: https://arxiv.org/abs/2311.17042
            _ if scheduler.timestep_spacing == Some(TimestepSpacing::Trailing)
                && scheduler.rescale_betas_zero_snr != Some(true) =>
            {
                (4, 1.0)
            }
            Family::Sd1 | Family::Sd2 => (20, 7.5),
            Family::Sdxl | Family::SdxlRefiner => (25, 5.0),
        };
        let [height, width] = unet.sample_size.map(|size| size * vae.factor());
        Self {
            steps,
            cfg,
            sampler,
            schedule: Schedule::Model,
            width,
            height,
        }
    }
}

fn folder_name(root: &Path) -> String {
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    real.file_name().map_or_else(
        || "model".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}
