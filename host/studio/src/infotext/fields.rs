//! What becomes of each field that A1111, Forge and SD.Next write.

use aquatint_sandbox::names::shown;

use super::written::TAESD;
use super::{Infotext, Note, Origin, pictures};

/// What a field has to do with the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It is part of the request.
    Taken,
    /// The picture is the same without it.
    Harmless,
    /// It names embeddings, which take part if they are here.
    Files,
    /// It changed the picture, unless it had one of these values.
    Changes(&'static [&'static str]),
}

use Role::{Changes, Files, Harmless, Taken};

const FIELDS: &[(&str, Role)] = &[
    ("Steps", Taken),
    ("Sampler", Taken),
    ("Schedule type", Taken),
    ("Sampler sigma", Taken),
    ("Sampler spacing", Taken),
    ("CFG scale", Taken),
    ("CFG rescale", Taken),
    ("Seed", Taken),
    ("Size", Taken),
    ("Model", Taken),
    ("Model hash", Taken),
    ("RNG", Taken),
    ("Eta", Taken),
    ("Eta DDIM", Taken),
    ("ENSD", Taken),
    ("Sigma churn", Taken),
    ("Sigma tmin", Taken),
    ("Sigma tmax", Taken),
    ("Sigma noise", Taken),
    ("NGMS", Taken),
    ("Skip Early CFG", Taken),
    ("CFG end", Taken),
    ("Variation seed", Taken),
    ("Variation seed strength", Taken),
    ("Seed resize from", Taken),
    ("Clip skip", Taken),
    ("CLiP-skip", Taken),
    ("Emphasis", Taken),
    ("Version", Harmless),
    ("App", Harmless),
    ("User", Harmless),
    ("Comment", Harmless),
    ("Created Date", Harmless),
    ("Civitai resources", Harmless),
    ("Civitai metadata", Harmless),
    ("Hashes", Harmless),
    ("VAE hash", Taken),
    ("Template", Harmless),
    ("Negative template", Harmless),
    // What they add stands in the prompt already.
    ("Styles", Harmless),
    // SD.Next: the class behind the sampler, and where the picture stood in its batch and grid.
    ("Scheduler", Harmless),
    ("Pipeline", Harmless),
    ("Backend", Harmless),
    ("Batch", Harmless),
    ("Index", Harmless),
    ("Grid", Harmless),
    ("Batch size", Harmless),
    ("Batch pos", Harmless),
    // How its prompt was read; what that means for this one is said of the prompt itself.
    ("Parser", Harmless),
    ("Operations", Changes(&["txt2img"])),
    ("VAE", Taken),
    ("Refiner", Taken),
    ("Refiner switch at", Taken),
    ("VAE Decoder", Changes(&["Full", TAESD])),
    ("TE", Changes(&["Default"])),
    ("UNet", Changes(&["Default"])),
    ("CFG true", Changes(&["0", "0.0"])),
    ("CFG adaptive", Changes(&["0", "0.0"])),
    ("Tiling", Changes(&["False"])),
    ("FP8 weight", Changes(&["Disable"])),
    ("Lora hashes", Changes(&[])),
    ("Embeddings", Files),
    ("TI hashes", Files),
    ("TI", Files),
    ("Denoising strength", Changes(&[])),
    ("Image CFG scale", Changes(&[])),
    ("Distilled CFG Scale", Changes(&[])),
    ("Conditional mask weight", Changes(&[])),
    ("Face restoration", Changes(&["False"])),
    ("Init image hash", Changes(&[])),
    ("Pad conds", Changes(&["False"])),
    ("NGMS all steps", Changes(&["False"])),
    ("Discard penultimate sigma", Changes(&["False"])),
];

/// Families of fields, each of which changes the picture.
const STARTS: &[&str] = &[
    "Hires",
    "Refine",
    "Variation",
    "Token merging",
    "ToMe",
    "ControlNet",
    "ADetailer",
    "Detailer",
    "LoRA network",
    "AddNet",
    "Mask",
    "Masked",
    "Inpaint",
    "Soft inpainting",
    "Module ",
    "Schedule ",
    "Sampler ",
    "Sigma ",
    "Dynamic thresholding",
    "FreeU",
    "Tiled",
    "Upscale",
    "Face ",
];

fn role(key: &str) -> Option<Role> {
    if pictures::READ
        .iter()
        .any(|name| name.eq_ignore_ascii_case(key))
    {
        return Some(Taken);
    }
    FIELDS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(key))
        .map(|(_, role)| *role)
        .or_else(|| {
            let starts = |start: &str| {
                key.get(..start.len())
                    .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
            };
            STARTS
                .iter()
                .any(|start| starts(start))
                .then_some(Changes(&[]))
        })
}

/// A note for each field that the request does not have.
pub(super) fn notes(text: &Infotext, origin: Origin) -> impl Iterator<Item = Note> {
    let has_hires = pictures::has_second(text);
    text.fields.iter().filter_map(move |(key, value)| {
        // Plugins are what a recipe can tell: this names them for people.
        let is_own = origin == Origin::Aquatint && key == "Plugins";
        let (key, value) = (key.clone(), value.clone());
        // Of a second drawing rather than of a picture that is not here.
        if has_hires && key.eq_ignore_ascii_case("Denoising strength") {
            return None;
        }
        if key.eq_ignore_ascii_case("Hires upscaler") && !pictures::knows_upscaler(&value) {
            return Some(Note::Ignored { key, value });
        }
        match role(&key) {
            Some(Taken | Harmless) => None,
            Some(Files) => Some(Note::Said(format!(
                "embeddings took part, and do where files of their names are here: {}",
                shown(&value)
            ))),
            Some(Changes(not)) if not.iter().any(|not| not.eq_ignore_ascii_case(&value)) => None,
            Some(Changes(_)) => Some(Note::Ignored { key, value }),
            None if is_own => Some(Note::Ignored { key, value }),
            None => Some(Note::Unknown { key, value }),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_found_whatever_their_letters_case() {
        for key in [
            "Hires Module 1",
            "HiRes mode",
            "Sampler eta delta",
            "Module 1",
            "ControlNet 0",
            "variation of something",
        ] {
            assert_eq!(role(key), Some(Changes(&[])), "{key}");
        }
        assert_eq!(role("sampler"), Some(Taken));
        assert_eq!(role("CLiP-skip"), Some(Taken));
        assert_eq!(role("cfg end"), Some(Taken));
        assert_eq!(role("tiling"), Some(Changes(&["False"])));
        assert_eq!(role("Hire"), None);
        assert_eq!(role("猫猫猫"), None);
    }
}
