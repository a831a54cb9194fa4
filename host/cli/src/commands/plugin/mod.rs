//! `aquatint plugin`: one file a subcommand.

mod bench;
mod build;
mod consent;
mod describe;
mod dev;
mod enable;
mod grant;
mod info;
mod install;
mod keys;
mod list;
mod new;
mod pack;
mod publish;
mod remove;
mod revoke;
mod rollback;
mod sign;
mod test;
mod update;
mod verify;
mod watch;

use std::path::Path;

use aquatint_sandbox::install::Installer;
use aquatint_sandbox::manifest::PluginId;
use clap::Subcommand;

use crate::interrupt;

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Install a plugin, once you have seen what it asks for
    Install(install::InstallArgs),
    /// Show which plugins are installed
    List(list::ListArgs),
    /// Show what is known about a plugin, installed or in a file
    Info(info::InfoArgs),
    /// Let a plugin do what it asks for
    Grant(grant::GrantArgs),
    /// Take back what a plugin may do
    Revoke(revoke::RevokeArgs),
    /// Use a plugin again
    Enable(IdArgs),
    /// Do not use a plugin, without removing it
    Disable(IdArgs),
    /// Look where plugins came from for newer versions
    Update(update::UpdateArgs),
    /// Go back to the version before
    Rollback(IdArgs),
    /// Remove a plugin and what it may do
    Remove(IdArgs),
    /// Check that plugins are what was installed, and that their sources still have it
    Verify(verify::VerifyArgs),
    /// Put a packed plugin into a registry
    Publish(publish::PublishArgs),
    /// Sign a packed plugin
    Sign(sign::SignArgs),
    /// Make keys to sign with, and manage those of others
    #[command(subcommand)]
    Keys(keys::KeysCommand),
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

#[derive(Debug, clap::Args)]
pub(crate) struct IdArgs {
    /// The plugin's id
    id: PluginId,
}

/// Does what `aquatint plugin …` was asked for, in the data folder `data`.
pub(crate) fn run(command: &PluginCommand, data: &Path) -> anyhow::Result<()> {
    let installer = || installer(data);
    match command {
        PluginCommand::Install(args) => install::run(args, &installer()?),
        PluginCommand::List(args) => list::run(args, &installer()?),
        PluginCommand::Info(args) => info::run(args, &installer()?),
        PluginCommand::Grant(args) => grant::run(args, &installer()?),
        PluginCommand::Revoke(args) => revoke::run(args, &installer()?),
        PluginCommand::Enable(args) => enable::run(&args.id, true, &installer()?),
        PluginCommand::Disable(args) => enable::run(&args.id, false, &installer()?),
        PluginCommand::Update(args) => update::run(args, &installer()?),
        PluginCommand::Rollback(args) => rollback::run(&args.id, &installer()?),
        PluginCommand::Remove(args) => remove::run(&args.id, &installer()?),
        PluginCommand::Verify(args) => verify::run(args, &installer()?),
        PluginCommand::Publish(args) => publish::run(args, &installer()?),
        PluginCommand::Sign(args) => sign::run(args, &installer()?),
        PluginCommand::Keys(command) => keys::run(command, &installer()?),
        PluginCommand::New(args) => new::run(args),
        PluginCommand::Build(args) => build::run(args, data),
        PluginCommand::Pack(args) => pack::run(args),
        PluginCommand::Test(args) => test::run(args, data),
        PluginCommand::Dev(args) => dev::run(args, data),
    }
}

/// An installer that Ctrl-C ends.
fn installer(data: &Path) -> anyhow::Result<Installer> {
    let installer = Installer::new(data)?;
    let cancelled = installer.clone();
    interrupt::calls(move || {
        if consent::is_asking() {
            // Nothing is under way, and the answer would never come.
            std::process::exit(130);
        }
        cancelled.cancel();
    })?;
    Ok(installer)
}
