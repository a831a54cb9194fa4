use std::io::{Read as _, Write};
use std::time::Instant;

use sha2::{Digest as _, Sha256};
use ureq::Body;
use ureq::http::{HeaderMap, Response, header};

use super::error::explain_io;
use super::{Address, Failure, Http, HttpError};
use crate::digest::Digest;

/// An answer whose body is still to come.
#[derive(Debug)]
pub struct Reply {
    http: Http,
    address: Address,
    response: Response<Body>,
}

impl Reply {
    pub(super) fn new(http: Http, address: Address, response: Response<Body>) -> Self {
        Self {
            http,
            address,
            response,
        }
    }

    /// What answered, after redirects.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// A header as text, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    pub(super) fn redirect(&self) -> Option<&str> {
        matches!(self.status(), 301 | 302 | 303 | 307 | 308)
            .then(|| self.header(header::LOCATION))
            .flatten()
    }

    /// The answer, if it is one of success.
    ///
    /// # Errors
    /// The status is another.
    pub fn success(self) -> Result<Self, HttpError> {
        match self.status() {
            200..=299 => Ok(self),
            status => Err(self.fail(Failure::Status { status })),
        }
    }

    /// The body, of at most so many bytes.
    ///
    /// # Errors
    /// There is more, or it does not come.
    pub fn read(self, most: u64) -> Result<Vec<u8>, HttpError> {
        let mut bytes = Vec::new();
        self.copy(most, &mut bytes, &mut |_, _| ())?;
        Ok(bytes)
    }

    /// The first bytes of the body, however much follows.
    ///
    /// # Errors
    /// They do not come.
    pub fn beginning(self, most: u64) -> Result<Vec<u8>, HttpError> {
        let Self {
            http,
            address,
            response,
        } = self;
        let mut bytes = Vec::new();
        let mut body = response.into_body().into_reader().take(most);
        match body.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(_) if http.is_cancelled() => Err(HttpError::new(&address, Failure::Cancelled)),
            Err(error) => {
                let failure = explain_io(error, bytes.len() as u64, &http.patience);
                Err(HttpError::new(&address, failure))
            }
        }
    }

    /// Writes the body, of at most so many bytes, while it comes; gives its digest. `progress` is told what has come and
    /// what was announced.
    ///
    /// # Errors
    /// There is more (noticed by what the server announces, and by counting), it does not come or comes too slowly, or
    /// cannot be written.
    pub fn copy(
        self,
        most: u64,
        sink: &mut dyn Write,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Digest, HttpError> {
        let announced: Option<u64> = self
            .header(header::CONTENT_LENGTH)
            .and_then(|length| length.trim().parse().ok());
        if announced.is_some_and(|length| length > most) {
            return Err(self.fail(Failure::TooLarge { announced, most }));
        }
        let Self {
            http,
            address,
            response,
        } = self;
        let fail = |failure| HttpError::new(&address, failure);
        let mut body = response.into_body().into_reader();
        let patience = http.patience;
        let started = Instant::now();
        let mut hasher = Sha256::new();
        let mut total = 0_u64;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            progress(total, announced);
            if http.is_cancelled() {
                return Err(fail(Failure::Cancelled));
            }
            let count = match body.read(&mut buffer) {
                Ok(count) => count,
                Err(_) if http.is_cancelled() => return Err(fail(Failure::Cancelled)),
                Err(error) => return Err(fail(explain_io(error, total, &patience))),
            };
            if count == 0 {
                if let Some(length) = announced
                    && total != length
                {
                    return Err(fail(Failure::Cut { bytes: total }));
                }
                return Ok(Digest::from_bytes(hasher.finalize().into()));
            }
            total += count as u64;
            if total > most {
                let announced = None;
                return Err(fail(Failure::TooLarge { announced, most }));
            }
            let chunk = &buffer[..count];
            hasher.update(chunk);
            sink.write_all(chunk)
                .map_err(|error| fail(Failure::Keep(error)))?;
            let elapsed = started.elapsed();
            if elapsed > patience.stall && total < patience.slowest * elapsed.as_secs() {
                return Err(fail(Failure::TooSlow {
                    bytes: total,
                    seconds: elapsed.as_secs(),
                    slowest: patience.slowest,
                }));
            }
        }
    }

    pub(crate) fn fail(&self, failure: Failure) -> HttpError {
        HttpError::new(&self.address, failure)
    }
}
