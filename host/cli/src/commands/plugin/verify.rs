use aquatint_sandbox::install::{Finding, Installer, Report};
use aquatint_sandbox::manifest::PluginId;

use super::describe::clean;
use super::install::OptionArgs;
use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The plugin's id; all plugins if there is none
    id: Option<PluginId>,
    /// Do not ask the sources what they have by now
    #[arg(long)]
    offline: bool,
    /// Put files right by the copies that are kept
    #[arg(long)]
    repair: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    options: OptionArgs,
}

pub(super) fn run(args: &VerifyArgs, installer: &Installer) -> anyhow::Result<()> {
    let ids: Vec<PluginId> = match &args.id {
        Some(id) => vec![id.clone()],
        None => installer
            .list()?
            .into_iter()
            .map(|(entry, _)| entry.id)
            .collect(),
    };
    let mut reports = Vec::new();
    for id in &ids {
        if args.repair && !installer.repair(id)? {
            output::tell(format_args!("{id}: nothing is kept to repair it with"));
        }
        reports.push(installer.verify(id, !args.offline, &args.options.options())?);
    }
    if args.json {
        let rows: Vec<_> = reports.iter().map(json).collect();
        output::json(&rows)?;
    } else {
        for report in &reports {
            tell(report)?;
        }
    }
    let unsound: Vec<_> = reports
        .iter()
        .filter(|report| !report.is_sound())
        .map(|report| report.entry.id.to_string())
        .collect();
    if unsound.is_empty() {
        return Ok(());
    }
    anyhow::bail!("not as installed: {}", unsound.join(", "))
}

fn tell(report: &Report) -> anyhow::Result<()> {
    let (id, version) = (&report.entry.id, &report.entry.current.version);
    let verdict = if report.is_sound() {
        "sound"
    } else {
        "NOT SOUND"
    };
    output::line(format_args!("{id} {version}: {verdict}"))?;
    for finding in &report.findings {
        match finding {
            Finding::Problem(text) => output::line(format_args!("  ! {}", clean(text)))?,
            Finding::Note(text) => output::line(format_args!("  - {}", clean(text)))?,
        }
    }
    Ok(())
}

fn json(report: &Report) -> serde_json::Value {
    let texts = |problems: bool| {
        report
            .findings
            .iter()
            .filter_map(|finding| match finding {
                Finding::Problem(text) if problems => Some(clean(text)),
                Finding::Note(text) if !problems => Some(clean(text)),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    serde_json::json!({
        "id": report.entry.id,
        "version": report.entry.current.version,
        "sound": report.is_sound(),
        "problems": texts(true),
        "notes": texts(false),
    })
}
