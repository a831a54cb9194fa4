//! From a request that fits the model to pixels: text, noise, denoising, decoding.

mod autoencoders;
mod cancel;
mod control;
mod decode;
mod denoise;
mod dice;
mod encode;
mod error;
mod generation;
mod guidance;
mod hook;
mod mask;
mod network;
mod preferences;
mod refine;
mod run;
mod start;
mod strength;
mod text;
mod tiles;
mod timings;
mod tiny;
mod wording;

pub use cancel::Cancel;
pub use control::Control;
pub use error::Error;
pub use generation::{Against, Denoised, Drawn, Event, Generation, Guided, Stage, TextSettings};
pub use hook::{Halt, LatentHook, Moment, NotFiniteLatents, Phase};
pub use refine::{Refiner, check_refiner};
pub use start::{Beginning, LatentFill, Posterior, Source, Start, StartOptions};
pub use strength::{StepRule, Strength, UnknownStepRule};
pub use text::{Conditioning, names};
pub use timings::Timings;
pub use tiny::TinyDecoder;
pub use wording::{Guide, Opposite, Saying, Texts, Timeline, Wording};

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use crate::checkpoint::{
    Checkpoint, CheckpointError, ExternalVae, Part, TinyVae, VaeConfig, Weights,
};
use crate::graph::{GraphOptions, SectionPolicy, UNetOptions, unet, vae_decoder, vae_encoder};
use crate::onnx::ElementType;
use crate::prompt::chunks::Chunks;
use crate::runtime::Runtime;
use autoencoders::Autoencoders;
use network::Network;
use preferences::Preferences;
use refine::Cutoff;
use text::{Encoded, KeptEncoder, TextEncoder};

/// A checkpoint on a runtime, ready to draw.
///
/// Networks are loaded when they are first needed. The UNet and the decoder are kept for the next picture of the same size,
/// text encoders for the next text, where they are not large: those of SDXL would take as much as its UNet.
#[derive(Debug)]
pub struct Pipeline {
    runtime: Arc<Runtime>,
    checkpoint: Checkpoint,
    unet: Option<Loaded>,
    autoencoders: Autoencoders,
    text: Mutex<Vec<KeptEncoder>>,
    tiny: Option<Arc<TinyDecoder>>,
}

/// A network with what it was loaded for.
#[derive(Debug)]
struct Loaded {
    network: Network,
    shape: LoadedShape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LoadedShape {
    odd_sizes: bool,
    /// Batch, height and width that are pinned.
    pinned: Option<[usize; 3]>,
}

impl Loaded {
    /// The network in `slot` if it was loaded for this shape, else what `load` gives. The old one goes first: two do not
    /// fit where one does.
    fn for_shape(
        slot: &mut Option<Self>,
        shape: LoadedShape,
        load: impl FnOnce() -> Result<Network, Error>,
    ) -> Result<&mut Network, Error> {
        let loaded = match slot.take().filter(|loaded| loaded.shape == shape) {
            Some(loaded) => loaded,
            None => Self {
                network: load()?,
                shape,
            },
        };
        Ok(&mut slot.insert(loaded).network)
    }
}

impl Pipeline {
    /// Puts a checkpoint on a runtime. Loads nothing yet.
    pub fn new(runtime: Arc<Runtime>, checkpoint: Checkpoint) -> Self {
        Self {
            runtime,
            checkpoint,
            unet: None,
            autoencoders: Autoencoders::default(),
            text: Mutex::default(),
            tiny: None,
        }
    }

    /// With a tiny VAE for previews and for pictures that ask for it, or without one.
    ///
    /// # Errors
    /// It is made for other latents.
    pub fn use_tiny(&mut self, tiny: Option<TinyVae>) -> Result<(), CheckpointError> {
        if let Some(tiny) = &tiny {
            tiny.check(&self.checkpoint)?;
        }
        let runtime = &self.runtime;
        self.tiny = tiny.map(|tiny| Arc::new(TinyDecoder::new(runtime.clone(), tiny)));
        Ok(())
    }

    /// With another VAE in the place of the checkpoint's own, or with that again. `id` tells VAEs apart: one that is loaded
    /// stays so for the next time, as long as all together are not too large.
    ///
    /// # Errors
    /// It is made for other latents.
    pub fn use_vae(&mut self, vae: Option<(&str, ExternalVae)>) -> Result<(), CheckpointError> {
        match vae {
            None => self.autoencoders.use_own(),
            Some((id, vae)) => {
                vae.check(&self.checkpoint)?;
                self.autoencoders.put(id, vae.part);
            }
        }
        Ok(())
    }

    /// The VAE that pictures go through: the checkpoint's own, or the one in its place.
    pub fn vae(&self) -> &Part<VaeConfig> {
        self.autoencoders.part(&self.checkpoint.vae)
    }

    /// Its tiny VAE.
    pub fn tiny(&self) -> Option<&TinyDecoder> {
        self.tiny.as_deref()
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The runtime.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Whether the pictures of a batch are denoised together. Then a picture's last bits may depend on how many there are.
    pub fn draws_together(&self) -> bool {
        self.preferences().images_together
    }

    /// Channels, height and width of one picture's latents.
    pub fn latent_shape(&self, generation: &Generation) -> [usize; 3] {
        let factor = self.checkpoint.factor();
        let channels = self.checkpoint.vae.config.latent_channels;
        [
            channels,
            generation.height / factor,
            generation.width / factor,
        ]
    }

    /// What one of the pictures starts from.
    pub fn start(&self, generation: &Generation, index: usize) -> Start {
        let length = self.latent_shape(generation).iter().product();
        let start = Start::new(generation.noise, generation.seed_of(index), length);
        self.chosen(generation, index, start)
    }

    /// A start of one of the pictures with what is chosen of its noise.
    pub fn chosen(&self, generation: &Generation, index: usize, start: Start) -> Start {
        let shape = self.latent_shape(generation);
        start.chosen(generation, index, shape, self.checkpoint.factor())
    }

    /// Draws the pictures of a request, telling what happens as it happens.
    pub fn draw(
        &mut self,
        generation: &Generation,
        control: &mut Control<'_>,
    ) -> Result<(Vec<Drawn>, Timings), Error> {
        generation.check(&self.checkpoint)?;
        let mut timings = Timings::default();
        let texts = self.encode_both(generation, control, &mut timings)?;
        let starts: Vec<Start> = (0..generation.batch)
            .map(|index| self.start(generation, index))
            .collect();
        let latents = self.denoise(generation, &starts, &texts, None, control, &mut timings)?;
        (control.events)(Event::Stage(Stage::Decode));
        let mut pictures = Vec::new();
        for (index, latent) in latents.into_iter().enumerate() {
            let pixels = self.decode(generation, latent, control.cancel, &mut timings)?;
            pictures.push(Drawn {
                seed: generation.seed_of(index),
                width: generation.width,
                height: generation.height,
                pixels,
            });
        }
        Ok((pictures, timings))
    }

    /// Encodes all texts of a request.
    pub fn encode_both(
        &self,
        generation: &Generation,
        control: &mut Control<'_>,
        timings: &mut Timings,
    ) -> Result<Texts, Error> {
        let wording = Wording::of(generation, &self.checkpoint)?;
        let wanted = wording.texts();
        let encoded = self.encode(&wanted, &generation.text, control, timings)?;
        let known: HashMap<&str, Conditioning> = wanted.iter().copied().zip(encoded).collect();
        wording.assemble(|text| match known.get(text) {
            Some(known) => Ok(known.clone()),
            None => self.encode_one(text, &generation.text, control, timings),
        })
    }

    /// Encodes one text.
    pub fn encode_one(
        &self,
        text: &str,
        settings: &TextSettings,
        control: &mut Control<'_>,
        timings: &mut Timings,
    ) -> Result<Conditioning, Error> {
        let mut encoded = self.encode(&[text], settings, control, timings)?;
        let Some(encoded) = encoded.pop() else {
            unreachable!("there is one for each text");
        };
        Ok(encoded)
    }

    /// Which of the embeddings some texts name, by their places in the list.
    pub fn embeddings_in(
        &self,
        texts: &[&str],
        settings: &TextSettings,
    ) -> Result<Vec<usize>, Error> {
        let Some(part) = self.checkpoint.text.first() else {
            return Ok(Vec::new());
        };
        let tokenizer = part.open_tokenizer()?;
        let names = names(&settings.embeddings, &tokenizer)?;
        let mut used = BTreeSet::new();
        for text in texts {
            let chunks = Chunks::of(text, &tokenizer, settings.emphasis, &names)?;
            used.extend(chunks.used());
        }
        Ok(used.into_iter().collect())
    }

    /// Encodes texts, each for itself: `[from:to:when]` and `AND` are words here.
    pub fn encode(
        &self,
        texts: &[&str],
        settings: &TextSettings,
        control: &mut Control<'_>,
        timings: &mut Timings,
    ) -> Result<Vec<Conditioning>, Error> {
        let cancel = control.cancel;
        (control.events)(Event::Stage(Stage::Text));
        let checkpoint = &self.checkpoint;
        // By text, then by encoder.
        let mut encoded: Vec<Vec<Encoded>> = vec![Vec::new(); texts.len()];
        for (index, part) in checkpoint.text.iter().enumerate() {
            let mut encoder = timings.time("load text encoder", || {
                let options = self.graph_options(&part.encoder.weights, SectionPolicy::Whole);
                let kept = &self.text;
                TextEncoder::load(
                    &self.runtime,
                    checkpoint,
                    index,
                    part,
                    settings,
                    options,
                    kept,
                )
            })?;
            let (result, inside) = timings.time("text", || {
                let mut inside = std::time::Duration::ZERO;
                let mut encode = || -> Result<_, Error> {
                    for (text, encoded) in texts.iter().zip(&mut encoded) {
                        encoded.push(encoder.encode(text, cancel, &mut inside)?);
                    }
                    Ok(())
                };
                let result = encode();
                (result, inside)
            });
            timings.inside_onnx += inside;
            result?;
            encoder.keep(&self.text);
        }
        Ok(encoded
            .into_iter()
            .map(|encoded| self.join(encoded))
            .collect())
    }

    /// Joins the encoders' outputs along the channels; the last one's pooled text counts.
    fn join(&self, encoded: Vec<Encoded>) -> Conditioning {
        let sizes: Vec<_> = self
            .checkpoint
            .text
            .iter()
            .map(|part| part.encoder.config.hidden_size)
            .collect();
        let channels = sizes.iter().sum();
        // Tokenizers of one model agree on the tokens; were one to need fewer chunks, its last token would go on.
        let lengths = encoded.iter().zip(&sizes);
        let tokens = lengths
            .map(|((hidden, _), size)| hidden.len() / size)
            .max()
            .unwrap_or(0);
        let mut joined = Vec::with_capacity(tokens * channels);
        for token in 0..tokens {
            for ((hidden, _), size) in encoded.iter().zip(&sizes) {
                let token = token.min((hidden.len() / size).saturating_sub(1));
                joined.extend_from_slice(&hidden[token * size..(token + 1) * size]);
            }
        }
        Conditioning {
            hidden: joined,
            tokens,
            channels,
            pooled: encoded
                .into_iter()
                .next_back()
                .and_then(|(_, pooled)| pooled)
                .filter(|_| self.checkpoint.is_sdxl()),
        }
    }

    fn preferences(&self) -> Preferences {
        Preferences::of(self.runtime.provider().kind())
    }

    fn graph_options(&self, weights: &Weights, sections: SectionPolicy) -> GraphOptions {
        let preferences = self.preferences();
        let half = preferences.half_precision && weights.are_half();
        GraphOptions {
            compute: if half {
                ElementType::F16
            } else {
                ElementType::F32
            },
            attention: preferences.attention,
            sections,
        }
    }

    /// Loads the UNet for latents of this many images at once and this size, unless it is loaded.
    fn load_unet(
        &mut self,
        rows: usize,
        [height, width]: [usize; 2],
        timings: &mut Timings,
    ) -> Result<&mut Network, Error> {
        let config = &self.checkpoint.unet.config;
        let deepest = 1 << (config.levels.len() - 1);
        let wanted = LoadedShape {
            odd_sizes: !height.is_multiple_of(deepest) || !width.is_multiple_of(deepest),
            pinned: self
                .preferences()
                .fixed_shapes
                .then_some([rows, height, width]),
        };
        let options = self.graph_options(&self.checkpoint.unet.weights, self.section_policy());
        Loaded::for_shape(&mut self.unet, wanted, || {
            timings.time("load unet", || {
                let unet_options = UNetOptions {
                    odd_sizes: wanted.odd_sizes,
                    control: false,
                };
                let sections = unet(&self.checkpoint.unet, unet_options, options)?;
                let fixed = pins(wanted.pinned, ["batch_size", "height", "width"]);
                Network::load(&self.runtime, "unet", &sections, &fixed)
            })
        })
    }

    /// Weights that are widened at load are loaded in eight parts, so that the peak stays near the size that they have
    /// afterwards.
    fn section_policy(&self) -> SectionPolicy {
        let weights = &self.checkpoint.unet.weights;
        let bytes: u64 = weights.tensors().values().map(|t| t.bytes() as u64).sum();
        let wide: u64 = weights
            .tensors()
            .values()
            .map(|t| t.elements() as u64 * 4)
            .sum();
        // Below this nobody notices, and one graph runs a little faster than several.
        const WORTH_IT: u64 = 512 << 20;
        if wide > bytes && wide > WORTH_IT && self.preferences().sections {
            SectionPolicy::Bytes(bytes / 8)
        } else {
            SectionPolicy::Whole
        }
    }

    /// Loads the decoder for latents of this size, or of any, unless it is loaded.
    fn load_decoder(
        &mut self,
        size: Option<[usize; 2]>,
        timings: &mut Timings,
    ) -> Result<&mut Network, Error> {
        let wanted = self.vae_shape(size);
        let options = self.vae_options();
        let (part, networks) = self.autoencoders.current(&self.checkpoint.vae);
        Loaded::for_shape(&mut networks.decoder, wanted, || {
            timings.time("load vae", || {
                let sections = vae_decoder(part, options)?;
                let names = ["batch_size", "latent_height", "latent_width"];
                let fixed = pins(wanted.pinned, names);
                Network::load(&self.runtime, "vae decoder", &sections, &fixed)
            })
        })
    }

    /// Loads the encoder for pictures of this size, or of any, unless it is loaded.
    fn load_encoder(
        &mut self,
        size: Option<[usize; 2]>,
        timings: &mut Timings,
    ) -> Result<&mut Network, Error> {
        let wanted = self.vae_shape(size);
        let options = self.vae_options();
        let (part, networks) = self.autoencoders.current(&self.checkpoint.vae);
        Loaded::for_shape(&mut networks.encoder, wanted, || {
            timings.time("load vae", || {
                let sections = vae_encoder(part, options)?;
                let names = ["batch_size", "sample_height", "sample_width"];
                let fixed = pins(wanted.pinned, names);
                Network::load(&self.runtime, "vae encoder", &sections, &fixed)
            })
        })
    }

    fn vae_shape(&self, size: Option<[usize; 2]>) -> LoadedShape {
        let pinned = size.filter(|_| self.preferences().fixed_shapes);
        LoadedShape {
            odd_sizes: false,
            pinned: pinned.map(|[height, width]| [1, height, width]),
        }
    }

    fn vae_options(&self) -> GraphOptions {
        let vae = self.vae();
        let mut options = self.graph_options(&vae.weights, SectionPolicy::Whole);
        // SDXL's VAE overflows 16 bits, and its config says so.
        if vae.config.force_upcast {
            options.compute = ElementType::F32;
        }
        options
    }
}

fn pins(pinned: Option<[usize; 3]>, names: [&str; 3]) -> Vec<(&str, usize)> {
    pinned
        .map(|sizes| names.into_iter().zip(sizes).collect())
        .unwrap_or_default()
}
