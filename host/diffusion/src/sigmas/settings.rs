//! A scheduler config as one class of diffusers understands it: every gap filled with that
//! class's own default, every key it does not know left out.

use super::betas::{alphas_cumprod, betas, floor_last, rescale_to_zero_snr};
use super::class::{Defaults, SchedulerClass, ZeroSnr};
use super::config::{SchedulerConfig, one_of};
use super::error::ConfigError;
use super::options::{
    BetaSchedule, FinalSigmas, Interpolation, PredictionType, TimestepSpacing, TimestepType,
};
use super::table::SigmaTable;

/// What every class reads from a config. What only one class reads stays with its sampler.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) class: SchedulerClass,
    /// How many timesteps the model was trained with: 1000.
    pub(crate) train_steps: usize,
    /// ᾱ of every training timestep.
    pub(crate) alphas_cumprod: Vec<f32>,
    /// Sigma of every training timestep.
    pub(crate) table: SigmaTable,
    pub(crate) prediction: PredictionType,
    pub(crate) limit: Limit,
    /// ᾱ after the last step, for classes that look ᾱ up by timestep.
    pub(crate) final_alpha_cumprod: f32,
    pub(super) spacing: TimestepSpacing,
    pub(super) steps_offset: usize,
    pub(super) spread: Option<Spread>,
    pub(super) sigma_min: Option<f64>,
    pub(super) sigma_max: Option<f64>,
    pub(super) final_sigmas: FinalSigmas,
    pub(super) interpolation: Interpolation,
    pub(super) timestep_type: TimestepType,
    pub(super) beta_schedule: BetaSchedule,
    pub(super) lambda_min_clipped: f64,
}

/// How a predicted picture is kept within bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limit {
    /// Not at all: right for latents.
    None,
    /// Clamped to plus or minus this.
    Clip(f32),
    /// Clamped to plus or minus a quantile of its magnitude, and divided by it (Saharia and
    /// others, "Imagen", 2022).
    Dynamic {
        /// Which quantile, 0 to 1.
        quantile: f32,
        /// The most that the quantile counts as; the least is 1.
        max: f32,
    },
}

/// A config's own choice of how to lay sigmas out, in place of the timesteps'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    Karras,
    Exponential,
    Beta,
    /// Equal steps in log sigma with rounded timesteps (Lu and others, "DPM-Solver", 2022).
    Lu,
}

impl Settings {
    /// `config` as `class` understands it, with another spacing if one is given.
    pub(crate) fn new(
        config: &SchedulerConfig,
        class: SchedulerClass,
        spacing: Option<TimestepSpacing>,
    ) -> Result<Self, ConfigError> {
        Self::with_defaults(config, class, spacing, class.defaults())
    }

    /// What `config` says about the model, whichever sampler is to run: its betas and what it
    /// predicts. Gaps are filled as the class that the config was written for fills them; as
    /// `class` does if that is unknown. Pictures are not limited.
    pub(crate) fn of_model(
        config: &SchedulerConfig,
        class: SchedulerClass,
    ) -> Result<Self, ConfigError> {
        let written_for = config.class_name.as_deref();
        let class = written_for
            .and_then(|name| SchedulerClass::from_name(name).ok())
            .unwrap_or(class);
        let defaults = class.defaults();
        let defaults = Defaults {
            // Schedules need finite sigmas.
            zero_snr: ZeroSnr::Floored,
            clip_sample: None,
            thresholds: false,
            spreads: false,
            predictions: SchedulerClass::Euler.defaults().predictions,
            ..*defaults
        };
        Self::with_defaults(config, class, None, &defaults)
    }

    fn with_defaults(
        config: &SchedulerConfig,
        class: SchedulerClass,
        spacing: Option<TimestepSpacing>,
        defaults: &Defaults,
    ) -> Result<Self, ConfigError> {
        let knows_final = matches!(
            class,
            SchedulerClass::Euler | SchedulerClass::DpmSolverMultistep | SchedulerClass::UniPc
        );
        let euler = class == SchedulerClass::Euler;
        let dpm = class == SchedulerClass::DpmSolverMultistep;
        let beta_schedule = beta_schedule(config, class, defaults)?;
        let alphas_cumprod = training_alphas(config, defaults, beta_schedule)?;
        // Nobody checks for an empty list again.
        let Some(&first) = alphas_cumprod.first() else {
            return Err(ConfigError::BadValue {
                key: "trained_betas".to_owned(),
                value: "[]".to_owned(),
                expected: "at least one".to_owned(),
            });
        };
        let to_one = config.set_alpha_to_one.unwrap_or(defaults.set_alpha_to_one);
        Ok(Self {
            class,
            train_steps: alphas_cumprod.len(),
            table: SigmaTable::new(&alphas_cumprod),
            prediction: prediction(config, class, defaults)?,
            limit: limit(config, defaults),
            final_alpha_cumprod: if to_one { 1.0 } else { first },
            alphas_cumprod,
            spacing: spacing
                .or(config.timestep_spacing)
                .unwrap_or(defaults.spacing),
            steps_offset: config.steps_offset.unwrap_or(0),
            spread: if defaults.spreads {
                spread(config, dpm)?
            } else {
                None
            },
            sigma_min: config.sigma_min,
            sigma_max: config.sigma_max,
            final_sigmas: match class {
                // It always ends there.
                SchedulerClass::Deis => FinalSigmas::SigmaMin,
                _ => config
                    .final_sigmas_type
                    .filter(|_| knows_final)
                    .unwrap_or(FinalSigmas::Zero),
            },
            interpolation: config
                .interpolation_type
                .filter(|_| euler)
                .unwrap_or(Interpolation::Linear),
            timestep_type: config
                .timestep_type
                .filter(|_| euler)
                .unwrap_or(TimestepType::Discrete),
            beta_schedule,
            lambda_min_clipped: config
                .lambda_min_clipped
                .filter(|_| dpm)
                .unwrap_or(f64::NEG_INFINITY),
        })
    }

    /// Whether the last step arrives at the picture, with no noise left.
    pub(crate) fn ends_at_zero(&self) -> bool {
        self.final_sigmas == FinalSigmas::Zero
    }

    /// Whether noise starts as if there were some picture under it already: schedulers that work
    /// in sigma scale it by `sqrt(sigma² + 1)` then, not by sigma.
    pub(crate) fn starts_below_the_top(&self) -> bool {
        self.spacing == TimestepSpacing::Leading
    }
}

fn beta_schedule(
    config: &SchedulerConfig,
    class: SchedulerClass,
    defaults: &Defaults,
) -> Result<BetaSchedule, ConfigError> {
    let chosen = config.beta_schedule.unwrap_or(defaults.beta_schedule);
    let usable: Vec<_> = [
        BetaSchedule::Linear,
        BetaSchedule::ScaledLinear,
        BetaSchedule::SquaredCosine,
    ]
    .into_iter()
    .chain(defaults.more_betas)
    .collect();
    // Trained betas come first in all classes, whatever the schedule is called.
    if usable.contains(&chosen) || config.trained_betas.is_some() {
        return Ok(chosen);
    }
    let words: Vec<_> = usable.into_iter().map(BetaSchedule::word).collect();
    Err(ConfigError::Unsupported {
        class: class.name(),
        key: "beta_schedule",
        value: chosen.word().to_owned(),
        expected: one_of(&words),
    })
}

fn training_alphas(
    config: &SchedulerConfig,
    defaults: &Defaults,
    schedule: BetaSchedule,
) -> Result<Vec<f32>, ConfigError> {
    let count = config.num_train_timesteps.unwrap_or(1000);
    let mut betas = match &config.trained_betas {
        Some(betas) if betas.len() == count => betas.clone(),
        Some(betas) => {
            return Err(ConfigError::BadValue {
                key: "trained_betas".to_owned(),
                value: format!("a list of {}", betas.len()),
                expected: format!("as many as `num_train_timesteps`, {count}"),
            });
        }
        None => betas(
            schedule,
            config.beta_start.unwrap_or(defaults.beta_start),
            config.beta_end.unwrap_or(defaults.beta_end),
            count,
        ),
    };
    let rescale =
        config.rescale_betas_zero_snr.unwrap_or(false) && defaults.zero_snr != ZeroSnr::Ignored;
    if rescale {
        betas = rescale_to_zero_snr(&betas);
    }
    let mut alphas = alphas_cumprod(&betas);
    if rescale && defaults.zero_snr == ZeroSnr::Floored {
        floor_last(&mut alphas);
    }
    Ok(alphas)
}

fn prediction(
    config: &SchedulerConfig,
    class: SchedulerClass,
    defaults: &Defaults,
) -> Result<PredictionType, ConfigError> {
    let usable = defaults.predictions;
    let chosen = config.prediction_type.unwrap_or(PredictionType::Epsilon);
    if usable.contains(&chosen) {
        return Ok(chosen);
    }
    let words: Vec<_> = usable.iter().map(|word| word.word()).collect();
    Err(ConfigError::Unsupported {
        class: class.name(),
        key: "prediction_type",
        value: chosen.word().to_owned(),
        expected: one_of(&words),
    })
}

fn limit(config: &SchedulerConfig, defaults: &Defaults) -> Limit {
    if defaults.thresholds && config.thresholding.unwrap_or(false) {
        Limit::Dynamic {
            quantile: config.dynamic_thresholding_ratio.unwrap_or(0.995) as f32,
            max: config.sample_max_value.unwrap_or(1.0) as f32,
        }
    } else if defaults
        .clip_sample
        .is_some_and(|default| config.clip_sample.unwrap_or(default))
    {
        Limit::Clip(config.clip_sample_range.unwrap_or(1.0) as f32)
    } else {
        Limit::None
    }
}

fn spread(config: &SchedulerConfig, knows_lu: bool) -> Result<Option<Spread>, ConfigError> {
    let on = |flag: Option<bool>| flag.unwrap_or(false);
    let chosen: Vec<_> = [
        (
            config.use_karras_sigmas,
            "use_karras_sigmas",
            Spread::Karras,
        ),
        (
            config.use_exponential_sigmas,
            "use_exponential_sigmas",
            Spread::Exponential,
        ),
        (config.use_beta_sigmas, "use_beta_sigmas", Spread::Beta),
    ]
    .into_iter()
    .filter(|(flag, ..)| on(*flag))
    .collect();
    let lu = (knows_lu && on(config.use_lu_lambdas)).then_some(Spread::Lu);
    match chosen[..] {
        [(_, first, _), (_, second, _), ..] => Err(ConfigError::Conflict { first, second }),
        // Diffusers lets these two stand together, in this order.
        [(_, _, Spread::Karras)] => Ok(Some(Spread::Karras)),
        [(_, _, spread)] => Ok(lu.or(Some(spread))),
        [] => Ok(lu),
    }
}
