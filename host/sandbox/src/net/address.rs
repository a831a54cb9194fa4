use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is not public among IPv4 addresses, after IANA's registry of special-purpose addresses.
const V4: [([u8; 4], u8, &str); 15] = [
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 64, 0, 0], 10, "shared by a carrier"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "reserved for protocols"),
    ([192, 0, 2, 0], 24, "documentation"),
    ([192, 88, 99, 0], 24, "a 6to4 relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([198, 18, 0, 0], 15, "benchmarking"),
    ([198, 51, 100, 0], 24, "documentation"),
    ([203, 0, 113, 0], 24, "documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    // With the broadcast address.
    ([240, 0, 0, 0], 4, "reserved"),
];

/// What is not public among IPv6 addresses. All else outside 2000::/3 is refused too.
const V6: [([u16; 8], u8, &str); 12] = [
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified"),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "local translation"),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "discard"),
    // With Teredo, which hides an IPv4 address.
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "reserved for protocols"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation"),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, "segment routing"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "private"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local"),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "site-local"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast"),
];

const GLOBAL: ([u16; 8], u8) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// Whether a plugin's connection may go to this address. Addresses that carry an IPv4 address inside (mapped, NAT64,
/// 6to4) are judged by it.
///
/// # Errors
/// What kind of address it is.
pub fn check_address(address: IpAddr) -> Result<(), Forbidden> {
    let kind = match address {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some(v4) => special_v4(v4),
            None => special_v6(v6),
        },
    };
    match kind {
        Some(kind) => Err(Forbidden { address, kind }),
        None => Ok(()),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    V4.into_iter()
        .find(|(network, bits, _)| {
            let shift = 32 - bits;
            address.to_bits() >> shift == Ipv4Addr::from(*network).to_bits() >> shift
        })
        .map(|(_, _, kind)| kind)
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    let within = |network: [u16; 8], bits: u8| {
        let shift = 128 - bits;
        address.to_bits() >> shift == Ipv6Addr::from(network).to_bits() >> shift
    };
    let special = V6
        .into_iter()
        .find(|(network, bits, _)| within(*network, *bits))
        .map(|(_, _, kind)| kind);
    special.or_else(|| (!within(GLOBAL.0, GLOBAL.1)).then_some("not global"))
}

/// The IPv4 address that packets to this address would reach in the end.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match [a, b, c, d, e, f] {
        // ::ffff:0:0/96, mapped.
        [0, 0, 0, 0, 0, 0xffff] => Some(join(g, h)),
        // 64:ff9b::/96, NAT64.
        [0x64, 0xff9b, 0, 0, 0, 0] => Some(join(g, h)),
        // 2002::/16, 6to4.
        [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

/// An address that no plugin may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {kind}, expected a public address")]
pub struct Forbidden {
    /// The address.
    pub address: IpAddr,
    /// What it is.
    pub kind: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_allowed() {
        let table = [
            ("93.184.216.34", None),
            ("1.1.1.1", None),
            ("11.0.0.0", None),
            ("100.63.255.255", None),
            ("100.128.0.0", None),
            ("172.15.255.255", None),
            ("172.32.0.0", None),
            ("223.255.255.255", None),
            ("0.0.0.0", Some("this network")),
            ("10.1.2.3", Some("private")),
            ("100.64.0.1", Some("shared by a carrier")),
            ("100.127.255.255", Some("shared by a carrier")),
            ("127.0.0.1", Some("loopback")),
            ("127.255.255.254", Some("loopback")),
            ("169.254.169.254", Some("link-local")),
            ("172.16.0.1", Some("private")),
            ("172.31.255.255", Some("private")),
            ("192.0.0.170", Some("reserved for protocols")),
            ("192.168.1.1", Some("private")),
            ("198.19.0.1", Some("benchmarking")),
            ("224.0.0.1", Some("multicast")),
            ("240.0.0.1", Some("reserved")),
            ("255.255.255.255", Some("reserved")),
            ("2606:4700:4700::1111", None),
            ("2a00:1450:4001::1", None),
            ("::", Some("unspecified")),
            ("::1", Some("loopback")),
            ("::7f00:1", Some("not global")),
            ("fc00::1", Some("private")),
            ("fdff::1", Some("private")),
            ("fe80::1", Some("link-local")),
            ("fec0::1", Some("site-local")),
            ("ff02::1", Some("multicast")),
            ("2001:db8::1", Some("documentation")),
            ("3fff::1", Some("documentation")),
            ("2001:0:7f00:1::", Some("reserved for protocols")),
            ("100::1", Some("discard")),
            ("4000::1", Some("not global")),
            // IPv4 inside IPv6.
            ("::ffff:127.0.0.1", Some("loopback")),
            ("::ffff:10.0.0.1", Some("private")),
            ("::ffff:1.1.1.1", None),
            ("64:ff9b::7f00:1", Some("loopback")),
            ("64:ff9b::a9fe:a9fe", Some("link-local")),
            ("64:ff9b::101:101", None),
            ("64:ff9b:1::101:101", Some("local translation")),
            ("2002:7f00:1::", Some("loopback")),
            ("2002:c0a8:101::1", Some("private")),
            ("2002:101:101::1", None),
        ];
        for (text, expected) in table {
            let address: IpAddr = text.parse().expect(text);
            let kind = check_address(address).err().map(|error| error.kind);
            assert_eq!(kind, expected, "{text}");
        }
    }

    #[test]
    fn the_error_names_the_address() {
        let error = check_address("169.254.169.254".parse().expect("an address"));
        assert_eq!(
            error.expect_err("link-local").to_string(),
            "169.254.169.254 is link-local, expected a public address"
        );
    }
}
