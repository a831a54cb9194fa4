use std::time::Duration;

use super::network::{Network, Tensors, floats};
use super::run::{Call, Look, Prediction, Progress, Run};
use super::{
    Cancel, Conditioning, Control, Cutoff, Error, Event, Generation, Pipeline, Refiner, Stage,
    Start, Texts, Timings, check_refiner, guidance,
};
use crate::sampler::{Evaluation, Setup};

impl Pipeline {
    /// From noise to latents, one `[channels, height, width]` for each picture. There is a start for each picture of the
    /// batch, of the size that [`Pipeline::latent_shape`] says. A refiner takes the last steps: all pictures go as far as
    /// this model takes them, then its UNet makes room for that of the refiner.
    ///
    /// # Errors
    /// Starts that do not fit; the sampler's and the model's; [`Error::Hook`] if the hook fails, [`Error::Cancelled`] if it or anyone cancels.
    pub fn denoise(
        &mut self,
        generation: &Generation,
        starts: &[Start],
        texts: &Texts,
        mut refiner: Option<Refiner<'_>>,
        control: &mut Control<'_>,
        timings: &mut Timings,
    ) -> Result<Vec<Vec<f32>>, Error> {
        (control.events)(Event::Stage(Stage::Denoise));
        let shape = self.latent_shape(generation);
        let length = shape.iter().product();
        if starts.len() != generation.batch {
            return Err(Error::Request {
                field: "start",
                found: format!("{} of them", starts.len()),
                expected: format!("{}, one a picture", generation.batch),
            });
        }
        let channels = self.checkpoint.unet.config.in_channels;
        let extra = channels.saturating_sub(shape[0]);
        for start in starts {
            start.check(shape, extra)?;
        }
        if let Some(refiner) = &refiner {
            check_refiner(&self.checkpoint, &refiner.pipeline.checkpoint)?;
        }
        let preferences = self.preferences();
        let together = if preferences.images_together && !generation.sampler.is_adaptive() {
            generation.batch
        } else {
            1
        };
        let scheduler = self.checkpoint.scheduler.clone();
        let setup = Setup {
            config: &scheduler,
            ..generation.setup(&self.checkpoint)
        };
        let projection = self.checkpoint.preview.clone();
        let tiny = self.tiny.clone();
        let look = Look {
            projection: &projection,
            tiny: tiny.as_deref(),
        };
        let indices: Vec<usize> = (0..generation.batch).collect();
        let mut runs = indices
            .chunks(together)
            .map(|images| Run::new(generation, images, starts, shape, &setup, look))
            .collect::<Result<Vec<_>, _>>()?;
        let cutoff = refiner
            .as_ref()
            .map(|refiner| Cutoff::new(refiner.switch_at, &setup));
        let is_refiners = |run: &Run<'_>| {
            let call = run.next_call();
            call.is_some_and(|call| cutoff.is_some_and(|cutoff| cutoff.is_above(call)))
        };
        let mut stint = Stint {
            generation,
            starts,
            texts,
            shape,
            together,
            progress: Progress {
                done: 0,
                total: generation.taken_steps() * generation.batch,
            },
            is_ready: false,
        };
        if !runs.iter().all(is_refiners) {
            if let Some(refiner) = &mut refiner {
                // Two do not fit where one does.
                refiner.pipeline.unet = None;
            }
            stint.take(self, &mut runs, cutoff.as_ref(), control, timings)?;
        }
        if let (Some(refiner), Some(cutoff)) = (refiner, &cutoff)
            && runs.iter().any(is_refiners)
        {
            self.unet = None;
            let scheduler = refiner.pipeline.checkpoint.scheduler.clone();
            let setup = Setup {
                config: &scheduler,
                ..refiner.generation.setup(&refiner.pipeline.checkpoint)
            };
            for run in runs.iter_mut().filter(|run| is_refiners(run)) {
                run.hand_over(&setup, cutoff)?;
            }
            stint.generation = refiner.generation;
            stint.texts = refiner.texts;
            stint.take(refiner.pipeline, &mut runs, None, control, timings)?;
        }
        let mut finished = Vec::with_capacity(generation.batch);
        for run in runs {
            finished.extend(run.finish()?.chunks(length).map(<[f32]>::to_vec));
        }
        Ok(finished)
    }
}

/// The steps that one model takes of all pictures.
struct Stint<'a> {
    generation: &'a Generation,
    starts: &'a [Start],
    texts: &'a Texts,
    shape: [usize; 3],
    /// How many pictures are denoised at once.
    together: usize,
    progress: Progress,
    /// Whether it was said that the steps begin.
    is_ready: bool,
}

impl Stint<'_> {
    fn take(
        &mut self,
        pipeline: &mut Pipeline,
        runs: &mut [Run<'_>],
        until: Option<&Cutoff>,
        control: &mut Control<'_>,
        timings: &mut Timings,
    ) -> Result<(), Error> {
        let texts = self.texts;
        // Guidance as one run of all texts, or a run for each: whichever is faster on the provider. What is not equally
        // long does not fit in one run.
        let halves = match texts.negative {
            Some(_) if pipeline.preferences().guidance_in_one_run && texts.are_even() => {
                1 + texts.positive.len()
            }
            _ => 1,
        };
        let inputs = UNetInputs::new(pipeline, self.generation, texts, self.shape);
        let [_, height, width] = self.shape;
        let unet = pipeline.load_unet(self.together * halves, [height, width], timings)?;
        if !self.is_ready {
            self.is_ready = true;
            let total = self.progress.total;
            (control.events)(Event::Ready { total });
        }
        let start = std::time::Instant::now();
        let mut inside = Duration::ZERO;
        let cancel = control.cancel;
        for run in runs {
            let images = run.images();
            let beside: Vec<&[f32]> = images
                .iter()
                .map(|image| self.starts[*image].extra.as_slice())
                .collect();
            let mut predict = |latents: &[f32], call, counted| {
                let seen = with_channels(latents, &beside);
                let images = images.len();
                inputs.predict(
                    unet,
                    &seen,
                    call,
                    counted,
                    images,
                    halves,
                    cancel,
                    &mut inside,
                )
            };
            run.take(until, control, &mut self.progress, &mut predict)?;
        }
        timings.add("denoise", start.elapsed());
        timings.inside_onnx += inside;
        Ok(())
    }
}

/// Each picture's latents, and behind them the channels that its UNet takes beside them.
fn with_channels<'l>(latents: &'l [f32], beside: &[&[f32]]) -> std::borrow::Cow<'l, [f32]> {
    if beside.iter().all(|channels| channels.is_empty()) {
        return latents.into();
    }
    let length = latents.len() / beside.len();
    let pictures = latents.chunks(length).zip(beside);
    pictures
        .flat_map(|(latents, channels)| latents.iter().chain(*channels))
        .copied()
        .collect::<Vec<f32>>()
        .into()
}

/// What the UNet takes at each step beside latents and time.
struct UNetInputs<'a> {
    texts: &'a Texts,
    shape: [usize; 3],
    scale: f32,
    rescale: f32,
    wants_unguided: bool,
    /// Whether the session takes no other number of rows than it was made for.
    pinned: bool,
    guidance_embedding: Option<Vec<f32>>,
    /// For the prompt and the negative prompt.
    time_ids: Option<[Vec<f32>; 2]>,
}

impl<'a> UNetInputs<'a> {
    fn new(
        pipeline: &Pipeline,
        generation: &Generation,
        texts: &'a Texts,
        shape: [usize; 3],
    ) -> Self {
        let checkpoint = &pipeline.checkpoint;
        let config = &checkpoint.unet.config;
        Self {
            texts,
            shape,
            scale: generation.guidance(),
            rescale: generation.cfg_rescale,
            wants_unguided: generation.sampler.uses_unguided(),
            pinned: pipeline.preferences().fixed_shapes,
            guidance_embedding: config
                .time_cond_proj_dim
                .map(|channels| guidance::embed_scale(generation.cfg, channels)),
            time_ids: checkpoint.is_sdxl().then(|| {
                let (h, w) = (generation.height as f32, generation.width as f32);
                if checkpoint.index.requires_aesthetics_score {
                    // Original size, crop, and the scores that diffusers asks for and keeps away from.
                    [6.0, 2.5].map(|score| vec![h, w, 0.0, 0.0, score])
                } else {
                    let ids = vec![h, w, 0.0, 0.0, h, w];
                    [ids.clone(), ids]
                }
            }),
        }
    }

    /// The prediction, guided. `counted` is how many calls there were before, which decides what the
    /// texts say.
    #[allow(clippy::too_many_arguments)]
    fn predict(
        &self,
        unet: &mut Network,
        latents: &[f32],
        Call { evaluation, guided }: Call,
        counted: usize,
        images: usize,
        halves: usize,
        cancel: &Cancel,
        inside: &mut Duration,
    ) -> Result<Prediction, Error> {
        let mut run = |texts: &[(&Conditioning, usize)]| -> Result<Vec<f32>, Error> {
            let tensors = self.tensors(latents, evaluation, images, texts)?;
            unet.run_for("out_sample", tensors, cancel, inside)
        };
        let positive = self.texts.positive.iter();
        let positive: Vec<_> = positive.map(|it| (it.timeline.at(counted), 0)).collect();
        // Several prompts are joined by what they are away from.
        let is_plain = matches!(self.texts.positive.as_slice(), [one] if one.weight == 1.0);
        let negative = self.texts.negative.as_ref();
        let Some(negative) = negative.filter(|_| guided || !is_plain) else {
            if self.pinned && halves > 1 {
                // A session that was made for all texts takes no single one.
                let all = run(&vec![positive[0]; halves])?;
                return Ok(all[all.len() - all.len() / halves..].to_vec().into());
            }
            return Ok(run(&positive[..1])?.into());
        };
        let negative = (negative.at(counted), 1);
        let (conds, uncond) = if halves > 1 {
            let mut texts = vec![negative];
            texts.extend(positive);
            let all = run(&texts)?;
            let mut rows = all.chunks(all.len() / halves).map(<[f32]>::to_vec);
            let uncond = rows.next().unwrap_or_default();
            (rows.collect(), uncond)
        } else {
            let uncond = run(&[negative])?;
            let conds = positive.into_iter().map(|text| run(&[text]));
            (conds.collect::<Result<Vec<_>, _>>()?, uncond)
        };
        let weights = self.texts.positive.iter().map(|it| it.weight);
        let mut cond = guidance::compose(conds.into_iter().zip(weights), &uncond);
        if guided {
            guidance::guide(&mut cond, &uncond, images, self.scale, self.rescale);
        }
        Ok(Prediction {
            guided: cond,
            unguided: self.wants_unguided.then_some(uncond),
        })
    }

    fn tensors(
        &self,
        latents: &[f32],
        evaluation: Evaluation,
        images: usize,
        texts: &[(&Conditioning, usize)],
    ) -> Result<Tensors, Error> {
        let rows = images * texts.len();
        let [_, height, width] = self.shape;
        let channels = latents.len() / (images * height * width);
        // Each text's row is repeated for every image.
        let repeated = |of: &dyn Fn(usize) -> Vec<f32>| -> Vec<f32> {
            (0..texts.len())
                .flat_map(|i| of(i).repeat(images))
                .collect()
        };
        let mut tensors = Tensors::new();
        let mut put = |name: &str, shape: &[usize], data: Vec<f32>| -> Result<(), Error> {
            tensors.insert(name.to_owned(), floats(shape, data)?);
            Ok(())
        };
        put(
            "sample",
            &[rows, channels, height, width],
            latents.repeat(texts.len()),
        )?;
        put("timestep", &[], vec![evaluation.timestep])?;
        let first = texts[0].0;
        put(
            "encoder_hidden_states",
            &[rows, first.tokens, first.channels],
            repeated(&|i| texts[i].0.hidden.clone()),
        )?;
        if let Some(embedding) = &self.guidance_embedding {
            put(
                "timestep_cond",
                &[rows, embedding.len()],
                embedding.repeat(rows),
            )?;
        }
        if let Some(ids) = &self.time_ids {
            put(
                "time_ids",
                &[rows, ids[0].len()],
                repeated(&|i| ids[texts[i].1].clone()),
            )?;
            let pooled = first.pooled.as_ref().map_or(0, Vec::len);
            put(
                "text_embeds",
                &[rows, pooled],
                repeated(&|i| texts[i].0.pooled.clone().unwrap_or_default()),
            )?;
        }
        Ok(tensors)
    }
}
