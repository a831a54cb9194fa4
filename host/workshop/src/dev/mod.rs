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
    /// Whether a file is what redrawing made, and no reason to build again.
    pub made: &'a dyn Fn(&Path) -> bool,
    /// Builds.
    pub build: &'a dyn Fn(&Project) -> Result<Built, BuildError>,
    /// Uses what was built.
    pub redraw: &'a Redraw<'a>,
    /// Told what happens.
    pub tell: &'a dyn Fn(&Event<'_>),
    /// Whether to end.
    pub stop: &'a dyn Fn() -> bool,
}

/// Uses a plugin; `None` if no picture comes of it. An error is told in its own words.
pub type Redraw<'a> = dyn Fn(&Built, &Manifest) -> Result<Option<Redrawn>, String> + 'a;

/// Pictures that the plugin was used on.
#[derive(Clone, Debug, PartialEq)]
pub struct Redrawn {
    /// Where they are.
    pub paths: Vec<PathBuf>,
    /// How long it took to load the plugin: to check it, and to compile it to machine code.
    pub loading: Duration,
    /// How long all of drawing took then.
    pub drawing: Duration,
    /// What the plugin's own calls took of that; `None` if it was not called, because it is as it was.
    pub called: Option<Called>,
    /// What is another than before.
    pub difference: Difference,
}

/// What the calls of a plugin took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Called {
    /// All of them together.
    pub time: Duration,
    /// The most memory that one of them had, in bytes.
    pub memory: u64,
}

/// How pictures differ from those before them.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// There were none.
    First,
    /// In so many pixels.
    Pixels {
        /// Those that differ.
        changed: usize,
        /// All of them.
        all: usize,
    },
    /// In their sizes, or in how many there are.
    Sizes {
        /// Widths and heights before.
        before: Vec<(u32, u32)>,
        /// And now.
        after: Vec<(u32, u32)>,
    },
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// It was built, and what its author should know is in it.
    Built(&'a Built),
    /// It was put where a server takes it up.
    Placed(&'a Path),
    /// It was used, on pictures if there were any.
    Redrawn(&'a Built, Option<&'a Redrawn>),
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
        let before = snapshot(dev);
        round(dev);
        let built = before.after_build(snapshot(dev));
        if (dev.stop)() {
            return Ok(());
        }
        watch.cover();
        if said != Some(watch.is_polling()) {
            said = Some(watch.is_polling());
            (dev.tell)(&Event::Waiting {
                polling: watch.is_polling(),
            });
        }
        while snapshot(dev) == built {
            if !wait(&watch, dev.stop) {
                return Ok(());
            }
            watch.cover();
        }
        settle(dev);
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
fn settle(dev: &Dev<'_>) {
    let start = Instant::now();
    let mut before = snapshot(dev);
    while start.elapsed() < UNSETTLED {
        std::thread::sleep(SETTLE);
        let now = snapshot(dev);
        if now == before {
            break;
        }
        before = now;
    }
}

fn snapshot(dev: &Dev<'_>) -> Snapshot {
    Snapshot::without(dev.root, dev.made)
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
        Ok(redrawn) => tell(&Event::Redrawn(&built, redrawn.as_ref())),
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
