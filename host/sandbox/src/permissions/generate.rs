//! `generate`: drawing pictures, with the time and memory that takes.

pub(super) const NAME: &str = "generate";
pub(super) const INTERFACE: &str = "generate";
pub(super) const DESCRIPTION: &str = "draw pictures by itself, with any model you have";
