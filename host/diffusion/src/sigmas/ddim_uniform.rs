//! "DDIM": every so-many-th sigma of the table from the second on, as DDIM strides (`ddim_scheduler` in A1111,
//! `ddim_uniform` in ComfyUI).
//!
//! The stride is rounded down, so that there are more sigmas than asked for where it does not divide the timesteps.

use super::table::SigmaTable;

/// `count` sigmas or some more, falling to the second smallest of the table.
pub(super) fn ddim_uniform(count: usize, table: &SigmaTable) -> Vec<f64> {
    let stride = (table.len() / count).max(1);
    let mut sigmas: Vec<f64> = (1..table.len())
        .step_by(stride)
        .map(|timestep| table.get(timestep))
        .collect();
    sigmas.reverse();
    sigmas
}
