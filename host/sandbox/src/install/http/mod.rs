//! HTTP as downloads and registries need it: bounded in time and size, and never where it was not sent.
//!
//! `https` everywhere; `http` on this machine alone, past any proxy. Redirects are followed here and not in the client,
//! so that each is judged: at most five, never from `https` to `http`, never from elsewhere to this machine, and
//! credentials stay with the server that they are for. Proxies and certificates are those of the system; `SSL_CERT_FILE`
//! names other root certificates.

mod address;
mod error;
mod reply;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ureq::http::{HeaderMap, HeaderValue, Method, Request, header};
use ureq::tls::{PemItem, RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Proxy};

pub use address::{Address, InvalidAddress};
pub(crate) use error::explain;
pub use error::{Failure, HttpError};
pub use reply::Reply;

/// How many redirects are followed.
pub const MOST_REDIRECTS: usize = 5;

/// How long servers may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, its name looked up and its TLS set up.
    pub connect: Duration,
    /// For the head of an answer, and for each read of what follows.
    pub stall: Duration,
    /// Below how many bytes a second, on the whole, a download is given up once `stall` has passed: a server could send a
    /// byte now and then forever.
    pub slowest: u64,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            slowest: 1024,
        }
    }
}

/// A client. Cloning shares it, and cancelling one cancels all.
#[derive(Clone, Debug)]
pub struct Http {
    /// For the net, through proxies if there are any.
    outward: Agent,
    /// For this machine.
    inward: Agent,
    patience: Patience,
    cancelled: Arc<AtomicBool>,
}

/// How connections are secured, for whoever makes their own: with the root certificates of the system, or those in
/// `SSL_CERT_FILE`.
pub(crate) fn system_tls() -> Result<TlsConfig, HttpError> {
    Ok(tls(roots()?))
}

/// The same with these root certificates alone, each as DER.
pub(crate) fn tls_with(roots: &[Vec<u8>]) -> TlsConfig {
    let roots = roots
        .iter()
        .map(|der| ureq::tls::Certificate::from_der(der).to_owned());
    tls(RootCerts::from(roots.collect::<Vec<_>>()))
}

fn roots() -> Result<RootCerts, HttpError> {
    match std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()) {
        None => Ok(RootCerts::PlatformVerifier),
        Some(path) => certificates(std::path::Path::new(&path)),
    }
}

fn tls(roots: RootCerts) -> TlsConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    TlsConfig::builder()
        .root_certs(roots)
        .unversioned_rustls_crypto_provider(provider)
        .build()
}

impl Http {
    /// A client with the root certificates of the system, or those in `SSL_CERT_FILE`.
    ///
    /// # Errors
    /// `SSL_CERT_FILE` names a file without certificates.
    pub fn new(patience: Patience) -> Result<Self, HttpError> {
        Ok(Self::with_roots(patience, roots()?))
    }

    fn with_roots(patience: Patience, roots: RootCerts) -> Self {
        let tls = tls(roots);
        let agent = |proxy| {
            let config = Agent::config_builder()
                .tls_config(tls.clone())
                .proxy(proxy)
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .user_agent(concat!("aquatint/", env!("CARGO_PKG_VERSION")))
                .accept_encoding("identity")
                .timeout_resolve(Some(patience.connect))
                .timeout_connect(Some(patience.connect))
                .timeout_recv_response(Some(patience.stall))
                .timeout_per_read(Some(patience.stall))
                .timeout_per_write(Some(patience.stall))
                .build();
            Agent::from(config)
        };
        Self {
            outward: agent(Proxy::try_from_env()),
            inward: agent(None),
            patience,
            cancelled: Arc::default(),
        }
    }

    /// Ends what is under way, from any thread; the client is of no use after.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        self.outward.clone().shutdown();
        self.inward.clone().shutdown();
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }

    /// Gets what is at an address, redirects followed, whatever the status.
    ///
    /// # Errors
    /// There is no answer, or a redirect leads where it must not.
    pub fn get(&self, address: &Address, headers: &HeaderMap) -> Result<Reply, HttpError> {
        let mut address = address.clone();
        let mut headers = headers.clone();
        for _ in 0..=MOST_REDIRECTS {
            let reply = self.send(Method::GET, &address, &headers, ())?;
            let Some(location) = reply.redirect() else {
                return Ok(reply);
            };
            let next = address
                .follow(location)
                .map_err(|error| HttpError::new(&address, Failure::Redirect(error)))?;
            if !next.same_origin(&address) {
                headers.remove(header::AUTHORIZATION);
            }
            address = next;
        }
        Err(HttpError::new(&address, Failure::TooManyRedirects))
    }

    /// Sends one request and follows nothing.
    ///
    /// # Errors
    /// There is no answer.
    pub fn send(
        &self,
        method: Method,
        address: &Address,
        headers: &HeaderMap,
        body: impl AsSendBody,
    ) -> Result<Reply, HttpError> {
        let fail = |failure| HttpError::new(address, failure);
        let mut request = Request::builder()
            .method(method)
            .uri(address.as_str())
            .body(body)
            .map_err(|error| fail(Failure::Other(error.to_string())))?;
        request.headers_mut().extend(headers.clone());
        let agent = if address.is_loopback() {
            &self.inward
        } else {
            &self.outward
        };
        match agent.run(request) {
            Ok(response) => Ok(Reply::new(self.clone(), address.clone(), response)),
            Err(_) if self.is_cancelled() => Err(fail(Failure::Cancelled)),
            Err(error) => Err(fail(explain(error, &self.patience))),
        }
    }
}

/// A header's value out of a text of ours or of a user's.
///
/// # Errors
/// It has control characters.
pub(crate) fn header_value(text: &str, address: &Address) -> Result<HeaderValue, HttpError> {
    HeaderValue::from_str(text).map_err(|_| {
        HttpError::new(
            address,
            Failure::Other("a header would hold control characters".to_owned()),
        )
    })
}

fn certificates(path: &std::path::Path) -> Result<RootCerts, HttpError> {
    let fail = |reason: String| HttpError::Certificates {
        path: path.to_owned(),
        reason,
    };
    let pem = std::fs::read(path).map_err(|error| fail(error.to_string()))?;
    let mut found = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| fail(error.to_string()))? {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(fail("no certificate in it, expected PEM".to_owned()));
    }
    Ok(RootCerts::from(found))
}
