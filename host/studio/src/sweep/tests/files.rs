//! Sweeps as they are written.

use super::*;

#[test]
fn the_first_equals_sign_ends_the_field() {
    let axis: AxisSpec = " prompt = a=b, c".parse().expect("an axis");
    assert_eq!(axis.field, "prompt");
    assert_eq!(axis.values, Some(json!(" a=b, c")));
    let axis: AxisSpec = "prompt-axis.shapes".parse().expect("an axis");
    assert_eq!(
        (axis.field.as_str(), axis.values),
        ("prompt-axis.shapes", None)
    );
    for given in ["", "=1", " = 1"] {
        let error = given.parse::<AxisSpec>().expect_err(given).to_string();
        assert!(error.contains("expected FIELD=VALUES"), "{error}");
    }
}

#[test]
fn toml_is_a_request_and_axes() {
    let toml = r##"
        prompt = "a cat"
        steps = 20
        cfg = 7
        noise = "philox"
        plugins = [{ id = "film-grain", settings = { amount = 0.3, tint = "#f80" } }]
        max_cells = 20000

        [[axis]]
        field = "CFG Scale"
        values = "1-9 (+2)"

        [[axis]]
        field = "sampler"
        values = ["Euler", "DPM++ 2M Karras"]
        labels = ["plain", "fine"]
        name = "how"
        label = "How"

        [[axis]]
        field = "seed"
        values = [1, "5-6", -1]

        [[axis]]
        field = "film-grain"
        values = [true, false]
    "##;
    let spec = SweepSpec::from_toml(toml).expect("a sweep");
    assert_eq!(spec.request.cfg, Some(7.0));
    assert_eq!(spec.request.plugins[0].settings["amount"], 0.3);
    assert_eq!(spec.max_cells, Some(20_000));
    let sweep = made(&spec);
    assert_eq!(sweep.len(), 5 * 2 * 4 * 2);
    assert_eq!(sweep.axes()[1].name, "how");
    assert_eq!(sweep.axes()[1].label, "How");
    assert_eq!(labels(&sweep, 1), ["plain", "fine"]);
    assert_eq!(labels(&sweep, 2), ["1", "5", "6", "100"]);
    let last = sweep.cell(sweep.len() - 1).expect("the last");
    assert_eq!(
        json!(last.coordinates),
        json!({"cfg": 9.0, "how": "DPM++ 2M Karras", "seed": 100, "film-grain": false})
    );
    assert!(last.request.plugins.is_empty());

    // The same as JSON, and back.
    let text = serde_json::to_string(&spec).expect("JSON");
    let again: SweepSpec = serde_json::from_str(&text).expect("own JSON");
    assert_eq!(again, spec);
}

#[test]
fn the_seed_minus_one_is_a_random_one_that_all_cells_have() {
    let spec = |seed: &str| {
        SweepSpec::from_toml(&format!(
            "prompt = 'a cat'\n{seed}\n[[axis]]\nfield = 'cfg'\nvalues = '1-3'"
        ))
    };
    let random = spec("seed = -1").expect("a sweep");
    assert_eq!(random, spec("").expect("a sweep"));
    let sweep = made(&random);
    assert_eq!(sweep.seeds().len(), 1);
    for index in 0..sweep.len() {
        let cell = sweep.cell(index).expect("a cell");
        assert_eq!(cell.request.seed, Some(sweep.seeds()[0]));
    }
    let error = spec("seed = -2").expect_err("no seed").to_string();
    assert!(error.contains("seed"), "{error}");
}

#[test]
fn toml_that_is_wrong_says_where() {
    for (toml, says) in [
        ("prompt = ", "TOML parse error at line 1"),
        (
            "promt = \"a\"",
            "unknown field `promt` (did you mean `prompt`?): the fields are prompt, negative",
        ),
        ("axes = []", "unknown field `axes` (did you mean `axis`?)"),
        ("steps = \"x\"", "expected u32"),
        ("axis = 1", "expected tables with the heading [[axis]]"),
        (
            "[axis]\nfield = \"cfg\"",
            "expected tables with the heading [[axis]]",
        ),
        (
            "[[axis]]\nvalues = 1",
            "[[axis]] number 1: missing field `field`",
        ),
        (
            "[[axis]]\nfield = \"cfg\"\n[[axis]]\nfield = \"cfg\"\nvals = 1",
            "[[axis]] number 2: unknown field `vals`",
        ),
        ("max_cells = -1", "max_cells is no whole number"),
        (
            "plugins = [{ id = \"x-y\", setings = {} }]",
            "unknown field `setings`",
        ),
    ] {
        let error = SweepSpec::from_toml(toml).expect_err(toml).to_string();
        assert!(error.contains(says), "{toml}: {error}");
    }
}

#[test]
fn values_of_toml_are_of_their_types() {
    for (values, says) in [
        ("1979-05-27", "value `1979-05-27`: expected a number"),
        ("[nan]", "value `null`: expected a number"),
        ("[[1]]", "value `[1]`: expected a number"),
        ("[true]", "value `true`: expected a number"),
        ("[]", "axis `cfg` has no values"),
        ("\"\"", "axis `cfg` has no values"),
        ("\",\"", "axis `cfg` has no values"),
    ] {
        let toml = format!("[[axis]]\nfield = \"cfg\"\nvalues = {values}");
        let spec = SweepSpec::from_toml(&toml).expect(values);
        let error = error_of(&spec);
        assert!(error.contains(says), "{values}: {error}");
    }
    let toml = "[[axis]]\nfield = \"cfg\"\nvalues = [1, 2.0, 2.5, \"3-4\"]";
    let sweep = made(&SweepSpec::from_toml(toml).expect("a sweep"));
    assert_eq!(labels(&sweep, 0), ["1", "2", "2.5", "3", "4"]);
    // White space in a list is meant.
    let toml =
        "prompt = \"a cat\"\n[[axis]]\nfield = \"replace\"\nvalues = [\" cat\", \" big, dog\"]";
    let sweep = made(&SweepSpec::from_toml(toml).expect("a sweep"));
    assert_eq!(cells(&sweep)[1].request.prompt, "a big, dog");
}

#[test]
fn files_are_named_in_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sweep.toml");
    let error = SweepSpec::read(&path).expect_err("no file").to_string();
    assert!(error.contains("sweep.toml: "), "{error}");
    std::fs::write(&path, "stpes = 1").expect("written");
    let error = SweepSpec::read(&path)
        .expect_err("a typing error")
        .to_string();
    assert!(
        error.contains("sweep.toml: unknown field `stpes`"),
        "{error}"
    );
    std::fs::write(&path, "steps = 1\n[[axis]]\nfield = \"cfg\"\nvalues = 1").expect("written");
    assert_eq!(SweepSpec::read(&path).expect("a sweep").axes.len(), 1);
}
