use super::host::{HTTPS, HostName, HostRule, read_port};
use crate::names::shown;

const LONGEST_URL: usize = 8192;

/// Where a plugin's request would go: host and port of an `https` URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The host.
    pub host: HostName,
    /// The port.
    pub port: u16,
}

impl Target {
    /// Reads them out of a URL. It is stricter than URLs are: what two readers could understand differently (a
    /// backslash, a user name, blanks, controls) is refused rather than understood.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn of_url(url: &str) -> Result<Self, InvalidTarget> {
        let error = |reason: &str| InvalidTarget::Url {
            url: shown(url),
            reason: reason.to_owned(),
        };
        if url.len() > LONGEST_URL {
            return Err(error("expected at most 8192 bytes"));
        }
        if !url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        {
            return Err(error(
                "expected printable ASCII without blanks and backslashes",
            ));
        }
        let rest = match url.get(..8) {
            Some(scheme) if scheme.eq_ignore_ascii_case("https://") => &url[8..],
            _ => return Err(error("expected https://")),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = &rest[..end];
        if authority.contains('@') {
            return Err(error("expected no user name"));
        }
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (
                host,
                read_port(port).ok_or_else(|| error("expected a port of 1 to 65535"))?,
            ),
            None => (authority, HTTPS),
        };
        let host = host
            .parse()
            .map_err(|inner: super::InvalidHost| error(&inner.to_string()))?;
        Ok(Self { host, port })
    }

    /// Whether one of the rules lets a plugin go there.
    ///
    /// # Errors
    /// None does.
    pub fn check<'a>(
        &self,
        rules: impl IntoIterator<Item = &'a HostRule>,
    ) -> Result<(), InvalidTarget> {
        if rules
            .into_iter()
            .any(|rule| rule.allows(&self.host, self.port))
        {
            return Ok(());
        }
        let port = match self.port {
            HTTPS => String::new(),
            port => format!(":{port}"),
        };
        Err(InvalidTarget::NotGranted {
            host: format!("{}{port}", self.host),
        })
    }
}

/// Why a plugin's request is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    /// A URL that cannot be followed.
    #[error("url is `{url}`: {reason}")]
    Url {
        /// The URL.
        url: String,
        /// What was expected.
        reason: String,
    },
    /// A host that was not granted.
    #[error("{host} is not among the hosts that were granted (permission `net`)")]
    NotGranted {
        /// Where the request would have gone.
        host: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_read() {
        for (url, host, port) in [
            ("https://api.example.org/v1?x=a@b", "api.example.org", 443),
            ("HTTPS://API.example.org:8443#x", "api.example.org", 8443),
            ("https://a.org?u=http://b.org", "a.org", 443),
            ("https://a.org.", "a.org", 443),
        ] {
            let target = Target::of_url(url).expect(url);
            assert_eq!((target.host.as_str(), target.port), (host, port), "{url}");
        }
    }

    #[test]
    fn whatever_could_be_understood_differently_is_refused() {
        for url in [
            "http://a.org/",
            "ftp://a.org/",
            "//a.org",
            "a.org",
            "https://",
            "https:///x",
            "https://user@a.org/",
            "https://a.org@b.org/",
            "https://a.org\\@b.org/",
            "https://a.org /",
            "https://a.org/\r\nHost: b.org",
            "https://a.org:0/",
            "https://a.org:x/",
            "https://a.org:443:443/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://bücher.de/",
            "https://a%2eorg/",
        ] {
            assert!(Target::of_url(url).is_err(), "{url}");
        }
        assert!(Target::of_url(&format!("https://a.org/{}", "x".repeat(9000))).is_err());
    }

    #[test]
    fn a_target_needs_a_rule() {
        let rules: Vec<HostRule> = vec!["*.a.org".parse().expect("a rule")];
        let target = |url| Target::of_url(url).expect(url);
        assert_eq!(target("https://x.a.org/").check(&rules), Ok(()));
        let error = target("https://x.a.org:8443/")
            .check(&rules)
            .expect_err("another port");
        assert_eq!(
            error.to_string(),
            "x.a.org:8443 is not among the hosts that were granted (permission `net`)"
        );
        assert!(
            target("https://x.a.org/").check([]).is_err(),
            "[] grants nothing"
        );
    }
}
