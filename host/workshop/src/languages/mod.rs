//! What differs between languages.

mod c;
mod go;
mod js;
mod python;
mod registry;
mod rust;
mod tools;
#[cfg(test)]
mod tried;
mod wheel;
mod world;

use std::path::{Path, PathBuf};

use aquatint_sandbox::contract::Hook;

use crate::Project;

pub use c::{C, CLanguage};
pub use go::{GO, GoLanguage};
pub use js::{JAVASCRIPT, Script, TYPESCRIPT};
pub use python::Python;
pub use registry::{Row, UnknownLanguage, all, by_name};
pub use rust::{RUST, Rust};

/// A language that plugins are written in.
pub trait Language: Sync {
    /// What people write: `rust`, `js`, `ts`, `python`, `c`, `go`.
    fn id(&self) -> &'static str;

    /// What people read.
    fn title(&self) -> &'static str;

    /// The files of a new plugin, all but `plugin.toml`, by their paths in its folder. They work as they are: the
    /// plugin does something that can be seen.
    fn template(&self, plugin: &NewPlugin<'_>) -> Vec<TemplateFile>;

    /// From sources to a component, without manifest and assets.
    ///
    /// # Errors
    /// A tool is missing, which the error says how to get, or the sources are wrong, in the compiler's own words.
    fn compile(&self, job: &Compile<'_>) -> Result<Vec<u8>, CompileError>;
}

/// What a template is filled in with.
#[derive(Clone, Copy, Debug)]
pub struct NewPlugin<'a> {
    /// The plugin's id, such as `film-grain`.
    pub id: &'a str,
    /// The hook that it begins with.
    pub hook: Hook,
}

/// A file of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFile {
    /// Its path in the plugin's folder, with `/`.
    pub path: String,
    /// What it holds.
    pub contents: String,
}

/// What is needed to compile a plugin.
pub struct Compile<'a> {
    /// The plugin.
    pub project: &'a Project,
    /// A folder with the plugin's own world, `world.wit` (`package aquatint:this`, `world plugin`), and the contract
    /// under `deps/aquatint-plugin/`. The world has the hooks that the manifest lists and the permissions that it asks
    /// for, and nothing else.
    pub wit: &'a Path,
    /// A folder of the plugin's own for what is made on the way, kept between builds: `target/` in the plugin's folder.
    pub scratch: &'a Path,
    /// The folder with this language's part of `sdk/`.
    pub sdk: &'a Path,
    /// A folder of the user's, shared by all plugins, for tools that are fetched once.
    pub tools: &'a Path,
    /// Told what is being done, for people: `fetching componentize-py 0.25.1`.
    pub progress: &'a dyn Fn(&str),
}

/// Why sources did not become a component.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// A tool is missing and could not be fetched.
    #[error("{tool} is needed to build a plugin in {language}: {advice}")]
    MissingTool {
        /// Which.
        tool: String,
        /// For which language.
        language: &'static str,
        /// How to get it.
        advice: String,
    },
    /// The compiler said no.
    #[error("{tool} failed:\n{output}")]
    Failed {
        /// The program that failed.
        tool: String,
        /// What it wrote.
        output: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What the compiler made is no component of this contract.
    #[error("{0}")]
    Component(String),
}
