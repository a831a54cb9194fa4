//! The sigma of every training timestep, and what lies between.

/// Sigmas of the training timesteps 0, 1, …, in rising order. Never empty.
#[derive(Clone, Debug)]
pub(crate) struct SigmaTable {
    sigmas: Vec<f32>,
    logs: Vec<f32>,
}

impl SigmaTable {
    pub(super) fn new(alphas_cumprod: &[f32]) -> Self {
        let sigmas: Vec<f32> = alphas_cumprod
            .iter()
            .map(|&alpha_bar| ((1.0 - alpha_bar) / alpha_bar).sqrt())
            .collect();
        // Rounded from float64: the best float32 logarithm there is.
        let logs = sigmas
            .iter()
            .map(|&sigma| f64::from(sigma).ln() as f32)
            .collect();
        Self { sigmas, logs }
    }

    pub(super) fn len(&self) -> usize {
        self.sigmas.len()
    }

    /// The sigma of a training timestep; of the last if there are not as many.
    pub(super) fn get(&self, timestep: usize) -> f64 {
        f64::from(self.sigmas[timestep.min(self.len() - 1)])
    }

    pub(crate) fn min(&self) -> f64 {
        self.get(0)
    }

    pub(crate) fn max(&self) -> f64 {
        self.get(self.len() - 1)
    }

    /// The logarithms of the smallest and the largest sigma.
    pub(super) fn log_range(&self) -> (f64, f64) {
        (
            f64::from(self.logs[0]),
            f64::from(self.logs[self.len() - 1]),
        )
    }

    /// The sigma at a fractional timestep, linear in sigma: `numpy.interp` in diffusers.
    pub(super) fn linear_at(&self, timestep: f64) -> f64 {
        let (low, high, share) = self.between(timestep);
        let (low, high) = (self.get(low), self.get(high));
        low + share * (high - low)
    }

    /// The sigma at a fractional timestep, linear in log sigma: `t_to_sigma` in k-diffusion.
    pub(crate) fn at(&self, timestep: f64) -> f64 {
        let (low, high, share) = self.between(timestep);
        let (low, high) = (f64::from(self.logs[low]), f64::from(self.logs[high]));
        ((1.0 - share) * low + share * high).exp()
    }

    /// The two whole timesteps around one, and how far it is from the lower.
    fn between(&self, timestep: f64) -> (usize, usize, f64) {
        let last = self.len() - 1;
        let timestep = timestep.clamp(0.0, last as f64);
        let low = timestep.floor();
        let index = low as usize;
        (index, (index + 1).min(last), timestep - low)
    }

    /// The fractional timestep of a sigma, linear in log sigma: `sigma_to_t` in k-diffusion,
    /// without quantising, and `_sigma_to_t` in diffusers.
    pub(crate) fn timestep_of(&self, sigma: f64) -> f64 {
        if self.len() == 1 {
            return 0.0;
        }
        let log = sigma.max(1e-10).ln();
        let above = self.logs.partition_point(|&level| f64::from(level) <= log);
        let low = above.saturating_sub(1).min(self.len() - 2);
        let (from, to) = (self.logs[low], self.logs[low + 1]);
        // The span is a float32 in diffusers. It shows: it decides whether the largest sigma is
        // a hair under the last timestep, and some callers cut off the fraction.
        let share = ((log - f64::from(from)) / f64::from(to - from)).clamp(0.0, 1.0);
        (1.0 - share) * low as f64 + share * (low + 1) as f64
    }
}
