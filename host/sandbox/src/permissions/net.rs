//! `net`: reaching hosts over HTTPS. Which ones is part of the permission.

use crate::net::HostRule;

pub(super) const NAME: &str = "net";
pub(super) const INTERFACE: &str = "fetch";

pub(super) fn describe(rule: &HostRule) -> String {
    format!("send data to and receive data from {rule}")
}
