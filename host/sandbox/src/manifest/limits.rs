use serde::{Deserialize, Serialize};

use crate::units::{Bytes, Milliseconds, Pixels};

/// What a call may use. A manifest asks; [`Limits::within`] gives what it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// All memories and tables of the instance together.
    pub memory: Bytes,
    /// Wall time of one call, host functions included.
    pub time: Milliseconds,
    /// Pixels held through handles at any moment.
    pub pixels: Pixels,
    /// Handles held at any moment.
    pub handles: u32,
    /// Bytes that one call of a host function moves.
    pub transfer: Bytes,
    /// Lines and bytes of log: bytes here, lines in proportion.
    pub log: Bytes,
}

/// What a plugin gets that asks for nothing: enough for a filter in any of the SDKs' languages on a 4096² picture.
impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: Bytes(256 << 20),
            time: Milliseconds(10_000),
            pixels: Pixels(128_000_000),
            handles: 1024,
            transfer: Bytes(128 << 20),
            log: Bytes(64 << 10),
        }
    }
}

impl Limits {
    /// The most that any plugin gets unless the user says otherwise.
    #[must_use]
    pub fn cap() -> Self {
        Self {
            memory: Bytes(2 << 30),
            time: Milliseconds(600_000),
            pixels: Pixels(512_000_000),
            handles: 16_384,
            transfer: Bytes(512 << 20),
            log: Bytes(1 << 20),
        }
    }

    /// What a plugin that asks for this gets: all of it, or as much as the cap leaves.
    #[must_use]
    pub fn within(self, cap: &Self) -> Self {
        Self {
            memory: self.memory.min(cap.memory),
            time: self.time.min(cap.time),
            pixels: self.pixels.min(cap.pixels),
            handles: self.handles.min(cap.handles),
            transfer: self.transfer.min(cap.transfer),
            log: self.log.min(cap.log),
        }
    }

    /// What it asks for beyond the cap, to be told to the user: it may fail for want of it.
    #[must_use]
    pub fn beyond(&self, cap: &Self) -> Vec<CapExceeded> {
        let rows = [
            (
                "memory",
                self.memory.0 > cap.memory.0,
                self.memory.to_string(),
                cap.memory.to_string(),
            ),
            (
                "time",
                self.time.0 > cap.time.0,
                self.time.to_string(),
                cap.time.to_string(),
            ),
            (
                "pixels",
                self.pixels.0 > cap.pixels.0,
                self.pixels.to_string(),
                cap.pixels.to_string(),
            ),
            (
                "handles",
                self.handles > cap.handles,
                self.handles.to_string(),
                cap.handles.to_string(),
            ),
            (
                "transfer",
                self.transfer.0 > cap.transfer.0,
                self.transfer.to_string(),
                cap.transfer.to_string(),
            ),
            (
                "log",
                self.log.0 > cap.log.0,
                self.log.to_string(),
                cap.log.to_string(),
            ),
        ];
        rows.into_iter()
            .filter(|(_, beyond, ..)| *beyond)
            .map(|(limit, _, asked, cap)| CapExceeded { limit, asked, cap })
            .collect()
    }
}

/// A plugin asks for more than the host gives.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("limits.{limit} is {asked}, the host gives at most {cap}")]
pub struct CapExceeded {
    /// Which limit.
    pub limit: &'static str,
    /// What the manifest asks for.
    pub asked: String,
    /// What it gets.
    pub cap: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_gets_what_it_asks_for_up_to_the_cap() {
        let asked: Limits = toml::from_str("memory = '8GiB'\ntime = '1s'").expect("limits");
        let cap = Limits::cap();
        let given = asked.within(&cap);
        assert_eq!((given.memory, given.time), (cap.memory, Milliseconds(1000)));
        assert_eq!(given.handles, Limits::default().handles);
        let told: Vec<_> = asked.beyond(&cap).iter().map(ToString::to_string).collect();
        assert_eq!(told, ["limits.memory is 8GiB, the host gives at most 2GiB"]);
        assert!(Limits::default().beyond(&cap).is_empty());
        assert!(
            toml::from_str::<Limits>("memory = 256").is_err(),
            "a unit is needed"
        );
    }
}
