//! "SGM Uniform": equal steps in the timestep, as [`normal`](super::normal) for one step more, of
//! which the cleanest is left out (`sgm_uniform` in A1111; Stability's generative-models).

use super::numeric::linspace;
use super::table::SigmaTable;

/// `count` sigmas falling from the largest of the table to above the smallest.
pub(super) fn sgm_uniform(count: usize, table: &SigmaTable) -> Vec<f64> {
    linspace((table.len() - 1) as f64, 0.0, count + 1)
        .into_iter()
        .take(count)
        .map(|timestep| table.at(timestep))
        .collect()
}
