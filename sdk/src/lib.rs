#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

#[doc(hidden)]
pub mod bindings;
mod picture;
mod plugin;
mod random;
mod request;

pub use bindings::aquatint::plugin::{assets, fetch, generate, inference, job, latents, log, store};

/// A picture, held by the host: see `wit/image.wit`. Rows and pixels are in [`Pixels`].
pub use bindings::aquatint::plugin::image::{Blend, Filter, Image as Picture, PixelFormat, open};
/// Latents, held by the host.
pub use bindings::aquatint::plugin::latents::{Latents, Moment, Phase};
/// The data that plugins and host speak of.
pub use bindings::aquatint::plugin::types::{Area, Color, Param, Problem, Size, Value};
pub use picture::Pixels;
pub use plugin::Settings;
#[doc(hidden)]
pub use plugin::__private;
pub use random::Random;
pub use request::{Axis, Point, Request};

/// What a plugin's functions return.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// What most plugins need.
pub mod prelude {
    pub use crate::{
        Area, Axis, Color, Latents, Moment, Phase, Picture, PixelFormat, Pixels, Point, Problem,
        Random, Request, Result, Settings, Size, Value, plugin,
    };
}

#[doc(hidden)]
pub use wit_bindgen;
