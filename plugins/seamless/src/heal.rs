use aquatint_plugin::{job, prelude::*};

use crate::Direction;

/// Evens out what is left of the seam: the decoder, too, sees nothing beyond the edges.
pub fn heal(picture: &Picture) -> Result<()> {
    let reach = Settings.int("heal")?.clamp(0, 64) as usize;
    if reach == 0 {
        return Ok(());
    }
    let direction = Direction::wanted()?;
    let Size { width, height } = picture.size();
    if direction.across && width > 1 {
        let reach = reach.min(width as usize / 2) as u32;
        for rows in picture.strips(256) {
            if job::cancelled() {
                return Err(Problem::Cancelled);
            }
            let left = Area {
                width: reach,
                ..rows
            };
            let right = Area {
                x: width - reach,
                ..left
            };
            let (mut first, mut last) = (picture.read_colors(left)?, picture.read_colors(right)?);
            let lines = first.chunks_exact_mut(reach as usize);
            for (first, last) in lines.zip(last.chunks_exact_mut(reach as usize)) {
                let mut first: Vec<_> = first.iter_mut().collect();
                let mut last: Vec<_> = last.iter_mut().rev().collect();
                meet(&mut first, &mut last);
            }
            picture.write_colors(left, &first)?;
            picture.write_colors(right, &last)?;
        }
    }
    if direction.down && height > 1 {
        let reach = reach.min(height as usize / 2) as u32;
        let top = Area {
            x: 0,
            y: 0,
            width,
            height: reach,
        };
        let bottom = Area {
            y: height - reach,
            ..top
        };
        let (mut first, mut last) = (picture.read_colors(top)?, picture.read_colors(bottom)?);
        for x in 0..width as usize {
            let mut first: Vec<_> = first.iter_mut().skip(x).step_by(width as usize).collect();
            let mut last: Vec<_> = last
                .iter_mut()
                .skip(x)
                .step_by(width as usize)
                .rev()
                .collect();
            meet(&mut first, &mut last);
        }
        picture.write_colors(top, &first)?;
        picture.write_colors(bottom, &last)?;
    }
    Ok(())
}

/// Lets two lines of pixels meet, each listed from the seam inwards: half of their difference at the seam is taken from
/// one and given to the other, less and less with the distance.
fn meet(first: &mut [&mut [f32; 4]], last: &mut [&mut [f32; 4]]) {
    let reach = first.len() as f32;
    // Two pixels of each side: one alone is mostly noise.
    let near = |line: &[&mut [f32; 4]], part: usize| {
        let count = line.len().min(2);
        line[..count].iter().map(|pixel| pixel[part]).sum::<f32>() / count as f32
    };
    let gap: [f32; 4] = std::array::from_fn(|part| near(last, part) - near(first, part));
    for (index, (first, last)) in first.iter_mut().zip(last.iter_mut()).enumerate() {
        // From a half at the seam to nothing, level at both ends.
        let far = (index as f32 + 0.5) / reach;
        let share = 0.5 * (1.0 - far * far * (3.0 - 2.0 * far));
        for part in 0..4 {
            first[part] += share * gap[part];
            last[part] -= share * gap[part];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(first: &[f32], last: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let pixels = |line: &[f32]| line.iter().map(|it| [*it; 4]).collect::<Vec<_>>();
        let (mut first, mut last) = (pixels(first), pixels(last));
        meet(
            &mut first.iter_mut().collect::<Vec<_>>(),
            &mut last.iter_mut().collect::<Vec<_>>(),
        );
        let parts = |line: Vec<[f32; 4]>| line.into_iter().map(|it| it[0]).collect();
        (parts(first), parts(last))
    }

    #[test]
    fn a_step_at_the_seam_becomes_a_ramp() {
        let (first, last) = met(&[0.2; 16], &[0.8; 16]);
        assert!(
            (last[0] - first[0]).abs() < 0.02,
            "{} {}",
            first[0],
            last[0]
        );
        assert!((first[15] - 0.2).abs() < 0.01 && (last[15] - 0.8).abs() < 0.01);
        assert!(first.is_sorted_by(|one, other| one >= other));
    }

    #[test]
    fn what_meets_already_stays() {
        let line = [0.5, 0.5, 0.4, 0.9];
        let (first, last) = met(&line, &line);
        assert_eq!((first, last), (line.to_vec(), line.to_vec()));
        let (first, last) = met(&[0.0], &[1.0]);
        assert!(first[0] > 0.0 && last[0] < 1.0, "one pixel of room does");
    }
}
