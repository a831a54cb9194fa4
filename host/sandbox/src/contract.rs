//! The contract between host and plugin, as the folder `wit/` has it: names only. A test holds the two together.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::names::nearest;
use crate::permissions::Kind;

/// The WIT package.
pub const PACKAGE: &str = "aquatint:plugin";
/// The version of the contract that this host offers. Within one `0.x` (later: one major) it only grows.
pub const VERSION: semver::Version = semver::Version::new(0, 1, 0);

/// An interface that a plugin may import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its name in the package, such as `image`.
    pub name: &'static str,
    /// What the user must grant before it is linked; `None` for those that every plugin has.
    pub permission: Option<Kind>,
}

/// Everything that the host offers, in the order of the table in `wit/package.wit`.
pub const IMPORTS: [Import; 10] = [
    free("types"),
    free("log"),
    free("job"),
    free("image"),
    free("latents"),
    free("assets"),
    granted("store", Kind::Store),
    granted("fetch", Kind::Net),
    granted("generate", Kind::Generate),
    granted("inference", Kind::Inference),
];

const fn free(name: &'static str) -> Import {
    Import {
        name,
        permission: None,
    }
}

const fn granted(name: &'static str, permission: Kind) -> Import {
    Import {
        name,
        permission: Some(permission),
    }
}

/// The interface that every plugin exports.
pub const INFO: &str = "info";

/// A place in the way of a picture where a plugin may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hook {
    /// Changes the request.
    PreProcess,
    /// Sees and changes latents.
    Denoise,
    /// Pixels to pixels.
    PostProcess,
    /// Drives generation.
    Script,
    /// Adds axes to sweeps.
    Sweep,
}

impl Hook {
    /// All of them, in the order in which a picture meets them.
    pub const ALL: [Self; 5] = [
        Self::PreProcess,
        Self::Denoise,
        Self::PostProcess,
        Self::Script,
        Self::Sweep,
    ];

    /// The name of the interface that a plugin exports for it, and the name in manifests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreProcess => "pre-process",
            Self::Denoise => "denoise",
            Self::PostProcess => "post-process",
            Self::Script => "script",
            Self::Sweep => "sweep",
        }
    }

    /// The world that an author's own world includes.
    #[must_use]
    pub const fn world(self) -> &'static str {
        match self {
            Self::PreProcess => "pre-processor",
            Self::Denoise => "denoiser",
            Self::PostProcess => "post-processor",
            Self::Script => "scripter",
            Self::Sweep => "sweeper",
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Hook {
    type Err = UnknownHook;

    fn from_str(given: &str) -> Result<Self, UnknownHook> {
        Self::ALL
            .into_iter()
            .find(|hook| hook.name() == given)
            .ok_or_else(|| UnknownHook {
                given: crate::names::shown(given),
                nearest: nearest(given, Self::ALL.map(Self::name)),
            })
    }
}

/// A name that is no hook's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown hook `{given}`{}: the hooks are {}",
    crate::names::did_you_mean(.nearest.as_deref()),
    Hook::ALL.map(Hook::name).join(", ")
)]
pub struct UnknownHook {
    given: String,
    nearest: Option<String>,
}

/// The name of an interface of this package inside a component, such as `aquatint:plugin/image@0.1.0`.
#[must_use]
pub fn qualified(interface: &str) -> String {
    format!("{PACKAGE}/{interface}@{VERSION}")
}

/// The parts of a component's import or export name: `wasi:io/streams@0.2.3` is `wasi:io`, `streams`, 0.2.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceName<'a> {
    /// Namespace and package.
    pub package: &'a str,
    /// The interface.
    pub interface: &'a str,
    /// Its version.
    pub version: semver::Version,
}

impl<'a> InterfaceName<'a> {
    /// `None` if it is not `NAMESPACE:PACKAGE/INTERFACE@VERSION`.
    #[must_use]
    pub fn parse(name: &'a str) -> Option<Self> {
        let (path, version) = name.split_once('@')?;
        let (package, interface) = path.split_once('/')?;
        let version = semver::Version::parse(version).ok()?;
        Some(Self {
            package,
            interface,
            version,
        })
    }

    /// Whether this is one of the contract's.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.package == PACKAGE
    }
}

/// Whether a plugin made for `version` of the contract runs on this host, as a linker decides it: the same `0.x` (or
/// the same major), and nothing newer than the host. A pre-release never matches.
#[must_use]
pub fn serves(version: &semver::Version) -> bool {
    offers(&VERSION, version)
}

fn offers(host: &semver::Version, version: &semver::Version) -> bool {
    let line = |version: &semver::Version| {
        (
            version.major,
            if version.major == 0 { version.minor } else { 0 },
        )
    };
    version.pre.is_empty() && line(version) == line(host) && version <= host
}

#[cfg(test)]
mod tests;
