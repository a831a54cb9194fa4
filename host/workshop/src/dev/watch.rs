use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::sources;

/// Hears of changes in a plugin's folder, from the system. Folder by folder, because what tools write (`target/`,
/// `node_modules/`) can be more than a system wants to watch.
pub(super) struct Watch {
    root: PathBuf,
    /// `None`: the system does not tell, or was not to be asked.
    watcher: Option<RecommendedWatcher>,
    events: Receiver<()>,
    covered: BTreeSet<PathBuf>,
}

impl Watch {
    pub(super) fn new(root: &Path, poll: bool) -> Self {
        let (sender, events) = mpsc::channel();
        let watcher = (!poll)
            .then(|| {
                notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                    // Reading changes nothing. Errors may mean that something was missed, so they count.
                    if !event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                        // Nobody is left to be told when this fails.
                        let _ = sender.send(());
                    }
                })
                .ok()
            })
            .flatten();
        let mut watch = Self {
            root: root.to_owned(),
            watcher,
            events,
            covered: BTreeSet::new(),
        };
        watch.cover();
        watch
    }

    /// Watches folders that came since, and forgets those that went. If the system will not, looking must do.
    pub(super) fn cover(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let there: BTreeSet<PathBuf> = sources::folders(&self.root).into_iter().collect();
        for gone in self.covered.difference(&there) {
            // It is gone: there is nothing to stop watching.
            let _ = watcher.unwatch(gone);
        }
        self.covered.retain(|folder| there.contains(folder));
        for folder in there {
            if self.covered.contains(&folder) {
                continue;
            }
            match watcher.watch(&folder, RecursiveMode::NonRecursive) {
                Ok(()) => {
                    self.covered.insert(folder);
                }
                // It went between listing and watching.
                Err(_) if !folder.exists() => {}
                Err(_) => {
                    self.watcher = None;
                    return;
                }
            }
        }
    }

    pub(super) fn is_polling(&self) -> bool {
        self.watcher.is_none()
    }

    /// Waits so long for news; whether there was any. All that has come is one piece of news.
    pub(super) fn heard(&self, wait: Duration) -> bool {
        let heard = self.events.recv_timeout(wait).is_ok();
        while self.events.try_recv().is_ok() {}
        heard
    }
}
