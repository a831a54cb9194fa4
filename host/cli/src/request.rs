//! The flags that a request is made of, for every command that takes one.

mod pictures;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use aquatint_diffusion::checkpoint::Fingerprints;
use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;
use aquatint_diffusion::sampler::SamplerKind;
use aquatint_diffusion::sigmas::Schedule;
use aquatint_sandbox::names::shown;
use aquatint_sandbox::settings::PluginArgument;
use aquatint_studio::database::Database;
use aquatint_studio::infotext::Note;
use aquatint_studio::parameters::{KnownModel, WantedModel};
use aquatint_studio::stages::Budgets;
use aquatint_studio::{DrawError, Inputs, Models, Parameters, Request, Vaes, random_seed};
use clap::Args;

use pictures::PictureArgs;

use crate::exit::Usage;

/// What to draw, by flags, or by a file and what is changed of it.
#[derive(Clone, Debug, Args)]
pub(crate) struct RequestArgs {
    /// What to draw
    pub(crate) prompt: Option<String>,
    /// A picture of Aquatint, A1111, Forge or SD.Next, its parameters as a text, or a recipe as JSON, to take everything
    /// from that is not given here
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// What to keep away from
    #[arg(long, value_name = "TEXT")]
    negative: Option<String>,
    /// A style to put into both prompts, by its name; several in order
    #[arg(long = "style", value_name = "NAME")]
    styles: Vec<String>,
    /// A model's name, or the path of its folder
    #[arg(long, value_name = "NAME|PATH")]
    model: Option<String>,
    /// A VAE in the place of the model's own: its name in the data folder's vae, or the path of a file or a folder;
    /// automatic is the model's own [default: automatic]
    #[arg(long, value_name = "NAME|PATH")]
    vae: Option<String>,
    /// A model that takes the last steps, as SDXL's refiner: its name, or the path of its folder; "none" is none
    #[arg(long, value_name = "NAME|PATH")]
    refiner: Option<String>,
    /// How much of the way the model itself goes before the refiner, 0 to 1 [default: 0.8]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    refiner_switch: Option<f32>,
    /// The seed of the first picture, or "random" [default: random]
    #[arg(long, value_name = "N")]
    seed: Option<Seed>,
    /// How many steps
    #[arg(long, value_name = "N")]
    steps: Option<u32>,
    /// How closely to follow the prompt; 1 is not guided
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    cfg: Option<f32>,
    /// How far to bring a guided picture's contrast back, 0 to 1 [default: 0]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    cfg_rescale: Option<f32>,
    /// The sampler, such as "Euler a" or "DPM++ 2M Karras"
    #[arg(long, value_name = "NAME")]
    sampler: Option<String>,
    /// The schedule: model, leading, linspace, trailing, normal, karras, exponential, beta, sgm_uniform, simple,
    /// polyexponential, ddim_uniform, align_your_steps, kl_optimal or linear_quadratic
    #[arg(long, value_name = "NAME")]
    schedule: Option<String>,
    /// The size in pixels, such as 512x768
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    size: Option<(u32, u32)>,
    /// How many pictures, with seeds one apart [default: 1]
    #[arg(long, value_name = "N")]
    batch: Option<u32>,
    /// Where noise comes from: cpu as torch draws it there, philox as it does on GPUs [default: cpu]
    #[arg(long, value_name = "cpu|philox")]
    noise: Option<NoiseKind>,
    /// Which layer of the text encoder to take, from the last one on, 1 to 12 [default: 1]
    #[arg(long, value_name = "N")]
    clip_skip: Option<u32>,
    /// What weights such as (red:1.3) do: original, no_norm, ignore or none [default: original]
    #[arg(long, value_name = "NAME")]
    emphasis: Option<Emphasis>,
    /// What computes: auto, cpu, cuda, tensorrt, openvino[:DEVICE], migraphx, coreml[:UNITS] or directml [default: auto]
    #[arg(long, value_name = "P")]
    provider: Option<String>,
    /// A plugin to draw with, such as film-grain:amount=0.3,mode=soft; several in the order in which they are applied
    #[arg(long, value_name = "ID[:KEY=VALUE,…]")]
    plugin: Vec<PluginArgument>,
    #[command(flatten)]
    sampling: SamplingArgs,
    /// Leave out the plugins of the file that --from names
    #[arg(long, requires = "from", conflicts_with = "plugin")]
    without_plugins: bool,
    #[command(flatten)]
    pictures: PictureArgs,
}

/// The noise of a picture and of its steps, and when it is guided.
#[derive(Clone, Debug, Args)]
struct SamplingArgs {
    /// How much of the noise of each step is fresh, for samplers that have some [default: the sampler's own]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    eta: Option<f32>,
    /// How much noise Euler, Heun and DPM2 put on before their steps, over the whole run [default: 0]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    s_churn: Option<f32>,
    /// No churn below this sigma [default: 0]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    s_tmin: Option<f32>,
    /// No churn above this sigma; 0 is no such bound [default: 0]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    s_tmax: Option<f32>,
    /// What samplers multiply fresh noise by [default: 1]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    s_noise: Option<f32>,
    /// What is added to the seed for the noise of the steps (A1111's ENSD) [default: 0]
    #[arg(long, value_name = "N", visible_alias = "ensd")]
    eta_noise_seed_delta: Option<u32>,
    /// Another seed, some of whose noise is mixed in, or "random"
    #[arg(long, value_name = "N")]
    variation_seed: Option<Seed>,
    /// How much of the other seed's noise, 0 to 1 [default: 0]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    variation_strength: Option<f32>,
    /// The size of a picture whose noise is to be in the middle of this one's, such as 512x512
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    seed_resize_from: Option<(u32, u32)>,
    /// The prompt guides only after this share of the steps, 0 to 1 [default: 0]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    cfg_start: Option<f32>,
    /// The prompt guides only before this share of the steps, 0 to 1 [default: 1]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    cfg_end: Option<f32>,
    /// The prompt guides every other time only below this sigma [default: 0]
    #[arg(long, value_name = "F", allow_negative_numbers = true)]
    s_min_uncond: Option<f32>,
}

impl SamplingArgs {
    /// These flags over a request.
    fn over(&self, base: Request) -> Request {
        let sides = self.seed_resize_from;
        Request {
            eta: self.eta.or(base.eta),
            s_churn: self.s_churn.unwrap_or(base.s_churn),
            s_tmin: self.s_tmin.unwrap_or(base.s_tmin),
            s_tmax: self.s_tmax.unwrap_or(base.s_tmax),
            s_noise: self.s_noise.unwrap_or(base.s_noise),
            eta_noise_seed_delta: self
                .eta_noise_seed_delta
                .unwrap_or(base.eta_noise_seed_delta),
            variation_seed: match self.variation_seed {
                Some(Seed::Random) => Some(random_seed()),
                Some(Seed::Number(seed)) => Some(seed),
                None => base.variation_seed,
            },
            variation_strength: self.variation_strength.unwrap_or(base.variation_strength),
            seed_resize_width: sides.map(|(width, _)| width).or(base.seed_resize_width),
            seed_resize_height: sides.map(|(_, height)| height).or(base.seed_resize_height),
            cfg_start: self.cfg_start.unwrap_or(base.cfg_start),
            cfg_end: self.cfg_end.unwrap_or(base.cfg_end),
            s_min_uncond: self.s_min_uncond.unwrap_or(base.s_min_uncond),
            ..base
        }
    }

    /// Whether the flag of a field is there, and its name; `None` for fields that have none here.
    fn given(&self, field: &str) -> Option<(bool, &'static str)> {
        Some(match field {
            "eta" => (self.eta.is_some(), "--eta"),
            "s_churn" => (self.s_churn.is_some(), "--s-churn"),
            "s_tmin" => (self.s_tmin.is_some(), "--s-tmin"),
            "s_tmax" => (self.s_tmax.is_some(), "--s-tmax"),
            "s_noise" => (self.s_noise.is_some(), "--s-noise"),
            "variation_strength" => (self.variation_strength.is_some(), "--variation-strength"),
            "seed_resize_width" | "seed_resize_height" => {
                (self.seed_resize_from.is_some(), "--seed-resize-from")
            }
            "cfg_start" => (self.cfg_start.is_some(), "--cfg-start"),
            "cfg_end" => (self.cfg_end.is_some(), "--cfg-end"),
            "s_min_uncond" => (self.s_min_uncond.is_some(), "--s-min-uncond"),
            _ => return None,
        })
    }
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// A request that some model can draw.
    pub(crate) request: Request,
    /// What a file says and the request does not, a line each.
    pub(crate) notes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seed {
    Random,
    Number(u64),
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "random" {
            return Ok(Self::Random);
        }
        text.parse()
            .map(Self::Number)
            .map_err(|_| format!("expected a whole number from 0 to {}, or random", u64::MAX))
    }
}

impl RequestArgs {
    /// The request, checked as far as can be without its model and its plugins.
    pub(crate) fn ask(&self, data: &Path) -> anyhow::Result<Asked> {
        let inputs = Inputs::of_data(data);
        let asked = self.ask_with(data, &inputs)?;
        if asked.request.init.is_some() {
            // What is kept of it is young, and stays.
            let most = Budgets::read(&crate::studio::budgets(data))?.inputs.0;
            if inputs.kept().bytes > most {
                inputs.make_room(most, &Database::open(data)?)?;
            }
        }
        Ok(asked)
    }

    fn ask_with(&self, data: &Path, inputs: &Inputs) -> anyhow::Result<Asked> {
        let Some(file) = &self.from else {
            if self.prompt.is_none() {
                return Err(Usage(
                    "name a prompt, or a picture to take everything from with --from FILE"
                        .to_owned(),
                )
                .into());
            }
            let request = self.over(Request::default(), inputs)?;
            request.validate().map_err(DrawError::from)?;
            return Ok(Asked {
                request,
                notes: Vec::new(),
            });
        };
        let Parameters {
            mut request,
            model,
            refiner,
            vae_hash,
            notes,
        } = Parameters::read(file)?;
        let mut notes = Note::lines(&notes);
        if let (Some(wanted), None) = (&model, &self.model) {
            let (name, note) =
                find(wanted, data).map_err(|error| self.in_file(file, error, "model"))?;
            request.model = Some(name);
            notes.extend(note);
        }
        if let (Some(wanted), None) = (&refiner, &self.refiner) {
            let (name, note) =
                find(wanted, data).map_err(|error| self.in_file(file, error, "refiner"))?;
            request.refiner = Some(name);
            notes.extend(note);
        }
        if let (Some(wanted), None) = (&request.vae, &self.vae) {
            let (name, note) = find_vae(wanted, vae_hash.as_deref(), data)
                .map_err(|error| self.in_file(file, error, "vae"))?;
            request.vae = Some(name);
            notes.extend(note);
        }
        let request = self.over(request, inputs)?;
        request
            .validate()
            .map_err(|error| self.in_file(file, &error, error.field()))?;
        // Without a flag these are the file's; with one, drawing says what is wrong.
        if let (Some(name), None) = (&request.sampler, &self.sampler) {
            SamplerKind::parse(name).map_err(|error| self.in_file(file, error, "sampler"))?;
        }
        if let (Some(name), None) = (&request.schedule, &self.schedule) {
            name.parse::<Schedule>()
                .map_err(|error| self.in_file(file, error, "schedule"))?;
        }
        let named = notes
            .into_iter()
            .map(|note| format!("{}: {note}", file.display()));
        Ok(Asked {
            request,
            notes: named.collect(),
        })
    }

    /// A request for each picture of the folder that `--init` names, or the one request.
    pub(crate) fn ask_each(&self, data: &Path) -> anyhow::Result<Vec<Asked>> {
        let Some(folder) = self.pictures.init.as_ref().filter(|path| path.is_dir()) else {
            return Ok(vec![self.ask(data)?]);
        };
        pictures::in_folder(folder)?
            .into_iter()
            .map(|file| {
                let mut own = self.clone();
                own.pictures.init = Some(file);
                own.ask(data)
            })
            .collect()
    }

    /// These flags over a request. Pictures that they name are kept.
    pub(crate) fn over(&self, base: Request, inputs: &Inputs) -> anyhow::Result<Request> {
        let base = self.sampling.over(base);
        // "DPM++ 2M Karras" names both, and what was there before is not meant then.
        let names_both = self
            .sampler
            .as_ref()
            .is_some_and(|name| matches!(SamplerKind::parse(name), Ok((_, Some(_)))));
        let schedule = base.schedule.filter(|_| !names_both);
        let plugins = if self.plugin.is_empty() && !self.without_plugins {
            base.plugins
        } else {
            self.plugin.iter().cloned().map(Into::into).collect()
        };
        let mut request = Request {
            prompt: self.prompt.clone().unwrap_or(base.prompt),
            negative: self.negative.clone().unwrap_or(base.negative),
            styles: if self.styles.is_empty() {
                base.styles
            } else {
                self.styles.clone()
            },
            model: self.model.clone().or(base.model),
            vae: self.vae.clone().or(base.vae),
            refiner: match self.refiner.as_deref() {
                Some("none") => None,
                Some(name) => Some(name.to_owned()),
                None => base.refiner,
            },
            refiner_switch: self.refiner_switch.unwrap_or(base.refiner_switch),
            seed: match self.seed {
                Some(Seed::Random) => None,
                Some(Seed::Number(seed)) => Some(seed),
                None => base.seed,
            },
            steps: self.steps.or(base.steps),
            cfg: self.cfg.or(base.cfg),
            cfg_rescale: self.cfg_rescale.unwrap_or(base.cfg_rescale),
            sampler: self.sampler.clone().or(base.sampler),
            schedule: self.schedule.clone().or(schedule),
            width: self.size.map(|(width, _)| width).or(base.width),
            height: self.size.map(|(_, height)| height).or(base.height),
            batch: self.batch.unwrap_or(base.batch),
            noise: self.noise.unwrap_or(base.noise),
            clip_skip: self.clip_skip.unwrap_or(base.clip_skip),
            emphasis: self.emphasis.unwrap_or(base.emphasis),
            provider: self.provider.clone().unwrap_or(base.provider),
            plugins,
            ..base
        };
        self.pictures.over(&mut request, inputs)?;
        Ok(request)
    }

    /// An error about a field; where the file has the field, it names the file, and the flag that helps.
    fn in_file(&self, file: &Path, error: impl std::fmt::Display, field: &str) -> Usage {
        let (given, flag) = match field {
            "prompt" => (self.prompt.is_some(), "another prompt"),
            "negative" => (self.negative.is_some(), "--negative"),
            "model" => (self.model.is_some(), "--model"),
            "vae" => (self.vae.is_some(), "--vae"),
            "refiner" => (self.refiner.is_some(), "--refiner"),
            "refiner_switch" => (self.refiner_switch.is_some(), "--refiner-switch"),
            "seed" => (self.seed.is_some() || self.batch.is_some(), "--seed"),
            "steps" => (self.steps.is_some(), "--steps"),
            "cfg" => (self.cfg.is_some(), "--cfg"),
            "cfg_rescale" => (self.cfg_rescale.is_some(), "--cfg-rescale"),
            "sampler" => (self.sampler.is_some(), "--sampler"),
            "schedule" => (self.schedule.is_some(), "--schedule"),
            "width" | "height" => (self.size.is_some(), "--size"),
            "clip_skip" => (self.clip_skip.is_some(), "--clip-skip"),
            "plugins" => (!self.plugin.is_empty(), "--without-plugins"),
            field => self.sampling.given(field).unwrap_or((true, "")),
        };
        if given {
            return Usage(error.to_string());
        }
        Usage(format!("{}: {error}; draw with {flag}", file.display()))
    }
}

/// Looks for the model that a file names among those that are here.
fn find(wanted: &WantedModel, data: &Path) -> Result<(String, Option<String>), String> {
    let models = Models::of_data(data);
    let names = models.names();
    let known: Vec<KnownModel> = names
        .iter()
        .filter_map(|name| {
            let path = models.find(Some(name)).ok()?;
            Some(KnownModel {
                name: name.clone(),
                path,
            })
        })
        .collect();
    let mut fingerprints = Fingerprints::open(&data.join("fingerprints.json"));
    if let Some(found) = wanted.find(&known, &mut fingerprints) {
        return Ok((found.name, found.note));
    }
    let hash = wanted.hash.as_ref().map_or_else(String::new, |hash| {
        format!(" with the hash {}", shown(hash))
    });
    Err(format!(
        "it was drawn with the model \"{}\"{hash}, which is not here: there are {}",
        shown(&wanted.name),
        names.join(", "),
    ))
}

/// Looks for the VAE that a file names among those that are here.
fn find_vae(
    wanted: &str,
    hash: Option<&str>,
    data: &Path,
) -> Result<(String, Option<String>), String> {
    let vaes = Vaes::of_data(data);
    let mut fingerprints = Fingerprints::open(&data.join("fingerprints.json"));
    if let Some((found, note)) = vaes.wanted(wanted, hash, &mut fingerprints) {
        return Ok((found.name, note));
    }
    let hash = hash.map_or_else(String::new, |hash| {
        format!(" with the hash {}", shown(hash))
    });
    Err(format!(
        "it was drawn with the VAE \"{}\"{hash}, which is not in {}",
        shown(wanted),
        vaes.folder.display(),
    ))
}

pub(crate) fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let expected = || "expected WIDTHxHEIGHT in pixels, such as 512x768".to_owned();
    let (width, height) = text.split_once(['x', 'X', '×']).ok_or_else(expected)?;
    let side = |text: &str| text.trim().parse().map_err(|_| expected());
    Ok((side(width)?, side(height)?))
}
