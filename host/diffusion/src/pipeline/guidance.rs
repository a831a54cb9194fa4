//! Classifier-free guidance (<https://arxiv.org/abs/2207.12598>) and the embedding that replaces it in LCM.

/// `uncond + scale · (cond − uncond)`, in place of `cond`; then brought back by `rescale` to the spread of `cond`,
/// image by image (section 3.4 of <https://arxiv.org/abs/2305.08891>).
pub(super) fn guide(cond: &mut [f32], uncond: &[f32], images: usize, scale: f32, rescale: f32) {
    let size = cond.len() / images;
    for (cond, uncond) in cond.chunks_mut(size).zip(uncond.chunks(size)) {
        let before = if rescale > 0.0 { spread(cond) } else { 0.0 };
        for (c, u) in cond.iter_mut().zip(uncond) {
            *c = u + scale * (*c - u);
        }
        if rescale > 0.0 {
            let factor = before / spread(cond);
            for c in cond.iter_mut() {
                let rescaled = *c * factor;
                *c = rescale * rescaled + (1.0 - rescale) * *c;
            }
        }
    }
}

/// `uncond + Σ weight · (cond − uncond)`: what several prompts say together (section 3.2 of
/// <https://arxiv.org/abs/2206.01714>). One of weight 1 is itself.
pub(super) fn compose(
    conds: impl ExactSizeIterator<Item = (Vec<f32>, f32)>,
    uncond: &[f32],
) -> Vec<f32> {
    let is_one = conds.len() == 1;
    let mut sum = uncond.to_vec();
    for (cond, weight) in conds {
        if is_one && weight == 1.0 {
            return cond;
        }
        for ((sum, c), u) in sum.iter_mut().zip(cond).zip(uncond) {
            *sum += weight * (c - u);
        }
    }
    sum
}

/// The standard deviation.
fn spread(values: &[f32]) -> f32 {
    let count = values.len() as f64;
    let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / count;
    let sum: f64 = values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum();
    (sum / (count - 1.0)).sqrt() as f32
}

/// The sinusoidal embedding of the guidance scale that LCM's UNet takes: of `w = scale − 1`, times 1000
/// (`get_guidance_scale_embedding` in diffusers).
pub(super) fn embed_scale(scale: f32, channels: usize) -> Vec<f32> {
    let w = (scale - 1.0) * 1000.0;
    let half = channels / 2;
    let step = 10000_f32.ln() / (half as f32 - 1.0);
    let angles: Vec<f32> = (0..half).map(|i| w * (i as f32 * -step).exp()).collect();
    let mut embedding: Vec<f32> = angles.iter().map(|a| a.sin()).collect();
    embedding.extend(angles.iter().map(|a| a.cos()));
    embedding.resize(channels, 0.0);
    embedding
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_add_up_by_their_weights() {
        let uncond = [1.0, 2.0];
        let together = |conds: &[([f32; 2], f32)]| {
            let conds: Vec<_> = conds.iter().map(|(c, w)| (c.to_vec(), *w)).collect();
            compose(conds.into_iter(), &uncond)
        };
        assert_eq!(together(&[([0.1, 0.7], 1.0)]), [0.1, 0.7]);
        assert_eq!(together(&[([3.0, 1.0], 0.5)]), [2.0, 1.5]);
        assert_eq!(
            together(&[([3.0, 1.0], 1.0), ([2.0, 2.0], -2.0)]),
            [1.0, 1.0]
        );
    }

    #[test]
    fn rescale_of_one_keeps_the_spread_of_the_conditional_prediction() {
        let mut cond = vec![1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0];
        let uncond = vec![0.5, 2.5, 2.0, 5.0, 0.0, 0.0, 0.0, 1.0];
        let spreads: Vec<_> = cond.chunks(4).map(spread).collect();
        guide(&mut cond, &uncond, 2, 7.5, 1.0);
        for (image, before) in cond.chunks(4).zip(spreads) {
            assert!((spread(image) - before).abs() < 1e-4);
        }
    }
}
