//! Running a sweep: cell by cell into a folder, so that it can be stopped at any time and gone on with.
//!
//! | in the folder | |
//! |---|---|
//! | `sweep.json` | what is swept, and the seeds that were drawn |
//! | `manifest.jsonl` | a line for each cell: [`Line`] |
//! | `cells/000001.png` | the pictures |
//! | `grid.png`, or `grid-001.png` … | the cells with their labels, a sheet for each value of the third axis and so on |
//! | `index.html` | a page to look through it all |
//!
//! A cell counts when its line is in the manifest, which comes after its picture. A line that was cut short does not
//! count, and neither does one whose picture is not the one that was written.

mod error;
mod estimate;
mod folder;
mod manifest;
mod runner;
mod sheets;

pub use error::RunError;
pub use estimate::{Distinct, Forecast, Times};
pub use folder::{Header, SweepFolder};
pub use manifest::{Line, Status};
pub use runner::{Happening, Outcome, RunOptions, run};
