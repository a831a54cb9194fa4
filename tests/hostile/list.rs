//! The list of cases, held against the tests.

use std::collections::BTreeSet;
use std::path::Path;

const LIST: &str = include_str!("README.md");

/// The words between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn every_case_is_in_the_list_and_every_test_too() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    for entry in std::fs::read_dir(here.join("hostile")).expect("this folder") {
        let path = entry.expect("readable").path();
        if path.extension().is_some_and(|it| it == "rs") {
            let source = std::fs::read_to_string(path).expect("a source");
            let names = source
                .lines()
                .filter_map(|line| line.strip_prefix("fn ")?.split('(').next());
            tests.extend(
                names
                    .filter(|name| name.starts_with("case_"))
                    .map(str::to_owned),
            );
        }
    }
    let rows: Vec<_> = LIST
        .lines()
        .filter_map(|line| {
            let number = line.strip_prefix("| ")?.split(' ').next()?;
            Some((number.parse::<usize>().ok()?, line))
        })
        .collect();
    let numbers: Vec<_> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
    let mut listed = BTreeSet::new();
    for (number, row) in rows {
        let own = format!("case_{number:02}_");
        assert!(row.contains(&own), "{row}");
        for name in quoted(row) {
            if let Some((path, test)) = name.split_once("::") {
                let source = std::fs::read_to_string(here.join("..").join(path)).expect(path);
                assert!(source.contains(&format!("fn {test}(")), "{name}");
            } else if name.starts_with("case_") {
                listed.insert(name.to_owned());
            }
        }
    }
    assert_eq!(listed, tests);
}
