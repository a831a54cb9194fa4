use proptest::prelude::*;

use super::*;

fn texts(prompt: &str, span: Span) -> Vec<(usize, String)> {
    let schedule = Schedule::of(prompt, span);
    let entries = schedule.entries().iter();
    entries.map(|it| (it.until, it.text.clone())).collect()
}

fn check(span: Span, rows: &[(&str, &[(usize, &str)])]) {
    for (prompt, expected) in rows {
        let expected: Vec<_> = expected
            .iter()
            .map(|(until, text)| (*until, (*text).to_owned()))
            .collect();
        assert_eq!(texts(prompt, span), expected, "{prompt:?}, {span:?}");
    }
}

#[test]
fn what_is_written_and_what_each_call_has() {
    check(
        Span::first(10),
        &[
            ("", &[(10, "")]),
            ("test", &[(10, "test")]),
            // Adding, taking away, exchanging.
            ("a [b:3]", &[(3, "a "), (10, "a b")]),
            ("a [b: 3]", &[(3, "a "), (10, "a b")]),
            ("a [b:\t3\n]", &[(3, "a "), (10, "a b")]),
            ("a [b::3] c", &[(3, "a b c"), (10, "a  c")]),
            ("a [b:c:3] d", &[(3, "a b d"), (10, "a c d")]),
            ("a [b : c : 1] d", &[(1, "a b  d"), (10, "a  c  d")]),
            ("[:3]", &[(3, ""), (10, "")]),
            ("[::3]", &[(3, ""), (10, "")]),
            ("[1:2:3]", &[(3, "1"), (10, "2")]),
            // Parts of all calls, which have a point; cut off, not rounded.
            ("a [b:.5] c", &[(5, "a  c"), (10, "a b c")]),
            ("[a:b:0.59]", &[(5, "a"), (10, "b")]),
            ("[a:b:1.]", &[(10, "a")]),
            ("[a:b:1]", &[(1, "a"), (10, "b")]),
            ("[a:b:1e1]", &[(10, "a")]),
            ("[a:b:5e-1]", &[(10, "b")]),
            ("[a:b:2.5e-1]", &[(2, "a"), (10, "b")]),
            // Before the first call, and after the last one.
            ("[a:b:0]", &[(10, "b")]),
            ("[a:b:-3]", &[(10, "b")]),
            ("[a:b:+3]", &[(3, "a"), (10, "b")]),
            ("[a:b:0.05]", &[(10, "b")]),
            ("[a:b:99]", &[(10, "a")]),
            ("[a:b:1e999]", &[(10, "a")]),
            ("[a:b:99999999999999999999999]", &[(10, "a")]),
            // Several, nested, and weights inside.
            ("[a:b:2][c:d:2]", &[(2, "ac"), (10, "bd")]),
            ("a[b:[c:d:2]:1]e", &[(1, "abe"), (2, "ace"), (10, "ade")]),
            ("a [[[b]]:2]", &[(2, "a "), (10, "a [[b]]")]),
            ("[(a:2):3]", &[(3, ""), (10, "(a:2)")]),
            ("([a:b:3]:1.2)", &[(3, "(a:1.2)"), (10, "(b:1.2)")]),
            (
                "[([x:y:7]) z:(w:1.1):4]",
                &[(4, "(x) z"), (7, "(w:1.1)"), (10, "(w:1.1)")],
            ),
            // What a call never comes to still divides.
            ("[a:[b:c:2]:8]", &[(2, "a"), (8, "a"), (10, "c")]),
            ("猫[犬:2]", &[(2, "猫"), (10, "猫犬")]),
        ],
    );
}

#[test]
fn turns_are_taken_call_by_call() {
    check(
        Span::first(5),
        &[
            ("[a|b]", &[(1, "a"), (2, "b"), (3, "a"), (4, "b"), (5, "a")]),
            (
                "[a|(b:1.1)]",
                &[(1, "a"), (2, "(b:1.1)"), (3, "a"), (4, "(b:1.1)"), (5, "a")],
            ),
            (
                "[fe|]male",
                &[
                    (1, "female"),
                    (2, "male"),
                    (3, "female"),
                    (4, "male"),
                    (5, "female"),
                ],
            ),
            (
                "[fe|||]male",
                &[
                    (1, "female"),
                    (2, "male"),
                    (3, "male"),
                    (4, "male"),
                    (5, "female"),
                ],
            ),
            (
                "[a|[b|c]]",
                &[(1, "a"), (2, "c"), (3, "a"), (4, "c"), (5, "a")],
            ),
            (
                "[a|[b:c:3]]",
                &[(1, "a"), (2, "b"), (3, "a"), (4, "c"), (5, "a")],
            ),
            (
                "[[a|b]:c:3]",
                &[(1, "a"), (2, "b"), (3, "a"), (4, "c"), (5, "c")],
            ),
            ("[|]", &[(1, ""), (2, ""), (3, ""), (4, ""), (5, "")]),
            (
                "[\\||b]",
                &[(1, "\\|"), (2, "b"), (3, "\\|"), (4, "b"), (5, "\\|")],
            ),
        ],
    );
    check(Span::first(1), &[("[a|b]", &[(1, "a")])]);
}

#[test]
fn what_does_not_close_is_text_and_what_is_whole_in_it_counts() {
    check(
        Span::first(10),
        &[
            ("a [unbalanced", &[(10, "a [unbalanced")]),
            ("a ] b ) c", &[(10, "a ] b ) c")]),
            ("((a][:b:c [d:3]", &[(3, "((a][:b:c "), (10, "((a][:b:c d")]),
            ("[a:b:c:3]", &[(10, "[a:b:c:3]")]),
            ("[a:b]", &[(10, "[a:b]")]),
            ("[a:3x]", &[(10, "[a:3x]")]),
            ("[a:.]", &[(10, "[a:.]")]),
            ("[a:1.2.3]", &[(10, "[a:1.2.3]")]),
            ("[a:(3)]", &[(10, "[a:(3)]")]),
            ("[a:\\3]", &[(10, "[a:\\3]")]),
            ("(a:b:c [d:3])", &[(3, "(a:b:c )"), (10, "(a:b:c d)")]),
            ("[x:[c:d:5]:y:3]", &[(5, "[x:c:y:3]"), (10, "[x:d:y:3]")]),
            // Brackets cannot cross.
            ("[a (b:c] d:3)", &[(10, "[a (b:c] d:3)")]),
            ("[(a:3]", &[(10, "[(a:3]")]),
            ("[a) b:3]", &[(10, "[a) b:3]")]),
            (":::", &[(10, ":::")]),
            // Escaped brackets are none.
            ("\\[a:b:3\\]", &[(10, "\\[a:b:3\\]")]),
            ("[a\\]:b:3]", &[(3, "a\\]"), (10, "b")]),
            ("\\\\[a:b:3]", &[(3, "\\\\a"), (10, "\\\\b")]),
            ("\\猫[a:3]", &[(3, "\\猫"), (10, "\\猫a")]),
        ],
    );
}

#[test]
fn a_bar_or_a_backslash_out_of_place_stops_all_changes() {
    let span = Span::first(10);
    for prompt in [
        "a | b [c:d:3]",
        "(a|b) [c:d:3]",
        "[a|b:3]",
        "[a:b|c:3]",
        "[c:d:3] [a|b",
        "[(a|b)|c]",
        "[a|b)",
        "[c:d:3]\\",
        "[c:d:3]\\\n",
    ] {
        check(span, &[(prompt, &[(10, prompt)])]);
    }
}

#[test]
fn a_second_pass_goes_on_counting() {
    check(
        Span::second(10, 10),
        &[
            ("a [b:.5] c", &[(10, "a b c")]),
            ("a [b:1.5] c", &[(5, "a  c"), (10, "a b c")]),
            ("[a:b:5]", &[(10, "b")]),
            ("[a:b:10]", &[(10, "b")]),
            ("[a:b:12]", &[(2, "a"), (10, "b")]),
            ("[a:b:99]", &[(10, "a")]),
        ],
    );
    check(
        Span::second(20, 4),
        &[
            ("[a:b:22]", &[(2, "a"), (4, "b")]),
            ("[a:b:1.75]", &[(3, "a"), (4, "b")]),
            ("[a|b]", &[(1, "a"), (2, "b"), (3, "a"), (4, "b")]),
        ],
    );
    check(Span::first(10), &[("[a:b:1.5]", &[(10, "a")])]);
}

#[test]
fn a_text_is_there_for_one_call_more_than_it_says() {
    let schedule = Schedule::of("[a:b:3]", Span::first(10));
    let found: Vec<usize> = (0..12).map(|call| schedule.at(call)).collect();
    assert_eq!(found, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    let schedule = Schedule::of("[a|b]", Span::first(4));
    let found: Vec<usize> = (0..5).map(|call| schedule.at(call)).collect();
    assert_eq!(found, [0, 0, 1, 2, 3]);
}

#[test]
fn depth_is_no_danger() {
    let many = 50_000;
    for prompt in [
        "[".repeat(many),
        "(".repeat(many),
        "]".repeat(many),
        "[a:".repeat(many),
        "(a".repeat(many),
        "[a:".repeat(many) + &":1]".repeat(many),
        "[".repeat(many) + &"]".repeat(many),
        "[a|".repeat(many) + &"]".repeat(many),
        "([".repeat(many) + &")]".repeat(many),
        "\\".repeat(many),
        ":".repeat(many),
    ] {
        let schedule = Schedule::of(&prompt, Span::first(3));
        assert!(schedule.entries().len() <= 3);
    }
}

/// What a prompt comes to is what parsing it costs: each piece is read once, and moved into a node once at most.
#[test]
fn work_grows_with_the_length_and_no_faster() {
    let pieces = |prompt: &str| {
        let tree = Tree::parse(prompt, Span::first(3)).expect("taken");
        let inside: usize = tree
            .nodes
            .iter()
            .map(|node| match node {
                Node::Change { before, after, .. } => 1 + before.len() + after.len(),
                Node::Turns(turns) => 1 + turns.iter().map(|turn| 1 + turn.len()).sum::<usize>(),
            })
            .sum();
        inside + tree.items.len()
    };
    for pattern in [
        "[", "(", "[a:", "(a", "]", "[]", "[a:b:1]", "[a|b]", ":", "([)]",
    ] {
        let prompt = pattern.repeat(100_000 / pattern.len());
        assert!(pieces(&prompt) <= 2 * prompt.len(), "{pattern}");
    }
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("[a:", ":1]"),
        ("[a|", "]"),
        ("([", "])"),
    ] {
        let depth = 100_000 / (open.len() + close.len());
        let prompt = open.repeat(depth) + &close.repeat(depth);
        assert!(pieces(&prompt) <= 2 * prompt.len(), "{open}{close}");
    }
}

proptest! {
    #[test]
    fn any_text_has_a_schedule(
        prompt in r"([\[\]():|\\]|a| |1|2|\.|-|\n|猫|\[a:|:2\]|\[b\||\|c\]){0,40}",
        calls in 1..8usize,
        before in proptest::option::of(1..8usize),
    ) {
        let schedule = Schedule::of(&prompt, Span { calls, before });
        let ends: Vec<usize> = schedule.entries().iter().map(|it| it.until).collect();
        prop_assert!(ends.is_sorted_by(|a, b| a < b), "{:?}", ends);
        prop_assert_eq!(ends.last(), Some(&calls));
        prop_assert!(ends[0] >= 1);
        for entry in schedule.entries() {
            // Nothing is made up: each text is the prompt with some of it left out.
            let mut rest = prompt.chars();
            prop_assert!(entry.text.chars().all(|c| rest.any(|other| other == c)), "{:?}", entry.text);
        }
        if schedule.entries().len() > 1 {
            prop_assert!(prompt.contains('[') && prompt.contains(']'));
        }
        for call in 0..2 * calls {
            prop_assert!(schedule.at(call) < ends.len());
        }
    }
}
