//! A request of A1111's, taken apart.

use aquatint_studio::{Infotext, Request};
use serde_json::{Map, Value};

use super::fields::{FIELDS, Fate, SETTINGS};
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
                ..Request::default()
            },
            seed: None,
            iterations: 1,
            sampler_index: None,
            send_images: true,
            save_images: false,
            task: None,
            ignored: Vec::new(),
        };
        if let Some(text) = body.get("infotext").and_then(Value::as_str) {
            asked.take_infotext(text, body);
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

    /// What a text of parameters says, where the body does not say it itself.
    fn take_infotext(&mut self, text: &str, body: &Map<String, Value>) {
        let import = Infotext::parse(text).import();
        let said = import.request;
        let is_free = |name: &str| body.get(name).is_none_or(Value::is_null);
        if is_free("prompt") {
            self.request.prompt = said.prompt;
        }
        if is_free("negative_prompt") {
            self.request.negative = said.negative;
        }
        self.seed = said.seed;
        self.request.steps = said.steps.or(self.request.steps);
        self.request.cfg = said.cfg.or(self.request.cfg);
        self.request.width = said.width.or(self.request.width);
        self.request.height = said.height.or(self.request.height);
        self.request.sampler = said.sampler;
        self.request.schedule = said.schedule;
        self.request.model = said.model.or_else(|| self.request.model.take());
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
        let model = request.model.take().or_else(|| options.model.clone());
        request.model = model
            .filter(|name| !name.is_empty())
            .map(|name| model_named(app, &name))
            .transpose()?;
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
