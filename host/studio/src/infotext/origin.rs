use std::fmt;

use super::Infotext;

/// The program that wrote a text: the same words do not mean the same in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// A1111, and whatever writes as it does and does not say its name.
    #[default]
    A1111,
    /// Aquatint.
    Aquatint,
    /// Forge and what was made of it.
    Forge,
    /// SD.Next.
    SdNext,
    /// A node of ComfyUI that writes such texts.
    ComfyUi,
}

impl Origin {
    pub(super) fn of(text: &Infotext) -> Self {
        let version = text.get(&["Version"]).unwrap_or_default();
        let is_sdnext = text.get(&["App"]) == Some("SD.Next")
            // Before it gave its name.
            || text.get(&["Parser"]).is_some() && text.get(&["Pipeline", "Backend", "Operations"]).is_some();
        // `f2.0.1v1.10.1-previous-636-gb835f24a`: its own version, and that of the A1111 in it.
        let is_forge = version
            .strip_prefix('f')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            || ["neo", "classic"].contains(&version);
        if version.starts_with("aquatint ") {
            Self::Aquatint
        } else if is_sdnext {
            Self::SdNext
        } else if is_forge {
            Self::Forge
        } else if version == "ComfyUI" {
            Self::ComfyUi
        } else {
            Self::A1111
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::A1111 => "A1111",
            Self::Aquatint => "Aquatint",
            Self::Forge => "Forge",
            Self::SdNext => "SD.Next",
            Self::ComfyUi => "ComfyUI",
        })
    }
}
