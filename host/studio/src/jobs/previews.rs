//! How a picture looks that is not finished, without keeping it from being finished.

use std::time::{Duration, Instant};

use aquatint_diffusion::pipeline::{Cancel, Denoised, TinyDecoder};

use super::Preview;

/// The most of a drawing's time that previews by a tiny VAE may take.
const SHARE: f64 = 0.03;
/// What it may cost to load one and to find out what it costs.
const UNKNOWN: Duration = Duration::from_millis(100);

/// Makes previews: by a tiny VAE where there is one and it is cheap enough, else by projecting latents, which costs nearly
/// nothing.
///
/// A preview by the tiny VAE is made when all of them, with this one, take at most 3 % of the time that steps took by now.
#[derive(Debug, Default)]
pub(super) struct Previews {
    /// What those by the tiny VAE took.
    spent: Duration,
    /// What the last one took, its file too.
    last: Duration,
    /// Whether there was one. From then on those that are projected would be a step back.
    is_fine: bool,
}

impl Previews {
    /// The first of the pictures, as it looks by now; `running` is how long it is drawn already.
    pub(super) fn next(&mut self, denoised: &Denoised<'_>, running: Duration) -> Option<Preview> {
        if let Some(tiny) = denoised.tiny
            && let Some(preview) = self.fine(tiny, denoised, running)
        {
            self.is_fine = true;
            return Some(preview);
        }
        if self.is_fine {
            return None;
        }
        let [_, height, width] = denoised.shape;
        file(denoised, &denoised.preview()?, width, height)
    }

    /// By the tiny VAE, if that is not too much.
    fn fine(
        &mut self,
        tiny: &TinyDecoder,
        denoised: &Denoised<'_>,
        running: Duration,
    ) -> Option<Preview> {
        let (latents, shape) = (denoised.of_first()?, denoised.shape);
        let begin = Instant::now();
        let cancel = Cancel::new();
        if tiny.expected(shape).is_none() {
            if !self.allows(UNKNOWN, running) {
                return None;
            }
            let measured = tiny.measure(latents, shape, &cancel);
            self.spent += begin.elapsed();
            measured.ok()?;
        }
        let begin = Instant::now();
        if !self.allows(tiny.expected(shape)?.max(self.last), running) {
            return None;
        }
        let pixels = tiny.pixels(latents, shape, &cancel).ok();
        let factor = tiny.vae().config.factor();
        let [_, height, width] = shape;
        let preview =
            pixels.and_then(|pixels| file(denoised, &pixels, width * factor, height * factor));
        self.last = begin.elapsed();
        self.spent += self.last;
        preview
    }

    /// Whether so much more is little enough.
    fn allows(&self, more: Duration, running: Duration) -> bool {
        let steps = running.saturating_sub(self.spent).as_secs_f64();
        (self.spent + more).as_secs_f64() <= SHARE * steps
    }
}

fn file(denoised: &Denoised<'_>, pixels: &[u8], width: usize, height: usize) -> Option<Preview> {
    let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    writer.finish().ok()?;
    Some(Preview {
        picture: u32::try_from(denoised.first).ok()?,
        width,
        height,
        png: png.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_previews_take_at_most_a_share_of_the_steps() {
        let [short, second, minute] = [0.02, 1.0, 60.0].map(Duration::from_secs_f64);
        let mut previews = Previews::default();
        assert!(!previews.allows(UNKNOWN, second));
        assert!(previews.allows(short, second));
        assert!(previews.allows(UNKNOWN, minute));
        // What was spent is no step, and counts against what comes.
        previews.spent = Duration::from_millis(15);
        assert!(!previews.allows(short, second));
        assert!(previews.allows(short, second + second / 4));
        // Steps that take no time at all leave none for previews.
        assert!(!Previews::default().allows(short, Duration::ZERO));
    }
}
