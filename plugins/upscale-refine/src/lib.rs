mod sizes;

use aquatint_plugin::{generate::Ticket, job, log, prelude::*};

plugin!(script: upscale_refine);

fn upscale_refine() -> Result<Vec<Picture>> {
    let wish = Wish::read()?;
    job::progress(0.0, "drawing");
    let small = Request::new().submit()?.wait()?;
    let mut result = Vec::new();
    let mut large = Vec::new();
    for picture in small {
        large.push(picture.clone()?);
        if wish.keeps_small {
            result.push(picture);
        }
    }
    let sizes: Vec<Vec<Size>> = large
        .iter()
        .map(|picture| sizes::steps(picture.size(), wish.scale, wish.passes))
        .collect::<Result<_>>()?;
    let passes = sizes.first().map_or(0, Vec::len);
    for pass in 0..passes {
        job::progress((pass + 1) as f32 / (passes + 1) as f32, "refining");
        let targets = sizes.iter().filter_map(|sizes| sizes.get(pass).copied());
        large = wish.pass(large, targets)?;
    }
    result.extend(large);
    Ok(result)
}

/// The settings.
struct Wish {
    scale: f32,
    strength: f64,
    passes: u32,
    filter: Filter,
    steps: i64,
    prompt: String,
    keeps_small: bool,
    only_enlarges: bool,
}

impl Wish {
    fn read() -> Result<Self> {
        Ok(Self {
            scale: Settings.number("scale")?,
            strength: Settings.number64("strength")?,
            passes: Settings.int("passes")?.clamp(1, 3) as u32,
            filter: match Settings.text("filter")?.as_str() {
                "nearest" => Filter::Nearest,
                "bilinear" => Filter::Bilinear,
                "bicubic" => Filter::Bicubic,
                _ => Filter::Lanczos3,
            },
            steps: Settings.int("steps")?,
            prompt: Settings.text("prompt")?,
            keeps_small: Settings.flag("keep-small")?,
            only_enlarges: Settings.text("fallback")? == "enlarge",
        })
    }

    /// Enlarges every picture and draws over it. All are handed in before the first is waited for, so that the host can
    /// draw them together.
    fn pass(
        &self,
        pictures: Vec<Picture>,
        targets: impl Iterator<Item = Size>,
    ) -> Result<Vec<Picture>> {
        let mut enlarged = Vec::new();
        for (picture, size) in pictures.iter().zip(targets) {
            enlarged.push(picture.resize(size, self.filter)?);
        }
        if self.strength <= 0.0 {
            return Ok(enlarged);
        }
        match self.redraw(&enlarged) {
            Err(Problem::Unsupported(reason)) if self.only_enlarges => {
                let text = format!(
                    "only enlarged: drawing over a picture is not supported here ({reason})"
                );
                log::write(log::Level::Warn, &text, &[]);
                Ok(enlarged)
            }
            Err(Problem::Unsupported(reason)) => Err(Problem::Unsupported(format!(
                "drawing over a picture is not supported here ({reason}); with fallback=enlarge the picture is only enlarged"
            ))),
            result => result,
        }
    }

    fn redraw(&self, enlarged: &[Picture]) -> Result<Vec<Picture>> {
        let mut tickets: Vec<Ticket> = Vec::new();
        for (index, picture) in (0..).zip(enlarged) {
            let Size { width, height } = picture.size();
            let mut changes = Request::new()
                .with("init", Value::Picture(picture.name()?))
                .with_number("strength", self.strength)
                .with_int("width", width)
                .with_int("height", height)
                .with_int("batch", 1)
                // Each picture of a batch was drawn with the next seed.
                .with("seed", Value::Seed(job::seed().wrapping_add(index)));
            if self.steps > 0 {
                changes = changes.with_int("steps", self.steps);
            }
            if !self.prompt.trim().is_empty() {
                changes = changes.with_text("prompt", self.prompt.trim());
            }
            tickets.push(changes.submit()?);
        }
        let mut drawn = Vec::new();
        for ticket in tickets {
            drawn.extend(ticket.wait()?);
        }
        if drawn.len() == enlarged.len() {
            Ok(drawn)
        } else {
            Err(Problem::Failed(format!(
                "{} pictures were drawn, expected {}",
                drawn.len(),
                enlarged.len()
            )))
        }
    }
}
