use aquatint_plugin::{Problem, Result, Size};

/// Where the top left corners of the stamps are.
pub fn all(position: &str, picture: Size, stamp: Size, margin: i32) -> Result<Vec<(i32, i32)>> {
    let [width, height, across, down] =
        [picture.width, picture.height, stamp.width, stamp.height].map(|it| it as i32);
    let (left, right) = (margin, width - across - margin);
    let (top, bottom) = (margin, height - down - margin);
    let (center, middle) = ((width - across) / 2, (height - down) / 2);
    Ok(vec![match position {
        "top-left" => (left, top),
        "top" => (center, top),
        "top-right" => (right, top),
        "left" => (left, middle),
        "center" => (center, middle),
        "right" => (right, middle),
        "bottom-left" => (left, bottom),
        "bottom" => (center, bottom),
        "bottom-right" => (right, bottom),
        "tiled" => return Ok(tiled([width, height], [across, down], margin)),
        other => {
            let text = format!("position is `{other}`, expected one of those in plugin.toml");
            return Err(Problem::InvalidInput(text));
        }
    }])
}

/// Rows of stamps, every second one moved by half a stamp, so that no straight cut removes them all.
fn tiled([width, height]: [i32; 2], [across, down]: [i32; 2], margin: i32) -> Vec<(i32, i32)> {
    let step = (across + (across / 2).max(margin).max(1), down * 3 + margin);
    let mut places = Vec::new();
    let mut y = margin;
    let mut is_moved = false;
    while y < height {
        let mut x = if is_moved {
            margin - step.0 / 2
        } else {
            margin
        };
        while x < width {
            places.push((x, y));
            x += step.0;
        }
        y += step.1;
        is_moved = !is_moved;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: Size = Size {
        width: 100,
        height: 60,
    };
    const STAMP: Size = Size {
        width: 20,
        height: 10,
    };

    #[test]
    fn corners_keep_the_margin() {
        for (position, expected) in [
            ("top-left", (5, 5)),
            ("bottom-right", (75, 45)),
            ("center", (40, 25)),
            ("left", (5, 25)),
            ("top", (40, 5)),
        ] {
            assert_eq!(
                all(position, PICTURE, STAMP, 5),
                Ok(vec![expected]),
                "{position}"
            );
        }
        assert!(all("nowhere", PICTURE, STAMP, 5).is_err());
    }

    #[test]
    fn tiles_reach_every_side_and_do_not_touch() {
        let places = all("tiled", PICTURE, STAMP, 0).expect("places");
        assert!(places.iter().any(|(x, _)| *x < 0) && places.iter().any(|(x, _)| *x > 70));
        for (index, one) in places.iter().enumerate() {
            for other in &places[..index] {
                let apart = (one.0 - other.0).abs() >= 20 || (one.1 - other.1).abs() >= 10;
                assert!(apart, "{one:?} {other:?}");
            }
        }
        let tiny = Size {
            width: 1,
            height: 1,
        };
        assert!(!all("tiled", tiny, tiny, 0).expect("it ends").is_empty());
    }
}
