//! What a request says of the sampler's noise and of when it is guided.

use std::ops::RangeInclusive;

use aquatint_diffusion::noise::Variation;
use aquatint_diffusion::pipeline::{Guided, StartOptions};
use aquatint_diffusion::sampler::SamplerOptions;

use super::{InvalidRequest, Request, SIDE, SIDE_STEP, within};

/// 0 to 1 is what people use; more is more than the samplers are made for, and still a picture.
const ETA: RangeInclusive<f32> = 0.0..=10.0;
const CHURN: RangeInclusive<f32> = 0.0..=1000.0;
/// Those of models are below 15, or 4096 where they are trained on noise alone.
const SIGMA: RangeInclusive<f32> = 0.0..=10_000.0;
const S_NOISE: RangeInclusive<f32> = 0.0..=10.0;
const SHARE: RangeInclusive<f32> = 0.0..=1.0;

impl Request {
    pub(super) fn validate_sampling(&self) -> Result<(), InvalidRequest> {
        if let Some(eta) = self.eta {
            within("eta", eta, &ETA)?;
        }
        within("s_churn", self.s_churn, &CHURN)?;
        within("s_tmin", self.s_tmin, &SIGMA)?;
        within("s_tmax", self.s_tmax, &SIGMA)?;
        within("s_noise", self.s_noise, &S_NOISE)?;
        within("variation_strength", self.variation_strength, &SHARE)?;
        within("cfg_start", self.cfg_start, &SHARE)?;
        within("cfg_end", self.cfg_end, &SHARE)?;
        within("s_min_uncond", self.s_min_uncond, &SIGMA)?;
        if self.variation_strength > 0.0 && self.variation_seed.is_none() {
            return Err(InvalidRequest::Alone {
                field: "variation_strength",
                given: self.variation_strength.to_string(),
                needs: "a variation_seed",
            });
        }
        let sides = [
            ("seed_resize_width", self.seed_resize_width),
            ("seed_resize_height", self.seed_resize_height),
        ];
        for (field, side) in sides {
            let Some(given) = side else { continue };
            within(field, given, &SIDE)?;
            if !given.is_multiple_of(SIDE_STEP) {
                return Err(InvalidRequest::NotMultiple {
                    field,
                    given,
                    of: SIDE_STEP,
                });
            }
        }
        match sides {
            [(field, Some(given)), (needs, None)] | [(needs, None), (field, Some(given))] => {
                Err(InvalidRequest::Alone {
                    field,
                    given: given.to_string(),
                    needs,
                })
            }
            _ => Ok(()),
        }
    }

    /// What the noise of its pictures starts from, beside the seed.
    #[must_use]
    pub fn start_options(&self) -> StartOptions {
        let sides = self.seed_resize_width.zip(self.seed_resize_height);
        StartOptions {
            variation: self
                .variation_seed
                .filter(|_| self.variation_strength > 0.0)
                .map(|seed| Variation {
                    seed,
                    strength: self.variation_strength,
                }),
            resize_from: sides.map(|(width, height)| [width as usize, height as usize]),
            seed_delta: self.eta_noise_seed_delta,
        }
    }

    /// What its sampler is told.
    #[must_use]
    pub fn sampler_options(&self) -> SamplerOptions {
        SamplerOptions {
            eta: self.eta,
            s_churn: self.s_churn,
            s_tmin: self.s_tmin,
            s_tmax: if self.s_tmax == 0.0 {
                f32::INFINITY
            } else {
                self.s_tmax
            },
            s_noise: self.s_noise,
            ..SamplerOptions::default()
        }
    }

    /// When it is guided.
    #[must_use]
    pub fn guided(&self) -> Guided {
        Guided {
            after: self.cfg_start,
            before: self.cfg_end,
            every_other_below: self.s_min_uncond,
        }
    }

    /// The request of one of its pictures alone, where `seed` is that of the first: its own seed is in it.
    #[must_use]
    pub fn single(&self, seed: u64, index: u32) -> Self {
        let further = |seed: u64| seed.wrapping_add(index.into());
        let varied = self.start_options().variation.is_some();
        Self {
            batch: 1,
            seed: Some(if varied { seed } else { further(seed) }),
            variation_seed: if varied {
                self.variation_seed.map(further)
            } else {
                self.variation_seed
            },
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_nothing_alone_is_refused() {
        let refused = |change: fn(&mut Request)| {
            let mut request = Request::default();
            change(&mut request);
            let error = request.validate().expect_err("refused");
            (error.field(), error.to_string())
        };
        assert_eq!(
            refused(|it| it.variation_strength = 0.3),
            (
                "variation_strength",
                "variation_strength is 0.3, expected a variation_seed with it".to_owned()
            )
        );
        assert_eq!(
            refused(|it| it.seed_resize_height = Some(512)),
            (
                "seed_resize_height",
                "seed_resize_height is 512, expected seed_resize_width with it".to_owned()
            )
        );
        assert_eq!(
            refused(|it| it.seed_resize_width = Some(12)).1,
            "seed_resize_width is 12, expected a multiple of 8, such as 8"
        );
        for (field, change) in [
            ("eta", (|it| it.eta = Some(-0.1)) as fn(&mut Request)),
            ("s_churn", |it| it.s_churn = f32::NAN),
            ("s_tmax", |it| it.s_tmax = f32::INFINITY),
            ("s_noise", |it| it.s_noise = -1.0),
            ("cfg_start", |it| it.cfg_start = 1.1),
            ("cfg_end", |it| it.cfg_end = -0.5),
            ("s_min_uncond", |it| it.s_min_uncond = -1.0),
        ] {
            assert_eq!(refused(change).0, field);
        }
    }

    #[test]
    fn pictures_of_a_batch_vary_by_one_seed_alone() {
        let request = Request {
            batch: 4,
            variation_seed: Some(100),
            ..Request::default()
        };
        let seeds = |request: &Request| {
            let single = request.single(7, 2);
            assert_eq!(single.batch, 1);
            (single.seed, single.variation_seed)
        };
        assert_eq!(seeds(&request), (Some(9), Some(100)));
        let varied = Request {
            variation_strength: 0.2,
            ..request
        };
        assert_eq!(seeds(&varied), (Some(7), Some(102)));
    }
}
