//! The plugins that a command draws with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use aquatint_sandbox::engine::{Compiler, Engine, Options};
use aquatint_sandbox::grants::GrantsFile;
use aquatint_sandbox::manifest::PluginId;
use aquatint_studio::plugins::{Folders, Held, Note, PluginError, PluginSource};

use crate::output;

/// The hidden command that compiles plugins in a process of its own.
pub(crate) const COMPILER: &str = "plugin-compiler";

/// Where plugins are, and what belongs to them, in the data folder.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("plugins")
}

/// Where compiled plugins are kept, by whatever runs them.
pub(crate) fn cache(data: &Path) -> PathBuf {
    data.join("cache").join("components")
}

/// The engine, with compiled plugins kept in the data folder.
pub(crate) fn engine(data: &Path) -> anyhow::Result<Engine> {
    let compiler = match std::env::current_exe() {
        Ok(program) => Compiler::Child {
            program,
            arguments: vec![COMPILER.into()],
        },
        Err(_) => Compiler::Thread,
    };
    Ok(Engine::new(Options {
        cache: Some(cache(data)),
        compiler,
    })?)
}

/// The plugins of a folder that was named, and those that are installed. The engine starts with the first that is asked
/// for.
pub(crate) struct Lazy {
    data: PathBuf,
    folders: Vec<PathBuf>,
    opened: OnceLock<Folders>,
}

impl Lazy {
    pub(crate) fn new(data: &Path, named: Option<&Path>) -> Self {
        let mut folders: Vec<PathBuf> = named.map(Path::to_owned).into_iter().collect();
        folders.push(folder(data));
        Self {
            data: data.to_owned(),
            folders,
            opened: OnceLock::new(),
        }
    }

    fn open(&self) -> anyhow::Result<Folders> {
        Ok(Folders {
            folders: self.folders.clone(),
            engine: engine(&self.data)?,
            grants: GrantsFile::at(&self.data.join("grants.toml")).read()?,
            store: Some(self.data.join("store")),
        })
    }
}

impl PluginSource for Lazy {
    fn get(&self, id: &PluginId) -> Result<Held, PluginError> {
        let folders = match self.opened.get() {
            Some(folders) => folders,
            None => {
                let opened = self
                    .open()
                    .map_err(|error| PluginError::Host(format!("{error:#}")))?;
                self.opened.get_or_init(|| opened)
            }
        };
        folders.get(id)
    }

    fn ids(&self) -> Vec<String> {
        Folders::ids_in(&self.folders)
    }
}

/// Tells what plugins say, and each that is left out once.
#[derive(Default)]
pub(crate) struct Notes {
    skipped: BTreeSet<String>,
    quiet: bool,
}

impl Notes {
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            quiet,
            ..Self::default()
        }
    }

    pub(crate) fn tell(&mut self, note: Note<'_>) {
        match note {
            Note::Log { id, line } if line.level <= tracing::Level::WARN && !self.quiet => {
                output::tell(format_args!("{id}: {}", line.text));
            }
            Note::Skipped { id, why } => {
                let line = format!("warning: drawn without the plugin `{id}`: {why}");
                if self.skipped.insert(line.clone()) {
                    output::tell(line);
                }
            }
            _ => {}
        }
    }
}
