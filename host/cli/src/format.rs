//! How pictures are encoded, for every command that writes them.

use std::path::Path;

use aquatint_studio::Encoding;
use clap::Args;

use crate::exit::Usage;

/// The format of pictures.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct FormatArgs {
    /// The format of pictures: png, jpeg or webp [default: as the name to write ends, or png]
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// How well to encode jpeg or webp, 1 to 100 [default: 90]
    #[arg(long, value_name = "N")]
    quality: Option<u8>,
    /// Encode webp without losses
    #[arg(long)]
    lossless: bool,
}

impl FormatArgs {
    /// What was asked for; `None` if nothing was. A file's name may say the format.
    pub(crate) fn encoding(&self, output: Option<&Path>) -> anyhow::Result<Option<Encoding>> {
        let named = output
            .filter(|it| !it.is_dir())
            .and_then(|it| Some((it, Encoding::of_path(it)?.kind())));
        let format = match (&self.format, named) {
            (Some(format), _) => format.clone(),
            (None, Some((_, kind))) => kind.to_string(),
            (None, None) if self.quality.is_none() && !self.lossless => return Ok(None),
            (None, None) => {
                return Err(Usage(
                    "--quality and --lossless need a format: add --format jpeg or --format webp"
                        .to_owned(),
                )
                .into());
            }
        };
        let encoding = Encoding::new(&format, self.quality, self.lossless)
            .map_err(|error| Usage(error.to_string()))?;
        if let Some((path, kind)) = named
            && kind != encoding.kind()
        {
            return Err(Usage(format!(
                "{} ends as a {kind} file, and --format is {format}: expected the same",
                path.display()
            ))
            .into());
        }
        Ok(Some(encoding))
    }
}
