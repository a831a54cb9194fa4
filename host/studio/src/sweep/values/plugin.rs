//! Values of plugins' settings, plugins on and off, and points that plugins thought out.

use aquatint_sandbox::names::{did_you_mean, nearest, shown};
use aquatint_sandbox::plugin::Point;
use aquatint_sandbox::settings::{Kind, PluginArgument, Schema, Setting, Value};
use serde_json::{Map, Value as Json};

use super::{Item, Reading, random, seed};
use crate::PluginUse;
use crate::request::Changeable;
use crate::sweep::axis::{AxisValue, Change};
use crate::sweep::error::SweepError;
use crate::sweep::fields::{self, NO_BATCH, Takes};
use crate::sweep::target::Cast;

impl Reading<'_> {
    pub(super) fn setting(
        &self,
        at: usize,
        setting: &Setting,
        items: &[Item],
        cast: &Cast<'_>,
    ) -> Result<Vec<AxisValue>, SweepError> {
        let Some((used, about)) = cast.used(at) else {
            return Err(self.empty());
        };
        let set = Set {
            at,
            id: &used.id,
            setting,
            schema: &about.settings,
        };
        match setting.kind {
            Kind::Int { .. } => self.whole(items, |int| set.value(super::int(int)?.into())),
            Kind::Number { .. } => self.floats(items, |float| set.value(float.into())),
            Kind::Seed { .. } => self.whole(items, |int| match int {
                -1 => Ok(random(set.change(Json::Null))),
                int => set.value(seed(int)?.into()),
            }),
            _ => self.each(items, |item| match item {
                Item::Json(Json::Null) => Err(format!("expected {}", setting.kind.expected())),
                Item::Json(json) => set.value(json.clone()),
                Item::Text(text) => set.value(set.written(text)?),
            }),
        }
    }

    pub(super) fn switch(&self, at: usize, item: &Item) -> Result<AxisValue, String> {
        let on = match item {
            Item::Json(Json::Bool(on)) => *on,
            Item::Text(text) => match text.to_lowercase().as_str() {
                "on" | "true" | "yes" | "1" => true,
                "off" | "false" | "no" | "0" => false,
                _ => return Err("expected on or off".to_owned()),
            },
            Item::Json(_) => return Err("expected on or off".to_owned()),
        };
        let label = if on { "on" } else { "off" };
        Ok(AxisValue::new(label, on, Change::Switch { at, on }))
    }

    /// The points of a plugin's axis: all of them, or those whose labels are given.
    pub(super) fn points(
        &self,
        plugin: &str,
        points: &[Point],
        values: Option<&Json>,
    ) -> Result<Vec<AxisValue>, SweepError> {
        self.fits(points.len() as u128)?;
        if points.is_empty() {
            return Err(self.nonsense(plugin, "no points, expected at least one".to_owned()));
        }
        let mut all: Vec<AxisValue> = Vec::with_capacity(points.len());
        for point in points {
            let value = self.point(point).map_err(|why| {
                let label = shown(&point.label);
                self.nonsense(plugin, format!("with the point `{label}`: {why}"))
            })?;
            // A plugin may round its labels: then they are numbered.
            let mut value = value;
            let label = value.label.clone();
            let mut number = 1;
            while let Some(other) = all.iter().find(|other| other.label == value.label) {
                if other.change == value.change {
                    break;
                }
                number += 1;
                value.label = format!("{label} ({number})");
                value.value = Json::from(value.label.as_str());
            }
            all.push(value);
        }
        if values.is_none() {
            return Ok(all);
        }
        self.each(&self.items(values)?, |item| {
            let wanted = item.written().ok_or("expected a point's label")?;
            let same = |value: &&AxisValue| value.label.eq_ignore_ascii_case(&wanted);
            let exact = all.iter().find(|value| value.label == wanted);
            exact
                .or_else(|| all.iter().find(same))
                .cloned()
                .ok_or_else(|| {
                    let labels = all.iter().map(|value| value.label.as_str());
                    let near = nearest(&wanted, labels.clone());
                    let labels: Vec<_> = labels.map(shown).collect();
                    let near = did_you_mean(near.as_deref());
                    format!("no such point{near}: the points are {}", labels.join(", "))
                })
        })
    }

    fn point(&self, point: &Point) -> Result<AxisValue, String> {
        if point.label.trim().is_empty() {
            return Err("expected a label".to_owned());
        }
        for (key, value) in &point.changes {
            let name = match value {
                Value::Text(name) | Value::Choice(name) => name,
                _ => continue,
            };
            if let Some(Takes::Name(check)) = fields::of_key(key).map(|field| field.takes) {
                check(name)?;
            }
        }
        let changed = self
            .base
            .apply_params(&point.changes, Changeable::All)
            .map_err(|error| error.to_string())?;
        if changed.batch != self.base.batch {
            return Err(format!(
                "batch is {}, expected 1: {NO_BATCH}",
                changed.batch
            ));
        }
        let label = point.label.as_str();
        Ok(AxisValue::new(
            label,
            label,
            Change::Params(point.changes.clone()),
        ))
    }

    fn nonsense(&self, plugin: &str, reason: String) -> SweepError {
        SweepError::Nonsense {
            axis: self.axis.to_owned(),
            plugin: plugin.to_owned(),
            reason,
        }
    }
}

/// A setting to be set.
struct Set<'a> {
    at: usize,
    id: &'a str,
    setting: &'a Setting,
    schema: &'a Schema,
}

impl Set<'_> {
    fn change(&self, value: Json) -> Change {
        Change::Setting {
            at: self.at,
            key: self.setting.key.clone(),
            value,
        }
    }

    /// Checked by the plugin's schema, and in one writing.
    fn value(&self, given: Json) -> Result<AxisValue, String> {
        let key = &self.setting.key;
        let used = PluginUse {
            id: self.id.to_owned(),
            settings: Map::from_iter([(key.clone(), given)]),
        };
        let values = used
            .values(self.schema)
            .map_err(|error| error.to_string())?;
        let value = values.to_json().remove(key).unwrap_or_default();
        Ok(AxisValue::new(
            label(&value),
            value.clone(),
            self.change(value),
        ))
    }

    /// A text as `--plugin` takes it where that is more than the text itself.
    fn written(&self, text: &str) -> Result<Json, String> {
        let is_list = matches!(self.setting.kind, Kind::List { .. }) && text.starts_with('[');
        if !is_list {
            return Ok(Json::from(text));
        }
        let key = &self.setting.key;
        let argument: PluginArgument = format!("{}:{key}={text}", self.id)
            .parse()
            .map_err(|error| format!("{error}, expected a list such as [1,2]"))?;
        let mut settings = PluginUse::from(argument).settings;
        match settings.remove(key) {
            Some(list) if settings.is_empty() => Ok(list),
            _ => Err("expected one list such as [1,2]".to_owned()),
        }
    }
}

fn label(value: &Json) -> String {
    match value {
        Json::Bool(true) => "on".to_owned(),
        Json::Bool(false) => "off".to_owned(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(label).collect::<Vec<_>>().join(", "),
        Json::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float.to_string(),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}
