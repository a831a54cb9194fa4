use std::collections::BTreeMap;
use std::fmt;

use aquatint_sandbox::names::shown;

use crate::Recipe;
use crate::recipe::{Model, Part, Runtime, Vae};

/// What a picture would be drawn with now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    /// The model that the recipe's name, or its fingerprint, means here; `None` if it is not here.
    pub model: Option<Model>,
    /// The model that the refiner's name means here, if the recipe names one.
    pub refiner: Option<Model>,
    /// The VAE that the recipe's name means here, if it names one.
    pub vae: Option<Vae>,
    /// The tiny VAE that goes with that model here, if there is one.
    pub tiny_vae: Option<Part>,
    /// The plugins that are here, by their ids. Those that the recipe does not name do not matter.
    pub plugins: BTreeMap<String, PresentPlugin>,
    /// SHA-256 of the embeddings that are here, by their names. Those that the recipe does not name do not matter.
    pub embeddings: BTreeMap<String, String>,
    /// What computes.
    pub runtime: Runtime,
    /// Version of Aquatint.
    pub app_version: String,
}

/// A plugin that is here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PresentPlugin {
    /// Its version.
    pub version: String,
    /// What identifies its file.
    pub digest: String,
}

/// Something that a picture was drawn with, and would not be drawn with now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The model is not here.
    NoModel {
        /// Its name.
        name: String,
    },
    /// A part of the model is another one.
    Part {
        /// The model's name.
        model: String,
        /// The part, for example `unet`.
        part: String,
        /// What it was.
        was: String,
        /// What it is.
        is: String,
    },
    /// The model lacks a part that it had.
    NoPart {
        /// The model's name.
        model: String,
        /// The part.
        part: String,
    },
    /// The model has a part that it had not.
    MorePart {
        /// The model's name.
        model: String,
        /// The part.
        part: String,
    },
    /// The model is another one, and there is no saying which part of it.
    Model {
        /// Its name.
        name: String,
        /// What identified it.
        was: String,
        /// What identifies it.
        is: String,
    },
    /// The VAE is not here.
    NoVae {
        /// Its name.
        name: String,
    },
    /// The VAE is another one.
    Vae {
        /// Its name.
        name: String,
        /// What it was.
        was: String,
        /// What it is.
        is: String,
    },
    /// There is no tiny VAE here.
    NoTinyVae,
    /// The tiny VAE is another one.
    TinyVae {
        /// What it was.
        was: String,
        /// What it is.
        is: String,
    },
    /// A plugin is not here.
    NoPlugin {
        /// Its id.
        id: String,
        /// The version that took part.
        version: String,
    },
    /// A plugin is here in another version.
    PluginVersion {
        /// Its id.
        id: String,
        /// The version that took part.
        was: String,
        /// The version that is here.
        is: String,
    },
    /// A plugin's file is another one, of the same version.
    PluginFile {
        /// Its id.
        id: String,
        /// Its version.
        version: String,
        /// What identified its file.
        was: String,
        /// What identifies its file.
        is: String,
    },
    /// An embedding is not here: its name would be words.
    NoEmbedding {
        /// Its name.
        name: String,
    },
    /// An embedding's file is another one.
    Embedding {
        /// Its name.
        name: String,
        /// What identified its file.
        was: String,
        /// What identifies its file.
        is: String,
    },
    /// ONNX Runtime is another version.
    Runtime {
        /// The version it was.
        was: String,
        /// The version it is.
        is: String,
    },
    /// Another provider computes.
    Provider {
        /// The provider it was.
        was: String,
        /// The provider it is.
        is: String,
    },
    /// Aquatint is another version.
    App {
        /// The version it was.
        was: String,
        /// The version it is.
        is: String,
    },
    /// The recipe has a field that this version does not know.
    Field {
        /// Its name.
        name: String,
    },
}

impl Difference {
    /// Whether the picture cannot be drawn at all.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(
            self,
            Self::NoModel { .. }
                | Self::NoPart { .. }
                | Self::NoVae { .. }
                | Self::NoTinyVae
                | Self::NoPlugin { .. }
        )
    }
}

/// Everything that is not as it was when the picture was drawn: first the model, then the plugins in their order, then
/// what computes.
///
/// Another version of Aquatint or of ONNX Runtime, or another provider, need not change a pixel, but may. Plugins that
/// were skipped changed nothing and are not compared.
#[must_use]
pub fn compare(recipe: &Recipe, present: &Present) -> Vec<Difference> {
    let mut found = models(&recipe.model, present.model.as_ref());
    if let Some(was) = &recipe.refiner {
        found.extend(models(&was.model, present.refiner.as_ref()));
    }
    if let Some(was) = &recipe.vae {
        found.extend(match &present.vae {
            None => Some(Difference::NoVae {
                name: was.name.clone(),
            }),
            Some(is) if is.fingerprint == was.fingerprint => None,
            Some(is) => Some(Difference::Vae {
                name: is.name.clone(),
                was: was.fingerprint.clone(),
                is: is.fingerprint.clone(),
            }),
        });
    }
    if let Some(was) = &recipe.tiny_vae {
        found.extend(match &present.tiny_vae {
            None => Some(Difference::NoTinyVae),
            Some(is) if is.fingerprint == was.fingerprint => None,
            Some(is) => Some(Difference::TinyVae {
                was: was.fingerprint.clone(),
                is: is.fingerprint.clone(),
            }),
        });
    }
    for plugin in recipe.plugins.iter().filter(|it| it.skipped.is_none()) {
        let id = plugin.id.clone();
        let difference = match present.plugins.get(&id) {
            None => Difference::NoPlugin {
                id,
                version: plugin.version.clone(),
            },
            Some(here) if here.digest == plugin.digest => continue,
            Some(here) if here.version == plugin.version => Difference::PluginFile {
                id,
                version: here.version.clone(),
                was: plugin.digest.clone(),
                is: here.digest.clone(),
            },
            Some(here) => Difference::PluginVersion {
                id,
                was: plugin.version.clone(),
                is: here.version.clone(),
            },
        };
        // A plugin may take part several times.
        if !found.contains(&difference) {
            found.push(difference);
        }
    }
    for embedding in &recipe.embeddings {
        let name = embedding.name.clone();
        match present.embeddings.get(&name) {
            None => found.push(Difference::NoEmbedding { name }),
            Some(here) if *here == embedding.sha256 => {}
            Some(here) => found.push(Difference::Embedding {
                name,
                was: embedding.sha256.clone(),
                is: here.clone(),
            }),
        }
    }
    let changed = |was: &str, is: &str| (was != is).then(|| (was.to_owned(), is.to_owned()));
    let (then, now) = (&recipe.runtime, &present.runtime);
    found.extend(
        changed(&then.version, &now.version).map(|(was, is)| Difference::Runtime { was, is }),
    );
    found.extend(
        changed(&then.provider, &now.provider).map(|(was, is)| Difference::Provider { was, is }),
    );
    found.extend(
        changed(&recipe.app_version, &present.app_version)
            .map(|(was, is)| Difference::App { was, is }),
    );
    found.extend(
        recipe
            .other
            .keys()
            .map(|name| Difference::Field { name: name.clone() }),
    );
    found
}

fn models(was: &Model, is: Option<&Model>) -> Vec<Difference> {
    let Some(is) = is else {
        return vec![Difference::NoModel {
            name: was.name.clone(),
        }];
    };
    if was.fingerprint == is.fingerprint {
        return Vec::new();
    }
    let model = || is.name.clone();
    let mut found = Vec::new();
    for part in &was.parts {
        match is.parts.iter().find(|it| it.name == part.name) {
            None => found.push(Difference::NoPart {
                model: model(),
                part: part.name.clone(),
            }),
            Some(here) if here.fingerprint != part.fingerprint => found.push(Difference::Part {
                model: model(),
                part: part.name.clone(),
                was: part.fingerprint.clone(),
                is: here.fingerprint.clone(),
            }),
            Some(_) => {}
        }
    }
    let is_new = |name: &str| was.parts.iter().all(|it| it.name != name);
    for part in is.parts.iter().filter(|part| is_new(&part.name)) {
        found.push(Difference::MorePart {
            model: model(),
            part: part.name.clone(),
        });
    }
    if found.is_empty() {
        found.push(Difference::Model {
            name: model(),
            was: was.fingerprint.clone(),
            is: is.fingerprint.clone(),
        });
    }
    found
}

impl fmt::Display for Difference {
    /// One sentence. Everything in a recipe may be of unknown origin.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoModel { name } => write!(f, "the model \"{}\" is not here", shown(name)),
            Self::Part {
                model,
                part,
                was,
                is,
            } => write!(
                f,
                "the part `{}` of the model \"{}\" is another one: it was {}, it is {}",
                shown(part),
                shown(model),
                short(was),
                short(is)
            ),
            Self::NoPart { model, part } => write!(
                f,
                "the model \"{}\" has no part `{}`, which it had",
                shown(model),
                shown(part)
            ),
            Self::MorePart { model, part } => write!(
                f,
                "the model \"{}\" has a part `{}`, which it had not",
                shown(model),
                shown(part)
            ),
            Self::Model { name, was, is } => write!(
                f,
                "the model \"{}\" is another one: it was {}, it is {}",
                shown(name),
                short(was),
                short(is)
            ),
            Self::NoVae { name } => write!(
                f,
                "the VAE \"{}\" is not here: --vae names it where it is",
                shown(name)
            ),
            Self::Vae { name, was, is } => write!(
                f,
                "the VAE \"{}\" is another one: it was {}, it is {}",
                shown(name),
                short(was),
                short(is)
            ),
            Self::NoTinyVae => {
                f.write_str("the tiny VAE that made its pixels is not here: --tiny-vae names one")
            }
            Self::TinyVae { was, is } => write!(
                f,
                "the tiny VAE is another one: it was {}, it is {}",
                short(was),
                short(is)
            ),
            Self::NoPlugin { id, version } => write!(
                f,
                "the plugin `{}` {} is not here",
                shown(id),
                shown(version)
            ),
            Self::PluginVersion { id, was, is } => write!(
                f,
                "the plugin `{}` was version {}, and is {} here",
                shown(id),
                shown(was),
                shown(is)
            ),
            Self::PluginFile {
                id,
                version,
                was,
                is,
            } => write!(
                f,
                "the plugin `{}` {} is another file: it was {}, it is {}",
                shown(id),
                shown(version),
                short(was),
                short(is)
            ),
            Self::NoEmbedding { name } => {
                write!(f, "the embedding \"{}\" is not here", shown(name))
            }
            Self::Embedding { name, was, is } => write!(
                f,
                "the embedding \"{}\" is another file: it was {}, it is {}",
                shown(name),
                short(was),
                short(is)
            ),
            Self::Runtime { was, is } => write!(
                f,
                "ONNX Runtime was version {}, and is {} here",
                shown(was),
                shown(is)
            ),
            Self::Provider { was, is } => {
                write!(
                    f,
                    "it was drawn on {}, and now on {}",
                    shown(was),
                    shown(is)
                )
            }
            Self::App { was, is } => write!(
                f,
                "Aquatint was version {}, and is {} here",
                shown(was),
                shown(is)
            ),
            Self::Field { name } => write!(
                f,
                "the recipe has a field `{}`, which this version does not know",
                shown(name)
            ),
        }
    }
}

/// Enough of a fingerprint or a digest to tell it from others.
fn short(digest: &str) -> String {
    const DIGITS: usize = 12;
    let start = digest.find(':').map_or(0, |colon| colon + 1);
    match digest[start..].char_indices().nth(DIGITS) {
        Some((end, _)) => shown(&digest[..start + end]) + "…",
        None => shown(digest),
    }
}
