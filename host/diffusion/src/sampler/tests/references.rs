//! Whole runs against those of diffusers and k-diffusion in golden.json.

use serde::Deserialize;
use serde_json::Value;

use super::{config, distance, run};
use crate::sampler::{Sampler, SamplerKind, SamplerOptions, Setup};
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
    /// The final sample, or how it begins; none where the reference fails.
    x: Option<Vec<f32>>,
    #[serde(default)]
    options: Options,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    eta: Option<f32>,
    s_churn: Option<f32>,
    s_tmin: Option<f32>,
    s_tmax: Option<f32>,
    s_noise: Option<f32>,
    discard_penultimate: bool,
}

impl Options {
    fn read(&self) -> SamplerOptions {
        let default = SamplerOptions::default();
        SamplerOptions {
            eta: self.eta,
            s_churn: self.s_churn.unwrap_or(default.s_churn),
            s_tmin: self.s_tmin.unwrap_or(default.s_tmin),
            s_tmax: self.s_tmax.unwrap_or(default.s_tmax),
            s_noise: self.s_noise.unwrap_or(default.s_noise),
            discard_penultimate: self.discard_penultimate,
        }
    }
}

/// How far a final sample may be from the reference, in units of its largest value or 1.
fn tolerance(sampler: &dyn Sampler, case: &Case) -> f32 {
    let start = sampler.evaluations()[0].sigma;
    if case.sampler == SamplerKind::Pndm && !case.schedule.follows_config() && start > 1000.0 {
        // Zero terminal SNR: the mean of noises is taken apart again for a picture that is 1/4096
        // of the sample.
        return 1e-2;
    }
    if sampler.brownian().is_some() {
        // Sigmas are rounded to a millionth for the motion, and some of float32's last bits lie on the other side: the
        // root of a millionth, a thousandth of the noise.
        return 2e-3;
    }
    match case.sampler {
        // How far down a step goes is the root of a difference of nearly equal numbers, of which float32 leaves little.
        SamplerKind::Dpm2Ancestral | SamplerKind::Dpmpp2sAncestral => return 5e-4,
        // scipy integrates in float32.
        SamplerKind::Lms => return 1e-4,
        _ => {}
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
            "{} {:?}, {} steps, {:?}, {json}",
            case.sampler, case.schedule, case.steps, case.options
        );
        let config = config(json);
        let setup = Setup {
            options: case.options.read(),
            ..Setup::new(case.schedule, &config, case.steps)
        };
        let build = || case.sampler.build(&setup);
        let ours = build().and_then(|mut sampler| Ok((run(sampler.as_mut())?, sampler)));
        match (ours, &case.x) {
            (Err(_), None) => {}
            (Err(error), Some(_)) => wrong.push(format!("{what}: {error}")),
            (Ok(_), None) => wrong.push(format!("{what}: no error, unlike the reference")),
            (Ok((sample, sampler)), Some(expected)) => {
                let told: Vec<f32> = sampler.evaluations().iter().map(|e| e.timestep).collect();
                // k-diffusion interpolates timesteps in float32, and roots and logarithms are in it, too.
                let close = match case.sampler {
                    SamplerKind::Dpm2Ancestral | SamplerKind::Dpmpp2sAncestral => 2e-2,
                    // How far it goes is made of a small difference between two answers, of which float32 leaves little.
                    SamplerKind::DpmAdaptive => 0.2,
                    _ => 2e-3,
                };
                if told.len() != case.t.len() || distance(&told, &case.t) > close {
                    wrong.push(format!("{what}: timesteps {told:?}, not {:?}", case.t));
                    continue;
                }
                let size = expected.iter().fold(1.0_f32, |size, x| size.max(x.abs()));
                let off = distance(&sample[..expected.len()], expected) / size;
                if off.is_nan() || off > tolerance(sampler.as_ref(), case) {
                    wrong.push(format!("{what}: off by {off}"));
                }
                compared += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 3000, "only {compared} runs were compared");
}
