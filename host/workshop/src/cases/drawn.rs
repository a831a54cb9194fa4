//! What `generate` gives in cases: no model, but pictures that follow from the request.
//!
//! Picture `i` of a request is a bilinear blend of four corner colours. They are the first twelve bytes of the SHA-256
//! of the prompt in UTF-8, a zero byte, and the seed plus `i` as 8 little-endian bytes: red, green, blue of the top
//! left, top right, bottom left and bottom right corner. A `width` or `height` that is left to the model is 64.
//! From an `init` picture (`strength` s, 0.75 if it is not said) each channel becomes `init + s * (drawn - init)`,
//! where the mask is white, and stays where it is black.

use aquatint_sandbox::pixels::{Picture, Size};
use aquatint_sandbox::settings::Value;
use sha2::{Digest as _, Sha256};

use super::fields::{self, Fields};
use crate::picture::{of_colors, rgba};

/// What a side is that is left to the model.
const SIDE: i64 = 64;
/// As long as a request of the host's own may have them.
const SIDES: std::ops::RangeInclusive<i64> = 8..=8192;
const BATCH: std::ops::RangeInclusive<i64> = 1..=64;
const STEPS: i64 = 20;
const STRENGTH: f64 = 0.75;

/// Why nothing is drawn: a kind of problem and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// One of [`PROBLEMS`](super::PROBLEMS).
    pub kind: &'static str,
    /// In one line.
    pub text: String,
}

/// Answers `generate.submit`: the pictures of `request` with `changes`, each with its `parameters` in the form that
/// A1111 writes. `open` finds a picture by its name.
///
/// # Errors
/// A field is unknown or wrong, or a picture is not found.
pub fn draw(
    request: &Fields,
    changes: &Fields,
    open: impl Fn(&str) -> Option<Picture>,
) -> Result<Vec<Picture>, Refused> {
    let invalid = |text: String| Refused {
        kind: "invalid-input",
        text,
    };
    fields::check_changes(changes).map_err(invalid)?;
    let field = |key: &str| changes.get(key).or_else(|| request.get(key));
    let int = |key: &str, default: i64, range: std::ops::RangeInclusive<i64>| match field(key) {
        Some(Value::Int(int)) if range.contains(int) => Ok(*int),
        Some(Value::Int(int)) => Err(invalid(format!(
            "{key} is {int}, expected {} to {}",
            range.start(),
            range.end()
        ))),
        _ => Ok(default),
    };
    let width = int("width", SIDE, SIDES)? as u32;
    let height = int("height", SIDE, SIDES)? as u32;
    let batch = int("batch", 1, BATCH)?;
    let steps = int("steps", STEPS, 1..=1000)?;
    let prompt = match field("prompt") {
        Some(Value::Text(prompt)) => prompt.as_str(),
        _ => "",
    };
    let seed = match field("seed") {
        Some(Value::Seed(seed)) => *seed,
        Some(Value::Int(int)) => *int as u64,
        _ => 0,
    };
    let strength = match field("strength") {
        Some(Value::Number(strength)) => *strength,
        Some(Value::Int(strength)) => *strength as f64,
        _ => STRENGTH,
    };
    if !(0.0..=1.0).contains(&strength) {
        return Err(invalid(format!("strength is {strength}, expected 0 to 1")));
    }
    let picture = |key: &str| match field(key) {
        Some(Value::Picture(name)) => open(name).map(Some).ok_or_else(|| Refused {
            kind: "not-found",
            text: format!("{key}: no picture has the name `{name}`"),
        }),
        _ => Ok(None),
    };
    let init = picture("init")?;
    let mask = picture("mask")?;
    if mask.is_some() && init.is_none() {
        return Err(invalid("mask is given without init".to_owned()));
    }
    Ok((0..batch as u64)
        .map(|index| {
            let seed = seed.wrapping_add(index);
            let drawn = blend(prompt, seed, width, height);
            let picture = match &init {
                None => drawn,
                Some(init) => from_picture(&drawn, init, mask.as_ref(), strength),
            };
            let parameters =
                format!("{prompt}\nSteps: {steps}, Seed: {seed}, Size: {width}x{height}");
            picture.with_metadata(vec![("parameters".to_owned(), parameters)])
        })
        .collect())
}

fn blend(prompt: &str, seed: u64, width: u32, height: u32) -> Picture {
    let mut digest = Sha256::new();
    digest.update(prompt.as_bytes());
    digest.update([0]);
    digest.update(seed.to_le_bytes());
    let corners = digest.finalize();
    let (right, bottom) = (u64::from(width - 1), u64::from(height - 1));
    of_colors(width, height, |x, y| {
        let (x, y) = (u64::from(x), u64::from(y));
        std::array::from_fn(|channel| {
            let corner = |index: usize| u64::from(corners[index * 3 + channel]);
            // Along a side of 1 the first corner counts alone.
            let (right, bottom) = (right.max(1), bottom.max(1));
            let top = corner(0) * (right - x) + corner(1) * x;
            let low = corner(2) * (right - x) + corner(3) * x;
            ((top * (bottom - y) + low * y) / (right * bottom)) as u8
        })
    })
}

/// `init` and `mask` are stretched to the size of what is drawn, nearest pixel.
fn from_picture(drawn: &Picture, init: &Picture, mask: Option<&Picture>, strength: f64) -> Picture {
    let Size { width, height } = drawn.size();
    let stretched = |picture: &Picture| {
        let pixels = rgba(picture);
        let from = picture.size();
        let (from_width, from_height) = (u64::from(from.width), u64::from(from.height));
        move |x: u32, y: u32| {
            let x = u64::from(x) * from_width / u64::from(width);
            let y = u64::from(y) * from_height / u64::from(height);
            pixels[(y * from_width + x) as usize]
        }
    };
    let (new, old, mask) = (stretched(drawn), stretched(init), mask.map(stretched));
    // In 1/1024s, so that it is the same on every machine.
    let strength = (strength * 1024.0).round() as i64;
    of_colors(width, height, |x, y| {
        let weight = mask.as_ref().map_or(255, |mask| {
            let [red, green, blue, _] = mask(x, y).map(i64::from);
            (2126 * red + 7152 * green + 722 * blue) / 10_000
        });
        let (new, old) = (new(x, y), old(x, y));
        std::array::from_fn(|channel| {
            let (new, old) = (i64::from(new[channel]), i64::from(old[channel]));
            (old + strength * weight * (new - old) / (1024 * 255)) as u8
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(list: &[(&str, Value)]) -> Fields {
        list.iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect()
    }

    fn apple() -> Fields {
        let mut request = super::super::defaults(5);
        request.insert("prompt".to_owned(), Value::Text("apple".to_owned()));
        request
    }

    fn size(picture: &Picture) -> (u32, u32) {
        (picture.size().width, picture.size().height)
    }

    #[test]
    fn a_picture_follows_from_prompt_and_seed() {
        let draw = |list: &[(&str, Value)]| draw(&apple(), &fields(list), |_| None).expect("drawn");
        let one = draw(&[]);
        assert_eq!((one.len(), size(&one[0])), (1, (64, 64)));
        // SHA-256 of "apple", 0, and 5 as 8 bytes begins so.
        let corner: [u8; 3] = Sha256::digest(b"apple\0\x05\0\0\0\0\0\0\0")[..3]
            .try_into()
            .expect("three");
        assert_eq!(one[0].pixels()[..3], corner);
        let two = draw(&[("batch", Value::Int(2)), ("seed", Value::Seed(4))]);
        assert_eq!(two[1], one[0], "seed 4 + 1 is seed 5");
        assert_ne!(two[0], one[0]);
        assert_eq!(
            two[0].metadata()[0].1,
            "apple\nSteps: 20, Seed: 4, Size: 64x64"
        );
        let other = draw(&[("prompt", Value::Text("pear".to_owned()))]);
        assert_ne!(other[0], one[0]);
        let small = draw(&[("width", Value::Int(8)), ("height", Value::Int(16))]);
        assert_eq!(size(&small[0]), (8, 16));
    }

    #[test]
    fn it_can_start_from_a_picture() {
        let white = of_colors(1, 1, |_, _| [255; 3]);
        let half = of_colors(2, 1, |x, _| [255 * x as u8; 3]);
        let open = |name: &str| match name {
            "white" => Some(white.clone()),
            "half" => Some(half.clone()),
            _ => None,
        };
        let init = ("init", Value::Picture("white".to_owned()));
        let kept = draw(
            &apple(),
            &fields(&[init.clone(), ("strength", Value::Number(0.0))]),
            open,
        );
        assert!(kept.expect("drawn")[0].pixels().iter().all(|it| *it == 255));
        let masked = draw(
            &apple(),
            &fields(&[
                init,
                ("mask", Value::Picture("half".to_owned())),
                ("strength", Value::Int(1)),
            ]),
            open,
        )
        .expect("drawn");
        let plain = draw(&apple(), &Fields::new(), open).expect("drawn");
        let (masked, plain) = (rgba(&masked[0]), rgba(&plain[0]));
        assert_eq!(masked[0], [255; 4], "black: as it was");
        assert_eq!(masked[63], plain[63], "white: drawn");
    }

    #[test]
    fn what_a_host_would_refuse_is_refused() {
        for (change, kind, expected) in [
            (
                ("promt", Value::Text(String::new())),
                "invalid-input",
                "unknown field `promt` (did you mean `prompt`?)",
            ),
            (
                ("steps", Value::Text("x".to_owned())),
                "invalid-input",
                "steps is \"x\", expected a whole number",
            ),
            (
                ("width", Value::Int(9000)),
                "invalid-input",
                "width is 9000, expected 8 to 8192",
            ),
            (
                ("batch", Value::Int(0)),
                "invalid-input",
                "batch is 0, expected 1 to 64",
            ),
            (
                ("init", Value::Picture("x".to_owned())),
                "not-found",
                "init: no picture has the name `x`",
            ),
        ] {
            let refused = draw(&apple(), &fields(&[change]), |_| None).expect_err(expected);
            assert_eq!(refused.kind, kind);
            assert!(refused.text.starts_with(expected), "{}", refused.text);
        }
    }
}
