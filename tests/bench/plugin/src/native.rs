//! The filter, without a plugin.

use std::hint::black_box;
use std::time::Instant;

use aquatint_sandbox::pixels::Picture;

use crate::protocol::{Sample, nanoseconds};

#[path = "../filter.rs"]
mod filter;

/// What comes of it.
pub(crate) fn filtered(picture: &Picture) -> Vec<u8> {
    let mut pixels = picture.pixels().to_vec();
    filter::develop(&mut pixels, 0);
    pixels
}

/// `call` makes another picture, as a plugin's call does; `kernel` is the filter alone.
pub(crate) fn measure(picture: &Picture) -> Sample {
    let start = Instant::now();
    let mut pixels = black_box(picture).pixels().to_vec();
    let begun = Instant::now();
    filter::develop(&mut pixels, 0);
    let kernel = nanoseconds(begun);
    black_box(&mut pixels);
    drop(pixels);
    vec![("call", nanoseconds(start)), ("kernel", kernel)]
}
