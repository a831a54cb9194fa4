use std::{fmt, str::FromStr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::Signer as _;

use super::key::{InvalidKey, PublicKey, SecretKey, bytes};
use crate::digest::Digest;
use crate::names::shown;

/// The annotation of an artifact's manifest that holds a signature of its layer.
pub const ANNOTATION: &str = "dev.aquatint.signature";
const FORMAT: &str = "aquatint-signature-1";
const DOMAIN: &[u8] = b"aquatint plugin signature 1\0";
/// The most bytes that a `.sig` file may have.
pub(crate) const LARGEST: u64 = 1024;

/// A signature of a component, and the key that it was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key that it names. Whether to trust it is another question.
    pub key: PublicKey,
    signature: ed25519_dalek::Signature,
}

impl Signature {
    /// Signs a component.
    #[must_use]
    pub fn sign(digest: &Digest, key: &SecretKey) -> Self {
        Self {
            key: key.public(),
            signature: key.signing().sign(&message(digest)),
        }
    }

    /// Whether it is of these bytes, and by the key that it names.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self, digest: &Digest) -> Result<(), InvalidSignature> {
        let key = self.key;
        key.verifying()
            .and_then(|it| it.verify_strict(&message(digest), &self.signature).ok())
            .ok_or(InvalidSignature::Wrong { key })
    }
}

fn message(digest: &Digest) -> Vec<u8> {
    [DOMAIN, &digest.bytes()].concat()
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signature = BASE64.encode(self.signature.to_bytes());
        write!(f, "{FORMAT} {} {signature}", self.key)
    }
}

impl FromStr for Signature {
    type Err = InvalidSignature;

    fn from_str(given: &str) -> Result<Self, InvalidSignature> {
        let mut words = given.split_ascii_whitespace();
        let (format, key, signature) = (words.next(), words.next(), words.next());
        if let Some(other) = format
            && other != FORMAT
        {
            return Err(InvalidSignature::Format {
                given: shown(other),
            });
        }
        let (Some(key), Some(signature), None) = (key, signature, words.next()) else {
            return Err(InvalidSignature::Words);
        };
        let signature = bytes(signature).ok_or(InvalidSignature::Words)?;
        Ok(Self {
            key: key.parse()?,
            signature: ed25519_dalek::Signature::from_bytes(&signature),
        })
    }
}

/// A signature that is none, or not of these bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSignature {
    /// Another format.
    #[error("signature begins with `{given}`, expected `{FORMAT}`")]
    Format {
        /// What it begins with.
        given: String,
    },
    /// Not the parts that it must have.
    #[error("signature is not whole, expected `{FORMAT}`, a key, and 88 characters of Base64")]
    Words,
    /// No key in it.
    #[error("signature: {0}")]
    Key(#[from] InvalidKey),
    /// It is of other bytes, or not by its key.
    #[error("signature does not fit: key {} did not sign these bytes", .key.id())]
    Wrong {
        /// The key that it names.
        key: PublicKey,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_component_by_one_key() {
        let key = SecretKey::generate().expect("randomness");
        let digest = Digest::of(b"component");
        let signature = Signature::sign(&digest, &key);
        let read: Signature = format!("{signature}\n").parse().expect("a line");
        assert_eq!(read, signature);
        assert_eq!(read.verify(&digest), Ok(()));
        let other = Digest::of(b"another");
        assert!(matches!(
            read.verify(&other),
            Err(InvalidSignature::Wrong { .. })
        ));
        let stolen = Signature {
            key: SecretKey::generate().expect("randomness").public(),
            ..signature
        };
        assert!(stolen.verify(&digest).is_err());
    }

    #[test]
    fn what_is_signed_stays_the_same() {
        // RFC 8032 signatures are deterministic: a change of the format would show here.
        let key = SecretKey::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
        let signature = Signature::sign(&Digest::of(b"component"), &key.expect("32 bytes"));
        assert_eq!(
            signature.to_string(),
            "aquatint-signature-1 ed25519:A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg= \
             FXKAxieMUYK74mOgiq9kvYGCyBHLg8v0+2uAj16bXih7C6B3XLjn/JvH0U0e3+wRyCJeu7VS4aCAJ07xxItkBA=="
        );
    }

    #[test]
    fn what_is_no_signature_is_named() {
        let key = SecretKey::generate().expect("randomness").public();
        for (given, expected) in [
            (String::new(), "not whole"),
            ("aquatint-signature-1".to_owned(), "not whole"),
            (
                "-----BEGIN PGP SIGNATURE-----".to_owned(),
                "begins with `-----BEGIN`, expected `aquatint-signature-1`",
            ),
            (format!("aquatint-signature-1 {key} AAAA"), "not whole"),
            (
                format!("aquatint-signature-1 x {}", "A".repeat(88)),
                "not whole",
            ),
            (
                format!("aquatint-signature-1 x {}==", "A".repeat(86)),
                "key is `x`",
            ),
            (
                format!("aquatint-signature-1 {key} {}== more", "A".repeat(86)),
                "not whole",
            ),
        ] {
            let error = given.parse::<Signature>().expect_err(&given).to_string();
            assert!(error.contains(expected), "{error}\nexpected {expected}");
        }
    }
}
