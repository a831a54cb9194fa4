//! What was promised once is kept: plugins that were built when their version of the interface was new still load and
//! still answer as they did, and the interface has only grown since. `README.md` says how files come here.

mod added;
mod everything;
mod frozen;
mod kept;
