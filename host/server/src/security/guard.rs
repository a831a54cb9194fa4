//! The middleware that lets requests in or not.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::hosts::{self, Refused};
use super::{Key, Scope, scope};
use crate::App;
use crate::http::listener::Peer;
use crate::http::{Problem, family};

/// The cookie of the page.
const COOKIE: &str = "aquatint_key";
/// What a wrong key costs: guessing is slow.
const WRONG: u32 = 20;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The key, where there are any.
    pub(crate) key: Option<Key>,
    /// What they may do.
    pub(crate) scope: Scope,
}

/// Whose bucket a request is taken from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    Key(String),
    Address(Option<IpAddr>),
    /// Wrong keys have buckets of their own: they keep nobody else out.
    Wrong(Option<IpAddr>),
}

/// Lets a request in, or answers why not.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match admit(&app, &request, &path) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => {
            app.metrics().refused(problem.kind());
            family::answer(&path, problem)
        }
    }
}

fn admit(app: &App, request: &Request, path: &str) -> Result<Caller, Problem> {
    let config = app.config();
    let headers = request.headers();
    let authority = request.uri().authority().map(|it| it.as_str());
    hosts::check(config, headers, authority, scope::is_api(path)).map_err(refused)?;
    let method = request.method();
    // What a browser asks before it asks. It carries no key, and the answer says nothing.
    if *method == Method::OPTIONS {
        return Ok(Caller {
            key: None,
            scope: Scope::Read,
        });
    }
    let address = request
        .extensions()
        .get::<Peer>()
        .map(|Peer(address)| address.ip());
    let caller = authenticate(app, headers, address)?;
    let client = match &caller.key {
        Some(key) => Client::Key(key.id.clone()),
        None => Client::Address(address),
    };
    app.rates()
        .take(client, scope::cost(method, path), Instant::now())
        .map_err(too_many)?;
    match scope::needed(method, path) {
        Some(needed) if caller.scope < needed => Err(Problem::forbidden(format_args!(
            "this needs a key with the scope `{needed}`, and this one has `{}`",
            caller.scope
        ))),
        Some(_) if caller.key.is_none() && !is_open(app) => Err(Problem::unauthorized(
            "this server needs a key: as `Authorization: Bearer KEY`, or as the password of Basic",
        )),
        _ => Ok(caller),
    }
}

/// Whether nobody needs a key: there are none, and whoever reaches the server may.
fn is_open(app: &App) -> bool {
    app.keys().current().is_empty() && (app.config().is_local() || app.config().insecure)
}

fn authenticate(
    app: &App,
    headers: &HeaderMap,
    address: Option<IpAddr>,
) -> Result<Caller, Problem> {
    let Some(secret) = credentials(headers) else {
        // What needs no key is for everyone; the rest is refused once it is known what is needed.
        let scope = if is_open(app) {
            Scope::Admin
        } else {
            Scope::Read
        };
        return Ok(Caller { key: None, scope });
    };
    // A key where there are none: clients that always send something.
    if is_open(app) {
        return Ok(Caller {
            key: None,
            scope: Scope::Admin,
        });
    }
    match app.keys().find(&secret) {
        Some(key) if !key.is_expired(Timestamp::now()) => Ok(Caller {
            scope: key.scope,
            key: Some(key),
        }),
        found => {
            app.rates_of_wrong_keys()
                .take(Client::Wrong(address), WRONG, Instant::now())
                .map_err(too_many)?;
            Err(Problem::unauthorized(match found {
                Some(_) => "the key has expired",
                None => "the key is not known",
            }))
        }
    }
}

/// The key that a request brings: as Bearer, as the password of Basic, as `X-Api-Key` or as the page's cookie.
pub(crate) fn credentials(headers: &HeaderMap) -> Option<String> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|it: &HeaderValue| it.to_str().ok())
    };
    if let Some(given) = text(header::AUTHORIZATION) {
        let (kind, rest) = given.split_once(' ')?;
        if kind.eq_ignore_ascii_case("bearer") {
            return Some(rest.trim().to_owned());
        }
        if kind.eq_ignore_ascii_case("basic") {
            let decoded = STANDARD.decode(rest.trim()).unwrap_or_default();
            let pair = String::from_utf8(decoded).unwrap_or_default();
            let password = pair.split_once(':').map(|(_, password)| password);
            return Some(password.unwrap_or_default().to_owned());
        }
        return Some(String::new());
    }
    if let Some(key) = text(header::HeaderName::from_static("x-api-key")) {
        return Some(key.trim().to_owned());
    }
    let cookies = text(header::COOKIE)?;
    cookies
        .split(';')
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}

/// The cookie that keeps a key for the page; without one, what makes the browser forget it.
pub(crate) fn session_cookie(secret: Option<&str>, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    match secret {
        Some(secret) => format!(
            "{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000{secure}"
        ),
        None => format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{secure}"),
    }
}

fn too_many(wait: Duration) -> Problem {
    let seconds = wait.as_secs_f64().ceil() as u64;
    Problem::too_many(
        format_args!("too much at once: try again in {seconds} s (setting `rate_limit`)"),
        seconds.max(1),
    )
}

fn refused(why: Refused) -> Problem {
    match why {
        Refused::NoHost => Problem::malformed("the request names no host"),
        Refused::Host(host) => Problem::misdirected(format_args!(
            "this server is not called `{host}`: names other than its addresses are named by the setting `hosts`"
        )),
        Refused::Origin(origin) => Problem::forbidden(format_args!(
            "pages of `{origin}` may not use this server: the setting `origins` names those that may"
        )),
        Refused::CrossSite => Problem::forbidden(
            "another site asks for this: the setting `origins` names those that may",
        ),
    }
}
