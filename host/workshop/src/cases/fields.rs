//! The fields of a request, as `job.request` has them.

use std::collections::BTreeMap;

use aquatint_sandbox::settings::Value;

use crate::names::did_you_mean;

/// Fields by key.
pub type Fields = BTreeMap<String, Value>;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    /// A text, or `"auto"`.
    TextOrAuto,
    Seed,
    /// A whole number, or `"auto"`.
    Int,
    /// A number, or `"auto"`.
    Number,
    /// One of the host's names, or `"auto"`.
    Choice,
    /// A picture; only what `generate.submit` is given has it.
    Picture,
}

/// The table of `wit/job.wit`.
const KINDS: [(&str, Kind); 27] = [
    ("prompt", Kind::Text),
    ("negative", Kind::Text),
    ("model", Kind::TextOrAuto),
    ("seed", Kind::Seed),
    ("steps", Kind::Int),
    ("width", Kind::Int),
    ("height", Kind::Int),
    ("batch", Kind::Int),
    ("cfg", Kind::Number),
    ("cfg_rescale", Kind::Number),
    ("sampler", Kind::Choice),
    ("schedule", Kind::Choice),
    ("noise", Kind::Choice),
    ("provider", Kind::Choice),
    ("eta", Kind::Number),
    ("s_churn", Kind::Number),
    ("s_tmin", Kind::Number),
    ("s_tmax", Kind::Number),
    ("s_noise", Kind::Number),
    ("eta_noise_seed_delta", Kind::Int),
    ("variation_seed", Kind::Seed),
    ("variation_strength", Kind::Number),
    ("seed_resize_width", Kind::Int),
    ("seed_resize_height", Kind::Int),
    ("cfg_start", Kind::Number),
    ("cfg_end", Kind::Number),
    ("s_min_uncond", Kind::Number),
];

/// What `generate.submit` takes besides.
const DRAWING: [(&str, Kind); 3] = [
    ("init", Kind::Picture),
    ("mask", Kind::Picture),
    ("strength", Kind::Number),
];

/// A request that asks for nothing in particular, as `aquatint generate ""` makes it.
#[must_use]
pub fn defaults(seed: u64) -> Fields {
    let value = |key: &str| match key {
        "prompt" | "negative" => Value::Text(String::new()),
        "seed" => Value::Seed(seed),
        "batch" => Value::Int(1),
        "cfg_rescale" | "s_churn" | "s_tmin" | "s_tmax" | "s_min_uncond" | "cfg_start"
        | "variation_strength" => Value::Number(0.0),
        "s_noise" | "cfg_end" => Value::Number(1.0),
        "eta_noise_seed_delta" => Value::Int(0),
        "noise" => Value::Choice("cpu".to_owned()),
        "provider" => Value::Choice("auto".to_owned()),
        _ => Value::Auto,
    };
    KINDS
        .map(|(key, _)| (key.to_owned(), value(key)))
        .into_iter()
        .collect()
}

/// Reads fields as a case writes them.
///
/// # Errors
/// The first field that is unknown or wrong, in one line.
pub(super) fn read(table: &toml::Table) -> Result<Fields, String> {
    table
        .iter()
        .map(|(key, given)| {
            let kind = kind_of(key, &KINDS).ok_or_else(|| unknown(key, &KINDS))?;
            let value = value_of(kind, given)
                .ok_or_else(|| format!("{key} is {}, expected {}", shown(given), expected(kind)))?;
            Ok((key.clone(), value))
        })
        .collect()
}

/// Checks what a plugin hands to `generate.submit`: known keys, values of the right kind.
///
/// # Errors
/// What is wrong, in one line.
pub(super) fn check_changes(changes: &Fields) -> Result<(), String> {
    let all = || KINDS.iter().chain(&DRAWING).copied();
    let all: Vec<(&str, Kind)> = all().collect();
    for (key, value) in changes {
        let kind = kind_of(key, &all).ok_or_else(|| unknown(key, &all))?;
        let fits = match (kind, value) {
            (Kind::Text, Value::Text(_))
            | (Kind::TextOrAuto, Value::Text(_) | Value::Choice(_) | Value::Auto)
            | (Kind::Seed, Value::Seed(_) | Value::Auto)
            | (Kind::Int, Value::Int(_) | Value::Auto)
            | (Kind::Number, Value::Number(_) | Value::Int(_) | Value::Auto)
            | (Kind::Choice, Value::Choice(_) | Value::Text(_) | Value::Auto)
            | (Kind::Picture, Value::Picture(_) | Value::Auto) => true,
            (Kind::Seed, Value::Int(int)) => *int >= 0,
            _ => false,
        };
        if !fits {
            return Err(format!(
                "{key} is {}, expected {}",
                shown(&to_toml(value)),
                expected(kind)
            ));
        }
    }
    Ok(())
}

fn kind_of(key: &str, kinds: &[(&str, Kind)]) -> Option<Kind> {
    kinds
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, kind)| *kind)
}

fn unknown(key: &str, kinds: &[(&str, Kind)]) -> String {
    let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
    format!(
        "unknown field `{key}`{}: the fields of a request are {}",
        did_you_mean(key, names.iter().copied()),
        names.join(", ")
    )
}

fn value_of(kind: Kind, given: &toml::Value) -> Option<Value> {
    if given.as_str() == Some("auto") && !matches!(kind, Kind::Text | Kind::Seed) {
        return Some(Value::Auto);
    }
    match (kind, given) {
        (Kind::Text | Kind::TextOrAuto, toml::Value::String(text)) => {
            Some(Value::Text(text.clone()))
        }
        (Kind::Choice, toml::Value::String(text)) => Some(Value::Choice(text.clone())),
        (Kind::Int, toml::Value::Integer(int)) => Some(Value::Int(*int)),
        (Kind::Number, toml::Value::Integer(int)) => Some(Value::Number(*int as f64)),
        (Kind::Number, toml::Value::Float(number)) if number.is_finite() => {
            Some(Value::Number(*number))
        }
        (Kind::Seed, _) => seed(given).map(Value::Seed),
        _ => None,
    }
}

/// A seed: a whole number, or as a text one beyond what TOML's own numbers reach.
pub(super) fn seed(given: &toml::Value) -> Option<u64> {
    match given {
        toml::Value::Integer(int) => u64::try_from(*int).ok(),
        toml::Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a text",
        Kind::TextOrAuto => "a name or \"auto\"",
        Kind::Seed => "a whole number from 0",
        Kind::Int => "a whole number or \"auto\"",
        Kind::Number => "a number or \"auto\"",
        Kind::Choice => "a name or \"auto\"",
        Kind::Picture => "a picture",
    }
}

/// A value as a case would write it.
pub(super) fn to_toml(value: &Value) -> toml::Value {
    let list = |items: Vec<toml::Value>| toml::Value::Array(items);
    match value {
        Value::Auto => "auto".into(),
        Value::Flag(flag) => (*flag).into(),
        Value::Int(int) => (*int).into(),
        Value::Number(number) => (*number).into(),
        Value::Text(text) | Value::Choice(text) | Value::Picture(text) => text.as_str().into(),
        Value::Color(color) => color.to_string().into(),
        Value::Seed(seed) => i64::try_from(*seed)
            .map(toml::Value::from)
            .unwrap_or_else(|_| seed.to_string().into()),
        Value::Texts(texts) => list(texts.iter().map(|text| text.as_str().into()).collect()),
        Value::Ints(ints) => list(ints.iter().map(|int| (*int).into()).collect()),
        Value::Numbers(numbers) => list(numbers.iter().map(|number| (*number).into()).collect()),
    }
}

/// A value for a message.
pub(super) fn shown(value: &toml::Value) -> String {
    const LONGEST: usize = 80;
    let text = value.to_string().replace(['\n', '\r'], " ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Fields, String> {
        read(&text.parse().expect("TOML"))
    }

    #[test]
    fn fields_have_the_kinds_of_the_interface() {
        let fields = read_text(
            "prompt = 'auto'\nmodel = 'auto'\ncfg = 7\nsteps = 20\nsampler = 'Euler a'\nseed = '18446744073709551615'",
        )
        .expect("fields");
        assert_eq!(fields["prompt"], Value::Text("auto".to_owned()));
        assert_eq!(fields["model"], Value::Auto);
        assert_eq!(fields["cfg"], Value::Number(7.0));
        assert_eq!(fields["steps"], Value::Int(20));
        assert_eq!(fields["sampler"], Value::Choice("Euler a".to_owned()));
        assert_eq!(fields["seed"], Value::Seed(u64::MAX));
        for value in fields.values() {
            let again = toml::Table::from_iter([("x".to_owned(), to_toml(value))]);
            assert!(again.to_string().parse::<toml::Table>().is_ok());
        }
    }

    #[test]
    fn a_mistake_is_named() {
        for (text, expected) in [
            (
                "promt = 'x'",
                "unknown field `promt` (did you mean `prompt`?): the fields of a request are prompt, ",
            ),
            (
                "steps = 'many'",
                "steps is \"many\", expected a whole number or \"auto\"",
            ),
            ("steps = 1.5", "steps is 1.5, expected a whole number"),
            ("cfg = nan", "cfg is nan, expected a number"),
            ("seed = -1", "seed is -1, expected a whole number from 0"),
            ("init = 'a.png'", "unknown field `init`"),
        ] {
            let message = read_text(text).expect_err(text);
            assert!(message.starts_with(expected), "{message}");
        }
    }

    #[test]
    fn defaults_cover_every_field() {
        let fields = defaults(7);
        assert_eq!(fields.len(), KINDS.len());
        assert_eq!(fields["seed"], Value::Seed(7));
        assert!(check_changes(&fields).is_ok());
    }
}
