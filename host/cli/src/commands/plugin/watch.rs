//! The progress of downloads, on standard error.

use aquatint_sandbox::install::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar that is there while bytes come. On a terminal only; indicatif draws nothing elsewhere.
pub(super) struct Watch(ProgressBar);

impl Watch {
    pub(super) fn new() -> Self {
        Self(ProgressBar::no_length())
    }

    pub(super) fn progress(&self, progress: Progress<'_>) {
        let Self(bar) = self;
        let template = match progress {
            Progress::Waiting => "{spinner} waiting for another installation to end",
            Progress::Fetching { total: None, .. } => "fetching {msg} {bytes}",
            Progress::Fetching { .. } => "fetching {msg} [{bar:30}] {bytes} of {total_bytes}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        if let Progress::Fetching { from, done, total } = progress {
            let name = from.rsplit('/').next().unwrap_or(from);
            bar.set_message(name.to_owned());
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
