//! Who asks: the logins that `docker login` keeps, and the tokens that registries trade them for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use serde::Deserialize;

/// Far above any login file and any token.
pub(super) const LARGEST: u64 = 1 << 20;

/// `user:password` in Base64, as both the file and the header have it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login(String);

impl Login {
    /// The login for a registry, if `docker login` has left one. A file that cannot be read has none.
    pub(super) fn find(authority: &str) -> Option<Self> {
        let path = config_path()?;
        Self::in_file(&path, authority)
    }

    pub(super) fn in_file(path: &Path, authority: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Config {
            #[serde(default)]
            auths: BTreeMap<String, Entry>,
        }
        #[derive(Deserialize)]
        struct Entry {
            auth: Option<String>,
        }
        if std::fs::metadata(path).ok()?.len() > LARGEST {
            return None;
        }
        let text = std::fs::read(path).ok()?;
        let config: Config = serde_json::from_slice(&text).ok()?;
        let host = |key: &str| {
            let key = key
                .strip_prefix("https://")
                .or_else(|| key.strip_prefix("http://"))
                .unwrap_or(key);
            let end = key.find('/').unwrap_or(key.len());
            key[..end].to_owned()
        };
        let (_, entry) = config.auths.iter().find(|(key, entry)| {
            entry.auth.is_some() && host(key).eq_ignore_ascii_case(login_host(authority))
        })?;
        let auth = entry.auth.as_deref()?.trim();
        let decoded = STANDARD
            .decode(auth)
            .or_else(|_| STANDARD_NO_PAD.decode(auth))
            .ok()?;
        decoded
            .contains(&b':')
            .then(|| Self(STANDARD.encode(decoded)))
    }

    pub(super) fn header(&self) -> String {
        format!("Basic {}", self.0)
    }
}

/// Docker's own registry keeps its logins under an older name.
fn login_host(authority: &str) -> &str {
    match authority {
        "docker.io" | "registry-1.docker.io" => "index.docker.io",
        other => other,
    }
}

fn config_path() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let folder = match set("DOCKER_CONFIG") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(set("HOME").or_else(|| set("USERPROFILE"))?).join(".docker"),
    };
    Some(folder.join("config.json"))
}

/// What a registry wants to see, from `WWW-Authenticate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// The login itself.
    Basic,
    /// A token from elsewhere.
    Bearer {
        realm: String,
        service: Option<String>,
        scope: Option<String>,
    },
}

impl Challenge {
    /// `None` if it is neither.
    pub(super) fn read(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let mut found = parameters(rest);
        Some(Self::Bearer {
            realm: found.remove("realm")?,
            service: found.remove("service"),
            scope: found.remove("scope"),
        })
    }
}

/// `a="b, c",d=e`, as RFC 9110 has it.
fn parameters(mut text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    while let Some((name, rest)) = text.split_once('=') {
        let name = name.trim_matches([' ', ',', '\t']).to_ascii_lowercase();
        let mut value = String::new();
        let rest = rest.trim_start();
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut end = quoted.len();
            let mut characters = quoted.char_indices();
            while let Some((index, c)) = characters.next() {
                match c {
                    '"' => {
                        end = index + 1;
                        break;
                    }
                    '\\' => value.extend(characters.next().map(|(_, c)| c)),
                    c => value.push(c),
                }
            }
            text = &quoted[end..];
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            value.push_str(rest[..end].trim());
            text = &rest[end..];
        }
        found.insert(name, value);
    }
    found
}

/// What a token service answers.
#[derive(Deserialize)]
pub(super) struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Token {
    pub(super) fn header(self) -> Option<String> {
        let token = self.token.or(self.access_token)?;
        Some(format!("Bearer {token}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_however_they_are_written() {
        assert_eq!(
            Challenge::read(r#"Basic realm="Registry""#),
            Some(Challenge::Basic)
        );
        assert_eq!(
            Challenge::read(
                r#"Bearer realm="https://auth.example.org/token",service="r, \"x\"",scope="repository:a/b:pull,push""#
            ),
            Some(Challenge::Bearer {
                realm: "https://auth.example.org/token".to_owned(),
                service: Some("r, \"x\"".to_owned()),
                scope: Some("repository:a/b:pull,push".to_owned()),
            })
        );
        assert_eq!(
            Challenge::read("bearer Realm=https://a.org/t, error=invalid"),
            Some(Challenge::Bearer {
                realm: "https://a.org/t".to_owned(),
                service: None,
                scope: None,
            })
        );
        for other in [
            "",
            "Bearer",
            "Bearer service=\"x",
            "Negotiate",
            "Bearer \"=",
        ] {
            assert_eq!(Challenge::read(other), None, "{other}");
        }
    }

    #[test]
    fn logins_are_found_under_every_name_that_tools_give_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.json");
        let text = serde_json::json!({"auths": {
            "https://index.docker.io/v1/": {"auth": "ZG9ja2VyOng="},
            "ghcr.io": {"auth": "YWRhOnNlY3JldA"},
            "helper.example.org": {},
            "127.0.0.1:5000": {"auth": "!"},
        }});
        std::fs::write(&path, text.to_string()).expect("written");
        let header = |authority| Login::in_file(&path, authority).map(|login| login.header());
        assert_eq!(header("docker.io").as_deref(), Some("Basic ZG9ja2VyOng="));
        assert_eq!(header("GHCR.io").as_deref(), Some("Basic YWRhOnNlY3JldA=="));
        for none in ["helper.example.org", "127.0.0.1:5000", "example.org"] {
            assert_eq!(header(none), None, "{none}");
        }
        assert!(Login::in_file(&folder.path().join("none"), "ghcr.io").is_none());
    }
}
