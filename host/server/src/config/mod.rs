//! How the server is set up: defaults, then `aquatint.toml`, then the environment, then flags. The later one wins.
//!
//! Every setting has one name. In the file it stands as it is, in the environment as `AQUATINT_` and its name in capitals,
//! as a flag with hyphens for underscores.
//!
//! | what | file | environment | flag |
//! |---|---|---|---|
//! | the port | `port = 7860` | `AQUATINT_PORT=7860` | `--port 7860` |

mod layers;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use layers::{ConfigError, Layers, Origin};

/// The file's name in the data folder.
pub const FILE: &str = "aquatint.toml";

/// How the server is set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The address to listen at: one of this machine's, or `0.0.0.0` for all of them.
    pub host: IpAddr,
    /// The port; 0 takes any that is free.
    pub port: u16,
    /// Listen where others can reach it without asking anyone for a key.
    pub insecure: bool,
    /// Names, beside those of this machine's own addresses, by which clients may call the server.
    pub hosts: Vec<String>,
    /// Origins of other web pages that may use the API, such as `https://studio.example.org`.
    pub origins: Vec<String>,
    /// The certificates of TLS, a PEM file. With it, `tls_key` must be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_cert: Option<PathBuf>,
    /// The private key of TLS, a PEM file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
    /// A folder with more plugins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugins: Option<PathBuf>,
    /// A folder with more models.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub models: Option<PathBuf>,
    /// The file with styles, in place of `styles.csv` in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub styles: Option<PathBuf>,
    /// The folder with embeddings, in place of `embeddings` in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embeddings: Option<PathBuf>,
    /// The tiny VAE that previews are made by, a file or folder, or `off`; without it the one that is found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiny_vae: Option<PathBuf>,
    /// `text` or `json`.
    pub log: LogFormat,
    /// How much is logged: `error`, `warn`, `info`, `debug` or `trace`.
    pub log_level: String,
    /// Cost that one key or address may cause in a minute; 0 is without bounds. A drawing costs 10, a look 1.
    pub rate_limit: u32,
    /// The most bytes that a request's body may have.
    pub max_body: u64,
    /// The most connections at a time.
    pub max_connections: usize,
    /// The most jobs that may wait.
    pub max_queue: u64,
    /// The most pixels that a picture may have.
    pub max_pixels: u64,
    /// The most steps.
    pub max_steps: u32,
    /// The most pictures that one request may ask for.
    pub max_batch: u32,
    /// The most cells that a sweep may have.
    pub max_cells: u64,
    /// How many seconds a request may take to come, and an answer that waits for no drawing to be made.
    pub timeout: f64,
    /// How many seconds a drawing may take, for clients that wait for it and for jobs that name no deadline; 0 is
    /// without bounds.
    pub deadline: f64,
    /// How many seconds a running job has to end when the server is to stop; then it goes back into the queue.
    pub shutdown_grace: f64,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// A line of JSON for each event.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 7860,
            insecure: false,
            hosts: Vec::new(),
            origins: Vec::new(),
            tls_cert: None,
            tls_key: None,
            plugins: None,
            models: None,
            styles: None,
            embeddings: None,
            tiny_vae: None,
            log: LogFormat::Text,
            log_level: "info".to_owned(),
            rate_limit: 0,
            max_body: 64 << 20,
            max_connections: 4096,
            max_queue: 20_000,
            max_pixels: 4096 * 4096,
            max_steps: 200,
            max_batch: 64,
            max_cells: 10_000,
            timeout: 30.0,
            deadline: 0.0,
            shutdown_grace: 10.0,
        }
    }
}

impl Config {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }

    /// Whether only this machine can reach it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.host.is_loopback()
    }

    /// [`Config::timeout`] as a duration.
    #[must_use]
    pub fn patience(&self) -> Duration {
        seconds(self.timeout).unwrap_or(Duration::from_secs(30))
    }

    /// [`Config::deadline`] as a duration; `None` is without bounds.
    #[must_use]
    pub fn longest_job(&self) -> Option<Duration> {
        seconds(self.deadline)
    }

    /// Checks what each setting alone cannot show.
    ///
    /// # Errors
    /// The setting, what it is, and what it may be.
    pub fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key: &'static str, found: String, expected: &'static str| {
            Err(ConfigError::Value {
                key,
                found,
                expected,
            })
        };
        for (key, value) in [
            ("timeout", self.timeout),
            ("deadline", self.deadline),
            ("shutdown_grace", self.shutdown_grace),
        ] {
            if !(0.0..=86_400.0).contains(&value) {
                return wrong(key, value.to_string(), "seconds from 0 to 86400");
            }
        }
        if self.timeout < 1.0 {
            return wrong("timeout", self.timeout.to_string(), "at least 1 second");
        }
        if self.max_body < 1024 {
            return wrong("max_body", self.max_body.to_string(), "at least 1024 bytes");
        }
        if self.max_connections == 0 {
            return wrong("max_connections", "0".to_owned(), "at least 1");
        }
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            return Err(ConfigError::HalfTls);
        }
        if !LEVELS.contains(&self.log_level.as_str()) {
            return wrong(
                "log_level",
                format!("{:?}", self.log_level),
                "error, warn, info, debug or trace",
            );
        }
        for origin in &self.origins {
            let is_origin = url::Url::parse(origin)
                .is_ok_and(|url| url.origin().ascii_serialization() == *origin);
            if !is_origin {
                return wrong(
                    "origins",
                    format!("{origin:?}"),
                    "origins such as https://studio.example.org, without a path",
                );
            }
        }
        Ok(())
    }
}

const LEVELS: [&str; 5] = ["error", "warn", "info", "debug", "trace"];

/// `None` for 0.
fn seconds(value: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(value)
        .ok()
        .filter(|it| !it.is_zero())
}
