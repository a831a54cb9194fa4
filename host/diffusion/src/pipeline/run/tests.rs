use std::sync::LazyLock;

use super::*;
use crate::checkpoint::Family;
use crate::noise::{NoiseKind, Variation, starting_noise};
use crate::pipeline::{Cancel, Guided, LatentHook, StartOptions, TextSettings};
use crate::sampler::{self, SamplerKind, SamplerOptions};
use crate::sigmas::{PredictionType, Schedule, SchedulerClass, SchedulerConfig};

const SHAPE: [usize; 3] = [2, 3, 4];
const LENGTH: usize = 2 * 3 * 4;
const STEPS: usize = 6;

fn generation(sampler: SamplerKind, schedule: Schedule) -> Generation {
    Generation {
        prompt: String::new(),
        negative: String::new(),
        seed: 40,
        steps: STEPS,
        cfg: 1.0,
        cfg_rescale: 0.0,
        sampler,
        schedule,
        width: 32,
        height: 24,
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

fn starts(generation: &Generation) -> Vec<Start> {
    (0..generation.batch)
        .map(|index| {
            let start = Start::new(generation.noise, generation.seed_of(index), LENGTH);
            start.chosen(generation, index, SHAPE, 8)
        })
        .collect()
}

fn start<'a>(generation: &'a Generation, images: &'a [usize], config: &SchedulerConfig) -> Run<'a> {
    static PROJECTION: LazyLock<Projection> = LazyLock::new(|| Projection::of(Family::Sd1));
    let setup = Setup {
        options: generation.options,
        ..Setup::new(generation.schedule, config, generation.steps)
    };
    let starts = starts(generation);
    let look = Look {
        projection: &PROJECTION,
        tiny: None,
    };
    Run::new(generation, images, &starts, SHAPE, &setup, look).expect("a run")
}

/// All pictures together, with a model that looks at each number.
fn draw(
    generation: &Generation,
    hook: Option<&mut dyn LatentHook>,
) -> (Result<Vec<f32>, Error>, usize) {
    draw_with(generation, hook, &Cancel::new(), PredictionType::Epsilon)
}

fn draw_with(
    generation: &Generation,
    hook: Option<&mut dyn LatentHook>,
    cancel: &Cancel,
    prediction: PredictionType,
) -> (Result<Vec<f32>, Error>, usize) {
    let config = SchedulerConfig::stable_diffusion(SchedulerClass::Ddim, prediction);
    let images: Vec<usize> = (0..generation.batch).collect();
    let mut run = start(generation, &images, &config);
    let mut events = |_: Event<'_>| {};
    let mut control = Control::new(cancel, &mut events);
    if let Some(hook) = hook {
        control = control.with_hook(hook);
    }
    let mut progress = Progress { done: 0, total: 0 };
    let mut looks = 0;
    let mut predict = |latents: &[f32], call: Call, counted: usize| {
        assert_eq!(counted, looks);
        looks += 1;
        let answer: Vec<f32> = match prediction {
            PredictionType::Sample => vec![0.25; latents.len()],
            _ => latents
                .iter()
                .map(|x| 0.6 * x.tanh() + call.evaluation.timestep * 1e-4)
                .collect(),
        };
        Ok(answer.into())
    };
    let result = run
        .take(None, &mut control, &mut progress, &mut predict)
        .and_then(|()| run.finish());
    (result, looks)
}

/// Does what it is told at each call, and writes down what it saw.
struct Spy<F> {
    /// How many there are.
    steps: usize,
    wants: fn(Phase, usize) -> bool,
    act: F,
    seen: Vec<Seen>,
}

#[derive(Clone, Debug, PartialEq)]
struct Seen {
    phase: Phase,
    step: usize,
    sigma: f32,
    alpha: f32,
    picture: usize,
    seed: u64,
    latents: Vec<f32>,
    denoised: Option<Vec<f32>>,
}

fn spy<F: FnMut(&Moment<'_>, &mut [f32]) -> Result<(), Halt>>(act: F) -> Spy<F> {
    Spy {
        steps: STEPS,
        wants: |_, _| true,
        act,
        seen: Vec::new(),
    }
}

impl<F: FnMut(&Moment<'_>, &mut [f32]) -> Result<(), Halt>> LatentHook for Spy<F> {
    fn wants(&self, phase: Phase, step: usize, steps: usize) -> bool {
        assert_eq!(steps, self.steps);
        (self.wants)(phase, step)
    }

    fn run(&mut self, moment: &Moment<'_>, latents: &mut [f32]) -> Result<(), Halt> {
        assert_eq!((moment.steps, moment.shape), (self.steps, SHAPE));
        assert_eq!(latents.len(), LENGTH);
        self.seen.push(Seen {
            phase: moment.phase,
            step: moment.step,
            sigma: moment.sigma,
            alpha: moment.alpha,
            picture: moment.picture,
            seed: moment.seed,
            latents: latents.to_vec(),
            denoised: moment.denoised.map(<[f32]>::to_vec),
        });
        (self.act)(moment, latents)
    }
}

/// All but those whose steps are not told before.
fn all() -> impl Iterator<Item = Generation> {
    let known = SamplerKind::ALL.into_iter().filter(|it| !it.is_adaptive());
    known.flat_map(|sampler| {
        [Schedule::Model, Schedule::Trailing, Schedule::Karras]
            .map(|schedule| generation(sampler, schedule))
    })
}

#[test]
fn a_hook_that_only_looks_changes_no_bit() {
    for generation in all() {
        let mut hook = spy(|_, _| Ok(()));
        let plain = draw(&generation, None).0.expect("drawn");
        let watched = draw(&generation, Some(&mut hook)).0.expect("drawn");
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&plain), bits(&watched), "{generation:?}");
        let last = hook.seen.iter().rev().take(3).rev();
        let last: Vec<f32> = last.flat_map(|seen| seen.latents.clone()).collect();
        assert_eq!(last, plain);
    }
}

#[test]
fn every_picture_is_seen_once_in_each_phase_and_step() {
    for generation in all() {
        let mut hook = spy(|_, _| Ok(()));
        draw(&generation, Some(&mut hook)).0.expect("drawn");
        let config =
            SchedulerConfig::stable_diffusion(SchedulerClass::Ddim, PredictionType::Epsilon);
        let sampler = sampler::build(generation.sampler, generation.schedule, &config, STEPS)
            .expect("a sampler");
        assert_eq!(hook.seen.len(), 3 * (STEPS + 1), "{generation:?}");
        for (i, seen) in hook.seen.iter().enumerate() {
            let (step, picture) = (i / 3, i % 3);
            assert_eq!((seen.step, seen.picture), (step, picture));
            assert_eq!(seen.seed, 40 + picture as u64);
            if step == 0 {
                assert_eq!((seen.phase, &seen.denoised), (Phase::Noise, &None));
                assert_eq!(seen.sigma, sampler.evaluations()[0].sigma);
                let mut noise = starting_noise(NoiseKind::Cpu, seen.seed, LENGTH);
                noise
                    .iter_mut()
                    .for_each(|x| *x *= sampler.init_noise_sigma());
                assert_eq!(seen.latents, noise);
            } else {
                assert_eq!(seen.phase, Phase::Step);
                assert_eq!(seen.denoised.as_ref().map(Vec::len), Some(LENGTH));
            }
        }
        let sigmas: Vec<f32> = hook.seen.iter().step_by(3).map(|seen| seen.sigma).collect();
        assert!(
            sigmas.is_sorted_by(|a, b| a > b),
            "{generation:?}: {sigmas:?}"
        );
        assert_eq!(sigmas.last(), Some(&0.0));
        assert_eq!(hook.seen[3 * STEPS].alpha, 1.0);
        let exploding = matches!(
            generation.sampler,
            SamplerKind::Euler
                | SamplerKind::EulerAncestral
                | SamplerKind::Heun
                | SamplerKind::Lms
                | SamplerKind::Dpm2
                | SamplerKind::Dpm2Ancestral
                | SamplerKind::Dpmpp2sAncestral
                | SamplerKind::DpmppSde
                | SamplerKind::DpmFast
                | SamplerKind::Restart
                | SamplerKind::EulerCfgPp
                | SamplerKind::EulerAncestralCfgPp
                | SamplerKind::Ipndm
                | SamplerKind::IpndmV
        );
        for seen in &hook.seen {
            let preserving = 1.0 / (1.0 + seen.sigma * seen.sigma).sqrt();
            let alpha = if exploding { 1.0 } else { preserving };
            assert!((seen.alpha - alpha).abs() < 1e-6, "{seen:?}");
        }
    }
}

#[test]
fn what_is_not_wanted_is_not_called() {
    let generation = generation(SamplerKind::Heun, Schedule::Karras);
    let mut hook = Spy {
        wants: |phase, step| phase == Phase::Step && step.is_multiple_of(3),
        ..spy(|_, _| Ok(()))
    };
    draw(&generation, Some(&mut hook)).0.expect("drawn");
    let seen: Vec<_> = hook
        .seen
        .iter()
        .map(|seen| (seen.step, seen.picture))
        .collect();
    assert_eq!(seen, [(3, 0), (3, 1), (3, 2), (6, 0), (6, 1), (6, 2)]);
}

#[test]
fn a_change_to_one_picture_leaves_the_others_alone() {
    for generation in all() {
        for when in [0, 2, STEPS] {
            let mut hook = spy(|moment: &Moment<'_>, latents: &mut [f32]| {
                if (moment.picture, moment.step) == (1, when) {
                    latents.fill(0.0);
                }
                Ok(())
            });
            let plain = draw(&generation, None).0.expect("drawn");
            let changed = draw(&generation, Some(&mut hook)).0.expect("drawn");
            let name = format!("{}, {}, {when}", generation.sampler, generation.schedule);
            assert_eq!(plain[..LENGTH], changed[..LENGTH], "{name}");
            assert_ne!(
                plain[LENGTH..2 * LENGTH],
                changed[LENGTH..2 * LENGTH],
                "{name}"
            );
            assert_eq!(plain[2 * LENGTH..], changed[2 * LENGTH..], "{name}");
            if when == STEPS {
                assert_eq!(changed[LENGTH..2 * LENGTH], [0.0; LENGTH]);
            }
        }
    }
}

/// With a model that says the same whatever it sees, a change shrinks as the noise does: UniPC's corrector, which
/// begins from before it, may not lose it.
#[test]
fn a_change_is_not_taken_back_by_any_sampler() {
    for kind in [
        SamplerKind::Euler,
        SamplerKind::Heun,
        SamplerKind::Ddim,
        SamplerKind::Dpmpp2m,
        SamplerKind::UniPc,
        SamplerKind::Dpm2,
        SamplerKind::DpmFast,
        SamplerKind::EulerCfgPp,
        SamplerKind::DdimCfgPp,
    ] {
        let generation = generation(kind, Schedule::Karras);
        let after = |amount: f32| {
            let mut hook = spy(|moment: &Moment<'_>, latents: &mut [f32]| {
                if moment.step == 2 {
                    latents.iter_mut().for_each(|x| *x += amount);
                }
                Ok(())
            });
            let cancel = Cancel::new();
            draw_with(
                &generation,
                Some(&mut hook),
                &cancel,
                PredictionType::Sample,
            )
            .0
            .expect("drawn");
            hook.seen
                .into_iter()
                .filter(|seen| seen.picture == 0)
                .collect::<Vec<_>>()
        };
        let (plain, changed) = (after(0.0), after(1.0));
        for step in [3, 4] {
            let noise = |seen: &Seen| seen.sigma * seen.alpha;
            let expected = noise(&plain[step]) / noise(&plain[2]);
            let moved = changed[step].latents[5] - plain[step].latents[5];
            assert!(
                (moved - expected).abs() < 1e-4,
                "{kind}, {step}: {moved} for {expected}"
            );
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the plugin has had enough")]
struct Enough;

#[test]
fn an_error_stops_at_once_and_is_kept() {
    for generation in all() {
        let mut hook = spy(|moment: &Moment<'_>, _: &mut [f32]| {
            if (moment.step, moment.picture) == (2, 1) {
                Err(Enough)?;
            }
            Ok(())
        });
        let (result, looks) = draw(&generation, Some(&mut hook));
        let error = result.expect_err("stopped");
        assert_eq!(
            error.to_string(),
            "picture 1, step 2: the plugin has had enough"
        );
        let Error::Hook {
            picture: 1,
            step: 2,
            source,
        } = error
        else {
            panic!("{error:?}");
        };
        assert!(source.is::<Enough>());
        assert_eq!(
            hook.seen.last().map(|seen| (seen.step, seen.picture)),
            Some((2, 1))
        );
        let config =
            SchedulerConfig::stable_diffusion(SchedulerClass::Ddim, PredictionType::Epsilon);
        let sampler = sampler::build(generation.sampler, generation.schedule, &config, STEPS)
            .expect("a sampler");
        let needed = sampler.evaluations().iter().filter(|e| e.step < 2).count();
        assert_eq!(looks, needed, "{generation:?}");
    }
    let mut hook = spy(|_: &Moment<'_>, _: &mut [f32]| Err(Halt::from("no")));
    let (result, looks) = draw(
        &generation(SamplerKind::Euler, Schedule::Model),
        Some(&mut hook),
    );
    assert_eq!(
        result.expect_err("stopped").to_string(),
        "picture 0, step 0: no"
    );
    assert_eq!(looks, 0);
}

#[test]
fn a_hook_cancels_and_is_cancelled() {
    let generation = generation(SamplerKind::Euler, Schedule::Model);
    let mut hook = spy(|_: &Moment<'_>, _: &mut [f32]| Err(Halt::Cancelled));
    let (result, _) = draw(&generation, Some(&mut hook));
    assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");

    // What it says while it is being stopped is not the reason; and the next picture is not begun.
    for outcome in [true, false] {
        let cancel = Cancel::new();
        let mut hook = spy(|_: &Moment<'_>, _: &mut [f32]| {
            cancel.cancel();
            if outcome { Ok(()) } else { Err(Enough)? }
        });
        let (result, looks) = draw_with(
            &generation,
            Some(&mut hook),
            &cancel,
            PredictionType::Epsilon,
        );
        assert!(matches!(result, Err(Error::Cancelled)), "{result:?}");
        assert_eq!((hook.seen.len(), looks), (1, 0));
    }
}

#[test]
fn latents_that_are_not_finite_are_the_hooks_fault_only_if_it_made_them() {
    let generation = generation(SamplerKind::Euler, Schedule::Model);
    let mut hook = spy(|moment: &Moment<'_>, latents: &mut [f32]| {
        if moment.step == 1 {
            latents[3] = f32::NAN;
        }
        Ok(())
    });
    let (result, _) = draw(&generation, Some(&mut hook));
    let Err(Error::Hook {
        source, step: 1, ..
    }) = result
    else {
        panic!("{result:?}");
    };
    assert!(source.is::<NotFiniteLatents>());

    let images = [0];
    let config = SchedulerConfig::stable_diffusion(SchedulerClass::Euler, PredictionType::Epsilon);
    let mut run = start(&generation, &images, &config);
    let mut hook = spy(|_: &Moment<'_>, _: &mut [f32]| Ok(()));
    let (cancel, mut events) = (Cancel::new(), |_: Event<'_>| {});
    let mut control = Control::new(&cancel, &mut events).with_hook(&mut hook);
    let mut progress = Progress { done: 0, total: 0 };
    let mut nothing = |latents: &[f32], _: Call, _: usize| Ok(vec![f32::NAN; latents.len()].into());
    let result = run
        .take(None, &mut control, &mut progress, &mut nothing)
        .and_then(|()| run.finish());
    assert!(
        matches!(result, Err(Error::NotFinite { part: "unet" })),
        "{result:?}"
    );
    assert_eq!(hook.seen.len(), 1, "it saw the noise only");
}

/// A run that is handed over where it is, to a model that is the same.
#[test]
fn a_refiner_takes_the_steps_below_its_timestep() {
    let config = SchedulerConfig::stable_diffusion(SchedulerClass::Ddim, PredictionType::Epsilon);
    for generation in all() {
        let images = [0];
        let setup = Setup {
            options: generation.options,
            ..Setup::new(generation.schedule, &config, generation.steps)
        };
        let cutoff = Cutoff::new(0.5, &setup);
        let mut run = start(&generation, &images, &config);
        let (cancel, mut steps) = (Cancel::new(), Vec::new());
        let mut events = |event: Event<'_>| {
            if let Event::Step { done, .. } = event {
                steps.push(done);
            }
        };
        let mut control = Control::new(&cancel, &mut events);
        let mut progress = Progress { done: 0, total: 0 };
        let (mut base, mut refiner) = (Vec::new(), Vec::new());
        let look = |seen: &mut Vec<f32>, latents: &[f32], call: Call| {
            seen.push(call.evaluation.timestep);
            Ok(latents
                .iter()
                .map(|x| 0.6 * x.tanh())
                .collect::<Vec<_>>()
                .into())
        };
        run.take(
            Some(&cutoff),
            &mut control,
            &mut progress,
            &mut |x, call, _| look(&mut base, x, call),
        )
        .expect("taken");
        run.hand_over(&setup, &cutoff).expect("handed over");
        run.take(None, &mut control, &mut progress, &mut |x, call, _| {
            look(&mut refiner, x, call)
        })
        .expect("taken");
        assert!(run.finish().is_ok(), "{generation:?}");
        assert!(!base.is_empty() && !refiner.is_empty(), "{generation:?}");
        assert!(refiner.iter().all(|it| *it < 500.0), "{refiner:?}");
        assert!(base[0] >= 500.0, "{base:?}");
        assert_eq!(steps.last(), Some(&generation.steps), "{generation:?}");
    }
}

/// Steps are shares of the way: each is told once at most, and the last in any case.
#[test]
fn adaptive_steps_are_told_as_shares_of_the_way() {
    let config = SchedulerConfig::stable_diffusion(SchedulerClass::Ddim, PredictionType::Epsilon);
    for (schedule, steps) in [
        (Schedule::Model, 3),
        (Schedule::Karras, 6),
        (Schedule::Karras, 1000),
    ] {
        let generation = Generation {
            steps,
            batch: 1,
            ..generation(SamplerKind::DpmAdaptive, schedule)
        };
        let mut told = Vec::new();
        let mut events = |event: Event<'_>| {
            if let Event::Step {
                done,
                total,
                denoised,
            } = event
            {
                assert!(denoised.is_some() && total == steps);
                told.push(done);
            }
        };
        let mut hook = Spy {
            steps,
            ..spy(|_, _| Ok(()))
        };
        let cancel = Cancel::new();
        let mut control = Control::new(&cancel, &mut events).with_hook(&mut hook);
        let mut progress = Progress {
            done: 0,
            total: steps,
        };
        let mut run = start(&generation, &[0], &config);
        let mut looks = 0;
        let mut predict = |latents: &[f32], _: Call, _: usize| {
            looks += 1;
            Ok(latents
                .iter()
                .map(|x| 0.6 * x.tanh())
                .collect::<Vec<_>>()
                .into())
        };
        run.take(None, &mut control, &mut progress, &mut predict)
            .expect("taken");
        assert!(run.finish().is_ok());
        assert!(told.is_sorted_by(|a, b| a < b), "{told:?}");
        assert_eq!(told.last(), Some(&steps));
        assert!(looks > 12 && looks % 3 == 0, "{looks} looks");
        let seen: Vec<usize> = hook.seen.iter().skip(1).map(|seen| seen.step).collect();
        assert_eq!(seen, told);
        assert_eq!(hook.seen.last().map(|seen| seen.sigma), Some(0.0));
    }
}

/// The pictures of a batch and those that each of its seeds gives alone.
fn batch_and_singles(generation: &Generation) -> (Vec<f32>, Vec<f32>) {
    let whole = draw(generation, None).0.expect("drawn");
    let singles = (0..generation.batch).flat_map(|index| {
        let single = generation.part(index, 1);
        draw(&single, None).0.expect("drawn")
    });
    (whole, singles.collect())
}

#[test]
fn a_batch_of_four_is_its_singles() {
    for generation in all() {
        let generation = Generation {
            batch: 4,
            ..generation
        };
        let (whole, singles) = batch_and_singles(&generation);
        let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&whole), bits(&singles), "{generation:?}");
        let pictures: Vec<_> = whole.chunks(LENGTH).collect();
        assert_ne!(pictures[0], pictures[3], "{generation:?}");
    }
}

#[test]
fn what_is_chosen_of_the_noise_is_each_pictures_own() {
    let plain = Generation {
        batch: 4,
        ..generation(SamplerKind::EulerAncestral, Schedule::Karras)
    };
    let changes: [fn(&mut Generation); 5] = [
        |it| {
            it.start.variation = Some(Variation {
                seed: 900,
                strength: 0.3,
            });
        },
        |it| it.start.resize_from = Some([24, 40]),
        |it| it.start.seed_delta = 31_337,
        |it| it.options.eta = Some(0.5),
        |it| it.options.s_noise = 0.9,
    ];
    let before = draw(&plain, None).0.expect("drawn");
    for (which, change) in changes.into_iter().enumerate() {
        let mut changed = plain.clone();
        change(&mut changed);
        let (whole, singles) = batch_and_singles(&changed);
        assert_eq!(whole, singles, "change {which}");
        assert_ne!(whole, before, "change {which}");
    }
    // With a variation all begin from the same seed.
    let mut varied = plain;
    varied.start.variation = Some(Variation {
        seed: 900,
        strength: 0.0,
    });
    assert_eq!((varied.seed_of(3), varied.part(3, 1).seed), (40, 40));
    assert_eq!(varied.variation_of(3).map(|it| it.seed), Some(903));
    let start = |generation: &Generation, index| {
        let start = Start::new(generation.noise, generation.seed_of(index), LENGTH);
        start.chosen(generation, index, SHAPE, 8).noise().to_vec()
    };
    assert_eq!(start(&varied, 0), start(&varied, 3));
}

#[test]
fn guidance_is_where_it_was_asked_for() {
    let guided = |guided: Guided| {
        let generation = Generation {
            guided,
            ..generation(SamplerKind::Euler, Schedule::Karras)
        };
        let sigmas = [14.0, 7.0, 3.0, 1.0, 0.5, 0.1];
        let calls = sigmas.into_iter().enumerate().map(|(step, sigma)| {
            let evaluation = Evaluation {
                timestep: 0.0,
                sigma,
                step,
            };
            generation.guides(step, evaluation)
        });
        calls.map(u8::from).collect::<Vec<_>>()
    };
    let common = Guided::default();
    assert_eq!(guided(common), [1; 6]);
    let after = |after| guided(Guided { after, ..common });
    assert_eq!(after(0.01), [0, 1, 1, 1, 1, 1]);
    assert_eq!(after(0.5), [0, 0, 0, 0, 1, 1]);
    assert_eq!(after(1.0), [0; 6]);
    let before = |before| guided(Guided { before, ..common });
    assert_eq!(before(0.5), [1, 1, 1, 0, 0, 0]);
    assert_eq!(before(0.0), [0; 6]);
    let sparse = Guided {
        every_other_below: 2.0,
        ..common
    };
    assert_eq!(guided(sparse), [1, 1, 1, 0, 1, 0]);
}

/// Euler CFG++ and its like go by what they are told of the model without guidance.
#[test]
fn only_cfg_plus_plus_hears_the_unguided() {
    let config = SchedulerConfig::stable_diffusion(SchedulerClass::Euler, PredictionType::Epsilon);
    for kind in SamplerKind::ALL {
        let ended = |unguided: Option<f32>| {
            let mut sampler =
                sampler::build(kind, Schedule::Karras, &config, 3).expect("a sampler");
            let mut sample = vec![0.5; LENGTH];
            for i in 0..sampler.evaluations().len() {
                if let Some(unguided) = unguided {
                    sampler.unguided(&[unguided; LENGTH]);
                }
                let mut noise = |out: &mut [f32]| out.fill(0.1);
                sampler
                    .step(i, &[0.3; LENGTH], &mut sample, &mut noise)
                    .expect("stepped");
            }
            sample
        };
        let (untold, same, other) = (ended(None), ended(Some(0.3)), ended(Some(0.7)));
        assert_eq!(untold, same, "{kind}");
        assert_eq!(untold != other, kind.uses_unguided(), "{kind}");
    }
}
