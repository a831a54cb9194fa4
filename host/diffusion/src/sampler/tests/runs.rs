//! What every run must be like, whatever the reference.

use serde_json::json;

use super::{SIZE, config, run, run_from, run_plainly, stable_diffusion, toy_model};
use crate::noise::{NoiseGenerator, NoiseKind};
use crate::sampler::{SamplerError, SamplerKind, build};
use crate::sigmas::{PredictionType, Schedule, SchedulerClass, SchedulerConfig};

#[test]
fn evaluations_tell_the_users_step() {
    let steps_of = |kind, schedule, config: &SchedulerConfig, steps| -> Vec<usize> {
        let sampler = build(kind, schedule, config, steps).unwrap();
        sampler.evaluations().iter().map(|e| e.step).collect()
    };
    let sd = stable_diffusion();
    for schedule in [Schedule::Model, Schedule::Karras] {
        assert_eq!(steps_of(SamplerKind::Euler, schedule, &sd, 3), [0, 1, 2]);
        assert_eq!(
            steps_of(SamplerKind::Heun, schedule, &sd, 3),
            [0, 0, 1, 1, 2]
        );
        assert_eq!(steps_of(SamplerKind::Heun, schedule, &sd, 1), [0]);
        assert_eq!(steps_of(SamplerKind::Pndm, schedule, &sd, 3), [0, 0, 1, 2]);
        assert_eq!(steps_of(SamplerKind::Pndm, schedule, &sd, 1), [0]);
    }
    let runge_kutta = config(&json!({"beta_schedule": "scaled_linear"}));
    assert_eq!(
        steps_of(SamplerKind::Pndm, Schedule::Model, &runge_kutta, 5),
        [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4]
    );
    assert!(matches!(
        build(SamplerKind::Pndm, Schedule::Model, &runge_kutta, 3),
        Err(SamplerError::TooFewSteps { least: 4, .. })
    ));
}

#[test]
fn every_sampler_runs_on_every_schedule() {
    for kind in SamplerKind::ALL {
        for schedule in Schedule::ALL {
            let mut sampler = build(kind, schedule, &stable_diffusion(), 6).unwrap();
            assert!(sampler.denoised().is_none());
            let levels: Vec<f32> = sampler.evaluations().iter().map(|e| e.sigma).collect();
            assert!(
                // A look ahead may be where the next step begins, but for rounding.
                levels.is_sorted_by(|a, b| *a >= b * 0.999_99),
                "{kind} {schedule}: {levels:?}"
            );
            let sample = run(sampler.as_mut()).unwrap();
            assert!(sample.iter().all(|x| x.is_finite()), "{kind} {schedule}");
            assert_eq!(sampler.denoised().unwrap().len(), SIZE);
        }
    }
}

#[test]
fn impossible_numbers_of_steps_are_errors() {
    let sd = stable_diffusion();
    for kind in SamplerKind::ALL {
        for schedule in [Schedule::Model, Schedule::Karras] {
            let none = build(kind, schedule, &sd, 0);
            assert!(matches!(none, Err(SamplerError::NoSteps)), "{kind}");
            let many = build(kind, schedule, &sd, 1001);
            assert!(
                matches!(many, Err(SamplerError::TooManySteps { .. })),
                "{kind}"
            );
        }
    }
    // LCM has no more steps than it was distilled on.
    assert!(build(SamplerKind::Lcm, Schedule::Model, &sd, 50).is_ok());
    assert!(matches!(
        build(SamplerKind::Lcm, Schedule::Model, &sd, 51),
        Err(SamplerError::TooManySteps { most: 50, .. })
    ));
}

#[test]
fn any_number_of_steps_runs_or_is_refused() {
    let configs = [
        json!({}),
        json!({"beta_schedule": "scaled_linear", "steps_offset": 1, "skip_prk_steps": true}),
        json!({"beta_schedule": "squaredcos_cap_v2", "use_karras_sigmas": true}),
        json!({"solver_order": 3, "lower_order_final": false, "final_sigmas_type": "sigma_min"}),
        json!({"num_train_timesteps": 3, "steps_offset": 2}),
        json!({"num_train_timesteps": 1, "use_beta_sigmas": true}),
        json!({"lambda_min_clipped": 100.0}),
        json!({"num_train_timesteps": 2, "trained_betas": [0.0, 1.0]}),
    ];
    let steps = [1, 2, 3, 5, 16, 61, 501, 1000];
    for json in &configs {
        for kind in SamplerKind::ALL {
            for schedule in Schedule::ALL {
                for steps in steps {
                    if let Ok(mut sampler) = build(kind, schedule, &config(json), steps) {
                        // Some have no finite answer; none may panic.
                        let _ = run_plainly(sampler.as_mut());
                    }
                }
            }
        }
    }
}

#[test]
fn trailing_never_makes_a_step_too_many() {
    // numpy.arange makes 62 of these.
    let sampler = build(
        SamplerKind::Euler,
        Schedule::Trailing,
        &stable_diffusion(),
        61,
    )
    .unwrap();
    assert_eq!(sampler.evaluations().len(), 61);
    assert!(sampler.evaluations().iter().all(|e| e.timestep >= 0.0));
}

#[test]
fn a_run_may_begin_where_a_step_does() {
    for kind in SamplerKind::ALL {
        for schedule in [Schedule::Model, Schedule::Karras] {
            let whole = build(kind, schedule, &stable_diffusion(), 8).unwrap();
            let first = whole
                .evaluations()
                .iter()
                .position(|e| e.step == 4)
                .unwrap();
            // Heun's second look of step 3 is where step 4 begins.
            let mut sampler = build(kind, schedule, &stable_diffusion(), 8).unwrap();
            let point = sampler.path().point(first).unwrap();
            let mut generator = NoiseGenerator::new(NoiseKind::Cpu, 1);
            let mut sample = vec![0.0; SIZE];
            generator.fill(&mut sample);
            for x in &mut sample {
                *x = (0.5 * point.alpha + f64::from(*x) * point.sigma) as f32;
            }
            run_from(first, sampler.as_mut(), &mut sample, &mut generator).unwrap();
            assert!(sample.iter().all(|x| x.is_finite()), "{kind} {schedule}");
        }
    }
}

#[test]
fn points_are_what_samples_are_made_of() {
    let sd = stable_diffusion();
    let euler = build(SamplerKind::Euler, Schedule::Karras, &sd, 5).unwrap();
    let dpm = build(SamplerKind::Dpmpp2m, Schedule::Karras, &sd, 5).unwrap();
    for i in 0..5 {
        let (big, small) = (euler.path().point(i).unwrap(), dpm.path().point(i).unwrap());
        assert_eq!(big.alpha, 1.0);
        assert!((small.radius() - 1.0).abs() < 1e-12);
        assert!((big.level() - small.level()).abs() < 1e-9 * big.level());
        // The same sample, to the model.
        let mut x = [big.radius() as f32];
        euler.scale_input(i, &mut x);
        assert!((x[0] - 1.0).abs() < 1e-6);
        let mut x = [1.0];
        dpm.scale_input(i, &mut x);
        assert_eq!(x, [1.0]);
    }
    assert!(euler.path().point(5).is_none());
    assert!((euler.init_noise_sigma() - 14.614_647).abs() < 1e-5);
    assert!((dpm.init_noise_sigma() - 0.997_667).abs() < 1e-5);
    // `leading` begins below the top, as if there were a picture already.
    let leading = build(SamplerKind::Euler, Schedule::Leading, &sd, 5).unwrap();
    let sigma = leading.evaluations()[0].sigma;
    assert!((leading.init_noise_sigma() - (sigma * sigma + 1.0).sqrt()).abs() < 1e-5);
}

#[test]
fn a_perfect_model_is_believed_at_once() {
    let mut sd = stable_diffusion();
    sd.prediction_type = Some(PredictionType::Sample);
    for kind in [
        SamplerKind::Euler,
        SamplerKind::Heun,
        SamplerKind::Ddim,
        SamplerKind::Dpmpp2m,
    ] {
        let mut sampler = build(kind, Schedule::Karras, &sd, 4).unwrap();
        let mut sample = vec![3.0; SIZE];
        for i in 0..sampler.evaluations().len() {
            sampler
                .step(i, &[0.25; SIZE], &mut sample, &mut |_: &mut [f32]| {})
                .unwrap();
        }
        assert_eq!(sampler.denoised().unwrap(), [0.25; SIZE]);
        assert!(
            sample.iter().all(|x| (x - 0.25).abs() < 1e-6),
            "{kind}: {sample:?}"
        );
    }
}

#[test]
fn steps_that_do_not_fit_are_errors() {
    let sd = stable_diffusion();
    let mut no_noise = |_: &mut [f32]| {};
    for kind in SamplerKind::ALL {
        let mut sampler = build(kind, Schedule::Karras, &sd, 4).unwrap();
        let count = sampler.evaluations().len();
        let beyond = sampler.step(count, &[0.0; 4], &mut [0.0; 4], &mut no_noise);
        assert!(
            matches!(beyond, Err(SamplerError::NoEvaluation { .. })),
            "{kind}"
        );
        let short = sampler.step(0, &[0.0; 3], &mut [0.0; 4], &mut no_noise);
        assert!(
            matches!(
                short,
                Err(SamplerError::Length {
                    output: 3,
                    sample: 4
                })
            ),
            "{kind}"
        );
    }
    for kind in [SamplerKind::Heun, SamplerKind::Pndm] {
        let mut sampler = build(kind, Schedule::Model, &sd, 4).unwrap();
        let early = sampler.step(1, &[0.0; 4], &mut [0.0; 4], &mut no_noise);
        assert!(
            matches!(early, Err(SamplerError::OutOfOrder { index: 1 })),
            "{kind}"
        );
    }
}

#[test]
fn noise_cannot_be_told_from_noise() {
    let mut zero_snr =
        SchedulerConfig::stable_diffusion(SchedulerClass::Ddim, PredictionType::Epsilon);
    zero_snr.rescale_betas_zero_snr = Some(true);
    let mut sampler = build(SamplerKind::Ddim, Schedule::Trailing, &zero_snr, 4).unwrap();
    assert_eq!(sampler.evaluations()[0].sigma, f32::INFINITY);
    let error = run(sampler.as_mut()).unwrap_err();
    assert!(error.to_string().contains("timestep 999"), "{error}");

    zero_snr.prediction_type = Some(PredictionType::Velocity);
    let mut sampler = build(SamplerKind::Ddim, Schedule::Trailing, &zero_snr, 4).unwrap();
    assert!(run(sampler.as_mut()).is_ok());
}

#[test]
fn samplers_of_a_length_can_take_another_picture() {
    // A state left over from a picture of another size is not mixed in.
    for kind in SamplerKind::ALL {
        let mut sampler = build(kind, Schedule::Karras, &stable_diffusion(), 4).unwrap();
        for size in [8, 12] {
            let mut sample = vec![1.0; size];
            let output = toy_model(&sample, 999.0);
            sampler
                .step(0, &output, &mut sample, &mut |out: &mut [f32]| {
                    out.fill(0.1)
                })
                .unwrap();
        }
    }
}

/// Steps along with a model that knows the noise exactly, and looks at what noise is in the sample then.
#[test]
fn sigma_after_is_the_noise_that_the_sample_has() {
    const COUNT: usize = 8192;
    const PICTURE: f32 = 0.7;
    let sd = stable_diffusion();
    for kind in SamplerKind::ALL {
        for schedule in Schedule::ALL {
            // With these the model is asked about other places than those where strides end.
            let strided = matches!(
                kind,
                SamplerKind::Ddim | SamplerKind::DdimCfgPp | SamplerKind::Pndm
            );
            // Its factors are not 1 in all: it moves noise on by more or less than it should.
            if kind == SamplerKind::IpndmV {
                continue;
            }
            if strided && matches!(schedule, Schedule::Linspace | Schedule::Trailing) {
                continue;
            }
            let mut sampler = build(kind, schedule, &sd, 6).unwrap();
            let mut generator = NoiseGenerator::new(NoiseKind::Cpu, 7);
            let mut sample = vec![0.0; COUNT];
            generator.fill(&mut sample);
            let point = sampler.path().point(0).unwrap();
            for x in &mut sample {
                *x = (f64::from(PICTURE) * point.alpha + f64::from(*x) * point.sigma) as f32;
            }
            for i in 0.. {
                let Some(evaluation) = sampler.evaluations().get(i).copied() else {
                    break;
                };
                let point = sampler.path().point(i).unwrap();
                let output: Vec<f32> = sample
                    .iter()
                    .map(|x| (x - point.alpha as f32 * PICTURE) / point.sigma as f32)
                    .collect();
                sampler
                    .step(i, &output, &mut sample, &mut |out: &mut [f32]| {
                        generator.fill(out)
                    })
                    .unwrap();
                let next = sampler.evaluations().get(i + 1);
                if next.is_some_and(|next| next.step == evaluation.step) {
                    continue;
                }
                let sigma = sampler.sigma_after(i);
                if next.is_none() {
                    assert_eq!(sigma, 0.0);
                    continue;
                }
                let alpha = sampler.path().alpha(sigma);
                let noise = |x: &f32| f64::from((x / alpha - PICTURE) / sigma);
                let mean = sample.iter().map(noise).sum::<f64>() / COUNT as f64;
                let square = sample.iter().map(|x| noise(x).powi(2)).sum::<f64>() / COUNT as f64;
                let name = format!("{kind}, {schedule}, after {}", evaluation.step);
                assert!(mean.abs() < 0.05, "{name}: {mean}");
                assert!((square.sqrt() - 1.0).abs() < 0.05, "{name}: {square}");
            }
            assert_eq!(sampler.sigma_after(usize::MAX), 0.0);
        }
    }
}

#[test]
fn sigma_after_a_stride_is_where_the_stride_ends() {
    let sd = stable_diffusion();
    let settings = crate::sigmas::Settings::of_model(&sd, SchedulerClass::Ddim).unwrap();
    for kind in [SamplerKind::Ddim, SamplerKind::Pndm] {
        for schedule in [Schedule::Leading, Schedule::Linspace, Schedule::Trailing] {
            let sampler = build(kind, schedule, &sd, 8).unwrap();
            let evaluations = sampler.evaluations();
            for (i, evaluation) in evaluations.iter().enumerate().skip(2) {
                if i + 1 == evaluations.len() {
                    break;
                }
                // 1000 / 8 timesteps further down, whatever comes next.
                let share = settings.alphas_cumprod[evaluation.timestep as usize - 125];
                let sigma = ((1.0 - share) / share).sqrt();
                let found = sampler.sigma_after(i);
                assert!(
                    (found - sigma).abs() < 1e-4 * sigma,
                    "{kind}, {schedule}, {i}: {found} for {sigma}"
                );
            }
        }
    }
}
