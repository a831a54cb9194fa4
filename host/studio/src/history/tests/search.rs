use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn found(place: &Place, search: &Search) -> Vec<String> {
    let page = place.history.search(search).expect("a page");
    page.entries.into_iter().map(|entry| entry.prompt).collect()
}

fn text(place: &Place, text: &str) -> Vec<String> {
    let search = Search {
        text: Some(text.to_owned()),
        order: Order::Oldest,
        ..Search::default()
    };
    found(place, &search)
}

fn with(prompts: &[&str]) -> Place {
    let place = Place::new();
    for prompt in prompts {
        place.save(&prompted(prompt), None);
    }
    place
}

#[test]
fn words_are_found_whatever_their_case_and_accents() {
    let place = with(&["a red apple", "A GREEN Äpfel", "applesauce, red", "pie"]);
    assert_eq!(text(&place, "apple"), ["a red apple", "applesauce, red"]);
    assert_eq!(text(&place, "RED app"), ["a red apple", "applesauce, red"]);
    assert_eq!(text(&place, "apfel"), ["A GREEN Äpfel"]);
    assert_eq!(text(&place, "\"red apple\""), ["a red apple"]);
    assert_eq!(text(&place, "red pie"), [""; 0]);
    // Of the model and the plugins too.
    assert_eq!(text(&place, "starter").len(), 4);
    assert_eq!(text(&place, "  ").len(), 4);
}

#[test]
fn what_people_type_is_text_and_never_a_command() {
    let place = with(&[
        "(cat:1.2), AND \"dog\" OR NOT x*",
        "100% {a|b} 猫がいる 🍎 C:\\d_e",
    ]);
    for term in [
        "(cat:1.2)",
        "AND",
        "\"dog\"",
        "NOT",
        "x*",
        "cat:1.2",
        "NEAR(",
        "{}",
        "^cat",
        "-cat",
        "prompt:",
    ] {
        let found = text(&place, term);
        assert!(found.len() <= 2, "{term}: {found:?}");
    }
    assert_eq!(text(&place, "(cat:1.2)").len(), 1);
    assert_eq!(text(&place, "prompt:cat"), [""; 0]);
    for term in [
        "猫",
        "いる",
        "猫が 🍎",
        "🍎",
        "%",
        "{",
        "|",
        "\\",
        "_",
        "100%",
    ] {
        assert_eq!(text(&place, term).len(), 1, "{term}");
    }
    assert_eq!(text(&place, "犬"), [""; 0]);
    let long = Search {
        text: Some("x".repeat(5000)),
        ..Search::default()
    };
    let error = place
        .history
        .search(&long)
        .expect_err("too long")
        .to_string();
    assert_eq!(
        error,
        "the text to search for has 5000 bytes, expected at most 4096"
    );
}

#[test]
fn fields_narrow_it_down() {
    let place = Place::new();
    for (index, (model, sampler, seed)) in [
        ("starter", "dpmpp_2m", 1),
        ("Starter", "euler", u64::MAX),
        ("other", "euler_a", 2),
    ]
    .into_iter()
    .enumerate()
    {
        let plugins = if index == 2 {
            vec!["acme.film-grain", "glow"]
        } else {
            vec!["glow"]
        };
        let recipe = Recipe {
            prompt: index.to_string(),
            seed,
            sampler: sampler.to_owned(),
            model: recipe::Model {
                name: model.to_owned(),
                ..recipe::Model::default()
            },
            plugins: plugins
                .into_iter()
                .map(|id| recipe::Plugin {
                    id: id.to_owned(),
                    ..recipe::Plugin::default()
                })
                .collect(),
            ..recipe::tests::sample()
        };
        place.save(&picture(recipe), None);
    }
    let oldest = Search {
        order: Order::Oldest,
        ..Search::default()
    };
    let of = |search: Search| found(&place, &search);
    assert_eq!(
        of(Search {
            model: Some("STARTER".to_owned()),
            ..oldest.clone()
        }),
        ["0", "1"]
    );
    assert_eq!(
        of(Search {
            sampler: Some("Euler a".to_owned()),
            ..oldest.clone()
        }),
        ["2"]
    );
    assert_eq!(
        of(Search {
            sampler: Some("DPM++ 2M Karras".to_owned()),
            ..oldest.clone()
        }),
        ["0"]
    );
    assert_eq!(
        of(Search {
            sampler: Some("unheard of".to_owned()),
            ..oldest.clone()
        }),
        [""; 0]
    );
    assert_eq!(
        of(Search {
            seed: Some(u64::MAX),
            ..oldest.clone()
        }),
        ["1"]
    );
    assert_eq!(
        of(Search {
            plugin: Some("glow".to_owned()),
            ..oldest.clone()
        })
        .len(),
        3
    );
    assert_eq!(
        of(Search {
            plugin: Some("film-grain".to_owned()),
            ..oldest.clone()
        }),
        [""; 0]
    );
    assert_eq!(
        of(Search {
            plugin: Some("acme.film-grain".to_owned()),
            seed: Some(2),
            ..oldest.clone()
        }),
        ["2"]
    );
    // Times are kept to the millisecond.
    std::thread::sleep(std::time::Duration::from_millis(5));
    let now = Timestamp::now();
    assert_eq!(
        of(Search {
            to: Some(now),
            ..oldest.clone()
        })
        .len(),
        3
    );
    assert_eq!(
        of(Search {
            from: Some(now),
            ..oldest
        }),
        [""; 0]
    );
}

#[test]
fn pages_have_everything_once_in_both_orders() {
    let place = Place::new();
    let ids: Vec<_> = (0..10)
        .map(|n| place.save(&prompted(&n.to_string()), None).id)
        .collect();
    // Several of the same moment.
    let database = &place.history.database;
    database
        .write(|change| {
            change
                .execute("UPDATE picture SET created_at = id / 3", [])
                .map_err(|error| database.error(error))
        })
        .expect("changed");
    for (order, first) in [(Order::Newest, ids[9]), (Order::Oldest, ids[0])] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let search = Search {
                order,
                after,
                limit: 3,
                ..Search::default()
            };
            let page = place.history.search(&search).expect("a page");
            assert!(page.entries.len() <= 3);
            seen.extend(page.entries.iter().map(|entry| entry.id));
            let Some(next) = page.next else { break };
            after = Some(next.to_string().parse().expect("a cursor"));
        }
        assert_eq!(seen.len(), 10);
        assert_eq!(seen[0], first);
        assert!(seen.is_sorted_by(|a, b| if order == Order::Newest { a > b } else { a < b }));
    }
    for wrong in ["", "1", "a.b", "1.2.3"] {
        assert!(wrong.parse::<Cursor>().is_err(), "{wrong}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_searched_for(text in any::<String>()) {
        let place = PLACE.with(|place| place.history.clone());
        let search = Search { text: Some(text), ..Search::default() };
        place.search(&search).expect("a page");
    }

    #[test]
    fn a_prompt_is_found_by_each_of_its_words(prompt in "[a-z猫🍎é%_\\\\]{1,8}( [a-zA-Z0-9(:.)]{1,8}){0,3}") {
        let place = with(&[&prompt]);
        for word in prompt.split(' ') {
            prop_assert_eq!(text(&place, word).len(), 1, "{}", word);
        }
    }
}

thread_local! {
    static PLACE: Place = with(&["a red apple"]);
}
