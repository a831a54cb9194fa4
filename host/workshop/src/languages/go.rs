//! Go: a reactor for `wasip1`, which becomes a component in this process.
//!
//! Bindings are made by wit-bindgen for everything that the contract has to offer, so that the SDK is the same for every
//! plugin, and for the hooks of this one. Go's linker leaves out what is not called, and so what is not called is not
//! imported. They lie in a module of their own in the plugin's `target/`; a workspace joins it, the SDK and the plugin,
//! so that no module proxy is asked for any of them.

mod bindings;
mod template;
mod toolchain;

use std::fs;
use std::path::Path;

use aquatint_sandbox::contract;

use super::tools::io;
use super::wheel;
use super::world::{self, World};
use super::{Compile, CompileError, Language, NewPlugin, TemplateFile};
use crate::MANIFEST;
use toolchain::Toolchain;

/// Plugins in Go.
pub const GO: GoLanguage = GoLanguage;

/// Go.
#[derive(Clone, Copy, Debug)]
pub struct GoLanguage;

const TITLE: &str = "Go";
/// The file that is added to the plugin's package, without being in its folder.
const ADDED: &str = "aquatint_entry.go";
/// Without symbols. The SDK's memory for the host comes from below Go's heap, by a function of Go's runtime that the
/// linker keeps for the runtime alone unless told otherwise.
const LINKED: &str = "-ldflags=-s -w -checklinkname=0";

impl Language for GoLanguage {
    fn id(&self) -> &'static str {
        "go"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn template(&self, plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
        template::files(plugin)
    }

    fn compile(&self, job: &Compile<'_>) -> Result<Vec<u8>, CompileError> {
        let root = &job.project.root;
        check(job)?;
        let toolchain = Toolchain::find(job.tools, job.progress)?;
        let scratch = std::path::absolute(job.scratch.join("go")).map_err(io(job.scratch))?;
        let made = scratch.join("made");
        bindings::write(job, &made)?;
        let workspace = workspace(&toolchain.version()?, &[root, job.sdk, &made]);
        let work = scratch.join("go.work");
        write_if_other(&work, &workspace)?;
        for_editors(root, &workspace)?;
        let entry = scratch.join(ADDED);
        write_if_other(&entry, "package main\n\nimport _ \"aquatint/made/entry\"\n")?;
        let overlay = scratch.join("overlay.json");
        let replace = serde_json::json!({
            "Replace": { root.join(ADDED).to_string_lossy(): entry.to_string_lossy() }
        });
        write_if_other(&overlay, &replace.to_string())?;

        let module = scratch.join("module.wasm");
        let mut command = toolchain.command();
        command
            .current_dir(root)
            .args(["build", "-buildmode=c-shared", LINKED])
            .args(["-trimpath", "-buildvcs=false", "-overlay"])
            .arg(&overlay)
            .arg("-o")
            .arg(&module)
            .arg(".")
            .env("GOWORK", &work);
        let said = wheel::compile(&mut command, "go build")?;
        said.lines()
            .filter(|line| !line.is_empty())
            .for_each(job.progress);

        let mut module = fs::read(&module).map_err(io(&module))?;
        let world = World::read(job.wit)?;
        world.describe_in(&mut module)?;
        world::component(&module, "a plugin of this world")
            .map_err(|error| hint(error, job, &world))
    }
}

/// What Go's own words would not explain.
fn check(job: &Compile<'_>) -> Result<(), CompileError> {
    let root = &job.project.root;
    if let Some(key) = job.project.build.options.keys().next() {
        return Err(CompileError::Component(format!(
            "{}: build.{key} is unknown, expected only language",
            root.join(MANIFEST).display()
        )));
    }
    if root.join("go.mod").is_file() {
        return Ok(());
    }
    Err(CompileError::Component(format!(
        "{}: not there, expected a file with `module {}` and `go 1.24`",
        root.join("go.mod").display(),
        job.project.manifest.id
    )))
}

/// A workspace of three modules. It may not name a version of Go below any of theirs: that of the toolchain is not.
fn workspace(version: &str, modules: &[&Path]) -> String {
    let mut text = format!("go {version}\n");
    for module in modules {
        text.push_str(&format!("\nuse {}\n", quoted(&module.to_string_lossy())));
    }
    text
}

/// As Go quotes texts.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// By this line a file is known to be ours, and to be written again.
const MARK: &str =
    "// Written by `aquatint plugin build`, so that editors find the SDK. Not for sharing.\n";

/// `go.work` in the plugin's folder, unless the author has one. The build itself does not need it.
fn for_editors(root: &Path, workspace: &str) -> Result<(), CompileError> {
    let path = root.join("go.work");
    match fs::read_to_string(&path) {
        Ok(there) if !there.starts_with(MARK) => Ok(()),
        _ => write_if_other(&path, &format!("{MARK}{workspace}")),
    }
}

/// What is right already is not touched: Go looks at times.
fn write_if_other(path: &Path, text: &str) -> Result<(), CompileError> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(io(path))
}

/// Says which permission is missing when the module calls what the plugin's world does not have.
fn hint(error: CompileError, job: &Compile<'_>, world: &World) -> CompileError {
    let CompileError::Component(mut message) = error else {
        return error;
    };
    let there = world.imports();
    for import in contract::IMPORTS {
        let is_named = message.contains(&contract::qualified(import.name));
        if is_named && !there.contains(import.name) {
            let expected = match import.permission {
                Some(kind) => format!("permissions.{kind}"),
                None => "another hook".to_owned(),
            };
            message = format!(
                "{}: the plugin uses `{}`, expected {expected} there",
                job.project.root.join(MANIFEST).display(),
                import.name
            );
        }
    }
    CompileError::Component(message)
}

#[cfg(test)]
mod tests;
