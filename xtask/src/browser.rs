//! What the tests of the page need: Chromium, node, and packages from npm.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::setup::{NODE, NPM, check};
use crate::shell::{self, answer, root};

/// Says which packages are installed: a copy of the lock file that they were installed by.
const INSTALLED: &str = "node_modules/.installed.json";

/// Asks for the tests of the page.
const ASKED: &str = "AQUATINT_TEST_PAGE";

/// Installs the packages beside the tests, and says which browser there is. What is there already is kept.
pub(crate) fn ensure() -> Result<PathBuf> {
    // They take minutes, and wait for what a busy machine draws too late.
    if env::var_os(ASKED).is_none_or(|it| it.is_empty()) {
        bail!("it takes minutes of a quiet machine; {ASKED}=1 asks for it");
    }
    let browser = find().context(
        "no chromium on the PATH (Debian has a package of that name; CHROMIUM names one that is elsewhere)",
    )?;
    check(&NODE)?;
    let folder = root().join("tests/e2e/page");
    let lock = fs::read(folder.join("package-lock.json"))?;
    let installed = folder.join(INSTALLED);
    if fs::read(&installed).is_ok_and(|was| was == lock) {
        return Ok(browser);
    }
    let mut install = Command::new(NPM);
    install
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder);
    shell::run(&mut install)?;
    fs::write(&installed, lock)?;
    Ok(browser)
}

/// The browser that `CHROMIUM` names, or that of Debian.
fn find() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM").filter(|it| !it.is_empty()) {
        return Some(named.into());
    }
    let path = env::var_os("PATH")?;
    let browser = env::split_paths(&path)
        .map(|folder| folder.join("chromium"))
        .find(|file| file.is_file())?;
    // A name alone may be that of a notice where the browser would be.
    answer(Command::new(&browser).arg("--version")).map(|_| browser)
}
