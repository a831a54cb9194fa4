//! Settings from several places, and where each came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use aquatint_sandbox::names::{did_you_mean, nearest, shown};
use toml::{Table, Value};

use super::Config;

/// The most bytes that the file may have.
const LARGEST: u64 = 1 << 20;
const PREFIX: &str = "AQUATINT_";

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// A file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// Settings, one layer over another.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    values: Table,
    origins: BTreeMap<String, Origin>,
}

impl Layers {
    /// With nothing said yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. `None` is the usual one, which need not be there.
    ///
    /// # Errors
    /// It cannot be read, is no TOML, or has what there is not.
    pub fn file(mut self, named: Option<&Path>, data: &Path) -> Result<Self, ConfigError> {
        let usual = data.join(super::FILE);
        let path = named.unwrap_or(&usual);
        let io = |source| ConfigError::Read {
            path: path.to_owned(),
            source,
        };
        let length = match std::fs::metadata(path) {
            Ok(metadata) => metadata.len(),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(self);
            }
            Err(error) => return Err(io(error)),
        };
        let wrong = |reason: String| ConfigError::File {
            path: path.to_owned(),
            reason,
        };
        if length > LARGEST {
            return Err(wrong(format!(
                "has {length} bytes, expected at most {LARGEST}"
            )));
        }
        let text = std::fs::read_to_string(path).map_err(io)?;
        let table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| wrong(error.message().replace('\n', ", ")))?;
        for (key, value) in table {
            known(&key).map_err(|error| wrong(error.to_string()))?;
            self.set(&key, value, Origin::File(path.to_owned()));
        }
        Ok(self)
    }

    /// Adds the variables of the environment that name settings.
    ///
    /// # Errors
    /// A value is of the wrong kind.
    pub fn environment(
        mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let defaults = defaults();
        for (name, text) in variables {
            let Some(key) = name.strip_prefix(PREFIX).map(str::to_lowercase) else {
                continue;
            };
            // Others have this prefix too: where data is, which runtime to load.
            if !KEYS.contains(&key.as_str()) || text.is_empty() {
                continue;
            }
            let value = written(&key, &text, &defaults);
            self.set(&key, value, Origin::Variable(name));
        }
        Ok(self)
    }

    /// Adds a flag, if it was given.
    #[must_use]
    pub fn flag(mut self, key: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            let name = format!("--{}", key.replace('_', "-"));
            self.set(key, value.into(), Origin::Flag(name));
        }
        self
    }

    fn set(&mut self, key: &str, value: Value, origin: Origin) {
        self.values.insert(key.to_owned(), value);
        self.origins.insert(key.to_owned(), origin);
    }

    /// What comes of it all.
    ///
    /// # Errors
    /// A setting is of the wrong kind or makes no sense.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        for (key, value) in &self.values {
            // One at a time, so that the message can say which, and where it came from.
            let mut table = Table::try_from(&config).unwrap_or_default();
            table.insert(key.clone(), value.clone());
            config = table.try_into().map_err(|error: toml::de::Error| {
                let origin = self.origins.get(key).cloned().unwrap_or(Origin::Default);
                ConfigError::Setting {
                    key: key.clone(),
                    origin,
                    reason: error.message().replace('\n', ", "),
                }
            })?;
        }
        config.check()?;
        Ok(config)
    }

    /// Every setting with its value and where it came from.
    ///
    /// # Errors
    /// As [`Layers::config`].
    pub fn show(&self) -> Result<Vec<(String, Value, Origin)>, ConfigError> {
        let table = Table::try_from(self.config()?).unwrap_or_default();
        Ok(KEYS
            .iter()
            .map(|key| {
                let value = table.get(*key).cloned();
                let origin = self.origins.get(*key).cloned().unwrap_or(Origin::Default);
                // What is not set has no value of its own.
                (
                    (*key).to_owned(),
                    value.unwrap_or_else(|| "".into()),
                    origin,
                )
            })
            .collect())
    }
}

/// Every setting there is.
pub(super) const KEYS: [&str; 25] = [
    "host",
    "port",
    "insecure",
    "hosts",
    "origins",
    "tls_cert",
    "tls_key",
    "plugins",
    "models",
    "styles",
    "embeddings",
    "tiny_vae",
    "log",
    "log_level",
    "rate_limit",
    "max_body",
    "max_connections",
    "max_queue",
    "max_pixels",
    "max_steps",
    "max_batch",
    "max_cells",
    "timeout",
    "deadline",
    "shutdown_grace",
];

fn defaults() -> Table {
    Table::try_from(Config::default()).unwrap_or_default()
}

/// A text as what the setting is.
fn written(key: &str, text: &str, defaults: &Table) -> Value {
    match defaults.get(key) {
        Some(Value::Array(_)) => Value::Array(
            text.split(',')
                .map(|item| Value::from(item.trim()))
                .collect(),
        ),
        Some(Value::Boolean(_)) => match text {
            "1" | "true" | "yes" | "on" => true.into(),
            "0" | "false" | "no" | "off" => false.into(),
            other => other.into(),
        },
        Some(Value::Integer(_)) => text
            .parse::<i64>()
            .map_or_else(|_| text.into(), Value::from),
        Some(Value::Float(_)) => text
            .parse::<f64>()
            .map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

fn known(key: &str) -> Result<(), ConfigError> {
    if KEYS.contains(&key) {
        return Ok(());
    }
    Err(ConfigError::Unknown {
        key: shown(key),
        nearest: nearest(key, KEYS),
    })
}

/// Why the server cannot be set up so.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is wrong.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A setting that there is not.
    #[error("unknown setting `{key}`{}", did_you_mean(.nearest.as_deref()))]
    Unknown {
        /// What was given.
        key: String,
        /// The nearest, when one is near.
        nearest: Option<String>,
    },
    /// A setting of the wrong kind.
    #[error("setting `{key}` ({origin}): {reason}")]
    Setting {
        /// Which.
        key: String,
        /// Where it came from.
        origin: Origin,
        /// What is wrong.
        reason: String,
    },
    /// A setting with a value that it may not have.
    #[error("setting `{key}` is {found}, expected {expected}")]
    Value {
        /// Which.
        key: &'static str,
        /// What it is.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// One half of TLS.
    #[error("only one of `tls_cert` and `tls_key` is set, expected both or neither")]
    HalfTls,
}
