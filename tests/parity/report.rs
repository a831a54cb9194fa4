//! REPORT.md: what was compared, and the worst that was seen.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::Path;
use std::{env, fs};

use crate::difference::Difference;
use crate::here;
use crate::sessions::runtime;

/// The sections, in their order.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Title {
    Diffusers,
    KDiffusion,
    Beginnings,
    Wording,
    Decoders,
    Vaes,
    Refining,
    OtherStorage,
    Networks,
    TinyVaes,
    Exported,
}

impl Title {
    const ALL: [Self; 11] = [
        Self::Diffusers,
        Self::KDiffusion,
        Self::Beginnings,
        Self::Wording,
        Self::Decoders,
        Self::Vaes,
        Self::Refining,
        Self::OtherStorage,
        Self::Networks,
        Self::TinyVaes,
        Self::Exported,
    ];

    /// Writes the report if `AQUATINT_WRITE_REPORT` asks for it.
    ///
    /// Tests end in any order, and a test runner may give each a process of its own. So each leaves its section in a
    /// file, and puts together all sections that there are.
    pub(crate) fn publish(self, table: &str) {
        if env::var_os("AQUATINT_WRITE_REPORT").is_none() {
            return;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("parity-report");
        let file = |title: Self| folder.join(format!("{title:?}.md"));
        fs::create_dir_all(&folder).expect("a folder for the report");
        fs::write(file(self), table).expect("a section of the report");

        let version = runtime().expect("ONNX Runtime").version();
        let (system, processor) = (env::consts::OS, env::consts::ARCH);
        let mut text = format!(
            "# Parity, as last measured\n\nONNX Runtime {version}, provider cpu, on {system} {processor}. What is compared, and \
             the bars, are in [README.md](README.md).\n"
        );
        for title in Self::ALL {
            if let Ok(table) = fs::read_to_string(file(title)) {
                let _ = write!(text, "\n## {title}\n\n{table}");
            }
        }
        fs::write(here().join("REPORT.md"), text).expect("REPORT.md");
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Diffusers => "Pictures: diffusers",
            Self::KDiffusion => "Pictures: k-diffusion",
            Self::Beginnings => "Pictures that begin from pictures: diffusers, k-diffusion",
            Self::Wording => "Pictures: what prompts say",
            Self::Decoders => "Pictures by other decoders: diffusers",
            Self::Vaes => "Pictures through other VAEs: diffusers",
            Self::Refining => "Pictures that a refiner finishes: diffusers",
            Self::OtherStorage => "Pictures: other storage",
            Self::Networks => "Networks",
            Self::TinyVaes => "Tiny VAEs",
            Self::Exported => "Exported networks",
        })
    }
}

/// The differences of pictures, group by group.
#[derive(Default)]
pub(crate) struct Report {
    groups: BTreeMap<String, Difference>,
}

impl Report {
    pub(crate) fn add(&mut self, group: String, difference: Difference) {
        let so_far = self.groups.entry(group).or_insert_with(Difference::none);
        *so_far = so_far.and(difference);
    }

    pub(crate) fn table(&self) -> String {
        // A group's name may itself be cells.
        let cells = self
            .groups
            .keys()
            .next()
            .map_or(1, |group| group.split(" | ").count());
        let names = if cells == 3 {
            "checkpoint | sampler | schedule"
        } else {
            "what"
        };
        let mut table =
            format!("| {names} | pictures | worst | least within 1/255 | same pixels |\n");
        table += &"|---".repeat(cells + 4);
        table += "|\n";
        let all = self.groups.values();
        let all = all.fold(Difference::none(), |sum, one| sum.and(*one));
        let all_cells = ["all", "", ""][..cells.min(3)].join(" | ");
        let rows = self.groups.iter().map(|(group, one)| (group.clone(), *one));
        for (group, difference) in rows.chain([(all_cells, all)]) {
            let Difference {
                worst,
                within,
                same,
                pixels,
                pictures,
            } = difference;
            let same = 100.0 * same as f64 / pixels.max(1) as f64;
            let within = 100.0 * within;
            let _ = writeln!(
                table,
                "| {group} | {pictures} | {worst}/255 | {within:.2} % | {same:.2} % |"
            );
        }
        table
    }
}

/// The largest errors of networks: by what was run, then by checkpoint.
#[derive(Default)]
pub(crate) struct Errors {
    largest: BTreeMap<String, BTreeMap<String, f32>>,
    failures: Vec<String>,
}

impl Errors {
    /// How far a network may be from torch, anywhere.
    const BAR: f32 = 1e-4;

    /// Takes what was found of a network: how far it is off, or why it does not run.
    pub(crate) fn add(&mut self, checkpoint: &str, what: &str, found: Result<f32, String>) {
        match found {
            Ok(error) => {
                if error > Self::BAR {
                    self.failures
                        .push(format!("{checkpoint}, {what}: off by {error:.1e}"));
                }
                self.note(checkpoint, what, error);
            }
            Err(error) => self.failures.push(format!("{checkpoint}, {what}: {error}")),
        }
    }

    fn note(&mut self, checkpoint: &str, what: &str, error: f32) {
        let row = self.largest.entry(what.to_owned()).or_default();
        let so_far = row.entry(checkpoint.to_owned()).or_default();
        *so_far = so_far.max(error);
    }

    /// Writes the report, then fails with everything that misses the bar.
    pub(crate) fn judge(title: Title, results: Vec<Result<Self, String>>) {
        let mut all = Self::default();
        for result in results {
            match result {
                Ok(errors) => all.extend(errors),
                Err(error) => all.failures.push(error),
            }
        }
        title.publish(&all.table());
        let failures = all.failures;
        assert!(failures.is_empty(), "{title}:\n{}", failures.join("\n"));
    }

    fn extend(&mut self, other: Self) {
        for (what, row) in other.largest {
            for (checkpoint, error) in row {
                self.note(&checkpoint, &what, error);
            }
        }
        self.failures.extend(other.failures);
    }

    fn table(&self) -> String {
        let mut table =
            "| network | checkpoints | largest error | in |\n|---|---|---|---|\n".to_owned();
        for (what, row) in &self.largest {
            let worst = row.iter().max_by(|a, b| a.1.total_cmp(b.1));
            if let Some((checkpoint, error)) = worst {
                let count = row.len();
                let _ = writeln!(table, "| {what} | {count} | {error:.1e} | {checkpoint} |");
            }
        }
        table
    }
}
