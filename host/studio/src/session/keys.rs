//! Which stages a request goes through, by their keys.

use std::path::Path;
use std::time::UNIX_EPOCH;

use aquatint_diffusion::checkpoint::PartFingerprint;
use aquatint_diffusion::pipeline::{Generation, Opposite, Pipeline, TextSettings, Wording};
use aquatint_diffusion::prompt::embeddings::may_mention;
use aquatint_diffusion::prompt::schedule::Schedule;
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::pixels::Size;
use aquatint_sandbox::settings::{Value, Values};

use super::passes::{From, Pass};
use crate::Model;
use crate::plugins::Chosen;
use crate::stages::{Key, KeyMaker, Stage};

/// Raised when a stage gives other results for the same input, other than by what computes.
const VERSION: u64 = 3;

/// What the keys of a model's stages are made with.
pub(super) struct Keys<'a> {
    parts: &'a [PartFingerprint],
    /// What is in the place of the model's own VAE.
    vae: Option<&'a PartFingerprint>,
    tiny: Option<&'a PartFingerprint>,
    pipeline: &'a Pipeline,
    computes: String,
}

/// A refiner that takes part in a drawing.
pub(super) struct Refining<'a> {
    pub(super) keys: Keys<'a>,
    pub(super) generation: &'a Generation,
    pub(super) wording: &'a Wording,
    pub(super) switch_at: f32,
}

impl Refining<'_> {
    /// A drawing's key with what its refiner adds. Where guidance differs, its strength is in the key in any case.
    fn keyed(&self, maker: KeyMaker) -> KeyMaker {
        let keys = &self.keys;
        let maker = maker.number("refiner", self.switch_at);
        let maker = keys.part(maker, keys.pipeline.checkpoint().unet.name);
        let maker = keys.part(maker, "scheduler");
        let maker = keys.wording(maker, &self.generation.text, self.wording);
        maker
            .number("cfg", self.generation.cfg)
            .number("cfg_rescale", self.generation.cfg_rescale)
            .number("cfg_start", self.generation.guided.after)
            .number("cfg_end", self.generation.guided.before)
            .number("s_min_uncond", self.generation.guided.every_other_below)
    }
}

/// What a plugin is told about the picture that it works on.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    /// The request.
    pub(super) params: &'a [(String, Value)],
    /// The picture's seed.
    pub(super) seed: u64,
    /// Which picture of how many.
    pub(super) index: u32,
    /// The models that there are.
    pub(super) models: &'a [String],
}

impl<'a> Keys<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        let runtime = model.pipeline.runtime();
        let program = std::env::current_exe().ok();
        let computes = [
            program.as_deref().map(identity).unwrap_or_default(),
            identity(runtime.library()),
            runtime.version().to_owned(),
            runtime.provider().to_string(),
            runtime.threads().to_string(),
        ];
        Self {
            parts: &model.parts,
            vae: model.vae.as_ref().map(|vae| &vae.part),
            tiny: model.tiny.as_ref(),
            pipeline: &model.pipeline,
            computes: computes.join("\n"),
        }
    }

    /// One text, as settings have it encoded.
    pub(super) fn text(&self, settings: &TextSettings, text: &str) -> Option<Key> {
        let maker = self.computed(Stage::Text);
        let encoders = self
            .pipeline
            .checkpoint()
            .text
            .iter()
            .fold(maker, |maker, part| self.part(maker, part.encoder.name));
        let mut maker = encoders
            .text("text", text)
            .int("clip_skip", settings.clip_skip as u64)
            .text("emphasis", settings.emphasis.id());
        for embedding in &settings.embeddings {
            if may_mention(text, &embedding.name) {
                maker = maker
                    .text("embedding", &embedding.name)
                    .text("sha256", &embedding.sha256);
            }
        }
        maker.finish()
    }

    /// Texts, and how long each lasts.
    fn schedule(
        &self,
        mut maker: KeyMaker,
        settings: &TextSettings,
        schedule: &Schedule,
    ) -> KeyMaker {
        for entry in schedule.entries() {
            maker = maker
                .int("until", entry.until as u64)
                .key("text", self.text(settings, &entry.text));
        }
        maker
    }

    /// What is said, and what it is held against.
    fn wording(&self, mut maker: KeyMaker, settings: &TextSettings, wording: &Wording) -> KeyMaker {
        for saying in &wording.positive {
            maker = maker.number("prompt", saying.weight);
            maker = self.schedule(maker, settings, &saying.schedule);
        }
        match &wording.negative {
            Opposite::Nothing => maker.text("against", "nothing"),
            Opposite::Zeros => maker.text("against", "zeros"),
            Opposite::Texts(schedule) => {
                self.schedule(maker.text("against", "texts"), settings, schedule)
            }
        }
    }

    /// What a picture starts from.
    pub(super) fn noise(&self, generation: &Generation, index: usize) -> Option<Key> {
        let shape = self.pipeline.latent_shape(generation);
        let mut maker = KeyMaker::new(Stage::Noise)
            .int("version", VERSION)
            .text("kind", generation.noise.name())
            .int("seed", generation.seed_of(index))
            .int("delta", generation.start.seed_delta.into());
        if let Some(variation) = generation.variation_of(index) {
            maker = maker
                .int("variation", variation.seed)
                .number("strength", variation.strength);
        }
        for side in generation.start.resize_from.into_iter().flatten() {
            maker = maker.int("from", side as u64);
        }
        let shaped = shape
            .iter()
            .fold(maker, |maker, side| maker.int("side", *side as u64));
        shaped.finish()
    }

    /// What the VAE says of a picture.
    pub(super) fn encode(&self, planes: &[f32], size: Size, tiled: bool) -> Option<Key> {
        let mut hash = blake3::Hasher::new();
        for value in planes {
            hash.update(&value.to_le_bytes());
        }
        self.part(
            self.computed(Stage::Encode),
            self.pipeline.checkpoint().vae.name,
        )
        .int("width", size.width.into())
        .int("height", size.height.into())
        .int("tiled", tiled.into())
        .bytes("planes", hash.finalize().as_bytes())
        .finish()
    }

    /// The latents of one picture after one of its drawings; `before` are those of the one before. `index` is which of a batch that is denoised together, and `told` is what plugins that
    /// see latents are told.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn denoise(
        &self,
        pass: &Pass,
        wording: &Wording,
        refining: Option<&Refining<'_>>,
        index: usize,
        chosen: &[Chosen],
        told: Told<'_>,
        before: Option<Key>,
    ) -> Option<Key> {
        let generation = &pass.generation;
        let checkpoint = self.pipeline.checkpoint();
        let options = generation.options;
        let mut maker = self
            .part(self.computed(Stage::Denoise), checkpoint.unet.name)
            .key("noise", self.noise(generation, index))
            .text("sampler", generation.sampler.id())
            .text("schedule", generation.schedule.id())
            .int("steps", generation.steps as u64)
            .int("width", generation.width as u64)
            .int("height", generation.height as u64)
            .text("eta", &format!("{:?}", options.eta.map(f32::to_bits)))
            .number("s_churn", options.s_churn)
            .number("s_tmin", options.s_tmin)
            .number("s_tmax", options.s_tmax)
            .number("s_noise", options.s_noise)
            .int("discards", options.discard_penultimate.into());
        maker = self.part(maker, "scheduler");
        maker = self.wording(maker, &generation.text, wording);
        // Where there is no guidance its strength is not looked at, but for models that take it as an input.
        if wording.negative != Opposite::Nothing || checkpoint.embeds_guidance() {
            maker = maker
                .number("cfg", generation.cfg)
                .number("cfg_rescale", generation.cfg_rescale)
                .number("cfg_start", generation.guided.after)
                .number("cfg_end", generation.guided.before)
                .number("s_min_uncond", generation.guided.every_other_below);
        }
        if let Some(strength) = generation.strength {
            maker = maker
                .number("strength", strength.amount)
                .text("rule", strength.rule.name());
        }
        let vae = checkpoint.vae.name;
        maker = match &pass.from {
            From::Noise if checkpoint.is_inpainting() => {
                self.part(maker, vae).int("tiled", generation.tiled.into())
            }
            From::Noise => maker,
            From::Picture(origin) => self
                .part(maker, vae)
                .int("tiled", generation.tiled.into())
                .bytes("origin", &origin.digest()),
            From::Before(upscaler) => self
                .decoded(self.part(maker, vae), generation)
                .int("tiled", generation.tiled.into())
                .text("upscaler", upscaler.name())
                .key("before", before),
        };
        if let Some(refining) = refining {
            maker = refining.keyed(maker);
        }
        if self.pipeline.draws_together() {
            maker = maker
                .int("batch", generation.batch as u64)
                .int("index", index as u64)
                .int("first", generation.seed);
        }
        for plugin in chosen.iter().filter(|it| it.has(Hook::Denoise)) {
            maker = maker.key("plugin", plugin_key(Stage::Denoise, plugin, told).finish());
        }
        maker.finish()
    }

    /// The pixels of latents of the last drawing, finished as the first one wants it.
    pub(super) fn decode(&self, first: &Pass, last: &Pass, latents: Option<Key>) -> Option<Key> {
        let vae = self.pipeline.checkpoint().vae.name;
        let mut maker = self
            .decoded(
                self.part(self.computed(Stage::Decode), vae),
                &last.generation,
            )
            .int("tiled", last.generation.tiled.into())
            .key("latents", latents);
        if let From::Picture(origin) = &first.from {
            maker = maker.bytes("finish", &origin.finish.digest());
        }
        maker.finish()
    }

    /// What makes pixels of latents, where it is not the VAE.
    fn decoded(&self, maker: KeyMaker, generation: &Generation) -> KeyMaker {
        match (generation.tiny, self.tiny) {
            (false, _) => maker,
            (true, Some(tiny)) => maker.text("tiny", &tiny.fingerprint),
            (true, None) => maker.key("tiny", None),
        }
    }

    fn computed(&self, stage: Stage) -> KeyMaker {
        KeyMaker::new(stage)
            .int("version", VERSION)
            .text("computes", &self.computes)
    }

    fn part(&self, maker: KeyMaker, name: &str) -> KeyMaker {
        let other = self.vae.filter(|vae| vae.name == name);
        let own = || self.parts.iter().find(|part| part.name == name);
        match other.or_else(own) {
            Some(part) => maker.text(name, &part.fingerprint),
            // A part without a fingerprint could be any.
            None => maker.key(name, None),
        }
    }
}

/// What a plugin's call gives, apart from what it works on.
pub(super) fn plugin_key(stage: Stage, plugin: &Chosen, told: Told<'_>) -> KeyMaker {
    let mut maker = KeyMaker::new(stage)
        .int("version", VERSION)
        .text("digest", &plugin.plugin().digest().to_string())
        .text("settings", &plugin.settings().canonical())
        .text("request", &Values::of_params(told.params).canonical())
        .int("seed", told.seed)
        .int("index", told.index.into())
        .text("models", &told.models.join("\n"));
    if !plugin.is_pure() {
        maker = maker.key("world", None);
    }
    maker
}

/// A file, by everything that changes with it: another build of this program or of ONNX Runtime may round differently.
fn identity(path: &Path) -> String {
    let metadata = path.metadata().ok();
    let modified = metadata
        .as_ref()
        .and_then(|metadata| metadata.modified().ok())
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!(
        "{} {} {}",
        path.display(),
        metadata.map_or(0, |metadata| metadata.len()),
        modified.map_or(0, |time| time.as_nanos())
    )
}
