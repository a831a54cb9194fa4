use serde::{Deserialize, Serialize};

/// What a picture goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A plugin changes the request.
    PreProcess,
    /// A text becomes what the UNet looks at.
    Text,
    /// A picture that drawing begins from becomes what the VAE says of it.
    Encode,
    /// What a picture starts from.
    Noise,
    /// From noise to latents.
    Denoise,
    /// From latents to pixels.
    Decode,
    /// A plugin changes the pixels.
    PostProcess,
}

impl Stage {
    /// All of them, in the order of a picture.
    pub const ALL: [Self; 7] = [
        Self::PreProcess,
        Self::Text,
        Self::Encode,
        Self::Noise,
        Self::Denoise,
        Self::Decode,
        Self::PostProcess,
    ];

    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreProcess => "pre-process",
            Self::Text => "text",
            Self::Encode => "encode",
            Self::Noise => "noise",
            Self::Denoise => "denoise",
            Self::Decode => "decode",
            Self::PostProcess => "post-process",
        }
    }

    /// Whether results outlive the process. Noise and changes to requests are made again in less time than it takes to
    /// read them.
    pub(super) const fn is_kept_on_disk(self) -> bool {
        !matches!(self, Self::PreProcess | Self::Noise)
    }
}
