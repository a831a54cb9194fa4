//! What tests that cross crates share.

pub mod component;
