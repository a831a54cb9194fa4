//! The command `aquatint`: pictures from words, on this machine.

mod commands;
mod data;
mod drawing;
mod exit;
mod format;
mod interrupt;
mod output;
mod plugins;
mod progress;
mod request;
mod studio;
mod sweep_progress;
mod target;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{
    cache, config, doctor, generate, history, inspect, key, model, plugin, queue, replay, runtime,
    serve, style, sweep, tokens,
};

/// Draws pictures from words, on your own machine.
#[derive(Debug, Parser)]
#[command(name = "aquatint", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Draw pictures from a prompt
    Generate(Box<generate::GenerateArgs>),
    /// Draw many pictures along axes, each step of them once
    ///
    /// In place of a prompt there can be a TOML file that describes a sweep, or nothing, to go on with the one in a
    /// folder.
    Sweep(Box<sweep::SweepArgs>),
    /// Make a picture again from the recipe in it, and say whether it is identical
    Replay(replay::ReplayArgs),
    /// Print the parameters and the recipe of a picture
    Inspect(inspect::InspectArgs),
    /// Count the tokens of a prompt, and how many fit before it goes on in another chunk
    Tokens(tokens::TokensArgs),
    /// Keep drawings to be done later, and do them
    #[command(subcommand)]
    Queue(queue::QueueCommand),
    /// Find pictures that were drawn, with how they were made
    #[command(subcommand)]
    History(history::HistoryCommand),
    /// Serve the API and the web page
    Serve(Box<serve::ServeArgs>),
    /// Make, list and revoke the keys of the API
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Look at how the server is set up
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Look at styles, add and remove them
    #[command(subcommand)]
    Style(style::StyleCommand),
    /// Look at models, and export them as ONNX
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Get plugins, decide what they may do, and make them
    #[command(subcommand)]
    Plugin(plugin::PluginCommand),
    /// Look at what is kept of what was computed, and clear it
    #[command(subcommand)]
    Cache(cache::CacheCommand),
    /// Install, list and remove builds of ONNX Runtime
    Runtime(runtime::RuntimeArgs),
    /// Compile a plugin; for this program itself
    #[command(name = plugins::COMPILER, hide = true)]
    PluginCompiler {
        /// The component
        input: PathBuf,
        /// Where the machine code goes
        output: PathBuf,
    },
    /// Try every provider on this machine and say what works
    Doctor(doctor::DoctorArgs),
}

/// Builds of ONNX Runtime have a service of their own that reports to its makers. Told not to report they still open it,
/// and leave a file; told so by this variable they do not.
fn tell_nobody() {
    // SAFETY: this is the first thing that the program does: there is no other thread yet that could read variables.
    #[allow(unsafe_code)]
    unsafe {
        std::env::set_var("ORT_DISABLE_TELEMETRY", "1");
    }
}

fn main() -> ExitCode {
    tell_nobody();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error),
    };
    // In a process of its own, with bounds on it, and no data folder.
    if let Command::PluginCompiler { input, output } = &cli.command {
        let status = aquatint_sandbox::engine::run_compiler(input, output);
        return ExitCode::from(u8::try_from(status).unwrap_or(1));
    }
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failure(&error),
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let data = match &command {
        Command::Serve(args) => args.data()?,
        _ => data::folder()?,
    };
    match command {
        Command::Generate(args) => generate::run(&args, &data),
        Command::Sweep(args) => sweep::run(&args, &data),
        Command::Replay(args) => replay::run(&args, &data),
        Command::Inspect(args) => inspect::run(&args),
        Command::Tokens(args) => tokens::run(&args, &data),
        Command::Queue(command) => queue::run(&command, &data),
        Command::Style(command) => style::run(&command, &data),
        Command::History(command) => history::run(&command, &data),
        Command::Serve(args) => serve::run(&args, &data),
        Command::Key(command) => key::run(&command, &data),
        Command::Config(command) => config::run(&command, &data),
        Command::Model(command) => model::run(&command, &data),
        Command::Plugin(command) => plugin::run(&command, &data),
        Command::Cache(command) => cache::run(&command, &data),
        Command::Runtime(args) => runtime::run(args, &data),
        Command::Doctor(args) => doctor::run(args, &data),
        Command::PluginCompiler { .. } => Ok(()),
    }
}
