//! Sweeps: many pictures along axes, what they are and in which order they are best drawn. [`run`] draws them;
//! nothing else here does.
//!
//! - [`SweepSpec`], [`AxisSpec`]: a sweep as it is written.
//! - [`range`], [`csv()`]: values as A1111 writes them.
//! - [`Draft`]: axes that are sound; [`Sweep`]: with every random seed drawn.
//! - [`Axis`], [`AxisValue`], [`Cell`], [`Turn`]: what a sweep is made of.
//! - [`OrderKey`], [`Level`]: what two pictures have in common.
//! - [`SweepPlugins`]: who knows the plugins, and what about them; [`LoadedPlugins`] asks them.
//! - [`digest_of()`]: the name of a request.
//!
//! ```
//! use aquatint_studio::plugins::NoPlugins;
//! use aquatint_studio::sweep::{Draft, SweepSpec};
//!
//! let spec = SweepSpec {
//!     axes: vec!["cfg=1-9 (+2)".parse()?, "seed=-1, 7".parse()?],
//!     ..SweepSpec::default()
//! };
//! let sweep = Draft::new(&spec, &NoPlugins)?.draw(&mut || 1234)?;
//! assert_eq!(sweep.len(), 10);
//! let cell = sweep.cell(5).expect("there are ten");
//! assert_eq!(cell.coordinates["cfg"], 1.0);
//! assert_eq!(cell.request.seed, Some(7));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod axis;
mod canonical;
mod cells;
mod csv;
mod decimal;
mod draft;
mod error;
mod fields;
mod loaded;
mod order;
mod plugins;
mod prompt;
pub mod range;
pub mod run;
mod spec;
#[allow(clippy::module_inception)]
mod sweep;
mod target;
#[cfg(test)]
mod tests;
mod values;

pub use axis::{Axis, AxisValue};
pub use canonical::digest_of;
pub use csv::csv;
pub use draft::{DEFAULT_MAX_CELLS, Draft, MOST_CELLS};
pub use error::SweepError;
pub use fields::Level;
pub use loaded::LoadedPlugins;
pub use order::OrderKey;
pub use plugins::{About, SweepPlugins};
pub use spec::{AxisSpec, SpecError, SweepSpec};
pub use sweep::{Cell, Sweep, Turn};
