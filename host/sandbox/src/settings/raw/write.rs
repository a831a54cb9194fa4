//! The way back, from a setting to its table.

use serde_json::Number;

use super::{Labelled, Raw, RawOption};
use crate::settings::kind::{Choice, Item, Kind};
use crate::settings::schema::Setting;
use crate::settings::values::Values;

impl From<Setting> for Raw {
    fn from(setting: Setting) -> Self {
        let default = setting.kind.default();
        let mut raw = Self {
            ty: setting.kind.name().to_owned(),
            label: (setting.label != setting.key).then_some(setting.label),
            key: setting.key,
            help: setting.help,
            group: setting.group,
            show_if: setting.show_if,
            default: Values::new(vec![(String::new(), default)])
                .to_json()
                .remove("")
                .filter(|default| !default.is_null()),
            min: None,
            max: None,
            step: None,
            unit: None,
            multiline: None,
            options: None,
            of: None,
            items: None,
        };
        match setting.kind {
            Kind::Flag { .. } | Kind::Color { .. } | Kind::Image | Kind::Seed { .. } => {}
            Kind::Int {
                min,
                max,
                step,
                unit,
                ..
            } => {
                raw.min = min.map(Number::from);
                raw.max = max.map(Number::from);
                raw.step = step.map(Number::from);
                raw.unit = unit;
            }
            Kind::Number {
                min,
                max,
                step,
                unit,
                ..
            } => {
                raw.min = min.and_then(Number::from_f64);
                raw.max = max.and_then(Number::from_f64);
                raw.step = step.and_then(Number::from_f64);
                raw.unit = unit;
            }
            Kind::Text { max, multiline, .. } => {
                raw.max = Some(max.into());
                raw.multiline = Some(multiline);
            }
            Kind::Choice { options, .. } => raw.options = Some(write_options(options)),
            Kind::List { of, items, .. } => {
                raw.of = Some(of.name().to_owned());
                raw.items = Some(items);
                match of {
                    Item::Text { max } => raw.max = Some(max.into()),
                    Item::Int { min, max } => {
                        raw.min = min.map(Number::from);
                        raw.max = max.map(Number::from);
                    }
                    Item::Number { min, max } => {
                        raw.min = min.and_then(Number::from_f64);
                        raw.max = max.and_then(Number::from_f64);
                    }
                    Item::Choice { options } => raw.options = Some(write_options(options)),
                }
            }
        }
        raw
    }
}

fn write_options(options: Vec<Choice>) -> Vec<RawOption> {
    options
        .into_iter()
        .map(|Choice { value, label }| {
            if value == label {
                RawOption::Value(value)
            } else {
                RawOption::Labelled(Labelled { value, label })
            }
        })
        .collect()
}
