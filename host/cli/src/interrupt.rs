//! Ctrl-C.

use aquatint_diffusion::pipeline::Cancel;

/// Makes Ctrl-C (and SIGTERM) cancel what is being done; a second one ends the process at once. For once a process.
pub(crate) fn cancels(cancel: &Cancel) -> anyhow::Result<()> {
    let cancel = cancel.clone();
    calls(move || cancel.cancel())
}

/// The same for what is stopped by calling something.
pub(crate) fn calls(stop: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    let mut stopped = false;
    ctrlc::set_handler(move || {
        if std::mem::replace(&mut stopped, true) {
            std::process::exit(130);
        }
        stop();
    })?;
    Ok(())
}
