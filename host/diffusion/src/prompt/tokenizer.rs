use std::path::Path;

use serde_json::Value;
use tokenizers::models::bpe::BPE;
use tokenizers::normalizers::replace::ReplacePattern;
use tokenizers::normalizers::{self, Lowercase, NFC, Replace};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, NormalizerWrapper, PreTokenizerWrapper, SplitDelimiterBehavior};

use crate::checkpoint::CheckpointError;

/// Splits a text into words, contractions, single digits and runs of other signs, as CLIP does
/// (<https://github.com/openai/CLIP/blob/main/clip/simple_tokenizer.py>).
const WORDS: &str = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

/// A CLIP tokenizer, as `CLIPTokenizerFast` of transformers behaves.
#[derive(Debug)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    bos: u32,
    eos: u32,
    pad: u32,
    comma: Option<u32>,
    length: usize,
}

/// A prompt as the text encoder takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// Token ids: begin, the prompt, end, padding; always as many as the encoder has positions.
    pub ids: Vec<u32>,
    /// Tokens of the prompt that did not fit.
    pub cut: usize,
}

impl Tokenizer {
    /// Reads a tokenizer folder: `tokenizer.json`, or `vocab.json` and `merges.txt`. Prompts are `positions`
    /// tokens long, begin and end included.
    pub fn open(folder: &Path, positions: usize) -> Result<Self, CheckpointError> {
        let fail = |reason: String| CheckpointError::Tokenizer {
            path: folder.to_owned(),
            reason,
        };
        let settings = Settings::read(folder)?;
        let whole = folder.join("tokenizer.json");
        let (vocab, merges) = (folder.join("vocab.json"), folder.join("merges.txt"));
        let mut inner = if vocab.is_file() && merges.is_file() {
            clip(&vocab, &merges, &settings.eos).map_err(&fail)?
        } else if whole.is_file() {
            tokenizers::Tokenizer::from_file(&whole)
                .map_err(|error| fail(format!("tokenizer.json: {error}")))?
        } else {
            return Err(fail(
                "expected vocab.json and merges.txt, or tokenizer.json".to_owned(),
            ));
        };
        inner.with_padding(None);
        inner
            .with_truncation(None)
            .map_err(|error| fail(error.to_string()))?;
        inner.add_special_tokens(&settings.added);
        let id = |token: &str| {
            inner
                .token_to_id(token)
                .ok_or_else(|| fail(format!("its vocabulary has no {token:?}")))
        };
        Ok(Self {
            bos: id(&settings.bos)?,
            eos: id(&settings.eos)?,
            pad: id(&settings.pad)?,
            comma: inner.token_to_id(",</w>"),
            length: settings.max_length.unwrap_or(positions).min(positions),
            inner,
        })
    }

    /// The tokens of a text, without begin, end and padding.
    pub fn words(&self, text: &str) -> Result<Vec<u32>, CheckpointError> {
        let encoding =
            self.inner
                .encode_fast(text, false)
                .map_err(|error| CheckpointError::Tokenizer {
                    path: "prompt".into(),
                    reason: error.to_string(),
                })?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The tokens of a text as other programs cut it off. How prompts are encoded here says
    /// [`chunks`](super::chunks).
    pub fn encode(&self, text: &str) -> Result<Tokens, CheckpointError> {
        let room = self.length.saturating_sub(2);
        let prompt = self.words(text)?;
        let kept = &prompt[..prompt.len().min(room)];
        let mut ids = Vec::with_capacity(self.length);
        ids.push(self.bos);
        ids.extend_from_slice(kept);
        ids.push(self.eos);
        ids.resize(self.length, self.pad);
        Ok(Tokens {
            ids,
            cut: prompt.len() - kept.len(),
        })
    }

    /// How a text is written that some of the last tokens stand for; for messages.
    pub fn decode(&self, ids: &[u32]) -> String {
        self.inner.decode(ids, true).unwrap_or_default()
    }

    /// The token that begins a prompt.
    pub fn bos(&self) -> u32 {
        self.bos
    }

    /// The token that ends a prompt.
    pub fn eos(&self) -> u32 {
        self.eos
    }

    /// The token that fills what is left.
    pub fn pad(&self) -> u32 {
        self.pad
    }

    /// The token of a comma, where there is one.
    pub fn comma(&self) -> Option<u32> {
        self.comma
    }

    /// How many tokens an encoder is given at once, begin and end included.
    pub fn length(&self) -> usize {
        self.length
    }
}

fn clip(vocab: &Path, merges: &Path, unknown: &str) -> Result<tokenizers::Tokenizer, String> {
    let text = |path: &Path| {
        path.to_str()
            .map(str::to_owned)
            .ok_or_else(|| "its path is not UTF-8".to_owned())
    };
    let model = BPE::from_file(&text(vocab)?, &text(merges)?)
        .unk_token(unknown.to_owned())
        .end_of_word_suffix("</w>".to_owned())
        .build()
        .map_err(|error| error.to_string())?;
    let mut tokenizer = tokenizers::Tokenizer::new(model);
    let spaces = Replace::new(ReplacePattern::Regex(r"\s+".to_owned()), " ")
        .map_err(|error| error.to_string())?;
    tokenizer.with_normalizer(Some(normalizers::Sequence::new(vec![
        NormalizerWrapper::NFC(NFC),
        NormalizerWrapper::Replace(spaces),
        NormalizerWrapper::Lowercase(Lowercase),
    ])));
    let words = Split::new(
        SplitPattern::Regex(WORDS.to_owned()),
        SplitDelimiterBehavior::Removed,
        true,
    )
    .map_err(|error| error.to_string())?;
    tokenizer.with_pre_tokenizer(Some(Sequence::new(vec![
        PreTokenizerWrapper::Split(words),
        PreTokenizerWrapper::ByteLevel(ByteLevel::new(false, true, true)),
    ])));
    Ok(tokenizer)
}

/// What `tokenizer_config.json` and `special_tokens_map.json` say.
struct Settings {
    bos: String,
    eos: String,
    pad: String,
    max_length: Option<usize>,
    added: Vec<AddedToken>,
}

impl Settings {
    fn read(folder: &Path) -> Result<Self, CheckpointError> {
        let config = read_json(&folder.join("tokenizer_config.json"))?;
        let map = read_json(&folder.join("special_tokens_map.json"))?;
        let named = |key: &str| {
            [&config, &map]
                .into_iter()
                .filter_map(|json| json.get(key))
                .find(|value| !value.is_null())
        };
        let text =
            |key: &str, default: &str| named(key).and_then(content).unwrap_or(default).to_owned();
        let bos = text("bos_token", "<|startoftext|>");
        let eos = text("eos_token", "<|endoftext|>");
        let pad = text("pad_token", &eos);
        let mut added: Vec<_> = config
            .get("added_tokens_decoder")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|tokens| tokens.values())
            .filter_map(added_token)
            .collect();
        // Before transformers 4.34 there was no decoder list; the special tokens were these.
        for key in ["bos_token", "eos_token", "unk_token", "pad_token"] {
            if let Some(token) = named(key).and_then(added_token)
                && !added.iter().any(|known| known.content == token.content)
            {
                added.push(token);
            }
        }
        let max_length = config
            .get("model_max_length")
            .and_then(Value::as_u64)
            .and_then(|length| usize::try_from(length).ok())
            .filter(|length| *length >= 2);
        Ok(Self {
            bos,
            eos,
            pad,
            max_length,
            added,
        })
    }
}

fn content(token: &Value) -> Option<&str> {
    token.as_str().or_else(|| token.get("content")?.as_str())
}

fn added_token(token: &Value) -> Option<AddedToken> {
    let flag =
        |key: &str, default: bool| token.get(key).and_then(Value::as_bool).unwrap_or(default);
    Some(
        AddedToken::from(content(token)?, true)
            .normalized(flag("normalized", true))
            .lstrip(flag("lstrip", false))
            .rstrip(flag("rstrip", false))
            .single_word(flag("single_word", false)),
    )
}

/// The object in a file that may be missing.
fn read_json(path: &Path) -> Result<Value, CheckpointError> {
    match std::fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).map_err(CheckpointError::json(path)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Value::Null),
        Err(error) => Err(CheckpointError::io(path)(error)),
    }
}
