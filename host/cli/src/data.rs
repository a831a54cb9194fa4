//! Where things are kept between runs.

use std::path::PathBuf;

use anyhow::Context as _;

/// `AQUATINT_DATA`, or the per-user data folder of the system.
pub(crate) fn folder() -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os("AQUATINT_DATA").filter(|value| !value.is_empty()) {
        return std::path::absolute(&folder)
            .with_context(|| format!("AQUATINT_DATA is {}", folder.to_string_lossy()));
    }
    let folders = directories::ProjectDirs::from("", "", "aquatint")
        .context("the home folder is not known: set AQUATINT_DATA to a folder to keep data in")?;
    Ok(folders.data_dir().to_owned())
}
