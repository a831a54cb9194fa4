//! "Normal": equal steps in the timestep, from the noisiest to the cleanest (`normal_scheduler` in
//! A1111 and ComfyUI; A1111's "Uniform" and k-diffusion's `get_sigmas` are the same).

use super::numeric::linspace;
use super::table::SigmaTable;

/// `count` sigmas falling from the largest of the table to the smallest.
pub(super) fn normal(count: usize, table: &SigmaTable) -> Vec<f64> {
    linspace((table.len() - 1) as f64, 0.0, count)
        .into_iter()
        .map(|timestep| table.at(timestep))
        .collect()
}
