//! The drawings that a picture goes through: one, or one and another over it.

use aquatint_diffusion::checkpoint::Checkpoint;
use aquatint_diffusion::pipeline::{Generation, StepRule, Strength, check_refiner};

use crate::draw::{is_tiled, resolve};
use crate::origin::{Asked, Origin, resize_of};
use crate::{DrawError, Hires, Inputs, InvalidRequest, Request, Upscaler};

/// The longest side that is drawn.
const LONGEST_SIDE: u32 = 8192;

/// One drawing of a picture.
pub(crate) struct Pass {
    pub(crate) generation: Generation,
    pub(super) from: From,
    /// What a refiner is asked, where one takes the last steps.
    pub(super) refining: Option<Generation>,
}

/// What a drawing begins from.
pub(super) enum From {
    Noise,
    Picture(Box<Origin>),
    /// The one before, made larger.
    Before(Upscaler),
}

/// The drawings that a request asks for.
pub(crate) struct Plan {
    /// At least one.
    pub(crate) passes: Vec<Pass>,
    /// The request as recipes have it: with what its pictures decide put in.
    pub(crate) request: Request,
}

impl Plan {
    /// # Errors
    /// For what no model, or not this one, can do, and for pictures that are not here.
    pub(crate) fn new(
        request: &Request,
        checkpoint: &Checkpoint,
        refiner: Option<&Checkpoint>,
        inputs: &Inputs,
        seed: u64,
    ) -> Result<Self, DrawError> {
        request.validate()?;
        let mut request = request.clone();
        let mut from = From::Noise;
        if let Some(init) = &mut request.init {
            let asked = Asked {
                width: request.width,
                height: request.height,
                step: u32::try_from(checkpoint.factor()).unwrap_or(8),
                most: LONGEST_SIDE,
            };
            init.resize = Some(resize_of(init, asked));
            let origin = Origin::open(init, inputs, asked)?;
            request.width = Some(origin.size().width);
            request.height = Some(origin.size().height);
            from = From::Picture(Box::new(origin));
        }
        let generation = resolve(&request, checkpoint, seed)?;
        if let (Some(init), Some(strength)) = (&mut request.init, generation.strength) {
            init.steps = Some(strength.rule);
        }
        let mut passes = vec![Pass {
            generation,
            from,
            refining: None,
        }];
        if let Some(hires) = &request.hires {
            if request
                .init
                .as_ref()
                .is_some_and(|init| init.mask().is_some())
            {
                return Err(InvalidRequest::Missing {
                    field: "hires",
                    expected: "no mask beside it",
                }
                .into());
            }
            passes.push(larger(&request, hires, checkpoint, &passes[0].generation)?);
        }
        // As in A1111, which asks its refiner for the second drawing alone unless it is set otherwise.
        if let (Some(refiner), Some(last)) = (refiner, passes.last_mut()) {
            check_refiner(checkpoint, refiner)?;
            last.generation.check(refiner)?;
            last.refining = Some(last.generation.clone());
        }
        Ok(Self { passes, request })
    }

    /// The first drawing.
    pub(crate) fn first(&self) -> &Generation {
        &self.passes[0].generation
    }
}

/// The second drawing.
fn larger(
    request: &Request,
    hires: &Hires,
    checkpoint: &Checkpoint,
    first: &Generation,
) -> Result<Pass, DrawError> {
    let (width, height) = hires.size(first.width, first.height);
    let names_sampler = hires.sampler.is_some();
    let second = Request {
        prompt: hires
            .prompt
            .clone()
            .unwrap_or_else(|| request.prompt.clone()),
        negative: hires
            .negative
            .clone()
            .unwrap_or_else(|| request.negative.clone()),
        sampler: hires
            .sampler
            .clone()
            .or_else(|| Some(first.sampler.id().to_owned())),
        schedule: match &hires.schedule {
            Some(schedule) => Some(schedule.clone()),
            None if names_sampler => None,
            None => Some(first.schedule.id().to_owned()),
        },
        steps: hires.steps.or_else(|| u32::try_from(first.steps).ok()),
        cfg: hires.cfg.or(Some(first.cfg)),
        width: u32::try_from(width).ok(),
        height: u32::try_from(height).ok(),
        init: None,
        hires: None,
        ..request.clone()
    };
    let generation = resolve(&second, checkpoint, first.seed)?;
    Ok(Pass {
        generation: Generation {
            strength: Some(Strength {
                amount: hires.strength,
                rule: hires.steps_rule.unwrap_or(StepRule::Exact),
            }),
            tiled: is_tiled(request, width, height),
            ..generation
        },
        from: From::Before(hires.upscaler),
        refining: None,
    })
}
