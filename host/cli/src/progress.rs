//! The progress of a drawing, on standard error.

use std::time::Duration;

use aquatint_diffusion::pipeline::{Event, Stage};
use aquatint_studio::harmless;
use aquatint_studio::jobs::JobEvent;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::output;

/// Shows a spinner while things load, then a bar with steps per second and the time left.
pub(crate) struct DrawProgress {
    bar: ProgressBar,
    quiet: bool,
}

impl DrawProgress {
    pub(crate) fn new(quiet: bool) -> Self {
        let bar = if quiet {
            ProgressBar::hidden()
        } else {
            ProgressBar::new_spinner()
        };
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar, quiet }
    }

    pub(crate) fn event(&self, event: &Event<'_>) {
        match event {
            Event::Stage(Stage::Text) => self.bar.set_message("reading the prompt"),
            Event::Stage(Stage::Denoise) => self.bar.set_message("loading the model"),
            Event::Stage(Stage::Decode) => self.bar.set_message("decoding"),
            Event::EmbeddingSkipped { name, reason } if !self.quiet => self.bar.suspend(|| {
                output::tell(format_args!(
                    "note: the embedding \"{}\" is not for this model, and is left out: {}",
                    harmless(name),
                    harmless(reason)
                ));
            }),
            Event::Ready { total } => {
                self.bar.set_length(*total as u64);
                self.bar.set_style(bar_style());
                self.bar.reset_elapsed();
                self.bar.set_message("denoising");
            }
            Event::Step { done, .. } => self.bar.set_position(*done as u64),
            _ => {}
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The same for the jobs of a queue, one after the other.
pub(crate) struct JobProgress {
    bar: ProgressBar,
    quiet: bool,
}

impl JobProgress {
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            bar: ProgressBar::hidden(),
            quiet,
        }
    }

    pub(crate) fn event(&mut self, event: &JobEvent) {
        match event {
            JobEvent::Started { .. } if !self.quiet => {
                self.bar = ProgressBar::new_spinner();
                self.bar.enable_steady_tick(Duration::from_millis(120));
            }
            JobEvent::Stage { name } => self.bar.set_message(harmless(name)),
            JobEvent::Step { done, total, .. } | JobEvent::Progress { done, total, .. } => {
                if self.bar.length() != Some(*total) {
                    self.bar.set_length(*total);
                    self.bar.set_style(bar_style());
                    self.bar.reset_elapsed();
                }
                self.bar.set_position(*done);
            }
            event if event.is_last() => self.bar.finish_and_clear(),
            _ => {}
        }
    }

    /// Writes something in between.
    pub(crate) fn suspend<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// Tells something, unless it is to be quiet.
    pub(crate) fn tell(&self, text: impl std::fmt::Display) {
        if !self.quiet {
            self.bar.suspend(|| output::tell(text));
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn bar_style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:>10} {bar:30} {pos}/{len} steps, {rate}, {eta} left")
        // The template is a literal: the only way for it to be wrong is a typing error here.
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key(
            "rate",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // A bar that cannot be written is not worth an error.
                let _ = if state.per_sec() >= 1.0 || state.per_sec() == 0.0 {
                    write!(out, "{:.1} steps/s", state.per_sec())
                } else {
                    write!(out, "{:.1} s/step", 1.0 / state.per_sec())
                };
            },
        )
}
