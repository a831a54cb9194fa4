use crate::digest::Digest;
use crate::install::http::{HttpError, InvalidAddress};
use crate::install::sign::InvalidSignature;

/// Why a registry gives or takes no plugin.
#[derive(Debug, thiserror::Error)]
pub enum OciError {
    /// A request failed.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Where requests would go makes no sense.
    #[error("registry: {0}")]
    Address(#[from] InvalidAddress),
    /// There is nothing there.
    #[error("{what}: not found in the registry{said}")]
    NotFound {
        /// What was asked for.
        what: String,
        /// What the registry said.
        said: String,
    },
    /// It wants to know who asks, or does not like who does.
    #[error("{what}: {}", refused(*.anonymous, .said))]
    Refused {
        /// What was asked for.
        what: String,
        /// Whether no login was known.
        anonymous: bool,
        /// What the registry said.
        said: String,
    },
    /// It failed.
    #[error("{what}: the registry answered {status}{said}")]
    Status {
        /// What was asked for.
        what: String,
        /// The status.
        status: u16,
        /// What the registry said.
        said: String,
    },
    /// The answer makes no sense.
    #[error("{what}: {reason}")]
    Answer {
        /// What was asked for.
        what: String,
        /// What it is and what was expected.
        reason: String,
    },
    /// The bytes are not those that they are called by.
    #[error("{what}: has the digest {found}, expected {expected}")]
    Digest {
        /// What was asked for.
        what: String,
        /// What came.
        found: Digest,
        /// What it should be.
        expected: Digest,
    },
    /// A signature in the manifest is none.
    #[error("{what}: {error}")]
    Signature {
        /// Of what.
        what: String,
        /// What is wrong with it.
        error: InvalidSignature,
    },
    /// The tag has other bytes already.
    #[error(
        "{what} holds another plugin already ({found}): choose another tag, or overwrite it with `--force`"
    )]
    Taken {
        /// Which tag.
        what: String,
        /// The digest of what it holds.
        found: Digest,
    },
}

fn refused(anonymous: bool, said: &str) -> String {
    if anonymous {
        format!(
            "the registry wants a login{said}: `docker login` writes one where it is looked for \
             (`auths` in ~/.docker/config.json; credential helpers are not asked)"
        )
    } else {
        format!("the registry refuses this login{said}")
    }
}
