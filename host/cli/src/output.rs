//! Standard output and standard error. A reader that has gone away (`| head`) is no failure.

use std::io::Write as _;

/// Writes a line.
pub(crate) fn line(text: impl std::fmt::Display) -> anyhow::Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => Ok(result?),
    }
}

/// Writes a value as one line of JSON.
pub(crate) fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string(value)?)
}

/// Writes a line to standard error.
pub(crate) fn tell(text: impl std::fmt::Display) {
    // Nobody is left to tell that this failed.
    let _ = writeln!(std::io::stderr(), "{text}");
}
