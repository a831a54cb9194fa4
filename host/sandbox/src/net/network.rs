use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};

use super::{Forbidden, HostName, check_address};

/// What requests of plugins need of the world around them. [`Internet`] is the real one; tests put a small one of their
/// own in its place, through [`Services::network`](crate::services::Services::network) and nothing that a user could
/// set.
///
/// Everything else is the same whichever it is: HTTPS alone, hosts by grant, each redirect judged, the connection to
/// the very addresses that were judged.
pub trait Network: Send + Sync {
    /// The addresses of a host.
    ///
    /// # Errors
    /// Whatever the system says.
    fn resolve(&self, host: &HostName, port: u16) -> io::Result<Vec<SocketAddr>>;

    /// Whether plugins may go there.
    ///
    /// # Errors
    /// They may not.
    fn may_reach(&self, address: SocketAddr) -> Result<(), Forbidden> {
        check_address(address.ip())
    }

    /// Whose certificates are believed.
    fn roots(&self) -> Roots {
        Roots::System
    }
}

/// Whose certificates are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// Those of the system, or of the file that `SSL_CERT_FILE` names.
    System,
    /// These alone, each as DER.
    Only(Vec<Vec<u8>>),
}

/// DNS as the system has it, public addresses, and the system's certificates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Internet;

impl Network for Internet {
    fn resolve(&self, host: &HostName, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok((host.as_str(), port).to_socket_addrs()?.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_one_reaches_public_addresses_alone_and_believes_the_system() {
        for (address, may) in [
            ("93.184.216.34:443", true),
            ("127.0.0.1:443", false),
            ("[::ffff:10.0.0.1]:443", false),
        ] {
            let address = address.parse().expect("an address");
            assert_eq!(Internet.may_reach(address).is_ok(), may, "{address}");
        }
        assert_eq!(Internet.roots(), Roots::System);
    }
}
