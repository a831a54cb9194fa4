//! How far two pictures are apart, and how far they may be.

use std::fmt;

use crate::picture::Picture;

/// A channel may be off by this anywhere…
const MOST: u8 = 3;
/// …and by this in [`SHARE`] of the pixels.
const USUAL: u8 = 1;
const SHARE: f64 = 0.999;

/// The difference of one picture, or of the worst and the sum of several.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Difference {
    /// The largest difference of a channel, in 255ths.
    pub(crate) worst: u8,
    /// The smallest share of pixels within [`USUAL`] that any picture has.
    pub(crate) within: f64,
    /// Pixels that are the same in every channel.
    pub(crate) same: usize,
    pub(crate) pixels: usize,
    pub(crate) pictures: usize,
}

impl Difference {
    fn between(ours: &Picture, theirs: &Picture) -> Result<Self, String> {
        if (ours.width, ours.height) != (theirs.width, theirs.height) {
            let size = |picture: &Picture| format!("{}x{}", picture.width, picture.height);
            return Err(format!("{} instead of {}", size(ours), size(theirs)));
        }
        let off: Vec<u8> = ours
            .pixels
            .iter()
            .zip(&theirs.pixels)
            .map(|(a, b)| {
                a.iter()
                    .zip(b)
                    .map(|(a, b)| a.abs_diff(*b))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let within = off.iter().filter(|&&off| off <= USUAL).count();
        Ok(Self {
            worst: off.iter().copied().max().unwrap_or(0),
            within: within as f64 / off.len() as f64,
            same: off.iter().filter(|&&off| off == 0).count(),
            pixels: off.len(),
            pictures: 1,
        })
    }

    /// The difference of a batch.
    pub(crate) fn between_all(ours: &[Picture], theirs: &[Picture]) -> Result<Self, String> {
        if ours.len() != theirs.len() {
            return Err(format!(
                "{} pictures instead of {}",
                ours.len(),
                theirs.len()
            ));
        }
        let mut all = Self::none();
        for (ours, theirs) in ours.iter().zip(theirs) {
            all = all.and(Self::between(ours, theirs)?);
        }
        Ok(all)
    }

    /// Nothing compared yet.
    pub(crate) fn none() -> Self {
        Self {
            within: 1.0,
            ..Self::default()
        }
    }

    /// Both taken together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            worst: self.worst.max(other.worst),
            within: self.within.min(other.within),
            same: self.same + other.same,
            pixels: self.pixels + other.pixels,
            pictures: self.pictures + other.pictures,
        }
    }

    pub(crate) fn is_within_bar(&self) -> bool {
        self.worst <= MOST && self.within >= SHARE
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { worst, within, .. } = self;
        write!(
            f,
            "worst {worst}/255, {:.2} % of the pixels within {USUAL}/255",
            within * 100.0
        )
    }
}
