//! What a sweep needs to know of plugins.

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::plugin::{Axis, Point};
use aquatint_sandbox::settings::Schema;

use crate::plugins::PluginError;
use crate::{PluginUse, Request};

/// Who knows the plugins. Nothing has to be loaded for an answer.
pub trait SweepPlugins {
    /// What a plugin takes, and where it takes part.
    ///
    /// # Errors
    /// [`PluginError::NotFound`] if there is none of this id; others if it cannot be used.
    fn about(&self, id: &PluginId) -> Result<About, PluginError>;

    /// The axes that a plugin adds, with its settings as they are.
    ///
    /// # Errors
    /// It failed.
    fn axes(&self, used: &PluginUse) -> Result<Vec<Axis>, PluginError>;

    /// The points on one of its axes. The answer has to be the same each time, or a sweep could not be gone on with.
    ///
    /// # Errors
    /// It failed.
    fn points(
        &self,
        used: &PluginUse,
        axis: &str,
        request: &Request,
    ) -> Result<Vec<Point>, PluginError>;

    /// The plugins there are, for messages about mistyped names.
    fn ids(&self) -> Vec<String> {
        Vec::new()
    }
}

/// What a sweep has to know of one plugin.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Its settings.
    pub settings: Schema,
    /// What it takes part in.
    pub hooks: Vec<Hook>,
}

impl About {
    /// Whether it takes part in pictures, and does not only add axes.
    #[must_use]
    pub fn draws(&self) -> bool {
        self.hooks.iter().any(|hook| *hook != Hook::Sweep)
    }

    /// Whether it adds axes.
    #[must_use]
    pub fn sweeps(&self) -> bool {
        self.hooks.contains(&Hook::Sweep)
    }
}

impl SweepPlugins for crate::plugins::NoPlugins {
    fn about(&self, id: &PluginId) -> Result<About, PluginError> {
        Err(none(id.as_str()))
    }

    fn axes(&self, used: &PluginUse) -> Result<Vec<Axis>, PluginError> {
        Err(none(&used.id))
    }

    fn points(&self, used: &PluginUse, _: &str, _: &Request) -> Result<Vec<Point>, PluginError> {
        Err(none(&used.id))
    }
}

fn none(id: &str) -> PluginError {
    PluginError::NotFound {
        id: id.to_owned(),
        nearest: None,
    }
}
