//! What the tests need before they can run.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::{self, answer, cargo, root};
use crate::{browser, packages, wasm_target};

/// Where the tests find what [`run`] made.
pub(crate) struct Ready {
    /// The data folder of the tests, with the ONNX Runtime builds in it. Nobody's own data.
    pub(crate) data: PathBuf,
    /// The command `aquatint`, as the tests start it.
    pub(crate) binary: PathBuf,
    /// Where compilers that plugins are built with are fetched to, once for all tests.
    pub(crate) tools: PathBuf,
    /// The folder of the Rust compiler that plugins are built with, if it is one of ours.
    pub(crate) wasm_rust: Option<PathBuf>,
    /// The folder with the readers of other programs' pictures, if they could be fetched.
    pub(crate) readers: Option<PathBuf>,
    /// The folder with the clients of other servers, if they could be fetched.
    pub(crate) clients: Option<PathBuf>,
    /// The browser that the page is tested in, if the tests can run; otherwise why not.
    pub(crate) browser: Result<PathBuf, String>,
    /// The folder with schemathesis, if it could be fetched.
    pub(crate) schemathesis: Option<PathBuf>,
}

/// A program that must be here.
pub(crate) struct Tool {
    name: &'static str,
    program: &'static str,
    /// What makes it print its version, the first number with a dot in the answer.
    args: &'static [&'static str],
    least: (u32, u32),
    why: &'static str,
}

/// As installers call it.
pub(crate) const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

pub(crate) const NODE: Tool = Tool {
    name: "Node.js",
    program: "node",
    args: &["--version"],
    least: (20, 19),
    why: "it builds and tests the web page",
};

/// Rust is not among them: Cargo compared it with `rust-version` before this program was built.
fn tools() -> [Tool; 2] {
    [
        Tool {
            name: "Python",
            program: PYTHON,
            args: &["--version"],
            least: (3, 8),
            why: "pip runs in it",
        },
        Tool {
            name: "pip",
            program: PYTHON,
            args: &["-m", "pip", "--version"],
            least: (20, 3),
            why: "it fetches ONNX Runtime",
        },
    ]
}

/// Builds the web page, which the program has in it: before it, therefore. Without npm the program is built without a page.
fn build_page() -> Result<()> {
    let folder = root().join("host/ui");
    if !folder.join("package.json").exists() {
        return Ok(());
    }
    let npm_runs = answer(Command::new(NPM).arg("--version")).is_some();
    let has_tools = check(&NODE).and_then(|()| match npm_runs {
        true => Ok(()),
        false => bail!("npm does not run here"),
    });
    if let Err(error) = has_tools {
        eprintln!("\nThe program is built without the web page: {error:#}");
        return Ok(());
    }
    for args in [&["ci", "--no-audit", "--no-fund"][..], &["run", "build"]] {
        shell::run(Command::new(NPM).args(args).current_dir(&folder))?;
    }
    Ok(())
}

/// Checks the tools, builds the page and the workspace, and installs the ONNX Runtime builds and the Rust target of plugins. What is there already is kept.
pub(crate) fn run() -> Result<Ready> {
    for tool in &tools() {
        check(tool)?;
    }
    build_page()?;
    // Without xtask: a running program cannot be replaced on Windows.
    shell::run(&mut cargo(&["build", "--workspace", "--exclude", "xtask"]))?;
    let target = target_folder()?;
    let ready = Ready {
        data: target.join("test-data"),
        tools: target.join("test-tools"),
        binary: target.join("debug").join(format!("aquatint{EXE_SUFFIX}")),
        // Whoever changes no plugin in Rust needs none of it.
        wasm_rust: wasm_target::ensure(&target).unwrap_or_else(|error| {
            eprintln!("\nPlugins in Rust cannot be built: {error:#}");
            None
        }),
        // Whoever changes nothing in the texts of pictures needs none of them.
        readers: packages::READERS
            .ensure(&target)
            .inspect_err(|error| eprintln!("\nThe tests of other readers cannot run: {error:#}"))
            .ok(),
        clients: packages::CLIENTS
            .ensure(&target)
            .inspect_err(|error| eprintln!("\nThe tests of other clients cannot run: {error:#}"))
            .ok(),
        browser: browser::ensure().map_err(|error| format!("{error:#}")),
        schemathesis: packages::SCHEMATHESIS
            .ensure(&target)
            .inspect_err(|error| {
                eprintln!("\nThe test of the API's description cannot run: {error:#}")
            })
            .ok(),
    };
    for flavor in flavors() {
        let mut install = Command::new(&ready.binary);
        install
            .args(["runtime", "install", flavor])
            .env("AQUATINT_DATA", &ready.data);
        shell::run(&mut install)?;
    }
    Ok(ready)
}

/// The builds that run without a GPU: the plain one, and Intel's where it exists.
fn flavors() -> &'static [&'static str] {
    let has_openvino = cfg!(all(
        target_arch = "x86_64",
        any(target_os = "linux", windows)
    ));
    if has_openvino {
        &["cpu", "openvino"]
    } else {
        &["cpu"]
    }
}

pub(crate) fn check(tool: &Tool) -> Result<()> {
    let &Tool {
        name,
        program,
        args,
        least: (major, minor),
        why,
        ..
    } = tool;
    let wanted = format!("{name} {major}.{minor} or newer is needed: {why}.");
    let Some(text) = answer(Command::new(program).args(args)) else {
        bail!("{wanted} `{program} {}` does not run here", args.join(" "));
    };
    match version_in(&text) {
        Some(found) if found >= tool.least => Ok(()),
        _ => bail!("{wanted} Here is {text}"),
    }
}

/// The first `number.number` in a text such as `pip 23.2.1 from /usr/lib (python 3.11)`.
fn version_in(text: &str) -> Option<(u32, u32)> {
    text.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').split('.');
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    })
}

/// Where Cargo builds to; `CARGO_TARGET_DIR` and Cargo's configuration may say anything.
pub(crate) fn target_folder() -> Result<PathBuf> {
    let metadata = answer(&mut cargo(&["metadata", "--format-version=1", "--no-deps"]));
    let metadata = metadata.context("`cargo metadata` failed")?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).context("`cargo metadata` is no JSON")?;
    let folder = metadata["target_directory"]
        .as_str()
        .context("`cargo metadata` has no target_directory")?;
    Ok(PathBuf::from(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_tools_print() {
        assert_eq!(version_in("Python 3.11.7"), Some((3, 11)));
        assert_eq!(
            version_in("pip 23.2.1 from /usr/lib/python3.9/site-packages (python 3.9)"),
            Some((23, 2))
        );
        assert_eq!(version_in("v20.20.2"), Some((20, 20)));
        assert_eq!(version_in("no version"), None);
    }

    #[test]
    fn the_target_folder_is_where_this_test_was_built() {
        let target = target_folder().expect("cargo metadata");
        assert!(std::env::current_exe().expect("a path").starts_with(target));
    }

    #[test]
    fn an_old_or_missing_tool_is_named_with_its_purpose() {
        let tool = Tool {
            name: "Cargo",
            program: "cargo",
            args: &["--version"],
            least: (1, 0),
            why: "it builds",
        };
        assert!(check(&tool).is_ok());
        let old = check(&Tool {
            least: (999, 0),
            ..tool
        });
        let error = old.expect_err("too old").to_string();
        let expected = "Cargo 999.0 or newer is needed: it builds. Here is cargo 1.";
        assert!(error.starts_with(expected), "{error}");
        let lost = check(&Tool {
            program: "no-such-program",
            ..tool
        });
        let error = lost.expect_err("missing").to_string();
        assert!(
            error.ends_with("`no-such-program --version` does not run here"),
            "{error}"
        );
    }
}
