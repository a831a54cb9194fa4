//! Waiting for jobs, for clients that know no other way.

use std::time::Duration;

use aquatint_studio::jobs::{Heard, Interest, Job, JobId, Listener};

use crate::App;
use crate::http::Problem;

/// How often is looked, in case that nobody tells: another process may work on the job.
const LOOK: Duration = Duration::from_secs(2);

/// Jobs that somebody waits for. When whoever waits goes, those that nobody else wants are cancelled.
pub(crate) struct Awaited {
    app: App,
    ids: Vec<JobId>,
    /// Whether they are for nobody else.
    own: bool,
    listener: Listener,
}

impl Awaited {
    /// Listens from before the jobs are queued.
    pub(crate) fn listen(app: &App, previews: bool) -> Listener {
        app.queue().events().listen(Interest {
            previews,
            ..Interest::default()
        })
    }

    pub(crate) fn new(app: &App, ids: Vec<JobId>, own: bool, listener: Listener) -> Self {
        Self {
            app: app.clone(),
            ids,
            own,
            listener,
        }
    }

    /// Waits until all have ended; `each` hears what happens to them.
    pub(crate) async fn ended(
        mut self,
        mut each: impl FnMut(&Heard) + Send,
    ) -> Result<Vec<Job>, Problem> {
        let mut stopping = self.app.stopping();
        loop {
            let jobs = self.look().await?;
            if jobs.iter().all(|job| job.state.is_ended()) {
                self.own = false;
                return Ok(jobs);
            }
            // Until one of them ends; looked at in any case from time to time.
            let until = tokio::time::Instant::now() + LOOK;
            loop {
                let heard = tokio::select! {
                    heard = tokio::time::timeout_at(until, self.listener.next()) => heard,
                    _ = stopping.wait_for(|stop| *stop) => {
                        return Err(Problem::unavailable("the server stops"));
                    }
                };
                let Ok(heard) = heard else { break };
                let is_ours =
                    matches!(&heard, Heard::Event(event) if self.ids.contains(&event.job));
                if is_ours {
                    each(&heard);
                }
                match &heard {
                    Heard::Event(event) if is_ours && event.what.is_last() => break,
                    Heard::Missed(_) => break,
                    Heard::Event(_) => {}
                }
            }
        }
    }

    async fn look(&self) -> Result<Vec<Job>, Problem> {
        let ids = self.ids.clone();
        let look = move |app: &App| {
            ids.iter()
                .map(|id| Ok(app.queue().get(*id)?))
                .collect::<Result<Vec<_>, _>>()
        };
        self.app.blocking(look).await
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        if !self.own {
            return;
        }
        let (app, ids) = (self.app.clone(), std::mem::take(&mut self.ids));
        // The database may be busy, and this may be anywhere.
        std::thread::spawn(move || {
            for id in ids {
                // One that has ended meanwhile needs nothing.
                let _ = app.queue().cancel(id);
            }
        });
    }
}
