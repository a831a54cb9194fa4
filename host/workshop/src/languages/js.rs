//! JavaScript and TypeScript: bundled by esbuild, made a component with SpiderMonkey inside by ComponentizeJS.
//!
//! What runs in Node is `sdk/js/build`; here is what it needs: Node itself, the toolchain from npm, and what to build.

mod template;
mod toolchain;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};

use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::permissions::Kind;
use serde::Serialize;
use wit_parser::{Resolve, WorldKey};

use super::tools::io;
use super::{Compile, CompileError, Language, NewPlugin, TemplateFile};

/// Plugins in JavaScript.
pub const JAVASCRIPT: Script = Script {
    id: "js",
    title: "JavaScript",
    endings: ["js", "mjs", "ts", "mts"],
};

/// Plugins in TypeScript.
pub const TYPESCRIPT: Script = Script {
    id: "ts",
    title: "TypeScript",
    endings: ["ts", "mts", "js", "mjs"],
};

/// JavaScript or TypeScript. They differ in their templates, and in whether types are checked unless the plugin says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Script {
    id: &'static str,
    title: &'static str,
    /// Of source files, those of this language first.
    endings: [&'static str; 4],
}

impl Language for Script {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn template(&self, plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
        template::files(*self, plugin)
    }

    fn compile(&self, job: &Compile<'_>) -> Result<Vec<u8>, CompileError> {
        let options = self.options(job.project)?;
        toolchain::check_node(self.title)?;
        let tools = toolchain::folder(
            self.title,
            &job.sdk.join("toolchain"),
            job.tools,
            job.progress,
        )?;
        let manifest = &job.project.manifest;
        let output = job.scratch.join("component.wasm");
        // One that is left over from before would look like success.
        match fs::remove_file(&output) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(io(&output)(source));
            }
            _ => {}
        }
        let order = Order {
            root: absolute(&job.project.root)?,
            entry: options.entry,
            language: self.id,
            id: manifest.id.as_str().to_owned(),
            version: manifest.version.to_string(),
            hooks: manifest.hooks.iter().map(|hook| hook.name()).collect(),
            imports: imports(job.wit)?,
            random: may_be_random(manifest),
            check: options.check,
            wit: absolute(job.wit)?,
            sdk: absolute(job.sdk)?,
            tools: absolute(&tools)?,
            scratch: absolute(job.scratch)?,
            output: absolute(job.scratch)?.join_text("component.wasm"),
        };
        let path = job.scratch.join("js-build.json");
        let text = serde_json::to_vec_pretty(&order)
            .map_err(|error| CompileError::Component(error.to_string()))?;
        fs::write(&path, text).map_err(io(&path))?;
        let program = job.sdk.join("build").join("build.mjs");
        run(self.title, &program, &path, job.progress)?;
        fs::read(&output).map_err(io(&output))
    }
}

/// What `[build]` says besides the language.
struct Options {
    /// The first source file, relative to the plugin's folder, with `/`.
    entry: String,
    /// Whether TypeScript is to check the types.
    check: bool,
}

impl Script {
    fn options(&self, project: &crate::Project) -> Result<Options, CompileError> {
        let wrong = |reason: String| {
            let path = project.root.join("plugin.toml");
            CompileError::Component(format!("{}: {reason}", path.display()))
        };
        let mut entry = None;
        let mut check = self.id == TYPESCRIPT.id;
        for (key, value) in &project.build.options {
            match (key.as_str(), value) {
                ("entry", toml::Value::String(given)) => entry = Some(given.clone()),
                ("entry", other) => {
                    return Err(wrong(format!("build.entry is {other}, expected a text")));
                }
                ("check", toml::Value::Boolean(given)) => check = *given,
                ("check", other) => {
                    return Err(wrong(format!(
                        "build.check is {other}, expected true or false"
                    )));
                }
                (key, _) => {
                    return Err(wrong(format!(
                        "build.{key} is unknown, expected language, entry or check"
                    )));
                }
            }
        }
        let is_file = |name: &str| project.root.join(name).is_file();
        if let Some(given) = entry {
            if Path::new(&given).is_absolute() || !is_file(&given) {
                return Err(wrong(format!(
                    "build.entry is `{given}`, expected a file in the plugin's folder"
                )));
            }
            return Ok(Options {
                entry: given,
                check,
            });
        }
        let names = self.endings.map(|ending| format!("src/plugin.{ending}"));
        match names.iter().find(|name| is_file(name)) {
            Some(entry) => Ok(Options {
                entry: entry.clone(),
                check,
            }),
            None => Err(wrong(format!(
                "no sources there, expected {} or build.entry with another name",
                names[0]
            ))),
        }
    }
}

/// What `build.mjs` is told; it has the same fields.
#[derive(Serialize)]
struct Order {
    root: Text,
    entry: String,
    language: &'static str,
    id: String,
    version: String,
    hooks: Vec<&'static str>,
    imports: Vec<String>,
    random: bool,
    check: bool,
    wit: Text,
    sdk: Text,
    tools: Text,
    scratch: Text,
    output: Text,
}

/// A path as Node takes it.
#[derive(Serialize)]
#[serde(transparent)]
struct Text(String);

impl Text {
    fn join_text(&self, name: &str) -> Self {
        Self(Path::new(&self.0).join(name).to_string_lossy().into_owned())
    }
}

fn absolute(path: &Path) -> Result<Text, CompileError> {
    let path = std::path::absolute(path).map_err(io(path))?;
    match path.to_str() {
        Some(text) => Ok(Text(text.to_owned())),
        None => Err(CompileError::Component(format!(
            "{}: expected a path in Unicode, which Node needs",
            path.display()
        ))),
    }
}

/// The interfaces that the plugin's world imports, such as `aquatint:plugin/log@0.1.0`.
fn imports(wit: &Path) -> Result<Vec<String>, CompileError> {
    let wrong = |reason: String| CompileError::Component(format!("{}: {reason}", wit.display()));
    let mut resolve = Resolve::default();
    let (package, _) = resolve
        .push_dir(wit)
        .map_err(|error| wrong(format!("{error:#}")))?;
    let world = resolve
        .select_world(&[package], Some("plugin"))
        .map_err(|error| wrong(format!("{error:#}")))?;
    let keys = resolve.worlds[world].imports.keys();
    Ok(keys
        .filter_map(|key| match key {
            WorldKey::Interface(id) => resolve.id_of(*id),
            WorldKey::Name(_) => None,
        })
        .collect())
}

fn may_be_random(manifest: &Manifest) -> bool {
    manifest.permissions.set().has(Kind::Random)
}

/// Runs a program in Node. Its lines on stdout are progress, what it says on stderr is why it failed.
fn run(
    language: &'static str,
    program: &Path,
    argument: &Path,
    progress: &dyn Fn(&str),
) -> Result<(), CompileError> {
    let mut child = Command::new("node")
        .arg(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| toolchain::no_node(language, &error.to_string()))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    // Read beside stdout: a pipe that nobody empties would stop the program.
    let said = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stderr) = stderr {
            // What was read until then is said all the same.
            let _ = stderr.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).trim().to_owned()
    });
    if let Some(stdout) = stdout {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            progress(&line);
        }
    }
    let status = child.wait().map_err(io(program))?;
    let said = said.join().unwrap_or_default();
    if status.success() {
        return Ok(());
    }
    Err(CompileError::Failed {
        tool: format!("the {language} build"),
        output: if said.is_empty() {
            status.to_string()
        } else {
            said
        },
    })
}

#[cfg(test)]
mod tests;
