//! Which imports the host would link, given every permission.

use super::refusal::{Refusal, Rule};
use crate::contract::{self, IMPORTS, InterfaceName};
use crate::names::{did_you_mean, nearest, shown};

/// The interfaces of WASI 0.2 that the runtimes of languages need before they do anything. The host links all of them,
/// and there is nothing behind them: no arguments, no environment, no folder, no terminal.
pub const WASI: [(&str, &[&str]); 5] = [
    (
        "wasi:cli",
        &[
            "environment",
            "exit",
            "stdin",
            "stdout",
            "stderr",
            "terminal-input",
            "terminal-output",
            "terminal-stdin",
            "terminal-stdout",
            "terminal-stderr",
        ],
    ),
    ("wasi:clocks", &["monotonic-clock", "wall-clock"]),
    ("wasi:filesystem", &["preopens", "types"]),
    ("wasi:io", &["error", "poll", "streams"]),
    ("wasi:random", &["random", "insecure", "insecure-seed"]),
];
/// The line of WASI that the host has.
const WASI_LINE: (u64, u64) = (0, 2);

pub(super) fn check(import: &str) -> Result<(), Refusal> {
    let refuse = |reason: String| Err(Refusal::new(Rule::Import, reason));
    let Some(name) = InterfaceName::parse(import) else {
        return refuse(format!(
            "imports `{}`, expected only interfaces such as {}",
            shown(import),
            contract::qualified("image")
        ));
    };
    if name.is_ours() {
        check_version(&name, Rule::Import)?;
        let known = IMPORTS.map(|import| import.name);
        if known.contains(&name.interface) {
            return Ok(());
        }
        return refuse(format!(
            "imports `{}`, which {} does not have{}",
            shown(import),
            contract::PACKAGE,
            did_you_mean(nearest(name.interface, known).as_deref())
        ));
    }
    match WASI
        .into_iter()
        .find(|(package, _)| *package == name.package)
    {
        Some((_, interfaces)) if interfaces.contains(&name.interface) => {
            let version = &name.version;
            if (version.major, version.minor) == WASI_LINE && version.pre.is_empty() {
                return Ok(());
            }
            refuse(format!("imports `{}`, expected WASI 0.2", shown(import)))
        }
        _ => refuse(format!(
            "imports `{}`, which no plugin may: files, sockets and HTTP are not there, see `fetch`, `store` and `assets`",
            shown(import)
        )),
    }
}

/// Whether an interface of ours is of a version that this host has.
pub(super) fn check_version(name: &InterfaceName<'_>, rule: Rule) -> Result<(), Refusal> {
    if contract::serves(&name.version) {
        return Ok(());
    }
    let advice = if name.version > contract::VERSION {
        "a newer Aquatint is needed"
    } else {
        "the plugin must be built again"
    };
    Err(Refusal::new(
        rule,
        format!(
            "made for version {} of `{}/{}`, this Aquatint has {}: {advice}",
            name.version,
            name.package,
            name.interface,
            contract::VERSION
        ),
    ))
}
