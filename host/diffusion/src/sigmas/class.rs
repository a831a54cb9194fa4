//! The scheduler classes of diffusers that our samplers stand for, and how they differ in what
//! they do with keys that a config leaves out.

use super::config::one_of;
use super::error::ConfigError;
use super::options::{BetaSchedule, PredictionType, TimestepSpacing};

/// A scheduler class of diffusers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SchedulerClass {
    /// `EulerDiscreteScheduler`
    Euler,
    /// `EulerAncestralDiscreteScheduler`
    EulerAncestral,
    /// `HeunDiscreteScheduler`
    Heun,
    /// `DDIMScheduler`
    Ddim,
    /// `DPMSolverMultistepScheduler`
    DpmSolverMultistep,
    /// `UniPCMultistepScheduler`
    UniPc,
    /// `LCMScheduler`
    Lcm,
    /// `PNDMScheduler`
    Pndm,
    /// `DDPMScheduler`
    Ddpm,
    /// `LMSDiscreteScheduler`
    Lms,
    /// `KDPM2DiscreteScheduler`
    KDpm2,
    /// `KDPM2AncestralDiscreteScheduler`
    KDpm2Ancestral,
    /// `DPMSolverSDEScheduler`
    DpmSolverSde,
    /// `DEISMultistepScheduler`
    Deis,
    /// `TCDScheduler`
    Tcd,
}

/// What a class does with `rescale_betas_zero_snr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ZeroSnr {
    /// It does not know the key.
    Ignored,
    /// The last ᾱ becomes 0: no picture left in the noisiest sample.
    Exact,
    /// The last ᾱ becomes 2^-24, so that sigma stays finite (4096).
    Floored,
}

/// A class's own values for the keys in which classes differ.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    pub(super) beta_start: f64,
    pub(super) beta_end: f64,
    pub(super) beta_schedule: BetaSchedule,
    /// One more beta schedule than the three that all know.
    pub(super) more_betas: Option<BetaSchedule>,
    pub(super) zero_snr: ZeroSnr,
    pub(super) spacing: TimestepSpacing,
    /// Whether it knows `use_karras_sigmas` and its like.
    pub(super) spreads: bool,
    pub(super) set_alpha_to_one: bool,
    /// The default of `clip_sample`; `None` if it does not know the key.
    pub(super) clip_sample: Option<bool>,
    /// Whether it knows `thresholding`.
    pub(super) thresholds: bool,
    pub(super) predictions: &'static [PredictionType],
}

const EULER: Defaults = Defaults {
    beta_start: 0.0001,
    beta_end: 0.02,
    beta_schedule: BetaSchedule::Linear,
    more_betas: None,
    zero_snr: ZeroSnr::Floored,
    spacing: TimestepSpacing::Linspace,
    spreads: true,
    set_alpha_to_one: false,
    clip_sample: None,
    thresholds: false,
    predictions: &[
        PredictionType::Epsilon,
        PredictionType::Velocity,
        PredictionType::Sample,
        PredictionType::OriginalSample,
    ],
};

const THREE: &[PredictionType] = &[
    PredictionType::Epsilon,
    PredictionType::Velocity,
    PredictionType::Sample,
];

const EULER_ANCESTRAL: Defaults = Defaults {
    spreads: false,
    predictions: &[PredictionType::Epsilon, PredictionType::Velocity],
    ..EULER
};

const HEUN: Defaults = Defaults {
    beta_start: 0.000_85,
    beta_end: 0.012,
    more_betas: Some(BetaSchedule::Exponential),
    zero_snr: ZeroSnr::Ignored,
    clip_sample: Some(false),
    predictions: THREE,
    ..EULER
};

const DDIM: Defaults = Defaults {
    zero_snr: ZeroSnr::Exact,
    spacing: TimestepSpacing::Leading,
    spreads: false,
    set_alpha_to_one: true,
    clip_sample: Some(true),
    thresholds: true,
    predictions: THREE,
    ..EULER
};

const DPM_SOLVER: Defaults = Defaults {
    thresholds: true,
    predictions: THREE,
    ..EULER
};

const LCM: Defaults = Defaults {
    beta_start: 0.000_85,
    beta_end: 0.012,
    beta_schedule: BetaSchedule::ScaledLinear,
    clip_sample: Some(false),
    ..DDIM
};

const PNDM: Defaults = Defaults {
    zero_snr: ZeroSnr::Ignored,
    set_alpha_to_one: false,
    clip_sample: None,
    thresholds: false,
    predictions: &[PredictionType::Epsilon, PredictionType::Velocity],
    ..DDIM
};

const DDPM: Defaults = Defaults {
    more_betas: Some(BetaSchedule::Sigmoid),
    ..DDIM
};

const LMS: Defaults = Defaults {
    zero_snr: ZeroSnr::Ignored,
    predictions: THREE,
    ..EULER
};

const K_DPM2: Defaults = Defaults {
    more_betas: None,
    clip_sample: None,
    predictions: &[PredictionType::Epsilon, PredictionType::Velocity],
    ..HEUN
};

const DEIS: Defaults = Defaults {
    thresholds: true,
    ..LMS
};

const TCD: Defaults = Defaults {
    clip_sample: None,
    thresholds: false,
    ..LCM
};

impl SchedulerClass {
    /// Every class.
    pub const ALL: [Self; 15] = [
        Self::Euler,
        Self::EulerAncestral,
        Self::Heun,
        Self::Ddim,
        Self::DpmSolverMultistep,
        Self::UniPc,
        Self::Lcm,
        Self::Pndm,
        Self::Ddpm,
        Self::Lms,
        Self::KDpm2,
        Self::KDpm2Ancestral,
        Self::DpmSolverSde,
        Self::Deis,
        Self::Tcd,
    ];

    /// The class's name in diffusers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Euler => "EulerDiscreteScheduler",
            Self::EulerAncestral => "EulerAncestralDiscreteScheduler",
            Self::Heun => "HeunDiscreteScheduler",
            Self::Ddim => "DDIMScheduler",
            Self::DpmSolverMultistep => "DPMSolverMultistepScheduler",
            Self::UniPc => "UniPCMultistepScheduler",
            Self::Lcm => "LCMScheduler",
            Self::Pndm => "PNDMScheduler",
            Self::Ddpm => "DDPMScheduler",
            Self::Lms => "LMSDiscreteScheduler",
            Self::KDpm2 => "KDPM2DiscreteScheduler",
            Self::KDpm2Ancestral => "KDPM2AncestralDiscreteScheduler",
            Self::DpmSolverSde => "DPMSolverSDEScheduler",
            Self::Deis => "DEISMultistepScheduler",
            Self::Tcd => "TCDScheduler",
        }
    }

    /// The class of that name.
    ///
    /// # Errors
    /// For a name that is none of ours; the error lists those that are.
    pub fn from_name(name: &str) -> Result<Self, ConfigError> {
        Self::ALL
            .into_iter()
            .find(|class| class.name() == name)
            .ok_or_else(|| ConfigError::UnknownClass {
                name: name.to_owned(),
                known: one_of(&Self::ALL.map(Self::name)),
            })
    }

    pub(super) const fn defaults(self) -> &'static Defaults {
        match self {
            Self::Euler => &EULER,
            Self::EulerAncestral => &EULER_ANCESTRAL,
            Self::Heun => &HEUN,
            Self::Ddim => &DDIM,
            Self::DpmSolverMultistep | Self::UniPc => &DPM_SOLVER,
            Self::Lcm => &LCM,
            Self::Pndm => &PNDM,
            Self::Ddpm => &DDPM,
            Self::Lms => &LMS,
            Self::KDpm2 | Self::KDpm2Ancestral | Self::DpmSolverSde => &K_DPM2,
            Self::Deis => &DEIS,
            Self::Tcd => &TCD,
        }
    }
}
