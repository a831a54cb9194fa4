use std::fs;
use std::path::Path;
use std::sync::Arc;

use aquatint_diffusion::pipeline::Cancel;
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::Limits;
use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::plugin::{CallError, Done, Failed, Job};
use aquatint_sandbox::policy::{OnFailure, Outcome};
use aquatint_sandbox::services::{NamedPictures, Services};
use aquatint_sandbox::settings::{Value, Values};
use aquatint_sandbox::stop::Stop;

use super::{Held, Note, PluginError, PluginSource};
use crate::{PluginUse, Request, recipe};

/// A plugin that a request names.
pub struct Chosen {
    plugin: Held,
    settings: Values,
    pictures: NamedPictures,
}

/// All plugins that a request names, in order.
///
/// # Errors
/// The first that is not there or cannot be loaded, or whose settings are wrong.
pub(crate) fn choose(
    request: &Request,
    source: &dyn PluginSource,
) -> Result<Vec<Chosen>, PluginError> {
    let chosen: Vec<Chosen> = request
        .plugins
        .iter()
        .map(|used| Chosen::new(used, source))
        .collect::<Result<_, _>>()?;
    let mut scripts = chosen.iter().filter(|it| it.has(Hook::Script));
    if let (Some(first), Some(second)) = (scripts.next(), scripts.next()) {
        return Err(PluginError::TwoScripts {
            first: first.id().to_owned(),
            second: second.id().to_owned(),
        });
    }
    Ok(chosen)
}

impl Chosen {
    fn new(used: &PluginUse, source: &dyn PluginSource) -> Result<Self, PluginError> {
        let chosen = Self::any(used, source)?;
        let manifest = chosen.plugin.manifest();
        if manifest.hooks.iter().all(|hook| *hook == Hook::Sweep) {
            return Err(PluginError::OnlySweep {
                id: manifest.id.to_string(),
            });
        }
        Ok(chosen)
    }

    /// Also one that takes part in no picture.
    pub(crate) fn any(used: &PluginUse, source: &dyn PluginSource) -> Result<Self, PluginError> {
        let plugin = source.get(&used.plugin_id()?)?;
        let manifest = plugin.manifest();
        let id = manifest.id.to_string();
        let mut settings = used.values(&manifest.settings).map_err(|source| {
            let id = id.clone();
            PluginError::Settings { id, source }
        })?;
        let mut pictures = NamedPictures::new();
        settings.name_pictures(|given| {
            let picture = read_picture(&id, Path::new(given))?;
            let name = picture.content_name();
            pictures.insert(name.clone(), picture);
            Ok::<_, PluginError>(name)
        })?;
        Ok(Self {
            plugin,
            settings,
            pictures,
        })
    }

    pub(crate) fn id(&self) -> &str {
        self.plugin.manifest().id.as_str()
    }

    pub(crate) fn has(&self, hook: Hook) -> bool {
        self.plugin.manifest().hooks.contains(&hook)
    }

    pub(crate) fn plugin(&self) -> &Held {
        &self.plugin
    }

    /// What a recipe says of it.
    pub(crate) fn recipe(&self) -> recipe::Plugin {
        let manifest = self.plugin.manifest();
        recipe::Plugin {
            id: manifest.id.to_string(),
            version: manifest.version.to_string(),
            digest: self.plugin.digest().to_string(),
            settings: self.settings.to_json(),
            ..recipe::Plugin::default()
        }
    }

    /// A call's job.
    pub(crate) fn job(
        &self,
        seed: u64,
        index: u32,
        request: Vec<(String, Value)>,
        services: Arc<dyn Services>,
        cancel: &Cancel,
    ) -> Job {
        let cancel = cancel.clone();
        let killed = match &self.plugin {
            Held::Leased(lease) => Some(lease.killed().clone()),
            Held::Own(_) => None,
        };
        Job {
            seed,
            index,
            settings: self.settings.clone(),
            request,
            pictures: self.pictures.clone(),
            services,
            stop: Stop::when(move || {
                cancel.is_cancelled() || killed.as_ref().is_some_and(Stop::is_set)
            }),
            progress: None,
        }
    }

    /// What comes of a call: what it gave; nothing, if the picture goes on without the plugin; or the end.
    pub(crate) fn outcome<T>(
        &self,
        hook: Hook,
        result: Result<Done<T>, Failed>,
        notes: &mut dyn FnMut(Note<'_>),
    ) -> Result<Result<T, String>, PluginError> {
        let id = self.id();
        let (report, error) = match &result {
            Ok(done) => (&done.report, None),
            Err(failed) => (&failed.report, Some(&failed.error)),
        };
        self.plugin.ended(error);
        for line in &report.log {
            notes(Note::Log { id, line });
        }
        notes(Note::Called { id, hook, report });
        match result {
            Ok(done) => Ok(Ok(done.value)),
            Err(Failed { error, .. }) => {
                let goes_on = self.plugin.manifest().on_failure == OnFailure::Skip
                    && error.outcome() != Outcome::Cancelled
                    && hook != Hook::Script;
                if goes_on {
                    let why = error.to_string();
                    notes(Note::Skipped { id, why: &why });
                    return Ok(Err(why));
                }
                Err(self.failed(hook, error))
            }
        }
    }

    pub(crate) fn failed(&self, hook: Hook, source: CallError) -> PluginError {
        PluginError::Call {
            id: self.id().to_owned(),
            hook,
            source,
        }
    }
}

fn read_picture(id: &str, path: &Path) -> Result<Picture, PluginError> {
    let wrong = |reason: String| PluginError::Picture {
        id: id.to_owned(),
        path: path.to_owned(),
        reason,
    };
    let file = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    Picture::decode(&file, Limits::cap().pixels.0).map_err(|error| wrong(error.to_string()))
}
