//! What a plugin needs, one file a permission.
//!
//! The manifest asks, with reasons ([`Asked`]). The binary imports ([`Imports`]), and cannot lie about it: what it does
//! not import it cannot call. [`reconcile`] holds the two together and gives the [`PermissionSet`] that a user is asked
//! to grant. [`Change`] says what an update would add or drop.

mod asked;
mod change;
mod clock;
mod generate;
mod imports;
mod inference;
mod net;
mod random;
mod set;
mod store;

use std::{fmt, str::FromStr};

use crate::names::{did_you_mean, nearest, shown};
use crate::net::HostRule;
use crate::units::Bytes;

pub use asked::{Asked, InvalidAsk, NetAsk, Reason, StoreAsk};
pub use change::{Change, Verdict};
pub use imports::{Imports, NotAsked, Reconciled, UnreadableComponent, reconcile};
pub use set::PermissionSet;

/// A kind of permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Reaching hosts over HTTPS.
    Net,
    /// Keeping bytes between calls.
    Store,
    /// Drawing pictures.
    Generate,
    /// Running models.
    Inference,
    /// The real time.
    Clock,
    /// Real randomness.
    Random,
}

impl Kind {
    /// All of them, as they are shown to people: what reaches furthest first.
    pub const ALL: [Self; 6] = [
        Self::Net,
        Self::Store,
        Self::Generate,
        Self::Inference,
        Self::Clock,
        Self::Random,
    ];

    /// The name in manifests, grants and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Net => net::NAME,
            Self::Store => store::NAME,
            Self::Generate => generate::NAME,
            Self::Inference => inference::NAME,
            Self::Clock => clock::NAME,
            Self::Random => random::NAME,
        }
    }

    /// The interface of the contract that is linked only with this permission. `None` for those that change what an
    /// interface does instead: without them clocks are virtual and random numbers come from the job's seed.
    #[must_use]
    pub const fn interface(self) -> Option<&'static str> {
        match self {
            Self::Net => Some(net::INTERFACE),
            Self::Store => Some(store::INTERFACE),
            Self::Generate => Some(generate::INTERFACE),
            Self::Inference => Some(inference::INTERFACE),
            Self::Clock | Self::Random => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One thing that a plugin may do. As text: the name of its kind, and what it is limited to, such as
/// `net api.example.org`, `store 1MiB` or `generate`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Reach the hosts of a rule.
    Net(HostRule),
    /// Keep up to so many bytes.
    Store(Bytes),
    /// Draw pictures.
    Generate,
    /// Run models.
    Inference,
    /// Read the real time.
    Clock,
    /// Draw real random numbers.
    Random,
}

impl Permission {
    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Net(_) => Kind::Net,
            Self::Store(_) => Kind::Store,
            Self::Generate => Kind::Generate,
            Self::Inference => Kind::Inference,
            Self::Clock => Kind::Clock,
            Self::Random => Kind::Random,
        }
    }

    /// What it lets a plugin do, for the person who decides: the rest of a sentence that begins with "It may".
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Net(rule) => net::describe(rule),
            Self::Store(quota) => store::describe(*quota),
            Self::Generate => generate::DESCRIPTION.to_owned(),
            Self::Inference => inference::DESCRIPTION.to_owned(),
            Self::Clock => clock::DESCRIPTION.to_owned(),
            Self::Random => random::DESCRIPTION.to_owned(),
        }
    }

    /// Whether having this makes `other` superfluous.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Net(mine), Self::Net(theirs)) => mine.covers(theirs),
            (Self::Store(mine), Self::Store(theirs)) => mine >= theirs,
            _ => self == other,
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Net(rule) => write!(f, "{kind} {rule}"),
            Self::Store(quota) => write!(f, "{kind} {quota}"),
            _ => write!(f, "{kind}"),
        }
    }
}

impl FromStr for Permission {
    type Err = InvalidPermission;

    fn from_str(given: &str) -> Result<Self, InvalidPermission> {
        let (name, limit) = match given.trim().split_once(' ') {
            Some((name, limit)) => (name, Some(limit.trim())),
            None => (given.trim(), None),
        };
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| InvalidPermission::Unknown {
                given: shown(name),
                nearest: nearest(name, Kind::ALL.map(Kind::name)),
            })?;
        let limit_error = |reason: String| InvalidPermission::Limit { kind, reason };
        match (kind, limit) {
            (Kind::Net, Some(limit)) => limit
                .parse()
                .map(Self::Net)
                .map_err(|error: crate::net::InvalidHost| limit_error(error.to_string())),
            (Kind::Store, Some(limit)) => limit
                .parse()
                .map(Self::Store)
                .map_err(|error: crate::units::InvalidUnit| limit_error(error.to_string())),
            (Kind::Net, None) => Err(limit_error("expected a host name after it".to_owned())),
            (Kind::Store, None) => Err(limit_error("expected a size after it".to_owned())),
            (Kind::Generate, None) => Ok(Self::Generate),
            (Kind::Inference, None) => Ok(Self::Inference),
            (Kind::Clock, None) => Ok(Self::Clock),
            (Kind::Random, None) => Ok(Self::Random),
            (_, Some(limit)) => Err(limit_error(format!(
                "expected nothing after it, found `{}`",
                shown(limit)
            ))),
        }
    }
}

/// A text that is no permission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPermission {
    /// No such kind.
    #[error(
        "unknown permission `{given}`{}: the permissions are {}",
        did_you_mean(.nearest.as_deref()),
        Kind::ALL.map(Kind::name).join(", ")
    )]
    Unknown {
        /// What was written.
        given: String,
        /// The known name nearest to it, when one is near.
        nearest: Option<String>,
    },
    /// What it is limited to makes no sense.
    #[error("permission `{kind}`: {reason}")]
    Limit {
        /// Which permission.
        kind: Kind,
        /// What is wrong and what was expected.
        reason: String,
    },
}

#[cfg(test)]
mod tests;
