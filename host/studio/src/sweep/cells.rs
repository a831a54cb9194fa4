//! The cells of a sweep, made when they are asked for.

use std::collections::HashMap;

use aquatint_sandbox::names::shown;
use aquatint_sandbox::settings::Value;
use serde_json::{Map, Value as Json};

use super::axis::{Axis, AxisValue, Change};
use super::error::SweepError;
use super::fields::Level;
use super::order::OrderKey;
use super::prompt::reordered;
use crate::request::Changeable;
use crate::{InvalidParam, Request};

/// What all cells are made from.
#[derive(Debug)]
pub(super) struct Cells {
    /// What they have in common. A random seed is not there yet before it is drawn.
    pub(super) base: Request,
    pub(super) axes: Vec<Axis>,
    /// Where each plugin takes part, by its id.
    pub(super) levels: HashMap<String, Level>,
}

impl Cells {
    pub(super) fn len(&self) -> usize {
        self.axes.iter().map(|axis| axis.values.len()).product()
    }

    /// Where a cell is on each axis. The first axis changes from one cell to the next.
    pub(super) fn at(&self, index: usize) -> Vec<usize> {
        let mut rest = index;
        let places = self.axes.iter().map(|axis| {
            let count = axis.values.len().max(1);
            let place = rest % count;
            rest /= count;
            place
        });
        places.collect()
    }

    pub(super) fn values<'a>(&'a self, at: &'a [usize]) -> impl Iterator<Item = &'a AxisValue> {
        let axes = self.axes.iter().zip(at);
        axes.filter_map(|(axis, place)| axis.values.get(*place))
    }

    pub(super) fn coordinates(&self, at: &[usize]) -> Map<String, Json> {
        let names = self.axes.iter().map(|axis| axis.name.clone());
        names
            .zip(self.values(at).map(|value| value.value.clone()))
            .collect()
    }

    /// What is drawn at a place. Fields are set first, then the prompt is changed, axis by axis.
    pub(super) fn request(&self, at: &[usize]) -> Result<Request, SweepError> {
        let mut params: Vec<(String, Value)> = Vec::new();
        for value in self.values(at) {
            if let Change::Params(more) = &value.change {
                params.extend(more.iter().cloned());
            }
        }
        let in_cell = |reason: InvalidParam| SweepError::Cell {
            coordinates: self.place(at),
            reason: Box::new(reason),
        };
        let changed = self.base.apply_params(&params, Changeable::All);
        let mut request = changed.map_err(in_cell)?;
        // A point may leave the seed to the host.
        request.seed = request.seed.or(self.base.seed);
        let mut off = vec![false; request.plugins.len()];
        for (axis, value) in self.axes.iter().zip(self.values(at)) {
            match &value.change {
                Change::Params(_) => {}
                Change::Setting { at, key, value } => {
                    if let Some(used) = request.plugins.get_mut(*at) {
                        used.settings.insert(key.clone(), value.clone());
                    }
                }
                Change::Switch { at, on } => {
                    if let Some(off) = off.get_mut(*at) {
                        *off = !on;
                    }
                }
                Change::Styles(styles) => request.styles.extend(styles.iter().cloned()),
                Change::Replace { search, by } => replace(&mut request, &axis.name, search, by)?,
                Change::Order(words) => {
                    request.prompt =
                        reordered(&request.prompt, words).map_err(|word| SweepError::NotThere {
                            axis: shown(&axis.name),
                            text: shown(word),
                            place: format!(
                                "the prompt `{}`, or overlaps another of the words",
                                shown(&request.prompt)
                            ),
                        })?;
                }
            }
        }
        let mut off = off.into_iter();
        request.plugins.retain(|_| !off.next().unwrap_or_default());
        request.validate().map_err(|error| in_cell(error.into()))?;
        Ok(request)
    }

    pub(super) fn key(&self, request: &Request) -> OrderKey {
        OrderKey::of(request, &|used| {
            self.levels.get(&used.id).copied().unwrap_or(Level::Text)
        })
    }

    /// `cfg=7, sampler=Euler`.
    fn place(&self, at: &[usize]) -> String {
        let places: Vec<_> = self
            .axes
            .iter()
            .zip(self.values(at))
            .map(|(axis, value)| format!("{}={}", shown(&axis.name), shown(&value.label)))
            .collect();
        places.join(", ")
    }
}

/// As in A1111, in both prompts, and it has to be in one of them.
fn replace(request: &mut Request, axis: &str, search: &str, by: &str) -> Result<(), SweepError> {
    if !request.prompt.contains(search) && !request.negative.contains(search) {
        let (prompt, negative) = (shown(&request.prompt), shown(&request.negative));
        return Err(SweepError::NotThere {
            axis: shown(axis),
            text: shown(search),
            place: format!("the prompt `{prompt}`, and not in the negative prompt `{negative}`"),
        });
    }
    for text in [&mut request.prompt, &mut request.negative] {
        *text = text.replace(search, by);
    }
    Ok(())
}
