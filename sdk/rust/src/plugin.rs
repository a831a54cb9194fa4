/// Says which functions are the plugin's hooks. Once, at the top of `src/lib.rs`. Id and version are those in
/// `plugin.toml`.
///
/// | hook | function |
/// |---|---|
/// | `pre_process` | `fn(Request) -> Result<Request>`: the fields to change |
/// | `denoise` | `fn(&Moment, &Latents) -> Result<()>` |
/// | `post_process` | `fn(&Picture) -> Result<()>`, or `Result<Picture>` for another picture, or `Result<Option<Picture>>` |
/// | `script` | `fn() -> Result<Vec<Picture>>` |
/// | `sweep` | `fn() -> Result<Vec<Axis>>`, `fn(&str, Request) -> Result<Vec<Point>>` |
///
/// ```ignore
/// plugin!(post_process: grain);
/// plugin!(pre_process: before; sweep: axes, points);
/// ```
#[macro_export]
macro_rules! plugin {
    ($($hook:ident: $($function:path),+);+ $(;)?) => {
        #[doc(hidden)]
        struct AquatintPlugin;

        impl $crate::bindings::info::exports::aquatint::plugin::info::Guest for AquatintPlugin {
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
        $crate::bindings::info::__export_info!(AquatintPlugin with_types_in $crate::bindings::info);
        $( $crate::__hook!($hook: $($function),+); )+
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __hook {
    (pre_process: $function:path) => {
        impl $crate::bindings::pre_process::exports::aquatint::plugin::pre_process::Guest for AquatintPlugin {
            fn run(request: Vec<$crate::Param>) -> $crate::Result<Vec<$crate::Param>> {
                $function($crate::Request::from(request)).map(Into::into)
            }
        }
        $crate::bindings::pre_process::__export_pre_process!(AquatintPlugin with_types_in $crate::bindings::pre_process);
    };
    (denoise: $function:path) => {
        impl $crate::bindings::denoise::exports::aquatint::plugin::denoise::Guest for AquatintPlugin {
            fn run(moment: &$crate::Moment, latents: &$crate::Latents) -> $crate::Result<()> {
                $function(moment, latents)
            }
        }
        $crate::bindings::denoise::__export_denoise!(AquatintPlugin with_types_in $crate::bindings::denoise);
    };
    (post_process: $function:path) => {
        impl $crate::bindings::post_process::exports::aquatint::plugin::post_process::Guest for AquatintPlugin {
            fn run(picture: &$crate::Picture) -> $crate::Result<Option<$crate::Picture>> {
                $function(picture).map($crate::Drawn::picture)
            }
        }
        $crate::bindings::post_process::__export_post_process!(AquatintPlugin with_types_in $crate::bindings::post_process);
    };
    (script: $function:path) => {
        impl $crate::bindings::script::exports::aquatint::plugin::script::Guest for AquatintPlugin {
            fn run() -> $crate::Result<Vec<$crate::Picture>> {
                $function()
            }
        }
        $crate::bindings::script::__export_script!(AquatintPlugin with_types_in $crate::bindings::script);
    };
    (sweep: $axes:path, $points:path) => {
        impl $crate::bindings::sweep::exports::aquatint::plugin::sweep::Guest for AquatintPlugin {
            fn axes() -> $crate::Result<Vec<$crate::Axis>> {
                $axes()
            }

            fn points(axis: String, request: Vec<$crate::Param>) -> $crate::Result<Vec<$crate::Point>> {
                $points(&axis, $crate::Request::from(request))
            }
        }
        $crate::bindings::sweep::__export_sweep!(AquatintPlugin with_types_in $crate::bindings::sweep);
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
            param(
                "sdk",
                concat!("aquatint-plugin ", env!("CARGO_PKG_VERSION")).into(),
            ),
        ]
    }
}
