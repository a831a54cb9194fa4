//! Settings as manifests write them: one table with everything, of which each type uses a part.

mod fields;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value as Json};

use super::kind::{Item, Kind};
use super::schema::{InvalidSchema, Setting};
use crate::names::{did_you_mean, nearest, shown};

const TYPES: [&str; 9] = [
    "flag", "int", "number", "text", "choice", "color", "image", "seed", "list",
];
const ITEMS: [&str; 4] = ["text", "int", "number", "choice"];
/// If a manifest does not say how long a text may be, and the most that it may say.
const TEXT: usize = 1000;
const LONGEST_TEXT: usize = 65_536;
/// The same for the items of a list.
const LIST: usize = 64;
const LONGEST_LIST: usize = 1000;
const MOST_OPTIONS: usize = 256;

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Raw {
    pub(super) key: String,
    #[serde(rename = "type")]
    ty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    show_if: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<Json>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    multiline: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Vec<RawOption>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    items: Option<usize>,
}

/// A choice's value alone, or with a label.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum RawOption {
    Value(String),
    Labelled(Labelled),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    value: String,
    label: String,
}

impl TryFrom<Raw> for Setting {
    type Error = InvalidSchema;

    fn try_from(mut raw: Raw) -> Result<Self, InvalidSchema> {
        let kind = raw.kind()?;
        raw.refuse_leftovers()?;
        let Raw {
            key,
            label,
            help,
            group,
            show_if,
            ..
        } = raw;
        Ok(Self {
            label: label.unwrap_or_else(|| key.clone()),
            key,
            help,
            group,
            show_if,
            kind,
        })
    }
}

impl Raw {
    /// Takes what belongs to the type, so that what is left does not.
    fn kind(&mut self) -> Result<Kind, InvalidSchema> {
        let ty = self.ty.clone();
        Ok(match ty.as_str() {
            "flag" => {
                let kind = Kind::Flag { default: false };
                match self.default_of(&kind)? {
                    Some(super::Value::Flag(default)) => Kind::Flag { default },
                    _ => kind,
                }
            }
            "int" => {
                let (min, max) = self.int_range()?;
                let step = self.take_int("step")?;
                self.positive("step", step.is_none_or(|step| step > 0))?;
                let unit = self.unit.take();
                let kind = |default| Kind::Int {
                    min,
                    max,
                    step,
                    unit: unit.clone(),
                    default,
                };
                match self.required_default(&kind(0))? {
                    super::Value::Int(default) => kind(default),
                    _ => kind(0),
                }
            }
            "number" => {
                let (min, max) = self.number_range()?;
                let step = self.take_number("step")?;
                self.positive("step", step.is_none_or(|step| step > 0.0))?;
                let unit = self.unit.take();
                let kind = |default| Kind::Number {
                    min,
                    max,
                    step,
                    unit: unit.clone(),
                    default,
                };
                match self.required_default(&kind(0.0))? {
                    super::Value::Number(default) => kind(default),
                    _ => kind(0.0),
                }
            }
            "text" => {
                let max = self.take_size("max", TEXT, LONGEST_TEXT)?;
                let multiline = self.multiline.take().unwrap_or(false);
                let kind = |default| Kind::Text {
                    max,
                    multiline,
                    default,
                };
                match self.default_of(&kind(String::new()))? {
                    Some(super::Value::Text(default)) => kind(default),
                    _ => kind(String::new()),
                }
            }
            "choice" => {
                let options = self.take_options()?;
                let kind = |default| Kind::Choice {
                    options: options.clone(),
                    default,
                };
                let first = options[0].value.clone();
                match self.default_of(&kind(first.clone()))? {
                    Some(super::Value::Choice(default)) => kind(default),
                    _ => kind(first),
                }
            }
            "color" => {
                let black = super::Color {
                    red: 0,
                    green: 0,
                    blue: 0,
                    alpha: 255,
                };
                match self.required_default(&Kind::Color { default: black })? {
                    super::Value::Color(default) => Kind::Color { default },
                    _ => Kind::Color { default: black },
                }
            }
            "image" => Kind::Image,
            "seed" => match self.default_of(&Kind::Seed { default: None })? {
                Some(super::Value::Seed(seed)) => Kind::Seed {
                    default: Some(seed),
                },
                _ => Kind::Seed { default: None },
            },
            "list" => {
                let items = match self.items.take() {
                    None => LIST,
                    Some(items) if (1..=LONGEST_LIST).contains(&items) => items,
                    Some(items) => {
                        return Err(self.wrong("items", items, format!("1 to {LONGEST_LIST}")));
                    }
                };
                let of = self.item()?;
                let empty = of.empty();
                let kind = |default| Kind::List {
                    of: of.clone(),
                    items,
                    default,
                };
                match self.default_of(&kind(empty.clone()))? {
                    Some(default) => kind(default),
                    None => kind(empty),
                }
            }
            other => {
                return Err(self.wrong(
                    "type",
                    format!(
                        "`{}`{}",
                        shown(other),
                        did_you_mean(nearest(other, TYPES).as_deref())
                    ),
                    format!("one of {}", TYPES.join(", ")),
                ));
            }
        })
    }

    fn item(&mut self) -> Result<Item, InvalidSchema> {
        let of = self
            .of
            .take()
            .ok_or_else(|| self.missing("of", format!("one of {}", ITEMS.join(", "))))?;
        Ok(match of.as_str() {
            "text" => Item::Text {
                max: self.take_size("max", TEXT, LONGEST_TEXT)?,
            },
            "int" => {
                let (min, max) = self.int_range()?;
                Item::Int { min, max }
            }
            "number" => {
                let (min, max) = self.number_range()?;
                Item::Number { min, max }
            }
            "choice" => Item::Choice {
                options: self.take_options()?,
            },
            other => {
                return Err(self.wrong(
                    "of",
                    format!("`{}`", shown(other)),
                    format!("one of {}", ITEMS.join(", ")),
                ));
            }
        })
    }

    fn default_of(&mut self, kind: &Kind) -> Result<Option<super::Value>, InvalidSchema> {
        let Some(default) = self.default.take() else {
            return Ok(None);
        };
        kind.read_json(&default)
            .map(Some)
            .ok_or_else(|| self.wrong("default", shown(&default.to_string()), kind.expected()))
    }

    fn required_default(&mut self, kind: &Kind) -> Result<super::Value, InvalidSchema> {
        self.default_of(kind)?
            .ok_or_else(|| self.missing("default", kind.expected()))
    }

    /// A field that the type does not use is a misunderstanding that the author should hear of.
    fn refuse_leftovers(&self) -> Result<(), InvalidSchema> {
        let fields = [
            ("default", self.default.is_some()),
            ("min", self.min.is_some()),
            ("max", self.max.is_some()),
            ("step", self.step.is_some()),
            ("unit", self.unit.is_some()),
            ("multiline", self.multiline.is_some()),
            ("options", self.options.is_some()),
            ("of", self.of.is_some()),
            ("items", self.items.is_some()),
        ];
        match fields.into_iter().find(|(_, there)| *there) {
            None => Ok(()),
            Some((field, _)) => Err(InvalidSchema::NotForType {
                key: self.key.clone(),
                field,
                ty: self.ty.clone(),
            }),
        }
    }

    pub(super) fn wrong(
        &self,
        field: &'static str,
        given: impl ToString,
        expected: impl Into<String>,
    ) -> InvalidSchema {
        InvalidSchema::Field {
            key: self.key.clone(),
            field,
            given: given.to_string(),
            expected: expected.into(),
        }
    }

    fn missing(&self, field: &'static str, expected: String) -> InvalidSchema {
        self.wrong(field, "missing", expected)
    }
}
