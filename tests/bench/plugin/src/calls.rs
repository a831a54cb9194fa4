//! Whole calls of plugins.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use aquatint_sandbox::engine::Engine;
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::plugin::{Job, Plugin};
use aquatint_sandbox::settings::PluginArgument;

use crate::protocol::{Sample, nanoseconds};

/// A channel's value may differ by this much between languages: some reckon in 32 bits, some in 64.
const MOST_DIFFERENCE: u8 = 1;

/// A plugin that is called.
pub(crate) struct Called {
    plugin: Plugin,
    bytes: Vec<u8>,
}

impl Called {
    pub(crate) fn load(engine: &Engine, file: &Path) -> Result<Self> {
        let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        let plugin = Plugin::load(engine, bytes.clone(), &Grants::default(), None)?;
        Ok(Self { plugin, bytes })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// `call` is all of it, `enter` until the plugin's own code runs, `memory` the most that it had, in bytes.
    pub(crate) fn measure(&self, work: &str, picture: &Picture, filtered: &[u8]) -> Result<Sample> {
        let entered = Arc::new(OnceLock::new());
        let job = self.job(work, entered.clone())?;
        let start = Instant::now();
        let done = self.plugin.post_process(&job, picture)?;
        let call = nanoseconds(start);
        check(done.value.pixels(), work, picture, filtered)?;
        let entered = entered
            .get()
            .context("the plugin did not say that it was entered")?;
        let enter = u64::try_from(entered.duration_since(start).as_nanos())?;
        let memory = done.report.peak_memory as u64;
        Ok(vec![("call", call), ("enter", enter), ("memory", memory)])
    }

    fn job(&self, work: &str, entered: Arc<OnceLock<Instant>>) -> Result<Job> {
        let argument: PluginArgument = format!("settings:work={work}").parse()?;
        let settings = self
            .plugin
            .manifest()
            .settings
            .read_terms(&argument.settings)?;
        let progress = move |_: Option<f32>, _: &str| {
            entered.get_or_init(Instant::now);
        };
        Ok(Job {
            settings,
            progress: Some(Arc::new(progress)),
            ..Job::default()
        })
    }
}

/// Whether the plugin did what it was asked.
fn check(found: &[u8], work: &str, picture: &Picture, filtered: &[u8]) -> Result<()> {
    let expected = match work {
        "filter" => filtered,
        _ => picture.pixels(),
    };
    let close = |(found, expected): (&u8, &u8)| found.abs_diff(*expected) <= MOST_DIFFERENCE;
    if found.len() != expected.len() || !found.iter().zip(expected).all(close) {
        bail!("`{work}` gave another picture than was expected");
    }
    Ok(())
}
