//! Pictures are made again, bit for bit.

use aquatint_diffusion::pipeline::Cancel;
use aquatint_studio::replay::{Again, Difference, Instead};
use aquatint_studio::{
    Hires, Init, InputId, Inputs, MaskUse, Picture, Recipe, Request, Studio, Upscaler, Watcher,
};
use aquatint_tests::component::Small;
use serde_json::json;

use super::stages::{dimmer, given_file, painter, used};
use super::{Place, draw, request};

/// Puts a word before the prompt: twice, if it were asked about its own result.
fn prefixer() -> Small {
    Small::new(
        "prefixer",
        "pre-process",
        r#"
(data (i32.const 2048) "prompt")
(data (i32.const 2064) "green, a red apple")
(func (export "aquatint:plugin/pre-process@0.1.0#run") (param i32 i32) (result i32)
  ;; ok([("prompt", text("green, a red apple"))])
  (i32.store8 (i32.const 1024) (i32.const 0))
  (i32.store (i32.const 1028) (i32.const 3072))
  (i32.store (i32.const 1032) (i32.const 1))
  (i32.store (i32.const 3072) (i32.const 2048))
  (i32.store (i32.const 3076) (i32.const 6))
  (i32.store8 (i32.const 3080) (i32.const 4))
  (i32.store (i32.const 3088) (i32.const 2064))
  (i32.store (i32.const 3092) (i32.const 18))
  (i32.const 1024))"#,
    )
}

/// Draws the request, then with the seed 100, and gives the second first.
fn twice() -> Small {
    Small::new(
        "twice",
        "script",
        r#"
(import "aquatint:plugin/generate@0.1.0" "submit" (func $submit (param i32 i32 i32)))
(import "aquatint:plugin/generate@0.1.0" "[method]ticket.wait" (func $wait (param i32 i32)))
(import "aquatint:plugin/generate@0.1.0" "[resource-drop]ticket" (func $drop (param i32)))
(data (i32.const 2048) "seed")
(func $draw (param $changes i32) (result i32)
  (local $ticket i32)
  (call $submit (i32.const 3072) (local.get $changes) (i32.const 2064))
  (if (i32.load8_u (i32.const 2064)) (then (unreachable)))
  (local.set $ticket (i32.load (i32.const 2068)))
  (call $wait (local.get $ticket) (i32.const 2064))
  (if (i32.load8_u (i32.const 2064)) (then (unreachable)))
  (call $drop (local.get $ticket))
  ;; The first of the pictures.
  (i32.load (i32.load (i32.const 2068))))
(func (export "aquatint:plugin/script@0.1.0#run") (result i32)
  ;; [("seed", seed(100))]
  (i32.store (i32.const 3072) (i32.const 2048))
  (i32.store (i32.const 3076) (i32.const 4))
  (i32.store8 (i32.const 3080) (i32.const 8))
  (i64.store (i32.const 3088) (i64.const 100))
  (i32.store (i32.const 2084) (call $draw (i32.const 0)))
  (i32.store (i32.const 2080) (call $draw (i32.const 1)))
  ;; ok([second, first])
  (i32.store8 (i32.const 1024) (i32.const 0))
  (i32.store (i32.const 1028) (i32.const 2080))
  (i32.store (i32.const 1032) (i32.const 2))
  (i32.const 1024))"#,
    )
    .manifest("permissions = { generate = { reason = 'to draw twice' } }")
}

fn again(studio: &mut Studio, recipe: &Recipe) -> (Again, Picture) {
    let again = Again::new(recipe, &Instead::default(), studio).expect("looked at");
    let picture = again
        .draw(
            studio,
            Watcher {
                cancel: &Cancel::new(),
                events: &mut |_| {},
                notes: &mut |_| {},
            },
        )
        .expect("drawn");
    (again, picture)
}

#[test]
fn every_picture_of_every_kind_of_request_is_made_again() {
    let place = Place::new(&[&painter(200), &dimmer()]);
    let inputs = Inputs::of_data(place.folder.path());
    inputs.keep(&given_file()).expect("kept");
    let plugins = vec![
        used("dimmer", json!({})),
        used("painter", json!({"amount": 3})),
        used("painter", json!({"amount": 4})),
    ];
    for (name, request) in [
        ("plain", request()),
        (
            "three plugins",
            Request {
                plugins,
                ..request()
            },
        ),
        (
            "batch",
            Request {
                batch: 3,
                ..request()
            },
        ),
        (
            "other noise",
            Request {
                noise: "philox".parse().expect("a kind"),
                ..request()
            },
        ),
        (
            "batch with plugins",
            Request {
                batch: 3,
                plugins: vec![used("dimmer", json!({})), used("painter", json!({}))],
                ..request()
            },
        ),
        (
            "karras",
            Request {
                sampler: Some("DPM++ 2M Karras".to_owned()),
                ..request()
            },
        ),
        (
            "SDE",
            Request {
                sampler: Some("DPM++ 2M SDE".to_owned()),
                ..request()
            },
        ),
        (
            "from a picture",
            Request {
                batch: 2,
                width: None,
                height: None,
                init: Some(Init {
                    mask: Some(MaskUse {
                        picture: Some(InputId::of(&given_file())),
                        only_masked: true,
                        ..MaskUse::default()
                    }),
                    ..Init::new(InputId::of(&given_file()))
                }),
                ..request()
            },
        ),
        (
            "larger",
            Request {
                hires: Some(Hires {
                    upscaler: Upscaler::Lanczos,
                    sampler: Some("DDIM".to_owned()),
                    ..Hires::default()
                }),
                ..request()
            },
        ),
        (
            "no guidance",
            Request {
                cfg: Some(1.0),
                cfg_rescale: 0.3,
                ..request()
            },
        ),
    ] {
        let pictures = draw(&mut place.without_cache(), &request)
            .expect("drawn")
            .pictures;
        for picture in pictures {
            // As it comes out of a file, in another process.
            let recipe = Recipe::from_json(&picture.recipe.to_json()).expect("own JSON");
            let (again, made) = again(&mut place.without_cache(), &recipe);
            assert_eq!(again.differences, [], "{name}");
            assert!(
                made.pixels == picture.pixels,
                "{name}: seed {}",
                recipe.seed
            );
            assert_eq!(made.recipe, picture.recipe, "{name}");
        }
    }
}

#[test]
fn what_a_plugin_made_of_the_request_is_not_made_of_it_twice() {
    let place = Place::new(&[&prefixer()]);
    let request = Request {
        plugins: vec![used("prefixer", json!({}))],
        batch: 2,
        ..request()
    };
    let pictures = draw(&mut place.without_cache(), &request)
        .expect("drawn")
        .pictures;
    assert_eq!(pictures[1].recipe.prompt, "green, a red apple");
    let (_, made) = again(&mut place.without_cache(), &pictures[1].recipe);
    assert_eq!(made.recipe, pictures[1].recipe);
    assert!(made.pixels == pictures[1].pixels);
}

#[test]
fn every_picture_of_a_script_is_made_again() {
    let mut place = Place::new(&[&twice(), &painter(200), &prefixer()]);
    place.grant(&twice());
    let request = Request {
        plugins: vec![
            used("prefixer", json!({})),
            used("twice", json!({})),
            used("painter", json!({"amount": 3})),
        ],
        ..request()
    };
    let pictures = draw(&mut place.without_cache(), &request)
        .expect("drawn")
        .pictures;
    assert_eq!(pictures.len(), 2);
    assert!(pictures[0].pixels != pictures[1].pixels);
    // The script's own drawings are those of the user.
    let alone = Request {
        plugins: vec![
            used("prefixer", json!({})),
            used("painter", json!({"amount": 3})),
        ],
        ..request.clone()
    };
    let alone = draw(&mut place.without_cache(), &alone).expect("drawn");
    assert!(alone.pictures[0].pixels == pictures[1].pixels);
    for (index, picture) in pictures.iter().enumerate() {
        let recipe = Recipe::from_json(&picture.recipe.to_json()).expect("own JSON");
        let (again, made) = again(&mut place.without_cache(), &recipe);
        assert_eq!(again.differences, [], "picture {index}");
        assert!(made.pixels == picture.pixels, "picture {index}");
        assert_eq!(made.recipe, picture.recipe, "picture {index}");
    }
}

#[test]
fn another_file_of_a_plugin_is_the_cause() {
    let place = Place::new(&[&painter(200)]);
    let request = Request {
        plugins: vec![used("painter", json!({}))],
        ..request()
    };
    let picture = draw(&mut place.without_cache(), &request)
        .expect("drawn")
        .pictures
        .remove(0);
    place.put(&painter(100));
    let (again, made) = again(&mut place.without_cache(), &picture.recipe);
    assert!(
        matches!(&again.differences[..], [Difference::PluginFile { id, .. }] if id == "painter")
    );
    assert!(made.pixels != picture.pixels);
}
