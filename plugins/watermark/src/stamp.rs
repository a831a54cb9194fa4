use ab_glyph::{Font as _, FontRef, Glyph, PxScale, ScaleFont as _, point};
use aquatint_plugin::{assets, prelude::*};

const FONT: &str = "font.ttf";

/// What is drawn.
pub struct Wish<'a> {
    /// The text, or nothing.
    pub line: &'a str,
    /// A picture that stands before it.
    pub logo: Option<Picture>,
    /// The height of the line and of the logo, in pixels.
    pub height: f32,
    /// As wide as it may be: what is wider is made smaller as a whole.
    pub widest: u32,
    pub color: Color,
    pub shadow: bool,
}

/// The mark on a transparent ground; `None` if there is nothing to draw.
pub fn draw(wish: &Wish<'_>) -> Result<Option<Picture>> {
    let height = wish.height.max(1.0);
    let text = if wish.line.is_empty() {
        None
    } else {
        let font = assets::read(FONT)?;
        Some(mask(&font, wish.line, height, wish.widest)?)
    };
    let logo = match &wish.logo {
        None => None,
        Some(logo) => Some(scaled(logo, height, wish.widest)?),
    };
    let gap = if text.is_some() && logo.is_some() {
        (height / 3.0) as u32
    } else {
        0
    };
    let logo_size = logo.as_ref().map_or(
        Size {
            width: 0,
            height: 0,
        },
        Picture::size,
    );
    let (text_width, text_height) = text.as_ref().map_or((0, 0), |it| (it.width, it.height));
    let size = Size {
        width: logo_size.width + gap + text_width,
        height: logo_size.height.max(text_height),
    };
    if size.width == 0 || size.height == 0 {
        return Ok(None);
    }
    // Room for the shadow at every side.
    let blur = if wish.shadow {
        (height / 16.0).max(0.7)
    } else {
        0.0
    };
    let room = (3.0 * blur).ceil() as u32;
    let whole = Size {
        width: size.width + 2 * room,
        height: size.height + 2 * room,
    };
    let mark = Picture::create(whole, PixelFormat::Rgba8)?;
    let middle = |height: u32| (room + (size.height - height) / 2) as i32;
    if let Some(logo) = &logo {
        mark.paste(
            logo,
            room as i32,
            middle(logo_size.height),
            1.0,
            Blend::Normal,
        )?;
    }
    if let Some(text) = &text {
        let letters = text.colored(wish.color)?;
        let x = (room + logo_size.width + gap) as i32;
        mark.paste(&letters, x, middle(text_height), 1.0, Blend::Normal)?;
    }
    if wish.shadow {
        let dark = dark_against(wish.color);
        let shadow = mark.clone()?;
        shadow.map_pixels(|pixel, _, _| *pixel = [dark, dark, dark, pixel[3]])?;
        let shadow = shadow.blur(blur)?;
        // Twice as dense as a blur leaves it, or thin letters would have next to none.
        shadow.map_pixels(|pixel, _, _| pixel[3] = pixel[3].saturating_mul(2))?;
        shadow.paste(&mark, 0, 0, 1.0, Blend::Normal)?;
        return fitting(shadow, wish.widest).map(Some);
    }
    fitting(mark, wish.widest).map(Some)
}

/// Black behind what is bright, white behind what is dark.
fn dark_against(color: Color) -> u8 {
    let sum =
        2126 * u32::from(color.red) + 7152 * u32::from(color.green) + 722 * u32::from(color.blue);
    if sum > 10_000 * 96 { 0 } else { 255 }
}

fn scaled(logo: &Picture, height: f32, widest: u32) -> Result<Picture> {
    let Size { width, height: own } = logo.size();
    let factor = (height / own as f32).min(widest as f32 / width as f32);
    let side = |side: u32| ((side as f32 * factor).round() as u32).max(1);
    let size = Size {
        width: side(width),
        height: side(own),
    };
    logo.convert(PixelFormat::Rgba8)?
        .resize(size, Filter::Lanczos3)
}

fn fitting(mark: Picture, widest: u32) -> Result<Picture> {
    let Size { width, height } = mark.size();
    if width <= widest {
        return Ok(mark);
    }
    let height = (u64::from(height) * u64::from(widest) / u64::from(width)).max(1);
    mark.resize(
        Size {
            width: widest,
            height: height as u32,
        },
        Filter::Bilinear,
    )
}

/// How much of each pixel the letters cover.
struct Mask {
    width: u32,
    height: u32,
    cover: Vec<f32>,
}

impl Mask {
    fn colored(&self, color: Color) -> Result<Picture> {
        let size = Size {
            width: self.width,
            height: self.height,
        };
        let picture = Picture::create(size, PixelFormat::Rgba8)?;
        let Color {
            red,
            green,
            blue,
            alpha,
        } = color;
        let pixels: Vec<u8> = self
            .cover
            .iter()
            .flat_map(|cover| [red, green, blue, (cover * f32::from(alpha) + 0.5) as u8])
            .collect();
        picture.write_all(&pixels)?;
        Ok(picture)
    }
}

/// Sets a line of text. One that would be wider than `widest` pixels is set smaller.
fn mask(font: &[u8], line: &str, height: f32, widest: u32) -> Result<Mask> {
    let font = FontRef::try_from_slice(font).or_invalid(FONT)?;
    let (_, width) = set(&font, line, height);
    let height = if width > widest as f32 {
        height * widest as f32 / width
    } else {
        height
    };
    let (glyphs, width) = set(&font, line, height.max(1.0));
    let size = (
        width.ceil().clamp(1.0, widest.max(1) as f32) as usize,
        height.ceil().max(1.0) as usize,
    );
    let mut cover = vec![0.0_f32; size.0 * size.1];
    for glyph in glyphs {
        let Some(outline) = font.outline_glyph(glyph) else {
            continue;
        };
        let bounds = outline.px_bounds();
        outline.draw(|x, y, part| {
            let x = bounds.min.x as i64 + i64::from(x);
            let y = bounds.min.y as i64 + i64::from(y);
            let inside = (0..size.0 as i64).contains(&x) && (0..size.1 as i64).contains(&y);
            if inside {
                // Letters may overlap; what both cover is covered once.
                let pixel = &mut cover[y as usize * size.0 + x as usize];
                *pixel = (*pixel + part).min(1.0);
            }
        });
    }
    Ok(Mask {
        width: size.0 as u32,
        height: size.1 as u32,
        cover,
    })
}

/// The letters at their places, and how wide they are together.
fn set(font: &FontRef<'_>, line: &str, height: f32) -> (Vec<Glyph>, f32) {
    let scale = PxScale::from(height);
    let scaled = font.as_scaled(scale);
    let mut glyphs = Vec::new();
    let mut x = 0.0;
    let mut last = None;
    for letter in line.chars().filter(|letter| !letter.is_control()) {
        let id = scaled.glyph_id(letter);
        if let Some(last) = last {
            x += scaled.kern(last, id);
        }
        glyphs.push(id.with_scale_and_position(scale, point(x, scaled.ascent())));
        x += scaled.h_advance(id);
        last = Some(id);
    }
    (glyphs, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FONT: &[u8] = include_bytes!("../assets/font.ttf");

    #[test]
    fn a_line_is_set_from_left_to_right_and_fits() {
        let mask = |line, widest| mask(FONT, line, 32.0, widest).expect("the font");
        let (one, two) = (mask("l", 1000), mask("ll", 1000));
        assert!(two.width > one.width && two.height == one.height);
        assert!(
            one.cover.iter().any(|cover| *cover > 0.9),
            "something is drawn"
        );
        let long = mask("a very long line of text", 100);
        assert!(
            long.width <= 100 && long.height < 32,
            "{} {}",
            long.width,
            long.height
        );
    }

    #[test]
    fn the_shadow_is_the_opposite_of_the_text() {
        let gray = |value| Color {
            red: value,
            green: value,
            blue: value,
            alpha: 255,
        };
        assert_eq!((dark_against(gray(255)), dark_against(gray(0))), (0, 255));
    }
}
