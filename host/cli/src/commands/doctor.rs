//! `aquatint doctor`: which providers really work here, and why the others do not.
//!
//! A process can hold one ONNX Runtime, and a broken driver can take its process with it. So each pair of provider and
//! library is tried in a process of its own: this program again, with a hidden option.

use std::{
    fmt::Write as _,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::bail;
use aquatint_diffusion::runtime::{self, Candidate, Provider, ProviderKind, RuntimeError};
use serde::{Deserialize, Serialize};

use crate::output;

/// Try every provider with a tiny graph, and say which work here and why others do not.
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// Write JSON
    #[arg(long)]
    json: bool,

    /// How many seconds a provider may take to answer
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    timeout: u64,

    /// Try one provider with one library in this process, and write the outcome as JSON
    #[arg(long, hide = true, num_args = 2, value_names = ["LIBRARY", "PROVIDER"])]
    probe: Option<Vec<String>>,
}

/// One line of the report.
#[derive(Debug, Serialize)]
struct Finding {
    provider: &'static str,
    state: State,
    library: Option<PathBuf>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// The tiny graph ran on it.
    Works,
    /// It is there, but does not work.
    Fails,
    /// No runtime with it is installed.
    NotInstalled,
    /// There is none for this machine.
    NotHere,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Fails => "does not work",
            Self::NotInstalled => "not installed",
            Self::NotHere => "not for this machine",
        }
    }
}

/// What the process that tries a provider has to say.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Outcome {
    fn failure(reason: impl ToString) -> Self {
        Self {
            reason: Some(reason.to_string()),
            ..Self::default()
        }
    }
}

/// Does what `aquatint doctor …` was asked for, in the data folder `data`. An error, if not even the CPU works.
pub(crate) fn run(args: DoctorArgs, data: &Path) -> anyhow::Result<()> {
    if let Some(pair) = &args.probe
        && let [library, provider] = &pair[..]
    {
        let outcome = probe(Path::new(library), provider);
        return output::json(&outcome);
    }

    let timeout = Duration::from_secs(args.timeout);
    let findings: Vec<_> = runtime::candidates(data)
        .into_iter()
        .map(|it| examine(it, timeout))
        .collect();
    let cpu_works = findings
        .iter()
        .any(|it| it.provider == ProviderKind::Cpu.name() && it.state == State::Works);
    if args.json {
        output::json(&findings)?;
    } else {
        output::line(table(&findings).trim_end())?;
    }
    if !cpu_works {
        bail!("nothing can compute here: not even the provider `cpu` works");
    }
    Ok(())
}

fn probe(library: &Path, provider: &str) -> Outcome {
    match Provider::named(provider).and_then(|provider| runtime::probe(library, &provider)) {
        Ok(probed) => Outcome {
            version: Some(probed.version),
            milliseconds: u64::try_from(probed.took.as_millis()).ok(),
            reason: None,
        },
        Err(error) => Outcome::failure(error),
    }
}

fn examine(candidate: Candidate, timeout: Duration) -> Finding {
    let provider = candidate.provider.name();
    let library = match candidate.library {
        Ok(library) => library,
        Err(error) => {
            let state = match &error {
                RuntimeError::NotInstalled { .. } => State::NotInstalled,
                RuntimeError::NoBuild { .. } => State::NotHere,
                _ => State::Fails,
            };
            return Finding {
                provider,
                state,
                library: None,
                outcome: Outcome::failure(error),
            };
        }
    };
    let outcome = try_apart(&library, provider, timeout).unwrap_or_else(Outcome::failure);
    let state = if outcome.reason.is_none() {
        State::Works
    } else {
        State::Fails
    };
    Finding {
        provider,
        state,
        library: Some(library),
        outcome,
    }
}

/// Runs this program for one provider and one library.
fn try_apart(library: &Path, provider: &str, timeout: Duration) -> Result<Outcome, String> {
    let program =
        std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let mut child = Command::new(program)
        .args(["doctor", "--probe"])
        .arg(library)
        .arg(provider)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // What drivers print there would tear the table apart.
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start this program again: {error}"))?;

    let start = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if start.elapsed() < timeout => std::thread::sleep(Duration::from_millis(20)),
            Ok(None) => {
                // It may have ended by itself since; either way it is gone after `wait`.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("no answer within {} seconds", timeout.as_secs()));
            }
            Err(error) => return Err(error.to_string()),
        }
    };
    // One short line: it fits into the pipe, so the child never waits for us to read it.
    let mut output = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout
            .read_to_string(&mut output)
            .map_err(|error| error.to_string())?;
    }
    // The outcome is the last line: libraries print too.
    let last = output.lines().last().unwrap_or_default();
    serde_json::from_str(last).map_err(|_| format!("it ends the process it is tried in ({status})"))
}

fn table(findings: &[Finding]) -> String {
    let mut table = String::new();
    let columns = |table: &mut String, provider: &str, state: &str, rest: &str| {
        let _ = writeln!(table, "{provider:<9}  {state:<20}  {rest}"); // Writing to a string cannot fail.
    };
    columns(&mut table, "PROVIDER", "HERE", "WITH, OR WHY NOT");
    for Finding {
        provider,
        state,
        library,
        outcome,
    } in findings
    {
        let rest = match (&outcome.reason, library) {
            (Some(reason), _) => reason.clone(),
            (None, Some(library)) => {
                let version = outcome.version.as_deref().unwrap_or_default();
                let time = outcome.milliseconds.unwrap_or_default();
                format!(
                    "ONNX Runtime {version}, {time} ms to start: {}",
                    library.display()
                )
            }
            (None, None) => String::new(),
        };
        columns(&mut table, provider, state.name(), &rest);
    }
    table
}
