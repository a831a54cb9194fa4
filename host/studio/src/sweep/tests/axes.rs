//! Axes over what every request has.

use super::*;

#[test]
fn every_field_can_be_an_axis() {
    for (axis, field, expected) in [
        ("cfg=7.1", "cfg", json!(7.1_f32)),
        ("CFG Scale=1-9 (+8)", "cfg", json!(1.0)),
        ("cfg_rescale=0.5", "cfg_rescale", json!(0.5)),
        ("steps=10-20 [3]", "steps", json!(10)),
        ("seed=18446744073709551615", "seed", json!(u64::MAX)),
        ("sampler=k_euler_a", "sampler", json!("Euler a")),
        (
            "sampler=DPM++ 2M Karras",
            "sampler",
            json!("DPM++ 2M Karras"),
        ),
        (
            "Schedule type=SGM Uniform",
            "schedule",
            json!("sgm_uniform"),
        ),
        (
            "Checkpoint name=a/b.safetensors",
            "model",
            json!("a/b.safetensors"),
        ),
        ("VAE=Clear.safetensors", "vae", json!("Clear.safetensors")),
        ("vae=None,automatic", "vae", json!("automatic")),
        ("Refiner checkpoint=polish", "refiner", json!("polish")),
        (
            "Refiner switch at=0.5-0.9 [3]",
            "refiner_switch",
            json!(0.5),
        ),
        ("provider=CPU", "provider", json!("cpu")),
        ("noise=nv", "noise", json!("philox")),
        ("prompt=\"a, b\"", "prompt", json!("a, b")),
        ("negative=", "negative", json!("blurry cat")),
        ("negative=\"\"", "negative", json!("")),
        ("width=640", "width", json!(640)),
        ("height=640", "height", json!(640)),
    ] {
        if axis == "negative=" {
            // No text at all is no value; an empty one is.
            let error = error_of(&spec(cat(), &[axis]));
            assert_eq!(
                error,
                "axis `negative` has no values, expected at least one"
            );
            continue;
        }
        let cell = sweep_of(cat(), &[axis]).cell(0).expect("a cell");
        let request = serde_json::to_value(&cell.request).expect("JSON");
        assert_eq!(request[field], expected, "{axis}");
    }
    let cell = sweep_of(cat(), &["Size=512x768"]).cell(0).expect("a cell");
    assert_eq!(
        (cell.request.width, cell.request.height),
        (Some(512), Some(768))
    );
    assert_eq!(cell.coordinates["size"], "512x768");
}

#[test]
fn cells_are_counted_along_the_first_axis_first() {
    let sweep = sweep_of(cat(), &["steps=1-3", "cfg=5,6", "seed=8,9"]);
    assert_eq!(sweep.len(), 12);
    assert_eq!(sweep.distinct(), 12);
    let cell = sweep.cell(7).expect("a cell");
    assert_eq!(cell.at, [1, 0, 1]);
    assert_eq!(
        json!(cell.coordinates),
        json!({"steps": 2, "cfg": 5.0, "seed": 9})
    );
    assert_eq!(
        (cell.request.steps, cell.request.cfg, cell.request.seed),
        (Some(2), Some(5.0), Some(9))
    );
    assert_eq!(sweep.cell_at(&[1, 0, 1]), Some(cell));
    assert_eq!(sweep.cell(12), None);
    assert_eq!(sweep.cell_at(&[3, 0, 0]), None);
    assert_eq!(sweep.cell_at(&[0, 0]), None);
}

#[test]
fn equal_values_are_one_and_the_first_stays() {
    let sweep = sweep_of(cat(), &["steps=3, 1-4, 3", "sampler=Euler,k_euler,Euler a"]);
    assert_eq!(labels(&sweep, 0), ["3", "1", "2", "4"]);
    assert_eq!(labels(&sweep, 1), ["Euler", "Euler a"]);
    assert_eq!(labels(&sweep_of(cat(), &["cfg=7, 7.0, 7e0"]), 0), ["7"]);
}

#[test]
fn seeds_are_drawn_once_and_recorded() {
    let spec = spec(cat(), &["seed=-1, 100, -1"]);
    let draft = || Draft::new(&spec, &Shelf).expect("sound");
    assert_eq!(draft().random_seeds(), 2);
    let sweep = draft().draw(&mut counter()).expect("sound");
    // 100 is there already.
    assert_eq!(labels(&sweep, 0), ["101", "100", "102"]);
    assert_eq!(sweep.seeds(), [101, 102]);
    assert_eq!(sweep.cell(2).expect("a cell").coordinates["seed"], 102);

    // Drawn again the seeds are others, and the sweep is the same: its record makes the same cells.
    let other = draft().draw(&mut || 7).expect("sound");
    assert_eq!(labels(&other, 0), ["7", "100", "8"]);
    assert_eq!(other.digest(), sweep.digest());
    let again = draft().with_seeds(sweep.seeds()).expect("sound");
    assert_eq!(cells(&again), cells(&sweep));
    assert_eq!(
        draft().with_seeds(&[1]).expect_err("too few").to_string(),
        "1 seeds were recorded, expected 2: they are of another sweep"
    );
}

#[test]
fn one_seed_is_drawn_for_all_cells_if_nobody_says_any() {
    let sweep = sweep_of(cat(), &["cfg=1-3"]);
    assert_eq!(sweep.seeds(), [100]);
    assert!(
        cells(&sweep)
            .iter()
            .all(|cell| cell.request.seed == Some(100))
    );
    let own = Request {
        seed: Some(5),
        ..cat()
    };
    let sweep = sweep_of(own, &["cfg=1-3"]);
    assert!(sweep.seeds().is_empty());
    assert!(
        cells(&sweep)
            .iter()
            .all(|cell| cell.request.seed == Some(5))
    );
    // The axis has one for every cell.
    assert!(sweep_of(cat(), &["seed=1-3"]).seeds().is_empty());
}

#[test]
fn texts_are_replaced_in_both_prompts() {
    let sweep = sweep_of(cat(), &["Prompt S/R=cat,dog,\"a, b\""]);
    let prompts: Vec<_> = cells(&sweep)
        .into_iter()
        .map(|cell| (cell.request.prompt, cell.request.negative))
        .collect();
    assert_eq!(
        prompts,
        [
            ("a cat, a dog".to_owned(), "blurry cat".to_owned()),
            ("a dog, a dog".to_owned(), "blurry dog".to_owned()),
            ("a a, b, a dog".to_owned(), "blurry a, b".to_owned()),
        ]
    );
    assert_eq!(sweep.axes()[0].name, "replace");
    assert_eq!(
        sweep.cell(2).expect("a cell").coordinates["replace"],
        "a, b"
    );
}

#[test]
fn several_texts_are_replaced_one_after_the_other() {
    let sweep = sweep_of(
        cat(),
        &["replace=cat,owl", "replace=dog,fox", "negative=none,cat"],
    );
    let names: Vec<_> = sweep.axes().iter().map(|axis| axis.name.as_str()).collect();
    assert_eq!(names, ["replace:cat", "replace:dog", "negative"]);
    let last = sweep.cell(7).expect("the last");
    assert_eq!(last.request.prompt, "a owl, a fox");
    assert_eq!(last.request.negative, "owl");
    let error = error_of(&spec(cat(), &["replace=cat,owl", "replace=cat,fox"]));
    assert_eq!(error, "axis `replace:cat` is there twice, expected once");
    // What is not there any more, or not in each prompt, cannot be replaced.
    let error = error_of(&spec(cat(), &["replace=cat,owl", "replace=a cat,fox"]));
    assert_eq!(
        error,
        "axis `replace:a cat`: `a cat` is not in the prompt `a owl, a dog`, and not in the negative prompt `blurry owl`"
    );
    let error = error_of(&spec(cat(), &["replace=dog,owl", "prompt=a dog,a fox"]));
    assert!(
        error.contains("`dog` is not in the prompt `a fox`"),
        "{error}"
    );
}

#[test]
fn words_change_places_in_every_order() {
    let sweep = sweep_of(cat(), &["Prompt order=cat, dog, cat"]);
    assert_eq!(labels(&sweep, 0), ["cat, dog", "dog, cat"]);
    assert_eq!(
        sweep.cell(1).expect("a cell").request.prompt,
        "a dog, a cat"
    );
    let error = error_of(&spec(cat(), &["order=cat,owl"]));
    assert!(
        error.starts_with("axis `order`: `owl` is not in the prompt `a cat, a dog`"),
        "{error}"
    );
    // 8! is more than a sweep's cells; 40! more than numbers have room for.
    let words: Vec<String> = (10..50).map(|word| word.to_string()).collect();
    let prompt = Request {
        prompt: words.join(" "),
        ..Request::default()
    };
    for (count, ways) in [(8, 40_320), (40, u128::MAX)] {
        let axis = format!("order={}", words[..count].join(","));
        let error = error_of(&spec(prompt.clone(), &[&axis]));
        assert!(
            error.starts_with(&format!("axis `order` has {ways} values")),
            "{error}"
        );
    }
    assert_eq!(
        sweep_of(prompt, &["order=10,11,12,13,14,15,16"]).distinct(),
        5040
    );
}

#[test]
fn what_is_wrong_is_named() {
    for (axes, says) in [
        (
            &["stpes=1-3"][..],
            "unknown axis `stpes` (did you mean `steps`?): axes are model, provider, prompt",
        ),
        (
            &["CFG Scael=1"],
            "unknown axis `CFG Scael` (did you mean `cfg scale`?)",
        ),
        (
            &["film-gran=on"],
            "unknown axis `film-gran` (did you mean `film-grain`?)",
        ),
        (
            &["batch=1-4"],
            "axis `batch`: a cell of a sweep is one picture: use an axis of seeds, such as seed=1-4",
        ),
        (&["cfg"], "axis `cfg` has no values, expected at least one"),
        (&["cfg="], "axis `cfg` has no values, expected at least one"),
        (
            &["cfg=nan"],
            "axis `cfg`: value `nan`: expected a number, or a range",
        ),
        (
            &["cfg=101"],
            "axis `cfg`: value `101`: cfg is 101, expected 0 to 100",
        ),
        (
            &["cfg=98-102"],
            "axis `cfg`: value `101`: cfg is 101, expected 0 to 100",
        ),
        (
            &["cfg=5-1"],
            "axis `cfg`: value `5-1`: the range has no values",
        ),
        (
            &["steps=0"],
            "axis `steps`: value `0`: steps is 0, expected 1 to 1000",
        ),
        (
            &["steps=1.5"],
            "axis `steps`: value `1.5`: expected a whole number",
        ),
        (
            &["steps=99999999999999999999"],
            "axis `steps`: value `99999999999999999999`: expected -9223372036854775808 to",
        ),
        (
            &["seed=-2"],
            "axis `seed`: value `-2`: expected 0 to 18446744073709551615, or -1 for a random one",
        ),
        (
            &["seed=18446744073709551616"],
            "axis `seed`: value `18446744073709551616`: expected 0 to",
        ),
        (
            &["width=513"],
            "axis `width`: value `513`: width is 513, expected a multiple of 8, such as 512",
        ),
        (
            &["size=512"],
            "axis `size`: value `512`: expected WIDTHxHEIGHT in pixels, such as 512x768",
        ),
        (
            &["size=512x513"],
            "axis `size`: value `512x513`: height is 513, expected a multiple of 8",
        ),
        (
            &["size=-512x512"],
            "axis `size`: value `-512x512`: expected WIDTHxHEIGHT",
        ),
        (&["size=x"], "axis `size`: value `x`: expected WIDTHxHEIGHT"),
        (
            &["sampler=Euler,Eulr"],
            "axis `sampler`: value `Eulr`: unknown sampler `Eulr`: did you mean Euler",
        ),
        (
            &["sampler=Euler,"],
            "axis `sampler`: value ``: sampler is empty, expected a name",
        ),
        (&["schedule=kars"], "axis `schedule`: value `kars`: "),
        (&["provider=gpu"], "axis `provider`: value `gpu`: "),
        (
            &["noise=white"],
            "axis `noise`: value `white`: unknown noise `white`",
        ),
        (&["model="], "axis `model` has no values"),
        (
            &["replace=owl,fox"],
            "axis `replace`: `owl` is not in the prompt `a cat, a dog`, and not in the negative prompt `blurry cat`",
        ),
        (
            &["replace=,fox"],
            "axis `replace`: value ``: expected the text to find",
        ),
        (
            &["order=cat,,dog"],
            "axis `order`: value ``: expected a word of the prompt",
        ),
        (
            &["cfg=1", "CFG Scale=2"],
            "axis `cfg` is there twice, expected once",
        ),
        (
            &["size=512x512", "width=640"],
            "axes `size` and `width` both set `width`, expected one of them",
        ),
        (
            &["order=cat,dog", "order=cat"],
            "axis `order` is there twice, expected once",
        ),
        (
            &["seed=0-1000000000"],
            "axis `seed` has 1000000001 values, and a sweep at most 10000 cells (--max-cells raises that)",
        ),
        (
            &["cfg=0-1 [5000]", "cfg_rescale=0-1 [9000]", "seed=1-9999"],
            "the sweep has 449955000000 cells (5000 × 9000 × 9999), expected at most 10000",
        ),
        (&[], "the sweep has no axes"),
        (&["\u{1b}[31m=1"], "unknown axis `\\u{1b}[31m`"),
    ] {
        let error = error_of(&spec(cat(), axes));
        assert!(error.starts_with(says), "{axes:?}: {error}");
    }
}

#[test]
fn what_all_cells_have_in_common_is_checked_first() {
    let batch = Request { batch: 2, ..cat() };
    assert!(error_of(&spec(batch, &["cfg=1"])).starts_with("batch is 2, expected 1: "));
    let steps = Request {
        steps: Some(0),
        ..cat()
    };
    assert_eq!(
        error_of(&spec(steps, &["cfg=1"])),
        "steps is 0, expected 1 to 1000"
    );
    let many = vec!["cfg=1"; 33];
    assert_eq!(
        error_of(&spec(cat(), &many)),
        "the sweep has 33 axes, expected at most 32"
    );
    let long = Request {
        prompt: "x".repeat(60_000),
        ..cat()
    };
    let error = error_of(&spec(long, &["replace=x,yy"]));
    assert_eq!(
        error,
        "cell replace=yy: prompt has 120000 bytes, expected at most 65536"
    );
}

#[test]
fn the_limit_of_cells_can_be_moved() {
    let mut spec = spec(cat(), &["seed=1-101", "cfg=1-100"]);
    assert_eq!(
        error_of(&spec),
        "the sweep has 10100 cells (101 × 100), expected at most 10000 (--max-cells raises that)"
    );
    spec.max_cells = Some(10_100);
    assert_eq!(made(&spec).len(), 10_100);
    spec.max_cells = Some(0);
    assert_eq!(
        error_of(&spec),
        "the limit of cells is 0, expected 1 to 100000000"
    );
    // Duplicates do not count.
    spec.max_cells = Some(4);
    spec.axes = vec![
        "seed=1-2,1-2".parse().expect("an axis"),
        "cfg=1,2,1".parse().expect("an axis"),
    ];
    assert_eq!(made(&spec).len(), 4);
}

#[test]
fn labels_are_one_for_each_value() {
    let mut spec = spec(cat(), &["cfg=1,2"]);
    spec.axes[0].labels = Some(vec!["low".into()]);
    assert_eq!(
        error_of(&spec),
        "axis `cfg` has 1 labels for 2 values, expected one for each"
    );
    spec.axes[0].labels = Some(vec!["low".into(), "high".into()]);
    assert_eq!(labels(&made(&spec), 0), ["low", "high"]);
    spec.axes[0].name = Some(" ".into());
    assert!(error_of(&spec).contains("the name is empty"));
    // Another name does not hide that it is the same field.
    spec.axes.push("cfg=3".parse().expect("an axis"));
    spec.axes[0].name = Some("strength".into());
    assert_eq!(
        error_of(&spec),
        "axes `strength` and `cfg` both set `cfg`, expected one of them"
    );
}

#[test]
fn the_digest_tells_sweeps_apart() {
    let digest = |spec: &SweepSpec| Draft::new(spec, &Shelf).expect("sound").digest();
    let own = spec(cat(), &["cfg=1-3", "seed=-1"]);
    for same in [
        spec(cat(), &["CFG Scale=1,2,3,3", "seed=-1"]),
        spec(cat(), &["cfg=1-3 [3]", "seed=-1"]),
        SweepSpec {
            max_cells: Some(99),
            ..own.clone()
        },
    ] {
        assert_eq!(digest(&same), digest(&own), "{same:?}");
    }
    let others = [
        spec(Request::default(), &["cfg=1-3", "seed=-1"]),
        spec(cat(), &["cfg=1-4", "seed=-1"]),
        spec(cat(), &["cfg=3-1 (-1)", "seed=-1"]),
        spec(cat(), &["seed=-1", "cfg=1-3"]),
        spec(cat(), &["cfg=1-3", "seed=-1,-1"]),
        spec(cat(), &["cfg=1-3", "seed=1"]),
        spec(cat(), &["cfg=1-3"]),
    ];
    let mut digests: Vec<_> = others
        .iter()
        .chain([&own])
        .map(|it| *digest(it).as_bytes())
        .collect();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), others.len() + 1);
}
