use proptest::prelude::*;

use super::*;

fn text(text: &str, weight: f64) -> Piece {
    Piece::Text {
        text: text.to_owned(),
        weight: weight as f32,
    }
}

#[test]
fn brackets_weigh() {
    let rows: &[(&str, &[(&str, f64)])] = &[
        ("", &[("", 1.0)]),
        ("normal text", &[("normal text", 1.0)]),
        (
            "an (important) word",
            &[("an ", 1.0), ("important", 1.1), (" word", 1.0)],
        ),
        ("(unbalanced", &[("unbalanced", 1.1)]),
        ("a (b (c", &[("a ", 1.0), ("b ", 1.1), ("c", 1.21)]),
        (
            "a [b [c",
            &[("a ", 1.0), ("b ", 1.0 / 1.1), ("c", 1.0 / 1.21)],
        ),
        ("a) b]", &[("a) b]", 1.0)]),
        ("((a))", &[("a", 1.21)]),
        ("[[a]]", &[("a", 1.0 / 1.21)]),
        ("([a])", &[("a", 1.0)]),
        ("(a:1.5)", &[("a", 1.5)]),
        ("(a: 1.5 )", &[("a", 1.5)]),
        ("(a:\n1.5\t)", &[("a", 1.5)]),
        (
            "(a:.5)(b:-2)(c:+2.)",
            &[("a", 0.5), ("b", -2.0), ("c", 2.0)],
        ),
        ("((a) b:2)", &[("a", 2.2), (" b", 2.0)]),
        ("(a:0)", &[("a", 0.0)]),
        // The number belongs to the last bracket that is open, whatever is between.
        (
            "(a [b:1.5) c]",
            &[("a ", 1.5), ("b", 1.5 / 1.1), (" c", 1.0 / 1.1)],
        ),
        // No weights: nothing is open, no number, or one of square brackets.
        ("a:1.5)", &[("a:1.5)", 1.0)]),
        ("(a:b)", &[("a:b", 1.1)]),
        ("(a:1.2.3)", &[("a:1.2.3", 1.1)]),
        ("(a:.)", &[("a:.", 1.1)]),
        ("(a:)", &[("a:", 1.1)]),
        ("(a:1e3)", &[("a:1e3", 1.1)]),
        ("[a:1.5]", &[("a:1.5", 1.0 / 1.1)]),
        ("(a:1.5 b)", &[("a:1.5 b", 1.1)]),
        // Escapes.
        ("\\(literal\\]", &[("(literal]", 1.0)]),
        ("(unnecessary)(parens)", &[("unnecessaryparens", 1.1)]),
        ("\\\\(a)", &[("\\", 1.0), ("a", 1.1)]),
        ("(\\(a\\))", &[("(a)", 1.1)]),
        // Before anything else a backslash goes.
        ("a\\b\\", &[("ab", 1.0)]),
        ("\\:", &[(":", 1.0)]),
        (
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            &[
                ("a ", 1.0),
                ("house", 1.3 * 1.1 * 1.1),
                (" ", 1.1),
                ("on", 1.0),
                (" a ", 1.1),
                ("hill", 0.55),
                (", sun, ", 1.1),
                ("sky", 1.4641),
                (".", 1.1),
            ],
        ),
        ("(猫:1.2)犬", &[("猫", 1.2), ("犬", 1.0)]),
        ("()", &[("", 1.0)]),
        ("a()b", &[("ab", 1.0)]),
    ];
    for (prompt, expected) in rows {
        let found = weigh(prompt);
        assert_eq!(found.len(), expected.len(), "{prompt:?}: {found:?}");
        for (found, (expected, weight)) in found.iter().zip(*expected) {
            let Piece::Text { text, weight: ours } = found else {
                panic!("{prompt:?}: a break")
            };
            assert_eq!(text, expected, "{prompt:?}");
            assert!(
                (f64::from(*ours) - weight).abs() < 1e-6,
                "{prompt:?}: {ours}"
            );
        }
    }
}

#[test]
fn breaks_stand_alone() {
    for (prompt, expected) in [
        (
            "a BREAK b",
            vec![text("a", 1.0), Piece::Break, text("b", 1.0)],
        ),
        (
            "a\nBREAK\nb",
            vec![text("a", 1.0), Piece::Break, text("b", 1.0)],
        ),
        (
            "a,BREAK,b",
            vec![text("a,", 1.0), Piece::Break, text(",b", 1.0)],
        ),
        ("BREAK", vec![text("", 1.0), Piece::Break, text("", 1.0)]),
        (
            "a BREAK BREAK b",
            vec![
                text("a", 1.0),
                Piece::Break,
                text("", 1.0),
                Piece::Break,
                text("b", 1.0),
            ],
        ),
        (
            "BREAKFAST break aBREAK BREAK_",
            vec![text("BREAKFAST break aBREAK BREAK_", 1.0)],
        ),
        // Each bracket begins text anew.
        (
            "a (b) BREAK",
            vec![
                text("a ", 1.0),
                text("b", 1.1),
                text("", 1.0),
                Piece::Break,
                text("", 1.0),
            ],
        ),
        // Within brackets it is no break, as in A1111.
        (
            "(a BREAK b:2)",
            vec![text("a", 2.0), text("BREAK", -2.0), text("b", 2.0)],
        ),
        (
            "(a BREAK b:1)",
            vec![text("a", 1.0), Piece::Break, text("b", 1.0)],
        ),
    ] {
        assert_eq!(weigh(prompt), expected, "{prompt:?}");
    }
}

#[test]
fn weights_stay_numbers() {
    for prompt in [
        "(".repeat(9000) + "a",
        "[".repeat(9000) + "a",
        "(".repeat(9000) + "a:0)",
        "(a:99999999999999999999999999999999999999999999)".to_owned(),
        format!("(a:{})", "9".repeat(400)),
        format!("((a:{}):0)", "9".repeat(400)),
    ] {
        for piece in weigh(&prompt) {
            let Piece::Text { weight, .. } = piece else {
                panic!("no break there")
            };
            assert!(weight.abs() <= 1e9, "{weight}");
        }
    }
}

#[test]
fn depth_is_no_danger() {
    let many = 50_000;
    for pattern in [
        "(", "[", ")", "]", "(a", "[a", "([", "(a[b", "\\", ":", ":1)", "BREAK ",
    ] {
        assert!(!weigh(&pattern.repeat(many)).is_empty());
    }
    for (open, close) in [
        ("(", ")"),
        ("(a", "b)"),
        ("(a", ":1.1)"),
        ("([", "])"),
        ("([", ")]"),
    ] {
        assert!(!weigh(&(open.repeat(many) + &close.repeat(many))).is_empty());
    }
}

/// How often a bracket is looked at for a piece is what weighing costs.
#[test]
fn work_grows_with_the_length_and_no_faster() {
    for pattern in ["(a", "(a[b", "(a)", "[a]"] {
        let prompt = pattern.repeat(100_000 / pattern.len());
        let mut reader = Reader {
            rest: &prompt,
            raw: Vec::new(),
            round: Brackets::default(),
            square: Brackets::default(),
            closed: 0,
        };
        while !reader.rest.is_empty() {
            reader.token();
        }
        let pieces = reader.raw.len();
        let mut closed = reader.closed;
        let ranges = reader.round.finish(pieces, STRONGER, &mut closed);
        let mut open = Open::default();
        let mut looked = 0;
        for piece in 0..pieces {
            open.move_to(piece, &ranges);
            looked += open.stack.len().min(EXACT);
        }
        assert_eq!(open.next, ranges.len());
        assert!(looked <= EXACT * prompt.len(), "{pattern}: {looked}");
    }
}

/// The same rules, each applied at once to everything that it is about, which takes the square of the time.
fn slowly(prompt: &str) -> Vec<(String, f64)> {
    let mut raw: Vec<(String, f64)> = Vec::new();
    let (mut round, mut square) = (Vec::new(), Vec::new());
    let scale = |raw: &mut Vec<(String, f64)>, from: usize, by: f64| {
        raw[from..].iter_mut().for_each(|(_, weight)| *weight *= by);
    };
    let chars: Vec<char> = prompt.chars().collect();
    let mut at = 0;
    while at < chars.len() {
        let here = at;
        at += 1;
        match chars[here] {
            '\\' => match chars.get(at) {
                Some(c @ ('(' | ')' | '[' | ']' | '\\')) => {
                    raw.push((c.to_string(), 1.0));
                    at += 1;
                }
                _ => raw.push((String::new(), 1.0)),
            },
            '(' => round.push(raw.len()),
            '[' => square.push(raw.len()),
            ')' if !round.is_empty() => scale(&mut raw, round.pop().expect("one"), STRONGER),
            ']' if !square.is_empty() => scale(&mut raw, square.pop().expect("one"), WEAKER),
            ':' => {
                let rest: String = chars[here..].iter().collect();
                match weight(&rest) {
                    Some((by, length)) => {
                        at = here + rest[..length].chars().count();
                        match round.pop() {
                            Some(from) => scale(&mut raw, from, by),
                            None => raw.push((rest[..length].to_owned(), 1.0)),
                        }
                    }
                    None => raw.push((":".to_owned(), 1.0)),
                }
            }
            c @ (')' | ']') => raw.push((c.to_string(), 1.0)),
            _ => {
                while at < chars.len() && !"\\()[]:".contains(chars[at]) {
                    at += 1;
                }
                raw.push((chars[here..at].iter().collect(), 1.0));
            }
        }
    }
    for from in round {
        scale(&mut raw, from, STRONGER);
    }
    for from in square {
        scale(&mut raw, from, WEAKER);
    }
    let mut joined: Vec<(String, f64)> = Vec::new();
    for (text, weight) in raw {
        match joined.last_mut() {
            Some(last) if last.1 == weight => last.0 += &text,
            _ => joined.push((text, weight)),
        }
    }
    joined
}

proptest! {
    #[test]
    fn it_is_what_the_rules_say(prompt in r"([()\[\]:\\]|a|b | 1|\.5|-|\n|猫|:1\.3\)|: 2 \)|\(a){0,60}") {
        let expected = slowly(&prompt);
        let found: Vec<(String, f32)> = weigh(&prompt)
            .into_iter()
            .map(|piece| match piece {
                Piece::Text { text, weight } => (text, weight),
                Piece::Break => panic!("there is none"),
            })
            .collect();
        let expected: Vec<(String, f32)> = match expected.is_empty() {
            true => vec![(String::new(), 1.0)],
            false => expected.into_iter().map(|(text, weight)| (text, weight as f32)).collect(),
        };
        prop_assert_eq!(found.iter().map(|it| &it.0).collect::<Vec<_>>(), expected.iter().map(|it| &it.0).collect::<Vec<_>>());
        for ((_, ours), (_, theirs)) in found.iter().zip(&expected) {
            prop_assert!((ours - theirs).abs() <= 1e-5 * theirs.abs(), "{} {}", ours, theirs);
        }
    }

    #[test]
    fn any_text_has_pieces(prompt in ".{0,80}") {
        prop_assert!(!weigh(&prompt).is_empty());
    }
}
