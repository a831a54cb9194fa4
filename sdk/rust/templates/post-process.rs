use aquatint_plugin::prelude::*;

plugin!(post_process: vignette);

/// Darkens the picture towards its corners.
fn vignette(picture: &Picture) -> Result<()> {
    let amount = Settings.number("amount")?;
    let Size { width, height } = picture.size();
    picture.map_colors(|color, x, y| {
        // From -1 at one side to 1 at the other.
        let across = (2 * x + 1) as f32 / width as f32 - 1.0;
        let down = (2 * y + 1) as f32 / height as f32 - 1.0;
        let light = 1.0 - amount * (across * across + down * down) / 2.0;
        for part in &mut color[..3] {
            *part *= light;
        }
    })
}
