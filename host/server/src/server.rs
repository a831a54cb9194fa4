use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aquatint_studio::jobs::{Event, JobEvent, Work};
use rustls::ServerConfig;
use tokio::net::TcpListener;

use crate::config::ConfigError;
use crate::http::listener;
use crate::router::router;
use crate::work::{Drawer, Hand};
use crate::{App, Config};

/// A server that is bound to its address.
pub struct Server {
    app: App,
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    address: SocketAddr,
    work: Box<dyn Work + Send>,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The settings make no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Something in the data folder cannot be used.
    #[error("{what} cannot be opened: {reason}")]
    Open {
        /// What could not be opened.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The address cannot be had.
    #[error("cannot listen at {address}: {source}")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// TLS cannot be set up.
    #[error("TLS: {}: {reason}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Others could reach it, and nobody would be asked for a key.
    #[error(
        "{address} can be reached by others, and there are no API keys: make one (`aquatint key new NAME --scope admin`), or say --insecure"
    )]
    Unprotected {
        /// Which.
        address: SocketAddr,
    },
    /// Something failed while it served.
    #[error("{0}")]
    Serving(String),
}

impl Server {
    /// Opens the data folder and binds the address. Nothing is served yet.
    ///
    /// # Errors
    /// Why not, in words for whoever started it.
    pub async fn bind(config: Config, data: &Path) -> Result<Self, ServerError> {
        let app = open(config, data).await?;
        let work = Box::new(Drawer::new(
            data,
            app.history().clone(),
            app.studios().clone(),
        ));
        Self::with_work(app, work).await
    }

    pub(crate) async fn with_work(
        app: App,
        work: Box<dyn Work + Send>,
    ) -> Result<Self, ServerError> {
        let config = app.config();
        let tls = match (&config.tls_cert, &config.tls_key) {
            (Some(cert), Some(key)) => Some(listener::tls(cert, key)?),
            _ => None,
        };
        let listener = listener::bind(config.address()).await?;
        let address = listener
            .local_addr()
            .map_err(|error| ServerError::Serving(error.to_string()))?;
        Ok(Self {
            app,
            listener,
            tls,
            address,
            work,
        })
    }

    /// Where it listens: the port is known now, also if any was to be taken.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where a browser finds it.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let address = match self.address.ip() {
            ip if ip.is_unspecified() => SocketAddr::from(([127, 0, 0, 1], self.address.port())),
            _ => self.address,
        };
        format!("{scheme}://{address}/")
    }

    /// Serves until `stop` is done: then what runs may end or goes back into the queue, and streams end.
    ///
    /// # Errors
    /// Jobs cannot be worked on.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> Result<(), ServerError> {
        let Self {
            app,
            listener,
            tls,
            work,
            ..
        } = self;
        let hand = Hand::start(app.queue(), work)
            .map_err(|error| ServerError::Serving(error.to_string()))?;
        let follower = tokio::spawn(follow(app.clone()));
        let keeper = tokio::spawn(keep(app.clone()));
        app.set_ready(true);
        let connections = app.config().max_connections;
        let serving = listener::serve(listener, tls, router(&app), connections, app.stopping());
        tokio::pin!(serving);
        let ended = {
            let watch_hand = async {
                while hand.is_alive() {
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            };
            tokio::pin!(stop, watch_hand);
            tokio::select! {
                () = &mut serving => Ok(()),
                () = &mut stop => Ok(()),
                () = &mut watch_hand => Err(ServerError::Serving(
                    "jobs cannot be worked on any more: the log says why".to_owned(),
                )),
            }
        };
        tracing::info!("stopping");
        app.set_ready(false);
        let grace = Duration::try_from_secs_f64(app.config().shutdown_grace).unwrap_or_default();
        let ending = tokio::task::spawn_blocking(move || hand.end(grace));
        // Answers that wait for a job get it, or hear that it is queued again; then nobody is waited for.
        let _ = ending.await;
        app.stop();
        serving.await;
        follower.abort();
        keeper.abort();
        ended
    }
}

/// Opens what is kept, on a thread for what blocks.
async fn open(config: Config, data: &Path) -> Result<App, ServerError> {
    config.check()?;
    let data = data.to_owned();
    tokio::task::spawn_blocking(move || {
        let address = config.address();
        let is_protected = config.is_local() || config.insecure;
        let app = App::open(config, &data)?;
        if !is_protected && app.keys().current().is_empty() {
            return Err(ServerError::Unprotected { address });
        }
        Ok(app)
    })
    .await
    .map_err(|error| ServerError::Serving(error.to_string()))?
}

/// Follows the queue's events, for those who ask rather than listen, and counts.
async fn follow(app: App) {
    let live = app.live().clone();
    let mut begun = std::collections::HashMap::new();
    let metrics = app.clone();
    live.follow(move |event: &Event| {
        if let JobEvent::Started { .. } = event.what {
            begun.insert(event.job, event.at);
        }
        let is_over = event.what.is_last() || matches!(event.what, JobEvent::Queued { .. });
        let since = is_over.then(|| begun.remove(&event.job)).flatten();
        let took = since.and_then(|at| Duration::try_from(event.at.duration_since(at)).ok());
        metrics.metrics().event(event, took);
    })
    .await;
}

/// Throws away what nobody will ask for any more.
async fn keep(app: App) {
    loop {
        let result = app
            .blocking(|app| {
                crate::native::tidy(app);
                Ok(())
            })
            .await;
        if result.is_err() {
            tracing::warn!("what is not needed any more could not be thrown away");
        }
        tokio::time::sleep(Duration::from_secs(300)).await;
    }
}
