//! `store`: bytes kept between calls. How many is part of the permission.

use crate::units::Bytes;

pub(super) const NAME: &str = "store";
pub(super) const INTERFACE: &str = "store";
/// More than this belongs into a file of the user's, not into a plugin's drawer.
pub(super) const LARGEST: Bytes = Bytes(1 << 30);

pub(super) fn describe(quota: Bytes) -> String {
    format!("keep up to {quota} on this machine, which only it can read")
}
