use crate::bindings::aquatint::plugin::job;
use crate::{Color, Picture, Problem, Result, Value, open};

/// Says which functions are the plugin's hooks. Id and version come from `plugin.toml`.
///
/// | hook | function |
/// |---|---|
/// | `pre_process` | `fn(Request) -> Result<Request>`: the fields to change |
/// | `denoise` | `fn(&Moment, &Latents) -> Result<()>` |
/// | `post_process` | `fn(&Picture) -> Result<Option<Picture>>`: another picture, or `None` for the one given |
/// | `script` | `fn() -> Result<Vec<Picture>>` |
/// | `sweep` | `fn() -> Result<Vec<Axis>>`, `fn(&str, Request) -> Result<Vec<Point>>` |
///
/// ```ignore
/// plugin!(post_process: grain);
/// plugin!(pre_process: before, sweep: axes, points);
/// ```
#[macro_export]
macro_rules! plugin {
    ($($hook:ident: $($function:path),+);+ $(;)?) => {
        #[doc(hidden)]
        struct AquatintPlugin;

        impl $crate::bindings::info::Guest for AquatintPlugin {
            fn describe() -> $crate::bindings::info::exports::aquatint::plugin::info::Description {
                $crate::bindings::info::exports::aquatint::plugin::info::Description {
                    id: option_env!("AQUATINT_PLUGIN_ID").unwrap_or(env!("CARGO_PKG_NAME")).into(),
                    version: option_env!("AQUATINT_PLUGIN_VERSION")
                        .unwrap_or(env!("CARGO_PKG_VERSION"))
                        .into(),
                    extra: $crate::__private::extra(),
                }
            }
        }
        $crate::bindings::info::export_info!(AquatintPlugin with_types_in $crate::bindings::info);
        $( $crate::__hook!($hook: $($function),+); )+
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __hook {
    (pre_process: $function:path) => {
        impl $crate::bindings::pre_process::Guest for AquatintPlugin {
            fn run(request: Vec<$crate::Param>) -> $crate::Result<Vec<$crate::Param>> {
                $function($crate::Request::from(request)).map(Into::into)
            }
        }
        $crate::bindings::pre_process::export_pre_process!(AquatintPlugin with_types_in $crate::bindings::pre_process);
    };
    (denoise: $function:path) => {
        impl $crate::bindings::denoise::Guest for AquatintPlugin {
            fn run(moment: &$crate::Moment, latents: &$crate::Latents) -> $crate::Result<()> {
                $function(moment, latents)
            }
        }
        $crate::bindings::denoise::export_denoise!(AquatintPlugin with_types_in $crate::bindings::denoise);
    };
    (post_process: $function:path) => {
        impl $crate::bindings::post_process::Guest for AquatintPlugin {
            fn run(picture: &$crate::Picture) -> $crate::Result<Option<$crate::Picture>> {
                $function(picture)
            }
        }
        $crate::bindings::post_process::export_post_process!(AquatintPlugin with_types_in $crate::bindings::post_process);
    };
    (script: $function:path) => {
        impl $crate::bindings::script::Guest for AquatintPlugin {
            fn run() -> $crate::Result<Vec<$crate::Picture>> {
                $function()
            }
        }
        $crate::bindings::script::export_script!(AquatintPlugin with_types_in $crate::bindings::script);
    };
    (sweep: $axes:path, $points:path) => {
        impl $crate::bindings::sweep::Guest for AquatintPlugin {
            fn axes() -> $crate::Result<Vec<$crate::Axis>> {
                $axes()
            }

            fn points(axis: String, request: Vec<$crate::Param>) -> $crate::Result<Vec<$crate::Point>> {
                $points(&axis, $crate::Request::from(request))
            }
        }
        $crate::bindings::sweep::export_sweep!(AquatintPlugin with_types_in $crate::bindings::sweep);
    };
}

#[doc(hidden)]
pub mod __private {
    use crate::{Param, Value};

    #[must_use]
    pub fn extra() -> Vec<Param> {
        let param = |key: &str, value: String| Param {
            key: key.into(),
            value: Value::Text(value),
        };
        vec![
            param("language", "Rust".into()),
            param("sdk", concat!("aquatint-plugin ", env!("CARGO_PKG_VERSION")).into()),
        ]
    }
}

/// The plugin's settings, as its manifest names them. The host has checked them, so asking for one that is not there,
/// or is of another kind, is a mistake in the plugin, and answered with a problem that says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings;

impl Settings {
    /// One setting, whatever it is.
    pub fn get(self, key: &str) -> Result<Value> {
        job::setting(key)
            .ok_or_else(|| Problem::Failed(format!("plugin.toml has no setting `{key}`")))
    }

    /// A whole number.
    pub fn int(self, key: &str) -> Result<i64> {
        match self.get(key)? {
            Value::Int(it) => Ok(it),
            other => wrong(key, &other, "an int"),
        }
    }

    /// A number, whole ones too.
    pub fn number(self, key: &str) -> Result<f32> {
        match self.get(key)? {
            Value::Number(it) => Ok(it as f32),
            Value::Int(it) => Ok(it as f32),
            other => wrong(key, &other, "a number"),
        }
    }

    /// Yes or no.
    pub fn flag(self, key: &str) -> Result<bool> {
        match self.get(key)? {
            Value::Flag(it) => Ok(it),
            other => wrong(key, &other, "a flag"),
        }
    }

    /// A text or a choice.
    pub fn text(self, key: &str) -> Result<String> {
        match self.get(key)? {
            Value::Text(it) | Value::Choice(it) => Ok(it),
            other => wrong(key, &other, "a text"),
        }
    }

    /// A colour.
    pub fn color(self, key: &str) -> Result<Color> {
        match self.get(key)? {
            Value::Color(it) => Ok(it),
            other => wrong(key, &other, "a color"),
        }
    }

    /// A picture; `None` if the user gave none.
    pub fn picture(self, key: &str) -> Result<Option<Picture>> {
        match self.get(key)? {
            Value::Auto => Ok(None),
            Value::Picture(name) => open(&name).map(Some),
            other => wrong(key, &other, "a picture"),
        }
    }

    /// A seed: the job's own if the user gave none.
    pub fn seed(self, key: &str) -> Result<u64> {
        match self.get(key)? {
            Value::Auto => Ok(job::seed()),
            Value::Seed(it) => Ok(it),
            other => wrong(key, &other, "a seed"),
        }
    }
}

fn wrong<T>(key: &str, found: &Value, expected: &str) -> Result<T> {
    Err(Problem::Failed(format!(
        "setting `{key}` is {found:?}, the plugin expected {expected}"
    )))
}
