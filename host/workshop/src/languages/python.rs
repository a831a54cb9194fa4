//! Python: made a component by componentize-py, with CPython inside.
//!
//! componentize-py runs the plugin's module once while it builds, and what is in memory then is the component. Thus
//! imports cost nothing at a call, nothing can be imported later, and what Python drew at random at its start (the
//! seed of `hash`, of the module `random`) is the same for all calls.
//!
//! WASI is left in (no `--stub-wasi`): with stubs, `time.time()`, `open()` or `os.urandom()` end in a trap. Left in,
//! they reach the host's empty, virtual WASI: time is virtual, random numbers come from the job's seed, there is no
//! environment, and `open` raises `FileNotFoundError`. But then the component imports `wasi:sockets` too, which no host
//! links: [`sockets`] puts a component in their place that refuses everything.

mod failure;
mod requirements;
mod sockets;
mod template;
mod toolchain;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use aquatint_sandbox::manifest::Manifest;

use super::tools::{io, remove};
use super::{Compile, CompileError, Language, NewPlugin, TemplateFile};
use crate::Project;

/// Plugins in Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Python;

const TITLE: &str = "Python";
/// The module that exports what the plugin's own module has. Written here, because it depends on the manifest.
const ENTRY: &str = "aquatint_entry";
/// Modules that would hide those of the build.
const TAKEN: [&str; 5] = [
    "aquatint",
    ENTRY,
    "wit_world",
    "componentize_py_types",
    "componentize_py_runtime",
];

impl Language for Python {
    fn id(&self) -> &'static str {
        "python"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn template(&self, plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
        template::files(plugin)
    }

    fn compile(&self, job: &Compile<'_>) -> Result<Vec<u8>, CompileError> {
        let source = Source::of(job.project)?;
        let python = toolchain::python(job.tools, job.progress)?;
        let scratch = absolute(&job.scratch.join("python"))?;
        fs::create_dir_all(&scratch).map_err(io(&scratch))?;
        // Two builds of one plugin would write into each other's files.
        let lock = scratch.join("lock");
        let held = File::create(&lock).map_err(io(&lock))?;
        held.lock().map_err(io(&lock))?;

        // Copies: Python leaves folders `__pycache__` beside what it loads, which would look like changes of the source.
        let folders = [
            scratch.join("source"),
            scratch.join("entry"),
            scratch.join("sdk"),
        ];
        for folder in &folders {
            remove(folder)?;
            fs::create_dir_all(folder).map_err(io(folder))?;
        }
        copy(&source.folder, &folders[0])?;
        let entry = folders[1].join(format!("{ENTRY}.py"));
        fs::write(&entry, entry_module(&source.module, &job.project.manifest))
            .map_err(io(&entry))?;
        copy(&job.sdk.join("aquatint"), &folders[2].join("aquatint"))?;
        let packages = requirements::install(&job.project.root, &scratch, &python, job.progress)?;

        (job.progress)("building the component");
        let raw = scratch.join("raw.wasm");
        remove(&raw)?;
        let mut command = toolchain::command(&python, toolchain::COMPONENTIZE);
        command
            .arg("--quiet")
            .arg("--wit-path")
            .arg(absolute(job.wit)?)
            .args(["--world", "aquatint:this/plugin", "componentize"]);
        for folder in &folders {
            command.arg("--python-path").arg(folder);
        }
        command.arg("--output").arg(&raw).arg(ENTRY);
        // Packages come from there, and from nowhere else: neither from an environment that happens to be active nor
        // from the toolchain's own.
        command
            .env("VIRTUAL_ENV", packages)
            .env_remove("PYTHONPATH");
        let output = toolchain::output(&mut command)?;
        if !output.status.success() {
            return Err(CompileError::Failed {
                tool: "componentize-py".to_owned(),
                output: failure::readable(&toolchain::text(&output), &source.shown),
            });
        }
        let component = fs::read(&raw).map_err(io(&raw))?;
        sockets::shut(&component).map(std::borrow::Cow::into_owned)
    }
}

/// Where a plugin's code is.
struct Source {
    /// The folder that Python imports from.
    folder: PathBuf,
    /// The same for people: `src`.
    shown: String,
    /// The module with the plugin's functions.
    module: String,
}

impl Source {
    fn of(project: &Project) -> Result<Self, CompileError> {
        let wrong = |reason: String| {
            let path = project.root.join("plugin.toml");
            CompileError::Component(format!("{}: {reason}", path.display()))
        };
        let mut entry = "src/plugin.py";
        for (key, value) in &project.build.options {
            match (key.as_str(), value) {
                ("entry", toml::Value::String(given)) => entry = given,
                ("entry", other) => {
                    return Err(wrong(format!("build.entry is {other}, expected a text")));
                }
                (key, _) => {
                    return Err(wrong(format!(
                        "build.{key} is unknown, expected language or entry"
                    )));
                }
            }
        }
        let (shown, file) = entry.rsplit_once('/').unwrap_or((".", entry));
        let module = file.strip_suffix(".py").unwrap_or_default();
        let is_name = module.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && module
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let inside = !entry.starts_with('/') && entry.split('/').all(|part| part != "..");
        if !is_name || !inside || !project.root.join(entry).is_file() {
            return Err(wrong(format!(
                "build.entry is `{entry}`, expected a file in the plugin's folder such as src/plugin.py"
            )));
        }
        if TAKEN.contains(&module) {
            return Err(wrong(format!(
                "build.entry is `{entry}`, expected another name: `{module}` is the build's own"
            )));
        }
        Ok(Self {
            folder: project.root.join(shown),
            shown: shown.to_owned(),
            module: module.to_owned(),
        })
    }
}

/// Names and versions here are made of letters, digits and `.-+_`, so they need no escaping.
fn entry_module(module: &str, manifest: &Manifest) -> String {
    let hooks: Vec<String> = manifest
        .hooks
        .iter()
        .map(|hook| format!("\"{}\"", hook.name()))
        .collect();
    let real_random = if manifest.permissions.random.is_some() {
        "True"
    } else {
        "False"
    };
    format!(
        "import {module}\n\
         from aquatint import __version__, entry, preload\n\
         \n\
         preload.preload()\n\
         globals().update(\n    \
             entry.exports(\"{module}\", \"{id}\", \"{version}\", __version__, [{hooks}], {real_random})\n\
         )\n",
        id = manifest.id.as_str(),
        version = manifest.version,
        hooks = hooks.join(", "),
    )
}

/// Folders beside the sources that are none.
const NOT_SOURCES: [&str; 6] = ["__pycache__", "target", "assets", "cases", "tests", "venv"];

fn copy(from: &Path, to: &Path) -> Result<(), CompileError> {
    fs::create_dir_all(to).map_err(io(to))?;
    for item in fs::read_dir(from).map_err(io(from))? {
        let item = item.map_err(io(from))?;
        let name = item.file_name();
        let text = name.to_string_lossy();
        if text.starts_with('.') || NOT_SOURCES.contains(&&*text) {
            continue;
        }
        let (path, target) = (item.path(), to.join(&name));
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(io(&path))?;
        }
    }
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf, CompileError> {
    std::path::absolute(path).map_err(io(path))
}

#[cfg(test)]
mod tests;
