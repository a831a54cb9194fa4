//! `aquatint plugin`: one file a subcommand.

mod bench;
mod build;
mod dev;
mod new;
mod pack;
mod test;

use std::path::Path;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Make a folder for a new plugin
    New(new::NewArgs),
    /// Build a plugin's component
    Build(build::BuildArgs),
    /// Put a manifest into a component that was built some other way
    Pack(pack::PackArgs),
    /// Build a plugin and run its cases
    Test(test::TestArgs),
    /// Build a plugin whenever it changes, and show what it does
    Dev(dev::DevArgs),
}

pub(crate) fn run(command: &PluginCommand, data: &Path) -> anyhow::Result<()> {
    match command {
        PluginCommand::New(args) => new::run(args),
        PluginCommand::Build(args) => build::run(args, data),
        PluginCommand::Pack(args) => pack::run(args),
        PluginCommand::Test(args) => test::run(args, data),
        PluginCommand::Dev(args) => dev::run(args, data),
    }
}
