//! `/metrics`, as Prometheus reads it.

use std::sync::Mutex;
use std::time::Duration;

use aquatint_studio::jobs::{Event, JobEvent};
use aquatint_studio::stages::{Counts, Stage};
use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::App;
use crate::http::Problem;

const REQUEST_SECONDS: [f64; 9] = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 600.0];
const JOB_SECONDS: [f64; 10] = [0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct One {
    name: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StageRun {
    stage: String,
    result: &'static str,
}

type Floats = Gauge<f64, std::sync::atomic::AtomicU64>;

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    answers: Family<Answer, Counter>,
    seconds: Family<One, Histogram>,
    refused: Family<One, Counter>,
    streams: Gauge,
    ended: Family<One, Counter>,
    job_seconds: Histogram,
    stages: Family<StageRun, Counter>,
    queue: Family<One, Gauge>,
    paused: Gauge,
    models: Gauge,
    uptime: Floats,
    cache_bytes: Gauge,
    plugin_calls: Family<One, Gauge>,
    plugin_failures: Family<One, Gauge>,
    plugin_seconds: Family<One, Floats>,
    plugin_memory: Family<One, Gauge>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("aquatint");
        let seconds =
            Family::<One, Histogram>::new_with_constructor(|| Histogram::new(REQUEST_SECONDS));
        let metrics = Self {
            answers: Family::default(),
            seconds,
            refused: Family::default(),
            streams: Gauge::default(),
            ended: Family::default(),
            job_seconds: Histogram::new(JOB_SECONDS),
            stages: Family::default(),
            queue: Family::default(),
            paused: Gauge::default(),
            models: Gauge::default(),
            uptime: Floats::default(),
            cache_bytes: Gauge::default(),
            plugin_calls: Family::default(),
            plugin_failures: Family::default(),
            plugin_seconds: Family::default(),
            plugin_memory: Family::default(),
            registry: Mutex::default(),
        };
        let m = &metrics;
        registry.register("http_requests", "Answers, by route", m.answers.clone());
        registry.register_with_unit(
            "http_request",
            "How long answers took to begin",
            Unit::Seconds,
            m.seconds.clone(),
        );
        registry.register("http_refused", "Refused, by why", m.refused.clone());
        registry.register("http_streams", "Open streams of events", m.streams.clone());
        registry.register("jobs_ended", "Jobs, by how they ended", m.ended.clone());
        registry.register_with_unit(
            "job",
            "How long jobs were worked on",
            Unit::Seconds,
            m.job_seconds.clone(),
        );
        registry.register("stages", "Stages, run and found", m.stages.clone());
        registry.register("queue_jobs", "Jobs, by state", m.queue.clone());
        registry.register(
            "queue_paused",
            "Whether the queue is paused",
            m.paused.clone(),
        );
        registry.register("models_loaded", "Models in memory", m.models.clone());
        registry.register_with_unit(
            "uptime",
            "Since the server started",
            Unit::Seconds,
            m.uptime.clone(),
        );
        registry.register_with_unit(
            "uploads",
            "What uploads take on disk",
            Unit::Bytes,
            m.cache_bytes.clone(),
        );
        registry.register("plugin_calls", "Calls of a plugin", m.plugin_calls.clone());
        registry.register(
            "plugin_failures",
            "Calls of a plugin that failed",
            m.plugin_failures.clone(),
        );
        registry.register_with_unit(
            "plugin_call",
            "Time in calls of a plugin, together",
            Unit::Seconds,
            m.plugin_seconds.clone(),
        );
        registry.register_with_unit(
            "plugin_peak_memory",
            "The most memory that a call took",
            Unit::Bytes,
            m.plugin_memory.clone(),
        );
        Self {
            registry: Mutex::new(registry),
            ..metrics
        }
    }

    /// Counts an answer. `route` is a pattern of ours, never what was asked for: there are only so many.
    pub(crate) fn request(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        let known = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::HEAD,
            Method::OPTIONS,
        ];
        let method = if known.contains(method) {
            method.to_string()
        } else {
            "other".to_owned()
        };
        self.answers
            .get_or_create(&Answer {
                method,
                route: route.to_owned(),
                status: status.as_u16(),
            })
            .inc();
        let name = route.to_owned();
        self.seconds
            .get_or_create(&One { name })
            .observe(took.as_secs_f64());
    }

    pub(crate) fn refused(&self, why: &str) {
        let name = why.to_owned();
        self.refused.get_or_create(&One { name }).inc();
    }

    /// Counts a stream as long as what it gives lives.
    pub(crate) fn stream(&self) -> Streaming {
        self.streams.inc();
        Streaming(self.streams.clone())
    }

    /// Counts what became of jobs.
    pub(crate) fn event(&self, event: &Event, took: Option<Duration>) {
        if !event.what.is_last() {
            return;
        }
        let name = event.what.name().to_owned();
        self.ended.get_or_create(&One { name }).inc();
        if let Some(took) = took {
            self.job_seconds.observe(took.as_secs_f64());
        }
        if let JobEvent::Finished { outcome } = &event.what
            && let Some(counts) = outcome.report.get("stages")
            && let Ok(counts) = serde_json::from_value::<Counts>(counts.clone())
        {
            for stage in Stage::ALL {
                let count = counts.of(stage);
                for (result, times) in [("run", count.run), ("found", count.reused)] {
                    let stage = stage.name().to_owned();
                    self.stages
                        .get_or_create(&StageRun { stage, result })
                        .inc_by(times);
                }
            }
        }
    }

    /// Looks at everything that is not counted as it happens, and writes it all.
    fn write(&self, app: &App) -> Result<String, Problem> {
        let counts = app.recent_counts()?;
        for (name, count) in [
            ("queued", counts.queued),
            ("running", counts.running),
            ("done", counts.done),
            ("failed", counts.failed),
            ("cancelled", counts.cancelled),
        ] {
            let name = name.to_owned();
            self.queue
                .get_or_create(&One { name })
                .set(count.cast_signed());
        }
        self.paused.set(app.queue().is_paused()?.into());
        self.models.set(app.studios().loaded().is_some().into());
        self.uptime.set(app.uptime().as_secs_f64());
        self.cache_bytes.set(app.uploads().bytes().cast_signed());
        for status in app.plugins().statuses() {
            let Some(serving) = status.serving else {
                continue;
            };
            let label = One {
                name: serving.manifest.id.to_string(),
            };
            let metrics = serving.metrics;
            let put = |family: &Family<One, Gauge>, value: u64| {
                family.get_or_create(&label).set(value.cast_signed());
            };
            put(&self.plugin_calls, metrics.calls);
            put(&self.plugin_failures, metrics.failures);
            put(&self.plugin_memory, metrics.peak_memory);
            self.plugin_seconds
                .get_or_create(&label)
                .set(metrics.time.as_secs_f64());
        }
        let mut text = String::new();
        let registry = self
            .registry
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        encode(&mut text, &registry).map_err(Problem::internal)?;
        Ok(text)
    }
}

/// A stream that is open.
pub(crate) struct Streaming(Gauge);

impl Drop for Streaming {
    fn drop(&mut self) {
        self.0.dec();
    }
}

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/metrics", get(show))
}

async fn show(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let text = app.blocking(|app| app.metrics().write(app)).await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text))
}
