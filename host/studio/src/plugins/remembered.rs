use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::plugin::Plugin;

use super::{Held, PluginError, PluginSource};

/// Plugins of another source, each loaded once: whatever draws with one source draws with the same versions.
pub struct Remembered<S> {
    source: S,
    loaded: Mutex<BTreeMap<PluginId, Arc<Plugin>>>,
}

impl<S> Remembered<S> {
    /// Nothing is loaded yet.
    pub fn new(source: S) -> Self {
        Self {
            source,
            loaded: Mutex::default(),
        }
    }
}

impl<S: PluginSource> PluginSource for Remembered<S> {
    fn get(&self, id: &PluginId) -> Result<Held, PluginError> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(plugin) = loaded.get(id) {
            return Ok(Held::Own(plugin.clone()));
        }
        let held = self.source.get(id)?;
        if let Held::Own(plugin) = &held {
            loaded.insert(id.clone(), plugin.clone());
        }
        Ok(held)
    }

    fn ids(&self) -> Vec<String> {
        self.source.ids()
    }
}
