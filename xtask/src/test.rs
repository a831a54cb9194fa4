//! Running the tests.

use std::env;
use std::process::Command;

use anyhow::Result;

use crate::setup;
use crate::shell::{self, answer, cargo};

/// Sets up, then runs every test; with arguments, what those ask for.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let ready = setup::run()?;
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let tests = |words: &[&str]| {
        let mut command = cargo(words);
        command
            .env("AQUATINT_DATA", &ready.data)
            .env("AQUATINT_TEST_TOOLS", &ready.tools)
            .env("AQUATINT_BIN", &ready.binary)
            // What a build before this one computed proves nothing; tests of the cache turn it on.
            .env("AQUATINT_NO_CACHE", "1");
        if let Some(folder) = &ready.wasm_rust {
            command.env("AQUATINT_WASM_RUST", folder);
        }
        if let Some(folder) = &ready.readers {
            command.env("AQUATINT_SD_PARSERS", folder);
        }
        if let Some(folder) = &ready.clients {
            command.env("AQUATINT_TEST_CLIENTS", folder);
        }
        if let Ok(browser) = &ready.browser {
            command.env("AQUATINT_TEST_BROWSER", browser);
        }
        if let Some(folder) = &ready.schemathesis {
            command.env("AQUATINT_TEST_SCHEMATHESIS", folder);
        }
        shell::run(&mut command)
    };
    // First, so that the last thing to be read is how the real tests went.
    if args.is_empty() {
        tests(&["test", "--workspace", "--doc"])?;
    }
    let mut words = if has_nextest() {
        vec!["nextest", "run"]
    } else {
        vec!["test", "--tests"]
    };
    words.push("--no-fail-fast");
    if !chooses_package(&args) {
        words.push("--workspace");
    }
    words.extend(args);
    let result = tests(&words);
    // A test that passes says nothing, so this is where it can be seen.
    if !has_registry() {
        eprintln!(
            "\nNOT TESTED: there is no docker-registry here, so plugins were installed from made-up registries only \
             (Debian has it as a package; AQUATINT_TEST_REGISTRY names one that is elsewhere)."
        );
    }
    if let Err(missing) = &ready.browser {
        eprintln!("\nNOT TESTED: the web page in a browser: {missing}.");
    }
    result
}

fn has_registry() -> bool {
    env::var_os("AQUATINT_TEST_REGISTRY").is_some_and(|path| !path.is_empty())
        || answer(Command::new("docker-registry").arg("--version")).is_some()
}

fn has_nextest() -> bool {
    answer(&mut cargo(&["nextest", "--version"])).is_some()
}

/// Cargo would read `--workspace -p NAME` as the whole workspace.
fn chooses_package(args: &[&str]) -> bool {
    let own = args.iter().take_while(|arg| **arg != "--");
    own.into_iter()
        .any(|arg| arg.starts_with("-p") || arg.starts_with("--package"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_package_is_noticed() {
        assert!(chooses_package(&["-p", "aquatint-studio"]));
        assert!(chooses_package(&["name", "--package=aquatint"]));
        assert!(!chooses_package(&["name", "--", "--package"]));
        assert!(!chooses_package(&[]));
    }
}
