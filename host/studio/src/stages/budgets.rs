use std::path::Path;

use aquatint_sandbox::document::{self, DocumentError};
use aquatint_sandbox::units::Bytes;
use serde::{Deserialize, Serialize};

/// How much may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// In memory.
    pub memory: Bytes,
    /// On disk; 0 keeps nothing there.
    pub disk: Bytes,
    /// Of pictures that drawings begin from: see [`Inputs::make_room`](crate::Inputs::make_room).
    pub inputs: Bytes,
}

impl Default for Budgets {
    /// 512 MiB of memory, 8 GiB of disk, 4 GiB of pictures to begin from.
    fn default() -> Self {
        Self {
            memory: Bytes(512 << 20),
            disk: Bytes(8 << 30),
            inputs: Bytes(4 << 30),
        }
    }
}

impl Budgets {
    /// Reads a file; what is not in it is as by default.
    ///
    /// # Errors
    /// It cannot be read, or holds something else.
    pub fn read(path: &Path) -> Result<Self, DocumentError> {
        document::read(path)
    }

    /// Changes a file while no other process does.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn update(path: &Path, change: impl FnOnce(&mut Self)) -> Result<Self, DocumentError> {
        let head = "# How much may be kept of what was computed: see `aquatint cache size`.";
        document::update(path, head, |budgets: &mut Self| {
            change(budgets);
            Ok(*budgets)
        })
    }
}
