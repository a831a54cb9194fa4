//! The samplers there are, and the names people have for each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::error::SamplerError;
use super::setup::Setup;
use super::{
    Sampler, ddim, ddpm, dpmpp_2m, dpmpp_2m_sde, euler, euler_ancestral, heun, lcm, pndm, unipc,
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
const ROWS: [Row; 10] = [
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
    pub const ALL: [Self; 10] = {
        let mut all = [Self::Euler; 10];
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

    pub(super) fn build(self, setup: &Setup<'_>) -> Result<Box<dyn Sampler>, SamplerError> {
        (self.row().build)(setup)
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
