use std::fmt;

use super::Authority;
use crate::digest::Digest;
use crate::names::shown;

const LONGEST_REPOSITORY: usize = 255;
const LONGEST_TAG: usize = 128;

/// An artifact in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oci {
    /// Which registry.
    pub registry: Registry,
    /// Which repository there, such as `acme/film-grain`.
    pub repository: String,
    /// Which tag. With neither tag nor digest, the newest version.
    pub tag: Option<String>,
    /// The digest of the artifact's manifest. With a tag too, the tag must still lead there.
    pub digest: Option<Digest>,
}

/// The address of a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// `HOST` or `HOST:PORT`.
    pub authority: String,
    /// Whether it is this machine, where TLS is not needed.
    pub loopback: bool,
}

impl Oci {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (authority, path) = text
            .split_once('/')
            .ok_or_else(|| "expected oci://HOST/REPOSITORY".to_owned())?;
        let loopback = Authority::read(authority)?.is_loopback();
        let (path, digest) = match path.split_once('@') {
            Some((path, digest)) => {
                let digest = digest
                    .parse()
                    .map_err(|error: crate::digest::InvalidDigest| error.to_string())?;
                (path, Some(digest))
            }
            None => (path, None),
        };
        let (repository, tag) = match path.split_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (path, None),
        };
        if repository.len() > LONGEST_REPOSITORY || !repository.split('/').all(is_component) {
            return Err(format!(
                "repository is `{}`, expected lower-case names such as acme/film-grain",
                shown(repository)
            ));
        }
        if let Some(tag) = tag
            && !is_tag(tag)
        {
            return Err(format!(
                "tag is `{}`, expected one such as 1.2.0",
                shown(tag)
            ));
        }
        Ok(Self {
            registry: Registry {
                authority: authority.to_ascii_lowercase(),
                loopback,
            },
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest,
        })
    }
}

impl fmt::Display for Oci {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "oci://{}/{}", self.registry.authority, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// A part of a repository's name, by the distribution specification: `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`.
fn is_component(text: &str) -> bool {
    let alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators: Vec<&str> = text
        .split(alphanumeric)
        .filter(|run| !run.is_empty())
        .collect();
    text.starts_with(alphanumeric)
        && text.ends_with(alphanumeric)
        && separators
            .into_iter()
            .all(|run| matches!(run, "." | "_" | "__") || run.bytes().all(|byte| byte == b'-'))
}

/// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= LONGEST_TAG
        && text.starts_with(word)
        && text.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}
