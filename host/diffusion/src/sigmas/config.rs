//! A diffusers `scheduler_config.json`, as written.
//!
//! What the file leaves out stays out: each scheduler class of diffusers has its own defaults, so
//! the same file means different things to different samplers. [`Settings`](super::Settings)
//! fills the gaps for one class.

use serde_json::{Map, Value};

use super::error::ConfigError;
use super::options::{
    AlgorithmType, BetaSchedule, FinalSigmas, Interpolation, PredictionType, SolverType,
    TimestepSpacing, TimestepType, VarianceType, Word,
};

/// The keys of a `scheduler_config.json` that bear on sampling. `None` is a key that is absent.
///
/// Every field has the name and the meaning it has in diffusers. Keys nobody here knows are left
/// alone; an unknown *value* of a known key is an error, since ignoring it would give another
/// picture.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(
    missing_docs,
    reason = "the names are diffusers' own and documented there"
)]
pub struct SchedulerConfig {
    /// `_class_name`, known or not.
    pub class_name: Option<String>,

    pub num_train_timesteps: Option<usize>,
    pub beta_start: Option<f64>,
    pub beta_end: Option<f64>,
    pub beta_schedule: Option<BetaSchedule>,
    pub trained_betas: Option<Vec<f32>>,
    pub rescale_betas_zero_snr: Option<bool>,
    pub prediction_type: Option<PredictionType>,

    pub timestep_spacing: Option<TimestepSpacing>,
    pub timestep_type: Option<TimestepType>,
    pub steps_offset: Option<usize>,
    pub interpolation_type: Option<Interpolation>,
    pub use_karras_sigmas: Option<bool>,
    pub use_exponential_sigmas: Option<bool>,
    pub use_beta_sigmas: Option<bool>,
    pub use_lu_lambdas: Option<bool>,
    pub use_flow_sigmas: Option<bool>,
    pub sigma_min: Option<f64>,
    pub sigma_max: Option<f64>,
    pub final_sigmas_type: Option<FinalSigmas>,
    pub set_alpha_to_one: Option<bool>,
    pub lambda_min_clipped: Option<f64>,

    pub clip_sample: Option<bool>,
    pub clip_sample_range: Option<f64>,
    pub thresholding: Option<bool>,
    pub dynamic_thresholding_ratio: Option<f64>,
    pub sample_max_value: Option<f64>,

    pub algorithm_type: Option<AlgorithmType>,
    pub solver_type: Option<SolverType>,
    pub solver_order: Option<usize>,
    pub lower_order_final: Option<bool>,
    pub euler_at_final: Option<bool>,
    pub predict_x0: Option<bool>,
    pub disable_corrector: Option<Vec<usize>>,
    pub variance_type: Option<VarianceType>,
    pub skip_prk_steps: Option<bool>,
    pub original_inference_steps: Option<usize>,
    pub timestep_scaling: Option<f64>,
}

impl SchedulerConfig {
    /// What all Stable Diffusion 1, 2 and XL checkpoints were trained with, for those that bring
    /// no config of their own (a single `.safetensors`).
    #[must_use]
    pub fn stable_diffusion(class: super::SchedulerClass, prediction: PredictionType) -> Self {
        Self {
            class_name: Some(class.name().to_owned()),
            num_train_timesteps: Some(1000),
            beta_start: Some(0.000_85),
            beta_end: Some(0.012),
            beta_schedule: Some(BetaSchedule::ScaledLinear),
            prediction_type: Some(prediction),
            timestep_spacing: Some(TimestepSpacing::Leading),
            steps_offset: Some(1),
            set_alpha_to_one: Some(false),
            skip_prk_steps: Some(true),
            clip_sample: Some(false),
            ..Self::default()
        }
    }

    /// Reads the text of a `scheduler_config.json`.
    ///
    /// Diffusers writes the file with Python's `json`, which has `Infinity` and `NaN` (as in
    /// `"lambda_min_clipped": -Infinity`); JSON has not. They are read as `null`, that is, as
    /// absent.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json), and for a text that is not JSON.
    pub fn from_text(text: &str) -> Result<Self, ConfigError> {
        Self::from_json(&serde_json::from_str(&without_infinities(text))?)
    }

    /// Reads a parsed `scheduler_config.json`.
    ///
    /// # Errors
    /// For what is not an object, and for a known key with a value that cannot be.
    pub fn from_json(json: &Value) -> Result<Self, ConfigError> {
        let keys = Keys(json.as_object().ok_or(ConfigError::NotAnObject)?);
        if let Some(predictor) = keys.get("solver_p") {
            return Err(bad(
                "solver_p",
                predictor,
                "null: no solver inside a solver",
            ));
        }
        Ok(Self {
            class_name: keys.text("_class_name")?,

            num_train_timesteps: keys.whole("num_train_timesteps", 1, 1_000_000)?,
            beta_start: keys.number("beta_start", "a number from 0 to 1", |v| {
                (0.0..=1.0).contains(&v)
            })?,
            beta_end: keys.number("beta_end", "a number from 0 to 1", |v| {
                (0.0..=1.0).contains(&v)
            })?,
            beta_schedule: keys.word("beta_schedule")?,
            trained_betas: keys.trained_betas()?,
            rescale_betas_zero_snr: keys.flag("rescale_betas_zero_snr")?,
            prediction_type: keys.word("prediction_type")?,

            timestep_spacing: keys.word("timestep_spacing")?,
            timestep_type: keys.word("timestep_type")?,
            steps_offset: keys.whole("steps_offset", 0, 1_000_000)?,
            interpolation_type: keys.word("interpolation_type")?,
            use_karras_sigmas: keys.flag("use_karras_sigmas")?,
            use_exponential_sigmas: keys.flag("use_exponential_sigmas")?,
            use_beta_sigmas: keys.flag("use_beta_sigmas")?,
            use_lu_lambdas: keys.flag("use_lu_lambdas")?,
            use_flow_sigmas: keys.flag("use_flow_sigmas")?,
            sigma_min: keys.positive("sigma_min")?,
            sigma_max: keys.positive("sigma_max")?,
            final_sigmas_type: keys.word("final_sigmas_type")?,
            set_alpha_to_one: keys.flag("set_alpha_to_one")?,
            lambda_min_clipped: keys.number("lambda_min_clipped", "a number", |_| true)?,

            clip_sample: keys.flag("clip_sample")?,
            clip_sample_range: keys.positive("clip_sample_range")?,
            thresholding: keys.flag("thresholding")?,
            dynamic_thresholding_ratio: keys.number(
                "dynamic_thresholding_ratio",
                "a number from 0 to 1",
                |v| (0.0..=1.0).contains(&v),
            )?,
            sample_max_value: keys.positive("sample_max_value")?,

            algorithm_type: keys.word("algorithm_type")?,
            solver_type: keys.word("solver_type")?,
            solver_order: keys.whole("solver_order", 1, 3)?,
            lower_order_final: keys.flag("lower_order_final")?,
            euler_at_final: keys.flag("euler_at_final")?,
            predict_x0: keys.flag("predict_x0")?,
            disable_corrector: keys.disable_corrector()?,
            variance_type: keys.word("variance_type")?,
            skip_prk_steps: keys.flag("skip_prk_steps")?,
            original_inference_steps: keys.whole("original_inference_steps", 1, 1_000_000)?,
            timestep_scaling: keys.number("timestep_scaling", "a number", |_| true)?,
        })
    }
}

/// Reads typed values out of an object.
struct Keys<'a>(&'a Map<String, Value>);

impl Keys<'_> {
    /// `null` is how Python writes "not given", for all but flags.
    fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        self.read(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A `null` flag is false, as Python takes it, whatever the class's default.
    fn flag(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(false)),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(value) => Err(bad(key, value, "true or false")),
        }
    }

    fn number(
        &self,
        key: &str,
        expected: &str,
        fits: impl Fn(f64) -> bool,
    ) -> Result<Option<f64>, ConfigError> {
        self.read(key, expected, |value| value.as_f64().filter(|v| fits(*v)))
    }

    fn positive(&self, key: &str) -> Result<Option<f64>, ConfigError> {
        self.number(key, "a number above 0", |v| v > 0.0)
    }

    fn whole(&self, key: &str, from: u64, to: u64) -> Result<Option<usize>, ConfigError> {
        let expected = format!("a whole number from {from} to {to}");
        self.read(key, &expected, |value| {
            let whole = value.as_u64().filter(|v| (from..=to).contains(v))?;
            usize::try_from(whole).ok()
        })
    }

    fn word<W: Word>(&self, key: &str) -> Result<Option<W>, ConfigError> {
        let words: Vec<_> = W::ALL.iter().map(|word| word.word()).collect();
        self.read(key, &one_of(&words), |value| {
            let text = value.as_str()?;
            W::ALL.iter().copied().find(|word| word.word() == text)
        })
    }

    fn trained_betas(&self) -> Result<Option<Vec<f32>>, ConfigError> {
        self.read("trained_betas", "a list of numbers from 0 to 1", |value| {
            let one = |v: &Value| v.as_f64().filter(|b| (0.0..=1.0).contains(b));
            value
                .as_array()?
                .iter()
                .map(|v| one(v).map(|b| b as f32))
                .collect()
        })
    }

    fn disable_corrector(&self) -> Result<Option<Vec<usize>>, ConfigError> {
        self.read("disable_corrector", "a list of step numbers", |value| {
            let one = |v: &Value| v.as_u64().and_then(|step| usize::try_from(step).ok());
            value.as_array()?.iter().map(one).collect()
        })
    }

    fn read<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        self.get(key)
            .map(|value| read(value).ok_or_else(|| bad(key, value, expected)))
            .transpose()
    }
}

fn bad(key: &str, value: &Value, expected: &str) -> ConfigError {
    ConfigError::BadValue {
        key: key.to_owned(),
        value: value.to_string(),
        expected: expected.to_owned(),
    }
}

/// "one of `a`, `b`".
pub(super) fn one_of(words: &[&str]) -> String {
    format!("one of `{}`", words.join("`, `"))
}

/// Replaces Python's non-finite numbers, outside strings, by `null`.
fn without_infinities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let end = string_end(rest);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if let Some(after) = ["-Infinity", "Infinity", "NaN"]
            .iter()
            .find_map(|word| rest.strip_prefix(word))
        {
            out.push_str("null");
            rest = after;
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// The length of the JSON string that `text` begins with, quotes included.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
