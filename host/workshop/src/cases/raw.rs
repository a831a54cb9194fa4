//! `case.toml` as it is written.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::{Manifest, Phase};
use serde::Deserialize;

use super::input::{RawInput, checked, picture, setting_pictures, tensor};
use super::{CASE, Call, Case, CaseError, Expected, Files, Input, Moment, PROBLEMS, fields};
use crate::names::{did_you_mean, toml_message};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    hook: Hook,
    seed: Option<toml::Value>,
    #[serde(default)]
    index: u32,
    input: Option<RawInput>,
    axis: Option<String>,
    tolerance: Option<f64>,
    expected: Option<RawFiles>,
    expected_problem: Option<String>,
    expected_message: Option<String>,
    #[serde(default)]
    settings: toml::Table,
    #[serde(default)]
    request: toml::Table,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    moment: Option<RawMoment>,
    expected_request: Option<toml::Table>,
    expected_metadata: Option<BTreeMap<String, String>>,
    expected_axes: Option<Vec<RawAxis>>,
    expected_points: Option<Vec<RawPoint>>,
    expected_pictures: Option<RawPictures>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a file's name or a list of them")]
enum RawFiles {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMoment {
    phase: Phase,
    step: Option<u32>,
    steps: Option<u32>,
    sigma: Option<f32>,
    predicted: Option<RawInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAxis {
    key: String,
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPoint {
    label: String,
    changes: toml::Table,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPictures {
    count: Option<usize>,
    sizes: Option<Vec<[u32; 2]>>,
}

pub(super) fn field<T>(reason: impl Into<String>) -> Result<T, CaseError> {
    Err(CaseError::Field(reason.into()))
}

/// Reads the case in `folder`, of the plugin that `manifest` describes.
pub(super) fn read(folder: &Path, manifest: &Manifest) -> Result<Case, CaseError> {
    let path = folder.join(CASE);
    let text = fs::read_to_string(&path).map_err(|source| CaseError::Io { path, source })?;
    let raw: Raw =
        toml::from_str(&text).map_err(|error| CaseError::Field(toml_message(&text, &error)))?;
    raw.check_hook(manifest)?;
    let settings = json(&raw.settings)?;
    let settings = manifest
        .settings
        .read_json(&settings)
        .map_err(|error| CaseError::Field(error.to_string()))?;
    let pictures = setting_pictures(folder, &settings)?;
    let seed = match &raw.seed {
        None => 0,
        Some(given) => match fields::seed(given) {
            Some(seed) => seed,
            None => {
                let given = fields::shown(given);
                return field(format!("seed is {given}, expected a whole number from 0"));
            }
        },
    };
    let mut request = fields::defaults(seed);
    if raw.request.contains_key("seed") {
        return field("request.seed is there, expected `seed` above the tables alone");
    }
    request.extend(
        fields::read(&raw.request)
            .map_err(|reason| CaseError::Field(format!("request: {reason}")))?,
    );
    Ok(Case {
        call: Call {
            hook: raw.hook,
            seed,
            index: raw.index,
            settings,
            pictures,
            request,
            input: raw.input(folder)?,
        },
        expected: raw.expected()?,
    })
}

impl Raw {
    /// What belongs to other hooks is a misunderstanding that the author should hear of.
    fn check_hook(&self, manifest: &Manifest) -> Result<(), CaseError> {
        let hook = self.hook;
        if !manifest.hooks.contains(&hook) {
            let hooks: Vec<_> = manifest.hooks.iter().map(|hook| hook.name()).collect();
            return field(format!(
                "hook is {hook}, expected one of the plugin's: {}",
                hooks.join(", ")
            ));
        }
        use Hook::{Denoise, PostProcess, PreProcess, Script, Sweep};
        let rows: [(&str, bool, &[Hook]); 10] = [
            ("input", self.input.is_some(), &[PostProcess, Denoise]),
            ("metadata", !self.metadata.is_empty(), &[PostProcess]),
            ("axis", self.axis.is_some(), &[Sweep]),
            ("moment", self.moment.is_some(), &[Denoise]),
            (
                "expected",
                self.expected.is_some(),
                &[PostProcess, Denoise, Script],
            ),
            (
                "expected-request",
                self.expected_request.is_some(),
                &[PreProcess],
            ),
            (
                "expected-metadata",
                self.expected_metadata.is_some(),
                &[PostProcess],
            ),
            ("expected-axes", self.expected_axes.is_some(), &[Sweep]),
            ("expected-points", self.expected_points.is_some(), &[Sweep]),
            (
                "expected-pictures",
                self.expected_pictures.is_some(),
                &[Script],
            ),
        ];
        for (name, is_there, hooks) in rows {
            if is_there && !hooks.contains(&hook) {
                return field(format!(
                    "{name} does not belong to a case of the hook {hook}"
                ));
            }
        }
        if self.expected_axes.is_some() && self.axis.is_some() {
            return field("expected-axes is there with axis, expected expected-points");
        }
        if self.expected_points.is_some() && self.axis.is_none() {
            return field("expected-points is there without axis, expected the axis's key");
        }
        Ok(())
    }

    fn input(&self, folder: &Path) -> Result<Input, CaseError> {
        Ok(match self.hook {
            Hook::PreProcess | Hook::Script => Input::Nothing,
            Hook::Sweep => match &self.axis {
                None => Input::Axes,
                Some(axis) => Input::Points(axis.clone()),
            },
            Hook::PostProcess => match &self.input {
                None => return field("input is missing, expected a picture"),
                Some(input) => Input::Picture(
                    picture(folder, input)?
                        .with_metadata(self.metadata.clone().into_iter().collect()),
                ),
            },
            Hook::Denoise => match &self.input {
                None => return field("input is missing, expected latents"),
                Some(input) => Input::Latents {
                    latents: tensor(folder, "input", input)?,
                    moment: self.moment(folder)?,
                },
            },
        })
    }

    fn moment(&self, folder: &Path) -> Result<Moment, CaseError> {
        let Some(raw) = &self.moment else {
            return field("[moment] is missing, expected one with phase");
        };
        let steps = raw.steps.unwrap_or(20);
        let is_step = raw.phase == Phase::Step;
        let step = raw.step.unwrap_or(u32::from(is_step));
        let range = if is_step { 1..=steps } else { 0..=0 };
        if !range.contains(&step) {
            return field(format!(
                "moment.step is {step}, expected {} to {} in this phase",
                range.start(),
                range.end()
            ));
        }
        let sigma = raw.sigma.unwrap_or(1.0);
        if !(sigma.is_finite() && sigma >= 0.0) {
            return field(format!(
                "moment.sigma is {sigma}, expected a number of at least 0"
            ));
        }
        if !is_step && raw.predicted.is_some() {
            return field("moment.predicted is there in phase noise, expected none");
        }
        let predicted = raw.predicted.as_ref();
        Ok(Moment {
            phase: raw.phase,
            step,
            steps,
            sigma,
            predicted: predicted
                .map(|input| tensor(folder, "moment.predicted", input))
                .transpose()?,
        })
    }

    fn expected(self) -> Result<Expected, CaseError> {
        let tolerance = self.tolerance.unwrap_or(0.0);
        if !(tolerance.is_finite() && tolerance >= 0.0) {
            return field(format!(
                "tolerance is {tolerance}, expected a number of at least 0"
            ));
        }
        if let Some(problem) = &self.expected_problem
            && !PROBLEMS.contains(&problem.as_str())
        {
            return field(format!(
                "expected-problem is `{problem}`{}, expected one of {}",
                did_you_mean(problem, PROBLEMS),
                PROBLEMS.join(", ")
            ));
        }
        if self.expected_message.is_some() && self.expected_problem.is_none() {
            return field("expected-message is there without expected-problem, expected both");
        }
        let others = self.expected.is_some()
            || self.expected_request.is_some()
            || self.expected_metadata.is_some()
            || self.expected_axes.is_some()
            || self.expected_points.is_some()
            || self.expected_pictures.is_some();
        if self.expected_problem.is_some() && others {
            return field("expected-problem is there beside another expectation, expected one");
        }
        let changes = |name: &str, table: &toml::Table| {
            fields::read(table).map_err(|reason| CaseError::Field(format!("{name}: {reason}")))
        };
        let pictures = self.expected_pictures.unwrap_or(RawPictures {
            count: None,
            sizes: None,
        });
        Ok(Expected {
            files: match self.expected {
                None => None,
                Some(RawFiles::One(name)) => Some(Files::One(checked("expected", name)?)),
                Some(RawFiles::Many(names)) => Some(Files::Many(
                    names
                        .into_iter()
                        .map(|name| checked("expected", name))
                        .collect::<Result<_, _>>()?,
                )),
            },
            tolerance,
            request: self
                .expected_request
                .map(|table| changes("expected-request", &table))
                .transpose()?,
            metadata: self.expected_metadata,
            axes: self.expected_axes.map(|axes| {
                axes.into_iter()
                    .map(|axis| (axis.key, axis.label))
                    .collect()
            }),
            points: self
                .expected_points
                .map(|points| {
                    points
                        .into_iter()
                        .map(|point| Ok((point.label, changes("expected-points", &point.changes)?)))
                        .collect::<Result<_, CaseError>>()
                })
                .transpose()?,
            count: pictures.count,
            sizes: pictures.sizes,
            problem: self.expected_problem,
            message: self.expected_message,
        })
    }
}

fn json(table: &toml::Table) -> Result<serde_json::Map<String, serde_json::Value>, CaseError> {
    match serde_json::to_value(table) {
        Ok(serde_json::Value::Object(map)) => Ok(map),
        _ => field("settings are no table of plain values"),
    }
}
