//! REPORT.md: what was compared, and the worst that was seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::{env, fs};

use crate::difference::Difference;
use crate::here;

/// The sections that are done, by title. Tests end in any order; each writes all that is known.
static SECTIONS: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// The differences of one section, group by group.
#[derive(Default)]
pub(crate) struct Report {
    groups: BTreeMap<String, Difference>,
}

impl Report {
    pub(crate) fn add(&mut self, group: String, difference: Difference) {
        let so_far = self.groups.entry(group).or_insert_with(Difference::none);
        *so_far = so_far.and(difference);
    }

    /// Writes the report if `AQUATINT_WRITE_REPORT` asks for it.
    pub(crate) fn publish(&self, section: &str) {
        if env::var_os("AQUATINT_WRITE_REPORT").is_none() {
            return;
        }
        let mut sections = SECTIONS.lock().expect("no test panicked while it wrote");
        sections.insert(section.to_owned(), self.table());
        let mut text = "# Parity, as last measured\n".to_owned();
        for (title, table) in sections.iter() {
            let _ = write!(text, "\n## {title}\n\n{table}");
        }
        fs::write(here().join("REPORT.md"), text).expect("REPORT.md");
    }

    fn table(&self) -> String {
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
        let total = self
            .groups
            .values()
            .fold(Difference::none(), |sum, one| sum.and(*one));
        let total = (
            ["all"]
                .into_iter()
                .chain([""; 2])
                .take(cells)
                .collect::<Vec<_>>()
                .join(" | "),
            total,
        );
        let rows = self
            .groups
            .iter()
            .map(|(group, difference)| (group.clone(), *difference));
        for (group, difference) in rows.chain([total]) {
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
