//! `aquatint plugin build`.

use std::path::{Path, PathBuf};

use aquatint_workshop::Project;
use aquatint_workshop::build::{BuildError, Built, Folders, build};
use aquatint_workshop::languages::CompileError;
use clap::Args;

use crate::output;

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// The plugin's folder
    #[arg(default_value = ".")]
    dir: PathBuf,
}

pub(crate) fn run(args: &BuildArgs, data: &Path) -> anyhow::Result<()> {
    let project = Project::open(&args.dir)?;
    let built = build_told(&project, &folders(data)?)?;
    warn(&built);
    output::line(summary(&built))
}

/// The folders in the data folder. `AQUATINT_SDK` names another one for the SDKs, such as `sdk/` of a source tree, and
/// `AQUATINT_TOOLS` one for compilers that are fetched once, such as one that a build machine keeps.
pub(super) fn folders(data: &Path) -> anyhow::Result<Folders> {
    let named = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    Ok(Folders::new(
        data,
        named("AQUATINT_SDK"),
        named("AQUATINT_TOOLS"),
    )?)
}

/// Builds, telling what is being done. A compiler's words are told as they are, which no error's one line could hold.
pub(super) fn build_told(project: &Project, folders: &Folders) -> anyhow::Result<Built> {
    build(project, folders, &|line| output::tell(line)).map_err(|error| match error {
        BuildError::Compile(CompileError::Failed {
            tool,
            output: words,
        }) => {
            output::tell(words.trim_end());
            anyhow::anyhow!("{tool} failed")
        }
        error => error.into(),
    })
}

pub(super) fn warn(built: &Built) {
    for warning in &built.warnings {
        output::tell(format_args!("warning: {warning}"));
    }
}

/// `target/film-grain.wasm: 63.5 KB, built in 1.2 s`.
pub(super) fn summary(built: &Built) -> String {
    format!(
        "{}: {}, built in {:.1} s",
        shown(&built.path),
        indicatif::DecimalBytes(built.bytes),
        built.time.as_secs_f64()
    )
}

/// A path as short as it can be from here.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}
