use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aquatint_sandbox::digest::Digest;
use aquatint_sandbox::pixels::{Picture, Size};

use super::bless::bless;
use super::compare::{compare, twice};
use super::{Bench, Case, Expected, Files, Found, Outcome, latents};
use crate::picture::{self, of_colors, rgba};

/// A case that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// Its name.
    pub name: String,
    /// What came of it.
    pub verdict: Verdict,
    /// How long the first call took.
    pub time: Duration,
    /// The most memory of both calls, in bytes.
    pub memory: u64,
    /// How often the first call called the host.
    pub host_calls: u64,
    /// What the plugin logged in the first call.
    pub log: Vec<String>,
    /// The name of what came of the first call; `None` if it never ran.
    pub digest: Option<Digest>,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// All is as expected.
    Passed {
        /// Whether anything is: where nothing is, two calls gave the same, and that is all.
        expects: bool,
    },
    /// What came of it is expected from now on.
    Blessed {
        /// The files that were written, in the case's folder.
        files: Vec<String>,
    },
    /// Something is wrong.
    Failed {
        /// What, one sentence each.
        reasons: Vec<String>,
        /// What came of it, to be looked at.
        files: Vec<PathBuf>,
    },
}

impl Verdict {
    fn failed(reason: impl ToString) -> Self {
        Self::Failed {
            reasons: vec![reason.to_string()],
            files: Vec::new(),
        }
    }
}

/// Runs a case twice: the second call must give what the first gave, byte for byte, and that must be what is expected.
/// With `blessing`, whatever both gave is written down as expected where it was not. What failed is written below
/// `scratch`, to be looked at.
pub fn test(found: &Found, bench: &dyn Bench, blessing: bool, scratch: &Path) -> Tested {
    let mut tested = Tested {
        name: found.name.clone(),
        verdict: Verdict::Passed { expects: true },
        time: Duration::ZERO,
        memory: 0,
        host_calls: 0,
        log: Vec::new(),
        digest: None,
    };
    let case = match &found.case {
        Ok(case) => case,
        Err(error) => {
            tested.verdict = Verdict::failed(error);
            return tested;
        }
    };
    let calls = bench
        .call(&case.call)
        .and_then(|first| Ok((first, bench.call(&case.call)?)));
    let (first, second) = match calls {
        Ok(calls) => calls,
        Err(reason) => {
            tested.verdict = Verdict::failed(reason);
            return tested;
        }
    };
    tested.time = first.time;
    tested.memory = first.memory.max(second.memory);
    tested.host_calls = first.host_calls;
    tested.log = first.log;
    tested.digest = Some(first.outcome.digest());
    let difference = twice(&first.outcome, &second.outcome);
    tested.verdict = judge(found, case, &first.outcome, difference, blessing, scratch);
    tested
}

fn judge(
    found: &Found,
    case: &Case,
    outcome: &Outcome,
    difference: Option<String>,
    blessing: bool,
    scratch: &Path,
) -> Verdict {
    let folder = scratch.join("cases").join(&found.name);
    // What an earlier run left there says nothing about this one.
    let _ = fs::remove_dir_all(&folder);
    let expects = case.expected
        != Expected {
            tolerance: case.expected.tolerance,
            ..Expected::default()
        };
    let mut reasons = compare(case, outcome, &found.folder);
    let is_lasting = difference.is_none() && !matches!(outcome, Outcome::Broke(_));
    if blessing && is_lasting && !(reasons.is_empty() && expects) {
        return match bless(case, outcome, &found.folder) {
            Ok(files) => Verdict::Blessed { files },
            Err(error) => Verdict::failed(error),
        };
    }
    reasons.extend(difference);
    if reasons.is_empty() {
        return Verdict::Passed { expects };
    }
    Verdict::Failed {
        // It matters more what went wrong than that it cannot be shown.
        files: show(case, outcome, found, &folder).unwrap_or_default(),
        reasons,
    }
}

/// Writes what came of a call, and how it differs from what was expected.
fn show(
    case: &Case,
    outcome: &Outcome,
    found: &Found,
    folder: &Path,
) -> Result<Vec<PathBuf>, super::CaseError> {
    let names: &[String] = match &case.expected.files {
        None => &[],
        Some(Files::One(name)) => std::slice::from_ref(name),
        Some(Files::Many(names)) => names,
    };
    let pictures: &[Picture] = match outcome {
        Outcome::Picture(picture) => std::slice::from_ref(picture),
        Outcome::Pictures(pictures) => pictures,
        _ => &[],
    };
    let mut files = Vec::new();
    for (index, made) in pictures.iter().enumerate() {
        let number = match pictures.len() {
            1 => String::new(),
            _ => format!("-{}", index + 1),
        };
        let path = folder.join(format!("actual{number}.png"));
        picture::write(made, &path)?;
        files.push(path);
        let expected = names
            .get(index)
            .and_then(|name| picture::read(&found.folder.join(name)).ok());
        if let Some(difference) = expected.and_then(|expected| differences(made, &expected)) {
            let path = folder.join(format!("difference{number}.png"));
            picture::write(&difference, &path)?;
            files.push(path);
        }
    }
    if let Outcome::Latents(tensor) = outcome {
        let path = folder.join("actual.safetensors");
        latents::write(tensor, &path)?;
        files.push(path);
    }
    Ok(files)
}

/// Black where two pictures of one size are the same, and the brighter the more they differ. Enlarged, so that the
/// least difference can be seen.
fn differences(a: &Picture, b: &Picture) -> Option<Picture> {
    let Size { width, height } = a.size();
    if b.size() != a.size() {
        return None;
    }
    let (left, right) = (rgba(a), rgba(b));
    Some(of_colors(width, height, |x, y| {
        let index = y as usize * width as usize + x as usize;
        std::array::from_fn(|channel| {
            // Alpha has no channel of its own here: it shows in all.
            let alpha = left[index][3].abs_diff(right[index][3]);
            let difference = left[index][channel]
                .abs_diff(right[index][channel])
                .max(alpha);
            if difference == 0 {
                0
            } else {
                difference.saturating_mul(4).max(64)
            }
        })
    }))
}
