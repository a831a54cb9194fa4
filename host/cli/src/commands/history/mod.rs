//! `aquatint history`: one file a subcommand.

mod delete;
mod filter;
mod import;
mod list;
mod show;

use std::path::Path;

use aquatint_studio::history::History;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// Show pictures, the latest first
    List(list::ListArgs),
    /// Find pictures by words of their prompts, models and plugins
    Search(list::SearchArgs),
    /// Show everything about a picture
    Show(show::ShowArgs),
    /// Forget pictures, and delete their files where that is wanted
    Delete(delete::DeleteArgs),
    /// Record the pictures of a folder that say how they were made
    Import(import::ImportArgs),
}

/// Does what `aquatint history …` was asked for, in the data folder `data`.
pub(crate) fn run(command: &HistoryCommand, data: &Path) -> anyhow::Result<()> {
    let history = History::open(data)?;
    match command {
        HistoryCommand::List(args) => list::run(args, &history),
        HistoryCommand::Search(args) => list::search(args, &history),
        HistoryCommand::Show(args) => show::run(args, &history),
        HistoryCommand::Delete(args) => delete::run(args, &history),
        HistoryCommand::Import(args) => import::run(args, &history),
    }
}
