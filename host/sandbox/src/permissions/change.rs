use std::fmt;

use super::{Permission, PermissionSet};

/// From one permission set to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What the new set lets and the old did not.
    pub added: Vec<Permission>,
    /// What the old set let and the new does not.
    pub dropped: Vec<Permission>,
}

/// How a new permission set stands to an old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The same.
    Equal,
    /// It lets less: no question to the user.
    Narrower,
    /// It lets something that was not granted, whatever else it drops: the user must be asked.
    Wider,
}

impl Change {
    /// What is different in `new`.
    #[must_use]
    pub fn between(old: &PermissionSet, new: &PermissionSet) -> Self {
        let missing_in = |from: &PermissionSet, of: &PermissionSet| {
            of.iter()
                .filter(|permission| !from.covers(permission))
                .cloned()
                .collect()
        };
        Self {
            added: missing_in(old, new),
            dropped: missing_in(new, old),
        }
    }

    /// Whether the user must be asked.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.added.is_empty(), self.dropped.is_empty()) {
            (true, true) => Verdict::Equal,
            (true, false) => Verdict::Narrower,
            (false, _) => Verdict::Wider,
        }
    }
}

/// A line each, `+` for what is new and `-` for what is gone.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.added.iter().map(|it| ('+', it));
        let lines = lines.chain(self.dropped.iter().map(|it| ('-', it)));
        for (index, (sign, permission)) in lines.enumerate() {
            let newline = if index > 0 { "\n" } else { "" };
            write!(f, "{newline}{sign} {permission}: {}", permission.describe())?;
        }
        Ok(())
    }
}
