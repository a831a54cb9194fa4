//! What is said about plugins. Text that comes from them or from servers is cleaned.

use aquatint_sandbox::install::sign::{PublicKey, Signer, Trust};
use aquatint_sandbox::install::{Installer, Outcome, Proposal, Standing};
use aquatint_sandbox::logs::clean_line;
use aquatint_sandbox::manifest::{Manifest, PluginId};
use aquatint_sandbox::permissions::Permission;
use semver::Version;

use crate::output;

const LONGEST: usize = 400;

/// Without anything that a terminal would obey.
pub(super) fn clean(text: &str) -> String {
    clean_line(text, LONGEST)
}

/// Says what a plugin is.
pub(super) fn plugin(manifest: &Manifest) -> anyhow::Result<()> {
    output::line(format_args!(
        "{} {} ({}): {}",
        clean(manifest.title()),
        manifest.version,
        manifest.id,
        clean(&manifest.description)
    ))?;
    let mut facts = Vec::new();
    if !manifest.authors.is_empty() {
        facts.push(format!("by {}", clean(&manifest.authors.join(", "))));
    }
    if let Some(license) = &manifest.license {
        facts.push(format!("licence {}", clean(license)));
    }
    facts.extend(manifest.homepage.as_deref().map(clean));
    facts.extend(manifest.repository.as_deref().map(clean));
    if !facts.is_empty() {
        output::line(format_args!("  {}", facts.join(", ")))?;
    }
    let hooks: Vec<_> = manifest.hooks.iter().map(|hook| hook.name()).collect();
    output::line(format_args!("  hooks: {}", hooks.join(", ")))
}

/// Says what would be installed.
pub(super) fn proposal(proposal: &Proposal, installer: &Installer) -> anyhow::Result<()> {
    plugin(&proposal.plugin.manifest)?;
    output::line(format_args!(
        "  from {}, {}",
        clean(&proposal.pin.source.to_string()),
        proposal.pin.digest
    ))?;
    let trust = installer.trust().read()?;
    output::line(format_args!("  {}", signer(&proposal.signer, &trust)))?;
    for permission in &proposal.plugin.unused {
        output::line(format_args!(
            "  its manifest asks for `{permission}`, which it has no use for"
        ))?;
    }
    match &proposal.standing {
        Standing::Update { from, change } => {
            output::line(format_args!("  installed is {from}"))?;
            if !change.dropped.is_empty() {
                output::line("It no longer asks for:")?;
                for permission in &change.dropped {
                    output::line(format_args!("  - {permission}"))?;
                }
            }
            let reasons = proposal.plugin.reasons();
            let added: Vec<_> = reasons
                .into_iter()
                .filter(|(permission, _)| change.added.contains(permission))
                .collect();
            if !added.is_empty() {
                output::line("Beyond what it may do already, it asks to:")?;
                permissions(&added)?;
            }
            Ok(())
        }
        _ if proposal.pin.permissions.is_empty() => output::line("It asks for nothing."),
        _ => {
            output::line("It asks to:")?;
            permissions(&proposal.plugin.reasons())
        }
    }
}

/// Permissions with the reasons that their author gives, a line each.
pub(super) fn permissions(asked: &[(Permission, &str)]) -> anyhow::Result<()> {
    for (permission, reason) in asked {
        let reason = match clean(reason) {
            reason if reason.is_empty() => String::new(),
            reason => format!(" (\"{reason}\")"),
        };
        output::line(format_args!(
            "  {permission}: {}{reason}",
            permission.describe()
        ))?;
    }
    Ok(())
}

fn signer(signer: &Signer, trust: &Trust) -> String {
    match signer {
        Signer::Unsigned => "not signed".to_owned(),
        Signer::Same(it) => format!("signed with key {}, as before", key(it, trust)),
        Signer::First { key: it, known } => format!(
            "signed with key {}{}: from now on it must be",
            key(it, trust),
            if *known {
                ""
            } else {
                ", which was never seen before"
            }
        ),
        Signer::Changed { from, to } => format!(
            "{} (it was signed with key {}): accepted",
            match to {
                Some(to) => format!("signed with key {}", key(to, trust)),
                None => "not signed".to_owned(),
            },
            key(from, trust)
        ),
    }
}

/// A key by its id, with the name that the user has given it.
pub(super) fn key(key: &PublicKey, trust: &Trust) -> String {
    match trust.name(key) {
        Some(name) => format!("{} ({name})", key.id()),
        None => key.id().to_string(),
    }
}

/// Says what came of a change.
pub(super) fn outcome(id: &PluginId, version: &Version, outcome: &Outcome) -> anyhow::Result<()> {
    match outcome {
        Outcome::Ready => output::line(format_args!("{id} {version} is ready")),
        Outcome::Unchanged => output::line(format_args!("{id} {version} was so already")),
        Outcome::NeedsConsent(change) => output::line(format_args!(
            "{id} {version} is installed and waits for consent to {}: `aquatint plugin grant {id}`",
            listed(&change.added)
        )),
        Outcome::UpdateWaits(change) => output::line(format_args!(
            "{id} {version} is here and waits for consent to {}: `aquatint plugin grant {id}`",
            listed(&change.added)
        )),
    }
}

pub(super) fn listed(permissions: &[Permission]) -> String {
    let names: Vec<_> = permissions.iter().map(ToString::to_string).collect();
    names.join(", ")
}
