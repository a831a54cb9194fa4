//! The parameters in a file: what somebody wants to draw again, or to change and draw.
//!
//! - [`Parameters`]: read from a picture of Aquatint, A1111, Forge or SD.Next, from a text as those write it, or from a
//!   recipe as JSON.
//! - [`WantedModel`]: the model that a file names, and looking for it among those that are here.

mod error;
mod foreign;
mod model;
mod read;
#[cfg(test)]
mod tests;

pub use error::ParametersError;
pub use model::{Found, KnownModel, WantedModel};
pub use read::Parameters;
