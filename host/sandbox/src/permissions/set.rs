use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Kind, Permission};
use crate::digest::Digest;

/// Permissions without their reasons: what is granted, compared and hashed. As JSON and TOML a list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct PermissionSet(BTreeSet<Permission>);

impl PermissionSet {
    /// Nothing at all.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its permissions, in the order of their kinds.
    pub fn iter(&self) -> impl Iterator<Item = &Permission> {
        self.0.iter()
    }

    /// Those of one kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Permission> {
        self.0
            .iter()
            .filter(move |permission| permission.kind() == kind)
    }

    /// Whether there is any of a kind: whether the interface is linked.
    #[must_use]
    pub fn has(&self, kind: Kind) -> bool {
        self.of_kind(kind).next().is_some()
    }

    /// Whether whoever has this set may do what `permission` lets.
    #[must_use]
    pub fn covers(&self, permission: &Permission) -> bool {
        self.0.iter().any(|mine| mine.covers(permission))
    }

    /// Whether whoever has this set may do everything that `other` lets.
    #[must_use]
    pub fn covers_all(&self, other: &Self) -> bool {
        other.iter().all(|permission| self.covers(permission))
    }

    /// The set without one kind: what is left after a revocation.
    #[must_use]
    pub fn without(&self, kind: Kind) -> Self {
        self.iter()
            .filter(|permission| permission.kind() != kind)
            .cloned()
            .collect()
    }

    /// The name of this set. Reasons have no part in it: rewording one asks nobody again.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let lines: Vec<String> = self.iter().map(|line| format!("{line}\n")).collect();
        Digest::of(lines.concat().as_bytes())
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().collect())
    }
}

/// From a file of ours. A permission that this version does not know is left out: it can grant nothing here.
impl From<Vec<String>> for PermissionSet {
    fn from(lines: Vec<String>) -> Self {
        lines.iter().filter_map(|line| line.parse().ok()).collect()
    }
}

impl From<PermissionSet> for Vec<String> {
    fn from(set: PermissionSet) -> Self {
        set.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no permissions");
        }
        for (index, permission) in self.iter().enumerate() {
            let separator = if index > 0 { ", " } else { "" };
            write!(f, "{separator}{permission}")?;
        }
        Ok(())
    }
}
