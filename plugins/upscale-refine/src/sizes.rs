use aquatint_plugin::{Problem, Result, Size};

/// Models draw in steps of this many pixels.
const STEP: u32 = 8;
const LARGEST: u32 = 16_384;

/// The sizes on the way from a picture's size to `scale` times as much, in equal proportions; multiples of 8.
pub fn steps(from: Size, scale: f32, passes: u32) -> Result<Vec<Size>> {
    (1..=passes)
        .map(|pass| {
            let factor = scale.powf(pass as f32 / passes as f32);
            let side = |side: u32| {
                let steps = (side as f32 * factor / STEP as f32).round().max(1.0);
                steps as u32 * STEP
            };
            let size = Size { width: side(from.width), height: side(from.height) };
            if size.width.max(size.height) > LARGEST {
                return Err(Problem::InvalidInput(format!(
                    "scale is {scale}, which makes {}x{} pixels, expected sides of at most {LARGEST}",
                    size.width, size.height
                )));
            }
            Ok(size)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sides(width: u32, height: u32, scale: f32, passes: u32) -> Vec<(u32, u32)> {
        let sizes = steps(Size { width, height }, scale, passes).expect("sizes");
        sizes
            .into_iter()
            .map(|size| (size.width, size.height))
            .collect()
    }

    #[test]
    fn the_last_size_is_the_scaled_one_in_steps_of_eight() {
        assert_eq!(sides(512, 768, 2.0, 1), [(1024, 1536)]);
        assert_eq!(sides(512, 512, 4.0, 2), [(1024, 1024), (2048, 2048)]);
        assert_eq!(sides(100, 60, 1.25, 1), [(128, 72)]);
        assert_eq!(sides(3, 3, 1.0, 1), [(8, 8)]);
        assert_eq!(sides(512, 512, 3.0, 3).last(), Some(&(1536, 1536)));
    }

    #[test]
    fn a_picture_that_would_be_too_large_is_refused() {
        let size = Size {
            width: 8192,
            height: 16,
        };
        assert!(matches!(steps(size, 4.0, 1), Err(Problem::InvalidInput(_))));
    }
}
