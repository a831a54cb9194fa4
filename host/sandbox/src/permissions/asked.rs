use serde::{Deserialize, Serialize};

use super::{Kind, Permission, PermissionSet, store};
use crate::net::HostRule;
use crate::units::Bytes;

/// A sentence is enough; more would be read by nobody.
const LONGEST_REASON: usize = 200;
const MOST_HOSTS: usize = 32;

/// The table `[permissions]` of a manifest: what the plugin asks for, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Asked {
    /// Hosts to reach.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub net: Vec<NetAsk>,
    /// Bytes to keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreAsk>,
    /// Drawing pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generate: Option<Reason>,
    /// Running models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inference: Option<Reason>,
    /// The real time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Reason>,
    /// Real randomness.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub random: Option<Reason>,
}

/// A host that a plugin asks to reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NetAsk {
    /// Which.
    pub host: HostRule,
    /// Why, for the user.
    pub reason: String,
}

/// Bytes that a plugin asks to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StoreAsk {
    /// How many.
    pub quota: Bytes,
    /// Why, for the user.
    pub reason: String,
}

/// Why a plugin asks for a permission that has nothing to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reason {
    /// Why, for the user.
    pub reason: String,
}

impl Asked {
    /// Each permission with its reason, as they are shown to people.
    #[must_use]
    pub fn entries(&self) -> Vec<(Permission, &str)> {
        let net = self
            .net
            .iter()
            .map(|ask| (Permission::Net(ask.host.clone()), ask.reason.as_str()));
        let store = self
            .store
            .iter()
            .map(|ask| (Permission::Store(ask.quota), ask.reason.as_str()));
        let plain = [
            (&self.generate, Permission::Generate),
            (&self.inference, Permission::Inference),
            (&self.clock, Permission::Clock),
            (&self.random, Permission::Random),
        ];
        let plain = plain.into_iter().filter_map(|(ask, permission)| {
            let reason = ask.as_ref()?.reason.as_str();
            Some((permission, reason))
        });
        net.chain(store).chain(plain).collect()
    }

    /// The permissions without their reasons.
    #[must_use]
    pub fn set(&self) -> PermissionSet {
        self.entries()
            .into_iter()
            .map(|(permission, _)| permission)
            .collect()
    }

    /// Checks what the types do not say.
    ///
    /// # Errors
    /// The first ask that is wrong.
    pub fn check(&self) -> Result<(), InvalidAsk> {
        for (permission, reason) in self.entries() {
            let kind = permission.kind();
            if reason.trim().is_empty() {
                return Err(InvalidAsk::NoReason { kind });
            }
            let length = reason.chars().count();
            if length > LONGEST_REASON || reason.chars().any(crate::logs::is_harmful) {
                return Err(InvalidAsk::BadReason { kind, length });
            }
        }
        if self.net.len() > MOST_HOSTS {
            return Err(InvalidAsk::TooManyHosts {
                given: self.net.len(),
            });
        }
        for (index, ask) in self.net.iter().enumerate() {
            if self.net[..index].iter().any(|other| other.host == ask.host) {
                return Err(InvalidAsk::HostTwice {
                    host: ask.host.clone(),
                });
            }
        }
        match &self.store {
            Some(ask) if ask.quota.0 == 0 || ask.quota > store::LARGEST => {
                Err(InvalidAsk::Quota { given: ask.quota })
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong with a manifest's `[permissions]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAsk {
    /// Nobody can decide about a permission without a reason.
    #[error("permissions.{kind}: the reason is empty, expected a sentence for the user")]
    NoReason {
        /// Which permission.
        kind: Kind,
    },
    /// A reason that would not fit beside its permission.
    #[error(
        "permissions.{kind}: the reason has {length} characters, expected at most {LONGEST_REASON} and all printable"
    )]
    BadReason {
        /// Which permission.
        kind: Kind,
        /// Its length.
        length: usize,
    },
    /// So many that nobody would read them.
    #[error("permissions.net: {given} hosts, expected at most {MOST_HOSTS}")]
    TooManyHosts {
        /// How many.
        given: usize,
    },
    /// The same host again.
    #[error("permissions.net: {host} is there twice, expected each host once")]
    HostTwice {
        /// Which.
        host: HostRule,
    },
    /// A quota that makes no sense.
    #[error(
        "permissions.store: the quota is {given}, expected 1B to {}",
        store::LARGEST
    )]
    Quota {
        /// What was asked for.
        given: Bytes,
    },
}
