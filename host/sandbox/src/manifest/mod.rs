//! What a plugin says about itself.
//!
//! Authors write TOML (`plugin.toml`); inside the component the same is JSON, in the custom section
//! [`SECTION`](crate::section::MANIFEST). Nothing in it is believed that can be checked: hooks are compared with the
//! exports, permissions with the imports, limits with what the host allows.

mod id;
mod limits;

use std::collections::BTreeSet;

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::contract::{self, Hook};
use crate::document::toml_message;
use crate::permissions::{Asked, InvalidAsk};
use crate::policy::OnFailure;
use crate::settings::{InvalidSchema, Schema};

pub use id::{InvalidId, PluginId};
pub use limits::{CapExceeded, Limits};

/// The largest manifest, in bytes.
pub const LARGEST: usize = 256 * 1024;
const LONGEST_LINE: usize = 200;
const MOST_AUTHORS: usize = 32;

/// A manifest that was checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// What the plugin is called everywhere: commands, folders, grants, recipes.
    pub id: PluginId,
    /// What people read; the id if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its version.
    pub version: Version,
    /// The version of the contract that it was made for, such as `0.1`.
    pub api: ApiVersion,
    /// What it does, in one line.
    pub description: String,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Under which licence, as SPDX names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Where its source is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The hooks it exports.
    pub hooks: BTreeSet<Hook>,
    /// What becomes of a picture when the plugin fails. The user may decide otherwise.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// When the hook `denoise` is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denoise: Option<Denoise>,
    /// What it asks to be allowed.
    #[serde(default)]
    pub permissions: Asked,
    /// What it asks to use. The host allows no more than it wants to.
    #[serde(default)]
    pub limits: Limits,
    /// Its knobs.
    #[serde(default)]
    pub settings: Schema,
}

/// When the hook `denoise` is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Denoise {
    /// In which phases; by default after steps.
    pub phases: BTreeSet<Phase>,
    /// After every how many steps, counted from the last one backwards, so that the last is always among them.
    pub every: u32,
}

impl Default for Denoise {
    fn default() -> Self {
        Self {
            phases: BTreeSet::from([Phase::Step]),
            every: 1,
        }
    }
}

impl Denoise {
    /// Whether the hook is called on the noise that drawing starts from.
    #[must_use]
    pub fn sees_noise(&self) -> bool {
        self.phases.contains(&Phase::Noise)
    }

    /// Whether the hook is called after step `step` (from 1) of `steps`.
    #[must_use]
    pub fn sees_step(&self, step: u32, steps: u32) -> bool {
        self.phases.contains(&Phase::Step)
            && (1..=steps).contains(&step)
            && (steps - step).is_multiple_of(self.every)
    }
}

/// A phase in the drawing of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Before the first step.
    Noise,
    /// After a step.
    Step,
}

/// A version of the contract as authors write it, `0.1` or `0.1.0`: a plugin made for 0.1 needs nothing that came later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ApiVersion(pub Version);

impl TryFrom<String> for ApiVersion {
    type Error = InvalidManifest;

    fn try_from(given: String) -> Result<Self, InvalidManifest> {
        let full = if given.matches('.').count() == 1 {
            format!("{given}.0")
        } else {
            given.clone()
        };
        Version::parse(&full)
            .map(Self)
            .map_err(|_| InvalidManifest::Field {
                field: "api",
                reason: format!(
                    "is `{}`, expected a version such as {}.{}",
                    crate::names::shown(&given),
                    contract::VERSION.major,
                    contract::VERSION.minor
                ),
            })
    }
}

impl From<ApiVersion> for String {
    fn from(version: ApiVersion) -> Self {
        version.0.to_string()
    }
}

impl Manifest {
    /// Reads and checks what an author wrote.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line where it has one.
    pub fn from_toml(text: &str) -> Result<Self, InvalidManifest> {
        let size = text.len();
        if size > LARGEST {
            return Err(InvalidManifest::TooLarge { size });
        }
        let manifest: Self = toml::from_str(text)
            .map_err(|error| InvalidManifest::Syntax(toml_message(text, &error)))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Reads and checks what is in a component.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn from_json(bytes: &[u8]) -> Result<Self, InvalidManifest> {
        let size = bytes.len();
        if size > LARGEST {
            return Err(InvalidManifest::TooLarge { size });
        }
        let manifest: Self = serde_json::from_slice(bytes)
            .map_err(|error| InvalidManifest::Syntax(error.to_string()))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The bytes for a component. The same manifest always gives the same bytes.
    ///
    /// # Errors
    /// It is not valid.
    pub fn to_json(&self) -> Result<Vec<u8>, InvalidManifest> {
        self.check()?;
        serde_json::to_vec(self).map_err(|error| InvalidManifest::Syntax(error.to_string()))
    }

    /// The name for people.
    #[must_use]
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.id.as_str())
    }

    /// When `denoise` is called.
    #[must_use]
    pub fn denoise(&self) -> Denoise {
        self.denoise.clone().unwrap_or_default()
    }

    fn check(&self) -> Result<(), InvalidManifest> {
        let field = |field, reason: &str| InvalidManifest::Field {
            field,
            reason: reason.to_owned(),
        };
        let api = &self.api.0;
        if !contract::serves(api) {
            return Err(InvalidManifest::Api {
                made_for: api.clone(),
            });
        }
        let lines = [
            ("name", self.name.as_deref()),
            ("description", Some(self.description.as_str())),
            ("license", self.license.as_deref()),
            ("homepage", self.homepage.as_deref()),
            ("repository", self.repository.as_deref()),
        ];
        let authors = self
            .authors
            .iter()
            .map(|author| ("authors", Some(author.as_str())));
        for (name, line) in lines.into_iter().chain(authors) {
            line.map_or(Ok(()), check_line)
                .map_err(|reason| InvalidManifest::Field {
                    field: name,
                    reason,
                })?;
        }
        for (name, url) in [
            ("homepage", &self.homepage),
            ("repository", &self.repository),
        ] {
            if url.as_ref().is_some_and(|url| !url.starts_with("https://")) {
                return Err(field(
                    name,
                    "is no link, expected one that begins with https://",
                ));
            }
        }
        if self.authors.len() > MOST_AUTHORS {
            let count = self.authors.len();
            return Err(field(
                "authors",
                &format!("are {count}, expected at most {MOST_AUTHORS}"),
            ));
        }
        if self.hooks.is_empty() {
            return Err(field("hooks", "is empty, expected at least one hook"));
        }
        if let Some(denoise) = &self.denoise {
            if !self.hooks.contains(&Hook::Denoise) {
                return Err(field(
                    "denoise",
                    "is there without the hook `denoise`, expected both or neither",
                ));
            }
            if denoise.phases.is_empty() {
                return Err(field(
                    "denoise.phases",
                    "is empty, expected `noise`, `step` or both",
                ));
            }
            if denoise.every == 0 {
                return Err(field("denoise.every", "is 0, expected 1 or more"));
            }
        }
        self.permissions.check()?;
        self.settings.check()?;
        Ok(())
    }
}

fn check_line(line: &str) -> Result<(), String> {
    let length = line.chars().count();
    if line.trim().is_empty() {
        return Err("is empty, expected a line of text".to_owned());
    }
    if length > LONGEST_LINE {
        return Err(format!(
            "has {length} characters, expected at most {LONGEST_LINE}"
        ));
    }
    if line.chars().any(crate::logs::is_harmful) {
        return Err("has invisible or control characters, expected one line of text".to_owned());
    }
    Ok(())
}

/// What is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidManifest {
    /// It is too large to be read.
    #[error("manifest has {size} bytes, expected at most {LARGEST}")]
    TooLarge {
        /// Its size.
        size: usize,
    },
    /// It is no TOML or JSON, or has fields that do not exist or are of another type.
    #[error("manifest: {0}")]
    Syntax(String),
    /// A field is wrong.
    #[error("manifest: {field} {reason}")]
    Field {
        /// Which.
        field: &'static str,
        /// What it is and what was expected.
        reason: String,
    },
    /// It was made for another version of the contract.
    #[error(
        "manifest: the plugin was made for version {made_for} of the plugin interface, this Aquatint has {}{}",
        contract::VERSION,
        advice(.made_for)
    )]
    Api {
        /// The version that it was made for.
        made_for: Version,
    },
    /// What it asks for is wrong.
    #[error("manifest: {0}")]
    Permissions(#[from] InvalidAsk),
    /// A setting is wrong.
    #[error("manifest: {0}")]
    Settings(#[from] InvalidSchema),
}

fn advice(made_for: &Version) -> &'static str {
    if *made_for > contract::VERSION {
        ": it needs a newer Aquatint"
    } else {
        ": it needs to be built again"
    }
}

#[cfg(test)]
mod tests;
