//! The samplers there are, and the names people have for each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::SamplerError;
use super::setup::Setup;
use super::unscaled::Unscaled;
use super::{
    Sampler, ddim, ddim_cfg_pp, ddpm, deis, dpm_adaptive, dpm_fast, dpm2, dpm2_ancestral, dpmpp_2m,
    dpmpp_2m_sde, dpmpp_2m_sde_heun, dpmpp_2s_ancestral, dpmpp_3m_sde, dpmpp_sde, euler,
    euler_ancestral, euler_ancestral_cfg_pp, euler_cfg_pp, heun, ipndm, ipndm_v, lcm, lms, pndm,
    restart, tcd, unipc,
};
use crate::sigmas::names::{nearest, plain};
use crate::sigmas::{AlgorithmType, ConfigError, Schedule, SchedulerClass, SchedulerConfig};

/// A way of sampling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum SamplerKind {
    /// One straight step at a time.
    Euler,
    /// The same, with fresh noise each step.
    EulerAncestral,
    /// Euler with a correction: two model calls a step.
    Heun,
    /// The deterministic sampler that Stable Diffusion was published with.
    Ddim,
    /// A second-order multistep solver: the most used.
    Dpmpp2m,
    /// The same, with fresh noise each step.
    Dpmpp2mSde,
    /// A multistep solver with a corrector that costs no model call.
    UniPc,
    /// For latent consistency models and LCM LoRAs: a few steps.
    Lcm,
    /// Linear multistep, as the default of Stable Diffusion 1.
    Pndm,
    /// The original: fresh noise each step, and many steps.
    Ddpm,
    /// A linear multistep solver.
    Lms,
    /// A step by the slope in its middle: two model calls.
    Dpm2,
    /// The same, with fresh noise each step.
    Dpm2Ancestral,
    /// DPM++ by the picture in the middle of each step, with fresh noise: two model calls.
    Dpmpp2sAncestral,
    /// The same, with noise in the middle, too.
    DpmppSde,
    /// DPM++ 2M SDE in another form of second order.
    Dpmpp2mSdeHeun,
    /// DPM++ with fresh noise each step, to third order.
    Dpmpp3mSde,
    /// A multistep solver in log sigma.
    Deis,
    /// For trajectory consistency models and TCD LoRAs: a few steps.
    Tcd,
    /// Heun that goes a part of the way again, from fresh noise.
    Restart,
    /// Euler along the noise that the model sees without guidance.
    EulerCfgPp,
    /// The same, with fresh noise each step.
    EulerAncestralCfgPp,
    /// DDIM along the noise that the model sees without guidance.
    DdimCfgPp,
    /// A linear multistep solver with fixed factors.
    Ipndm,
    /// The same, with factors for the steps' lengths.
    IpndmV,
    /// Third order, in as many model calls as steps.
    DpmFast,
    /// Third order, in as many model calls as its error asks for.
    DpmAdaptive,
}

type Build = fn(&Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError>;

struct Row {
    kind: SamplerKind,
    id: &'static str,
    /// A1111's name.
    label: &'static str,
    class: SchedulerClass,
    aliases: &'static [&'static str],
    build: Build,
}

/// To add a sampler: a file with its arithmetic, a variant, and a row here.
const ROWS: [Row; 27] = [
    Row {
        kind: SamplerKind::Euler,
        id: "euler",
        label: "Euler",
        class: SchedulerClass::Euler,
        aliases: &["k_euler"],
        build: euler::build,
    },
    Row {
        kind: SamplerKind::EulerAncestral,
        id: "euler_a",
        label: "Euler a",
        class: SchedulerClass::EulerAncestral,
        aliases: &["k_euler_a", "euler_ancestral", "k_euler_ancestral"],
        build: euler_ancestral::build,
    },
    Row {
        kind: SamplerKind::Heun,
        id: "heun",
        label: "Heun",
        class: SchedulerClass::Heun,
        aliases: &["k_heun"],
        build: heun::build,
    },
    Row {
        kind: SamplerKind::Ddim,
        id: "ddim",
        label: "DDIM",
        class: SchedulerClass::Ddim,
        aliases: &[],
        build: ddim::build,
    },
    Row {
        kind: SamplerKind::Dpmpp2m,
        id: "dpmpp_2m",
        label: "DPM++ 2M",
        class: SchedulerClass::DpmSolverMultistep,
        aliases: &["k_dpmpp_2m", "dpm_2m", "dpmsolver++"],
        build: dpmpp_2m::build,
    },
    Row {
        kind: SamplerKind::Dpmpp2mSde,
        id: "dpmpp_2m_sde",
        label: "DPM++ 2M SDE",
        class: SchedulerClass::DpmSolverMultistep,
        aliases: &["k_dpmpp_2m_sde", "dpm_2m_sde", "sde-dpmsolver++"],
        build: dpmpp_2m_sde::build,
    },
    Row {
        kind: SamplerKind::UniPc,
        id: "unipc",
        label: "UniPC",
        class: SchedulerClass::UniPc,
        aliases: &["uni_pc", "uni_pc_bh2"],
        build: unipc::build,
    },
    Row {
        kind: SamplerKind::Lcm,
        id: "lcm",
        label: "LCM",
        class: SchedulerClass::Lcm,
        aliases: &["k_lcm"],
        build: lcm::build,
    },
    Row {
        kind: SamplerKind::Pndm,
        id: "pndm",
        label: "PLMS",
        class: SchedulerClass::Pndm,
        aliases: &[],
        build: pndm::build,
    },
    Row {
        kind: SamplerKind::Ddpm,
        id: "ddpm",
        label: "DDPM",
        class: SchedulerClass::Ddpm,
        aliases: &[],
        build: ddpm::build,
    },
    Row {
        kind: SamplerKind::Lms,
        id: "lms",
        label: "LMS",
        class: SchedulerClass::Lms,
        aliases: &["k_lms", "lmsd"],
        build: lms::build,
    },
    Row {
        kind: SamplerKind::Dpm2,
        id: "dpm2",
        label: "DPM2",
        class: SchedulerClass::KDpm2,
        aliases: &["k_dpm_2", "dpm_2", "kdpm2"],
        build: dpm2::build,
    },
    Row {
        kind: SamplerKind::Dpm2Ancestral,
        id: "dpm2_a",
        label: "DPM2 a",
        class: SchedulerClass::KDpm2Ancestral,
        aliases: &[
            "k_dpm_2_a",
            "dpm_2_ancestral",
            "k_dpm_2_ancestral",
            "kdpm2_a",
        ],
        build: dpm2_ancestral::build,
    },
    Row {
        kind: SamplerKind::Dpmpp2sAncestral,
        id: "dpmpp_2s_a",
        label: "DPM++ 2S a",
        class: SchedulerClass::EulerAncestral,
        aliases: &["k_dpmpp_2s_a", "dpmpp_2s_ancestral"],
        build: dpmpp_2s_ancestral::build,
    },
    Row {
        kind: SamplerKind::DpmppSde,
        id: "dpmpp_sde",
        label: "DPM++ SDE",
        class: SchedulerClass::DpmSolverSde,
        aliases: &["k_dpmpp_sde"],
        build: dpmpp_sde::build,
    },
    Row {
        kind: SamplerKind::Dpmpp2mSdeHeun,
        id: "dpmpp_2m_sde_heun",
        label: "DPM++ 2M SDE Heun",
        class: SchedulerClass::DpmSolverMultistep,
        aliases: &["k_dpmpp_2m_sde_heun"],
        build: dpmpp_2m_sde_heun::build,
    },
    Row {
        kind: SamplerKind::Dpmpp3mSde,
        id: "dpmpp_3m_sde",
        label: "DPM++ 3M SDE",
        class: SchedulerClass::DpmSolverMultistep,
        aliases: &["k_dpmpp_3m_sde"],
        build: dpmpp_3m_sde::build,
    },
    Row {
        kind: SamplerKind::Deis,
        id: "deis",
        label: "DEIS",
        class: SchedulerClass::Deis,
        aliases: &[],
        build: deis::build,
    },
    Row {
        kind: SamplerKind::Tcd,
        id: "tcd",
        label: "TCD",
        class: SchedulerClass::Tcd,
        aliases: &[],
        build: tcd::build,
    },
    Row {
        kind: SamplerKind::Restart,
        id: "restart",
        label: "Restart",
        class: SchedulerClass::Heun,
        aliases: &[],
        build: restart::build,
    },
    Row {
        kind: SamplerKind::EulerCfgPp,
        id: "euler_cfg_pp",
        label: "Euler CFG++",
        class: SchedulerClass::Euler,
        aliases: &["k_euler_cfg_pp"],
        build: euler_cfg_pp::build,
    },
    Row {
        kind: SamplerKind::EulerAncestralCfgPp,
        id: "euler_a_cfg_pp",
        label: "Euler a CFG++",
        class: SchedulerClass::EulerAncestral,
        aliases: &["euler_ancestral_cfg_pp"],
        build: euler_ancestral_cfg_pp::build,
    },
    Row {
        kind: SamplerKind::DdimCfgPp,
        id: "ddim_cfg_pp",
        label: "DDIM CFG++",
        class: SchedulerClass::Ddim,
        aliases: &[],
        build: ddim_cfg_pp::build,
    },
    Row {
        kind: SamplerKind::Ipndm,
        id: "ipndm",
        label: "iPNDM",
        class: SchedulerClass::Euler,
        aliases: &[],
        build: ipndm::build,
    },
    Row {
        kind: SamplerKind::IpndmV,
        id: "ipndm_v",
        label: "iPNDM_v",
        class: SchedulerClass::Euler,
        aliases: &[],
        build: ipndm_v::build,
    },
    Row {
        kind: SamplerKind::DpmFast,
        id: "dpm_fast",
        label: "DPM fast",
        class: SchedulerClass::Euler,
        aliases: &["k_dpm_fast"],
        build: dpm_fast::build,
    },
    Row {
        kind: SamplerKind::DpmAdaptive,
        id: "dpm_adaptive",
        label: "DPM adaptive",
        class: SchedulerClass::Euler,
        aliases: &["k_dpm_ad", "k_dpm_adaptive"],
        build: dpm_adaptive::build,
    },
];

impl Row {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.id, self.label, self.class.name()]
            .into_iter()
            .chain(self.aliases.iter().copied())
    }
}

impl SamplerKind {
    /// Every sampler.
    pub const ALL: [Self; 27] = {
        let mut all = [Self::Euler; 27];
        let mut i = 0;
        while i < ROWS.len() {
            all[i] = ROWS[i].kind;
            i += 1;
        }
        all
    };

    /// The name in requests and recipes, such as `dpmpp_2m`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// A1111's name, such as "DPM++ 2M".
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Other names that are understood.
    #[must_use]
    pub fn aliases(self) -> &'static [&'static str] {
        self.row().aliases
    }

    /// The diffusers class that this follows.
    #[must_use]
    pub fn class(self) -> SchedulerClass {
        self.row().class
    }

    /// Reads a sampler's name, and the schedule's if there is one behind it, as A1111 has them
    /// ("DPM++ 2M Karras"). Case, spaces and punctuation do not matter.
    ///
    /// # Errors
    /// For a name that no sampler has; the error suggests the nearest.
    pub fn parse(name: &str) -> Result<(Self, Option<Schedule>), SamplerError> {
        let plain_name = plain(name);
        Self::find(&plain_name)
            .map(|kind| (kind, None))
            .or_else(|| {
                Schedule::suffixes(&plain_name)
                    .find_map(|(rest, schedule)| Some((Self::find(rest)?, Some(schedule))))
            })
            .ok_or_else(|| SamplerError::Unknown {
                name: name.to_owned(),
                nearest: nearest(&plain_name, ROWS.iter().map(|row| row.label)),
            })
    }

    fn find(plain_name: &str) -> Option<Self> {
        ROWS.iter()
            .find(|row| row.names().any(|name| plain(name) == plain_name))
            .map(|row| row.kind)
    }

    /// The schedule that A1111 takes for "Automatic" with this sampler, or for none; `None` for
    /// samplers that it has not, or that go over timesteps there.
    #[must_use]
    pub fn automatic_schedule(self) -> Option<Schedule> {
        match self {
            Self::Dpmpp2m
            | Self::DpmppSde
            | Self::Dpmpp2sAncestral
            | Self::Dpm2
            | Self::Dpm2Ancestral
            | Self::Restart => Some(Schedule::Karras),
            Self::Dpmpp2mSde | Self::Dpmpp2mSdeHeun | Self::Dpmpp3mSde => {
                Some(Schedule::Exponential)
            }
            Self::Euler
            | Self::EulerAncestral
            | Self::Heun
            | Self::Lms
            | Self::DpmFast
            | Self::DpmAdaptive => Some(Schedule::Normal),
            _ => None,
        }
    }

    /// Whether this wants to know what the model says [without guidance](Sampler::unguided).
    #[must_use]
    pub fn uses_unguided(self) -> bool {
        matches!(
            self,
            Self::EulerCfgPp | Self::EulerAncestralCfgPp | Self::DdimCfgPp
        )
    }

    /// Whether its steps are as long as the pictures let them be: each picture then has its own, and is drawn alone.
    #[must_use]
    pub fn is_adaptive(self) -> bool {
        self == Self::DpmAdaptive
    }

    /// What the guidance scale is multiplied by: A1111 divides that of DDIM CFG++ by 12.5, so that
    /// people may leave it where it is.
    #[must_use]
    pub fn guidance_share(self) -> f32 {
        match self {
            Self::DdimCfgPp => 1.0 / 12.5,
            _ => 1.0,
        }
    }

    /// A sampler at the beginning of a run.
    ///
    /// # Errors
    /// For no steps or more than the model was trained with, and for a config that the sampler
    /// cannot follow.
    pub fn build(self, setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
        let sampler = (self.row().build)(setup)?;
        if setup.schedule == Schedule::KlOptimal && !sampler.path().is_exploding() {
            // Where this schedule ends.
            let least = setup.settings(self.class())?.table.min() as f32;
            return Ok(Box::new(Unscaled::new(sampler, least)));
        }
        Ok(sampler)
    }

    fn row(self) -> &'static Row {
        // Every variant has a row: `every_sampler_has_a_row` holds it to that.
        ROWS.iter().find(|row| row.kind == self).unwrap_or(&ROWS[0])
    }
}

impl SchedulerConfig {
    /// The sampler that the config was written for: that of its `_class_name`.
    ///
    /// # Errors
    /// For a class that no sampler of ours follows; the error lists those that one does.
    pub fn default_sampler(&self) -> Result<SamplerKind, ConfigError> {
        let class = SchedulerClass::from_name(self.class_name.as_deref().unwrap_or_default())?;
        let stochastic = matches!(
            self.algorithm_type,
            Some(AlgorithmType::SdeDpm | AlgorithmType::SdeDpmPlusPlus)
        );
        Ok(match class {
            SchedulerClass::Euler => SamplerKind::Euler,
            SchedulerClass::EulerAncestral => SamplerKind::EulerAncestral,
            SchedulerClass::Heun => SamplerKind::Heun,
            SchedulerClass::Ddim => SamplerKind::Ddim,
            SchedulerClass::DpmSolverMultistep if stochastic => SamplerKind::Dpmpp2mSde,
            SchedulerClass::DpmSolverMultistep => SamplerKind::Dpmpp2m,
            SchedulerClass::UniPc => SamplerKind::UniPc,
            SchedulerClass::Lcm => SamplerKind::Lcm,
            SchedulerClass::Pndm => SamplerKind::Pndm,
            SchedulerClass::Ddpm => SamplerKind::Ddpm,
            SchedulerClass::Lms => SamplerKind::Lms,
            SchedulerClass::KDpm2 => SamplerKind::Dpm2,
            SchedulerClass::KDpm2Ancestral => SamplerKind::Dpm2Ancestral,
            SchedulerClass::DpmSolverSde => SamplerKind::DpmppSde,
            SchedulerClass::Deis => SamplerKind::Deis,
            SchedulerClass::Tcd => SamplerKind::Tcd,
        })
    }
}

impl fmt::Display for SamplerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl FromStr for SamplerKind {
    type Err = SamplerError;

    /// A sampler's name alone, without a schedule's behind it.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let plain_name = plain(name);
        Self::find(&plain_name).ok_or_else(|| SamplerError::Unknown {
            name: name.to_owned(),
            nearest: nearest(&plain_name, ROWS.iter().map(|row| row.label)),
        })
    }
}

impl From<SamplerKind> for &'static str {
    fn from(kind: SamplerKind) -> Self {
        kind.id()
    }
}

impl TryFrom<String> for SamplerKind {
    type Error = SamplerError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}
