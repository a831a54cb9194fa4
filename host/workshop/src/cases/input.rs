//! What a case gives to the plugin: files beside it, or patterns.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use aquatint_sandbox::pixels::{LONGEST_SIDE as LONGEST, Picture};
use aquatint_sandbox::settings::{Value as Setting, Values};
use aquatint_sandbox::tensor::Tensor;
use serde::Deserialize;

use super::pattern::{PicturePattern, TensorPattern};
use super::raw::field;
use super::{CaseError, latents};
use crate::names::did_you_mean;
use crate::picture::{self, MOST};

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected a file's name, or a table with `pattern`"
)]
pub(super) enum RawInput {
    File(String),
    Made(RawMade),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMade {
    pattern: String,
    width: Option<u32>,
    height: Option<u32>,
    shape: Option<Vec<u32>>,
    #[serde(default)]
    seed: u64,
}

/// A file of the case: its folder and what lies in it can be copied to anywhere.
pub(super) fn checked(what: &str, name: String) -> Result<String, CaseError> {
    let is_inside = !name.is_empty()
        && Path::new(&name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
    if is_inside {
        return Ok(name);
    }
    field(format!(
        "{what} is `{name}`, expected the name of a file in the case's folder"
    ))
}

fn file(folder: &Path, what: &str, name: &str) -> Result<PathBuf, CaseError> {
    Ok(folder.join(checked(what, name.to_owned())?))
}

pub(super) fn setting_pictures(
    folder: &Path,
    settings: &Values,
) -> Result<BTreeMap<String, Picture>, CaseError> {
    let mut pictures = BTreeMap::new();
    for (key, value) in settings.iter() {
        if let Setting::Picture(name) = value {
            let path = file(folder, &format!("setting `{key}`"), name)?;
            pictures.insert(name.clone(), picture::read(&path)?);
        }
    }
    Ok(pictures)
}

fn pattern<T: serde::de::DeserializeOwned>(
    what: &str,
    given: &str,
    known: &[&str],
) -> Result<T, CaseError> {
    T::deserialize(toml::Value::from(given)).or_else(|_| {
        field(format!(
            "{what}.pattern is `{given}`{}, expected one of {}",
            did_you_mean(given, known.iter().copied()),
            known.join(", ")
        ))
    })
}

pub(super) fn picture(folder: &Path, input: &RawInput) -> Result<Picture, CaseError> {
    let made = match input {
        RawInput::File(name) => return Ok(picture::read(&file(folder, "input", name)?)?),
        RawInput::Made(made) => made,
    };
    let known = ["gradient", "checker", "noise", "plain"];
    let pattern: PicturePattern = pattern("input", &made.pattern, &known)?;
    if made.shape.is_some() {
        return field("input.shape is there, expected width and height for a picture");
    }
    let side = |name: &str, side: Option<u32>| match side {
        Some(side) if (1..=LONGEST).contains(&side) => Ok(side),
        Some(side) => field(format!("input.{name} is {side}, expected 1 to {LONGEST}")),
        None => field(format!("input.{name} is missing, expected 1 to {LONGEST}")),
    };
    let (width, height) = (side("width", made.width)?, side("height", made.height)?);
    if u64::from(width) * u64::from(height) > MOST {
        return field(format!(
            "input is {width}x{height}, expected at most {MOST} pixels"
        ));
    }
    Ok(pattern.draw(width, height, made.seed))
}

pub(super) fn tensor(folder: &Path, what: &str, input: &RawInput) -> Result<Tensor, CaseError> {
    let made = match input {
        RawInput::File(name) => return Ok(latents::read(&file(folder, what, name)?)?),
        RawInput::Made(made) => made,
    };
    let pattern: TensorPattern = pattern(what, &made.pattern, &["noise", "ramp", "zeros"])?;
    if made.width.is_some() || made.height.is_some() {
        return field(format!(
            "{what} has width or height, expected shape for latents"
        ));
    }
    let shape = made.shape.clone().unwrap_or_default();
    pattern
        .make(shape, made.seed)
        .or_else(|error| field(format!("{what}: {error}")))
}
