//! Requests of plugins. Every hop is checked by itself: the name against what was granted, the addresses that DNS gives
//! for it against those that nobody may reach, and the connection goes to the very addresses that were checked.

use std::io::Read as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use ureq::http::{self, HeaderName, HeaderValue, Uri};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use super::{HostRule, Network, Roots, Target};
use crate::install::{system_tls, tls_with};
use crate::problem::Problem;
use crate::stop::Stop;

const MOST_REDIRECTS: usize = 5;
/// The longest body that is accepted, whatever is asked for.
const LARGEST_BODY: u64 = 64 << 20;
const MOST_HEADERS: usize = 128;
const LARGEST_HEAD: usize = 64 << 10;
const LONGEST: Duration = Duration::from_secs(120);

/// What to do with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub(crate) enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    fn http(self) -> http::Method {
        match self {
            Self::Get => http::Method::GET,
            Self::Head => http::Method::HEAD,
            Self::Post => http::Method::POST,
            Self::Put => http::Method::PUT,
            Self::Patch => http::Method::PATCH,
            Self::Delete => http::Method::DELETE,
        }
    }
}

/// What a plugin sends.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incoming {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FetchLimits {
    until: Instant,
    bytes: u64,
    pub(crate) follow: bool,
}

impl FetchLimits {
    pub(crate) fn within(time: Duration, transfer: u64) -> Self {
        Self {
            until: Instant::now() + time.min(LONGEST),
            bytes: transfer.min(LARGEST_BODY),
            follow: true,
        }
    }

    pub(crate) fn shorten(&mut self, milliseconds: u64) {
        let time = Duration::from_millis(milliseconds).min(LONGEST);
        self.until = self.until.min(Instant::now() + time);
    }

    pub(crate) fn narrow(&mut self, bytes: u64) {
        self.bytes = self.bytes.min(bytes);
    }
}

/// Sends a request and reads all of the response.
pub(crate) fn fetch(
    mut outgoing: Outgoing,
    rules: &[HostRule],
    limits: &FetchLimits,
    stop: &Stop,
    network: &dyn Network,
) -> Result<Incoming, Problem> {
    let headers = headers(&outgoing.headers)?;
    let mut first_host = None;
    for _ in 0..=MOST_REDIRECTS {
        if stop.is_set() {
            return Err(Problem::Cancelled);
        }
        let target = Target::of_url(&outgoing.url).map_err(|error| match first_host {
            None => Problem::InvalidInput(error.to_string()),
            Some(_) => Problem::Denied(format!("redirected: {error}")),
        })?;
        target
            .check(rules)
            .map_err(|error| Problem::Denied(error.to_string()))?;
        let addresses = network
            .resolve(&target.host, target.port)
            .map_err(|error| Problem::Failed(format!("{}: {error}", target.host)))?;
        for address in &addresses {
            network
                .may_reach(*address)
                .map_err(|why| Problem::Denied(format!("{}: {why}", target.host)))?;
        }
        let same_host = first_host.get_or_insert_with(|| target.host.clone()) == &target.host;
        let response = send(&outgoing, &headers, same_host, addresses, limits, network)?;
        let status = response.status().as_u16();
        let location = response
            .headers()
            .get(http::header::LOCATION)
            .and_then(|value| value.to_str().ok());
        match location {
            Some(location) if limits.follow && (300..400).contains(&status) => {
                outgoing.url = join(&outgoing.url, location);
                // As browsers do: what was posted is not posted again elsewhere, but for 307 and 308.
                if !matches!(status, 307 | 308) && outgoing.method != Method::Head {
                    outgoing.method = Method::Get;
                    outgoing.body.clear();
                }
            }
            _ => return read(response, limits, stop),
        }
    }
    Err(Problem::Failed(format!(
        "more than {MOST_REDIRECTS} redirects"
    )))
}

fn send(
    outgoing: &Outgoing,
    headers: &[(HeaderName, HeaderValue)],
    same_host: bool,
    addresses: Vec<SocketAddr>,
    limits: &FetchLimits,
    network: &dyn Network,
) -> Result<http::Response<ureq::Body>, Problem> {
    let left = limits.until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Problem::Failed("the time for it is up".to_owned()));
    }
    let tls = match network.roots() {
        Roots::System => system_tls().map_err(|error| Problem::Failed(error.to_string()))?,
        Roots::Only(roots) => tls_with(&roots),
    };
    let config = ureq::Agent::config_builder()
        .https_only(true)
        .tls_config(tls)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        // A proxy would look names up by itself.
        .proxy(None)
        .max_response_header_size(LARGEST_HEAD)
        .user_agent(concat!("aquatint-plugin/", env!("CARGO_PKG_VERSION")))
        .timeout_global(Some(left))
        .build();
    let agent = ureq::Agent::with_parts(config, DefaultConnector::default(), Pinned(addresses));
    let mut request = http::Request::builder()
        .method(outgoing.method.http())
        .uri(&outgoing.url);
    for (name, value) in headers {
        // What was meant for one host is not told another.
        if same_host || *name != http::header::AUTHORIZATION && *name != http::header::COOKIE {
            request = request.header(name, value);
        }
    }
    let failed = |error: ureq::Error| Problem::Failed(error.to_string());
    let invalid = |error: http::Error| Problem::InvalidInput(error.to_string());
    if outgoing.body.is_empty()
        && matches!(outgoing.method, Method::Get | Method::Head | Method::Delete)
    {
        return agent
            .run(request.body(()).map_err(invalid)?)
            .map_err(failed);
    }
    let body = outgoing.body.clone();
    agent
        .run(request.body(body).map_err(invalid)?)
        .map_err(failed)
}

fn read(
    response: http::Response<ureq::Body>,
    limits: &FetchLimits,
    stop: &Stop,
) -> Result<Incoming, Problem> {
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .take(MOST_HEADERS)
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect();
    let too_long = || Problem::Exhausted(format!("the body is longer than {} bytes", limits.bytes));
    let mut reader = response.into_body().into_reader();
    let mut body = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        if stop.is_set() {
            return Err(Problem::Cancelled);
        }
        let count = reader
            .read(&mut chunk)
            .map_err(|error| Problem::Failed(error.to_string()))?;
        if count == 0 {
            return Ok(Incoming {
                status,
                headers,
                body,
            });
        }
        if (body.len() + count) as u64 > limits.bytes {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk[..count]);
    }
}

/// The headers that a plugin may set.
fn headers(given: &[(String, String)]) -> Result<Vec<(HeaderName, HeaderValue)>, Problem> {
    const OURS: [&str; 12] = [
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "accept-encoding",
    ];
    if given.len() > MOST_HEADERS {
        return Err(Problem::InvalidInput(format!(
            "{} headers, expected at most {MOST_HEADERS}",
            given.len()
        )));
    }
    given
        .iter()
        .map(|(name, value)| {
            let shown = crate::names::shown(name);
            let invalid = |what: &str| Problem::InvalidInput(format!("header `{shown}`: {what}"));
            let parsed = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| invalid("expected a name of letters, digits and dashes"))?;
            if OURS.contains(&parsed.as_str()) {
                return Err(invalid("it concerns the connection, which is the host's"));
            }
            let value = HeaderValue::from_str(value)
                .map_err(|_| invalid("expected a value of printable characters"))?;
            Ok((parsed, value))
        })
        .collect()
}

/// Where a redirect leads. Only what is left of ambiguity is understood: a whole URL, or a path on the same host.
fn join(url: &str, location: &str) -> String {
    if location.starts_with("//") {
        return format!("https:{location}");
    }
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let end = url[after_scheme..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |at| after_scheme + at);
    let (origin, path) = url.split_at(end);
    if location.starts_with('/') {
        return format!("{origin}{location}");
    }
    let path = path.split(['?', '#']).next().unwrap_or("");
    if location.starts_with('?') {
        let path = if path.is_empty() { "/" } else { path };
        return format!("{origin}{path}{location}");
    }
    // A colon before any slash, question mark or hash is a scheme's.
    let first = location.split(['/', '?', '#']).next().unwrap_or("");
    if first.contains(':') {
        return location.to_owned();
    }
    let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
    format!("{origin}{folder}{location}")
}

/// Answers with the addresses that were checked, whatever is asked.
#[derive(Debug)]
struct Pinned(Vec<SocketAddr>);

impl Resolver for Pinned {
    fn resolve(
        &self,
        _: &Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        for address in self.0.iter().take(16) {
            addresses.push(*address);
        }
        if addresses.is_empty() {
            return Err(ureq::Error::HostNotFound);
        }
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn redirects_lead_where_their_servers_mean() {
        let url = "https://a.org/x/y?z=1#w";
        for (location, expected) in [
            ("https://b.org/", "https://b.org/"),
            ("http://a.org/", "http://a.org/"),
            ("javascript:alert(1)", "javascript:alert(1)"),
            ("//b.org/c", "https://b.org/c"),
            ("/c?u=https://b.org/", "https://a.org/c?u=https://b.org/"),
            ("c", "https://a.org/x/c"),
            ("c/https://b.org", "https://a.org/x/c/https://b.org"),
            ("?z=2", "https://a.org/x/y?z=2"),
        ] {
            assert_eq!(join(url, location), expected);
        }
        assert_eq!(join("https://a.org", "c"), "https://a.org/c");
        assert_eq!(join("https://a.org", "?c"), "https://a.org/?c");
    }
}
