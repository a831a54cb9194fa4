use std::ops::Range;

use super::{TensorError, wrong};

/// A box inside a tensor.
pub(super) struct Window<'a> {
    shape: &'a [u32],
    start: &'a [u32],
    extent: &'a [u32],
}

impl<'a> Window<'a> {
    pub(super) fn new(
        shape: &'a [u32],
        start: &'a [u32],
        extent: &'a [u32],
    ) -> Result<Self, TensorError> {
        if start.len() != shape.len() || extent.len() != shape.len() {
            return wrong(format!(
                "start and extent have {} and {} numbers, expected {}",
                start.len(),
                extent.len(),
                shape.len()
            ));
        }
        let inside = shape
            .iter()
            .zip(start)
            .zip(extent)
            .all(|((side, start), extent)| {
                *extent > 0 && u64::from(*start) + u64::from(*extent) <= u64::from(*side)
            });
        if !inside {
            return wrong(format!(
                "a window of {extent:?} from {start:?}, expected one inside {shape:?}"
            ));
        }
        Ok(Self {
            shape,
            start,
            extent,
        })
    }

    pub(super) fn count(&self) -> usize {
        self.extent.iter().map(|side| *side as usize).product()
    }

    /// Its numbers, as runs of neighbours.
    pub(super) fn runs(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        // The innermost dimensions of which all is inside are one run, together with the one around them.
        let whole = |at: &usize| self.extent[*at] == self.shape[*at];
        let last = (1..self.shape.len()).rev().find(|at| !whole(at));
        let last = last.unwrap_or(0);
        let sides = |sides: &[u32]| -> usize { sides.iter().map(|side| *side as usize).product() };
        let inner = sides(&self.shape[last + 1..]);
        let length = self.extent[last] as usize * inner;
        (0..sides(&self.extent[..last])).map(move |row| {
            let mut rest = row;
            let mut at = self.start[last] as usize * inner;
            let mut stride = self.shape[last] as usize * inner;
            for dimension in (0..last).rev() {
                let extent = self.extent[dimension] as usize;
                at += (self.start[dimension] as usize + rest % extent) * stride;
                rest /= extent;
                stride *= self.shape[dimension] as usize;
            }
            at..at + length
        })
    }
}
