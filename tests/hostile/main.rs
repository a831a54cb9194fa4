//! Plugins that mean harm, or are merely broken: each is refused or stopped with an error that says why, and everything
//! else goes on. The numbers are those of the list in `cases.md`.

mod runaway;
