//! Steps of one or two looks, in samples whose pictures keep their size.

use super::SamplerOptions;
use super::churn::{Churn, ancestral};
use super::path::{Path, Point, Stop};
use crate::sigmas::{Grid, SigmaTable};

/// Which look at the model an evaluation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The step among those of the sampler, which may be more than the user's.
    pub(super) step: usize,
    pub(super) is_second: bool,
}

/// A way of steps over a grid, and which look each evaluation is. `second` gives the sigma of a step's second look, if
/// it has one, and the timestep, where it is not simply that of the sigma.
pub(super) fn over_grid(
    grid: &Grid,
    churn: &Churn,
    table: &SigmaTable,
    init_noise_sigma: f64,
    second: impl Fn(usize) -> Option<(f32, Option<f32>)>,
) -> (Path, Vec<Look>) {
    let told = |sigma: f32| table.timestep_of(f64::from(sigma)) as f32;
    let (mut stops, mut looks, mut starts) = (Vec::new(), Vec::new(), Vec::new());
    for (k, (&timestep, &sigma)) in grid.timesteps.iter().zip(&grid.sigmas).enumerate() {
        let hat = churn.sigma(k);
        let step = grid.step_of(k);
        let mut look = |timestep, sigma, start, is_second| {
            stops.push(Stop {
                timestep,
                step,
                point: Point::exploding(sigma),
            });
            starts.push(start);
            looks.push(Look { step: k, is_second });
        };
        // The grid's own timestep may be rounded.
        let timestep = if hat > sigma { told(hat) } else { timestep };
        look(timestep, hat, sigma, false);
        if let Some((second, timestep)) = second(k) {
            look(
                timestep.unwrap_or_else(|| told(second)),
                second,
                second,
                true,
            );
        }
    }
    (
        Path::exploding(stops, init_noise_sigma).starting(starts),
        looks,
    )
}

/// Steps that go too far down and come up again with fresh noise, each with a second look halfway.
pub(super) struct Ancestral {
    pub(super) path: Path,
    pub(super) looks: Vec<Look>,
    /// How far down each step goes, and how much noise leads up again.
    pub(super) goals: Vec<(f32, f32)>,
}

/// Those over a grid; `eta` is how much of the noise is fresh.
pub(super) fn ancestral_over_grid(
    grid: &Grid,
    table: &SigmaTable,
    init_noise_sigma: f64,
    eta: f32,
) -> Ancestral {
    let sigmas = &grid.sigmas[..=grid.timesteps.len()];
    let goals: Vec<(f32, f32)> = sigmas
        .windows(2)
        .map(|pair| ancestral(pair[0], pair[1], eta))
        .collect();
    let middle = |k: usize| {
        let (down, _) = goals[k];
        (down > 0.0).then(|| (halfway(sigmas[k], down), None))
    };
    let churn = Churn::new(&SamplerOptions::default(), sigmas);
    let (path, looks) = over_grid(grid, &churn, table, init_noise_sigma, middle);
    Ancestral { path, looks, goals }
}

/// The sigma halfway between two in the logarithm.
pub(super) fn halfway(from: f32, to: f32) -> f32 {
    (0.5 * (f64::from(from).ln() + f64::from(to).ln())).exp() as f32
}

/// Moves a sample along its slope at `sigma`, by `length`.
pub(super) fn follow(sample: &mut [f32], picture: &[f32], sigma: f32, length: f32) {
    for (x, picture) in sample.iter_mut().zip(picture) {
        *x += (*x - picture) / sigma * length;
    }
}

/// `sample = factor · sample + (1 - factor) · picture`.
pub(super) fn approach(sample: &mut [f32], picture: &[f32], factor: f32) {
    for (x, picture) in sample.iter_mut().zip(picture) {
        *x = factor * *x + (1.0 - factor) * picture;
    }
}

/// Adds noise of a deviation.
pub(super) fn add_noise(sample: &mut [f32], noise: &[f32], deviation: f32) {
    for (x, noise) in sample.iter_mut().zip(noise) {
        *x += noise * deviation;
    }
}
