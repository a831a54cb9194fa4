use std::collections::BTreeMap;
use std::sync::Arc;

use aquatint_diffusion::pipeline::{self, Cancel, Halt, LatentHook};
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::plugin::{self, Kept};
use aquatint_sandbox::services::Services;
use aquatint_sandbox::settings::Value;
use aquatint_sandbox::tensor::Tensor;

use super::{Chosen, Note};
use crate::session::with_seed;

/// The plugins that see latents, behind the pipeline's hook point.
pub(crate) struct Denoisers<'a> {
    pub(crate) chosen: &'a [Chosen],
    pub(crate) request: Vec<(String, Value)>,
    pub(crate) services: Arc<dyn Services>,
    pub(crate) cancel: &'a Cancel,
    pub(crate) notes: &'a mut dyn FnMut(Note<'_>),
    /// Which picture of the user's batch the drawing's first one is.
    pub(crate) first: u32,
    /// What each plugin keeps for each picture.
    pub(crate) kept: BTreeMap<(usize, usize), Kept>,
    /// Why a plugin does no more for a picture.
    pub(crate) skipped: BTreeMap<(usize, usize), String>,
}

impl Denoisers<'_> {
    /// Whether there is any.
    pub(crate) fn any(chosen: &[Chosen]) -> bool {
        chosen.iter().any(|it| it.has(Hook::Denoise))
    }
}

fn wants(chosen: &Chosen, phase: pipeline::Phase, step: usize, steps: usize) -> bool {
    if !chosen.has(Hook::Denoise) {
        return false;
    }
    let when = chosen.plugin().manifest().denoise();
    match phase {
        pipeline::Phase::Noise => when.sees_noise(),
        pipeline::Phase::Step => when.sees_step(step as u32, steps as u32),
    }
}

impl LatentHook for Denoisers<'_> {
    fn wants(&self, phase: pipeline::Phase, step: usize, steps: usize) -> bool {
        self.chosen
            .iter()
            .any(|chosen| wants(chosen, phase, step, steps))
    }

    fn run(&mut self, moment: &pipeline::Moment<'_>, latents: &mut [f32]) -> Result<(), Halt> {
        let shape: Vec<u32> = moment.shape.iter().map(|side| *side as u32).collect();
        let tensor = |numbers: &[f32]| Tensor::from_numbers(shape.clone(), numbers.to_vec());
        let mut current = tensor(latents)?;
        for (index, chosen) in self.chosen.iter().enumerate() {
            let place = (moment.picture, index);
            if !wants(chosen, moment.phase, moment.step, moment.steps)
                || self.skipped.contains_key(&place)
            {
                continue;
            }
            let job = chosen.job(
                moment.seed,
                self.first + moment.picture as u32,
                with_seed(&self.request, moment.seed, moment.picture),
                self.services.clone(),
                self.cancel,
            );
            let seen = plugin::Moment {
                phase: match moment.phase {
                    pipeline::Phase::Noise => plugin::Phase::Noise,
                    pipeline::Phase::Step => plugin::Phase::Step,
                },
                step: moment.step as u32,
                steps: moment.steps as u32,
                sigma: moment.sigma,
                predicted: moment.denoised.map(tensor).transpose()?,
                kept: self.kept.entry(place).or_default().clone(),
            };
            let result = chosen.plugin().denoise(&job, &seen, &current);
            match chosen.outcome(Hook::Denoise, result, self.notes) {
                Ok(Ok(changed)) if changed.shape() == current.shape() => current = changed,
                Ok(Ok(_)) => {}
                Ok(Err(why)) => drop(self.skipped.insert(place, why)),
                Err(error) if error.is_cancelled() => return Err(Halt::Cancelled),
                Err(error) => return Err(error.into()),
            }
        }
        latents.copy_from_slice(current.numbers());
        Ok(())
    }
}
