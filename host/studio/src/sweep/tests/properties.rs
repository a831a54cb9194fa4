use std::collections::HashSet;

use proptest::prelude::*;

use super::super::range::{Numbers, Wanted};
use super::*;

/// Texts of what means something in axes.
fn scribble() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "1",
        "0",
        "9",
        "25",
        "-",
        "+",
        ".",
        ",",
        " ",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "=",
        "e",
        "x",
        "#",
        ":",
        "cfg",
        "seed",
        "size",
        "replace",
        "order",
        "film-grain",
        "prompt-axis",
        ".amount",
        ".sizes",
        "on",
        "cat",
        "nan",
        "999999999",
        "\n",
        "é",
        "\u{0}",
        "(+",
        "[1",
    ]);
    prop::collection::vec(pieces, 0..16).prop_map(|pieces| pieces.concat())
}

fn attempt(axis: &str) {
    let Ok(axis) = axis.parse::<AxisSpec>() else {
        return;
    };
    let spec = SweepSpec {
        request: cat(),
        axes: vec![axis],
        max_cells: Some(100),
    };
    if let Ok(draft) = Draft::new(&spec, &Shelf)
        && let Ok(sweep) = draft.draw(&mut counter())
    {
        assert!((1..=100).contains(&sweep.len()));
        for cell in cells(&sweep) {
            assert_eq!(cell.request.validate(), Ok(()));
        }
    }
}

/// A decimal number with two places.
fn hundredths(units: i64) -> String {
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", units.abs() / 100, units.abs() % 100)
}

proptest! {
    #[test]
    fn nothing_that_is_written_panics(text: String, made in scribble()) {
        attempt(&text);
        attempt(&made);
        for field in ["cfg", "seed", "size", "replace", "order", "film-grain.sizes", "film-grain.amount", "prompt-axis.looks"] {
            attempt(&format!("{field}={text}"));
            attempt(&format!("{field}={made}"));
        }
        let _ = csv(&text);
        SweepSpec::from_toml(&text).ok();
        SweepSpec::from_toml(&format!("[[axis]]\nfield = \"cfg\"\nvalues = {made}")).ok();
        for wanted in [Wanted::Whole, Wanted::Any] {
            for text in [&text, &made] {
                if let Ok(numbers) = Numbers::read(text, wanted) {
                    prop_assert!(numbers.count() > 0);
                    prop_assert!(numbers.floats().take(50).all(f64::is_finite));
                    numbers.whole().take(50).for_each(drop);
                }
            }
        }
    }

    #[test]
    fn quoted_values_come_back(values in prop::collection::vec("[^\r]{0,8}", 1..6)) {
        let line: Vec<_> = values.iter().map(|value| format!("\"{}\"", value.replace('"', "\"\""))).collect();
        let trimmed: Vec<_> = values.iter().map(|value| value.trim().to_owned()).collect();
        prop_assert_eq!(csv(&line.join(", ")), trimmed);
    }

    #[test]
    fn whole_ranges_are_inclusive(start in -999_i128..999, length in 0_i128..200, step in 1_i128..50) {
        let end = start + length;
        let count = length / step + 1;
        let read = |text: String| -> Vec<i128> {
            Numbers::read(&text, Wanted::Whole).expect("a range").whole().collect()
        };
        let up: Vec<_> = (0..count).map(|index| start + index * step).collect();
        prop_assert_eq!(read(format!("{start}-{end} (+{step})")), up);
        let down: Vec<_> = (0..count).map(|index| end - index * step).collect();
        // One value counts both ways.
        prop_assert_eq!(read(format!("{end} - {start}(-{step})")), down);
        prop_assert_eq!(read(format!("{start}-{end}")), (start..=end).collect::<Vec<_>>());
    }

    #[test]
    fn steps_are_the_floats_that_people_would_write(start in -9999_i64..9999, count in 1_i64..50, step in 1_i64..500) {
        let end = start + step * (count - 1);
        let text = format!("{}-{} (+{})", hundredths(start), hundredths(end), hundredths(step));
        let numbers = Numbers::read(&text, Wanted::Any).expect("a range");
        let written: Vec<f64> = (0..count)
            .map(|index| hundredths(start + step * index).parse::<f64>().expect("a number") + 0.0)
            .collect();
        prop_assert_eq!(numbers.floats().collect::<Vec<_>>(), written);
    }

    #[test]
    fn points_have_both_ends(start in -9999_i64..9999, end in -9999_i64..9999, count in 2_usize..60) {
        let text = format!("{}-{} [{count}]", hundredths(start), hundredths(end));
        let points: Vec<f64> = Numbers::read(&text, Wanted::Any).expect("a range").floats().collect();
        prop_assert_eq!(points.len(), count);
        prop_assert_eq!(points[0], start as f64 / 100.0);
        prop_assert_eq!(points[count - 1], end as f64 / 100.0);
        let wide = (end - start) as f64 / 100.0 / (count - 1) as f64;
        prop_assert!(points.windows(2).all(|pair| (pair[1] - pair[0] - wide).abs() < 1e-9));
    }

    #[test]
    fn every_cell_is_where_its_coordinates_say(sizes in prop::collection::vec(1_usize..5, 1..4)) {
        let axes: Vec<String> = ["steps", "cfg", "seed"]
            .iter()
            .zip(&sizes)
            .map(|(field, size)| format!("{field}=1-{size}"))
            .collect();
        let axes: Vec<&str> = axes.iter().map(String::as_str).collect();
        let sweep = sweep_of(cat(), &axes);
        prop_assert_eq!(sweep.len(), sizes.iter().product::<usize>());
        prop_assert_eq!(sweep.distinct(), sweep.len());
        let mut places = HashSet::new();
        for cell in cells(&sweep) {
            let again = sweep.cell_at(&cell.at);
            prop_assert_eq!(again.as_ref(), Some(&cell));
            for (axis, at) in sweep.axes().iter().zip(&cell.at) {
                prop_assert_eq!(&cell.coordinates[&axis.name], &axis.values[*at].value);
            }
            places.insert(cell.at);
        }
        prop_assert_eq!(places.len(), sweep.len());
    }
}
