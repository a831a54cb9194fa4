//! What all handlers share.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aquatint_studio::history::History;
use aquatint_studio::jobs::{Counts, Queue};
use tokio::sync::watch;

use crate::a1111::{Options, Tasks};
use crate::http::Problem;
use crate::metrics::Metrics;
use crate::native::{Proposals, Thumbnails, Uploads};
use crate::security::{Keys, Rates};
use crate::work::{Checks, Live, Places, Plugins, Studios};
use crate::{Config, ServerError};

/// How long counts of jobs are good for whoever wants to know whether there is room.
const COUNTS: Duration = Duration::from_millis(250);

/// What all handlers share. Clones are one.
#[derive(Clone)]
pub(crate) struct App {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    data: PathBuf,
    queue: Queue,
    history: History,
    keys: Keys,
    rates: Rates<crate::security::Client>,
    wrong: Rates<crate::security::Client>,
    metrics: Metrics,
    plugins: Plugins,
    studios: Studios,
    checks: Checks,
    live: Live,
    uploads: Uploads,
    thumbnails: Thumbnails,
    proposals: Proposals,
    options: Options,
    tasks: Tasks,
    started: Instant,
    ready: AtomicBool,
    stop: watch::Sender<bool>,
    requests: AtomicU64,
    /// Begins the ids of requests: those of another process are others.
    process: u32,
    counts: Mutex<Option<(Instant, Counts)>>,
}

impl App {
    /// Opens everything that is kept in the data folder.
    pub(crate) fn open(config: Config, data: &Path) -> Result<Self, ServerError> {
        let open = |what: &'static str| {
            move |error: &dyn std::fmt::Display| ServerError::Open {
                what,
                reason: error.to_string(),
            }
        };
        let queue = Queue::open(data).map_err(|error| open("the queue")(&error))?;
        let history =
            History::of(queue.database().clone()).map_err(|error| open("the history")(&error))?;
        let keys = Keys::open(data).map_err(|error| open("the API keys")(&error))?;
        let plugins = Plugins::open(data, config.plugins.as_deref())
            .map_err(|error| open("plugins")(&error))?;
        let (stop, _) = watch::channel(false);
        let live = Live::new(&queue);
        let rate = config.rate_limit;
        let places = Places::of(&config, data);
        Ok(Self {
            inner: Arc::new(Inner {
                data: data.to_owned(),
                keys,
                rates: Rates::new(rate),
                // Guessing keys is bounded in any case.
                wrong: Rates::new(if rate == 0 { 600 } else { rate }),
                metrics: Metrics::new(),
                studios: Studios::new(places.clone(), plugins.source()),
                checks: Checks::new(places, plugins.source()),
                plugins,
                live,
                uploads: Uploads::new(data),
                thumbnails: Thumbnails::new(data),
                proposals: Proposals::default(),
                options: Options::open(data),
                tasks: Tasks::default(),
                started: Instant::now(),
                ready: AtomicBool::new(false),
                stop,
                requests: AtomicU64::new(0),
                process: std::process::id(),
                counts: Mutex::default(),
                queue,
                history,
                config,
            }),
        })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.inner.config
    }

    pub(crate) fn data(&self) -> &Path {
        &self.inner.data
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.inner.queue
    }

    pub(crate) fn history(&self) -> &History {
        &self.inner.history
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    pub(crate) fn rates(&self) -> &Rates<crate::security::Client> {
        &self.inner.rates
    }

    pub(crate) fn rates_of_wrong_keys(&self) -> &Rates<crate::security::Client> {
        &self.inner.wrong
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    pub(crate) fn plugins(&self) -> &Plugins {
        &self.inner.plugins
    }

    pub(crate) fn studios(&self) -> &Studios {
        &self.inner.studios
    }

    pub(crate) fn checks(&self) -> &Checks {
        &self.inner.checks
    }

    pub(crate) fn live(&self) -> &Live {
        &self.inner.live
    }

    pub(crate) fn uploads(&self) -> &Uploads {
        &self.inner.uploads
    }

    pub(crate) fn thumbnails(&self) -> &Thumbnails {
        &self.inner.thumbnails
    }

    pub(crate) fn proposals(&self) -> &Proposals {
        &self.inner.proposals
    }

    pub(crate) fn options(&self) -> &Options {
        &self.inner.options
    }

    pub(crate) fn tasks(&self) -> &Tasks {
        &self.inner.tasks
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.inner.started.elapsed()
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.inner.ready.load(Ordering::SeqCst) && !*self.inner.stop.borrow()
    }

    pub(crate) fn set_ready(&self, ready: bool) {
        self.inner.ready.store(ready, Ordering::SeqCst);
    }

    /// Ends streams that would go on for ever, and the server.
    pub(crate) fn stop(&self) {
        self.inner.stop.send_replace(true);
    }

    /// Becomes true when the server is to stop.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.inner.stop.subscribe()
    }

    pub(crate) fn new_request_id(&self) -> String {
        let number = self.inner.requests.fetch_add(1, Ordering::Relaxed);
        format!("{:x}-{number:x}", self.inner.process)
    }

    /// Does what blocks on a thread for that.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = self.clone();
        let span = tracing::Span::current();
        match tokio::task::spawn_blocking(move || span.in_scope(|| work(&app))).await {
            Ok(result) => result,
            Err(error) => Err(Problem::internal(format_args!(
                "an error in aquatint itself: {error}"
            ))),
        }
    }

    /// How many jobs are in which state, as of at most a quarter of a second ago.
    pub(crate) fn recent_counts(&self) -> Result<Counts, Problem> {
        let mut known = self
            .inner
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((at, counts)) = *known
            && at.elapsed() < COUNTS
        {
            return Ok(counts);
        }
        let counts = self.inner.queue.counts()?;
        *known = Some((Instant::now(), counts));
        Ok(counts)
    }

    /// Whether there is room for more jobs in the queue.
    pub(crate) fn check_room(&self, more: u64) -> Result<(), Problem> {
        let queued = self.recent_counts()?.queued;
        if queued + more > self.inner.config.max_queue {
            return Err(Problem::too_many(
                format_args!(
                    "{queued} jobs wait already, and {} may (setting `max_queue`)",
                    self.inner.config.max_queue
                ),
                30,
            ));
        }
        Ok(())
    }
}
