use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::names::shown;

const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;
/// The port of HTTPS, which is not written.
pub(super) const HTTPS: u16 = 443;

/// A DNS name in lower case, without a dot at the end, and never an address: `api.example.org`.
///
/// Addresses in all their disguises (`127.1`, `0x7f000001`, `2130706433`) end in a label that is a number, which no
/// name in DNS does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

impl HostName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for HostName {
    type Err = InvalidHost;

    fn from_str(given: &str) -> Result<Self, InvalidHost> {
        let error = |reason| InvalidHost {
            given: shown(given),
            reason,
        };
        let name = given.strip_suffix('.').unwrap_or(given);
        if !name.is_ascii() {
            return Err(error(
                "expected letters of ASCII (a name in another script begins with `xn--`)",
            ));
        }
        if name.is_empty() || name.len() > LONGEST_NAME {
            return Err(error("expected 1 to 253 characters"));
        }
        let name = name.to_ascii_lowercase();
        for label in name.split('.') {
            let sound = (1..=LONGEST_LABEL).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-');
            if !sound {
                return Err(error("expected a DNS name such as api.example.org"));
            }
        }
        let (first, last) = name.rsplit_once('.').unwrap_or(("", &name));
        let number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
        if number {
            return Err(error("expected a DNS name, not an address"));
        }
        if first.is_empty() || matches!(last, "localhost" | "local" | "internal" | "onion") {
            return Err(error(
                "expected a name in the public DNS such as api.example.org",
            ));
        }
        Ok(Self(name))
    }
}

/// Hosts that a plugin may reach: `api.example.org`, `*.example.org` (every name below it, not itself), each with
/// `:PORT` if it is not 443.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostRule {
    name: HostName,
    below: bool,
    port: u16,
}

impl HostRule {
    /// Whether a connection to this host and port is allowed.
    #[must_use]
    pub fn allows(&self, host: &HostName, port: u16) -> bool {
        self.port == port && self.fits(host)
    }

    /// Whether everything that `other` allows is allowed here.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let name = &other.name;
        self.port == other.port
            && match (self.below, other.below) {
                (false, true) => false,
                (true, true) => self.name == *name || self.fits(name),
                (_, false) => self.fits(name),
            }
    }

    fn fits(&self, host: &HostName) -> bool {
        if !self.below {
            return self.name == *host;
        }
        host.0
            .strip_suffix(&self.name.0)
            .is_some_and(|rest| rest.ends_with('.'))
    }
}

impl fmt::Display for HostRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let star = if self.below { "*." } else { "" };
        write!(f, "{star}{}", self.name)?;
        match self.port {
            HTTPS => Ok(()),
            port => write!(f, ":{port}"),
        }
    }
}

impl FromStr for HostRule {
    type Err = InvalidHost;

    fn from_str(given: &str) -> Result<Self, InvalidHost> {
        let error = |reason| InvalidHost {
            given: shown(given),
            reason,
        };
        let (host, port) = match given.split_once(':') {
            Some((host, port)) => (
                host,
                read_port(port).ok_or_else(|| error("expected a port of 1 to 65535"))?,
            ),
            None => (given, HTTPS),
        };
        let (name, below) = match host.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (host, false),
        };
        if name.contains('*') {
            return Err(error(
                "expected `*` only as the whole first label, such as *.example.org",
            ));
        }
        Ok(Self {
            name: name
                .parse()
                .map_err(|inner: InvalidHost| error(inner.reason))?,
            below,
            port,
        })
    }
}

impl TryFrom<String> for HostRule {
    type Error = InvalidHost;

    fn try_from(given: String) -> Result<Self, InvalidHost> {
        given.parse()
    }
}

impl From<HostRule> for String {
    fn from(rule: HostRule) -> Self {
        rule.to_string()
    }
}

/// A port in digits, never 0.
pub(crate) fn read_port(given: &str) -> Option<u16> {
    let digits = given.bytes().all(|byte| byte.is_ascii_digit());
    given.parse().ok().filter(|port| digits && *port > 0)
}

/// A text that names no host that a plugin could be granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("host is `{given}`: {reason}")]
pub struct InvalidHost {
    given: String,
    reason: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> HostRule {
        text.parse().expect(text)
    }

    #[test]
    fn names_are_names() {
        for good in [
            "a.org",
            "API.Example.org",
            "xn--bcher-kva.example",
            "a-b.co.uk",
            "a.org.",
            "1.a.org",
        ] {
            assert!(good.parse::<HostName>().is_ok(), "{good}");
        }
        for bad in [
            "",
            ".",
            "org",
            "localhost",
            "x.localhost",
            "printer.local",
            "db.internal",
            "a..org",
            "-a.org",
            "a-.org",
            "a_b.org",
            "bücher.de",
            "a.org/..",
            "a@b.org",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0x1",
            "[::1]",
            "::1",
            "1.2.3.4.",
            "a.org..",
            "*.org",
        ] {
            assert!(bad.parse::<HostName>().is_err(), "{bad}");
        }
        assert!(
            format!("{}.org", "a".repeat(64))
                .parse::<HostName>()
                .is_err()
        );
    }

    #[test]
    fn rules_allow_what_they_say() {
        let host = |name: &str| name.parse::<HostName>().expect(name);
        assert!(rule("a.org").allows(&host("a.org"), 443));
        assert!(rule("a.org").allows(&host("A.ORG."), 443));
        assert!(!rule("a.org").allows(&host("x.a.org"), 443));
        assert!(!rule("a.org").allows(&host("a.org"), 8443));
        assert!(rule("a.org:8443").allows(&host("a.org"), 8443));
        assert!(rule("*.a.org").allows(&host("x.y.a.org"), 443));
        assert!(!rule("*.a.org").allows(&host("a.org"), 443));
        assert!(!rule("*.a.org").allows(&host("ba.org"), 443));
        assert!(!rule("*.a.org").allows(&host("a.org.evil.net"), 443));
    }

    #[test]
    fn rules_cover_narrower_rules() {
        assert!(rule("*.a.org").covers(&rule("*.a.org")));
        assert!(rule("*.a.org").covers(&rule("*.b.a.org")));
        assert!(!rule("*.b.a.org").covers(&rule("*.a.org")));
        assert!(!rule("x.a.org").covers(&rule("*.x.a.org")));
        assert!(!rule("*.a.org").covers(&rule("a.org")));
        assert!(!rule("*.a.org").covers(&rule("x.a.org:1")));
    }

    #[test]
    fn a_rule_reads_back_and_a_bad_one_is_refused() {
        for text in ["a.org", "*.a.org", "a.org:8443"] {
            assert_eq!(rule(text).to_string(), text);
        }
        assert_eq!(rule("a.org:443").to_string(), "a.org");
        for bad in [
            "*",
            "*.org",
            "*.*.a.org",
            "a.*.org",
            "a.org:0",
            "a.org:70000",
            "a.org:+1",
            "https://a.org",
        ] {
            assert!(bad.parse::<HostRule>().is_err(), "{bad}");
        }
        assert_eq!(
            "10.0.0.1"
                .parse::<HostRule>()
                .expect_err("an address")
                .to_string(),
            "host is `10.0.0.1`: expected a DNS name, not an address"
        );
    }
}
