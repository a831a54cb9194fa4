//! The only build script: everything a developer or a CI machine does, as `cargo xtask COMMAND`.

#![allow(clippy::print_stdout)] // A command for people, whose output is its purpose.

mod bench;
mod browser;
mod check;
mod dist;
mod openapi;
mod packages;
mod setup;
mod shell;
mod test;
mod wasm_target;

use clap::{Parser, Subcommand};

/// Builds, checks and tests Aquatint.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make what the tests need: build the workspace, install the ONNX Runtime builds they run on and
    /// the Rust target that plugins are compiled for
    Setup,
    /// Make sure that plugins in Rust can be compiled: only that part of `setup`
    WasmTarget,
    /// Run every test of the workspace
    Test {
        /// Passed to the test runner, for example `-p aquatint-studio` or a part of a test's name
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Check formatting, lints, licences and sources
    Check,
    /// Make a release archive that runs on a machine without Rust
    Dist {
        /// Leave the plugins out: their compilers are not needed then
        #[arg(long)]
        without_plugins: bool,
        /// Pack this program, in place of one that is built for it
        #[arg(long, value_name = "FILE")]
        binary: Option<std::path::PathBuf>,
    },
    /// Write the description of the API, which the page's client is made from
    Openapi,
    /// Measure speed and memory
    #[command(subcommand)]
    Bench(bench::Bench),
    /// Everything that a change must pass: check, then test
    Ci,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Setup => setup::run().map(drop),
        Command::WasmTarget => wasm_target::ensure(&setup::target_folder()?).map(drop),
        Command::Test { args } => test::run(&args),
        Command::Check => check::run(),
        Command::Dist {
            without_plugins,
            binary,
        } => dist::run(without_plugins, binary),
        Command::Openapi => openapi::write(),
        Command::Bench(bench) => bench.run(),
        Command::Ci => check::run().and_then(|()| test::run(&[])),
    }
}
