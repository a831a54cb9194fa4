//! Taking single fields out of a table, each with its own range.

use serde_json::Number;

use super::{Labelled, MOST_OPTIONS, Raw, RawOption};
use crate::names::shown;
use crate::settings::kind::Choice;
use crate::settings::schema::InvalidSchema;

impl Raw {
    pub(super) fn take_options(&mut self) -> Result<Vec<Choice>, InvalidSchema> {
        let options: Vec<Choice> = self
            .options
            .take()
            .unwrap_or_default()
            .into_iter()
            .map(|option| match option {
                RawOption::Value(value) => Choice {
                    label: value.clone(),
                    value,
                },
                RawOption::Labelled(Labelled { value, label }) => Choice { value, label },
            })
            .collect();
        if !(1..=MOST_OPTIONS).contains(&options.len()) {
            let count = format!("{} values", options.len());
            return Err(self.wrong("options", count, format!("1 to {MOST_OPTIONS}")));
        }
        for (index, option) in options.iter().enumerate() {
            let fits = !option.value.is_empty()
                && option.value.len() <= 100
                && !option.value.chars().any(crate::logs::is_harmful);
            if !fits {
                let value = format!("`{}`", shown(&option.value));
                return Err(self.wrong(
                    "options",
                    value,
                    "values of 1 to 100 printable characters",
                ));
            }
            if options[..index]
                .iter()
                .any(|other| other.value == option.value)
            {
                let value = format!("`{}` twice", shown(&option.value));
                return Err(self.wrong("options", value, "each value once"));
            }
        }
        Ok(options)
    }

    pub(super) fn int_range(&mut self) -> Result<(Option<i64>, Option<i64>), InvalidSchema> {
        let range = (self.take_int("min")?, self.take_int("max")?);
        match range {
            (Some(min), Some(max)) if min > max => {
                Err(self.wrong("min", min, format!("at most max, which is {max}")))
            }
            range => Ok(range),
        }
    }

    pub(super) fn number_range(&mut self) -> Result<(Option<f64>, Option<f64>), InvalidSchema> {
        let range = (self.take_number("min")?, self.take_number("max")?);
        match range {
            (Some(min), Some(max)) if min > max => {
                Err(self.wrong("min", min, format!("at most max, which is {max}")))
            }
            range => Ok(range),
        }
    }

    fn bound(&mut self, field: &'static str) -> Option<Number> {
        match field {
            "min" => self.min.take(),
            "max" => self.max.take(),
            _ => self.step.take(),
        }
    }

    pub(super) fn take_int(&mut self, field: &'static str) -> Result<Option<i64>, InvalidSchema> {
        self.bound(field)
            .map(|number| {
                number
                    .as_i64()
                    .ok_or_else(|| self.wrong(field, &number, "a whole number"))
            })
            .transpose()
    }

    pub(super) fn take_number(
        &mut self,
        field: &'static str,
    ) -> Result<Option<f64>, InvalidSchema> {
        self.bound(field)
            .map(|number| {
                number
                    .as_f64()
                    .filter(|number| number.is_finite())
                    .ok_or_else(|| self.wrong(field, &number, "a finite number"))
            })
            .transpose()
    }

    pub(super) fn take_size(
        &mut self,
        field: &'static str,
        default: usize,
        most: usize,
    ) -> Result<usize, InvalidSchema> {
        let Some(number) = self.bound(field) else {
            return Ok(default);
        };
        number
            .as_u64()
            .and_then(|size| usize::try_from(size).ok())
            .filter(|size| (1..=most).contains(size))
            .ok_or_else(|| self.wrong(field, &number, format!("1 to {most} characters")))
    }

    pub(super) fn positive(
        &self,
        field: &'static str,
        positive: bool,
    ) -> Result<(), InvalidSchema> {
        if positive {
            Ok(())
        } else {
            Err(self.wrong(field, "not above 0", "a positive number"))
        }
    }
}
