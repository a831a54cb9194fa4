//! Where plugins come from.
//!
//! | written | means |
//! |---|---|
//! | `grain.wasm`, `./plugins/grain.wasm`, `file:///…` | a file |
//! | `https://HOST/PATH#sha256=HEX` | a download, whose digest is known beforehand |
//! | `http://localhost:8000/…#sha256=HEX` | the same without TLS, from this machine only |
//! | `oci://HOST[:PORT]/REPOSITORY[:TAG][@sha256:HEX]` | an artifact in a registry; without a tag the newest version |
//! | `index:ID[@REQUIREMENT]` | a plugin by its id, from an index; without a requirement the newest version |

mod oci;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;
use std::{fmt, str::FromStr};

use semver::VersionReq;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::manifest::PluginId;
use crate::names::{did_you_mean, nearest, shown};
use crate::net::read_port;

pub use oci::{Oci, Registry};

const SCHEMES: [&str; 5] = ["file", "https", "http", "oci", "index"];

/// Where a plugin comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Locator {
    /// A file on this machine.
    File(PathBuf),
    /// A download.
    Url {
        /// Without the fragment.
        url: String,
        /// What it must hold.
        digest: Digest,
    },
    /// An artifact in a registry.
    Oci(Oci),
    /// A plugin in an index.
    Index {
        /// Its id.
        id: PluginId,
        /// Which versions will do.
        requirement: VersionReq,
    },
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => {
                let path = path.to_string_lossy();
                // A relative path may look like something else.
                match path.contains(':') {
                    true => write!(f, "file://{path}"),
                    false => write!(f, "{path}"),
                }
            }
            Self::Url { url, digest } => write!(f, "{url}#sha256={}", digest.hex()),
            Self::Oci(oci) => write!(f, "{oci}"),
            Self::Index { id, requirement } if *requirement == VersionReq::STAR => {
                write!(f, "index:{id}")
            }
            Self::Index { id, requirement } => write!(f, "index:{id}@{requirement}"),
        }
    }
}

impl FromStr for Locator {
    type Err = InvalidLocator;

    fn from_str(given: &str) -> Result<Self, InvalidLocator> {
        let error = |reason: String| InvalidLocator {
            given: shown(given),
            reason,
        };
        if given.trim().is_empty() || given.contains('\0') {
            return Err(error(
                "expected a file, https://, oci:// or index:".to_owned(),
            ));
        }
        if let Some(rest) = given.strip_prefix("index:") {
            return index(rest).map_err(error);
        }
        let Some((scheme, rest)) = given.split_once("://") else {
            return match given.split_once(':') {
                // `C:\plugins\grain.wasm` is a file; `oci:host/x` is a slip.
                Some((scheme, _)) if scheme.len() > 1 && SCHEMES.contains(&scheme) => {
                    Err(error(format!("expected `{scheme}://`")))
                }
                _ => Ok(Self::File(PathBuf::from(given))),
            };
        };
        match scheme {
            "file" if rest.is_empty() => Err(error("expected a path after file://".to_owned())),
            "file" => Ok(Self::File(PathBuf::from(rest))),
            "https" | "http" => url(given, scheme, rest).map_err(error),
            "oci" => Oci::read(rest).map(Self::Oci).map_err(error),
            other => Err(error(format!(
                "unknown scheme `{}`{}, expected a file, https://, oci:// or index:",
                shown(other),
                did_you_mean(nearest(other, SCHEMES).as_deref())
            ))),
        }
    }
}

impl TryFrom<String> for Locator {
    type Error = InvalidLocator;

    fn try_from(given: String) -> Result<Self, InvalidLocator> {
        given.parse()
    }
}

impl From<Locator> for String {
    fn from(locator: Locator) -> Self {
        locator.to_string()
    }
}

fn index(rest: &str) -> Result<Locator, String> {
    let (id, requirement) = match rest.split_once('@') {
        Some((id, requirement)) => (id, Some(requirement)),
        None => (rest, None),
    };
    let requirement = match requirement {
        None => VersionReq::STAR,
        Some(text) => VersionReq::parse(text).map_err(|_| {
            format!(
                "version is `{}`, expected a requirement such as ^1.2 or =1.2.3",
                shown(text)
            )
        })?,
    };
    let id = id
        .parse()
        .map_err(|error: crate::manifest::InvalidId| error.to_string())?;
    Ok(Locator::Index { id, requirement })
}

fn url(given: &str, scheme: &str, rest: &str) -> Result<Locator, String> {
    if !given
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    {
        return Err("expected printable ASCII without blanks and backslashes".to_owned());
    }
    let Some((url, fragment)) = given.split_once('#') else {
        return Err("expected `#sha256=` and the digest of the file at the end".to_owned());
    };
    let digest = fragment
        .strip_prefix("sha256=")
        .and_then(|hex| Digest::from_hex(hex).ok())
        .ok_or_else(|| {
            format!(
                "after `#` is `{}`, expected `sha256=` and 64 hexadecimal digits",
                shown(fragment)
            )
        })?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = Authority::read(&rest[..end])?;
    if scheme == "http" && !authority.is_loopback() {
        return Err(
            "http is for this machine only (localhost, 127.0.0.1, [::1]), expected https://"
                .to_owned(),
        );
    }
    Ok(Locator::Url {
        url: url.to_owned(),
        digest,
    })
}

/// `HOST[:PORT]` as downloads and registries have it: names and addresses of any network, since the user chose it.
struct Authority<'a> {
    host: &'a str,
}

impl<'a> Authority<'a> {
    fn read(text: &'a str) -> Result<Self, String> {
        if text.contains('@') {
            return Err(
                "expected no user name: credentials belong into the registry's login".to_owned(),
            );
        }
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (address, after) = rest
                    .split_once(']')
                    .filter(|(address, _)| address.parse::<Ipv6Addr>().is_ok())
                    .ok_or_else(|| {
                        format!(
                            "host is `{}`, expected an IPv6 address in brackets",
                            shown(text)
                        )
                    })?;
                match after {
                    "" => (address, None),
                    after => match after.strip_prefix(':') {
                        Some(port) => (address, Some(port)),
                        None => {
                            return Err(format!(
                                "host is `{}`, expected `:PORT` after it",
                                shown(text)
                            ));
                        }
                    },
                }
            }
            None => {
                let (host, port) = match text.split_once(':') {
                    Some((host, port)) => (host, Some(port)),
                    None => (text, None),
                };
                let label = |label: &str| {
                    (1..=63).contains(&label.len())
                        && label
                            .bytes()
                            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                };
                if host.len() > 253 || !host.split('.').all(label) {
                    return Err(format!(
                        "host is `{}`, expected a name or an address",
                        shown(host)
                    ));
                }
                (host, port)
            }
        };
        if let Some(port) = port
            && read_port(port).is_none()
        {
            return Err(format!("port is `{}`, expected 1 to 65535", shown(port)));
        }
        Ok(Self { host })
    }

    /// Only what is this machine in every resolver's eyes.
    fn is_loopback(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || match self.host.parse::<IpAddr>() {
                Ok(IpAddr::V4(address)) => address == Ipv4Addr::LOCALHOST,
                Ok(IpAddr::V6(address)) => address == Ipv6Addr::LOCALHOST,
                Err(_) => false,
            }
    }
}

/// A text that leads to no plugin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("plugin source `{given}`: {reason}")]
pub struct InvalidLocator {
    given: String,
    reason: String,
}

#[cfg(test)]
mod tests;
