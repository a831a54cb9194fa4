#![allow(clippy::unwrap_used)]

mod names;
mod references;
mod runs;

use serde_json::{Value, json};

use super::{Noise, Sampler, SamplerError};
use crate::noise::{BrownianTree, NoiseGenerator, NoiseKind};
use crate::sigmas::SchedulerConfig;

/// As in golden.py.
const SEED: u64 = 1234;
const SIZE: usize = 2 * 4 * 4;

/// As in golden.py.
fn toy_model(x: &[f32], timestep: f32) -> Vec<f32> {
    let shift = 0.3 * (timestep / 100.0).sin();
    x.iter().map(|x| 0.6 * x.tanh() + shift).collect()
}

/// As in golden.py.
fn unguided_model(x: &[f32], timestep: f32) -> Vec<f32> {
    let guided = toy_model(x, timestep);
    guided.iter().map(|x| 0.8 * x - 0.05).collect()
}

/// The noise of one picture.
struct Dice<'a> {
    generator: &'a mut NoiseGenerator,
    motion: Option<BrownianTree>,
}

impl Noise for Dice<'_> {
    fn fresh(&mut self, out: &mut [f32]) {
        self.generator.fill(out);
    }

    fn brownian(&mut self, from: f32, to: f32, out: &mut [f32]) {
        self.motion.as_ref().unwrap().fill(from, to, out);
    }
}

/// A whole run, from noise.
fn run(sampler: &mut dyn Sampler) -> Result<Vec<f32>, SamplerError> {
    let mut generator = NoiseGenerator::new(NoiseKind::Cpu, SEED);
    let mut sample = vec![0.0; SIZE];
    generator.fill(&mut sample);
    for x in &mut sample {
        *x *= sampler.init_noise_sigma();
    }
    run_from(0, sampler, &mut sample, &mut generator)?;
    Ok(sample)
}

/// The rest of a run, from an evaluation on.
fn run_from(
    first: usize,
    sampler: &mut dyn Sampler,
    sample: &mut [f32],
    generator: &mut NoiseGenerator,
) -> Result<(), SamplerError> {
    let motion = |range| BrownianTree::new(NoiseKind::Cpu, SEED, range, sample.len());
    let mut dice = Dice {
        motion: sampler.brownian().map(motion),
        generator,
    };
    let mut i = first;
    while i < sampler.evaluations().len() {
        sampler.prepare(i, sample, &mut dice);
        let mut input = sample.to_vec();
        sampler.scale_input(i, &mut input);
        let timestep = sampler.evaluations()[i].timestep;
        sampler.unguided(&unguided_model(&input, timestep));
        let output = toy_model(&input, timestep);
        sampler.step(i, &output, sample, &mut dice)?;
        i += 1;
    }
    Ok(())
}

/// A whole run of few numbers, whose noise costs nothing.
fn run_plainly(sampler: &mut dyn Sampler) -> Result<Vec<f32>, SamplerError> {
    let mut sample = vec![0.4, -1.2];
    let mut noise = |out: &mut [f32]| out.fill(0.7);
    let mut i = 0;
    while i < sampler.evaluations().len() {
        sampler.prepare(i, &mut sample, &mut noise);
        let mut input = sample.clone();
        sampler.scale_input(i, &mut input);
        let output = toy_model(&input, sampler.evaluations()[i].timestep);
        sampler.step(i, &output, &mut sample, &mut noise)?;
        i += 1;
    }
    Ok(sample)
}

/// The largest difference.
fn distance(got: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(got.len(), expected.len());
    let pairs = got.iter().zip(expected);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn config(json: &Value) -> SchedulerConfig {
    SchedulerConfig::from_json(json).unwrap()
}

/// What Stable Diffusion 1.5 says of itself.
fn stable_diffusion() -> SchedulerConfig {
    config(&json!({
        "_class_name": "PNDMScheduler",
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "beta_start": 0.000_85,
        "num_train_timesteps": 1000,
        "set_alpha_to_one": false,
        "skip_prk_steps": true,
        "steps_offset": 1,
        "trained_betas": null,
        "clip_sample": false
    }))
}
