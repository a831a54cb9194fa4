//! How a drawing goes, as events of its job.

use std::time::{Duration, Instant};

use aquatint_diffusion::pipeline::{Event, Stage};

use super::Context;
use super::previews::Previews;
use crate::harmless;

/// Tells the listeners of a job how a drawing goes.
#[derive(Debug)]
pub struct Drawing<'a> {
    context: &'a Context,
    /// When the first step began.
    start: Option<Instant>,
    previews: Previews,
}

impl<'a> Drawing<'a> {
    /// Of a job.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self {
            context,
            start: None,
            previews: Previews::default(),
        }
    }

    /// Passes an event on. Where somebody wants a preview and one is due, it is made here; otherwise this costs nothing.
    pub fn tell(&mut self, event: &Event<'_>) {
        match *event {
            Event::Stage(stage) => self.context.stage(name(stage)),
            Event::EmbeddingSkipped { name, reason } => self.context.note(format_args!(
                "the embedding \"{}\" is not for this model, and is left out: {}",
                harmless(name),
                harmless(reason)
            )),
            Event::Ready { .. } => {
                self.start = Some(Instant::now());
                self.previews = Previews::default();
            }
            Event::Step {
                done,
                total,
                denoised,
            } => {
                let eta = self.start.filter(|_| done > 0).map(|start| {
                    start.elapsed().as_secs_f64() / done as f64 * total.saturating_sub(done) as f64
                });
                let running = self.start.map_or(Duration::ZERO, |start| start.elapsed());
                let preview = denoised
                    .filter(|_| self.context.wants_preview())
                    .and_then(|denoised| self.previews.next(&denoised, running));
                self.context.step(done as u64, total as u64, eta, preview);
            }
            _ => {}
        }
    }
}

fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Text => "text",
        Stage::Denoise => "denoise",
        Stage::Decode => "decode",
    }
}
