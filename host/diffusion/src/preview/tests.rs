use super::*;

#[test]
fn latents_of_zero_have_the_colour_of_the_bias() {
    let sd = Projection::of(Family::Sd1);
    assert_eq!(sd.apply(&[0.0; 8], [4, 1, 2]), Some(vec![128; 6]));
    let sdxl = Projection::of(Family::Sdxl);
    assert_eq!(sdxl.apply(&[0.0; 4], [4, 1, 1]), Some(vec![150, 140, 130]));
}

#[test]
fn the_first_channel_of_both_is_brightness() {
    for family in [Family::Sd1, Family::Sdxl] {
        let projection = Projection::of(family);
        let at = |latent: f32| {
            projection
                .apply(&[latent, 0.0, 0.0, 0.0], [4, 1, 1])
                .expect("pixels")
        };
        assert!(
            at(-1.0)
                .iter()
                .zip(at(1.0))
                .all(|(dark, bright)| *dark < bright)
        );
        assert_eq!(at(1e9), [255; 3]);
        assert_eq!(at(-1e9), [0; 3]);
        assert_eq!(at(f32::NAN), [0; 3]);
    }
}

#[test]
fn what_does_not_fit_gives_nothing() {
    let projection = Projection::of(Family::Sd1);
    assert_eq!(projection.apply(&[0.0; 16], [16, 1, 1]), None);
    assert_eq!(projection.apply(&[0.0; 5], [4, 1, 1]), None);
    assert_eq!(projection.apply(&[], [4, usize::MAX, 2]), None);
}

#[test]
fn a_fit_finds_the_projection_behind_pictures() {
    let truth = Projection {
        factors: vec![[30.0, 20.0, 10.0], [-5.0, 15.0, 25.0]],
        bias: [120.0, 128.0, 140.0],
    };
    let [height, width, factor] = [6, 5, 4];
    let latents: Vec<f32> = (0..2 * height * width)
        .map(|i| ((i * 7919) % 41) as f32 / 20.0 - 1.0)
        .collect();
    let small = truth.apply(&latents, [2, height, width]).expect("pixels");
    // Each latent is a square of pixels.
    let mut pixels = Vec::new();
    for y in 0..height * factor {
        for x in 0..width * factor {
            let at = ((y / factor) * width + x / factor) * 3;
            pixels.extend(&small[at..at + 3]);
        }
    }
    let mut fit = Fit::new(2);
    assert_eq!(fit.solve(), None);
    fit.add(&latents, [height, width], &pixels, factor);
    fit.add(&latents, [height, width + 1], &pixels, factor);
    let found = fit.solve().expect("a projection");
    let both = |it: &Projection| {
        it.factors
            .iter()
            .chain([&it.bias])
            .flatten()
            .copied()
            .collect::<Vec<_>>()
    };
    for (found, truth) in both(&found).into_iter().zip(both(&truth)) {
        assert!((found - truth).abs() < 0.3, "{found} for {truth}");
    }
}

#[test]
fn a_picture_of_one_colour_is_no_trouble() {
    let mut fit = Fit::new(4);
    fit.add(&[0.5; 16], [2, 2], &[200; 12 * 16], 4);
    let found = fit.solve().expect("a projection");
    let pixels = found.apply(&[0.5; 4], [4, 1, 1]).expect("pixels");
    assert!(pixels.iter().all(|it| it.abs_diff(200) <= 1), "{pixels:?}");
}
