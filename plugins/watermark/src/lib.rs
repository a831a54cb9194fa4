mod place;
mod stamp;
mod text;

use aquatint_plugin::{job, prelude::*};

plugin!(post_process: watermark);

fn watermark(picture: &Picture) -> Result<()> {
    let size = picture.size();
    let side = size.width.min(size.height) as f32;
    let pixels = |key| -> Result<f32> { Ok(Settings.number(key)? / 100.0 * side) };
    let height = pixels("size")?;
    let request = Request::of_job();
    let line = text::fill(&Settings.text("text")?, |name| match name {
        "seed" => Some(job::seed().to_string()),
        "model" => Some(request.text("model").to_owned()),
        "width" => Some(size.width.to_string()),
        "height" => Some(size.height.to_string()),
        _ => None,
    });
    let stamp = stamp::draw(&stamp::Wish {
        line: line.trim(),
        logo: Settings.picture("picture")?,
        height,
        widest: size.width,
        color: Settings.color("color")?,
        shadow: Settings.flag("shadow")?,
    })?;
    let Some(stamp) = stamp else {
        return Ok(());
    };
    let margin = pixels("margin")?.round() as i32;
    let position = Settings.text("position")?;
    let opacity = Settings.number("opacity")?;
    for (x, y) in place::all(&position, size, stamp.size(), margin)? {
        picture.paste(&stamp, x, y, opacity, Blend::Normal)?;
    }
    Ok(())
}
