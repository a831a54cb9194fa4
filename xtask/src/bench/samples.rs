/// Measurements of one thing.
#[derive(Default)]
pub(super) struct Samples(Vec<f64>);

impl Samples {
    pub(super) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    pub(super) fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// The value that this part of them, 0 to 1, is not above.
    pub(super) fn at(&self, part: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len() as f64 * part) as usize;
        let last = sorted.len().saturating_sub(1);
        sorted.get(place.min(last)).copied().unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle_and_nothing_has_none() {
        let mut samples = Samples::default();
        assert_eq!(samples.median(), 0.0);
        for value in [5.0, 1.0, 4.0, 2.0, 3.0] {
            samples.push(value);
        }
        assert_eq!(samples.median(), 3.0);
        assert_eq!((samples.at(0.0), samples.at(1.0)), (1.0, 5.0));
        assert_eq!(samples.len(), 5);
    }
}
