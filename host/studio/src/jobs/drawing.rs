//! How a drawing goes, as events of its job.

use std::time::Instant;

use aquatint_diffusion::pipeline::{Denoised, Event, Stage};

use super::{Context, Preview};
use crate::harmless;

/// Tells the listeners of a job how a drawing goes.
#[derive(Debug)]
pub struct Drawing<'a> {
    context: &'a Context,
    /// When the first step began.
    start: Option<Instant>,
}

impl<'a> Drawing<'a> {
    /// Of a job.
    #[must_use]
    pub fn new(context: &'a Context) -> Self {
        Self {
            context,
            start: None,
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
            Event::Ready { .. } => self.start = Some(Instant::now()),
            Event::Step {
                done,
                total,
                denoised,
            } => {
                let eta = self.start.filter(|_| done > 0).map(|start| {
                    start.elapsed().as_secs_f64() / done as f64 * total.saturating_sub(done) as f64
                });
                let preview = denoised
                    .filter(|_| self.context.wants_preview())
                    .and_then(|denoised| preview(&denoised));
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

/// The first of the pictures, as it looks by now.
fn preview(denoised: &Denoised<'_>) -> Option<Preview> {
    let pixels = denoised.preview()?;
    let [_, height, width] = denoised.shape;
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(Preview {
        picture: u32::try_from(denoised.first).ok()?,
        width,
        height,
        png: png.into(),
    })
}
