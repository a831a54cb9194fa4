use std::collections::BTreeMap;

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;
use serde_json::json;

use super::*;
use crate::recipe::tests::sample;
use crate::recipe::{Part, Plugin, Refiner, Vae};
use crate::{PluginUse, Recipe, Request};

fn plugin(id: &str) -> Plugin {
    Plugin {
        id: id.into(),
        version: "1.2.0".into(),
        digest: format!("sha256:{}", "0123456789abcdef".repeat(4)),
        ..Plugin::default()
    }
}

/// A recipe, and everything that it was drawn with.
fn unchanged() -> (Recipe, Present) {
    let mut recipe = Recipe {
        plugins: vec![plugin("film-grain"), plugin("glow"), plugin("film-grain")],
        ..sample()
    };
    recipe.model.parts.push(Part {
        name: "vae".into(),
        fingerprint: "b3:33".into(),
        ..Part::default()
    });
    let plugins = recipe.plugins.iter().map(|plugin| {
        let present = PresentPlugin {
            version: plugin.version.clone(),
            digest: plugin.digest.clone(),
        };
        (plugin.id.clone(), present)
    });
    let present = Present {
        model: Some(recipe.model.clone()),
        refiner: recipe.refiner.as_ref().map(|it| it.model.clone()),
        vae: recipe.vae.clone(),
        tiny_vae: recipe.tiny_vae.clone(),
        plugins: plugins.collect(),
        embeddings: BTreeMap::new(),
        runtime: recipe.runtime.clone(),
        app_version: recipe.app_version.clone(),
    };
    (recipe, present)
}

/// What is said after a change.
fn after(change: impl FnOnce(&mut Recipe, &mut Present)) -> Vec<String> {
    let (mut recipe, mut present) = unchanged();
    change(&mut recipe, &mut present);
    compare(&recipe, &present)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn nothing_differs_where_nothing_changed() {
    assert_eq!(after(|_, _| {}), [""; 0]);
    // Models and plugins that take no part.
    assert_eq!(
        after(|_, present| {
            present
                .plugins
                .insert("other".into(), PresentPlugin::default());
        }),
        [""; 0]
    );
    // One that was skipped changed nothing.
    assert_eq!(
        after(|recipe, present| {
            recipe.plugins[1].skipped = Some("it failed".into());
            present.plugins.remove("glow");
        }),
        [""; 0]
    );
}

#[test]
fn every_change_of_the_model_is_named() {
    let model = |change: &dyn Fn(&mut crate::recipe::Model)| {
        after(|_, present| {
            let model = present.model.as_mut().expect("a model");
            model.fingerprint = "b3:other".into();
            change(model);
        })
    };
    assert_eq!(
        model(&|model| model.parts[1].fingerprint = "b3:44".into()),
        ["the part `vae` of the model \"starter\" is another one: it was b3:33, it is b3:44"]
    );
    assert_eq!(
        model(&|model| {
            model.parts.remove(1);
        }),
        ["the model \"starter\" has no part `vae`, which it had"]
    );
    assert_eq!(
        model(&|model| model.parts.push(Part {
            name: "text_encoder_2".into(),
            ..Part::default()
        })),
        ["the model \"starter\" has a part `text_encoder_2`, which it had not"]
    );
    assert_eq!(
        model(&|_| {}),
        ["the model \"starter\" is another one: it was b3:0011, it is b3:other"]
    );
    assert_eq!(
        after(|_, present| present.model = None),
        ["the model \"starter\" is not here"]
    );
    // Another name of the same model is no difference.
    assert_eq!(
        after(|_, present| present.model.as_mut().expect("a model").name = "x".into()),
        [""; 0]
    );
}

#[test]
fn every_change_of_what_stands_beside_the_model_is_named() {
    let vae = |recipe: &mut Recipe| {
        recipe.vae = Some(Vae {
            name: "clear".into(),
            fingerprint: "b3:55".into(),
            ..Vae::default()
        });
    };
    assert_eq!(
        after(|recipe, _| vae(recipe)),
        ["the VAE \"clear\" is not here: --vae names it where it is"]
    );
    assert_eq!(
        after(|recipe, present| {
            vae(recipe);
            present.vae = Some(Vae {
                name: "other".into(),
                fingerprint: "b3:66".into(),
                ..Vae::default()
            });
        }),
        ["the VAE \"other\" is another one: it was b3:55, it is b3:66"]
    );
    let refiner = |recipe: &mut Recipe| {
        let model = crate::recipe::Model {
            name: "polish".into(),
            fingerprint: "b3:77".into(),
            ..crate::recipe::Model::default()
        };
        recipe.refiner = Some(Refiner {
            model,
            switch_at: 0.8,
            ..Refiner::default()
        });
    };
    assert_eq!(
        after(|recipe, _| refiner(recipe)),
        ["the model \"polish\" is not here"]
    );
    assert_eq!(
        after(|recipe, present| {
            refiner(recipe);
            present.refiner = recipe.refiner.as_ref().map(|it| it.model.clone());
        }),
        [""; 0]
    );
}

#[test]
fn every_change_of_a_plugin_is_named_once() {
    assert_eq!(
        after(|_, present| {
            present.plugins.remove("film-grain");
        }),
        ["the plugin `film-grain` 1.2.0 is not here"]
    );
    let change = |change: fn(&mut PresentPlugin)| {
        after(|_, present| change(present.plugins.get_mut("film-grain").expect("a plugin")))
    };
    assert_eq!(
        change(|plugin| plugin.digest = "sha256:fedcba98765432100".into()),
        [
            "the plugin `film-grain` 1.2.0 is another file: it was sha256:0123456789ab…, it is sha256:fedcba987654…"
        ]
    );
    assert_eq!(
        change(|plugin| {
            plugin.digest = "sha256:00".into();
            plugin.version = "1.3.0".into();
        }),
        ["the plugin `film-grain` was version 1.2.0, and is 1.3.0 here"]
    );
    // The same file under another version: versions are read from files, so this cannot be, and would not matter.
    assert_eq!(change(|plugin| plugin.version = "1.3.0".into()), [""; 0]);
}

#[test]
fn embeddings_are_named() {
    let embedding = |name: &str| crate::recipe::Embedding {
        name: name.into(),
        sha256: "0123456789abcdef".into(),
        ..Default::default()
    };
    assert_eq!(
        after(|recipe, present| {
            recipe.embeddings = ["gone", "other", "same"].map(embedding).into();
            for (name, hash) in [
                ("other", "ff"),
                ("same", "0123456789abcdef"),
                ("more", "00"),
            ] {
                present.embeddings.insert(name.into(), hash.into());
            }
        }),
        [
            "the embedding \"gone\" is not here",
            "the embedding \"other\" is another file: it was 0123456789ab…, it is ff",
        ]
    );
}

#[test]
fn what_computes_is_named() {
    assert_eq!(
        after(|recipe, present| {
            present.runtime.version = "1.24.0".into();
            present.runtime.provider = "openvino:GPU".into();
            present.app_version = "0.2.0".into();
            recipe.other.insert("sharpness".into(), 2.into());
        }),
        [
            "ONNX Runtime was version 1.23.2, and is 1.24.0 here",
            "it was drawn on cpu, and now on openvino:GPU",
            "Aquatint was version 0.1.0, and is 0.2.0 here",
            "the recipe has a field `sharpness`, which this version does not know",
        ]
    );
}

#[test]
fn what_is_missing_is_told_from_what_differs() {
    let (recipe, mut present) = unchanged();
    present.model = None;
    present.plugins.remove("glow");
    present.app_version = "0.2.0".into();
    let missing: Vec<bool> = compare(&recipe, &present)
        .iter()
        .map(Difference::is_missing)
        .collect();
    assert_eq!(missing, [true, true, false]);
}

#[test]
fn what_a_recipe_says_is_shown_harmlessly() {
    let said = after(|recipe, present| {
        recipe.plugins[1].id = "x\u{1b}[31m\n".into();
        recipe.plugins[1].version = "9".repeat(500);
        present.model = None;
        recipe.model.name = "a\u{202e}b".into();
    });
    assert_eq!(said[0], "the model \"a\\u{202e}b\" is not here");
    assert!(
        said[1].starts_with("the plugin `x\\u{1b}[31m\\u{a}` 999"),
        "{}",
        said[1]
    );
    assert!(said[1].len() < 200);
}

fn pixels(width: u32, bytes: &[u8]) -> Pixels<'_> {
    Pixels {
        width,
        height: 1,
        bytes,
    }
}

#[test]
fn pixels_are_compared_channel_by_channel() {
    let a = [0, 10, 255, 7, 7, 7];
    let same = difference(pixels(2, &a), pixels(2, &a)).expect("one size");
    assert_eq!(
        same,
        PixelDifference {
            identical: true,
            max: 0,
            mean: 0.0,
            pixels: 0,
            of: 2
        }
    );
    assert_eq!(same.to_string(), "identical");

    let b = [1, 10, 250, 7, 7, 7];
    let apart = difference(pixels(2, &a), pixels(2, &b)).expect("one size");
    assert_eq!(
        apart,
        PixelDifference {
            identical: false,
            max: 5,
            mean: 1.0,
            pixels: 1,
            of: 2
        }
    );
    assert_eq!(difference(pixels(2, &b), pixels(2, &a)), Ok(apart));
    assert_eq!(
        apart.to_string(),
        "1 of 2 pixels differ, by at most 5 of 255 in a channel, 1.000 on average"
    );
    let most = difference(pixels(1, &[0; 3]), pixels(1, &[255; 3])).expect("one size");
    assert_eq!((most.max, most.mean), (255, 255.0));
    let none = difference(pixels(0, &[]), pixels(0, &[])).expect("one size");
    assert!(none.identical && none.mean == 0.0);
}

#[test]
fn pictures_of_other_sizes_have_no_difference() {
    let error = difference(pixels(2, &[0; 6]), pixels(1, &[0; 3])).expect_err("other size");
    assert_eq!(
        error.to_string(),
        "one picture has 2x1 pixels, the other 1x1"
    );
    assert!(difference(pixels(2, &[0; 6]), pixels(2, &[0; 3])).is_err());
}

fn request() -> Request {
    let settings = json!({"amount": 0.3});
    Request {
        prompt: "a red apple".into(),
        seed: Some(1),
        plugins: ["film-grain", "acme.glow", "acme.twice", "acme.twice"]
            .map(|id| PluginUse {
                id: id.into(),
                settings: serde_json::from_value(settings.clone()).expect("a map"),
            })
            .into(),
        ..Request::default()
    }
}

#[test]
fn every_field_can_be_edited() {
    let changed = edit(
        &request(),
        [
            "prompt= a=b ",
            "negative=",
            "model=ink",
            "seed=18446744073709551615",
            "steps= 30",
            "cfg=7.5",
            "cfg_rescale=0.5",
            "sampler=Euler a",
            "schedule=karras",
            "size=512x768",
            "noise=philox",
            "clip_skip=2",
            "emphasis=No norm",
            "provider=auto",
            "film-grain.amount=0.5",
            "acme.glow.mode=a=b",
        ],
    )
    .expect("changed");
    let mut expected = Request {
        prompt: " a=b ".into(),
        model: Some("ink".into()),
        seed: Some(u64::MAX),
        steps: Some(30),
        cfg: Some(7.5),
        cfg_rescale: 0.5,
        sampler: Some("Euler a".into()),
        schedule: Some("karras".into()),
        width: Some(512),
        height: Some(768),
        noise: NoiseKind::Philox,
        clip_skip: 2,
        emphasis: Emphasis::NoNorm,
        ..request()
    };
    expected.plugins[0]
        .settings
        .insert("amount".into(), "0.5".into());
    expected.plugins[1]
        .settings
        .insert("mode".into(), "a=b".into());
    assert_eq!(changed, expected);

    let changed = edit(&changed, ["seed=auto", "model=auto", "batch=2"]).expect("changed");
    assert_eq!(
        (changed.seed, changed.model, changed.batch),
        (None, None, 2)
    );
    assert_eq!(edit(&request(), []), Ok(request()));
}

#[test]
fn what_cannot_be_edited_is_named() {
    for (change, says) in [
        (
            "steps",
            "`steps` is no change: expected KEY=VALUE, such as steps=30",
        ),
        ("steps=many", "steps is `many`, expected a whole number"),
        ("steps=0", "steps is 0, expected 1 to 1000"),
        ("cfg=nan", "cfg is NaN, expected 0 to 100"),
        (
            "seed=-1",
            "seed is `-1`, expected a whole number, or auto for a random one",
        ),
        ("size=512", "size is `512`, expected a size such as 512x768"),
        (
            "size=500x512",
            "width is 500, expected a multiple of 8, such as 496",
        ),
        (
            "stesp=3",
            "unknown field `stesp` (did you mean `steps`?): the fields are ",
        ),
        ("noise=dice", "unknown noise `dice`"),
        ("model=", "model is empty"),
        (
            "film-grian.amount=1",
            "no plugin `film-grian` takes part (did you mean `film-grain`?): a setting is given as ID.KEY=VALUE",
        ),
        (
            "acme.twice.amount=1",
            "the plugin `acme.twice` takes part 2 times: which of them is meant cannot be said here",
        ),
    ] {
        let error = edit(&request(), [change]).expect_err(change).to_string();
        assert!(error.starts_with(says), "{error}");
    }
    let twice = edit(&request(), ["steps=1", "steps=2"]).expect_err("twice");
    assert_eq!(twice.to_string(), "`steps` is there twice, expected once");
}
