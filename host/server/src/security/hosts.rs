//! By which names a request may come, and from which pages.
//!
//! A browser runs the scripts of any page, and what they ask of `localhost` reaches a server here. Two things tell such a
//! request apart: the page's origin, and, where its name was made to point at this machine, the name in `Host`.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};

use crate::Config;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    NoHost,
    Host(String),
    Origin(String),
    CrossSite,
}

/// Checks the names that a request comes by. `is_api` is false for the page itself, to which others may link.
pub(crate) fn check(
    config: &Config,
    headers: &HeaderMap,
    authority: Option<&str>,
    is_api: bool,
) -> Result<(), Refused> {
    let host = match authority {
        Some(authority) => authority,
        None => headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
            .ok_or(Refused::NoHost)?,
    };
    let name = without_port(host);
    if !is_known(config, name) {
        return Err(Refused::Host(shown(name)));
    }
    match headers.get(header::ORIGIN) {
        Some(origin) => {
            let origin = origin.to_str().unwrap_or("?");
            if is_own(origin, host) || config.origins.iter().any(|known| known == origin) {
                Ok(())
            } else {
                Err(Refused::Origin(shown(origin)))
            }
        }
        None if is_api => match headers.get("sec-fetch-site").map(|it| it.as_bytes()) {
            // A picture or a link on another page: without an origin, and all the same not ours.
            Some(b"cross-site" | b"same-site") => Err(Refused::CrossSite),
            _ => Ok(()),
        },
        None => Ok(()),
    }
}

/// Whether a page of this origin came from this server.
fn is_own(origin: &str, host: &str) -> bool {
    let own = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    own.is_some_and(|own| own.eq_ignore_ascii_case(host))
}

fn is_known(config: &Config, name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    if let Ok(address) = bare.parse::<IpAddr>() {
        // No page can make its own name an address: whoever calls a server so means it. A server for this machine alone
        // has no other address.
        return address.is_loopback() || !config.is_local();
    }
    config
        .hosts
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// `[::1]:7860` is `[::1]`, `localhost:7860` is `localhost`.
fn without_port(host: &str) -> &str {
    if let Some(end) = host.rfind(']') {
        return &host[..=end];
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

fn shown(text: &str) -> String {
    aquatint_sandbox::names::shown(text)
}
