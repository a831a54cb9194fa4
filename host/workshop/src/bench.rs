//! The sandbox as a bench for cases: the plugin as it was built, run as a host runs it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::{fs, io};

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::engine::{Engine, EngineError, Options};
use aquatint_sandbox::manifest::Limits;
use aquatint_sandbox::net::Network;
use aquatint_sandbox::permissions::Kind;
use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::plugin::{
    self, CallError, Candidate, Done, Failed, Job, Kept, LoadError, Plugin, Report,
};
use aquatint_sandbox::prescan::Bounds;
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::{Model, ModelSource, NamedPictures, Services};
use aquatint_sandbox::settings::Value;
use aquatint_sandbox::stop::Stop;

use crate::build::Built;
use crate::cases::{Bench, Call, Fields, Input, Outcome, Ran, drawn};

/// A plugin on the bench.
///
/// It has all that its manifest asks for, but clock and random numbers, which stay as they are without a permission:
/// a case is for what can be made again. What it keeps in its store is forgotten after each call.
pub struct Sandbox {
    plugin: Plugin,
    services: Arc<dyn Services>,
    store: tempfile::TempDir,
}

impl Sandbox {
    /// Loads what was built. Compiled code is kept in `cache`. `services` answer whatever the plugin asks for but
    /// drawing, which [`drawn`] does.
    ///
    /// # Errors
    /// A host would not load it either.
    pub fn load(
        built: &Built,
        cache: Option<PathBuf>,
        services: Arc<dyn Services>,
    ) -> Result<Self, SandboxError> {
        let io = |source| SandboxError::Io {
            path: built.path.clone(),
            source,
        };
        let bytes = fs::read(&built.path).map_err(io)?;
        let engine = Engine::new(Options {
            cache,
            ..Options::default()
        })?;
        let store = tempfile::tempdir().map_err(io)?;
        let mut verified = Candidate::new(bytes).verify(&Bounds::default())?;
        verified.needed = verified.needed.without(Kind::Clock).without(Kind::Random);
        let compiled = verified.compile(&engine)?;
        let plugin = verified.link(
            &engine,
            &compiled,
            &verified.needed,
            &Limits::cap(),
            Some(store.path().to_owned()),
        )?;
        plugin.probe()?;
        Ok(Self {
            plugin,
            services,
            store,
        })
    }

    fn job(&self, call: &Call) -> Result<Job, String> {
        let mut pictures = NamedPictures::new();
        let mut settings = call.settings.clone();
        settings.name_pictures(|given| {
            let picture = call
                .pictures
                .get(given)
                .ok_or_else(|| format!("no picture `{given}` was read"))?;
            let name = picture.content_name();
            pictures.insert(name.clone(), picture.clone());
            Ok::<_, String>(name)
        })?;
        Ok(Job {
            seed: call.seed,
            index: call.index,
            settings,
            request: call.request.clone().into_iter().collect(),
            pictures,
            services: Arc::new(Drawing {
                services: self.services.clone(),
                request: call.request.clone(),
            }),
            ..Job::default()
        })
    }

    /// Every call begins with an empty store, or the second would see what the first kept.
    fn forget(&self) -> io::Result<()> {
        for entry in fs::read_dir(self.store.path())? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }
}

impl Bench for Sandbox {
    fn call(&self, call: &Call) -> Result<Ran, String> {
        self.forget().map_err(|error| error.to_string())?;
        let job = self.job(call)?;
        let plugin = &self.plugin;
        Ok(match (&call.input, call.hook) {
            (Input::Nothing, Hook::PreProcess) => ran(plugin.pre_process(&job), |changes| {
                Outcome::Changes(changes.into_iter().collect())
            }),
            (Input::Nothing, _) => ran(plugin.script(&job), Outcome::Pictures),
            (Input::Picture(picture), _) => {
                ran(plugin.post_process(&job, picture), Outcome::Picture)
            }
            (Input::Latents { latents, moment }, _) => {
                let moment = plugin::Moment {
                    phase: moment.phase,
                    step: moment.step,
                    steps: moment.steps,
                    sigma: moment.sigma,
                    predicted: moment.predicted.clone(),
                    kept: Kept::default(),
                };
                ran(plugin.denoise(&job, &moment, latents), Outcome::Latents)
            }
            (Input::Axes, _) => ran(plugin.axes(&job), |axes| {
                Outcome::Axes(
                    axes.into_iter()
                        .map(|axis| (axis.key, axis.label))
                        .collect(),
                )
            }),
            (Input::Points(axis), _) => ran(plugin.points(&job, axis), |points| {
                Outcome::Points(
                    points
                        .into_iter()
                        .map(|point| (point.label, point.changes.into_iter().collect()))
                        .collect(),
                )
            }),
        })
    }
}

fn ran<T>(result: Result<Done<T>, Failed>, outcome: impl FnOnce(T) -> Outcome) -> Ran {
    let (outcome, report) = match result {
        Ok(done) => (outcome(done.value), done.report),
        Err(failed) => (failure(failed.error), failed.report),
    };
    Ran {
        outcome,
        log: log(&report),
        time: report.time,
        memory: report.peak_memory as u64,
        host_calls: report.host_calls,
    }
}

fn failure(error: CallError) -> Outcome {
    match error {
        CallError::Problem(problem) => Outcome::Problem {
            kind: problem.kind().to_owned(),
            text: match problem {
                Problem::Cancelled => String::new(),
                problem => problem.to_string(),
            },
        },
        CallError::Trap { ref functions, .. } if !functions.is_empty() => {
            Outcome::Broke(format!("{error}\n  in {}", functions.join("\n  in ")))
        }
        error => Outcome::Broke(error.to_string()),
    }
}

fn log(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> = report
        .log
        .iter()
        .map(|line| {
            let fields: Vec<String> = line
                .fields
                .iter()
                .map(|(key, value)| format!(" {key}={value}"))
                .collect();
            let level = line.level.as_str().to_lowercase();
            format!("{level}: {}{}", line.text, fields.concat())
        })
        .collect();
    if report.asked_time {
        lines.push(
            "(it asked `time-left`, which is another each time: what depends on it cannot be made again)"
                .to_owned(),
        );
    }
    lines
}

/// Draws as cases do; everything else is somebody else's.
struct Drawing {
    services: Arc<dyn Services>,
    request: Fields,
}

impl Services for Drawing {
    fn choices(&self, field: &str) -> Option<Vec<String>> {
        self.services.choices(field)
    }

    fn noise(&self, seed: u64, out: &mut [f32]) -> Result<(), Problem> {
        self.services.noise(seed, out)
    }

    fn draw(
        &self,
        changes: Vec<(String, Value)>,
        pictures: NamedPictures,
        _stop: &Stop,
    ) -> Result<Vec<Picture>, Problem> {
        let changes: BTreeMap<String, Value> = changes.into_iter().collect();
        let open = |name: &str| pictures.get(name).cloned();
        drawn::draw(&self.request, &changes, open).map_err(|refused| match refused.kind {
            "not-found" => Problem::NotFound(refused.text),
            _ => Problem::InvalidInput(refused.text),
        })
    }

    fn models(&self) -> Vec<String> {
        self.services.models()
    }

    fn load_model(&self, model: ModelSource<'_>) -> Result<Arc<dyn Model>, Problem> {
        self.services.load_model(model)
    }

    fn network(&self) -> Arc<dyn Network> {
        self.services.network()
    }
}

/// Why a plugin does not come onto the bench.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A file cannot be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A host would not load it.
    #[error("the plugin would not be loaded: {0}")]
    Load(#[from] LoadError),
}

#[cfg(test)]
mod tests;
