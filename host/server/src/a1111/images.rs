//! Pictures as texts.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::http::Problem;

/// Clients leave out what fills the last group, or do not.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes of a picture: base64, as it is or as a `data:` URL.
pub(super) fn decode(field: &str, text: &str) -> Result<Vec<u8>, Problem> {
    let body = match text.strip_prefix("data:") {
        Some(rest) => rest.split_once(',').map_or("", |(_, body)| body),
        None => text,
    };
    LENIENT
        .decode(body.trim())
        .ok()
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| Problem::field(field, "Invalid encoded image: expected base64"))
}

/// Bytes as base64.
pub(crate) fn encode(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
