//! The progress of a sweep, on standard error.

use std::time::Duration;

use aquatint_studio::sweep::run::{Happening, Status};
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use crate::output;
use crate::plugins::Notes;

/// A bar of cells; failures stay above it.
pub(crate) struct SweepProgress {
    bar: ProgressBar,
    notes: Notes,
    quiet: bool,
    /// Whether cells that failed are told of here, and not as the command's own error.
    tells_failures: bool,
}

impl SweepProgress {
    pub(crate) fn new(quiet: bool, fail_fast: bool) -> Self {
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        bar.enable_steady_tick(Duration::from_millis(200));
        Self {
            bar,
            notes: Notes::new(quiet),
            quiet,
            tells_failures: !quiet && !fail_fast,
        }
    }

    pub(crate) fn tell(&mut self, happening: Happening<'_>) {
        match happening {
            Happening::Ready {
                cells,
                before,
                left,
            } => {
                self.bar.set_style(
                    ProgressStyle::with_template("{bar:30} {pos}/{len} cells, {msg}")
                        // The template is a literal: the only way for it to be wrong is a typing error here.
                        .unwrap_or_else(|_| ProgressStyle::default_bar()),
                );
                self.bar.set_length(cells as u64);
                self.bar.set_position(before as u64);
                self.bar
                    .set_message(format!("{} to denoise", left.denoisings));
            }
            Happening::Ends {
                line,
                ended,
                left,
                time_left,
            } => {
                self.bar.set_position(ended as u64);
                let time = match time_left {
                    Some(time) => format!(", {} left", HumanDuration(time)),
                    None => String::new(),
                };
                self.bar
                    .set_message(format!("{} to denoise{time}", left.denoisings));
                if line.status == Status::Failed && line.same_as.is_none() && self.tells_failures {
                    let error = line.error.as_deref().unwrap_or_default();
                    self.bar
                        .suspend(|| output::tell(format_args!("cell {}: {error}", line.cell)));
                }
            }
            Happening::Note(note) => {
                let notes = &mut self.notes;
                self.bar.suspend(|| notes.tell(note));
            }
            Happening::Sheet {
                path,
                note: Some(note),
            } if !self.quiet => {
                self.bar
                    .suspend(|| output::tell(format_args!("note: {}: {note}", path.display())));
            }
            _ => {}
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
