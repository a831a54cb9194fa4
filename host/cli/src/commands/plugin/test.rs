//! `aquatint plugin test`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use aquatint_sandbox::digest::Digest;
use aquatint_workshop::Project;
use aquatint_workshop::cases::{self, Found, Tested, Verdict, report};
use clap::Args;

use super::build::{build_told, folders, shown, warn};
use crate::exit::Usage;
use crate::output;

#[derive(Debug, Args)]
pub(crate) struct TestArgs {
    /// The plugin's folder
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Only the case with this name; may be given several times
    #[arg(long = "case", value_name = "NAME")]
    cases: Vec<String>,
    /// Write down what comes of each case as what is expected from now on
    #[arg(long)]
    bless: bool,
    /// Print JSON: what came of each case, with a digest of the outcome that is the same wherever the outcome is
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &TestArgs, data: &Path) -> anyhow::Result<()> {
    let start = Instant::now();
    let project = Project::open(&args.dir)?;
    let mut found = cases::load(&project)?;
    let folder = project.root.join("cases");
    if found.is_empty() {
        anyhow::bail!(
            "{}: no cases there, expected folders with a file {} each",
            shown(&folder),
            cases::CASE
        );
    }
    choose(&mut found, &args.cases)?;
    let built = build_told(&project, &folders(data)?)?;
    warn(&built);
    let bench = super::bench::load(&built, data)?;
    let scratch = project.root.join("target");
    let mut all = Vec::new();
    for found in &found {
        let tested = cases::test(found, &bench, args.bless, &scratch);
        if !args.json {
            output::line(report::line(&tested))?;
        }
        all.push(tested);
    }
    if args.json {
        output::json(&serde_json::json!({
            "id": project.manifest.id,
            "digest": Digest::of(&std::fs::read(&built.path)?).to_string(),
            "cases": all.iter().map(report::json).collect::<Vec<_>>(),
        }))?;
    } else {
        show(&all, start)?;
    }
    let failed = all
        .iter()
        .filter(|tested| matches!(tested.verdict, Verdict::Failed { .. }))
        .count();
    if failed > 0 {
        anyhow::bail!("{failed} of {} cases failed", all.len());
    }
    Ok(())
}

fn show(all: &[Tested], start: Instant) -> anyhow::Result<()> {
    for tested in all {
        let details = report::details(tested);
        if !details.is_empty() {
            output::line(format_args!("\n{}", details.trim_end()))?;
        }
    }
    output::line(report::summary(all, start.elapsed()))
}

/// Keeps the cases that were named, all if none was.
fn choose(found: &mut Vec<Found>, names: &[String]) -> Result<(), Usage> {
    for name in names {
        if !found.iter().any(|case| case.name == *name) {
            let known: Vec<_> = found.iter().map(|case| case.name.as_str()).collect();
            return Err(Usage(format!(
                "no case `{name}`: the cases are {}",
                known.join(", ")
            )));
        }
    }
    if !names.is_empty() {
        found.retain(|case| names.contains(&case.name));
    }
    Ok(())
}
