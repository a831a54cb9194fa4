//! What is written where: one line for each event, to standard error.

mod recent;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{filter::Targets, fmt};

use crate::Config;
use crate::config::LogFormat;

pub(crate) use recent::{LogView, recent};

/// Begins to write logs. Once for a process; later calls change nothing.
pub fn start(config: &Config) {
    let level: LevelFilter = config.log_level.parse().unwrap_or(LevelFilter::INFO);
    // What others say below their warnings is about themselves.
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("aquatint", level)
        .with_target("aquatint_server", level)
        .with_target("aquatint_studio", level)
        .with_target("aquatint_sandbox", level)
        .with_target("aquatint_diffusion", level);
    let layer = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_span_events(FmtSpan::NONE);
    let registry = tracing_subscriber::registry()
        .with(targets)
        .with(recent::Keeper);
    // A second server in one process writes where the first does.
    let _ = match config.log {
        LogFormat::Text => registry.with(layer).try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
    };
}
