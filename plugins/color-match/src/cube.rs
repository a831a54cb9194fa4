//! `.cube` files, as Adobe and Iridas specify them (Cube LUT Specification 1.0), with DaVinci Resolve's input ranges.

use crate::lut::Lut;

/// Reads a file. Errors name the line.
pub fn parse(text: &str) -> Result<Lut, String> {
    let mut size = None;
    let (mut minimum, mut maximum) = ([0.0; 3], [1.0; 3]);
    let mut table = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |expected: &str| format!("line {}: expected {expected}", index + 1);
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "TITLE" => {}
            "LUT_3D_SIZE" | "LUT_1D_SIZE" => {
                let number = rest.trim().parse().map_err(|_| wrong("a whole number"))?;
                if size.replace((word == "LUT_3D_SIZE", number)).is_some() {
                    return Err(wrong(
                        "one size: files with curves and a cube are not supported",
                    ));
                }
            }
            "DOMAIN_MIN" => minimum = numbers(rest).ok_or_else(|| wrong("three numbers"))?,
            "DOMAIN_MAX" => maximum = numbers(rest).ok_or_else(|| wrong("three numbers"))?,
            "LUT_3D_INPUT_RANGE" | "LUT_1D_INPUT_RANGE" => {
                let [low, high] = numbers(rest).ok_or_else(|| wrong("two numbers"))?;
                (minimum, maximum) = ([low; 3], [high; 3]);
            }
            _ => table.push(numbers(line).ok_or_else(|| wrong("three numbers"))?),
        }
    }
    let lut = match size {
        Some((true, size)) => Lut::cubic(size, table),
        Some((false, size)) => Lut::curves(size, table),
        None => Err("there is no size, expected LUT_3D_SIZE or LUT_1D_SIZE".to_owned()),
    };
    lut?.within(minimum, maximum)
}

fn numbers<const N: usize>(text: &str) -> Option<[f32; N]> {
    let numbers: Vec<f32> = text
        .split_whitespace()
        .map(|word| word.parse().ok())
        .collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cube_and_curves_are_read() {
        let mut text = String::from(
            "TITLE \"inverse\"\n# a comment\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\r\nDOMAIN_MAX 1 1 1\n\n",
        );
        for at in 0..8 {
            text.push_str(&format!(
                "{} {} {}\n",
                1 - at % 2,
                1 - at / 2 % 2,
                1 - at / 4
            ));
        }
        let inverse = parse(&text).expect("a cube");
        assert_eq!(inverse.at([0.25, 0.0, 1.0]), [0.75, 1.0, 0.0]);
        let curves = "LUT_1D_SIZE 3\nLUT_1D_INPUT_RANGE 0 2\n0 0 0\n.5 1e-1 1\n1 1 1\n";
        assert_eq!(
            parse(curves).expect("curves").at([1.0, 1.0, 1.0]),
            [0.5, 0.1, 1.0]
        );
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        for (text, expected) in [
            ("LUT_3D_SIZE two", "line 1: expected a whole number"),
            ("LUT_3D_SIZE 2\n0 0", "line 2: expected three numbers"),
            ("LUT_3D_SIZE 2\n0 0 0", "there are 1 entries, expected 8"),
            ("0 0 0", "there is no size"),
            ("LUT_3D_SIZE 2\nLUT_1D_SIZE 2", "line 2: expected one size"),
            ("LUT_3D_SIZE 4000000000", "the size is 4000000000"),
            ("HELLO 1", "line 1: expected three numbers"),
        ] {
            let message = parse(text).expect_err(text);
            assert!(message.starts_with(expected), "{message}");
        }
    }

    #[test]
    fn every_look_that_is_carried_can_be_read_and_keeps_black_below_white() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/lut");
        let manifest = include_str!("../plugin.toml");
        let mut count = 0;
        for entry in std::fs::read_dir(folder).expect("assets/lut") {
            let path = entry.expect("a file").path();
            let lut = parse(&std::fs::read_to_string(&path).expect("text")).expect("a LUT");
            let (black, white) = (lut.at([0.0; 3]), lut.at([1.0; 3]));
            assert!(
                black.iter().zip(white).all(|(black, white)| *black < white),
                "{path:?}"
            );
            let name = path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            assert!(
                manifest.contains(&format!("value = \"{name}\"")),
                "{name} is no option"
            );
            count += 1;
        }
        // Three more are what is matched, and one is none.
        assert_eq!(
            count,
            manifest.matches("value = ").count() - 4,
            "every look has a file"
        );
    }
}
