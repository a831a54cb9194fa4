//! "Simple": every so-many-th sigma of the table, from the largest down, none interpolated
//! (`simple_scheduler` in A1111 and ComfyUI).

use super::table::SigmaTable;

/// `count` sigmas falling from the largest of the table.
pub(super) fn simple(count: usize, table: &SigmaTable) -> Vec<f64> {
    let stride = table.len() as f64 / count as f64;
    (0..count)
        .map(|i| (i as f64 * stride) as usize)
        .map(|skipped| table.get((table.len() - 1).saturating_sub(skipped)))
        .collect()
}
