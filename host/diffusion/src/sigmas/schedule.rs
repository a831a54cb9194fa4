//! The choice of noise schedule, and the names people have for each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::align_your_steps::align_your_steps;
use super::beta::beta;
use super::ddim_uniform::ddim_uniform;
use super::error::UnknownSchedule;
use super::exponential::exponential;
use super::karras::karras;
use super::kl_optimal::kl_optimal;
use super::linear_quadratic::linear_quadratic;
use super::names;
use super::normal::normal;
use super::options::TimestepSpacing;
use super::polyexponential::polyexponential;
use super::sgm_uniform::sgm_uniform;
use super::simple::simple;
use super::table::SigmaTable;

/// At which noise levels a picture is sampled.
///
/// The first four follow the checkpoint's scheduler config exactly as diffusers does. The others
/// span the model's sigmas exactly as k-diffusion and A1111 do, whatever the config says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Schedule {
    /// What the checkpoint's scheduler config says.
    #[default]
    Model,
    /// The same with `timestep_spacing` "leading".
    Leading,
    /// The same with `timestep_spacing` "linspace".
    Linspace,
    /// The same with `timestep_spacing` "trailing".
    Trailing,
    /// Equal steps in the timestep.
    Normal,
    /// Equal steps in the seventh root of sigma.
    Karras,
    /// Equal steps in log sigma.
    Exponential,
    /// Equal steps in the probability of a Beta(0.6, 0.6) distribution of sigma.
    Beta,
    /// Equal steps in the timestep, the cleanest left out.
    SgmUniform,
    /// Every so-many-th sigma of training.
    Simple,
    /// A power of equal steps, in log sigma.
    Polyexponential,
    /// Every so-many-th sigma of training from the second on.
    DdimUniform,
    /// Sigmas that were found best for Stable Diffusion 1.5 and XL.
    AlignYourSteps,
    /// Equal steps in the arc tangent of sigma.
    KlOptimal,
    /// Small equal steps first, then ever larger ones.
    LinearQuadratic,
}

struct Row {
    schedule: Schedule,
    id: &'static str,
    label: &'static str,
    aliases: &'static [&'static str],
}

/// To add a schedule: a file with its formula, a variant, a row here, an arm in
/// [`Schedule::sigmas`].
const ROWS: [Row; 15] = [
    row(
        Schedule::Model,
        "model",
        "Model",
        &["automatic", "auto", "default"],
    ),
    row(Schedule::Leading, "leading", "Leading", &[]),
    row(Schedule::Linspace, "linspace", "Linspace", &[]),
    row(Schedule::Trailing, "trailing", "Trailing", &[]),
    row(Schedule::Normal, "normal", "Normal", &["uniform"]),
    row(Schedule::Karras, "karras", "Karras", &["ka"]),
    row(
        Schedule::Exponential,
        "exponential",
        "Exponential",
        &["exp"],
    ),
    row(Schedule::Beta, "beta", "Beta", &[]),
    row(Schedule::SgmUniform, "sgm_uniform", "SGM Uniform", &["sgm"]),
    row(Schedule::Simple, "simple", "Simple", &[]),
    row(
        Schedule::Polyexponential,
        "polyexponential",
        "Polyexponential",
        &["polyexp"],
    ),
    row(Schedule::DdimUniform, "ddim_uniform", "DDIM", &[]),
    row(
        Schedule::AlignYourSteps,
        "align_your_steps",
        "Align Your Steps",
        &["ays"],
    ),
    row(Schedule::KlOptimal, "kl_optimal", "KL Optimal", &[]),
    row(
        Schedule::LinearQuadratic,
        "linear_quadratic",
        "Linear Quadratic",
        &[],
    ),
];

const fn row(
    schedule: Schedule,
    id: &'static str,
    label: &'static str,
    aliases: &'static [&'static str],
) -> Row {
    Row {
        schedule,
        id,
        label,
        aliases,
    }
}

impl Row {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        [self.id, self.label]
            .into_iter()
            .chain(self.aliases.iter().copied())
    }
}

impl Schedule {
    /// Every schedule, the default first.
    pub const ALL: [Self; 15] = {
        let mut all = [Self::Model; 15];
        let mut i = 0;
        while i < ROWS.len() {
            all[i] = ROWS[i].schedule;
            i += 1;
        }
        all
    };

    /// The name in requests and recipes, such as `sgm_uniform`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().id
    }

    /// The name to show, as A1111 has it, such as "SGM Uniform".
    #[must_use]
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// Other names that are understood.
    #[must_use]
    pub fn aliases(self) -> &'static [&'static str] {
        self.row().aliases
    }

    /// Whether this follows the checkpoint's scheduler config.
    #[must_use]
    pub fn follows_config(self) -> bool {
        matches!(
            self,
            Self::Model | Self::Leading | Self::Linspace | Self::Trailing
        )
    }

    /// The `timestep_spacing` that this puts in place of the config's.
    pub(crate) fn spacing(self) -> Option<TimestepSpacing> {
        match self {
            Self::Leading => Some(TimestepSpacing::Leading),
            Self::Linspace => Some(TimestepSpacing::Linspace),
            Self::Trailing => Some(TimestepSpacing::Trailing),
            _ => None,
        }
    }

    /// `count` falling sigmas, or some more for [`Schedule::DdimUniform`], and the last, where the
    /// run ends: 0 but for [`Schedule::KlOptimal`]. `None` for those that
    /// [follow the config](Self::follows_config).
    pub(crate) fn sigmas(
        self,
        count: usize,
        table: &SigmaTable,
        is_sdxl: bool,
    ) -> Option<Vec<f64>> {
        let (min, max) = (table.min(), table.max());
        let mut sigmas = match self {
            Self::Model | Self::Leading | Self::Linspace | Self::Trailing => return None,
            Self::KlOptimal => return Some(kl_optimal(count, min, max)),
            Self::Normal => normal(count, table),
            Self::Karras => karras(count, min, max),
            Self::Exponential => exponential(count, min, max),
            Self::Beta => beta(count, min, max),
            Self::SgmUniform => sgm_uniform(count, table),
            Self::Simple => simple(count, table),
            Self::Polyexponential => polyexponential(count, min, max),
            Self::DdimUniform => ddim_uniform(count, table),
            Self::AlignYourSteps => align_your_steps(count, is_sdxl),
            Self::LinearQuadratic => linear_quadratic(count, max),
        };
        sigmas.push(0.0);
        Some(sigmas)
    }

    /// Splits a schedule's name off the end of a [plain](names::plain) name, for A1111's
    /// "DPM++ 2M Karras". All ways to do so: "exp" is also the end of other words.
    pub(crate) fn suffixes(plain: &str) -> impl Iterator<Item = (&str, Self)> {
        ROWS.iter().flat_map(move |row| {
            row.names().filter_map(move |name| {
                let rest = plain.strip_suffix(names::plain(name).as_str())?;
                Some((rest, row.schedule))
            })
        })
    }

    fn row(self) -> &'static Row {
        // Every variant has a row: `every_schedule_has_a_row` holds it to that.
        ROWS.iter()
            .find(|row| row.schedule == self)
            .unwrap_or(&ROWS[0])
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl FromStr for Schedule {
    type Err = UnknownSchedule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = names::plain(text);
        ROWS.iter()
            .find(|row| row.names().any(|name| names::plain(name) == plain))
            .map(|row| row.schedule)
            .ok_or_else(|| UnknownSchedule {
                name: text.to_owned(),
                nearest: names::nearest(&plain, ROWS.iter().map(|row| row.id)),
            })
    }
}

impl From<Schedule> for &'static str {
    fn from(schedule: Schedule) -> Self {
        schedule.id()
    }
}

impl TryFrom<String> for Schedule {
    type Error = UnknownSchedule;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
