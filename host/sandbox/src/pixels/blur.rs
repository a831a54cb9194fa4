//! Blurring.

use super::convolve::{Plan, Source, convolve};
use super::premultiplied::Premultiplied;
use super::{Picture, PictureError, PixelFormat, Stopped};

/// The largest standard deviation of a blur.
const LARGEST_RADIUS: f32 = 256.0;
/// How far a blur reaches, in standard deviations: what is left out is less than a 15,000th.
const REACH: f64 = 4.0;
/// From here on a blur is taken apart.
const LARGE: f64 = 8.0;
/// The standard deviation of the second part, in samples; and how far that one reaches, in standard deviations.
const SMOOTH: f64 = 0.75;
const SMOOTH_REACH: f64 = 5.0;
/// How far the samples go on beyond the picture, so that the second part finds all it needs.
const MARGIN: usize = 4;

impl Picture {
    /// A blurred copy: a Gaussian with a standard deviation of `radius` pixels. Edges are extended; what is
    /// transparent does not bleed.
    ///
    /// From a radius of 8 on the Gaussian is taken apart into two, of `s1` and `s2` pixels with
    /// `s1² + s2² = radius²`: the first is computed at every third of a radius alone, and the second goes from these
    /// samples to all pixels. What is lost is below a 4,000th of full scale, and the time no longer grows with the
    /// radius.
    ///
    /// # Errors
    /// The radius is not 0 to 256, or it was stopped.
    pub fn blur(&self, radius: f32, stopped: Stopped<'_>) -> Result<Self, PictureError> {
        if !(0.0..=LARGEST_RADIUS).contains(&radius) {
            return Err(PictureError::Invalid(format!(
                "radius {radius}, expected 0 to {LARGEST_RADIUS}"
            )));
        }
        if radius == 0.0 {
            return Ok(self.clone());
        }
        match self.format {
            PixelFormat::Gray8 => self.smooth::<[f32; 1]>(f64::from(radius), stopped),
            _ => self.smooth::<[f32; 4]>(f64::from(radius), stopped),
        }
    }

    fn smooth<P: Premultiplied>(
        &self,
        radius: f64,
        stopped: Stopped<'_>,
    ) -> Result<Self, PictureError> {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let stride = width * self.format.bytes_per_pixel();
        let mut pixels = vec![0; stride * height];
        let store = |y: usize, row: &[P]| {
            P::store(self.format, row, &mut pixels[y * stride..][..stride]);
        };
        if radius < LARGE {
            let kernel = gaussian(radius);
            let (across, down) = (blurring(width, &kernel), blurring(height, &kernel));
            convolve(self.premultiplied(), &across, &down, store, stopped)?;
        } else {
            let parts = Parts::of(radius);
            let (across, down) = (parts.sampling(width), parts.sampling(height));
            let columns = across.len();
            let mut samples = vec![P::default(); columns * down.len()];
            let keep = |y: usize, row: &[P]| samples[y * columns..][..columns].copy_from_slice(row);
            convolve(self.premultiplied(), &across, &down, keep, stopped)?;
            let source = Source {
                width: columns,
                height: down.len(),
                load: |y, row: &mut [P]| row.copy_from_slice(&samples[y * columns..][..columns]),
            };
            let (across, down) = (parts.spreading(width), parts.spreading(height));
            convolve(source, &across, &down, store, stopped)?;
        }
        Ok(self.with_pixels(self.size, pixels))
    }
}

/// A large Gaussian, taken apart.
struct Parts {
    /// Pixels from one sample to the next.
    spacing: usize,
    /// One half of the first part.
    kernel: Vec<f64>,
}

impl Parts {
    fn of(radius: f64) -> Self {
        let spacing = (radius / 3.0) as usize;
        let second = SMOOTH * spacing as f64;
        Self {
            spacing,
            kernel: gaussian((radius * radius - second * second).sqrt()),
        }
    }

    /// From all pixels of a line to its samples.
    fn sampling(&self, side: usize) -> Plan {
        let count = (side - 1).div_ceil(self.spacing) + 1 + 2 * MARGIN;
        let mut plan = Plan::default();
        for sample in 0..count {
            let at = (sample * self.spacing) as i64 - (MARGIN * self.spacing) as i64;
            push_bell(&mut plan, at, side, &self.kernel);
        }
        plan
    }

    /// From the samples to all pixels of a line.
    fn spreading(&self, side: usize) -> Plan {
        let mut plan = Plan::default();
        for pixel in 0..side {
            let at = pixel as f64 / self.spacing as f64 + MARGIN as f64;
            let reach = SMOOTH * SMOOTH_REACH;
            let (first, last) = ((at - reach).ceil() as usize, (at + reach) as usize);
            let mut weights: Vec<f64> = (first..=last)
                .map(|sample| bell((sample as f64 - at) / SMOOTH))
                .collect();
            let sum: f64 = weights.iter().sum();
            for weight in &mut weights {
                *weight /= sum;
            }
            plan.push(first, &weights);
        }
        plan
    }
}

/// With `libm`, which is the same on every machine.
fn bell(x: f64) -> f64 {
    libm::exp(-0.5 * x * x)
}

/// One half of the bell, from the middle outwards; all of it sums to 1.
fn gaussian(radius: f64) -> Vec<f64> {
    let reach = (REACH * radius + 0.5) as usize;
    let half: Vec<f64> = (0..=reach).map(|at| bell(at as f64 / radius)).collect();
    let sum = 2.0 * half.iter().sum::<f64>() - half[0];
    half.iter().map(|it| it / sum).collect()
}

/// From all pixels of a line to all of its blurred ones.
fn blurring(side: usize, half: &[f64]) -> Plan {
    let mut plan = Plan::default();
    for at in 0..side {
        push_bell(&mut plan, at as i64, side, half);
    }
    plan
}

/// Edges are extended: what reaches beyond counts for the last pixel. The middle may itself be beyond.
fn push_bell(plan: &mut Plan, at: i64, side: usize, half: &[f64]) {
    let last = side as i64 - 1;
    let reach = half.len() as i64 - 1;
    let first = (at - reach).clamp(0, last);
    let end = (at + reach).clamp(0, last);
    let mut weights = vec![0.0; (end - first + 1) as usize];
    for offset in -reach..=reach {
        let index = (at + offset).clamp(0, last) - first;
        weights[index as usize] += half[offset.unsigned_abs() as usize];
    }
    plan.push(first as usize, &weights);
}
