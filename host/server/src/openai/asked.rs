use aquatint_studio::{Encoding, Request};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::App;
use crate::http::Problem;

/// Names of models that clients send unless they are told otherwise: the default one here.
const USUAL: [&str; 3] = ["gpt-image", "dall-e", "chatgpt-image"];

/// What is asked for. Fields that mean nothing here are taken and left aside: they change no picture there either, or
/// are for who pays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) prompt: String,
    pub(super) model: Option<String>,
    pub(super) n: Option<u32>,
    pub(super) size: Option<String>,
    pub(super) quality: Option<String>,
    pub(super) response_format: Option<String>,
    pub(super) output_format: Option<String>,
    pub(super) output_compression: Option<u8>,
    pub(super) background: Option<String>,
    pub(super) stream: Option<bool>,
    pub(super) partial_images: Option<u32>,
    /// Ours: any other field of a request, such as `seed`, `steps` or `negative`.
    pub(super) aquatint: Option<Map<String, Value>>,
}

/// How pictures come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Base64,
    Url,
}

impl Asked {
    /// As a request of ours.
    pub(super) fn request(&self, app: &App) -> Result<Request, Problem> {
        let mut request: Request = match &self.aquatint {
            None => Request::default(),
            Some(fields) => {
                serde_json::from_value(Value::Object(fields.clone())).map_err(|error| {
                    let why = aquatint_studio::harmless(&error.to_string());
                    Problem::field("aquatint", why)
                })?
            }
        };
        request.prompt.clone_from(&self.prompt);
        request.batch = self.n.unwrap_or(1);
        if let Some((width, height)) = size(self.size.as_deref())? {
            (request.width, request.height) = (Some(width), Some(height));
        }
        if let Some(name) = &self.model
            && !USUAL.iter().any(|usual| name.starts_with(usual))
        {
            if !app.checks().models().contains(name) {
                let name = aquatint_sandbox::names::shown(name);
                return Err(Problem::not_found(format_args!(
                    "The model `{name}` does not exist"
                )));
            }
            request.model = Some(name.clone());
        }
        one_of(
            "background",
            self.background.as_deref(),
            &["auto", "opaque"],
        )?;
        one_of(
            "quality",
            self.quality.as_deref(),
            &["auto", "low", "medium", "high", "standard", "hd"],
        )?;
        if self.partial_images.unwrap_or(0) > 3 {
            return Err(Problem::field("partial_images", "expected 0 to 3"));
        }
        if self.stream == Some(true) && request.batch != 1 {
            return Err(Problem::field(
                "n",
                "a stream is of one picture: expected 1",
            ));
        }
        Ok(request)
    }

    /// How pictures are encoded.
    pub(super) fn encoding(&self) -> Result<Encoding, Problem> {
        let format = self.output_format.as_deref().unwrap_or("png");
        let quality = self.output_compression.filter(|_| format != "png");
        Encoding::new(format, quality, false)
            .map_err(|error| Problem::field("output_format", error))
    }

    pub(super) fn form(&self) -> Result<Form, Problem> {
        match self.response_format.as_deref() {
            None | Some("b64_json") => Ok(Form::Base64),
            Some("url") => Ok(Form::Url),
            Some(_) => Err(Problem::field(
                "response_format",
                "expected b64_json or url",
            )),
        }
    }
}

fn one_of(field: &str, given: Option<&str>, known: &[&str]) -> Result<(), Problem> {
    match given {
        Some(given) if !known.contains(&given) => Err(Problem::field(
            field,
            format_args!(
                "{field} is {}, expected one of {}",
                aquatint_sandbox::names::shown(given),
                known.join(", ")
            ),
        )),
        _ => Ok(()),
    }
}

/// `None` is left to the model.
fn size(given: Option<&str>) -> Result<Option<(u32, u32)>, Problem> {
    let Some(text) = given.filter(|text| *text != "auto") else {
        return Ok(None);
    };
    let sides = text
        .split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    sides.map(Some).ok_or_else(|| {
        let text = aquatint_sandbox::names::shown(text);
        Problem::field(
            "size",
            format_args!("size is {text}, expected `auto` or a size such as 512x512"),
        )
    })
}
