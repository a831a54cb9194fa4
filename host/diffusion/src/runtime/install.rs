//! Installing a runtime: fetch, verify, unpack into a hidden folder, and one rename at the end. Until then nothing of it
//! can be seen, whatever happens; what a killed process left is cleared by the next one.

use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use super::error::RuntimeError;
use super::fetch::{Fetch, Pip};
use super::flavor::{Flavor, Platform};
use super::installed::{self, Installed, Lock, Record};
use super::wheels::{Build, Wheel};
use super::{loader, unpack};

/// What an installation is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Another process is installing or removing a runtime.
    Waiting,
    /// Files are arriving.
    Fetching,
    /// Files are taken out of their archives.
    Unpacking,
}

/// How far an installation is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// What is being done.
    pub step: Step,
    /// The file it is done to.
    pub file: &'a str,
    /// Bytes fetched, of all files; or, while unpacking, bytes written for this file.
    pub done: u64,
    /// The bytes that will be fetched; zero when that is not known.
    pub total: u64,
}

/// Is told how far the installation is, several times a second, and may ask it to stop.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress<'_>) -> ControlFlow<()>;

/// Installs the build of a flavor for this machine into the data folder; one that is there already is left as it is.
///
/// Two processes may do so at once: the second waits, and finds what the first one installed.
pub fn install(
    flavor: Flavor,
    data_dir: &Path,
    progress: OnProgress<'_>,
) -> Result<Installed, RuntimeError> {
    let no_build = || RuntimeError::NoBuild {
        wanted: flavor.name(),
        platform: Platform::current(),
    };
    let build = flavor.build().ok_or_else(no_build)?;
    // Looked for only once it is needed: what is installed needs no pip.
    install_build(build, data_dir, &|| Ok(Box::new(Pip::find()?)), progress)
}

type MakeFetcher<'a> = &'a dyn Fn() -> Result<Box<dyn Fetch>, RuntimeError>;

fn install_build(
    build: &Build,
    data_dir: &Path,
    fetcher: MakeFetcher<'_>,
    progress: OnProgress<'_>,
) -> Result<Installed, RuntimeError> {
    let root = installed::folder(data_dir);
    let target = root.join(build.name());
    let intact = || installed::read(&target).filter(|it| it.damage.is_none());
    if let Some(there) = intact() {
        return Ok(there);
    }
    let _lock = Lock::take(&root, &mut || {
        progress(Progress {
            step: Step::Waiting,
            file: "",
            done: 0,
            total: 0,
        })
        .is_continue()
    })?;
    if let Some(there) = intact() {
        return Ok(there);
    }

    let staging = Staging::new(&root)?;
    let wheels: Vec<_> = build
        .wheels
        .iter()
        .filter(|wheel| is_needed(wheel))
        .collect();
    fetch_and_unpack(&wheels, &staging, &*fetcher()?, progress)?;
    record(build, &wheels, &staging.runtime())?;
    if target.exists() {
        installed::discard(&target, &root)?; // A damaged one, or a folder with a runtime's name and none inside.
    }
    fs::rename(staging.runtime(), &target).map_err(RuntimeError::io("install into", &target))?;
    installed::read(&target).ok_or(RuntimeError::NoSuchLibrary(
        target.join("lib").join(build.library),
    ))
}

fn fetch_and_unpack(
    wheels: &[&Wheel],
    staging: &Staging,
    fetcher: &dyn Fetch,
    progress: OnProgress<'_>,
) -> Result<(), RuntimeError> {
    let total = wheels.iter().map(|wheel| wheel.size).sum();
    let mut before = 0;
    for wheel in wheels {
        // A fresh folder each, so that there is one file in it. It is removed before the next one is fetched: the
        // archives and what is in them need not fit on the disk together.
        let folder =
            tempfile::tempdir_in(&staging.0).map_err(RuntimeError::io("write into", &staging.0))?;
        fetcher.fetch(wheel, folder.path(), &mut |bytes| {
            progress(Progress {
                step: Step::Fetching,
                file: wheel.file,
                done: before + bytes,
                total,
            })
        })?;
        before += wheel.size;
        let file = folder.path().join(wheel.file);
        unpack::verify(wheel, &file)?;
        unpack::unpack(wheel, &file, &staging.runtime(), &mut |bytes| {
            progress(Progress {
                step: Step::Unpacking,
                file: wheel.file,
                done: bytes,
                total: 0,
            })
        })?;
    }
    Ok(())
}

/// Whether a wheel must be fetched: one that only carries what the system has already need not.
fn is_needed(wheel: &Wheel) -> bool {
    wheel.unless_found.is_empty()
        || wheel
            .unless_found
            .iter()
            .any(|name| loader::find(name).is_err())
}

/// Writes down what is in the folder, so that damage can be noticed later.
fn record(build: &Build, wheels: &[&Wheel], folder: &Path) -> Result<(), RuntimeError> {
    let lib = folder.join("lib");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&lib).map_err(RuntimeError::io("read", &lib))? {
        let entry = entry.map_err(RuntimeError::io("read", &lib))?;
        let size = entry
            .metadata()
            .map_err(RuntimeError::io("read", &lib))?
            .len();
        files.insert(entry.file_name().to_string_lossy().into_owned(), size);
    }
    if !files.contains_key(build.library) {
        let wheel = build.wheels.first().map_or("", |wheel| wheel.file);
        return Err(RuntimeError::BadWheel {
            wheel,
            reason: format!("it has no {}", build.library),
        });
    }
    let wheels = wheels
        .iter()
        .map(|wheel| (wheel.file.to_owned(), wheel.sha256.to_owned()))
        .collect();
    let library = format!("lib/{}", build.library);
    Record {
        flavor: build.flavor.to_string(),
        version: build.version.to_owned(),
        library,
        wheels,
        files,
    }
    .write(folder)
}

/// The hidden folder in which a runtime is put together. Under the lock, so there is only one.
struct Staging(PathBuf);

impl Staging {
    fn new(root: &Path) -> Result<Self, RuntimeError> {
        let path = root.join(".staging");
        installed::remove_if_there(&path).map_err(RuntimeError::io("clear", &path))?;
        fs::create_dir(&path).map_err(RuntimeError::io("make the folder", &path))?;
        Ok(Self(path))
    }

    /// What becomes the runtime's folder.
    fn runtime(&self) -> PathBuf {
        self.0.join("runtime")
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = installed::remove_if_there(&self.0) {
            tracing::warn!("cannot clear {}: {error}", self.0.display());
        }
    }
}

#[cfg(test)]
#[path = "install_tests.rs"]
mod tests;
