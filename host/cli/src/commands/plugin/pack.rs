//! `aquatint plugin pack`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use aquatint_workshop::build::pack;
use aquatint_workshop::{read_assets, read_manifest};
use clap::Args;

use crate::output;

#[derive(Debug, Args)]
pub(crate) struct PackArgs {
    /// A component that was built some other way
    #[arg(value_name = "COMPONENT.wasm")]
    component: PathBuf,
    /// Its manifest; files in the folder assets/ beside it go in too
    #[arg(value_name = "PLUGIN.TOML")]
    manifest: PathBuf,
    /// The file to write [default: ID.wasm]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: &PackArgs) -> anyhow::Result<()> {
    let manifest = read_manifest(&args.manifest)?;
    let assets = read_assets(args.manifest.parent().unwrap_or(Path::new("")))?;
    let component =
        std::fs::read(&args.component).with_context(|| args.component.display().to_string())?;
    let packed = pack(&component, &manifest, &assets)
        .with_context(|| args.component.display().to_string())?;
    for warning in &packed.warnings {
        output::tell(format_args!("warning: {warning}"));
    }
    let path = match &args.output {
        Some(path) => path.clone(),
        None => PathBuf::from(format!("{}.wasm", manifest.id)),
    };
    packed
        .write(&path)
        .with_context(|| path.display().to_string())?;
    output::line(format_args!(
        "{}: {}",
        path.display(),
        indicatif::DecimalBytes(packed.component.len() as u64)
    ))
}
