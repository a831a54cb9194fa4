use aquatint_sandbox::names::{did_you_mean, nearest, shown};
use aquatint_sandbox::settings::Value;

use crate::{Changeable, InvalidParam, PluginUse, Request};

/// Fields whose values are whole numbers, and those whose values are numbers. All others have texts or names.
const WHOLE: [&str; 8] = [
    "steps",
    "width",
    "height",
    "batch",
    "clip_skip",
    "eta_noise_seed_delta",
    "seed_resize_width",
    "seed_resize_height",
];
const NUMBERS: [&str; 12] = [
    "cfg",
    "refiner_switch",
    "cfg_rescale",
    "eta",
    "s_churn",
    "s_tmin",
    "s_tmax",
    "s_noise",
    "variation_strength",
    "cfg_start",
    "cfg_end",
    "s_min_uncond",
];
/// Those whose values are seeds.
const SEEDS: [&str; 2] = ["seed", "variation_seed"];
/// What leaves a field to the model.
const AUTO: &str = "auto";

/// Why a request cannot be changed as somebody asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// There is no `=`.
    #[error("`{given}` is no change: expected KEY=VALUE, such as steps=30")]
    NoValue {
        /// What was given.
        given: String,
    },
    /// A value of another kind.
    #[error("{key} is `{given}`, expected {expected}")]
    Value {
        /// The field.
        key: &'static str,
        /// What was given.
        given: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A setting of a plugin that does not take part.
    #[error("no plugin `{id}` takes part{advice}: a setting is given as ID.KEY=VALUE")]
    NoPlugin {
        /// Its id.
        id: String,
        /// What may have been meant.
        advice: String,
    },
    /// A setting of a plugin that takes part several times.
    #[error(
        "the plugin `{id}` takes part {uses} times: which of them is meant cannot be said here"
    )]
    SeveralPlugins {
        /// Its id.
        id: String,
        /// How often it takes part.
        uses: usize,
    },
    /// The request does not take it.
    #[error(transparent)]
    Param(#[from] InvalidParam),
}

/// A request with changes, each as `KEY=VALUE`: a field (`steps=30`, `size=512x768`, `seed=auto`), or a setting of a plugin
/// that takes part (`film-grain.amount=0.5`). The result is [valid](Request::validate); whether a plugin takes a setting,
/// and whether names mean anything, is looked up when it is drawn.
///
/// # Errors
/// The first change that is wrong.
pub fn edit<'a>(
    request: &Request,
    changes: impl IntoIterator<Item = &'a str>,
) -> Result<Request, EditError> {
    let mut plugins = request.plugins.clone();
    let mut params = Vec::new();
    for change in changes {
        let Some((key, value)) = change.split_once('=') else {
            return Err(EditError::NoValue {
                given: shown(change),
            });
        };
        let key = key.trim();
        match key.rsplit_once('.') {
            Some((id, key)) => set(&mut plugins, id, key, value)?,
            None if key == "size" => {
                let (width, height) = size(value).ok_or_else(|| EditError::Value {
                    key: "size",
                    given: shown(value),
                    expected: "a size such as 512x768",
                })?;
                params.push(("width".to_owned(), Value::Int(width)));
                params.push(("height".to_owned(), Value::Int(height)));
            }
            None => params.push((key.to_owned(), param(key, value)?)),
        }
    }
    let changed = request.apply_params(&params, Changeable::All)?;
    Ok(Request { plugins, ..changed })
}

fn set(plugins: &mut [PluginUse], id: &str, key: &str, value: &str) -> Result<(), EditError> {
    let uses = plugins.iter().filter(|used| used.id == id).count();
    if uses > 1 {
        return Err(EditError::SeveralPlugins {
            id: shown(id),
            uses,
        });
    }
    let Some(used) = plugins.iter_mut().find(|used| used.id == id) else {
        let ids = plugins.iter().map(|used| used.id.as_str());
        return Err(EditError::NoPlugin {
            id: shown(id),
            advice: did_you_mean(nearest(id, ids).as_deref()),
        });
    };
    // A text is what it would be on a command line, until the plugin's schema says what it is.
    used.settings.insert(key.to_owned(), value.into());
    Ok(())
}

fn param(key: &str, value: &str) -> Result<Value, EditError> {
    // Prompts are whatever they are; spaces at the ends of everything else are nobody's intention.
    if ["prompt", "negative"].contains(&key) {
        return Ok(Value::Text(value.to_owned()));
    }
    let value = value.trim();
    let wrong = |key, expected| EditError::Value {
        key,
        given: shown(value),
        expected,
    };
    // A provider is called that.
    if value == AUTO && key != "provider" {
        return Ok(Value::Auto);
    }
    if let Some(key) = WHOLE.into_iter().find(|it| *it == key) {
        let int = value.parse().map_err(|_| wrong(key, "a whole number"))?;
        return Ok(Value::Int(int));
    }
    if let Some(key) = NUMBERS.into_iter().find(|it| *it == key) {
        let number = value.parse().map_err(|_| wrong(key, "a number"))?;
        return Ok(Value::Number(number));
    }
    if let Some(key) = SEEDS.into_iter().find(|it| *it == key) {
        let expected = match key {
            "seed" => "a whole number, or auto for a random one",
            _ => "a whole number, or auto for none",
        };
        let seed = value.parse().map_err(|_| wrong(key, expected))?;
        return Ok(Value::Seed(seed));
    }
    Ok(Value::Text(value.to_owned()))
}

fn size(text: &str) -> Option<(i64, i64)> {
    let (width, height) = text.trim().split_once(['x', 'X', '×'])?;
    Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
}
