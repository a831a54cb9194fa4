//! A request of A1111's, taken apart.

use aquatint_diffusion::pipeline::StepRule;
use aquatint_studio::{
    Encoding, Fill, Hires, Infotext, Init, MaskUse, Request, Resize, random_seed,
};
use serde_json::{Map, Value};

use super::fields::{FIELDS, Fate, SETTINGS};
use super::images;
use super::options::Values;
use crate::App;
use crate::http::Problem;

/// What was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// What one iteration draws.
    pub(super) request: Request,
    /// The first seed; `None` is a random one.
    pub(super) seed: Option<u64>,
    /// How often it is drawn, each time with the seeds that follow.
    pub(super) iterations: u32,
    /// The older name of the sampler's field, which counts where the newer is not there.
    pub(super) sampler_index: Option<String>,
    pub(super) send_images: bool,
    pub(super) save_images: bool,
    /// The client's name for it.
    pub(super) task: Option<String>,
    /// How its pictures are encoded.
    pub(super) format: String,
    pub(super) quality: u32,
    /// The seed of a variation; `None` is a random one.
    pub(super) subseed: Option<u64>,
    /// How much is drawn anew: of the picture to begin from, or of the first drawing.
    pub(super) strength: f32,
    /// Where a refiner takes over, if there is one.
    pub(super) refiner_switch: f32,
    /// Whether there is a second drawing, and what it is.
    pub(super) hires: bool,
    pub(super) second: Hires,
    /// The size of the first drawing, as older clients have it.
    pub(super) first_width: Option<u32>,
    pub(super) first_height: Option<u32>,
    /// What is done with the picture to begin from.
    pub(super) resize: Resize,
    pub(super) mask: Option<String>,
    pub(super) mask_use: MaskUse,
    pub(super) blur_x: Option<f32>,
    pub(super) blur_y: Option<f32>,
    /// What is not honoured, in words.
    pub(super) ignored: Vec<String>,
}

impl Asked {
    /// Takes a body apart. What there is not is as A1111 has it.
    pub(super) fn of(app: &App, body: &Map<String, Value>) -> Result<Self, Problem> {
        let options = app.options().get();
        let mut asked = Self {
            request: Request {
                steps: Some(50),
                cfg: Some(7.0),
                width: Some(512),
                height: Some(512),
                model: options.model.clone(),
                noise: options.noise,
                vae: options.vae.clone(),
                clip_skip: options.clip_skip,
                emphasis: options.emphasis,
                eta_noise_seed_delta: options.eta_noise_seed_delta,
                decoder: options.decoder,
                ..Request::default()
            },
            seed: None,
            iterations: 1,
            sampler_index: None,
            send_images: true,
            save_images: false,
            task: None,
            format: options.format.clone(),
            quality: options.quality,
            subseed: None,
            strength: 0.75,
            refiner_switch: Request::default().refiner_switch,
            hires: false,
            second: Hires::default(),
            first_width: None,
            first_height: None,
            resize: Resize::Stretch,
            mask: None,
            mask_use: MaskUse {
                fill: Some(Fill::Fill),
                only_masked: true,
                padding: 0,
                ..MaskUse::default()
            },
            blur_x: None,
            blur_y: None,
            ignored: Vec::new(),
        };
        if let Some(text) = body.get("infotext").and_then(Value::as_str) {
            asked.take_infotext(text);
        }
        for (name, value) in body {
            asked.take(FIELDS, name, value)?;
        }
        if let Some(Value::Object(settings)) = body.get("override_settings") {
            for (name, value) in settings {
                asked.take(SETTINGS, name, value)?;
            }
        }
        asked.settle(app, &options)?;
        Ok(asked)
    }

    fn take(&mut self, table: &[(&str, Fate)], name: &str, value: &Value) -> Result<(), Problem> {
        // What is null is not there.
        if value.is_null() {
            return Ok(());
        }
        match table.iter().find(|(known, _)| *known == name) {
            Some((_, Fate::Drawn(draw))) => draw(self, value).map_err(|why| {
                Problem::field(name, format_args!("{name} is {}, {why}", shown(value)))
            }),
            Some((_, Fate::Handled)) => Ok(()),
            Some((_, Fate::Not(is_nothing))) if is_nothing(value) => Ok(()),
            Some((name, Fate::Not(_))) => {
                self.ignored.push(format!("{name}: not honoured"));
                Ok(())
            }
            None => {
                let name = aquatint_sandbox::names::shown(name);
                self.ignored.push(format!("{name}: not known"));
                Ok(())
            }
        }
    }

    /// What a text of parameters says. What the body says itself comes over it.
    fn take_infotext(&mut self, text: &str) {
        let import = Infotext::parse(text).import();
        let said = import.request;
        self.seed = said.seed;
        self.subseed = said.variation_seed;
        self.refiner_switch = said.refiner_switch;
        if let Some(hires) = &said.hires {
            self.hires = true;
            self.strength = hires.strength;
            self.second = hires.clone();
        }
        let before = std::mem::take(&mut self.request);
        self.request = Request {
            seed: None,
            variation_seed: None,
            hires: None,
            steps: said.steps.or(before.steps),
            cfg: said.cfg.or(before.cfg),
            width: said.width.or(before.width),
            height: said.height.or(before.height),
            model: said.model.or(before.model),
            vae: said.vae.or(before.vae),
            batch: before.batch,
            provider: before.provider,
            ..said
        };
        for note in aquatint_studio::infotext::Note::lines(&import.notes) {
            self.ignored.push(format!("infotext: {note}"));
        }
    }

    /// Names as A1111 has them, as ours.
    fn settle(&mut self, app: &App, options: &Values) -> Result<(), Problem> {
        let request = &mut self.request;
        // Both names of the sampler are always sent by some clients.
        if request.sampler.as_deref().is_none_or(str::is_empty) {
            request.sampler = self.sampler_index.take();
        }
        request
            .sampler
            .take_if(|name| name.is_empty() || name.eq_ignore_ascii_case("automatic"));
        if request.sampler.is_none() {
            request.sampler = Some("Euler".to_owned());
        }
        request
            .schedule
            .take_if(|name| name.is_empty() || name.eq_ignore_ascii_case("automatic"));
        let request = &mut self.request;
        // One side alone says nothing there.
        if request.seed_resize_width.is_none() || request.seed_resize_height.is_none() {
            (request.seed_resize_width, request.seed_resize_height) = (None, None);
        }
        if request.variation_strength > 0.0 {
            request.variation_seed = Some(self.subseed.unwrap_or_else(random_seed));
        }
        let model = request.model.take().or_else(|| options.model.clone());
        request.model = model
            .filter(|name| !name.is_empty())
            .map(|name| model_named(app, &name))
            .transpose()?;
        request.refiner = match request.refiner.take() {
            Some(name) => Some(model_named(app, &name)?),
            None => None,
        };
        if request.refiner.is_some() {
            request.refiner_switch = self.refiner_switch;
        }
        let vae = request.vae.take();
        request.vae = match vae {
            Some(name) => app.checks().vae_named(&name)?,
            None => None,
        };
        self.settle_styles(app)?;
        self.settle_second();
        if self.iterations == 0 || self.iterations > app.config().max_batch {
            return Err(Problem::field(
                "n_iter",
                format_args!(
                    "n_iter is {}, expected 1 to {}",
                    self.iterations,
                    app.config().max_batch
                ),
            ));
        }
        Ok(())
    }
}

impl Asked {
    /// Whether each picture is a variation: then they have the same seed, and other ones of the variation.
    pub(super) fn is_varied(&self) -> bool {
        self.request.variation_seed.is_some()
    }

    /// Styles that there are not are left out, as there, and named.
    fn settle_styles(&mut self, app: &App) -> Result<(), Problem> {
        if self.request.styles.is_empty() {
            return Ok(());
        }
        let known = app.checks().styles()?;
        let Self {
            request, ignored, ..
        } = self;
        request.styles.retain(|name| {
            let is_known = known.iter().any(|style| style.name == *name);
            if !is_known && name != "None" {
                let name = aquatint_sandbox::names::shown(name);
                ignored.push(format!("styles: there is no style \"{name}\""));
            }
            is_known
        });
        Ok(())
    }

    /// The second drawing, where one is asked for.
    fn settle_second(&mut self) {
        if !self.hires {
            return;
        }
        let automatic = |name: &mut String| name.eq_ignore_ascii_case("automatic");
        self.second.schedule.take_if(automatic);
        self.second.strength = self.strength;
        if self.first_width.is_some() || self.first_height.is_some() {
            (self.second.width, self.second.height) = (self.request.width, self.request.height);
            self.request.width = self.first_width.or(self.request.width);
            self.request.height = self.first_height.or(self.request.height);
        }
        self.request.hires = Some(self.second.clone());
    }

    /// Begins from the pictures of a body: `img2img`.
    pub(super) fn begin_from(
        &mut self,
        app: &App,
        body: &Map<String, Value>,
    ) -> Result<(), Problem> {
        let pictures = match body.get("init_images") {
            None | Some(Value::Null) => return Err(Problem::not_found("Init image not found")),
            Some(Value::Array(pictures)) => pictures.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let Some(first) = pictures.first() else {
            return Err(Problem::not_found("Init image not found"));
        };
        if pictures.len() > 1 {
            self.ignored
                .push("init_images: the first is begun from".to_owned());
        }
        let keep = |field: &str, value: &str| {
            let bytes = images::decode(field, value)?;
            app.uploads().keep(&bytes)
        };
        let text = first
            .as_str()
            .ok_or_else(|| Problem::field("init_images", "expected texts of base64"))?;
        let mut init = Init {
            strength: self.strength,
            steps: Some(StepRule::A1111),
            resize: Some(self.resize),
            ..Init::new(keep("init_images", text)?)
        };
        if let Some(mask) = self.mask.take().filter(|mask| !mask.is_empty()) {
            if let (Some(x), Some(y)) = (self.blur_x, self.blur_y) {
                self.mask_use.blur = f32::midpoint(x, y);
                if x != y {
                    self.ignored
                        .push("mask_blur_x, mask_blur_y: their mean is taken".to_owned());
                }
            }
            init.mask = Some(MaskUse {
                picture: Some(keep("mask", &mask)?),
                ..self.mask_use.clone()
            });
        }
        self.request.init = Some(init);
        // Only pictures from words are drawn a second time.
        self.request.hires = None;
        Ok(())
    }

    /// How pictures are encoded.
    pub(super) fn encoding(&self) -> Result<Encoding, Problem> {
        let wrong = |error: &dyn std::fmt::Display| Problem::field("samples_format", error);
        let quality = u8::try_from(self.quality).map_err(|error| wrong(&error))?;
        let quality = (self.format != "png").then_some(quality);
        Encoding::new(&self.format, quality, false).map_err(|error| wrong(&error))
    }
}

/// A model as A1111 names them: by its name, with an ending, or with a hash behind it.
pub(super) fn model_named(app: &App, given: &str) -> Result<String, Problem> {
    let plain = given.split(" [").next().unwrap_or(given).trim();
    let bare = plain
        .strip_suffix(".safetensors")
        .or_else(|| plain.strip_suffix(".ckpt"))
        .unwrap_or(plain);
    let names = app.checks().models();
    let same = |wanted: &str| names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    match same(plain).or_else(|| same(bare)) {
        Some(name) => Ok(name.clone()),
        None => Err(Problem::field(
            "sd_model_checkpoint",
            format_args!(
                "unknown model \"{}\": expected one of {}",
                aquatint_sandbox::names::shown(given),
                names.join(", ")
            ),
        )),
    }
}

fn shown(value: &Value) -> String {
    aquatint_sandbox::names::shown(&value.to_string())
}
