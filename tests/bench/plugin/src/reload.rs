//! A plugin that is saved again and again, while its folder is watched.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};
use aquatint_sandbox::digest::Digest;
use aquatint_sandbox::engine::Engine;
use aquatint_sandbox::folder::{Options, Plugins};
use wasm_encoder::{ComponentSection as _, CustomSection};

use crate::protocol::{Sample, nanoseconds};

const ID: &str = "bench-rust";
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two questions whether the new version is there.
const PAUSE: Duration = Duration::from_micros(500);

pub(crate) struct Reloads {
    folder: tempfile::TempDir,
    plugins: Plugins,
    component: Vec<u8>,
    saved: u64,
}

impl Reloads {
    pub(crate) fn begin(engine: &Engine, component: &[u8]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let plugins = Plugins::watch(Options::new(folder.path().to_owned(), engine.clone()))?;
        Ok(Self {
            folder,
            plugins,
            component: component.to_owned(),
            // Not as in the run before: what was compiled then is kept.
            saved: u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos())?,
        })
    }

    /// From the rename that puts a new version in place to the first lease of it, the wait for the file to settle and
    /// compiling included.
    pub(crate) fn measure(&mut self) -> Result<Sample> {
        self.saved += 1;
        let bytes = rebuilt(&self.component, self.saved);
        let digest = Digest::of(&bytes);
        let path = |name: &str| -> std::path::PathBuf { Path::new(self.folder.path()).join(name) };
        let (new, place) = (path("new.part"), path("bench-rust.wasm"));
        fs::write(&new, &bytes)?;
        let start = Instant::now();
        fs::rename(&new, &place)?;
        while start.elapsed() < PATIENCE {
            if self
                .plugins
                .lease(ID)
                .is_ok_and(|lease| lease.digest() == digest)
            {
                return Ok(vec![("call", nanoseconds(start))]);
            }
            sleep(PAUSE);
        }
        bail!(
            "{ID} was not reloaded in {PATIENCE:?}: {:?}",
            self.plugins.list()
        )
    }
}

/// The same component with other bytes, so that it has to be compiled anew.
fn rebuilt(component: &[u8], number: u64) -> Vec<u8> {
    let mut bytes = component.to_owned();
    let section = CustomSection {
        name: Cow::Borrowed("build"),
        data: Cow::Owned(number.to_le_bytes().to_vec()),
    };
    section.append_to_component(&mut bytes);
    bytes
}
