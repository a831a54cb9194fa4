use crate::bindings::aquatint::plugin::job;
use crate::{Area, Picture, PixelFormat, Pixels as _, Result, Size};

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Random numbers out of the job's seed: the same job sees the same ones.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// Those of the picture at hand.
    #[must_use]
    pub fn of_job() -> Self {
        Self::new(job::seed())
    }

    /// Those of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Those of a place, such as a pixel: the same for the same place, in whatever order places are visited.
    #[must_use]
    pub fn at(&self, x: u32, y: u32) -> Self {
        let place = u64::from(y) << 32 | u64::from(x);
        Self(mix(self.0 ^ mix(place.wrapping_mul(GOLDEN).wrapping_add(1))))
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// A number from 0 up to, and not, 1.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1 << 24) as f32
    }

    /// A whole number from 0 up to, and not, `end`; 0 if `end` is 0.
    pub fn below(&mut self, end: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// One of several, or `None` of nothing.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let count = u32::try_from(from.len()).unwrap_or(u32::MAX);
        from.get(self.below(count) as usize)
    }

    /// A number of a bell curve around 0 with a standard deviation of 1, nearly: the sum of four even ones, never beyond
    /// 3.5.
    pub fn bell(&mut self) -> f32 {
        let bits = self.bits();
        let sum: i32 = (0..4).map(|at| ((bits >> (16 * at)) & 0xffff) as i32).sum();
        // Four even numbers up to 65535 have the mean 131070, and this standard deviation.
        (sum - 131_070) as f32 / 37_837.2
    }

    /// Noise for the pixels of a window: three independent numbers each, with the mean 0 and the standard deviation 1.
    /// With a `radius` above 0 it is blurred by that many pixels, which makes its spots as large. Windows that overlap,
    /// or touch, have the same noise where they do.
    ///
    /// # Errors
    /// `exhausted`; `invalid-input` for a radius above 256.
    pub fn field(&self, area: Area, radius: f32) -> Result<Vec<[f32; 3]>> {
        let margin = (3.0 * radius.max(0.0)).ceil() as u32;
        let size = Size {
            width: area.width + 2 * margin,
            height: area.height + 2 * margin,
        };
        let noise = Picture::create(size, PixelFormat::RgbaF32)?;
        noise.map_colors(|color, x, y| {
            // Left of and above the picture numbers go around, which is as good as any.
            let (x, y) = (area.x + x, area.y + y);
            let mut place = self.at(x.wrapping_sub(margin), y.wrapping_sub(margin));
            *color = [place.bell(), place.bell(), place.bell(), 1.0];
        })?;
        let noise = if radius > 0.0 {
            noise.blur(radius)?
        } else {
            noise
        };
        let inner = Area {
            x: margin,
            y: margin,
            ..area
        };
        let scale = 1.0 / deviation(radius);
        let colors = noise.read_colors(inner)?;
        Ok(colors
            .into_iter()
            .map(|[red, green, blue, _]| [red * scale, green * scale, blue * scale])
            .collect())
    }
}

/// The standard deviation that white noise has after a Gaussian blur: the sum of the squares of the weights along one
/// axis, because there are two.
fn deviation(radius: f32) -> f32 {
    if radius <= 0.0 {
        return 1.0;
    }
    let reach = (4.0 * radius).ceil() as i32;
    let (mut sum, mut squares) = (0.0, 0.0);
    for at in -reach..=reach {
        let weight = (-0.5 * (at as f32 / radius).powi(2)).exp();
        sum += weight;
        squares += weight * weight;
    }
    squares / (sum * sum)
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    fn mean_and_square(numbers: impl Iterator<Item = f32>) -> (f32, f32) {
        let numbers: Vec<f32> = numbers.collect();
        let count = numbers.len() as f32;
        let mean = numbers.iter().sum::<f32>() / count;
        (mean, numbers.iter().map(|it| it * it).sum::<f32>() / count)
    }

    #[test]
    fn the_bell_is_round_zero_and_one_wide() {
        let mut random = Random::new(7);
        let (mean, square) = mean_and_square((0..100_000).map(|_| random.bell()));
        assert!(
            mean.abs() < 0.01 && (square - 1.0).abs() < 0.02,
            "{mean} {square}"
        );
    }

    #[test]
    fn places_are_independent_of_each_other() {
        let random = Random::new(7);
        let field = |x, y| random.at(x, y).bell();
        let (mean, square) = mean_and_square((0..100_000).map(|it| field(it % 300, it / 300)));
        assert!(
            mean.abs() < 0.02 && (square - 1.0).abs() < 0.02,
            "{mean} {square}"
        );
        for (dx, dy) in [(1, 0), (0, 1), (1, 1)] {
            let pairs = (0..50_000).map(|it| (it % 300, it / 300));
            let (covariance, _) =
                mean_and_square(pairs.map(|(x, y)| field(x, y) * field(x + dx, y + dy)));
            assert!(covariance.abs() < 0.03, "{dx} {dy}: {covariance}");
        }
    }

    #[test]
    fn a_blur_takes_as_much_deviation_as_it_should() {
        assert_eq!(deviation(0.0), 1.0);
        // For wide ones the integral, 1 / (2 sqrt(pi) r), does.
        for radius in [2.0, 8.0] {
            let integral = 0.5 / (std::f32::consts::PI.sqrt() * radius);
            assert!(
                (deviation(radius) / integral - 1.0).abs() < 1e-3,
                "{radius}"
            );
        }
        assert!(deviation(0.1) > 0.999);
    }

    #[test]
    fn below_stays_below_and_reaches_all() {
        let mut random = Random::new(3);
        let mut seen = [0; 6];
        for _ in 0..6000 {
            seen[random.below(6) as usize] += 1;
        }
        assert!(
            seen.iter().all(|count| (800..1200).contains(count)),
            "{seen:?}"
        );
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick::<u8>(&[]), None);
        assert_eq!(random.pick(&[5]), Some(&5));
    }
}
