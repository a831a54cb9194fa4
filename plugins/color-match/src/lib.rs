mod cube;
mod lab;
mod lut;
mod statistics;

use aquatint_plugin::{assets, prelude::*};
use lab::Lab;
use lut::Lut;
use statistics::Statistics;

plugin!(post_process: color_match);

fn color_match(picture: &Picture) -> Result<()> {
    let matching = matching(picture)?;
    let look = look()?;
    let strength = Settings.number("strength")?;
    if matching.is_none() && look.is_none() {
        return Ok(());
    }
    picture.map_colors(|color, _, _| {
        let [red, green, blue, _] = *color;
        let mut rgb = [red, green, blue];
        if let Some(matching) = &matching {
            rgb = matching.apply(rgb);
        }
        if let Some(look) = &look {
            let looked = look.at(rgb);
            for (part, looked) in rgb.iter_mut().zip(looked) {
                *part += strength * (looked - *part);
            }
        }
        color[..3].copy_from_slice(&rgb);
    })
}

fn matching(picture: &Picture) -> Result<Option<statistics::Match>> {
    let strength = Settings.number("match-strength")?;
    let Some(reference) = Settings.picture("reference")? else {
        return Ok(None);
    };
    let mut parts = match Settings.text("match")?.as_str() {
        "color" => [0.0, 1.0, 1.0],
        "light" => [1.0, 0.0, 0.0],
        _ => [1.0; 3],
    };
    parts = parts.map(|part| part * strength);
    let lab = Lab::new();
    let (from, to) = (
        Statistics::of(picture, &lab)?,
        Statistics::of(&reference, &lab)?,
    );
    Ok(Some(statistics::Match {
        lab,
        from,
        to,
        parts,
    }))
}

fn look() -> Result<Option<Lut>> {
    if let Some(hald) = Settings.picture("hald")? {
        return hald_lut(&hald).map(Some);
    }
    let name = Settings.text("look")?;
    if name == "none" {
        return Ok(None);
    }
    let file = format!("lut/{name}.cube");
    let text = String::from_utf8(assets::read(&file)?).or_invalid(&file)?;
    cube::parse(&text).or_invalid(&file).map(Some)
}

/// A HaldCLUT of level n is a square of n^3 pixels a side: the n^2 steps of each color, red fastest, then green.
fn hald_lut(hald: &Picture) -> Result<Lut> {
    let Size { width, height } = hald.size();
    let level = (2..=16_u32).find(|level| level.pow(3) == width);
    let Some(level) = level.filter(|_| width == height) else {
        return Err(Problem::InvalidInput(format!(
            "hald is {width}x{height} pixels, expected a HaldCLUT: 64x64, 125x125, 216x216, 343x343, 512x512, ..."
        )));
    };
    let table = hald.read_colors(hald.whole())?;
    let table = table
        .into_iter()
        .map(|[red, green, blue, _]| [red, green, blue])
        .collect();
    Lut::cubic(level * level, table).or_invalid("hald")
}
