//! Axes over plugins, and axes that plugins add.

use super::*;

fn used(id: &str, settings: serde_json::Value) -> PluginUse {
    serde_json::from_value(json!({"id": id, "settings": settings})).expect("a use")
}

fn with(plugins: Vec<PluginUse>) -> Request {
    Request { plugins, ..cat() }
}

fn plugins_of(cell: &Cell) -> serde_json::Value {
    json!(cell.request.plugins)
}

#[test]
fn settings_are_of_their_types() {
    for (axis, key, expected) in [
        (
            "film-grain.amount=0-1 [5]",
            "amount",
            json!([0.0, 0.25, 0.5, 0.75, 1.0]),
        ),
        ("film-grain.count=1-9 (+4), 1", "count", json!([1, 5, 9])),
        ("film-grain.on=on,off,true", "on", json!([true, false])),
        ("film-grain.mode=soft,hard", "mode", json!(["soft", "hard"])),
        ("film-grain.note=\"a, b\",c", "note", json!(["a, b", "c"])),
        (
            "film-grain.tint=#F80,#ff8800,#000",
            "tint",
            json!(["#ff8800", "#000000"]),
        ),
        ("film-grain.seed=7,-1", "seed", json!([7, 100])),
        (
            "film-grain.sizes=\"[1,2]\",[],3",
            "sizes",
            json!([[1, 2], [], [3]]),
        ),
        ("film-grain:amount=0.5", "amount", json!([0.5])),
    ] {
        let base = Request {
            seed: Some(1),
            ..with(vec![used(
                "film-grain",
                json!({"amount": "0.3", "note": "x"}),
            )])
        };
        let sweep = sweep_of(base, &[axis]);
        let values: Vec<_> = cells(&sweep)
            .iter()
            .map(|cell| cell.request.plugins[0].settings[key].clone())
            .collect();
        assert_eq!(json!(values), expected, "{axis}");
        let coordinates: Vec<_> = cells(&sweep)
            .iter()
            .map(|cell| cell.coordinates[&format!("film-grain.{key}")].clone())
            .collect();
        assert_eq!(json!(coordinates), expected, "{axis}");
    }
}

#[test]
fn what_is_not_on_the_axis_stays() {
    let base = with(vec![
        used("glow", json!({})),
        used("film-grain", json!({"mode": "hard", "amount": 0.1})),
    ]);
    let sweep = sweep_of(base, &["film-grain.amount=1", "styles.count=3"]);
    assert_eq!(
        plugins_of(&sweep.cell(0).expect("a cell")),
        json!([
            {"id": "glow", "settings": {}},
            {"id": "film-grain", "settings": {"mode": "hard", "amount": 1.0}},
            // Not named before, so it is added.
            {"id": "styles", "settings": {"count": 3}},
        ])
    );
}

#[test]
fn a_plugin_that_is_off_is_not_there_and_its_cells_are_one() {
    let sweep = sweep_of(
        with(vec![used("glow", json!({}))]),
        &["film-grain.amount=0-1 [5]", "film-grain=on,off", "seed=1,2"],
    );
    assert_eq!(sweep.len(), 20);
    // Five amounts and none at all, for two seeds.
    assert_eq!(sweep.distinct(), 12);
    let off = sweep.cell_at(&[3, 1, 0]).expect("a cell");
    assert_eq!(plugins_of(&off), json!([{"id": "glow", "settings": {}}]));
    assert_eq!(off.coordinates["film-grain"], false);
    let turns: Vec<Turn> = sweep.turns().collect();
    assert_eq!(
        turns.iter().filter(|turn| turn.same_as.is_some()).count(),
        8
    );
    let mut last = None;
    for turn in &turns {
        match turn.same_as {
            None => last = Some(turn.cell),
            // At once after the one that it is like.
            Some(_) => assert_eq!(turn.same_as, last),
        }
    }
    for turn in &turns {
        if let Some(same) = turn.same_as {
            assert_eq!(
                sweep.cell(turn.cell).expect("a cell").request,
                sweep.cell(same).expect("a cell").request
            );
        }
    }
    let error = error_of(&spec(cat(), &["film-grain=maybe"]));
    assert_eq!(
        error,
        "axis `film-grain`: value `maybe`: expected on or off"
    );
}

#[test]
fn several_uses_of_a_plugin_are_told_apart() {
    let base = with(vec![
        used("glow", json!({})),
        used("glow", json!({"count": 1})),
    ]);
    let error = error_of(&spec(base.clone(), &["glow.amount=1"]));
    assert_eq!(
        error,
        "axis `glow.amount`: the request names `glow` 2 times, expected `glow#1` to `glow#2`"
    );
    let sweep = sweep_of(base.clone(), &["glow#2.amount=1", "glow#1=off"]);
    assert_eq!(
        plugins_of(&sweep.cell(0).expect("a cell")),
        json!([{"id": "glow", "settings": {"count": 1, "amount": 1.0}}])
    );
    assert_eq!(sweep.axes()[0].name, "glow#2.amount");
    for axis in [
        "glow#3.amount=1",
        "glow#0.amount=1",
        "glow#x=on",
        "film-grain#1=on",
    ] {
        let error = error_of(&spec(base.clone(), &[axis]));
        assert!(error.contains("the request names"), "{axis}: {error}");
    }
}

#[test]
fn ids_with_dots_are_ids() {
    let sweep = sweep_of(cat(), &["acme.glow.amount=1"]);
    assert_eq!(
        plugins_of(&sweep.cell(0).expect("a cell")),
        json!([{"id": "acme.glow", "settings": {"amount": 1.0}}])
    );
    // A plugin, and a setting of another.
    let error = error_of(&spec(cat(), &["acme.glow=on"]));
    assert_eq!(
        error,
        "axis `acme.glow`: is a plugin, and a setting of `acme`: write `acme:glow` for the setting"
    );
    let sweep = sweep_of(cat(), &["acme:glow=on"]);
    assert_eq!(
        plugins_of(&sweep.cell(0).expect("a cell")),
        json!([{"id": "acme", "settings": {"glow": true}}])
    );
}

#[test]
fn plugins_add_axes() {
    // What only adds axes takes part in no picture, but its settings count.
    let base = with(vec![used("prompt-axis", json!({"count": 640}))]);
    let sweep = sweep_of(base, &["prompt-axis.shapes", "cfg=1,2"]);
    assert_eq!(sweep.axes()[0].label, "All shapes");
    assert_eq!(labels(&sweep, 0), ["640×640", "768×640"]);
    let cell = sweep.cell(1).expect("a cell");
    assert_eq!(
        (cell.request.width, cell.request.height),
        (Some(768), Some(640))
    );
    assert_eq!(plugins_of(&cell), json!([]));
    assert_eq!(cell.coordinates["prompt-axis.shapes"], "768×640");

    let sweep = sweep_of(cat(), &["prompt-axis.looks"]);
    let night = sweep.cell(1).expect("a cell").request;
    assert_eq!(
        (night.prompt.as_str(), night.cfg),
        ("a cat, a dog at night", Some(5.5))
    );
    // Some of the points, in another order.
    let sweep = sweep_of(cat(), &["prompt-axis.looks=Night,as it is"]);
    assert_eq!(labels(&sweep, 0), ["night", "as it is"]);

    // Labels may be rounded; coordinates must differ.
    let sweep = sweep_of(cat(), &["prompt-axis.twins"]);
    assert_eq!(labels(&sweep, 0), ["a", "a (2)", "a (3)"]);
    assert_eq!(
        sweep.cell(2).expect("a cell").coordinates["prompt-axis.twins"],
        "a (3)"
    );

    // A setting and an axis of one name: with values it is the setting.
    let sweep = sweep_of(cat(), &["latent-mirror.amount=0,1"]);
    assert_eq!(
        sweep.cell(1).expect("a cell").request.plugins[0].settings["amount"],
        1.0
    );
    let sweep = sweep_of(cat(), &["latent-mirror.sides"]);
    assert_eq!(labels(&sweep, 0), ["512×512", "768×512"]);
}

#[test]
fn a_point_may_leave_the_seed_to_the_host() {
    let sweep = sweep_of(cat(), &["prompt-axis.seeds"]);
    assert_eq!(sweep.seeds(), [100]);
    let seeds: Vec<_> = cells(&sweep).iter().map(|cell| cell.request.seed).collect();
    assert_eq!(seeds, [Some(1), Some(100)]);
}

#[test]
fn nonsense_of_a_plugin_is_named() {
    for (axis, says) in [
        ("empty", "no points, expected at least one"),
        ("nameless", "with the point ` `: expected a label"),
        (
            "stpes",
            "with the point `a`: unknown field `stpes` (did you mean `steps`?)",
        ),
        ("nan", "with the point `a`: cfg is NaN, expected 0 to 100"),
        ("batch", "with the point `a`: batch is 2, expected 1"),
        ("sampler", "with the point `a`: unknown sampler `Eulr`"),
    ] {
        let name = format!("prompt-axis.{axis}");
        let error = error_of(&spec(cat(), &[&name]));
        let says = format!("axis `{name}`: plugin `prompt-axis` answered {says}");
        assert!(error.starts_with(&says), "{error}");
    }
}

#[test]
fn what_is_wrong_about_plugins_is_named() {
    for (axes, says) in [
        (
            &["film-gran.amount=1"][..],
            "axis `film-gran.amount`: no plugin `film-gran` is installed (did you mean `film-grain`?)",
        ),
        (
            &["film-grain.amuont=1"],
            "axis `film-grain.amuont`: plugin `film-grain` has no setting and no axis `amuont` (did you mean `amount`?): it has on, count",
        ),
        (
            &["prompt-axis.shaeps"],
            "axis `prompt-axis.shaeps`: plugin `prompt-axis` has no setting and no axis `shaeps` (did you mean `shapes`?): it has shapes",
        ),
        // Its settings are for its axes, not for the pictures.
        (
            &["prompt-axis.count=1"],
            "axis `prompt-axis.count`: plugin `prompt-axis` has no setting and no axis `count`",
        ),
        (
            &["prompt-axis=on"],
            "axis `prompt-axis`: the plugin takes part in no picture, it only adds axes: `prompt-axis.shapes`",
        ),
        (
            &["prompt-axis.looks=nihgt"],
            "axis `prompt-axis.looks`: value `nihgt`: no such point (did you mean `night`?): the points are as it is, night",
        ),
        (
            &["film-grain.amount"],
            "axis `film-grain.amount` has no values",
        ),
        (
            &["film-grain.amount=0-2"],
            "axis `film-grain.amount`: value `2`: setting `amount` is 2.0, expected a number from 0 to 1",
        ),
        (
            &["film-grain.count=x"],
            "axis `film-grain.count`: value `x`: expected a whole number",
        ),
        (
            &["film-grain.mode=sotf"],
            "axis `film-grain.mode`: value `sotf`: setting `mode` is \"sotf\", expected one of soft, hard",
        ),
        (
            &["film-grain.sizes=[1"],
            "axis `film-grain.sizes`: value `[1`: settings, character",
        ),
        (
            &["film-grain.amount=1", "film-grain:amount=0"],
            "axis `film-grain.amount` is there twice",
        ),
        (
            &["prompt-axis.shapes", "width=512"],
            "axes `prompt-axis.shapes` and `width` both set `width`",
        ),
        (
            &["prompt-axis.looks", "prompt-axis.shapes", "cfg=1"],
            "axes `prompt-axis.looks` and `cfg` both set `cfg`",
        ),
    ] {
        let error = error_of(&spec(cat(), axes));
        assert!(error.starts_with(says), "{axes:?}: {error}");
    }
    let error = error_of(&spec(with(vec![used("nobody", json!({}))]), &["cfg=1"]));
    assert_eq!(error, "no plugin `nobody` is installed");
    let many = with(vec![used("glow", json!({})); 64]);
    let error = error_of(&spec(many, &["film-grain=on"]));
    assert_eq!(error, "plugins has 65 entries, expected at most 64");
}
