//! Hooks in real drawings: what they see and change, and what they may run; axes of plugins.

mod inference;
mod sweep;

use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use aquatint_diffusion::checkpoint::Checkpoint;
use aquatint_diffusion::noise::{NoiseKind, starting_noise};
use aquatint_diffusion::pipeline::{
    Cancel, Control, Drawn, Error, Event, Generation, Guided, Halt, LatentHook, Moment, Phase,
    Pipeline, StartOptions, TextSettings,
};
use aquatint_diffusion::runtime::{ProviderChoice, ProviderKind, Runtime, RuntimeOptions};
use aquatint_diffusion::sampler::{SamplerKind, SamplerOptions};
use aquatint_diffusion::sigmas::Schedule;
use aquatint_tests::checkpoint;

const STEPS: usize = 5;

fn pipeline() -> Pipeline {
    let data_dir = env::var_os("AQUATINT_DATA").map(PathBuf::from);
    let options = RuntimeOptions {
        data_dir: data_dir
            .expect("AQUATINT_DATA names no folder with a runtime: run `cargo xtask test`"),
        provider: ProviderChoice::Named(ProviderKind::Cpu.into()),
        threads: Some(1),
    };
    let runtime = Runtime::start(&options).expect("a runtime");
    let checkpoint = Checkpoint::open(&checkpoint("sd1")).expect("a checkpoint");
    Pipeline::new(Arc::new(runtime), checkpoint)
}

fn generation(sampler: SamplerKind, schedule: Schedule) -> Generation {
    Generation {
        prompt: "a red apple".to_owned(),
        negative: "blurry".to_owned(),
        seed: 42,
        steps: STEPS,
        cfg: 5.0,
        cfg_rescale: 0.0,
        sampler,
        schedule,
        width: 64,
        height: 48,
        batch: 3,
        noise: NoiseKind::Cpu,
        strength: None,
        tiled: false,
        tiny: false,
        start: StartOptions::default(),
        options: SamplerOptions::default(),
        guided: Guided::default(),
        text: TextSettings::default(),
    }
}

/// Draws, and counts the steps that were told.
fn draw(
    pipeline: &mut Pipeline,
    generation: &Generation,
    hook: Option<&mut dyn LatentHook>,
) -> (Result<Vec<Drawn>, Error>, usize) {
    let cancel = Cancel::new();
    let mut steps = 0;
    let mut events = |event: Event<'_>| steps += usize::from(matches!(event, Event::Step { .. }));
    let mut control = Control::new(&cancel, &mut events);
    if let Some(hook) = hook {
        control = control.with_hook(hook);
    }
    let result = pipeline.draw(generation, &mut control);
    (result.map(|(drawn, _)| drawn), steps)
}

/// Calls a function in every phase and at every step, and counts.
struct Each<F> {
    calls: usize,
    act: F,
}

impl<F: FnMut(&Moment<'_>, &mut [f32]) -> Result<(), Halt>> LatentHook for Each<F> {
    fn wants(&self, _: Phase, _: usize, _: usize) -> bool {
        true
    }

    fn run(&mut self, moment: &Moment<'_>, latents: &mut [f32]) -> Result<(), Halt> {
        self.calls += 1;
        (self.act)(moment, latents)
    }
}

fn each<F: FnMut(&Moment<'_>, &mut [f32]) -> Result<(), Halt>>(act: F) -> Each<F> {
    Each { calls: 0, act }
}

#[test]
fn a_hook_that_only_looks_changes_no_picture() {
    let mut pipeline = pipeline();
    for sampler in SamplerKind::ALL {
        for schedule in [Schedule::Model, Schedule::Karras] {
            let generation = generation(sampler, schedule);
            let mut hook = each(|moment, latents| {
                assert_eq!(moment.shape[1..], [6, 8]);
                assert_eq!(latents.len(), moment.shape.iter().product::<usize>());
                assert_eq!(moment.denoised.is_some(), moment.phase == Phase::Step);
                Ok(())
            });
            let (plain, told) = draw(&mut pipeline, &generation, None);
            let (watched, told_too) = draw(&mut pipeline, &generation, Some(&mut hook));
            assert_eq!(
                plain.expect("drawn"),
                watched.expect("drawn"),
                "{sampler}, {schedule}"
            );
            assert_eq!(
                (told, told_too, hook.calls),
                (3 * STEPS, 3 * STEPS, 3 * (STEPS + 1))
            );
        }
    }
}

#[test]
fn noise_that_is_taken_away_from_one_picture_is_there_in_the_others() {
    let mut pipeline = pipeline();
    for sampler in SamplerKind::ALL {
        let generation = generation(sampler, Schedule::Model);
        let mut hook = each(|moment: &Moment<'_>, latents: &mut [f32]| {
            if (moment.phase, moment.picture) == (Phase::Noise, 1) {
                latents.fill(0.0);
            }
            Ok(())
        });
        let plain = draw(&mut pipeline, &generation, None).0.expect("drawn");
        let changed = draw(&mut pipeline, &generation, Some(&mut hook))
            .0
            .expect("drawn");
        assert_eq!(plain[0], changed[0], "{sampler}");
        assert_ne!(plain[1].pixels, changed[1].pixels, "{sampler}");
        assert_eq!(plain[2], changed[2], "{sampler}");
    }
}

/// The noise of another seed, put in place of one's own, draws the other seed's picture.
#[test]
fn starting_noise_is_what_a_seed_draws_from() {
    let mut pipeline = pipeline();
    let generation = Generation {
        batch: 1,
        ..generation(SamplerKind::Ddim, Schedule::Model)
    };
    let mut hook = each(|moment: &Moment<'_>, latents: &mut [f32]| {
        if moment.phase == Phase::Noise {
            // DDIM starts from unit noise.
            latents.copy_from_slice(&starting_noise(NoiseKind::Cpu, 7, latents.len()));
        }
        Ok(())
    });
    let replaced = draw(&mut pipeline, &generation, Some(&mut hook))
        .0
        .expect("drawn");
    let other = Generation {
        seed: 7,
        ..generation
    };
    let other = draw(&mut pipeline, &other, None).0.expect("drawn");
    assert_eq!(replaced[0].pixels, other[0].pixels);
}

#[test]
fn an_error_ends_the_drawing_and_the_pipeline_draws_on() {
    let mut pipeline = pipeline();
    let generation = generation(SamplerKind::Heun, Schedule::Karras);
    let mut hook = each(|moment: &Moment<'_>, _: &mut [f32]| match moment.step {
        2 => Err(Halt::from("no more")),
        _ => Ok(()),
    });
    let (result, told) = draw(&mut pipeline, &generation, Some(&mut hook));
    let error = result.expect_err("ended");
    assert_eq!(error.to_string(), "picture 0, step 2: no more");
    assert!(matches!(
        error,
        Error::Hook {
            picture: 0,
            step: 2,
            ..
        }
    ));
    // The noise, and two steps, the second of which is not told as done.
    assert_eq!((hook.calls, told), (3, 1));
    let mut hook = each(|_: &Moment<'_>, _: &mut [f32]| Err(Halt::Cancelled));
    let (result, told) = draw(&mut pipeline, &generation, Some(&mut hook));
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
    assert_eq!((hook.calls, told), (1, 0));
    assert_eq!(
        draw(&mut pipeline, &generation, None)
            .0
            .expect("drawn")
            .len(),
        3
    );
}
