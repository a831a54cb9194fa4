//! The names of bytes: SHA-256, because registries and lock files speak it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

const PREFIX: &str = "sha256:";

/// A SHA-256, written `sha256:` and 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A digest that was computed elsewhere, while downloading for example.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// The 64 digits alone, as file names and `#sha256=` have them.
    #[must_use]
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// From the 64 digits alone, in either case.
    ///
    /// # Errors
    /// Anything else.
    pub fn from_hex(given: &str) -> Result<Self, InvalidDigest> {
        let error = || InvalidDigest {
            given: crate::names::shown(given),
        };
        if given.len() != 64 || !given.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(error());
        }
        let mut bytes = [0; 32];
        for (byte, digits) in bytes.iter_mut().zip(given.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| error())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| error())?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(given: &str) -> Result<Self, InvalidDigest> {
        given
            .strip_prefix(PREFIX)
            .and_then(|digits| Self::from_hex(digits).ok())
            .ok_or_else(|| InvalidDigest {
                given: crate::names::shown(given),
            })
    }
}

impl TryFrom<String> for Digest {
    type Error = InvalidDigest;

    fn try_from(given: String) -> Result<Self, InvalidDigest> {
        given.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// A text that is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("digest is `{given}`, expected `sha256:` and 64 hexadecimal digits")]
pub struct InvalidDigest {
    given: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_nothing_is_the_known_one() {
        let digest = Digest::of(b"");
        assert_eq!(
            digest.to_string(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(digest.to_string().parse::<Digest>(), Ok(digest));
        assert_eq!(
            Digest::from_hex(&digest.hex().to_uppercase()),
            Ok(digest),
            "case does not matter"
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for given in [
            "",
            "sha256:",
            "sha256:00",
            "md5:00",
            "sha256:é",
            &"0".repeat(64),
        ] {
            assert!(given.parse::<Digest>().is_err(), "{given}");
        }
        let almost = format!("sha256:{}g", "0".repeat(63));
        assert!(almost.parse::<Digest>().is_err());
        let signed = format!("sha256:+f{}", "0".repeat(62));
        assert!(signed.parse::<Digest>().is_err());
    }
}
