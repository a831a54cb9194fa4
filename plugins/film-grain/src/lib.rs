use aquatint_plugin::{luma, prelude::*};

plugin!(post_process: grain);

fn grain(picture: &Picture) -> Result<()> {
    let strength = Settings.number("amount")? * 0.25;
    let radius = (Settings.number("size")? - 1.0) / 2.0;
    let monochrome = Settings.flag("monochrome")?;
    let shadows = Settings.number("shadows")?;
    let highlights = Settings.number("highlights")?;
    let random = Random::of_job();
    for area in picture.strips(256) {
        let mut colors = picture.read_colors(area)?;
        for (color, noise) in colors.iter_mut().zip(random.field(area, radius)?) {
            let light = luma(*color).clamp(0.0, 1.0);
            // As wanted at both ends of the scale, and full in the middle.
            let (end, middle) = if light < 0.5 {
                (shadows, 2.0 * light)
            } else {
                (highlights, 2.0 - 2.0 * light)
            };
            let weight = strength * (end + (1.0 - end) * middle);
            for (part, own) in color.iter_mut().zip(noise) {
                *part += weight * if monochrome { noise[0] } else { own };
            }
        }
        picture.write_colors(area, &colors)?;
    }
    Ok(())
}
