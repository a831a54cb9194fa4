//! `aquatint queue`: one file a subcommand.

mod add;
mod cancel;
mod clear;
mod list;
mod pause;
mod place;
mod retry;
mod run;
mod show;
mod table;

use std::path::Path;

use aquatint_studio::jobs::Queue;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum QueueCommand {
    /// Add a drawing to the queue
    Add(Box<add::AddArgs>),
    /// Show what runs, what waits, and what has ended
    List(list::ListArgs),
    /// Show everything about a job
    Show(show::ShowArgs),
    /// Stop jobs that wait or run
    Cancel(cancel::CancelArgs),
    /// Change when a job that waits is done
    Move(place::MoveArgs),
    /// Begin no further job
    Pause,
    /// Go on after a pause
    Resume,
    /// Queue jobs again that failed or were cancelled
    Retry(retry::RetryArgs),
    /// Forget jobs that have ended; their pictures stay
    Clear(clear::ClearArgs),
    /// Do the jobs that wait
    Run(run::RunArgs),
}

/// Does what `aquatint queue …` was asked for, in the data folder `data`.
pub(crate) fn run(command: &QueueCommand, data: &Path) -> anyhow::Result<()> {
    if let QueueCommand::Add(args) = command {
        return add::run(args, data);
    }
    let queue = Queue::open(data)?;
    match command {
        QueueCommand::Add(_) => Ok(()),
        QueueCommand::List(args) => list::run(args, &queue),
        QueueCommand::Show(args) => show::run(args, &queue),
        QueueCommand::Cancel(args) => cancel::run(args, &queue),
        QueueCommand::Move(args) => place::run(args, &queue),
        QueueCommand::Pause => pause::run(true, &queue),
        QueueCommand::Resume => pause::run(false, &queue),
        QueueCommand::Retry(args) => retry::run(args, &queue),
        QueueCommand::Clear(args) => clear::run(args, &queue),
        QueueCommand::Run(args) => run::run(args, &queue, data),
    }
}
