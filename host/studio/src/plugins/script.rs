//! A plugin that drives drawing: it runs on a thread of its own and asks, and the thread that has the pipeline draws.

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use aquatint_diffusion::pipeline::Timings;
use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::pixels::{Picture as Pixels, PixelFormat, Size};
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::{Model, ModelSource, NamedPictures, Services};
use aquatint_sandbox::settings::Value;
use aquatint_sandbox::stop::Stop;

use super::{Chosen, Host};
use crate::request::Changeable;
use crate::session::Session;
use crate::{DrawError, Infotext, Picture, Request};

/// What a script asks for.
struct Ask {
    changes: Vec<(String, Value)>,
    /// Those that the changes name.
    pictures: NamedPictures,
    stop: Stop,
    answer: Sender<Result<Vec<Pixels>, Problem>>,
}

/// The host of a script: asks are answered elsewhere.
struct Asking {
    host: Host,
    asks: Mutex<Sender<Ask>>,
}

impl Services for Asking {
    fn choices(&self, field: &str) -> Option<Vec<String>> {
        self.host.choices(field)
    }

    fn noise(&self, seed: u64, out: &mut [f32]) -> Result<(), Problem> {
        self.host.noise(seed, out)
    }

    fn models(&self) -> Vec<String> {
        self.host.models()
    }

    fn load_model(&self, model: ModelSource<'_>) -> Result<Arc<dyn Model>, Problem> {
        self.host.load_model(model)
    }

    fn draw(
        &self,
        changes: Vec<(String, Value)>,
        pictures: NamedPictures,
        stop: &Stop,
    ) -> Result<Vec<Pixels>, Problem> {
        let (answer, answered) = mpsc::channel();
        let ask = Ask {
            changes,
            pictures,
            stop: stop.clone(),
            answer,
        };
        let over = || Problem::Failed("drawing is over".to_owned());
        self.asks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(ask)
            .map_err(|_| over())?;
        answered.recv().unwrap_or_else(|_| Err(over()))
    }
}

/// Runs the script among `chosen`; the others take part in what it draws.
pub(crate) fn run(
    session: &mut Session<'_>,
    request: &Request,
    seed: u64,
    chosen: &[Chosen],
    script: &Chosen,
) -> Result<(Vec<Picture>, Timings), DrawError> {
    let (sender, asks) = mpsc::channel();
    let services = Arc::new(Asking {
        host: session.host(request.noise),
        asks: Mutex::new(sender),
    });
    let own = Request {
        seed: Some(seed),
        ..request.clone()
    };
    let job = script.job(seed, 0, own.to_params(), services, session.cancel);
    let mut timings = Timings::default();
    let result = std::thread::scope(|scope| {
        // The job holds the asking end: when the script is over, so are the asks.
        let script = scope.spawn(move || script.plugin().script(&job));
        for ask in asks {
            let answer = answer(session, &own, chosen, &ask, &mut timings);
            ask.answer.send(answer).ok();
        }
        script.join()
    });
    let result = result.map_err(|_| {
        let panic = "the host failed".to_owned();
        script.failed(
            Hook::Script,
            aquatint_sandbox::plugin::CallError::Host(panic),
        )
    })?;
    let pictures = match script.outcome(Hook::Script, result, session.notes)? {
        Ok(pictures) => pictures,
        // A script is the drawing: without it there is none.
        Err(why) => {
            let error = aquatint_sandbox::plugin::CallError::Host(why);
            return Err(script.failed(Hook::Script, error).into());
        }
    };
    let recipe = session.recipe(&own, seed, chosen)?;
    let pictures = pictures
        .into_iter()
        .map(|pixels| Picture {
            recipe: recipe.clone(),
            timings: Vec::new(),
            ..of_pixels(&pixels, &recipe)
        })
        .collect();
    Ok((pictures, timings))
}

fn answer(
    session: &mut Session<'_>,
    own: &Request,
    chosen: &[Chosen],
    ask: &Ask,
    timings: &mut Timings,
) -> Result<Vec<Pixels>, Problem> {
    if ask.stop.is_set() || session.cancel.is_cancelled() {
        return Err(Problem::Cancelled);
    }
    let changes = with_kept(session, ask)?;
    let request = own
        .apply_params(&changes, Changeable::All)
        .map_err(|error| Problem::InvalidInput(error.to_string()))?;
    let seed = request.seed.unwrap_or_default();
    let (pictures, spent) = session
        .draw_plain(&request, seed, 0, chosen)
        .map_err(|error| match error {
            error if error.is_cancelled() => Problem::Cancelled,
            error if error.is_usage() => Problem::InvalidInput(error.to_string()),
            error => Problem::Failed(error.to_string()),
        })?;
    timings.add_all(&spent);
    pictures
        .into_iter()
        .map(|picture| {
            let size = Size {
                width: picture.width,
                height: picture.height,
            };
            let parameters = Infotext::from(&picture.recipe).to_string();
            let mut texts = vec![("parameters".to_owned(), parameters)];
            texts.extend(picture.texts);
            let pixels = Pixels::from_pixels(size, PixelFormat::Rgb8, picture.pixels)?;
            Ok(pixels.with_metadata(texts))
        })
        .collect()
}

/// The changes with the names of pictures that are kept, so that the drawing can be made again without the script.
fn with_kept(session: &Session<'_>, ask: &Ask) -> Result<Vec<(String, Value)>, Problem> {
    let keep = |(key, value): &(String, Value)| -> Result<(String, Value), Problem> {
        let Value::Picture(name) = value else {
            return Ok((key.clone(), value.clone()));
        };
        let Some(picture) = ask.pictures.get(name) else {
            return Err(Problem::InvalidInput(format!("`{key}` is no picture")));
        };
        let file = picture.encode()?;
        let id = session
            .inputs
            .keep(&file)
            .map_err(|error| Problem::Failed(error.to_string()))?;
        Ok((key.clone(), Value::Picture(id.to_string())))
    };
    ask.changes.iter().map(keep).collect()
}

/// A picture of a plugin's, as a picture of ours.
pub(crate) fn of_pixels(pixels: &Pixels, recipe: &crate::Recipe) -> Picture {
    let Size { width, height } = pixels.size();
    let texts = pixels.metadata().iter();
    Picture {
        width,
        height,
        pixels: pixels.convert(PixelFormat::Rgb8).into_pixels(),
        texts: texts
            .filter(|(key, _)| !matches!(key.as_str(), "parameters" | "aquatint"))
            .cloned()
            .collect(),
        recipe: recipe.clone(),
        timings: Vec::new(),
    }
}
