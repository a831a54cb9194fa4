use std::collections::BTreeMap;

use aquatint_diffusion::runtime::ProviderChoice;

use super::{Difference, EditError, Present, PresentPlugin, compare, edit};
use crate::embeddings;
use crate::recipe::{Runtime, Vae};
use crate::vaes::is_own_vae;
use crate::{Asked, Decoder, DrawError, Picture, Recipe, Request, Studio, Watcher};

/// A picture to be made again, and what is not as it was.
#[derive(Clone, Debug)]
pub struct Again {
    /// What is to be drawn.
    pub request: Request,
    /// The seed of the first picture of that request.
    pub seed: u64,
    /// Which of its pictures.
    pub index: u32,
    /// What is not as it was.
    pub differences: Vec<Difference>,
}

/// What is to be another than it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instead {
    /// What computes.
    pub provider: Option<String>,
    /// Where the model is: recipes know only its name.
    pub model: Option<String>,
    /// Where the refiner is.
    pub refiner: Option<String>,
    /// Where the VAE is that was in the place of the model's own: recipes know only its name.
    pub vae: Option<String>,
    /// Changes of the request, as [`edit()`] takes them.
    pub edits: Vec<String>,
}

/// Why a picture cannot be made again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A change is none.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// Drawing failed, or what is here cannot be looked at.
    #[error(transparent)]
    Draw(#[from] DrawError),
}

impl Again {
    /// Looks at what is here of what a recipe names.
    ///
    /// # Errors
    /// A change is none, or the runtime does not start.
    pub fn new(
        recipe: &Recipe,
        instead: &Instead,
        studio: &mut Studio,
    ) -> Result<Self, ReplayError> {
        let asked = match &recipe.asked {
            Some(asked) => (**asked).clone(),
            None => Asked {
                request: recipe.to_request(),
                index: 0,
            },
        };
        let name = instead.model.as_ref().unwrap_or(&recipe.model.name);
        let model = named(name, &recipe.model.fingerprint, studio);
        let request = Request {
            model: Some(
                model
                    .as_ref()
                    .map_or_else(|| name.clone(), |(name, _)| name.clone()),
            ),
            provider: instead
                .provider
                .as_ref()
                .unwrap_or(&recipe.runtime.provider)
                .clone(),
            refiner: instead.refiner.clone().or(asked.request.refiner),
            vae: instead.vae.clone().or(asked.request.vae),
            ..asked.request
        };
        let seed = request.seed.unwrap_or(recipe.seed);
        let request = edit(&request, instead.edits.iter().map(String::as_str))?;
        let choice: ProviderChoice = request.provider.parse().map_err(DrawError::from)?;
        let runtime = studio.runtime(choice)?;
        // Whoever decodes it otherwise needs none.
        let wants_tiny = request.decoder == Decoder::Tiny;
        let tiny_vae = match (&model, wants_tiny) {
            (Some((name, _)), true) => studio.tiny_vae(name)?,
            _ => None,
        };
        let Vaes { here: vae, before } = vaes(
            recipe,
            &request,
            model.as_ref().map(|(name, _)| name),
            studio,
        )?;
        let request = Request {
            vae: vae.as_ref().map(|(name, _)| name.clone()).or(request.vae),
            ..request
        };
        // The same of the refiner.
        let refiner = match (&request.refiner, &recipe.refiner) {
            (Some(name), was) => {
                let fingerprint = was.as_ref().map_or("", |was| &was.model.fingerprint);
                named(name, fingerprint, studio)
            }
            (None, _) => None,
        };
        let request = Request {
            refiner: match (&refiner, request.refiner) {
                (Some((name, _)), Some(_)) => Some(name.clone()),
                (_, asked) => asked,
            },
            ..request
        };
        let before = Recipe {
            refiner: recipe.refiner.clone().filter(|_| request.refiner.is_some()),
            vae: before,
            tiny_vae: recipe.tiny_vae.clone().filter(|_| wants_tiny),
            ..recipe.clone()
        };
        let present = Present {
            refiner: refiner.map(|(_, model)| model),
            vae: vae.map(|(_, vae)| vae),
            tiny_vae,
            model: model.map(|(_, model)| model),
            plugins: plugins(recipe, studio),
            embeddings: embeddings(recipe, studio),
            runtime: Runtime {
                version: runtime.version().to_owned(),
                provider: runtime.provider().to_string(),
                ..Runtime::default()
            },
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        Ok(Self {
            // Whoever changes the seed means that of this picture.
            seed: match request.seed {
                Some(changed) if changed != seed => changed.wrapping_sub(asked.index.into()),
                _ => seed,
            },
            request,
            index: asked.index,
            differences: compare(&before, &present),
        })
    }

    /// Draws it.
    ///
    /// # Errors
    /// When drawing fails.
    pub fn draw(&self, studio: &mut Studio, watcher: Watcher<'_>) -> Result<Picture, DrawError> {
        studio.draw_one(&self.request, self.seed, self.index, watcher)
    }
}

/// The model of that name, or else one that is the same under another name.
fn named(
    name: &str,
    fingerprint: &str,
    studio: &mut Studio,
) -> Option<(String, crate::recipe::Model)> {
    if let Ok(model) = studio.model(name) {
        return Some((name.to_owned(), model));
    }
    studio.models.names().into_iter().find_map(|other| {
        let model = studio.model(&other).ok()?;
        (model.fingerprint == fingerprint).then_some((other, model))
    })
}

/// The VAEs that are compared.
#[derive(Default)]
struct Vaes {
    /// What the request's is called by here, and what it is.
    here: Option<(String, Vae)>,
    /// The recipe's, where it is to be the same.
    before: Option<Vae>,
}

/// The VAEs of a request and of a recipe. One that has another name here is looked for among all.
fn vaes(
    recipe: &Recipe,
    request: &Request,
    model: Option<&String>,
    studio: &mut Studio,
) -> Result<Vaes, DrawError> {
    let Some(name) = request.vae.as_ref().filter(|name| !is_own_vae(name)) else {
        return Ok(Vaes::default());
    };
    // Whoever draws it with another one knows that it is another.
    let is_asked = recipe.vae.as_ref().is_some_and(|was| was.name == *name);
    let before = recipe.vae.clone();
    let Some(model) = model else {
        // That is said, and enough.
        return Ok(Vaes::default());
    };
    if let Some(vae) = studio.vae(name, model)? {
        let here = Some((name.clone(), vae));
        return Ok(Vaes { here, before });
    }
    let Some(was) = before.as_ref().filter(|_| is_asked) else {
        return Ok(Vaes { here: None, before });
    };
    for other in studio.vaes.names() {
        // Not all of them are for this model.
        if let Ok(Some(vae)) = studio.vae(&other, model)
            && vae.fingerprint == was.fingerprint
        {
            let here = Some((other, vae));
            return Ok(Vaes { here, before });
        }
    }
    Ok(Vaes { here: None, before })
}

fn embeddings(recipe: &Recipe, studio: &Studio) -> BTreeMap<String, String> {
    let names = recipe.embeddings.iter().map(|embedding| &embedding.name);
    names
        .filter_map(|name| Some((name.clone(), embeddings::hash(&studio.embeddings, name)?)))
        .collect()
}

fn plugins(recipe: &Recipe, studio: &Studio) -> BTreeMap<String, PresentPlugin> {
    let here = |id: &str| {
        let held = studio.plugins().get(&id.parse().ok()?).ok()?;
        Some(PresentPlugin {
            version: held.manifest().version.to_string(),
            digest: held.digest().to_string(),
        })
    };
    recipe
        .plugins
        .iter()
        .filter_map(|plugin| Some((plugin.id.clone(), here(&plugin.id)?)))
        .collect()
}
