use aquatint_diffusion::pipeline::{Conditioning, Start};
use aquatint_sandbox::settings;
use serde::{Deserialize, Serialize};

/// The result of a stage.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Value {
    /// A text, encoded.
    Text(Conditioning),
    /// `[channels, height, width]`.
    Latents(Vec<f32>),
    /// Pixels.
    Pixels(Frame),
    /// What a picture starts from.
    #[serde(skip)]
    Noise(Start),
    /// What a plugin changed in a request.
    #[serde(skip)]
    Changes(Vec<(String, settings::Value)>),
}

/// Pixels, and what plugins wrote beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Red, green and blue, row by row.
    #[serde(with = "serde_bytes")]
    pub pixels: Vec<u8>,
    /// Keywords of PNG, and texts.
    pub texts: Vec<(String, String)>,
}

impl Value {
    /// About how much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        let floats = |count: usize| count * size_of::<f32>();
        // What every entry costs beside what is in it.
        const ENTRY: usize = 256;
        ENTRY
            + match self {
                Self::Text(text) => {
                    floats(text.hidden.len()) + floats(text.pooled.as_ref().map_or(0, Vec::len))
                }
                Self::Latents(latents) => floats(latents.len()),
                Self::Pixels(frame) => {
                    let texts = frame.texts.iter();
                    frame.pixels.len()
                        + texts
                            .map(|(key, text)| key.len() + text.len())
                            .sum::<usize>()
                }
                // The generator's state is 2.5 kB.
                Self::Noise(start) => floats(start.numbers()) + 2560,
                Self::Changes(changes) => changes
                    .iter()
                    .map(|(key, value)| key.len() + size_of_val(value) + text_bytes(value))
                    .sum(),
            }
    }
}

fn text_bytes(value: &settings::Value) -> usize {
    use settings::Value;
    match value {
        Value::Text(text) | Value::Choice(text) | Value::Picture(text) => text.len(),
        Value::Texts(texts) => texts.iter().map(String::len).sum(),
        _ => 0,
    }
}
