//! Requests, recipes and pictures: what joins the doors to the pipeline.
//!
//! - [`Request`]: what was asked for. Every door (command, HTTP, sweep, script) produces one of these, and plugins see
//!   and change it as parameters.
//! - [`PluginUse`]: a plugin with its settings, as a request names it.
//! - [`resolve()`] and [`draw()`]: from the request to pictures, and [`Session`] with plugins.
//! - [`plugins`]: plugins in the way of a picture.
//! - [`Recipe`]: everything needed to make one picture again, with every default resolved.
//! - [`Picture`]: pixels, the recipe that made them, and how long each stage took.
//! - [`png_file`]: pictures on disk, with the recipe inside.
//! - [`sweep`]: many pictures along axes: what they are and in which order they are best drawn.
//! - [`harmless()`]: texts of unknown origin, to be shown.
//! - [`infotext`]: the `parameters` text that A1111 and everything around it reads and writes.

mod draw;
mod harmless;
pub mod infotext;
mod picture;
pub mod plugins;
pub mod png_file;
pub mod recipe;
mod request;
mod session;
pub mod sweep;

pub use draw::{DrawError, draw, resolve};
pub use harmless::harmless;
pub use infotext::Infotext;
pub use picture::Picture;
pub use png_file::{PngError, PngFile};
pub use recipe::{Recipe, RecipeError};
pub use request::{Changeable, InvalidParam, InvalidRequest, PluginUse, Request};
pub use session::{Session, choose};
