//! How a command ends: 0, 1 for a failure, 2 for a usage error, 130 when interrupted; errors are one line.

use std::process::ExitCode;

use aquatint_diffusion::runtime::RuntimeError;
use aquatint_sandbox::install::InstallError;
use aquatint_server::ServerError;
use aquatint_server::config::ConfigError;
use aquatint_server::security::KeyError;
use aquatint_studio::history::HistoryError;
use aquatint_studio::jobs::QueueError;
use aquatint_studio::styles::StyleError;
use aquatint_studio::sweep::run::RunError;
use aquatint_studio::sweep::{SpecError, SweepError};
use aquatint_studio::{DrawError, InputError};
use clap::error::ErrorKind;

use crate::output;

/// An error of the person who typed the command.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Somebody stopped it, and this is what became of it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Interrupted(pub(crate) String);

/// After Ctrl-C, as shells report it: 128 + SIGINT.
const INTERRUPTED: u8 = 130;

/// Ends on what the command line's parser says: help, the version, or an error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Nobody is left to tell when the terminal is gone.
            let _ = error.print();
            ExitCode::from(u8::from(error.use_stderr()) * 2)
        }
        _ => {
            let text = error.render().to_string();
            // The parser explains over several paragraphs; what matters are the first and its tips.
            let message: Vec<_> = text
                .lines()
                .map(str::trim)
                .take_while(|line| !line.starts_with("Usage:"))
                .filter(|line| !line.is_empty() && !line.starts_with("For more information"))
                .collect();
            output::tell(message.join(" ").replace(" tip: ", "; "));
            ExitCode::from(2)
        }
    }
}

/// Ends on an error.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    let line = one_line(error);
    if is_interruption(error) {
        output::tell(line);
        return ExitCode::from(INTERRUPTED);
    }
    output::tell(format_args!("error: {line}"));
    ExitCode::from(if is_usage(error) { 2 } else { 1 })
}

/// An error and its causes, on one line. Most errors here say their cause themselves; what comes from libraries may hold line breaks.
pub(crate) fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let text = cause.to_string();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            line = text;
        } else if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
    }
    line
}

pub(crate) fn is_interruption(error: &anyhow::Error) -> bool {
    let install = error.downcast_ref::<InstallError>();
    let draw = error.downcast_ref::<DrawError>();
    let runtime = error.downcast_ref::<RuntimeError>();
    draw.is_some_and(DrawError::is_cancelled)
        || matches!(runtime, Some(RuntimeError::Cancelled))
        || error
            .downcast_ref::<RunError>()
            .is_some_and(RunError::is_cancelled)
        || install.is_some_and(InstallError::is_cancelled)
        || matches!(error.downcast_ref(), Some(HistoryError::Cancelled))
        || error.is::<Interrupted>()
}

/// Whether the person who asked is at fault.
pub(crate) fn is_usage(error: &anyhow::Error) -> bool {
    error.is::<Usage>()
        || error
            .downcast_ref::<QueueError>()
            .is_some_and(QueueError::is_usage)
        || error
            .downcast_ref::<HistoryError>()
            .is_some_and(HistoryError::is_usage)
        || error
            .downcast_ref::<DrawError>()
            .is_some_and(DrawError::is_usage)
        || matches!(
            error.downcast_ref(),
            Some(InputError::Picture(_) | InputError::Missing { .. })
        )
        || error.downcast_ref::<RunError>().is_some_and(RunError::is_usage)
        || error.is::<ConfigError>()
        || error.is::<KeyError>()
        || matches!(
            error.downcast_ref(),
            Some(ServerError::Config(_) | ServerError::Unprotected { .. } | ServerError::Tls { .. })
        )
        || error
            .downcast_ref::<StyleError>()
            .is_some_and(StyleError::is_usage)
        || error.is::<SweepError>()
        || error.is::<SpecError>()
        // Names of providers and runtimes that do not exist.
        || matches!(
            error.downcast_ref::<RuntimeError>(),
            Some(
                RuntimeError::UnknownProvider { .. }
                    | RuntimeError::BadSetting { .. }
                    | RuntimeError::UnknownFlavor { .. }
            )
        )
}
