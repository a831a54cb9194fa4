use std::path::PathBuf;
use std::sync::Arc;

use aquatint_sandbox::engine::Engine;
use aquatint_sandbox::folder::{find, wasm_files};
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::names::nearest;
use aquatint_sandbox::plugin::Plugin;
use aquatint_sandbox::prescan::Bounds;

use super::{Held, PluginError, PluginSource};

/// Plugins of some folders, loaded when they are asked for: for a program that draws and ends.
pub struct Folders {
    /// Where they are; the first folder that has one wins.
    pub folders: Vec<PathBuf>,
    /// What they run on.
    pub engine: Engine,
    /// What the user allowed.
    pub grants: Grants,
    /// The folder with what plugins keep.
    pub store: Option<PathBuf>,
}

impl PluginSource for Folders {
    fn get(&self, id: &PluginId) -> Result<Held, PluginError> {
        for folder in &self.folders {
            let found = find(folder, id, Bounds::default().bytes).map_err(|source| {
                PluginError::Folder {
                    path: folder.clone(),
                    source,
                }
            })?;
            if let Some(found) = found {
                let store = self.store.clone();
                let plugin = Plugin::load(&self.engine, found.bytes, &self.grants, store).map_err(
                    |source| PluginError::Load {
                        id: id.to_string(),
                        path: found.path,
                        source: Box::new(source),
                    },
                )?;
                return Ok(Held::Own(Arc::new(plugin)));
            }
        }
        Err(PluginError::NotFound {
            id: id.to_string(),
            nearest: nearest(id.as_str(), self.ids().iter().map(String::as_str)),
        })
    }

    fn ids(&self) -> Vec<String> {
        Self::ids_in(&self.folders)
    }
}

impl Folders {
    /// The plugins in folders, by file names: reading all files to make an error friendlier would take long.
    #[must_use]
    pub fn ids_in(folders: &[PathBuf]) -> Vec<String> {
        let files = folders.iter().filter_map(|folder| wasm_files(folder).ok());
        files
            .flatten()
            .filter_map(|name| Some(name.strip_suffix(".wasm")?.to_owned()))
            .collect()
    }
}
