use std::{fmt, str::FromStr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::names::shown;

const SCHEME: &str = "ed25519:";

/// A key to check signatures with, written `ed25519:` and 32 bytes in Base64.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// `None` for bytes that are no point of the curve, and for the few points of small order, with which one signature
    /// fits many texts.
    fn from_bytes(bytes: [u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(&bytes).ok()?;
        (!key.is_weak()).then_some(Self(bytes))
    }

    pub(super) fn verifying(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.0).ok()
    }

    /// Its short name, for people to compare.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let hex = Digest::of(&self.0).hex();
        KeyId(hex[..16].to_owned())
    }
}

/// The first 16 hexadecimal digits of a public key's SHA-256. Nothing is decided by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyId(String);

impl KeyId {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", BASE64.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = InvalidKey;

    fn from_str(given: &str) -> Result<Self, InvalidKey> {
        let key = given
            .strip_prefix(SCHEME)
            .and_then(bytes::<32>)
            .and_then(Self::from_bytes);
        key.ok_or_else(|| InvalidKey {
            given: shown(given),
        })
    }
}

impl TryFrom<String> for PublicKey {
    type Error = InvalidKey;

    fn try_from(given: String) -> Result<Self, InvalidKey> {
        given.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

/// A text that is no public key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("key is `{given}`, expected `{SCHEME}` and 44 characters of Base64")]
pub struct InvalidKey {
    given: String,
}

/// A key to sign with. It is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// A new one, from the system's randomness.
    ///
    /// # Errors
    /// The system has none.
    pub fn generate() -> std::io::Result<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(std::io::Error::other)?;
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    /// From 32 bytes in Base64.
    pub(super) fn from_base64(text: &str) -> Option<Self> {
        Some(Self(SigningKey::from_bytes(&bytes(text)?)))
    }

    pub(super) fn to_base64(&self) -> String {
        BASE64.encode(self.0.as_bytes())
    }

    pub(super) fn signing(&self) -> &SigningKey {
        &self.0
    }

    /// The key that checks what this one signs.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the secret of {}", self.public())
    }
}

pub(super) fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    BASE64.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back() {
        let secret = SecretKey::generate().expect("randomness");
        let public = secret.public();
        assert_eq!(public.to_string().parse(), Ok(public));
        let again = SecretKey::from_base64(&secret.to_base64()).expect("a key");
        assert_eq!(again.public(), public);
        assert_eq!(public.id().as_str().len(), 16);
        assert!(!format!("{secret:?}").contains(&secret.to_base64()));
        assert_ne!(SecretKey::generate().expect("randomness").public(), public);
    }

    #[test]
    fn anything_else_is_no_key() {
        for bad in [
            "",
            "ed25519:",
            "ed25519:AAAA",
            "rsa:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            // The neutral element: of small order.
            "ed25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "ed25519:!!!!AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        ] {
            assert!(bad.parse::<PublicKey>().is_err(), "{bad}");
        }
    }
}
