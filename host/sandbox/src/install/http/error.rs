use std::io;
use std::path::PathBuf;

use super::{Address, InvalidAddress, MOST_REDIRECTS, Patience};

/// Why there is no answer, or not the one that was hoped for.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Something went wrong with a request.
    #[error("{address}: {failure}")]
    Request {
        /// What was asked.
        address: Address,
        /// What went wrong.
        failure: Failure,
    },
    /// The root certificates cannot be read.
    #[error("SSL_CERT_FILE is {}: {reason}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// What went wrong with a request.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Another status than was expected.
    #[error("the server answered {status}{}", status_name(*status))]
    Status {
        /// Which.
        status: u16,
    },
    /// A redirect leads where it must not.
    #[error("redirected to {0}")]
    Redirect(InvalidAddress),
    /// A loop, or as good as one.
    #[error("more than {MOST_REDIRECTS} redirects")]
    TooManyRedirects,
    /// There is no such host.
    #[error("the host was not found")]
    NoHost,
    /// It took too long to get a connection.
    #[error("no connection within {seconds} s")]
    Connect {
        /// How long was waited.
        seconds: u64,
    },
    /// Nothing came any more.
    #[error("the server sent nothing for {seconds} s")]
    Stalled {
        /// How long was waited.
        seconds: u64,
    },
    /// Too little came.
    #[error("{bytes} bytes in {seconds} s, given up below {slowest} bytes a second")]
    TooSlow {
        /// What had come.
        bytes: u64,
        /// In which time.
        seconds: u64,
        /// What was expected at least.
        slowest: u64,
    },
    /// The connection ended too early.
    #[error("the connection was cut after {bytes} bytes")]
    Cut {
        /// What had come.
        bytes: u64,
    },
    /// More than there is room for.
    #[error("{}, expected at most {most}", too_large(*.announced))]
    TooLarge {
        /// What the server said that it would send, if it did.
        announced: Option<u64>,
        /// How many bytes are allowed.
        most: u64,
    },
    /// Certificates, protocol versions and the like.
    #[error("TLS: {0}")]
    Tls(String),
    /// Reading or writing failed.
    #[error("{0}")]
    Io(io::Error),
    /// What was downloaded cannot be written.
    #[error("cannot keep what was downloaded: {0}")]
    Keep(io::Error),
    /// The user has had enough.
    #[error("cancelled")]
    Cancelled,
    /// All else.
    #[error("{0}")]
    Other(String),
}

impl HttpError {
    pub(crate) fn new(address: &Address, failure: Failure) -> Self {
        Self::Request {
            address: address.clone(),
            failure,
        }
    }

    /// Whether the user cancelled it.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(
            self,
            Self::Request {
                failure: Failure::Cancelled,
                ..
            }
        )
    }

    /// The status, if that is what was wrong.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Request {
                failure: Failure::Status { status },
                ..
            } => Some(*status),
            _ => None,
        }
    }
}

fn status_name(status: u16) -> String {
    ureq::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .map(|reason| format!(" {reason}"))
        .unwrap_or_default()
}

fn too_large(announced: Option<u64>) -> String {
    match announced {
        Some(bytes) => format!("the server would send {bytes} bytes"),
        None => "the server sends more and more bytes".to_owned(),
    }
}

/// What the client's error means.
pub(crate) fn explain(error: ureq::Error, patience: &Patience) -> Failure {
    match error {
        ureq::Error::HostNotFound => Failure::NoHost,
        ureq::Error::Timeout(ureq::Timeout::Resolve | ureq::Timeout::Connect) => Failure::Connect {
            seconds: patience.connect.as_secs(),
        },
        ureq::Error::Timeout(_) => Failure::Stalled {
            seconds: patience.stall.as_secs(),
        },
        ureq::Error::Rustls(error) => Failure::Tls(error.to_string()),
        ureq::Error::Tls(error) => Failure::Tls(error.to_owned()),
        ureq::Error::Io(error) => explain_io(error, 0, patience),
        other => Failure::Other(crate::logs::clean_line(&other.to_string(), 200)),
    }
}

/// The same for what reading a body gives, after so many bytes.
pub(super) fn explain_io(error: io::Error, bytes: u64, patience: &Patience) -> Failure {
    let kind = error.kind();
    match error
        .get_ref()
        .is_some_and(|inner| inner.is::<ureq::Error>())
    {
        true => explain(ureq::Error::from(error), patience),
        false => match kind {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Failure::Cut { bytes },
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Failure::Stalled {
                seconds: patience.stall.as_secs(),
            },
            _ => match error
                .get_ref()
                .and_then(|it| it.downcast_ref::<rustls::Error>())
            {
                Some(tls) => Failure::Tls(tls.to_string()),
                None => Failure::Io(error),
            },
        },
    }
}
