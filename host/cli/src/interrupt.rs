//! Ctrl-C.

use aquatint_diffusion::pipeline::Cancel;

/// Makes Ctrl-C (and SIGTERM) cancel what is being done; a second one ends the process at once. For once a process.
pub(crate) fn cancels(cancel: &Cancel) -> anyhow::Result<()> {
    let cancel = cancel.clone();
    ctrlc::set_handler(move || {
        if cancel.is_cancelled() {
            std::process::exit(130);
        }
        cancel.cancel();
    })?;
    Ok(())
}
