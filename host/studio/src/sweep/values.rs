//! From what was written to the values of an axis.

mod plugin;

use aquatint_sandbox::names::shown;
use aquatint_sandbox::settings::Value;
use serde_json::{Number, Value as Json};

use super::axis::{AxisValue, Change};
use super::csv::csv;
use super::error::SweepError;
use super::fields::{Field, Special, Takes};
use super::prompt::permutations;
use super::range::{Numbers, Wanted};
use super::target::{Cast, Named, Target};
use crate::Request;
use crate::request::Changeable;

/// What values are read with.
pub(super) struct Reading<'a> {
    /// The axis, for messages.
    pub(super) axis: &'a str,
    /// What all cells have in common.
    pub(super) base: &'a Request,
    /// How many there may be.
    pub(super) most: u64,
}

/// A value as it was written.
enum Item {
    /// Between commas, or a text of a list.
    Text(String),
    /// In a list.
    Json(Json),
}

impl Item {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => shown(text),
            Self::Json(json) => shown(&json.to_string()),
        }
    }

    /// Itself, if it is a text.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(_) => None,
        }
    }

    /// As it would be written.
    fn written(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Json(Json::Number(number)) => Some(written(number)),
            Self::Json(_) => None,
        }
    }
}

/// In a list 2.0 is as good as 2.
fn written(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => {
            format!("{float:.0}")
        }
        _ => number.to_string(),
    }
}

impl Reading<'_> {
    /// The values of an axis, in order, before equal ones are merged.
    pub(super) fn read(
        &self,
        named: &Named,
        values: Option<&Json>,
        cast: &Cast<'_>,
    ) -> Result<Vec<AxisValue>, SweepError> {
        if let Target::Points { plugin, points } = &named.target {
            return self.points(plugin, points, values);
        }
        let items = self.items(values)?;
        match &named.target {
            Target::Field(field) => self.field(field, &items),
            Target::Special(Special::Size) => self.each(&items, |item| self.size(item)),
            Target::Special(Special::Replace) => self.replace(&items),
            Target::Special(Special::Order) => self.order(&items),
            Target::Special(Special::Styles) => self.each(&items, styles),
            Target::Setting { at, setting } => self.setting(*at, setting, &items, cast),
            Target::Switch { at } => self.each(&items, |item| self.switch(*at, item)),
            Target::Points { .. } => Err(self.empty()),
        }
    }

    fn items(&self, values: Option<&Json>) -> Result<Vec<Item>, SweepError> {
        let item = |json: &Json| match json {
            Json::String(text) => Item::Text(text.clone()),
            other => Item::Json(other.clone()),
        };
        let items = match values {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::String(text)) => csv(text).into_iter().map(Item::Text).collect(),
            Some(Json::Array(list)) => list.iter().map(item).collect(),
            Some(one) => vec![item(one)],
        };
        if items.is_empty() {
            return Err(self.empty());
        }
        Ok(items)
    }

    fn field(&self, field: &Field, items: &[Item]) -> Result<Vec<AxisValue>, SweepError> {
        let set = |value| Change::Params(vec![(field.key.to_owned(), value)]);
        match field.takes {
            Takes::Int => self.whole(items, |int| {
                let value = self::int(int)?;
                Ok(AxisValue::new(
                    int.to_string(),
                    value,
                    set(Value::Int(value)),
                ))
            }),
            Takes::Seed => self.whole(items, |int| match int {
                -1 => Ok(random(set(Value::Auto))),
                int => {
                    let value = seed(int)?;
                    Ok(AxisValue::new(
                        int.to_string(),
                        value,
                        set(Value::Seed(value)),
                    ))
                }
            }),
            Takes::Number => self.floats(items, |float| {
                Ok(AxisValue::new(
                    float.to_string(),
                    float,
                    set(Value::Number(float)),
                ))
            }),
            Takes::Text => self.each(items, |item| {
                let text = item.text().ok_or("expected a text")?;
                Ok(AxisValue::new(
                    text,
                    text,
                    set(Value::Text(text.to_owned())),
                ))
            }),
            Takes::Name(check) => self.each(items, |item| {
                let name = item.text().ok_or("expected a name")?;
                let value = if name.is_empty() {
                    // The request says that better.
                    String::new()
                } else {
                    check(name)?
                };
                Ok(AxisValue::new(name, name, set(Value::Text(value))))
            }),
            Takes::Refused(why) => Err(SweepError::Refused {
                axis: self.axis.to_owned(),
                why: why.to_owned(),
            }),
        }
    }

    fn size(&self, item: &Item) -> Result<AxisValue, String> {
        let expected = "expected WIDTHxHEIGHT in pixels, such as 512x768";
        let (width, height) = item
            .text()
            .and_then(|text| text.split_once(['x', 'X', '×']))
            .ok_or(expected)?;
        let side = |text: &str| match text.trim() {
            text if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse::<i64>().map_err(|_| expected)
            }
            _ => Err(expected),
        };
        let (width, height) = (side(width)?, side(height)?);
        let label = format!("{width}x{height}");
        let params = vec![
            ("width".to_owned(), Value::Int(width)),
            ("height".to_owned(), Value::Int(height)),
        ];
        Ok(AxisValue::new(
            label.as_str(),
            label.as_str(),
            Change::Params(params),
        ))
    }

    fn replace(&self, items: &[Item]) -> Result<Vec<AxisValue>, SweepError> {
        let first = items.first().and_then(Item::text);
        let search = match first {
            Some(search) if !search.is_empty() => search.to_owned(),
            _ => {
                return Err(SweepError::value(
                    self.axis,
                    &items.first().map(Item::shown).unwrap_or_default(),
                    "expected the text to find, and then what is put in its place",
                ));
            }
        };
        self.each(items, |item| {
            let by = item.text().ok_or("expected a text")?;
            let change = Change::Replace {
                search: search.clone(),
                by: by.to_owned(),
            };
            Ok(AxisValue::new(by, by, change))
        })
    }

    fn order(&self, items: &[Item]) -> Result<Vec<AxisValue>, SweepError> {
        let mut words: Vec<String> = Vec::new();
        for item in items {
            match item.text() {
                Some("") => {
                    return Err(self.wrong(item, "expected a word of the prompt"));
                }
                Some(word) if words.iter().all(|other| other != word) => {
                    words.push(word.to_owned());
                }
                Some(_) => {}
                None => return Err(self.wrong(item, "expected a text")),
            }
        }
        let ways = (1..=words.len() as u128)
            .try_fold(1_u128, |product, factor| product.checked_mul(factor));
        self.fits(ways.unwrap_or(u128::MAX))?;
        Ok(permutations(&words)
            .map(|words| {
                let label = words.join(", ");
                AxisValue::new(label.as_str(), label.as_str(), Change::Order(words))
            })
            .collect())
    }

    /// Whole numbers and ranges.
    fn whole(
        &self,
        items: &[Item],
        value: impl Fn(i128) -> Result<AxisValue, String>,
    ) -> Result<Vec<AxisValue>, SweepError> {
        let mut values = Vec::new();
        for numbers in self.numbers(items, Wanted::Whole)? {
            for int in numbers.whole() {
                let made = value(int).and_then(|value| self.checked(value));
                values.push(made.map_err(|why| self.wrong(&Item::Text(int.to_string()), why))?);
            }
        }
        Ok(values)
    }

    /// Any numbers and ranges.
    fn floats(
        &self,
        items: &[Item],
        value: impl Fn(f64) -> Result<AxisValue, String>,
    ) -> Result<Vec<AxisValue>, SweepError> {
        let mut values = Vec::new();
        for numbers in self.numbers(items, Wanted::Any)? {
            for float in numbers.floats() {
                let made = value(float).and_then(|value| self.checked(value));
                values.push(made.map_err(|why| self.wrong(&Item::Text(float.to_string()), why))?);
            }
        }
        Ok(values)
    }

    /// Counted before any is made. As in A1111, nothing between two commas is nothing.
    fn numbers(&self, items: &[Item], wanted: Wanted) -> Result<Vec<Numbers>, SweepError> {
        let mut all = Vec::new();
        let mut count: u128 = 0;
        for item in items {
            let text = item.written().unwrap_or_else(|| item.shown());
            if text.trim().is_empty() {
                continue;
            }
            let numbers = Numbers::read(&text, wanted).map_err(|error| self.wrong(item, error))?;
            count += numbers.count();
            self.fits(count)?;
            all.push(numbers);
        }
        Ok(all)
    }

    /// One value an item.
    fn each(
        &self,
        items: &[Item],
        value: impl Fn(&Item) -> Result<AxisValue, String>,
    ) -> Result<Vec<AxisValue>, SweepError> {
        self.fits(items.len() as u128)?;
        items
            .iter()
            .map(|item| {
                let made = value(item).and_then(|value| self.checked(value));
                made.map_err(|why| self.wrong(item, why))
            })
            .collect()
    }

    /// Whether the request takes it, if it is one for the request.
    fn checked(&self, value: AxisValue) -> Result<AxisValue, String> {
        if let Change::Params(params) = &value.change {
            self.base
                .apply_params(params, Changeable::All)
                .map_err(|error| error.to_string())?;
        }
        Ok(value)
    }

    fn fits(&self, count: u128) -> Result<(), SweepError> {
        if count > u128::from(self.most) {
            return Err(SweepError::TooManyValues {
                axis: self.axis.to_owned(),
                count,
                most: self.most,
            });
        }
        Ok(())
    }

    fn empty(&self) -> SweepError {
        SweepError::Empty {
            axis: self.axis.to_owned(),
        }
    }

    fn wrong(&self, item: &Item, reason: impl ToString) -> SweepError {
        SweepError::value(self.axis, &item.shown(), reason)
    }
}

/// As in A1111 a value may be several styles with commas between them; a list of texts has names with commas in them.
/// Nothing is no style.
fn styles(item: &Item) -> Result<AxisValue, String> {
    let expected = "expected the name of a style, or several";
    let names: Vec<String> = match item {
        Item::Text(text) => text
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect(),
        Item::Json(Json::Array(list)) => {
            let name = |json: &Json| json.as_str().map(str::to_owned);
            let names: Option<Vec<String>> = list.iter().map(name).collect();
            names.ok_or(expected)?
        }
        Item::Json(_) => return Err(expected.to_owned()),
    };
    let label = names.join(", ");
    Ok(AxisValue::new(
        label.as_str(),
        label.as_str(),
        Change::Styles(names),
    ))
}

fn int(int: i128) -> Result<i64, String> {
    i64::try_from(int).map_err(|_| format!("expected {} to {}", i64::MIN, i64::MAX))
}

fn seed(int: i128) -> Result<u64, String> {
    u64::try_from(int).map_err(|_| format!("expected 0 to {}, or -1 for a random one", u64::MAX))
}

/// A place for a random seed.
fn random(change: Change) -> AxisValue {
    AxisValue {
        random: true,
        ..AxisValue::new("random", Json::Null, change)
    }
}
