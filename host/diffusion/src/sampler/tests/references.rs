//! Whole runs against those of diffusers and k-diffusion in golden.json.

use serde::Deserialize;
use serde_json::Value;

use super::{config, distance, run};
use crate::sampler::{Sampler, SamplerKind, build};
use crate::sigmas::Schedule;

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
    /// The timesteps that the model was told.
    t: Vec<f32>,
    /// The final sample; none where the reference fails.
    x: Option<Vec<f32>>,
}

/// How far a final sample may be from the reference, in units of its largest value or 1.
fn tolerance(sampler: &dyn Sampler, case: &Case) -> f32 {
    let start = sampler.evaluations()[0].sigma;
    if case.sampler == SamplerKind::Pndm && !case.schedule.follows_config() && start > 1000.0 {
        // Zero terminal SNR: the mean of noises is taken apart again for a picture that is 1/4096
        // of the sample.
        return 1e-2;
    }
    // Where pictures keep their size, float32 keeps that much of the noise around them.
    2e-5 + 2e-7 * sampler.init_noise_sigma()
}

#[test]
fn whole_runs_equal_the_references() {
    let golden: Golden = serde_json::from_str(include_str!("../golden.json")).unwrap();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in &golden.cases {
        let json = &golden.configs[case.config];
        let what = format!(
            "{} {:?}, {} steps, {json}",
            case.sampler, case.schedule, case.steps
        );
        let ours = build(case.sampler, case.schedule, &config(json), case.steps)
            .and_then(|mut sampler| Ok((run(sampler.as_mut())?, sampler)));
        match (ours, &case.x) {
            (Err(_), None) => {}
            (Err(error), Some(_)) => wrong.push(format!("{what}: {error}")),
            (Ok(_), None) => wrong.push(format!("{what}: no error, unlike the reference")),
            (Ok((sample, sampler)), Some(expected)) => {
                let told: Vec<f32> = sampler.evaluations().iter().map(|e| e.timestep).collect();
                // k-diffusion interpolates timesteps in float32.
                if told.len() != case.t.len() || distance(&told, &case.t) > 1e-3 {
                    wrong.push(format!("{what}: timesteps {told:?}, not {:?}", case.t));
                    continue;
                }
                let size = expected.iter().fold(1.0_f32, |size, x| size.max(x.abs()));
                let off = distance(&sample, expected) / size;
                if off.is_nan() || off > tolerance(sampler.as_ref(), case) {
                    wrong.push(format!("{what}: off by {off}"));
                }
                compared += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 1800, "only {compared} runs were compared");
}
