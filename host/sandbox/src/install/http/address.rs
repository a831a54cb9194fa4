use std::fmt;

use url::{Host, Url};

use crate::names::shown;

/// A URL that may be asked: `https`, or `http` on this machine; without a user name and a fragment.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Box<Url>);

impl Address {
    /// Reads and checks a URL.
    ///
    /// # Errors
    /// It is none, or of another scheme, or `http` to elsewhere.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let url = Url::parse(text)
            .map_err(|error| InvalidAddress::new(text, format!("no URL: {error}")))?;
        Self::check(url)
    }

    /// Where a link on this address leads, when a person chose what holds it: an index beside its plugins.
    ///
    /// # Errors
    /// It leads to no URL that may be asked, or from `https` to `http`.
    pub fn join(&self, link: &str) -> Result<Self, InvalidAddress> {
        self.follow(link)
    }

    /// Where a redirect leads.
    ///
    /// # Errors
    /// It leads to no URL that may be asked, from `https` to `http`, or from elsewhere to this machine.
    pub(super) fn follow(&self, location: &str) -> Result<Self, InvalidAddress> {
        let refuse = |reason: &str| InvalidAddress::new(location, reason);
        let url = self
            .0
            .join(location)
            .map_err(|error| refuse(&format!("no URL: {error}")))?;
        if self.0.scheme() == "https" && url.scheme() == "http" {
            return Err(refuse("leads from https to http"));
        }
        let next = Self::check(url)?;
        if next.is_loopback() && !self.is_loopback() {
            return Err(refuse("leads from the net to this machine"));
        }
        Ok(next)
    }

    fn check(mut url: Url) -> Result<Self, InvalidAddress> {
        let refuse = |url: &Url, reason: &str| Err(InvalidAddress::new(url.as_str(), reason));
        if url.host().is_none() {
            return refuse(&url, "has no host");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(&url, "has a user name, expected none");
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => {
                return refuse(
                    &url,
                    "http is for this machine only (localhost, 127.0.0.1, [::1]), expected https",
                );
            }
            _ => return refuse(&url, "expected https"),
        }
        url.set_fragment(None);
        Ok(Self(Box::new(url)))
    }

    /// Whether it is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether scheme, host and port are the same.
    #[must_use]
    pub fn same_origin(&self, other: &Self) -> bool {
        self.0.origin() == other.0.origin()
    }

    /// The same with more in its query.
    #[must_use]
    pub fn with_query(&self, pairs: &[(&str, &str)]) -> Self {
        let mut url = self.0.clone();
        url.query_pairs_mut().extend_pairs(pairs);
        Self(url)
    }

    /// The same with more at the end of its path, as `.sig` is.
    #[must_use]
    pub fn with_suffix(&self, suffix: &str) -> Self {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{suffix}", self.0.path()));
        Self(url)
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Only what is this machine in every resolver's eyes.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        None => false,
    }
}

/// Without the query: what registries sign their links with is in there.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.as_str();
        let end = text.find('?').unwrap_or(text.len());
        f.write_str(&shown(&text[..end]))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A URL that is not asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}`: {reason}")]
pub struct InvalidAddress {
    given: String,
    reason: String,
}

impl InvalidAddress {
    fn new(given: &str, reason: impl Into<String>) -> Self {
        let end = given.find('?').unwrap_or(given.len());
        Self {
            given: shown(&given[..end]),
            reason: reason.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).expect(text)
    }

    #[test]
    fn only_https_leaves_this_machine() {
        for good in [
            "https://example.org/a.wasm",
            "http://localhost:8000/a",
            "http://127.0.0.1/a",
            "http://[::1]:5000/v2/",
        ] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://example.org/a",
            "http://127.0.0.2/a",
            "http://localhost.example.org/",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "https://user@example.org/",
            "https://",
            "a.wasm",
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn redirects_are_judged() {
        let far = address("https://example.org/a/b.wasm?token=x");
        assert_eq!(
            far.follow("../c").expect("relative").as_str(),
            "https://example.org/c"
        );
        assert_eq!(
            far.follow("//cdn.example.org/c").expect("a host").as_str(),
            "https://cdn.example.org/c"
        );
        for (location, expected) in [
            ("http://example.org/", "leads from https to http"),
            ("http://127.0.0.1/", "leads from https to http"),
            ("https://localhost/", "leads from the net to this machine"),
            ("file:///etc/passwd", "has no host"),
            ("https://u:p@example.org/", "has a user name"),
        ] {
            let error = far.follow(location).expect_err(location).to_string();
            assert!(error.contains(expected), "{error}");
        }
        let near = address("http://127.0.0.1:5000/a");
        assert!(near.follow("http://localhost:9/b").is_ok());
        assert!(near.follow("https://example.org/b").is_ok());
        let error = near.follow("http://example.org/b").expect_err("http");
        assert!(error.to_string().contains("http is for this machine only"));
    }

    #[test]
    fn what_signs_a_link_is_not_shown() {
        let far = address("https://example.org/a?signature=secret");
        assert_eq!(far.to_string(), "https://example.org/a");
        assert_eq!(
            far.with_suffix(".sig").as_str(),
            "https://example.org/a.sig?signature=secret"
        );
        assert_eq!(format!("{far:?}"), "https://example.org/a");
    }
}
