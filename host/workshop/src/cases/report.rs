//! What people read: a line a case, then what failed, then the sum; and all of it for programs.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Tested, Verdict};
use crate::names::counted;

/// `    PASS [   0.012s] soft  1.5 MiB, 34 host calls`.
#[must_use]
pub fn line(tested: &Tested) -> String {
    let (word, note) = match &tested.verdict {
        Verdict::Passed { expects: true } => ("PASS", String::new()),
        Verdict::Passed { expects: false } => (
            "PASS",
            " (expects nothing: `--bless` writes what it gives)".to_owned(),
        ),
        Verdict::Blessed { files } if files.is_empty() => ("PASS", String::new()),
        Verdict::Blessed { files } => ("BLESS", format!(" (wrote {})", files.join(", "))),
        Verdict::Failed { .. } => ("FAIL", String::new()),
    };
    let cost = match tested.time {
        // It never ran.
        Duration::ZERO => String::new(),
        _ => format!(
            "  {}, {}",
            memory(tested.memory),
            counted(
                usize::try_from(tested.host_calls).unwrap_or(usize::MAX),
                "host call"
            )
        ),
    };
    format!(
        "{word:>8} [{:>8.3}s] {}{cost}{note}",
        tested.time.as_secs_f64(),
        tested.name
    )
}

/// What failed and why, as a block; empty if nothing did.
#[must_use]
pub fn details(tested: &Tested) -> String {
    let Verdict::Failed { reasons, files } = &tested.verdict else {
        return String::new();
    };
    let mut text = format!("--- {} ---\n", tested.name);
    for reason in reasons {
        // Writing to a text cannot fail; so below.
        let _ = writeln!(text, "  {}", reason.replace('\n', "\n  "));
    }
    for file in files {
        let _ = writeln!(text, "  see {}", file.display());
    }
    if !tested.log.is_empty() {
        text.push_str("  the plugin logged:\n");
        for line in &tested.log {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// ` Summary [   0.034s] 3 cases: 2 passed, 1 failed`.
#[must_use]
pub fn summary(all: &[Tested], time: Duration) -> String {
    let count = |is: fn(&Verdict) -> bool| all.iter().filter(|it| is(&it.verdict)).count();
    let failed = count(|verdict| matches!(verdict, Verdict::Failed { .. }));
    let blessed =
        count(|verdict| matches!(verdict, Verdict::Blessed { files } if !files.is_empty()));
    let passed = all.len() - failed - blessed;
    let mut parts = vec![format!("{passed} passed")];
    if blessed > 0 {
        parts.push(format!("{blessed} blessed"));
    }
    if failed > 0 {
        parts.push(format!("{failed} failed"));
    }
    format!(
        " Summary [{:>8.3}s] {}: {}",
        time.as_secs_f64(),
        counted(all.len(), "case"),
        parts.join(", ")
    )
}

/// A case for programs. `digest` is the same wherever the plugin gives the same.
#[must_use]
pub fn json(tested: &Tested) -> serde_json::Value {
    let (verdict, reasons, files): (_, &[String], Vec<String>) = match &tested.verdict {
        Verdict::Passed { .. } => ("passed", &[], Vec::new()),
        Verdict::Blessed { files } => ("blessed", &[], files.clone()),
        Verdict::Failed { reasons, files } => {
            let files = files.iter().map(|file| file.display().to_string());
            ("failed", reasons, files.collect())
        }
    };
    serde_json::json!({
        "name": tested.name,
        "verdict": verdict,
        "reasons": reasons,
        "files": files,
        "digest": tested.digest.map(|digest| digest.to_string()),
        "seconds": tested.time.as_secs_f64(),
        "memory": tested.memory,
        "host_calls": tested.host_calls,
        "log": tested.log,
    })
}

/// `1.5 MiB`.
#[must_use]
pub fn memory(bytes: u64) -> String {
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    match bytes {
        0..0x10_0000 => format!("{} KiB", bytes.div_ceil(1024)),
        0x10_0000..0x640_0000 => format!("{mebibytes:.1} MiB"),
        _ => format!("{mebibytes:.0} MiB"),
    }
}

#[cfg(test)]
mod tests {
    use aquatint_sandbox::digest::Digest;

    use super::*;

    fn tested(verdict: Verdict) -> Tested {
        Tested {
            name: "soft".to_owned(),
            verdict,
            time: Duration::from_millis(12),
            memory: 3 << 19,
            host_calls: 34,
            log: vec!["info: hello".to_owned()],
            digest: Some(Digest::of(b"x")),
        }
    }

    #[test]
    fn a_case_is_a_line_and_a_failure_a_block() {
        let passed = tested(Verdict::Passed { expects: true });
        assert_eq!(
            line(&passed),
            "    PASS [   0.012s] soft  1.5 MiB, 34 host calls"
        );
        assert_eq!(details(&passed), "");
        let failed = tested(Verdict::Failed {
            reasons: vec!["one".to_owned(), "two".to_owned()],
            files: vec!["target/a.png".into()],
        });
        assert_eq!(
            details(&failed),
            "--- soft ---\n  one\n  two\n  see target/a.png\n  the plugin logged:\n    info: hello\n"
        );
        let blessed = tested(Verdict::Blessed {
            files: vec!["a.png".to_owned()],
        });
        assert!(line(&blessed).ends_with("(wrote a.png)"));
        assert_eq!(
            summary(&[passed, failed, blessed], Duration::from_secs(2)),
            " Summary [   2.000s] 3 cases: 1 passed, 1 blessed, 1 failed"
        );
    }

    #[test]
    fn programs_read_the_same() {
        let failed = tested(Verdict::Failed {
            reasons: vec!["one".to_owned()],
            files: vec!["target/a.png".into()],
        });
        assert_eq!(
            json(&failed),
            serde_json::json!({
                "name": "soft", "verdict": "failed", "reasons": ["one"], "files": ["target/a.png"],
                "digest": Digest::of(b"x").to_string(), "seconds": 0.012, "memory": 1_572_864, "host_calls": 34,
                "log": ["info: hello"],
            })
        );
        let never = Tested {
            digest: None,
            ..tested(Verdict::Passed { expects: false })
        };
        assert_eq!(json(&never)["digest"], serde_json::Value::Null);
        assert_eq!(json(&never)["verdict"], "passed");
    }

    #[test]
    fn memory_is_told_as_people_think_of_it() {
        assert_eq!(memory(1000), "1 KiB");
        assert_eq!(memory(5 << 20), "5.0 MiB");
        assert_eq!(memory(300 << 20), "300 MiB");
    }
}
