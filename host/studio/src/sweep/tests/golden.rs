//! Against A1111's rules, NumPy and Python's `csv`: `golden/make.py` made what is expected.

use std::path::Path;

use serde_json::Value as Json;

use super::super::range::{Numbers, Wanted};
use super::super::*;

fn cases(name: &str) -> Vec<Json> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sweep/golden");
    let text = std::fs::read(folder.join(name)).expect(name);
    serde_json::from_slice(&text).expect("a list")
}

#[test]
fn ranges_are_as_a1111_has_them() {
    for case in cases("ranges.json") {
        let given = case["given"].as_str().expect("a text");
        let whole = case["kind"] == "whole";
        let wanted = if whole { Wanted::Whole } else { Wanted::Any };
        let items = csv(given).into_iter().filter(|item| !item.is_empty());
        let read = items.map(|item| Numbers::read(&item, wanted).expect(given));
        let ours: Vec<Json> = if whole {
            read.flat_map(Numbers::whole)
                .map(|int| serde_json::from_str(&int.to_string()).expect("an int"))
                .collect()
        } else {
            read.flat_map(Numbers::floats).map(Json::from).collect()
        };
        // To the last bit.
        assert_eq!(Json::from(ours), case["exact"], "{given}");
    }
}

#[test]
fn a1111_differs_only_where_it_is_wrong() {
    let differs: Vec<String> = cases("ranges.json")
        .iter()
        .filter(|case| case["numpy"] != case["exact"])
        .map(|case| format!("{}: {}", case["kind"], case["given"]).replace('"', ""))
        .collect();
    let known = [
        // A falling range of whole numbers loses its end, because 1 is added to it for rising ones.
        "whole: 5-1 (-1)",
        "whole: 10-1 (-1)",
        "whole: 10-5 (-5)",
        "whole: -1--5 (-2)",
        "whole: 5--5 (-5)",
        // 49/49 is 0.9999999999999999 in floats, and cut off.
        "whole: 0-2 [99]",
        // A step that does not lead to the end is taken once too often.
        "any: 10-5 (-3)",
        "any: 1-9 (+3)",
        "any: 1-3.5",
        // Rounding adds up.
        "any: 0.0-1.0 [6]",
        "any: 0-1 (+0.1)",
        "any: 0-1 (+.1)",
        "any: 0-0.3 (+0.1)",
        "any: 0.1-0.9 (+0.2)",
        "any: 1-0 (-0.1)",
        "any: -0.5--0.1 (+0.1)",
        "any: 0-1 [8]",
        "any: 0-1 [11]",
        "any: 0-1 [50]",
        "any: -1-1 [7]",
        "any: 7-7.4 (+0.1)",
        "any: 0.05-0.95 (+0.15)",
        // It adds up to one value too many: 1.4000000000000004.
        "any: 1-1.3 (+0.1)",
    ];
    assert_eq!(sorted(&differs), sorted(&known.map(str::to_owned)));
}

fn sorted(texts: &[String]) -> Vec<&String> {
    let mut texts: Vec<_> = texts.iter().collect();
    texts.sort_unstable();
    texts
}

#[test]
fn csv_is_as_python_reads_it() {
    for case in cases("csv.json") {
        let given = case["given"].as_str().expect("a text");
        assert_eq!(Json::from(csv(given)), case["values"], "{given:?}");
    }
}

#[test]
fn what_is_no_range_says_what_would_be() {
    use Wanted::{Any, Whole};
    let whole = "expected a whole number, or a range such as 1-5, 1-9 (+2) or 1-9 [3]";
    let any = "expected a number, or a range such as 1-5, 0-1 (+0.25) or 0-1 [5]";
    for (given, wanted, says) in [
        ("", Whole, whole),
        ("a", Whole, whole),
        ("1.5", Whole, whole),
        ("1.", Whole, whole),
        ("1-2.0", Whole, whole),
        ("1-5 (+0.5)", Whole, whole),
        ("1-5 [2.5]", Any, any),
        ("1-5 [-1]", Any, any),
        ("1-5 (+2) [3]", Any, any),
        ("1--", Any, any),
        ("--1", Any, any),
        ("1-5 (+)", Any, any),
        ("1-5 (", Any, any),
        ("1-5]", Any, any),
        ("nan", Any, any),
        ("inf", Any, any),
        ("-inf", Any, any),
        ("infinity", Any, any),
        ("1e400", Any, any),
        ("0-nan", Any, any),
        ("0-inf (+1)", Any, any),
        ("0x10", Whole, whole),
        ("१-५", Whole, whole),
        ("1_000", Whole, whole),
        ("9999999999999999999999999-1", Whole, whole),
        (
            "1-5 (2)",
            Whole,
            "expected a step with its sign, such as (+2)",
        ),
        (
            "5-1",
            Whole,
            "the range has no values, expected a step from its start towards its end, such as (-1)",
        ),
        (
            "1-5 (-1)",
            Any,
            "the range has no values, expected a step from its start towards its end, such as (+1)",
        ),
        (
            "1-5 (+0)",
            Any,
            "the range has no values, expected a step from its start towards its end, such as (+1)",
        ),
        (
            "1-5 [0]",
            Any,
            "the range has no values, expected at least [1]",
        ),
        (
            "0-999999999999999999999999",
            Whole,
            "the range has 1000000000000000000000000 values, expected at most 1099511627776",
        ),
        (
            "0-1 [99999999999999]",
            Any,
            "the range has 99999999999999 values, expected at most 1099511627776",
        ),
    ] {
        let error = Numbers::read(given, wanted).expect_err(given);
        assert_eq!(error.to_string(), says, "{given}");
    }
}

#[test]
fn numbers_with_exponents_are_numbers() {
    let floats = |given| -> Vec<f64> {
        let numbers = Numbers::read(given, Wanted::Any).expect(given);
        numbers.floats().collect()
    };
    assert_eq!(floats("1e-3"), [0.001]);
    assert_eq!(floats("2.5E2"), [250.0]);
    assert_eq!(floats(".5"), [0.5]);
    assert_eq!(floats("0.1234567890123456789"), [0.123_456_789_012_345_68]);
    assert!(floats("-0").iter().all(|zero| zero.is_sign_positive()));
}

#[test]
fn much_is_counted_and_not_made() {
    for (given, count) in [
        ("0-1000000000", 1_000_000_001),
        ("0-1 (+0.000000001)", 1_000_000_001),
        ("0-1 [1000000000]", 1_000_000_000),
        ("-1000000000000-0", 1_000_000_000_001),
    ] {
        let numbers = Numbers::read(given, Wanted::Any).expect(given);
        assert_eq!(numbers.count(), count, "{given}");
        // The first of them cost nothing.
        assert_eq!(numbers.floats().take(2).count(), 2);
    }
}
