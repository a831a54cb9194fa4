//! What commands draw with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aquatint_diffusion::pipeline::{self, Cancel};
use aquatint_diffusion::runtime::{
    self, Flavor, ProviderChoice, ProviderKind, Runtime, RuntimeError, RuntimeOptions,
};
use aquatint_studio::plugins::{PluginSource, Remembered};
use aquatint_studio::stages::{Budgets, Store};
use aquatint_studio::{DrawError, Studio, TinyChoice};
use clap::Args;

use crate::exit::Usage;
use crate::{output, plugins};

/// The flags of every command that draws.
#[derive(Debug, Args)]
pub(crate) struct StudioArgs {
    /// A folder with more plugins
    #[arg(long, value_name = "DIR")]
    pub(crate) plugins: Option<PathBuf>,
    /// The file that styles are taken from [default: styles.csv of the data folder]
    #[arg(long = "styles", id = "styles-file", value_name = "FILE")]
    pub(crate) styles: Option<PathBuf>,
    /// The folder with embeddings (textual inversion) [default: embeddings in the data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) embeddings: Option<PathBuf>,
    /// Compute everything anew, and keep nothing for the next time
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// A tiny VAE for previews and for --decoder tiny: a folder of diffusers or a file such as taesd_decoder.safetensors
    /// [default: the model's tiny_vae, or tiny/FAMILY in the data folder]
    #[arg(long, value_name = "PATH|off")]
    pub(crate) tiny_vae: Option<TinyChoice>,
}

impl StudioArgs {
    /// Opens what there is to draw with. No model and no runtime yet.
    pub(crate) fn open(&self, data: &Path) -> anyhow::Result<Studio> {
        self.with(data, self.no_cache)
    }

    /// The same where everything is computed anew.
    pub(crate) fn open_without_cache(&self, data: &Path) -> anyhow::Result<Studio> {
        self.with(data, true)
    }

    fn with(&self, data: &Path, no_cache: bool) -> anyhow::Result<Studio> {
        if let Some(folder) = self.plugins.as_deref().filter(|folder| !folder.is_dir()) {
            return Err(Usage(format!(
                "--plugins is {}, expected a folder",
                folder.display()
            ))
            .into());
        }
        let mut studio = open(data, self.plugins.as_deref(), no_cache)?;
        if let Some(styles) = &self.styles {
            studio.use_styles(styles.clone());
        }
        if let Some(folder) = &self.embeddings {
            if !folder.is_dir() {
                return Err(Usage(format!(
                    "--embeddings is {}, expected a folder",
                    folder.display()
                ))
                .into());
            }
            studio.embeddings.clone_from(folder);
        }
        studio.use_tiny(self.tiny_vae.clone().unwrap_or_default());
        Ok(studio)
    }
}

/// Opens what there is to draw with, with the plugins of a folder beside those that are installed.
pub(crate) fn open(data: &Path, plugins: Option<&Path>, no_cache: bool) -> anyhow::Result<Studio> {
    let stages = if no_cache || std::env::var_os(NO_CACHE).is_some_and(|it| !it.is_empty()) {
        Store::off()
    } else {
        store(data)?
    };
    Ok(Studio::new(data, source(data, plugins), stages))
}

/// The plugins as they are now.
pub(crate) fn source(data: &Path, plugins: Option<&Path>) -> Box<dyn PluginSource + Send> {
    Box::new(Remembered::new(plugins::Lazy::new(data, plugins)))
}

/// As `--no-cache`, for everything that is started.
const NO_CACHE: &str = "AQUATINT_NO_CACHE";

/// Where results of stages are kept.
pub(crate) fn store_folder(data: &Path) -> PathBuf {
    data.join("cache").join("stages")
}

/// Where it says how much of them is kept.
pub(crate) fn budgets(data: &Path) -> PathBuf {
    data.join("cache").join("stages.toml")
}

/// The results of stages that are kept.
pub(crate) fn store(data: &Path) -> anyhow::Result<Store> {
    Ok(Store::new(
        &store_folder(data),
        Budgets::read(&budgets(data))?,
    ))
}

/// Says if results could not be kept.
pub(crate) fn tell_trouble(studio: &Studio) {
    if let Some(trouble) = studio.stages().trouble() {
        output::tell(format_args!("warning: {trouble}"));
    }
}

/// Starts the runtime for a provider and gives it to the studio. Says what `auto` came down to, where that may surprise.
pub(crate) fn start(
    studio: &mut Studio,
    provider: &str,
    data: &Path,
    quiet: bool,
    cancel: &Cancel,
) -> anyhow::Result<Arc<Runtime>> {
    let provider: ProviderChoice = provider.parse()?;
    let runtime = Arc::new(start_runtime(&provider, data, quiet, cancel)?);
    if cancel.is_cancelled() {
        return Err(DrawError::from(pipeline::Error::Cancelled).into());
    }
    if !quiet
        && provider == ProviderChoice::Auto
        && let Some(note) = missed_gpu(&runtime, data)
    {
        output::tell(note);
    }
    studio.use_runtime(provider, runtime.clone());
    Ok(runtime)
}

/// Starts ONNX Runtime, fetching the build for CPUs first where there is none yet.
fn start_runtime(
    provider: &ProviderChoice,
    data: &Path,
    quiet: bool,
    cancel: &Cancel,
) -> anyhow::Result<Runtime> {
    let options = RuntimeOptions {
        data_dir: data.to_owned(),
        provider: provider.clone(),
        threads: None,
    };
    match Runtime::start(&options) {
        // Only the build that every machine can use comes unasked.
        Err(RuntimeError::NotInstalled {
            flavor: Flavor::Cpu,
            ..
        }) => {
            let stop = || cancel.is_cancelled();
            let installed =
                crate::commands::runtime::install_until(Flavor::Cpu, data, &stop, quiet)?;
            if !quiet {
                output::tell(format_args!(
                    "ONNX Runtime {} is now in {}",
                    installed.version,
                    installed.folder.display()
                ));
            }
            Ok(Runtime::start(&options)?)
        }
        result => Ok(result?),
    }
}

/// Why `auto` came down to the CPU, where a GPU was to be expected: one that has its driver, or a runtime for it.
fn missed_gpu(runtime: &Runtime, data: &Path) -> Option<String> {
    let is_cpu = runtime.provider().kind() == ProviderKind::Cpu;
    // Whoever names a library has chosen what it can do.
    let is_named = matches!(runtime::from_environment(), Ok(Some(_)));
    if !is_cpu || is_named {
        return None;
    }
    let reason = runtime::candidates(data)
        .into_iter()
        .find_map(|candidate| {
            let tried = format!("{}: ", candidate.provider.name());
            let note = runtime
                .notes()
                .iter()
                .find_map(|note| note.strip_prefix(&tried))?;
            match candidate.library {
                Ok(_) => Some(note.to_owned()),
                Err(error @ (RuntimeError::NotInstalled { .. } | RuntimeError::Damaged { .. })) => {
                    Some(error.to_string())
                }
                Err(_) => None,
            }
        })?;
    Some(format!("note: drawing on the CPU: {reason}"))
}
