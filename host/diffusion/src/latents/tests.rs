use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    how: String,
    from: [usize; 2],
    to: [usize; 2],
    values: Vec<f32>,
    resized: Vec<f32>,
}

#[test]
fn latents_are_resized_as_torch_does_it() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("golden.json")).expect("JSON");
    for case in cases {
        let how = match case.how.as_str() {
            "nearest" => Interpolation::Nearest,
            "nearest-exact" => Interpolation::NearestExact,
            "bilinear" => Interpolation::Bilinear,
            "bilinear-antialiased" => Interpolation::BilinearAntialiased,
            "bicubic" => Interpolation::Bicubic,
            "bicubic-antialiased" => Interpolation::BicubicAntialiased,
            other => panic!("no interpolation is called {other}"),
        };
        let resized = resize(&case.values, 2, case.from, case.to, how);
        assert_eq!(resized.len(), case.resized.len());
        for (ours, torchs) in resized.iter().zip(&case.resized) {
            assert!(
                (ours - torchs).abs() < 1e-5,
                "{how:?} {:?} to {:?}: {ours} is not {torchs}",
                case.from,
                case.to
            );
        }
    }
}
