#![allow(clippy::unwrap_used)]

use serde::Deserialize;

use super::{BrownianTree, NoiseGenerator, NoiseKind, resized, starting_noise, varied};

/// PyTorch itself differs by as much between CPUs.
const TOLERANCE: f32 = 1e-6;

#[derive(Deserialize)]
struct Golden {
    seed: u64,
    small: Vec<Vec<f32>>,
    large: Vec<Large>,
}

#[derive(Deserialize)]
struct Large {
    size: usize,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    first: Vec<f32>,
    last: Vec<f32>,
    sum: f64,
    sum_of_squares: f64,
}

fn golden() -> Vec<Golden> {
    serde_json::from_str(include_str!("golden.json")).unwrap()
}

fn draw(generator: &mut NoiseGenerator, size: usize) -> Vec<f32> {
    let mut out = vec![f32::NAN; size];
    generator.fill(&mut out);
    out
}

fn worst(got: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(got.len(), expected.len());
    got.iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

fn assert_close(got: &[f32], expected: &[f32], what: &str) {
    let worst = worst(got, expected);
    assert!(worst <= TOLERANCE, "{what}: off by {worst}");
}

#[test]
fn cpu_equals_torch_for_small_sizes_in_one_stream() {
    for case in golden() {
        let mut generator = NoiseGenerator::new(NoiseKind::Cpu, case.seed);
        for expected in &case.small {
            let got = draw(&mut generator, expected.len());
            assert_close(
                &got,
                expected,
                &format!("seed {}, size {}", case.seed, got.len()),
            );
        }
    }
}

#[test]
fn cpu_equals_torch_for_large_sizes() {
    for case in golden() {
        for large in &case.large {
            let mut generator = NoiseGenerator::new(NoiseKind::Cpu, case.seed);
            for call in &large.calls {
                let got = draw(&mut generator, large.size);
                let what = format!("seed {}, size {}", case.seed, large.size);
                assert_close(&got[..8], &call.first, &what);
                assert_close(&got[large.size - 8..], &call.last, &what);
                let wide = got.iter().map(|&v| f64::from(v));
                let sum: f64 = wide.clone().sum();
                let squares: f64 = wide.map(|v| v * v).sum();
                assert!((sum - call.sum).abs() < 1e-3, "{what}: sum {sum}");
                assert!(
                    (squares - call.sum_of_squares).abs() < 1e-2,
                    "{what}: squares {squares}"
                );
            }
        }
    }
}

#[test]
fn cpu_looks_at_32_bits_of_the_seed_and_philox_at_64() {
    let first = |kind, seed| draw(&mut NoiseGenerator::new(kind, seed), 20);
    assert_eq!(
        first(NoiseKind::Cpu, 42),
        first(NoiseKind::Cpu, 42 + (1 << 32))
    );
    assert_ne!(
        first(NoiseKind::Philox, 42),
        first(NoiseKind::Philox, 42 + (1 << 32))
    );
    assert_close(
        &first(NoiseKind::Philox, 42 + (1 << 32))[..1],
        &[-0.711_410_05],
        "high bits",
    );
}

#[test]
fn philox_equals_cuda() {
    let mut zero = NoiseGenerator::new(NoiseKind::Philox, 0);
    let first = [
        -0.924_662_4,
        -0.425_343_93,
        -2.643_845_8,
        0.145_183_86,
        -0.120_866_57,
        -0.579_725_74,
    ];
    assert_close(&draw(&mut zero, 6), &first, "seed 0");
    let second = [0.180_825_81, -0.552_262_66, 0.923_813_4];
    assert_close(&draw(&mut zero, 3), &second, "seed 0, second call");

    let mut answer = NoiseGenerator::new(NoiseKind::Philox, 42);
    let first = [
        0.194_018_87,
        2.161_374,
        -0.172_050_61,
        0.849_060_06,
        -1.924_399_1,
        0.652_985_5,
    ];
    assert_close(&draw(&mut answer, 6), &first, "seed 42");
    let second = [0.139_137_55, -0.108_215_846, -0.717_422];
    assert_close(&draw(&mut answer, 3), &second, "seed 42, second call");
}

#[test]
fn an_empty_fill_draws_nothing_on_the_cpu() {
    let mut generator = NoiseGenerator::new(NoiseKind::Cpu, 7);
    generator.fill(&mut []);
    let after = draw(&mut generator, 16);
    assert_eq!(after, draw(&mut NoiseGenerator::new(NoiseKind::Cpu, 7), 16));
}

#[test]
fn names_round_trip() {
    for kind in NoiseKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
    }
    assert_eq!("NV".parse(), Ok(NoiseKind::Philox));
    let error = "gpu".parse::<NoiseKind>().unwrap_err().to_string();
    assert!(error.contains("gpu") && error.contains("philox"), "{error}");
}

#[derive(Deserialize)]
struct Motions {
    motions: Vec<Motion>,
    mixtures: Vec<Mixture>,
}

#[derive(Deserialize)]
struct Motion {
    seed: u64,
    range: (f32, f32),
    size: usize,
    pairs: Vec<(f32, f32)>,
    noises: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
struct Mixture {
    shape: [usize; 3],
    strength: f32,
    near: bool,
    mixed: Vec<f32>,
}

fn motions() -> Motions {
    serde_json::from_str(include_str!("brownian.json")).unwrap()
}

#[test]
fn motions_equal_torchsde() {
    for case in motions().motions {
        let tree = BrownianTree::new(NoiseKind::Cpu, case.seed, case.range, case.size);
        for (&(from, to), expected) in case.pairs.iter().zip(&case.noises) {
            let mut got = vec![f32::NAN; case.size];
            tree.fill(from, to, &mut got);
            // Of a short way the noise is a difference of large numbers, divided by a small one.
            let root = (to - from).abs().sqrt().min(1.0);
            let off = worst(&got, expected) * root;
            assert!(off < 4e-6, "{}, {from} to {to}: {off}", case.seed);
        }
    }
}

#[test]
fn a_motion_is_the_same_in_pieces() {
    let tree = BrownianTree::new(NoiseKind::Philox, 9, (0.03, 14.6), 64);
    let way = |from: f32, to: f32| {
        let mut noise = [0.0; 64];
        tree.fill(from, to, &mut noise);
        noise.map(|value| value * (to - from).abs().sqrt())
    };
    let (whole, first, second) = (way(14.6, 0.5), way(14.6, 6.123), way(6.123, 0.5));
    for (whole, (first, second)) in whole.iter().zip(first.iter().zip(&second)) {
        assert!((whole - first - second).abs() < 1e-5);
    }
    assert_eq!(way(3.0, 3.0), [0.0; 64]);
    let back = way(0.5, 14.6).map(|value| -value);
    assert_eq!(back, way(14.6, 0.5));
    // Of standard deviation 1, in all.
    let mut noise = [0.0; 64];
    tree.fill(5.0, 1.0, &mut noise);
    let square = noise.iter().map(|value| value * value).sum::<f32>() / 64.0;
    assert!((0.5..1.6).contains(&square), "{square}");
}

#[test]
fn variations_equal_a1111s() {
    for case in motions().mixtures {
        let length = case.shape.iter().product();
        let own = starting_noise(NoiseKind::Cpu, 1, length);
        let mut other = starting_noise(NoiseKind::Cpu, 2, length);
        if case.near {
            for (other, own) in other.iter_mut().zip(&own) {
                *other = own + *other * 0.001;
            }
        }
        let got = varied(&own, &other, case.strength, case.shape);
        let off = worst(&got, &case.mixed);
        assert!(off < 2e-6, "{} {}: {off}", case.strength, case.near);
    }
}

#[test]
fn noise_of_another_size_lies_in_the_middle() {
    let lies = |from: [usize; 2], onto: [usize; 2]| {
        let small: Vec<f32> = (1..=from[0] * from[1]).map(|value| value as f32).collect();
        let mut large = vec![0.0; onto[0] * onto[1]];
        resized(
            &small,
            [1, from[0], from[1]],
            &mut large,
            [1, onto[0], onto[1]],
        );
        large
    };
    assert_eq!(lies([1, 2], [1, 5]), [0.0, 1.0, 2.0, 0.0, 0.0]);
    assert_eq!(lies([1, 4], [1, 2]), [2.0, 3.0]);
    // Two are cut off before and two behind of three that are too many.
    assert_eq!(lies([1, 7], [1, 4]), [3.0, 4.0, 5.0, 0.0]);
    assert_eq!(lies([2, 2], [1, 3]), [0.0, 0.0, 0.0]);
    assert_eq!(
        lies([1, 1], [3, 3]),
        [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    );
}
