//! What can be chosen of a sampler beside its schedule.

/// Choices that some samplers have; the others do not look at them. The names are those of k-diffusion and A1111.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SamplerOptions {
    /// How much of the noise of each step is fresh: 0 none, 1 as much as the sampler was made for, and more than that.
    /// `None` is the sampler's own: 1 for most that have fresh noise, 0 for DDIM, DPM fast and DPM adaptive, 0.3 for TCD.
    pub eta: Option<f32>,
    /// How much noise is put on before the steps of Euler, Heun and DPM2, over the whole run; at most 0.41 of what is
    /// there for each step.
    pub s_churn: f32,
    /// Below this sigma there is no churn.
    pub s_tmin: f32,
    /// Above this sigma there is no churn.
    pub s_tmax: f32,
    /// What fresh noise is multiplied by.
    pub s_noise: f32,
    /// Whether named schedules leave out their next-to-last sigma, and have one more before it. DPM2, DPM2 a and DPM++ 3M
    /// SDE always do, as in A1111.
    pub discard_penultimate: bool,
}

impl Default for SamplerOptions {
    fn default() -> Self {
        Self {
            eta: None,
            s_churn: 0.0,
            s_tmin: 0.0,
            s_tmax: f32::INFINITY,
            s_noise: 1.0,
            discard_penultimate: false,
        }
    }
}
