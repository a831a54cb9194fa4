//! Building again whenever something changes.

#[cfg(test)]
mod tests;
mod watch;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, io};

use aquatint_sandbox::manifest::Manifest;

use crate::build::{BuildError, Built};
use crate::sources::Snapshot;
use crate::{Project, ProjectError, files};

use watch::Watch;

/// How long nothing must change before it is built: editors write in several steps.
const SETTLE: Duration = Duration::from_millis(80);
/// A stream of changes that never ends must not keep it from building.
const UNSETTLED: Duration = Duration::from_secs(3);
/// How often to look where the system does not tell.
const POLL: Duration = Duration::from_millis(700);
/// How often to look where it does: a folder may come and be filled before it is watched.
const DISTRUST: Duration = Duration::from_secs(2);
/// How often to look whether to stop.
const TICK: Duration = Duration::from_millis(100);

/// What to do with a plugin that is being worked on.
pub struct Dev<'a> {
    /// The plugin's folder.
    pub root: &'a Path,
    /// Where to put what was built, so that a running server takes it up; `None` for nowhere.
    pub plugins: Option<&'a Path>,
    /// Whether to look for changes oneself, for file systems that do not tell.
    pub poll: bool,
    /// Builds.
    pub build: &'a dyn Fn(&Project) -> Result<Built, BuildError>,
    /// Uses what was built on a picture; `None` if there is nothing to use it on.
    pub redraw: &'a Redraw<'a>,
    /// Told what happens.
    pub tell: &'a dyn Fn(&Event<'_>),
    /// Whether to end.
    pub stop: &'a dyn Fn() -> bool,
}

/// Uses a plugin on a picture. An error is told in its own words.
pub type Redraw<'a> = dyn Fn(&Built, &Manifest) -> Result<Option<Redrawn>, String> + 'a;

/// A picture that the plugin was used on.
#[derive(Clone, Debug, PartialEq)]
pub struct Redrawn {
    /// Where it is.
    pub path: PathBuf,
    /// How long it took to make the plugin ready: compiling it to machine code.
    pub ready: Duration,
    /// How long it took then.
    pub time: Duration,
    /// The most memory that the plugin had, in bytes.
    pub memory: u64,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// It was built, and what its author should know is in it.
    Built(&'a Built),
    /// It was put where a server takes it up.
    Placed(&'a Path),
    /// A picture was drawn with it.
    Redrawn(&'a Redrawn),
    /// Something did not work. In its own words, which may be many lines.
    Failed(&'a str),
    /// Nothing to do until something changes; how that is noticed.
    Waiting {
        /// Looking oneself, because the system does not tell.
        polling: bool,
    },
}

/// Builds, puts in place and redraws, now and whenever something in the folder changes, until told to stop. Whatever
/// goes wrong with the plugin is told, and the next change tries again.
///
/// # Errors
/// The folder is no plugin's.
pub fn dev(dev: &Dev<'_>) -> Result<(), ProjectError> {
    // A manifest that is wrong will be put right; one that is not there will not come.
    if let Err(error @ ProjectError::NoProject { .. }) = Project::open(dev.root) {
        return Err(error);
    }
    let mut watch = Watch::new(dev.root, dev.poll);
    let mut said = None;
    loop {
        // Taken before building, so that what changes meanwhile is noticed after it.
        let built = Snapshot::of(dev.root);
        round(dev);
        watch.cover();
        if said != Some(watch.is_polling()) {
            said = Some(watch.is_polling());
            (dev.tell)(&Event::Waiting {
                polling: watch.is_polling(),
            });
        }
        while Snapshot::of(dev.root) == built {
            if !wait(&watch, dev.stop) {
                return Ok(());
            }
            watch.cover();
        }
        settle(dev.root);
    }
}

/// Waits until something may have changed; false to stop.
fn wait(watch: &Watch, stop: &dyn Fn() -> bool) -> bool {
    let start = Instant::now();
    let patience = if watch.is_polling() { POLL } else { DISTRUST };
    while start.elapsed() < patience {
        if stop() {
            return false;
        }
        if watch.is_polling() {
            std::thread::sleep(TICK);
        } else if watch.heard(TICK) {
            break;
        }
    }
    true
}

/// Waits until nothing changes any more, or for as long as anybody would wait for it.
fn settle(root: &Path) {
    let start = Instant::now();
    let mut before = Snapshot::of(root);
    while start.elapsed() < UNSETTLED {
        std::thread::sleep(SETTLE);
        let now = Snapshot::of(root);
        if now == before {
            break;
        }
        before = now;
    }
}

fn round(dev: &Dev<'_>) {
    let tell = dev.tell;
    let failed = |error: &dyn std::fmt::Display| tell(&Event::Failed(&error.to_string()));
    let project = match Project::open(dev.root) {
        Ok(project) => project,
        Err(error) => return failed(&error),
    };
    let built = match (dev.build)(&project) {
        Ok(built) => built,
        Err(error) => return failed(&error),
    };
    tell(&Event::Built(&built));
    if let Some(plugins) = dev.plugins {
        let path = plugins.join(format!("{}.wasm", project.manifest.id));
        match copy(&built.path, &path) {
            Ok(()) => tell(&Event::Placed(&path)),
            Err(error) => failed(&format_args!("{}: {error}", path.display())),
        }
    }
    match (dev.redraw)(&built, &project.manifest) {
        Ok(None) => {}
        Ok(Some(redrawn)) => tell(&Event::Redrawn(&redrawn)),
        Err(reason) => failed(&reason),
    }
}

/// Whole or not at all, and not again if it is there already: a server would load it for nothing.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let bytes = fs::read(from)?;
    if fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    files::write(to, &bytes)
}
