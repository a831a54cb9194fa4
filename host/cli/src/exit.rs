//! How a command ends: 0, 1 for a failure, 2 for a usage error, 130 when interrupted; errors are one line.

use std::process::ExitCode;

use aquatint_diffusion::pipeline;
use aquatint_studio::DrawError;
use clap::error::ErrorKind;

/// An error of the person who typed the command.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

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
            eprintln!("{}", message.join(" "));
            ExitCode::from(2)
        }
    }
}

/// Ends on an error.
pub(crate) fn failure(error: &anyhow::Error) -> ExitCode {
    let draw = error.downcast_ref::<DrawError>();
    if let Some(DrawError::Pipeline(pipeline::Error::Cancelled)) = draw {
        eprintln!("cancelled");
        return ExitCode::from(INTERRUPTED);
    }
    // What comes from libraries may hold line breaks.
    let text = format!("{error:#}");
    let line: Vec<_> = text.split_whitespace().collect();
    eprintln!("error: {}", line.join(" "));
    let usage = error.is::<Usage>()
        || draw.is_some_and(DrawError::is_usage)
        || commands_usage(error);
    ExitCode::from(if usage { 2 } else { 1 })
}

/// Names of providers and runtimes that do not exist.
fn commands_usage(error: &anyhow::Error) -> bool {
    use aquatint_diffusion::runtime::RuntimeError;
    matches!(
        error.downcast_ref::<RuntimeError>(),
        Some(
            RuntimeError::UnknownProvider { .. }
                | RuntimeError::BadSetting { .. }
                | RuntimeError::UnknownFlavor { .. }
        )
    )
}
