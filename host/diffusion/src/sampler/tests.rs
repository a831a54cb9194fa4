#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Sampler, SamplerError, SamplerKind, build};
use crate::noise::{NoiseGenerator, NoiseKind};
use crate::sigmas::{PredictionType, Schedule, SchedulerClass, SchedulerConfig};

/// As in golden.py.
const SEED: u64 = 1234;
const SIZE: usize = 2 * 4 * 4;

#[derive(Deserialize)]
struct Golden {
    configs: Vec<Value>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    sampler: SamplerKind,
    schedule: Schedule,
    config: usize,
    steps: usize,
    /// The timesteps the model was told.
    t: Vec<f32>,
    /// The final sample; none where the reference fails.
    x: Option<Vec<f32>>,
}

/// As in golden.py.
fn toy_model(x: &[f32], timestep: f32) -> Vec<f32> {
    let shift = 0.3 * (timestep / 100.0).sin();
    x.iter().map(|x| 0.6 * x.tanh() + shift).collect()
}

/// A whole run, from noise.
fn run(sampler: &mut dyn Sampler) -> Result<Vec<f32>, SamplerError> {
    let mut generator = NoiseGenerator::new(NoiseKind::Cpu, SEED);
    let mut sample = vec![0.0; SIZE];
    generator.fill(&mut sample);
    for x in &mut sample {
        *x *= sampler.init_noise_sigma();
    }
    for (i, evaluation) in sampler.evaluations().to_vec().into_iter().enumerate() {
        let mut input = sample.clone();
        sampler.scale_input(i, &mut input);
        let output = toy_model(&input, evaluation.timestep);
        sampler.step(i, &output, &mut sample, &mut |out| generator.fill(out))?;
    }
    Ok(sample)
}

fn distance(got: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(got.len(), expected.len());
    got.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn whole_runs_equal_the_references() {
    let golden: Golden = serde_json::from_str(include_str!("golden.json")).unwrap();
    let mut worst: BTreeMap<String, (f32, f32, usize)> = BTreeMap::new();
    let mut bad = 0;
    for case in &golden.cases {
        let json = &golden.configs[case.config];
        let what = format!("{} {:?} {} steps {json}", case.sampler, case.schedule, case.steps);
        let config = SchedulerConfig::from_json(json).unwrap();
        let built = build(case.sampler, case.schedule, &config, case.steps);
        let Some(expected) = &case.x else {
            if let Ok(mut s) = built && run(s.as_mut()).is_ok() { eprintln!("NOERR {what}"); bad+=1; }
            continue;
        };
        let mut sampler = match built { Ok(s)=>s, Err(e)=>{ eprintln!("ERR {what}: {e}"); bad+=1; continue } };
        let told: Vec<f32> = sampler.evaluations().iter().map(|e| e.timestep).collect();
        if told.len()!=case.t.len() { eprintln!("LEN {what}: {told:?} {:?}", case.t); bad+=1; continue }
        let td = distance(&told, &case.t);
        let got = match run(sampler.as_mut()) { Ok(s)=>s, Err(e)=>{ eprintln!("RUN {what}: {e}"); bad+=1; continue } };
        let scale = expected.iter().fold(1.0_f32, |m, v| m.max(v.abs()));
        let d = distance(&got, expected)/scale;
        if !(d<1e-4) || td>1e-3 { eprintln!("DIFF {d} {td} {what}"); bad+=1; }
        let key = format!("{:12} {}", case.sampler.id(), if case.schedule.follows_config() {"model"} else {"named"});
        let e = worst.entry(key).or_default();
        e.0 = e.0.max(d); e.1=e.1.max(td); e.2+=1;
    }
    for (k,v) in worst { eprintln!("{k} {v:?}"); }
    assert_eq!(bad,0);
}
