//! What the name of an axis stands for.

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::names::{nearest, shown};
use aquatint_sandbox::plugin::{Axis, Point};
use aquatint_sandbox::settings::Setting;

use super::error::SweepError;
use super::fields::{self, Field, Level, Special, Takes};
use super::plugins::{About, SweepPlugins};
use super::spec::AxisSpec;
use crate::plugins::PluginError;
use crate::{PluginUse, Request};

/// What changes along an axis.
pub(super) enum Target {
    Field(&'static Field),
    Special(Special),
    /// A setting of one of the plugins that take part.
    Setting {
        at: usize,
        setting: Setting,
    },
    /// One of them at all.
    Switch {
        at: usize,
    },
    /// What a plugin thought out.
    Points {
        plugin: String,
        points: Vec<Point>,
    },
}

/// A target with what it is called.
pub(super) struct Named {
    pub(super) target: Target,
    /// In coordinates.
    pub(super) name: String,
    /// Beside a grid.
    pub(super) label: String,
}

/// The plugins of a sweep: those of its request, and those that its axes add.
pub(super) struct Cast<'a> {
    source: &'a dyn SweepPlugins,
    request: &'a Request,
    /// Those that take part in pictures, in their order.
    drawing: Vec<Member>,
    /// Those that only add axes: pictures are drawn without them.
    sweeping: Vec<Member>,
}

struct Member {
    used: PluginUse,
    about: About,
}

/// A plugin that an axis names.
struct Found {
    about: About,
    used: PluginUse,
    /// Where it stands among those that take part; behind them if it is not there yet.
    at: usize,
}

impl<'a> Cast<'a> {
    pub(super) fn new(
        request: &'a Request,
        source: &'a dyn SweepPlugins,
    ) -> Result<Self, SweepError> {
        let mut cast = Self {
            source,
            request,
            drawing: Vec::new(),
            sweeping: Vec::new(),
        };
        for used in &request.plugins {
            let id = used.plugin_id().map_err(PluginError::from);
            let about = id.and_then(|id| source.about(&id));
            let about = about.map_err(|error| SweepError::RequestPlugin(Box::new(error)))?;
            let members = if about.draws() {
                &mut cast.drawing
            } else {
                &mut cast.sweeping
            };
            members.push(Member {
                used: used.clone(),
                about,
            });
        }
        Ok(cast)
    }

    /// The plugins that pictures are drawn with, and where each takes part.
    pub(super) fn into_drawing(self) -> Vec<(PluginUse, Level)> {
        self.drawing
            .into_iter()
            .map(|member| (member.used, Level::of_hooks(&member.about.hooks)))
            .collect()
    }

    pub(super) fn used(&self, at: usize) -> Option<(&PluginUse, &About)> {
        let member = self.drawing.get(at)?;
        Some((&member.used, &member.about))
    }

    /// What an axis changes. A plugin that the request does not name is added to it.
    pub(super) fn resolve(&mut self, spec: &AxisSpec) -> Result<Named, SweepError> {
        let given = spec.field.trim();
        if let Some(field) = fields::field(given) {
            if let Takes::Refused(why) = field.takes {
                return Err(refused(field.key, why));
            }
            return Ok(Named {
                target: Target::Field(field),
                name: field.key.to_owned(),
                label: field.label.to_owned(),
            });
        }
        if let Some(special) = fields::special(given) {
            let (name, label) = match special {
                Special::Size => ("size", "Size"),
                Special::Replace => ("replace", "Replace"),
                Special::Order => ("order", "Prompt order"),
                Special::Styles => ("styles", "Styles"),
            };
            return Ok(Named {
                target: Target::Special(special),
                name: name.to_owned(),
                label: label.to_owned(),
            });
        }
        self.plugin(given, spec.values.is_some())
    }

    fn plugin(&mut self, given: &str, has_values: bool) -> Result<Named, SweepError> {
        let (whole, split) = match given.split_once(':') {
            Some(split) => (None, Some(split)),
            // Ids may have dots, keys have none.
            None => (Some(given), given.rsplit_once('.')),
        };
        let mut missing = None;
        let mut find = |written| match self.find(given, written) {
            Err(SweepError::Plugin { source, .. })
                if matches!(*source, PluginError::NotFound { .. }) =>
            {
                missing = Some(source);
                Ok(None)
            }
            found => found,
        };
        let whole = match whole {
            Some(id) => find(id)?,
            None => None,
        };
        let split = match split {
            Some((id, key)) => find(id)?.map(|found| (found, id, key)),
            None => None,
        };
        match (whole, split) {
            (Some(whole), Some((found, id, key))) => {
                if found.about.settings.get(key).is_some() {
                    let why = format!(
                        "is a plugin, and a setting of `{id}`: write `{id}:{key}` for the setting"
                    );
                    return Err(refused(given, &why));
                }
                self.switch(given, whole)
            }
            (Some(whole), None) => self.switch(given, whole),
            (None, Some((found, id, key))) => self.key(id, key, found, has_values),
            (None, None) => Err(match missing {
                Some(source) if given.contains(['.', ':']) => SweepError::Plugin {
                    axis: shown(given),
                    source,
                },
                _ => self.unknown(given),
            }),
        }
    }

    /// `ID` or `ID#2`; `None` for what is no id.
    fn find(&self, axis: &str, written: &str) -> Result<Option<Found>, SweepError> {
        let (id, number) = match written.split_once('#') {
            // The key of a setting comes after it.
            Some((_, number)) if number.contains(['.', ':']) => return Ok(None),
            Some((id, number)) => (id, Some(number)),
            None => (written, None),
        };
        let Ok(id) = id.parse::<PluginId>() else {
            return Ok(None);
        };
        let about = self
            .source
            .about(&id)
            .map_err(|source| SweepError::Plugin {
                axis: shown(axis),
                source: Box::new(source),
            })?;
        let members = if about.draws() {
            &self.drawing
        } else {
            &self.sweeping
        };
        let mut places = members
            .iter()
            .enumerate()
            .filter(|(_, member)| member.used.id == id.as_str());
        let count = places.clone().count();
        let place = match number {
            None if count > 1 => {
                let why = format!(
                    "the request names `{id}` {count} times, expected `{id}#1` to `{id}#{count}`"
                );
                return Err(refused(axis, &why));
            }
            None => places.next(),
            Some(number) => {
                let index = number.parse::<usize>().ok();
                let index = index.and_then(|number| number.checked_sub(1));
                let place = index.and_then(|index| places.nth(index));
                if place.is_none() {
                    let why = format!("the request names `{id}` {count} times");
                    return Err(refused(axis, &why));
                }
                place
            }
        };
        let (at, used) = match place {
            Some((at, member)) => (at, member.used.clone()),
            None => {
                let id = id.into();
                let used = PluginUse {
                    id,
                    ..PluginUse::default()
                };
                (members.len(), used)
            }
        };
        Ok(Some(Found { about, used, at }))
    }

    fn switch(&mut self, given: &str, found: Found) -> Result<Named, SweepError> {
        if !found.about.draws() {
            let axes = self.axes(given, &found)?;
            let names: Vec<_> = axes
                .iter()
                .map(|axis| format!("`{given}.{}`", axis.key))
                .collect();
            let why = format!(
                "the plugin takes part in no picture, it only adds axes: {}",
                names.join(", ")
            );
            return Err(refused(given, &why));
        }
        Ok(Named {
            target: Target::Switch {
                at: self.joined(found),
            },
            name: given.to_owned(),
            label: given.to_owned(),
        })
    }

    fn key(
        &mut self,
        id: &str,
        key: &str,
        found: Found,
        has_values: bool,
    ) -> Result<Named, SweepError> {
        let name = format!("{id}.{key}");
        // The settings of a plugin that only adds axes are not for the pictures.
        let setting = found.about.settings.get(key).cloned();
        let setting = setting.filter(|_| found.about.draws());
        let axes = self.axes(&name, &found)?;
        let axis = axes.iter().find(|axis| axis.key == key);
        match (setting, axis) {
            (Some(setting), axis) if has_values || axis.is_none() => Ok(Named {
                label: format!("{id}: {}", setting.label),
                target: Target::Setting {
                    at: self.joined(found),
                    setting,
                },
                name,
            }),
            (_, Some(axis)) => {
                let points = self.source.points(&found.used, key, self.request);
                let points = points.map_err(|source| SweepError::Plugin {
                    axis: name.clone(),
                    source: Box::new(source),
                })?;
                Ok(Named {
                    label: axis.label.clone(),
                    target: Target::Points {
                        plugin: found.used.id,
                        points,
                    },
                    name,
                })
            }
            (_, None) => {
                let settings = found.about.settings.settings().iter();
                let settings = settings.filter(|_| found.about.draws());
                let known: Vec<&str> = settings
                    .map(|setting| setting.key.as_str())
                    .chain(axes.iter().map(|axis| axis.key.as_str()))
                    .collect();
                Err(SweepError::UnknownKey {
                    axis: shown(&name),
                    plugin: found.used.id,
                    key: shown(key),
                    nearest: nearest(key, known.iter().copied()),
                    known: if known.is_empty() {
                        "it has none".into()
                    } else {
                        format!("it has {}", known.join(", ")).into()
                    },
                })
            }
        }
    }

    fn axes(&self, axis: &str, found: &Found) -> Result<Vec<Axis>, SweepError> {
        if !found.about.hooks.contains(&Hook::Sweep) {
            return Ok(Vec::new());
        }
        self.source
            .axes(&found.used)
            .map_err(|source| SweepError::Plugin {
                axis: shown(axis),
                source: Box::new(source),
            })
    }

    /// Where a plugin that takes part stands, now that it does.
    fn joined(&mut self, found: Found) -> usize {
        if found.at == self.drawing.len() {
            self.drawing.push(Member {
                used: found.used,
                about: found.about,
            });
        }
        found.at
    }

    fn unknown(&self, given: &str) -> SweepError {
        let ids = self.source.ids();
        let mut known: Vec<(String, &str)> = fields::all_names()
            .map(|name| (fields::plain(name), name))
            .collect();
        known.extend(ids.iter().map(|id| (fields::plain(id), id.as_str())));
        let plain = nearest(
            &fields::plain(given),
            known.iter().map(|(plain, _)| plain.as_str()),
        );
        let near = known
            .iter()
            .find(|(known, _)| Some(known) == plain.as_ref())
            .map(|(_, name)| (*name).to_owned());
        let names: Vec<_> = fields::names().collect();
        SweepError::Unknown {
            axis: shown(given),
            nearest: near,
            known: names.join(", "),
        }
    }
}

fn refused(axis: &str, why: &str) -> SweepError {
    SweepError::Refused {
        axis: shown(axis),
        why: why.to_owned(),
    }
}
