//! The plugins that a command draws with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aquatint_sandbox::engine::{Compiler, Engine, Options};
use aquatint_sandbox::grants::GrantsFile;
use aquatint_studio::plugins::{Folders, Note};

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

/// The plugins of a folder that was named, and those that are installed.
pub(crate) fn source(data: &Path, named: Option<&Path>) -> anyhow::Result<Folders> {
    let mut folders: Vec<PathBuf> = named.map(Path::to_owned).into_iter().collect();
    folders.push(folder(data));
    Ok(Folders {
        folders,
        engine: engine(data)?,
        grants: GrantsFile::at(&data.join("grants.toml")).read()?,
        store: Some(data.join("store")),
    })
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
