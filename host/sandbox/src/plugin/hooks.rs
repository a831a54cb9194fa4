//! The hooks, as the host calls them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::call::{Answer, Call};
use super::{CallError, Done, Failed, Job, Phase, Plugin};
use crate::bindings::exports::aquatint::plugin as exports;
use crate::contract::Hook;
use crate::guest::{self, HeldMoment, HeldPicture, HeldTensor, from_params, request_params};
use crate::logs::clean_line;
use crate::manifest::Limits;
use crate::pixels::Picture;
use crate::problem::Problem;
use crate::settings::Value;
use crate::tensor::Tensor;
use crate::units::{Bytes, Milliseconds};

/// Pictures that a script may return.
const MOST_PICTURES: usize = 256;
const MOST_AXES: usize = 16;
const MOST_POINTS: usize = 1_000;
/// Bytes of a label that people read.
const LONGEST_LABEL: usize = 400;

/// A moment in the drawing of a picture, for the hook `denoise`.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When this is.
    pub phase: Phase,
    /// Which step was just taken, from 1; 0 in phase `noise`.
    pub step: u32,
    /// How many steps there are.
    pub steps: u32,
    /// How much noise the latents hold now (k-diffusion's sigma).
    pub sigma: f32,
    /// The model's idea of the finished picture.
    pub predicted: Option<Tensor>,
    /// What the plugin keeps between the moments of one picture.
    pub kept: Kept,
}

/// What a plugin keeps between the moments of one picture. Clones are one.
#[derive(Clone, Debug, Default)]
pub struct Kept(Arc<Mutex<BTreeMap<String, Tensor>>>);

impl Kept {
    fn read(&self) -> BTreeMap<String, Tensor> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn replace(&self, kept: BTreeMap<String, Tensor>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
    }
}

/// An axis that a plugin adds to sweeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// What people write to choose it.
    pub key: String,
    /// What people read.
    pub label: String,
}

/// A point on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// What stands beside its row or column.
    pub label: String,
    /// The fields of the request to change there.
    pub changes: Vec<(String, Value)>,
}

/// Loads the export of a hook and calls it.
macro_rules! export {
    ($call:expr, $plugin:expr, $interface:ident) => {
        exports::$interface::GuestIndices::new(&$plugin.instance)?
            .load(&mut *$call.store, &$call.instance)?
    };
}

impl Plugin {
    fn has(&self, hook: Hook) -> Result<(), Failed> {
        if self.manifest().hooks.contains(&hook) {
            return Ok(());
        }
        Err(Failed {
            error: CallError::NoHook(hook),
            report: super::Report::default(),
        })
    }

    /// Whether a hook's export is what the contract says.
    pub(super) fn check_hook(&self, hook: Hook) -> wasmtime::Result<()> {
        let instance = &self.instance;
        match hook {
            Hook::PreProcess => exports::pre_process::GuestIndices::new(instance).map(drop),
            Hook::Denoise => exports::denoise::GuestIndices::new(instance).map(drop),
            Hook::PostProcess => exports::post_process::GuestIndices::new(instance).map(drop),
            Hook::Script => exports::script::GuestIndices::new(instance).map(drop),
            Hook::Sweep => exports::sweep::GuestIndices::new(instance).map(drop),
        }
    }

    /// Asks it who it is: a second, 64 MiB, and no job.
    pub(super) fn describe(&self) -> Result<exports::info::Description, Failed> {
        let limits = Limits {
            time: Milliseconds(1_000).min(self.limits.time),
            memory: Bytes(64 << 20).min(self.limits.memory),
            ..self.limits
        };
        let done = self.run(
            None,
            &Job::default(),
            limits,
            async |call: &mut Call<'_>| {
                let info = export!(call, self, info);
                Ok(Ok(info.call_describe(&mut *call.store).await?))
            },
        )?;
        Ok(done.value)
    }

    /// Hook `pre-process`: the fields of the request to change.
    ///
    /// # Errors
    /// The plugin failed, or says no.
    pub fn pre_process(&self, job: &Job) -> Result<Done<Vec<(String, Value)>>, Failed> {
        self.has(Hook::PreProcess)?;
        let request = request_params(&job.request);
        let body = async |call: &mut Call<'_>| -> Answer<Vec<(String, Value)>> {
            let hook = export!(call, self, pre_process);
            let answer = hook.call_run(&mut *call.store, &request).await?;
            Ok(answer.map_err(problem).and_then(|changes| {
                from_params(changes).map_err(|why| CallError::BadResult(why.to_string()))
            }))
        };
        self.run(Some(Hook::PreProcess), job, self.limits, body)
    }

    /// Hook `post-process`: the picture as the plugin leaves it. `picture` itself is not touched.
    ///
    /// # Errors
    /// The plugin failed, or says no.
    pub fn post_process(&self, job: &Job, picture: &Picture) -> Result<Done<Picture>, Failed> {
        self.has(Hook::PostProcess)?;
        let given = picture.clone();
        let body = async move |call: &mut Call<'_>| -> Answer<Picture> {
            let handle = call.store.data_mut().table.push(HeldPicture::lent(given))?;
            let borrowed = wasmtime::component::Resource::new_borrow(handle.rep());
            let hook = export!(call, self, post_process);
            let answer = hook.call_run(&mut *call.store, borrowed).await?;
            let table = &mut call.store.data_mut().table;
            Ok(match answer {
                Err(it) => Err(problem(it)),
                Ok(Some(other)) => Ok(table.delete(other)?.value),
                Ok(None) => Ok(table.delete(handle)?.value),
            })
        };
        self.run(Some(Hook::PostProcess), job, self.limits, body)
    }

    /// Hook `denoise`: the latents as the plugin leaves them.
    ///
    /// # Errors
    /// The plugin failed, or says no.
    pub fn denoise(
        &self,
        job: &Job,
        moment: &Moment,
        latents: &Tensor,
    ) -> Result<Done<Tensor>, Failed> {
        self.has(Hook::Denoise)?;
        let held = HeldMoment {
            phase: moment.phase,
            step: moment.step,
            steps: moment.steps,
            sigma: moment.sigma,
            predicted: moment.predicted.clone(),
            kept: moment.kept.read(),
        };
        let given = latents.clone();
        let body = async move |call: &mut Call<'_>| -> Answer<(Tensor, BTreeMap<String, Tensor>)> {
            let table = &mut call.store.data_mut().table;
            let moment = table.push(held)?;
            let latents = table.push(HeldTensor::lent(given))?;
            let borrowed = (
                wasmtime::component::Resource::new_borrow(moment.rep()),
                wasmtime::component::Resource::new_borrow(latents.rep()),
            );
            let hook = export!(call, self, denoise);
            let answer = hook
                .call_run(&mut *call.store, borrowed.0, borrowed.1)
                .await?;
            let table = &mut call.store.data_mut().table;
            Ok(match answer {
                Err(it) => Err(problem(it)),
                Ok(()) => Ok((table.delete(latents)?.value, table.delete(moment)?.kept)),
            })
        };
        let done = self.run(Some(Hook::Denoise), job, self.limits, body)?;
        Ok(done.map(|(tensor, kept)| {
            moment.kept.replace(kept);
            tensor
        }))
    }

    /// Hook `script`: the pictures for the user.
    ///
    /// # Errors
    /// The plugin failed, or says no.
    pub fn script(&self, job: &Job) -> Result<Done<Vec<Picture>>, Failed> {
        self.has(Hook::Script)?;
        let body = async |call: &mut Call<'_>| -> Answer<Vec<Picture>> {
            let hook = export!(call, self, script);
            let pictures = match hook.call_run(&mut *call.store).await? {
                Err(it) => return Ok(Err(problem(it))),
                Ok(pictures) => pictures,
            };
            let count = pictures.len();
            if count > MOST_PICTURES {
                return Ok(bad(format!(
                    "{count} pictures, expected at most {MOST_PICTURES}"
                )));
            }
            let table = &mut call.store.data_mut().table;
            let mut result = Vec::with_capacity(count);
            for handle in pictures {
                result.push(table.delete(handle)?.value);
            }
            Ok(Ok(result))
        };
        self.run(Some(Hook::Script), job, self.limits, body)
    }

    /// Hook `sweep`: the axes that the plugin has.
    ///
    /// # Errors
    /// The plugin failed, or says no.
    pub fn axes(&self, job: &Job) -> Result<Done<Vec<Axis>>, Failed> {
        self.has(Hook::Sweep)?;
        let body = async |call: &mut Call<'_>| -> Answer<Vec<Axis>> {
            let hook = export!(call, self, sweep);
            let axes = match hook.call_axes(&mut *call.store).await? {
                Err(it) => return Ok(Err(problem(it))),
                Ok(axes) => axes,
            };
            if axes.len() > MOST_AXES {
                return Ok(bad(format!(
                    "{} axes, expected at most {MOST_AXES}",
                    axes.len()
                )));
            }
            let mut result: Vec<Axis> = Vec::new();
            for axis in axes {
                let key = axis.key;
                if !is_key(&key) || result.iter().any(|other| other.key == key) {
                    return Ok(bad(format!(
                        "axis `{}`, expected keys of a-z, 0-9, `-` and `_`, each once",
                        crate::names::shown(&key)
                    )));
                }
                let label = clean_line(&axis.label, LONGEST_LABEL);
                result.push(Axis { key, label });
            }
            Ok(Ok(result))
        };
        self.run(Some(Hook::Sweep), job, self.limits, body)
    }

    /// Hook `sweep`: the points of one axis, for the job's request.
    ///
    /// # Errors
    /// The plugin failed, or says no.
    pub fn points(&self, job: &Job, axis: &str) -> Result<Done<Vec<Point>>, Failed> {
        self.has(Hook::Sweep)?;
        let request = request_params(&job.request);
        let body = async |call: &mut Call<'_>| -> Answer<Vec<Point>> {
            let hook = export!(call, self, sweep);
            let points = match hook.call_points(&mut *call.store, axis, &request).await? {
                Err(it) => return Ok(Err(problem(it))),
                Ok(points) => points,
            };
            if points.is_empty() || points.len() > MOST_POINTS {
                return Ok(bad(format!(
                    "{} points, expected 1 to {MOST_POINTS}",
                    points.len()
                )));
            }
            let mut result = Vec::with_capacity(points.len());
            for point in points {
                match from_params(point.changes) {
                    Ok(changes) => result.push(Point {
                        label: clean_line(&point.label, LONGEST_LABEL),
                        changes,
                    }),
                    Err(why) => return Ok(bad(why.to_string())),
                }
            }
            Ok(Ok(result))
        };
        self.run(Some(Hook::Sweep), job, self.limits, body)
    }
}

fn problem(problem: guest::WitProblem) -> CallError {
    CallError::Problem(Problem::from(problem))
}

fn bad<T>(reason: String) -> Result<T, CallError> {
    Err(CallError::BadResult(reason))
}

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len())
        && key.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
}
