//! Asking the user what a plugin may do.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use aquatint_sandbox::install::Consent;
use aquatint_sandbox::permissions::{InvalidPermission, Kind, Permission, PermissionSet};

use crate::exit::Usage;

static ASKING: AtomicBool = AtomicBool::new(false);

/// Whether an answer is being waited for.
pub(super) fn is_asking() -> bool {
    ASKING.load(Ordering::SeqCst)
}

#[derive(Debug, clap::Args)]
pub(crate) struct ConsentArgs {
    /// Grant everything that it asks for, without a question
    #[arg(long, short)]
    yes: bool,
    /// Grant only this, such as `clock`, `net` or "net api.example.org"; may be given again
    #[arg(long = "grant", value_name = "PERMISSION", conflicts_with = "yes")]
    grants: Vec<Wanted>,
}

/// A permission, or everything of a kind that a plugin asks for.
#[derive(Clone, Debug)]
pub(crate) enum Wanted {
    Kind(Kind),
    Permission(Permission),
}

impl FromStr for Wanted {
    type Err = InvalidPermission;

    fn from_str(text: &str) -> Result<Self, InvalidPermission> {
        match Kind::ALL.into_iter().find(|kind| kind.name() == text) {
            Some(kind) => Ok(Self::Kind(kind)),
            None => text.parse().map(Self::Permission),
        }
    }
}

/// What was wanted, out of what is asked for.
pub(super) fn chosen(wanted: &[Wanted], asked: &PermissionSet) -> anyhow::Result<PermissionSet> {
    let mut chosen = Vec::new();
    for wanted in wanted {
        let found: Vec<_> = match wanted {
            Wanted::Permission(permission) if asked.covers(permission) => vec![permission.clone()],
            Wanted::Permission(_) => Vec::new(),
            Wanted::Kind(kind) => asked.of_kind(*kind).cloned().collect(),
        };
        if found.is_empty() {
            let name = match wanted {
                Wanted::Kind(kind) => kind.to_string(),
                Wanted::Permission(permission) => permission.to_string(),
            };
            return Err(Usage(format!(
                "it does not ask for `{name}`, it asks for: {asked}"
            ))
            .into());
        }
        chosen.extend(found);
    }
    Ok(chosen.into_iter().collect())
}

/// What the user says to what is asked for; `None` is no.
pub(super) fn ask(
    args: &ConsentArgs,
    asked: &PermissionSet,
    nothing_new: bool,
) -> anyhow::Result<Option<Consent>> {
    if !args.grants.is_empty() {
        return Ok(Some(Consent::Given(chosen(&args.grants, asked)?)));
    }
    if nothing_new || args.yes {
        return Ok(Some(Consent::Given(asked.clone())));
    }
    // The question goes to standard error, the answer comes from standard input.
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        return Ok(Some(Consent::Later));
    }
    loop {
        let mut error = std::io::stderr();
        write!(error, "May it? [y]es, [n]o, [l]ater: ")?;
        error.flush()?;
        let mut line = String::new();
        ASKING.store(true, Ordering::SeqCst);
        let read = std::io::stdin().lock().read_line(&mut line);
        ASKING.store(false, Ordering::SeqCst);
        if read? == 0 {
            return Ok(None);
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(Some(Consent::Given(asked.clone()))),
            "n" | "no" => return Ok(None),
            "l" | "later" => return Ok(Some(Consent::Later)),
            _ => {}
        }
    }
}
