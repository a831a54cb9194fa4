//! A program that measures when it is asked: see `tests/bench/plugin/protocol.rs`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result};

use super::samples::Samples;

pub(super) struct Asked {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// By what was measured and the name of the time.
    samples: BTreeMap<(String, String), Samples>,
}

impl Asked {
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {command:?}"))?;
        let (questions, answers) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            questions: questions.context("no pipe")?,
            answers: BufReader::new(answers.context("no pipe")?),
            child,
            samples: BTreeMap::new(),
        })
    }

    /// Measures `what` so many times.
    pub(super) fn measure(&mut self, what: &str, count: usize) -> Result<()> {
        writeln!(self.questions, "{what} {count}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        // It says on standard error why it gave up.
        let samples: Vec<BTreeMap<String, f64>> = serde_json::from_str(&line)
            .with_context(|| format!("`{what}` was not measured: `{}`", line.trim()))?;
        for (name, value) in samples.into_iter().flatten() {
            let key = (what.to_owned(), name);
            self.samples.entry(key).or_default().push(value);
        }
        Ok(())
    }

    /// What was measured so far.
    pub(super) fn samples(&self, what: &str, name: &str) -> Result<&Samples> {
        let key = (what.to_owned(), name.to_owned());
        let samples = self.samples.get(&key);
        samples.with_context(|| format!("`{what}` has no `{name}`"))
    }

    /// The median, in milliseconds.
    pub(super) fn milliseconds(&self, what: &str, name: &str) -> Result<f64> {
        Ok(self.samples(what, name)?.median() / 1e6)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        // It waits for the next question, and is not owed one.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
