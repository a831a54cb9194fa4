//! Sums of neighbours, along rows and then along columns.

use std::collections::VecDeque;
use std::ops::Range;

use super::{PictureError, Stopped};

/// From as many neighbours on, several sums are faster than one.
const MANY: usize = 16;

/// Which neighbours each place of a line of the result is the sum of, and how much each of them weighs. Neither the
/// first nor the last of them ever moves back from one place to the next.
#[derive(Default)]
pub(super) struct Plan {
    spans: Vec<Span>,
    weights: Vec<f32>,
}

struct Span {
    first: usize,
    weights: Range<usize>,
}

impl Plan {
    /// The next place: the sum of as many neighbours as there are weights, from `first` on.
    pub(super) fn push(&mut self, first: usize, weights: &[f64]) {
        let start = self.weights.len();
        self.weights
            .extend(weights.iter().map(|weight| *weight as f32));
        let weights = start..self.weights.len();
        self.spans.push(Span { first, weights });
    }

    /// How many places the result has.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Where the neighbours of a place begin, and what each of them weighs.
    fn at(&self, place: usize) -> (usize, &[f32]) {
        let span = &self.spans[place];
        (span.first, &self.weights[span.weights.clone()])
    }

    fn first(&self, place: usize) -> usize {
        self.spans[place].first
    }

    fn end(&self, place: usize) -> usize {
        let span = &self.spans[place];
        span.first + span.weights.len()
    }

    /// The most neighbours that one place has.
    fn longest(&self) -> usize {
        let lengths = self.spans.iter().map(|span| span.weights.len());
        lengths.max().unwrap_or(0)
    }

    /// The most places that have one neighbour in common.
    fn most_open(&self) -> usize {
        let mut opened = 0;
        let mut most = 0;
        for place in 0..self.len() {
            while opened < self.len() && self.first(opened) < self.end(place) {
                opened += 1;
            }
            most = most.max(opened - place);
        }
        most
    }
}

/// One pixel on its way: luma alone, or four channels (three and one to spare, so that they fill a vector).
pub(super) trait Sums: Copy + Default {
    /// The weighted sum of as many pixels as there are weights.
    fn dot(pixels: &[Self], weights: &[f32]) -> Self;
    /// Its channels, one pixel after the other.
    fn flat(row: &[Self]) -> &[f32];
    /// The same, to be written.
    fn flat_mut(row: &mut [Self]) -> &mut [f32];
}

impl Sums for [f32; 1] {
    fn dot(pixels: &[Self], weights: &[f32]) -> Self {
        dot::<1, 8>(pixels, weights)
    }

    fn flat(row: &[Self]) -> &[f32] {
        row.as_flattened()
    }

    fn flat_mut(row: &mut [Self]) -> &mut [f32] {
        row.as_flattened_mut()
    }
}

impl Sums for [f32; 4] {
    fn dot(pixels: &[Self], weights: &[f32]) -> Self {
        dot::<4, 4>(pixels, weights)
    }

    fn flat(row: &[Self]) -> &[f32] {
        row.as_flattened()
    }

    fn flat_mut(row: &mut [Self]) -> &mut [f32] {
        row.as_flattened_mut()
    }
}

/// The weighted sum of pixels; many are added up in `K` sums side by side, so that no addition waits for the one before
/// it. Which number goes into which sum is fixed, and so is the result, to the last bit.
#[inline(always)]
fn dot<const N: usize, const K: usize>(pixels: &[[f32; N]], weights: &[f32]) -> [f32; N] {
    let mut total = [0.0; N];
    let (mut rest, mut rest_weights) = (pixels, weights);
    if weights.len() >= MANY {
        let (blocks, block_weights);
        (blocks, rest) = pixels.as_chunks::<K>();
        (block_weights, rest_weights) = weights.as_chunks::<K>();
        let mut sums = [[0.0; N]; K];
        for (block, weights) in blocks.iter().zip(block_weights) {
            for at in 0..K {
                for channel in 0..N {
                    sums[at][channel] += block[at][channel] * weights[at];
                }
            }
        }
        for sum in sums {
            for (total, sum) in total.iter_mut().zip(sum) {
                *total += sum;
            }
        }
    }
    for (pixel, weight) in rest.iter().zip(rest_weights) {
        for (total, value) in total.iter_mut().zip(pixel) {
            *total += value * weight;
        }
    }
    total
}

/// `total += row * weight`
fn add<P: Sums>(total: &mut [P], row: &[P], weight: f32) {
    for (total, value) in P::flat_mut(total).iter_mut().zip(P::flat(row)) {
        *total += value * weight;
    }
}

/// The same for four rows, one after the other.
fn add_four<P: Sums>(total: &mut [P], rows: [&[P]; 4], weights: [f32; 4]) {
    let [a, b, c, d] = rows.map(P::flat);
    let rows = a.iter().zip(b).zip(c).zip(d);
    for (total, (((a, b), c), d)) in P::flat_mut(total).iter_mut().zip(rows) {
        *total = *total + a * weights[0] + b * weights[1] + c * weights[2] + d * weights[3];
    }
}

/// A picture that is summed: its rows can be had one by one, from the top.
pub(super) struct Source<F> {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Writes one row.
    pub(super) load: F,
}

/// Sums a picture along its rows and then along its columns, and hands over each row of the result, from the top.
///
/// Only a few rows are in memory at any time: when shrinking, the rows of the result that are not finished; otherwise,
/// those of the source that the next row of the result needs.
pub(super) fn convolve<P: Sums>(
    source: Source<impl FnMut(usize, &mut [P])>,
    across: &Plan,
    down: &Plan,
    mut store: impl FnMut(usize, &[P]),
    stopped: Stopped<'_>,
) -> Result<(), PictureError> {
    let Source {
        width,
        height,
        mut load,
    } = source;
    let mut whole = vec![P::default(); width];
    let mut sum_row = |y: usize, row: &mut [P]| {
        load(y, &mut whole);
        for (place, target) in row.iter_mut().enumerate() {
            let (first, weights) = across.at(place);
            *target = P::dot(&whole[first..][..weights.len()], weights);
        }
    };
    if down.most_open() < down.longest() {
        return scatter(
            height,
            across.len(),
            down,
            &mut sum_row,
            &mut store,
            stopped,
        );
    }
    gather(across.len(), down, &mut sum_row, &mut store, stopped)
}

/// Row by row of the source: each is added to the rows of the result that it is part of.
fn scatter<P: Sums>(
    height: usize,
    width: usize,
    down: &Plan,
    sum_row: &mut impl FnMut(usize, &mut [P]),
    store: &mut impl FnMut(usize, &[P]),
    stopped: Stopped<'_>,
) -> Result<(), PictureError> {
    let mut row = vec![P::default(); width];
    let mut spare: Vec<Vec<P>> = Vec::new();
    let mut open: VecDeque<Vec<P>> = VecDeque::new();
    let mut done = 0;
    for y in 0..height {
        while done + open.len() < down.len() && down.first(done + open.len()) <= y {
            let mut fresh = spare.pop().unwrap_or_default();
            fresh.clear();
            fresh.resize(width, P::default());
            open.push_back(fresh);
        }
        if open.is_empty() {
            continue;
        }
        if stopped() {
            return Err(PictureError::Stopped);
        }
        sum_row(y, &mut row);
        for (place, total) in open.iter_mut().enumerate() {
            let (first, weights) = down.at(done + place);
            if let Some(weight) = weights.get(y - first) {
                add(total, &row, *weight);
            }
        }
        while !open.is_empty() && down.end(done) == y + 1 {
            if let Some(total) = open.pop_front() {
                store(done, &total);
                spare.push(total);
            }
            done += 1;
        }
    }
    Ok(())
}

/// Row by row of the result: each is the sum of the rows of the source that are held.
fn gather<P: Sums>(
    width: usize,
    down: &Plan,
    sum_row: &mut impl FnMut(usize, &mut [P]),
    store: &mut impl FnMut(usize, &[P]),
    stopped: Stopped<'_>,
) -> Result<(), PictureError> {
    let mut total = vec![P::default(); width];
    let mut spare: Vec<Vec<P>> = Vec::new();
    let mut held: VecDeque<Vec<P>> = VecDeque::new();
    let mut first_held = 0;
    for place in 0..down.len() {
        if stopped() {
            return Err(PictureError::Stopped);
        }
        let (first, weights) = down.at(place);
        while first_held < first {
            spare.extend(held.pop_front());
            first_held += 1;
        }
        while held.len() < weights.len() {
            if stopped() {
                return Err(PictureError::Stopped);
            }
            let mut row = spare.pop().unwrap_or_default();
            row.resize(width, P::default());
            sum_row(first + held.len(), &mut row);
            held.push_back(row);
        }
        total.fill(P::default());
        let (fours, rest) = weights.as_chunks::<4>();
        for (four, weights) in fours.iter().enumerate() {
            let rows = [0, 1, 2, 3].map(|at| held[4 * four + at].as_slice());
            add_four(&mut total, rows, *weights);
        }
        for (row, weight) in held.range(4 * fours.len()..).zip(rest) {
            add(&mut total, row, *weight);
        }
        store(place, &total);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::filter::{Filter, scaling};
    use super::*;

    #[test]
    fn few_rows_are_in_memory_at_any_time() {
        for (from, to) in [
            (16_384, 1),
            (1, 16_384),
            (16_384, 2),
            (16_384, 5_000),
            (16_383, 16_384),
            (16_384, 16_383),
            (3, 16_384),
        ] {
            for filter in [Filter::Bilinear, Filter::Bicubic, Filter::Lanczos3] {
                let plan = scaling(from, to, filter);
                let rows = plan.longest().min(plan.most_open());
                assert!(rows <= 8, "{rows} from {from} to {to}");
            }
        }
    }

    #[test]
    fn rows_are_scattered_to_the_same_sums_as_they_are_gathered_to() {
        let mut plan = Plan::default();
        plan.push(0, &[0.5]);
        plan.push(0, &[0.25, 0.5, 0.125, 0.75, 1.5]);
        plan.push(1, &[1.0; 4]);
        plan.push(3, &[2.0, 0.1, -1.0, 0.3]);
        plan.push(6, &[1.0]);
        let row = |y: usize, row: &mut [[f32; 1]]| row.fill([(y * y) as f32]);
        let never: Stopped<'_> = &|| false;
        let (mut scattered, mut gathered) = (Vec::new(), Vec::new());
        let mut keep = |_: usize, row: &[[f32; 1]]| scattered.push(row.to_vec());
        scatter(7, 2, &plan, &mut row.clone(), &mut keep, never).expect("not stopped");
        let mut keep = |_: usize, row: &[[f32; 1]]| gathered.push(row.to_vec());
        gather(2, &plan, &mut row.clone(), &mut keep, never).expect("not stopped");
        assert_eq!(scattered.len(), plan.len());
        assert_eq!(scattered, gathered);
        assert_eq!(scattered[2], [[1.0 + 4.0 + 9.0 + 16.0]; 2]);
    }
}
