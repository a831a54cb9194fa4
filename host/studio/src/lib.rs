//! Requests, recipes and pictures: what joins the doors to the pipeline.
//!
//! - [`Request`]: what was asked for. Every door (command, HTTP, sweep, script) produces one of these, and plugins see
//!   and change it as parameters.
//! - [`PluginUse`]: a plugin with its settings, as a request names it.
//! - [`resolve()`]: what a request leaves open, decided; [`Session`]: from the request to pictures.
//! - [`Studio`]: all that with what it takes, opened when it is needed; [`Models`], [`Vaes`]: what models and VAEs are
//!   called.
//! - [`styles`]: pieces of prompts with a name; [`embeddings`]: words with a meaning of their own.
//! - [`stages`]: what was computed once is not computed again.
//! - [`plugins`]: plugins in the way of a picture.
//! - [`jobs`]: requests that wait to be drawn, and survive whatever happens to the process.
//! - [`history`]: every picture with how it was made; [`outputs`]: where pictures go, and what they are called.
//! - [`database`]: the file that jobs and history are kept in.
//! - [`Inputs`]: pictures that drawings begin from.
//! - [`Recipe`]: everything needed to make one picture again, with every default resolved.
//! - [`Picture`]: pixels, the recipe that made them, and how long each stage took.
//! - [`picture_file`]: pictures on disk, with the recipe inside: PNG, JPEG and WebP; [`png_file`]: the first of them.
//! - [`image_file`]: pictures and masks that people have, of any kind.
//! - [`grid`]: many pictures on one labelled sheet, and the page to look through a sweep.
//! - [`replay`]: a recipe against what is here now, and pictures against pictures.
//! - [`sweep`]: many pictures along axes: what they are and in which order they are best drawn.
//! - [`harmless()`]: texts of unknown origin, to be shown.
//! - [`infotext`]: the `parameters` text that A1111 and everything around it reads and writes.
//! - [`parameters`]: what a picture, a text or a recipe in a file says of how to draw.

pub mod database;
mod draw;
pub mod embeddings;
pub mod grid;
mod harmless;
pub mod history;
pub mod image_file;
pub mod infotext;
pub mod inputs;
pub mod jobs;
mod model;
mod models;
mod origin;
pub mod outputs;
pub mod parameters;
mod picture;
pub mod picture_file;
pub mod plugins;
pub mod png_file;
pub mod recipe;
pub mod replay;
mod request;
mod session;
mod speeds;
pub mod stages;
mod studio;
pub mod styles;
pub mod sweep;
mod tiny;
mod tokens;
mod vaes;

pub use draw::{DrawError, resolve};
pub use harmless::harmless;
pub use infotext::Infotext;
pub use inputs::{InputError, InputId, Inputs};
pub use model::Model;
pub use models::{Models, STARTER, UnknownModel};
pub use origin::OriginError;
pub use parameters::{Parameters, ParametersError};
pub use picture::Picture;
pub use picture_file::{Encoding, PictureFile, PictureFileError};
pub use recipe::{Asked, Recipe, RecipeError};
pub use request::{
    Changeable, Decoder, Fill, Hires, Init, InvalidParam, InvalidRequest, MaskUse, Outpaint,
    PluginUse, Request, Resize, UnknownWord, Upscaler,
};
pub use session::{Session, choose, plan};
pub use studio::{Drawn, Studio, Watcher, random_seed};
pub use tiny::TinyChoice;
pub use tokens::count_tokens;
pub use vaes::{FoundVae, UnknownVae, Vaes, is_own_vae};
