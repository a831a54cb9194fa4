//! Which hosts and addresses a plugin may reach, and reaching them.
//!
//! Two walls, because a name says little about where it leads: the name must be granted ([`HostRule`]), and every
//! address that DNS gives for it must be a public one ([`check_address`]). Both hold for each redirect too, and the
//! connection must go to an address that was checked, not to the name again.

mod address;
mod fetch;
mod host;
mod network;
mod target;

pub use address::{Forbidden, check_address};
pub(crate) use fetch::{FetchLimits, Method, Outgoing, fetch};
pub(crate) use host::read_port;
pub use host::{HostName, HostRule, InvalidHost};
pub use network::{Internet, Network, Roots};
pub use target::{InvalidTarget, Target};
