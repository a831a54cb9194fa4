//! From what was written to a sweep whose random seeds are not drawn yet.

use std::collections::{BTreeSet, HashMap, HashSet};

use aquatint_sandbox::names::shown;
use aquatint_sandbox::settings::Value;
use serde_json::{Value as Json, json};

use super::axis::{Axis, Change, merged};
use super::canonical;
use super::cells::Cells;
use super::error::SweepError;
use super::fields::Level;
use super::plugins::SweepPlugins;
use super::spec::{AxisSpec, SweepSpec};
use super::sweep::Sweep;
use super::target::{Cast, Named};
use super::values::Reading;
use crate::{PluginUse, Request};

/// How many cells a sweep may have if nobody says more.
pub const DEFAULT_MAX_CELLS: u64 = 10_000;
/// How many it may have at all: cells are counted in 32 bits, and so many would take a year at three a second.
pub const MOST_CELLS: u64 = 100_000_000;
/// More than anyone can look through; axes with one value count as well.
const MOST_AXES: usize = 32;

/// Goes before what is hashed to a sweep's digest.
const SWEEP: &str = "aquatint sweep 1";

/// A sweep that is sound, axis by axis, and has no random seeds yet: they are drawn once, or taken from the record of a
/// sweep that is to go on.
#[derive(Debug)]
pub struct Draft {
    cells: Cells,
    digest: blake3::Hash,
}

impl Draft {
    /// Reads the axes. They are counted before anything is made of them.
    ///
    /// # Errors
    /// The first thing that is wrong; it is named.
    pub fn new(spec: &SweepSpec, plugins: &dyn SweepPlugins) -> Result<Self, SweepError> {
        let most = spec.max_cells.unwrap_or(DEFAULT_MAX_CELLS);
        if !(1..=MOST_CELLS).contains(&most) {
            return Err(SweepError::Limit {
                given: most,
                most: MOST_CELLS,
            });
        }
        let request = &spec.request;
        request.validate()?;
        if request.batch != 1 {
            return Err(SweepError::Batch {
                given: request.batch,
            });
        }
        match spec.axes.len() {
            0 => return Err(SweepError::NoAxes),
            count if count > MOST_AXES => {
                return Err(SweepError::TooManyAxes {
                    count,
                    most: MOST_AXES,
                });
            }
            _ => {}
        }
        let mut cast = Cast::new(request, plugins)?;
        let mut names = Vec::with_capacity(spec.axes.len());
        for axis in &spec.axes {
            let mut named = cast.resolve(axis)?;
            if let Some(name) = &axis.name {
                named.name = name.trim().to_owned();
            }
            if named.name.is_empty() {
                return Err(SweepError::Refused {
                    axis: shown(&axis.field),
                    why: "the name is empty, expected a text".to_owned(),
                });
            }
            names.push(named);
        }
        let mut axes = Vec::with_capacity(names.len());
        for (named, axis) in names.iter().zip(&spec.axes) {
            axes.push(read(named, axis, request, &cast, most)?);
        }
        tell_apart(&mut axes, spec)?;
        no_contradictions(&axes)?;
        let count = axes.iter().try_fold(1_u128, |count, axis| {
            count.checked_mul(axis.values.len() as u128)
        });
        let count = count.unwrap_or(u128::MAX);
        if count > u128::from(most) {
            let sizes: Vec<_> = axes
                .iter()
                .map(|axis| axis.values.len().to_string())
                .collect();
            return Err(SweepError::TooManyCells {
                count,
                sizes: sizes.join(" × "),
                most,
            });
        }
        let drawing = cast.into_drawing();
        let levels: HashMap<String, Level> = drawing
            .iter()
            .map(|(used, level)| (used.id.clone(), *level))
            .collect();
        let base = Request {
            plugins: drawing.into_iter().map(|(used, _)| used).collect(),
            ..request.clone()
        };
        base.validate()?;
        Ok(Self {
            digest: digest(request, &base.plugins, &axes),
            cells: Cells { base, axes, levels },
        })
    }

    /// Names the sweep: what all cells have in common, and the axes. Seeds that are still to be drawn do not count, and
    /// neither does the limit of cells.
    #[must_use]
    pub fn digest(&self) -> blake3::Hash {
        self.digest
    }

    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Never: every axis has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many seeds are to be drawn.
    #[must_use]
    pub fn random_seeds(&self) -> usize {
        let axes = self.cells.axes.iter();
        let values = axes.flat_map(|axis| &axis.values);
        usize::from(self.draws_base()) + values.filter(|value| value.random).count()
    }

    /// Whether the seed that all cells have in common is to be drawn: nobody said any, and it is on no axis.
    fn draws_base(&self) -> bool {
        let sets_seed = |axis: &Axis| {
            axis.values.iter().all(|value| match &value.change {
                Change::Params(params) => params
                    .iter()
                    .any(|(key, set)| key == "seed" && (value.random || *set != Value::Auto)),
                _ => false,
            })
        };
        self.cells.base.seed.is_none() && !self.cells.axes.iter().any(sets_seed)
    }

    /// The sweep, with seeds from `draw`. No seed is there twice.
    ///
    /// # Errors
    /// Values that are fine alone and not together.
    pub fn draw(self, draw: &mut dyn FnMut() -> u64) -> Result<Sweep, SweepError> {
        let axes = self.cells.axes.iter();
        let mut taken: HashSet<u64> = axes
            .flat_map(|axis| &axis.values)
            .filter_map(|value| value.value.as_u64())
            .collect();
        let seeds: Vec<u64> = (0..self.random_seeds())
            .map(|_| {
                let mut seed = draw();
                while !taken.insert(seed) {
                    seed = seed.wrapping_add(1);
                }
                seed
            })
            .collect();
        self.with_seeds(&seeds)
    }

    /// The sweep, with seeds that were [drawn before](Sweep::seeds).
    ///
    /// # Errors
    /// There are more or fewer seeds than the sweep has; or values that are fine alone and not together.
    pub fn with_seeds(mut self, seeds: &[u64]) -> Result<Sweep, SweepError> {
        let expected = self.random_seeds();
        if seeds.len() != expected {
            return Err(SweepError::Seeds {
                given: seeds.len(),
                expected,
            });
        }
        let mut rest = seeds.iter();
        if self.draws_base() {
            self.cells.base.seed = rest.next().copied();
        }
        let axes = self.cells.axes.iter_mut();
        let random = axes
            .flat_map(|axis| &mut axis.values)
            .filter(|value| value.random);
        for (value, seed) in random.zip(rest) {
            value.draw(*seed);
        }
        Sweep::new(self.cells, self.digest, seeds.to_vec())
    }
}

fn read(
    named: &Named,
    spec: &AxisSpec,
    request: &Request,
    cast: &Cast<'_>,
    most: u64,
) -> Result<Axis, SweepError> {
    let name = shown(&named.name);
    let reading = Reading {
        axis: &name,
        base: request,
        most,
    };
    let mut values = reading.read(named, spec.values.as_ref(), cast)?;
    if let Some(labels) = &spec.labels {
        if labels.len() != values.len() {
            return Err(SweepError::Labels {
                axis: name,
                labels: labels.len(),
                values: values.len(),
            });
        }
        for (value, label) in values.iter_mut().zip(labels) {
            value.label.clone_from(label);
        }
    }
    Ok(Axis {
        values: merged(&name, values)?,
        name: named.name.clone(),
        label: spec.label.clone().unwrap_or_else(|| named.label.clone()),
    })
}

/// Texts may be replaced along several axes: those are told apart by the text that they look for.
fn tell_apart(axes: &mut [Axis], spec: &SweepSpec) -> Result<(), SweepError> {
    let searches: Vec<Option<String>> = axes
        .iter()
        .zip(&spec.axes)
        .map(|(axis, spec)| match &axis.values.first()?.change {
            Change::Replace { search, .. } if spec.name.is_none() => Some(search.clone()),
            _ => None,
        })
        .collect();
    if searches.iter().flatten().count() > 1 {
        for (axis, search) in axes.iter_mut().zip(searches) {
            if let Some(search) = search {
                axis.name = format!("replace:{search}");
            }
        }
    }
    for (index, axis) in axes.iter().enumerate() {
        if axes[..index].iter().any(|other| other.name == axis.name) {
            return Err(SweepError::Twice {
                axis: shown(&axis.name),
            });
        }
    }
    Ok(())
}

/// No two axes set the same thing.
fn no_contradictions(axes: &[Axis]) -> Result<(), SweepError> {
    let mut set: HashMap<(usize, String), usize> = HashMap::new();
    for (index, axis) in axes.iter().enumerate() {
        let mut own: BTreeSet<(usize, String)> = BTreeSet::new();
        for value in &axis.values {
            match &value.change {
                Change::Params(params) => {
                    own.extend(params.iter().map(|(key, _)| (0, format!("`{key}`"))));
                }
                Change::Setting { at, key, .. } => {
                    own.insert((*at, format!("the setting `{key}`")));
                }
                Change::Switch { at, .. } => {
                    own.insert((*at, "whether a plugin takes part".to_owned()));
                }
                Change::Replace { search, .. } => {
                    own.insert((0, format!("what is in place of `{}`", shown(search))));
                }
                Change::Order(_) => {
                    own.insert((0, "the order of the prompt".to_owned()));
                }
                // They are added, whoever else adds some.
                Change::Styles(_) => {}
            }
        }
        for what in own {
            if let Some(other) = set.insert(what.clone(), index) {
                return Err(SweepError::Contradiction {
                    first: shown(&axes[other].name),
                    second: shown(&axis.name),
                    what: what.1,
                });
            }
        }
    }
    Ok(())
}

fn digest(request: &Request, plugins: &[PluginUse], axes: &[Axis]) -> blake3::Hash {
    let axes: Vec<Json> = axes
        .iter()
        .map(|axis| {
            let values: Vec<Json> = axis.values.iter().map(|value| value.to_json()).collect();
            json!({"name": axis.name, "values": values})
        })
        .collect();
    let json = json!({
        "request": canonical::to_json(request),
        "plugins": canonical::to_json(&plugins),
        "axes": axes,
    });
    canonical::digest(SWEEP, &json)
}
