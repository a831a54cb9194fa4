//! The way of a run from noise to picture.

use crate::sigmas::Grid;

/// One model call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluation {
    /// What to tell the model: a training timestep, 0 (clean) to 999 (noise), which may be a
    /// fraction; a quarter of log sigma for the rare EDM-style configs.
    pub timestep: f32,
    /// Noise per unit of picture in the sample. Infinite where a zero-terminal-SNR model starts.
    pub sigma: f32,
    /// The step this belongs to, as a user counts: 0-based, several evaluations may share one.
    pub step: usize,
}

/// What a sample is made of: `sample = alpha · picture + sigma · noise`, with unit noise.
///
/// Either `alpha` is 1 (k-diffusion's convention, "variance exploding") or
/// `alpha² + sigma² = 1` (diffusers', "variance preserving"). The second is the first divided by
/// [`radius`](Self::radius), and it is what a model sees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The picture's factor.
    pub alpha: f64,
    /// The noise's factor.
    pub sigma: f64,
}

impl Point {
    /// Of a sample in which `alpha` is 1.
    pub(super) fn exploding(sigma: f32) -> Self {
        Self {
            alpha: 1.0,
            sigma: f64::from(sigma),
        }
    }

    /// Of a sample of variance 1 with `sigma` of noise per unit of picture.
    pub(super) fn preserving(sigma: f32) -> Self {
        let exploding = Self::exploding(sigma);
        let radius = exploding.radius();
        Self {
            alpha: 1.0 / radius,
            sigma: exploding.sigma / radius,
        }
    }

    /// Of a sample of variance 1 in which the picture has a share `alpha_cumprod`.
    pub(super) fn of_alpha_cumprod(alpha_cumprod: f32) -> Self {
        let alpha_cumprod = f64::from(alpha_cumprod);
        Self {
            alpha: alpha_cumprod.sqrt(),
            sigma: (1.0 - alpha_cumprod).sqrt(),
        }
    }

    /// The standard deviation of the sample.
    #[must_use]
    pub fn radius(self) -> f64 {
        self.alpha.hypot(self.sigma)
    }

    /// Noise per unit of picture: k-diffusion's sigma.
    #[must_use]
    pub fn level(self) -> f64 {
        self.sigma / self.alpha
    }

    /// Half the logarithm of the signal-to-noise ratio: the time that DPM-Solver and UniPC
    /// integrate over. Infinite for a picture without noise.
    pub(super) fn lambda(self) -> f64 {
        self.alpha.ln() - self.sigma.ln()
    }
}

/// The way of a run: its model calls, and what the sample is made of at each.
#[derive(Clone, Debug)]
pub struct Path {
    evaluations: Vec<Evaluation>,
    /// What the model sees.
    points: Vec<Point>,
    /// What the sample is made of before it is prepared for the model, where that is not the same.
    starts: Option<Vec<Point>>,
    init_noise_sigma: f32,
    scaled: bool,
}

/// One model call of a path that is being built.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub(super) timestep: f32,
    pub(super) step: usize,
    pub(super) point: Point,
}

impl Stop {
    fn evaluation(&self) -> Evaluation {
        Evaluation {
            timestep: self.timestep,
            sigma: self.point.level() as f32,
            step: self.step,
        }
    }
}

impl Path {
    /// A path on which samples have variance 1, and are what the model sees.
    pub(super) fn preserving(stops: Vec<Stop>, init_noise_sigma: f64) -> Self {
        Self::new(stops, init_noise_sigma, false)
    }

    /// A path of one evaluation a step, with samples of variance 1, and what a sample is made of
    /// between the steps: one point more, or several.
    pub(super) fn over_grid(grid: &Grid, init_noise_sigma: f64) -> (Self, Vec<Point>) {
        let points: Vec<Point> = grid.sigmas.iter().copied().map(Point::preserving).collect();
        let stops = grid.timesteps.iter().zip(&points).enumerate();
        let stops = stops
            .map(|(i, (&timestep, &point))| Stop {
                timestep,
                step: grid.step_of(i),
                point,
            })
            .collect();
        (Self::preserving(stops, init_noise_sigma), points)
    }

    /// A path on which pictures keep their size, and samples are scaled down for the model.
    pub(super) fn exploding(stops: Vec<Stop>, init_noise_sigma: f64) -> Self {
        Self::new(stops, init_noise_sigma, true)
    }

    /// Another way from an evaluation on: to this one alone, so far, or to none. For samplers that find their way as they
    /// go.
    pub(super) fn go_on(&mut self, i: usize, next: Option<Stop>) {
        self.evaluations.truncate(i + 1);
        self.points.truncate(i + 1);
        if let Some(stop) = next {
            self.evaluations.push(stop.evaluation());
            self.points.push(stop.point);
        }
    }

    fn new(stops: Vec<Stop>, init_noise_sigma: f64, scaled: bool) -> Self {
        let evaluations = stops.iter().map(Stop::evaluation).collect();
        Self {
            evaluations,
            points: stops.into_iter().map(|stop| stop.point).collect(),
            starts: None,
            init_noise_sigma: init_noise_sigma as f32,
            scaled,
        }
    }

    /// Every model call, in order.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    /// What unit noise is multiplied by to be the first sample.
    #[must_use]
    pub fn init_noise_sigma(&self) -> f32 {
        self.init_noise_sigma
    }

    /// The same, with other sigmas before the sample is [prepared](super::Sampler::prepare).
    pub(super) fn starting(self, sigmas: impl IntoIterator<Item = f32>) -> Self {
        Self {
            starts: Some(sigmas.into_iter().map(Point::exploding).collect()),
            ..self
        }
    }

    /// What the sample is made of before evaluation `i`. A picture is put on the path there, to be
    /// changed rather than made from nothing, as `alpha · picture + sigma · noise`.
    #[must_use]
    pub fn point(&self, i: usize) -> Option<Point> {
        self.starts.as_ref().unwrap_or(&self.points).get(i).copied()
    }

    /// What the sample is made of at evaluation `i` once it is [prepared](super::Sampler::prepare), as the model sees it.
    #[must_use]
    pub fn seen(&self, i: usize) -> Option<Point> {
        self.points.get(i).copied()
    }

    /// The picture's factor in a sample that has `sigma` of noise per unit of picture: 1 where
    /// pictures keep their size, else `1 / sqrt(1 + sigma²)`.
    #[must_use]
    pub fn alpha(&self, sigma: f32) -> f32 {
        if self.scaled {
            return 1.0;
        }
        Point::preserving(sigma).alpha as f32
    }

    /// Whether pictures keep their size on it.
    pub(super) fn is_exploding(&self) -> bool {
        self.scaled
    }

    fn radius(&self, i: usize) -> Option<f64> {
        self.points
            .get(i)
            .filter(|_| self.scaled)
            .map(|point| point.radius())
    }

    /// Scales a sample to the variance of 1 that models are trained on.
    pub(super) fn scale_input(&self, i: usize, x: &mut [f32]) {
        if let Some(radius) = self.radius(i) {
            let radius = radius as f32;
            for value in x {
                *value /= radius;
            }
        }
    }
}
