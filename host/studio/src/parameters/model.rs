use std::path::PathBuf;

use aquatint_diffusion::checkpoint::{Checkpoint, Fingerprints};
use aquatint_sandbox::names::shown;
use serde::Deserialize;

/// The model that a file names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedModel {
    /// Its name, as the program that drew with it had it.
    pub name: String,
    /// The first ten digits of the SHA-256 of its file, or all 64.
    pub hash: Option<String>,
    /// What identifies it, in a recipe.
    pub fingerprint: Option<String>,
}

/// A model that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownModel {
    /// The name it is chosen by.
    pub name: String,
    /// Its folder.
    pub path: PathBuf,
}

/// A model that a file may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The name it is chosen by here.
    pub name: String,
    /// Whether something differs.
    pub note: Option<String>,
}

/// Endings of the files that models are.
const ENDINGS: [&str; 6] = [".safetensors", ".ckpt", ".pt", ".sft", ".gguf", ".onnx"];

impl WantedModel {
    /// Looks for the model: by its name, then by what is in it. Names are the same whatever their folder, ending, case
    /// and punctuation: `SD15\Ink_v2.safetensors [0a1b2c3d4e]` is `ink-v2`.
    #[must_use]
    pub fn find(&self, known: &[KnownModel], fingerprints: &mut Fingerprints) -> Option<Found> {
        let names = |model: &KnownModel| [Some(model.name.clone()), declared(model)];
        let has = |same: &dyn Fn(&str) -> bool| {
            let mut found = known
                .iter()
                .filter(|model| names(model).iter().flatten().any(|name| same(name)));
            // Of two that could be meant neither is.
            found.next().filter(|_| found.next().is_none())
        };
        let wanted = plain(&self.name);
        let named = has(&|name| name == self.name)
            .or_else(|| has(&|name| !wanted.is_empty() && plain(name) == wanted));
        let mut fingerprint = |model: &KnownModel| {
            let parts = fingerprints.of(&Checkpoint::open(&model.path).ok()?).ok()?;
            Some(Fingerprints::whole(&parts))
        };
        if let Some(model) = named {
            let here = self
                .fingerprint
                .as_ref()
                .and_then(|wanted| Some((wanted, fingerprint(model)?)));
            let note = here
                .filter(|(wanted, here)| *wanted != here)
                .map(|_| format!("the model \"{}\" here is not the one it was drawn with, but one of the same name", model.name));
            return Some(Found {
                name: model.name.clone(),
                note,
            });
        }
        let wanted = self.fingerprint.as_ref()?;
        let same = known
            .iter()
            .find(|model| fingerprint(model).as_ref() == Some(wanted))?;
        Some(Found {
            name: same.name.clone(),
            note: Some(format!(
                "the model \"{}\" is called \"{}\" here",
                shown(&self.name),
                same.name
            )),
        })
    }
}

/// The name in a model's `aquatint.json`.
fn declared(model: &KnownModel) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        name: Option<String>,
    }
    let text = std::fs::read(model.path.join("aquatint.json")).ok()?;
    serde_json::from_slice::<Named>(&text).ok()?.name
}

fn plain(name: &str) -> String {
    let name = name.trim();
    let name = match name.rsplit_once(" [") {
        Some((before, hash)) if hash.ends_with(']') => before.trim_end(),
        _ => name,
    };
    let name = name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(name)
        .to_lowercase();
    let ending = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    ending
        .unwrap_or(&name)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}
