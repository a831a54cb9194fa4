//! Keeping a part of a picture while the rest is drawn.

use super::Source;
use crate::sampler::Point;
use crate::sigmas::PredictionType;

/// Puts the kept part into what a model said of a sample: there it says what it would say if the picture were the
/// source. A1111 mixes the pictures themselves (`apply_blend` in its `modules/sd_samplers_cfg_denoiser.py`), which is
/// the same, as a picture is a linear function of what the model says.
pub(super) fn hold_output(
    source: &Source,
    prediction: PredictionType,
    point: Point,
    sample: &[f32],
    output: &mut [f32],
) {
    let Some(mask) = source.mask.as_deref() else {
        return;
    };
    let Point { alpha, sigma } = point;
    if sigma <= 0.0 {
        return;
    }
    let radius = alpha.hypot(sigma);
    // What the model says is `of_sample · sample + of_picture · picture`.
    let (of_sample, of_picture) = match prediction {
        PredictionType::Epsilon => (1.0 / sigma, -alpha / sigma),
        PredictionType::Velocity => (alpha / (radius * sigma), -radius / sigma),
        _ => (0.0, 1.0),
    };
    let (of_sample, of_picture) = (of_sample as f32, of_picture as f32);
    for (i, output) in output.iter_mut().enumerate() {
        let anew = mask[i % mask.len()];
        let told = of_sample * sample[i] + of_picture * source.latents[i];
        *output = *output * anew + told * (1.0 - anew);
    }
}

/// Puts the kept part into finished latents.
pub(super) fn hold(source: &Source, latents: &mut [f32]) {
    let Some(mask) = source.mask.as_deref() else {
        return;
    };
    for (i, value) in latents.iter_mut().enumerate() {
        let anew = mask[i % mask.len()];
        *value = *value * anew + source.latents[i] * (1.0 - anew);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formulas of `Denoiser` the other way round.
    fn picture(prediction: PredictionType, point: Point, sample: f32, output: f32) -> f64 {
        let (x, out) = (f64::from(sample), f64::from(output));
        let Point { alpha, sigma } = point;
        let radius = alpha.hypot(sigma);
        match prediction {
            PredictionType::Epsilon => (x - sigma * out) / alpha,
            PredictionType::Velocity => x * alpha / (radius * radius) - out * sigma / radius,
            _ => out,
        }
    }

    #[test]
    fn the_kept_part_is_the_source_and_the_rest_is_the_models() {
        let source = Source {
            latents: vec![0.5, -1.5, 2.0, 0.25],
            mask: Some(vec![0.0, 1.0]),
        };
        let sample = [3.0, -2.0, 0.7, 1.1];
        for prediction in [
            PredictionType::Epsilon,
            PredictionType::Velocity,
            PredictionType::Sample,
        ] {
            for (alpha, sigma) in [(1.0, 4.2), (0.6, 0.8)] {
                let point = Point { alpha, sigma };
                let said = [0.1, 0.2, 0.3, 0.4];
                let mut output = said;
                hold_output(&source, prediction, point, &sample, &mut output);
                assert_eq!([output[1], output[3]], [0.2, 0.4]);
                for i in [0, 2] {
                    let held = picture(prediction, point, sample[i], output[i]);
                    assert!((held - f64::from(source.latents[i])).abs() < 1e-5);
                }
            }
        }
        let mut latents = [9.0; 4];
        hold(&source, &mut latents);
        assert_eq!(latents, [0.5, 9.0, 2.0, 9.0]);
    }
}
