//! Everything about a change that can be judged without running it.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::shell::{self, answer, cargo, root};

/// The version that CI machines install.
const CARGO_DENY: &str = "0.20.2";

/// Checks formatting, lints, licences and sources.
pub(crate) fn run() -> Result<()> {
    shell::run(&mut cargo(&["fmt", "--all", "--check"]))?;
    shell::run(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny=warnings",
    ]))?;
    let Some(mut deny) = cargo_deny()? else {
        eprintln!("\ncargo-deny is not installed, so licences and sources were not checked.");
        return Ok(());
    };
    shell::run(deny.args([
        "--locked",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]))
}

/// cargo-deny if it is here. On a CI machine it is installed (three minutes on two cores), elsewhere nobody is made to.
fn cargo_deny() -> Result<Option<Command>> {
    if answer(&mut cargo(&["deny", "--version"])).is_some() {
        return Ok(Some(cargo(&["deny"])));
    }
    let folder = root().join("target/tools");
    let program = folder
        .join("bin")
        .join(format!("cargo-deny{}", env::consts::EXE_SUFFIX));
    if !program.exists() {
        if env::var_os("CI").is_none_or(|ci| ci != "true") {
            return Ok(None);
        }
        install(&folder)?;
    }
    let mut command = Command::new(program);
    command.current_dir(root());
    Ok(Some(command))
}

fn install(folder: &Path) -> Result<()> {
    let mut install = cargo(&[
        "install",
        "cargo-deny",
        "--locked",
        "--version",
        CARGO_DENY,
        "--root",
    ]);
    shell::run(install.arg(folder))
}
