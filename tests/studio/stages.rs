//! Stages are computed once, and what is reused is what would have been computed.

use aquatint_diffusion::pipeline::StepRule;
use aquatint_sandbox::pixels::{Picture as Pixels, PixelFormat, Size};
use aquatint_studio::stages::{Counts, Stage};
use aquatint_studio::{
    Decoder, Fill, Hires, Init, InputId, MaskUse, Picture, PluginUse, Request, Resize, Upscaler,
};
use aquatint_tests::checkpoint;
use aquatint_tests::component::Small;
use serde_json::json;

use super::{Place, draw, request};

/// Fills a part of the picture.
pub(crate) fn painter(red: u8) -> Small {
    Small::new(
        "painter",
        "post-process",
        &format!(
            r#"
(import "aquatint:plugin/image@0.1.0" "[resource-drop]image" (func $drop (param i32)))
(import "aquatint:plugin/image@0.1.0" "[method]image.fill" (func $fill (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32)
  (call $fill (local.get 0) (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 8)
    (i32.const {red}) (i32.const 0) (i32.const 0) (i32.const 255) (i32.const 2048))
  (call $drop (local.get 0))
  (i32.const 1024))"#
        ),
    )
    .manifest("[[settings]]\nkey = \"amount\"\ntype = \"int\"\nmin = 0\nmax = 100\ndefault = 1\nlabel = \"Amount\"\n")
}

/// Halves the latents after each step.
pub(crate) fn dimmer() -> Small {
    Small::new(
        "dimmer",
        "denoise",
        r#"
(import "aquatint:plugin/latents@0.1.0" "[resource-drop]latents" (func $drop (param i32)))
(import "aquatint:plugin/latents@0.1.0" "[resource-drop]moment" (func $drop_moment (param i32)))
(import "aquatint:plugin/latents@0.1.0" "[method]latents.scale" (func $scale (param i32 f32 i32)))
(func (export "aquatint:plugin/denoise@0.1.0#run") (param i32 i32) (result i32)
  (call $scale (local.get 1) (f32.const 0.5) (i32.const 2048))
  (call $drop (local.get 1))
  (call $drop_moment (local.get 0))
  (i32.const 1024))"#,
    )
}

pub(crate) fn used(id: &str, settings: serde_json::Value) -> PluginUse {
    PluginUse {
        id: id.to_owned(),
        settings: settings.as_object().cloned().unwrap_or_default(),
    }
}

fn pixels(pictures: &[Picture]) -> Vec<&[u8]> {
    pictures
        .iter()
        .map(|picture| picture.pixels.as_slice())
        .collect()
}

fn runs(counts: &Counts) -> Vec<(&'static str, u64)> {
    let all = Stage::ALL.map(|stage| (stage.name(), counts.of(stage).run));
    all.into_iter().filter(|(_, run)| *run > 0).collect()
}

/// A picture to begin from, the half of it white.
fn given() -> InputId {
    InputId::of(&given_file())
}

pub(crate) fn given_file() -> Vec<u8> {
    let size = Size {
        width: 24,
        height: 20,
    };
    let pixels = (0..24 * 20)
        .flat_map(|i| {
            if i % 24 < 12 {
                [255; 3]
            } else {
                [0, (i % 251) as u8, 0]
            }
        })
        .collect();
    Pixels::from_pixels(size, PixelFormat::Rgb8, pixels)
        .and_then(|picture| picture.encode())
        .expect("a file")
}

type Change = fn(&mut Request);

/// Each field of a request, changed. One that draws the same picture is fine: what counts is that the cache gives what
/// computing gives.
const CHANGES: &[(&str, Change)] = &[
    ("prompt", |it| it.prompt = "a red apple ".to_owned()),
    ("prompt", |it| it.prompt = "blue".to_owned()),
    ("negative", |it| it.negative = String::new()),
    ("negative", |it| it.negative = "sharp".to_owned()),
    ("model", |it| {
        it.model = Some(checkpoint("sd2v").display().to_string());
    }),
    ("seed", |it| it.seed = Some(8)),
    ("steps", |it| it.steps = Some(3)),
    ("cfg", |it| it.cfg = Some(5.000_001)),
    ("cfg", |it| it.cfg = Some(1.0)),
    ("cfg_rescale", |it| it.cfg_rescale = 0.5),
    ("sampler", |it| it.sampler = Some("Euler".to_owned())),
    ("sampler", |it| it.sampler = Some("DDIM".to_owned())),
    ("schedule", |it| it.schedule = Some("karras".to_owned())),
    ("width", |it| it.width = Some(48)),
    ("height", |it| it.height = Some(64)),
    ("batch", |it| it.batch = 3),
    ("noise", |it| it.noise = "philox".parse().expect("a kind")),
    ("prompt", |it| {
        it.prompt = "a [red|(blue:1.5)] apple".to_owned()
    }),
    ("prompt", |it| {
        it.prompt = "a red apple AND a pear :-0.5".to_owned();
    }),
    ("prompt", |it| {
        it.prompt = format!("[a red apple:{} pear:1]", "a ".repeat(100));
    }),
    ("negative", |it| it.negative = "[blurry:sharp:1]".to_owned()),
    ("clip_skip", |it| it.clip_skip = 2),
    ("emphasis", |it| {
        it.prompt = "a (red:1.5) apple".to_owned();
        it.emphasis = "no_norm".parse().expect("a name");
    }),
    ("provider", |it| it.provider = "CPU".to_owned()),
    ("init", |it| it.init = Some(Init::new(given()))),
    ("init", |it| {
        it.init = Some(Init {
            strength: 0.5,
            ..Init::new(given())
        });
    }),
    ("init", |it| {
        it.init = Some(Init {
            steps: Some(StepRule::Exact),
            ..Init::new(given())
        });
    }),
    ("init", |it| {
        it.init = Some(Init {
            resize: Some(Resize::Latent),
            ..Init::new(given())
        });
    }),
    ("init", |it| {
        it.init = Some(Init {
            mask: Some(MaskUse {
                picture: Some(given()),
                ..MaskUse::default()
            }),
            ..Init::new(given())
        });
    }),
    ("init", |it| {
        it.init = Some(Init {
            mask: Some(MaskUse {
                picture: Some(given()),
                fill: Some(Fill::Noise),
                only_masked: true,
                padding: 2,
                ..MaskUse::default()
            }),
            ..Init::new(given())
        });
    }),
    ("init", |it| {
        it.init = Some(Init {
            outpaint: "left=8".parse().expect("pixels"),
            ..Init::new(given())
        });
    }),
    ("hires", |it| it.hires = Some(Hires::default())),
    ("hires", |it| {
        it.hires = Some(Hires {
            upscaler: Upscaler::Lanczos,
            ..Hires::default()
        });
    }),
    ("hires", |it| {
        it.hires = Some(Hires {
            scale: 1.5,
            steps: Some(3),
            strength: 0.5,
            prompt: Some("larger".to_owned()),
            ..Hires::default()
        });
    }),
    ("vae_tiling", |it| it.vae_tiling = Some(true)),
    ("vae", |it| it.vae = Some("clear".to_owned())),
    ("vae", |it| it.vae = Some("ldm".to_owned())),
    ("vae", |it| it.vae = Some("None".to_owned())),
    ("vae", |it| {
        it.vae = Some("clear".to_owned());
        it.init = Some(Init::new(given()));
    }),
    ("refiner", |it| it.refiner = Some("sd2v".to_owned())),
    ("refiner", |it| {
        it.refiner = Some("sd2v".to_owned());
        it.hires = Some(Hires::default());
    }),
    ("refiner_switch", |it| {
        (it.refiner, it.refiner_switch) = (Some("sd2v".to_owned()), 0.3);
    }),
    ("refiner_switch", |it| {
        (it.refiner, it.refiner_switch) = (Some("sd2v".to_owned()), 0.0);
        it.batch = 2;
    }),
    ("refiner_switch", |it| it.refiner_switch = 0.3),
    ("decoder", |it| it.decoder = Decoder::Tiny),
    ("decoder", |it| {
        it.decoder = Decoder::Tiny;
        it.hires = Some(Hires {
            upscaler: Upscaler::Lanczos,
            ..Hires::default()
        });
    }),
    ("eta", |it| {
        it.sampler = Some("Euler a".to_owned());
        it.eta = Some(0.5);
    }),
    ("s_churn", |it| {
        it.sampler = Some("Euler".to_owned());
        it.s_churn = 1.0;
    }),
    ("s_tmin", |it| {
        it.sampler = Some("Euler".to_owned());
        (it.s_churn, it.s_tmin) = (1.0, 1.0);
    }),
    ("s_tmax", |it| {
        it.sampler = Some("Euler".to_owned());
        (it.s_churn, it.s_tmax) = (1.0, 5.0);
    }),
    ("s_noise", |it| {
        it.sampler = Some("Euler a".to_owned());
        it.s_noise = 0.9;
    }),
    ("eta_noise_seed_delta", |it| {
        it.sampler = Some("Euler a".to_owned());
        it.eta_noise_seed_delta = 31_337;
    }),
    ("variation_seed", |it| it.variation_seed = Some(3)),
    ("variation_seed", |it| {
        (it.variation_seed, it.variation_strength) = (Some(3), 0.2);
    }),
    ("variation_strength", |it| {
        (it.variation_seed, it.variation_strength) = (Some(3), 0.4);
        it.batch = 2;
    }),
    ("seed_resize_width", |it| {
        (it.seed_resize_width, it.seed_resize_height) = (Some(48), Some(64));
    }),
    ("seed_resize_height", |it| {
        (it.seed_resize_width, it.seed_resize_height) = (Some(48), Some(32));
    }),
    ("cfg_start", |it| it.cfg_start = 0.4),
    ("cfg_end", |it| it.cfg_end = 0.4),
    ("s_min_uncond", |it| it.s_min_uncond = 10.0),
    ("plugins", |it| {
        it.plugins = vec![used("painter", json!({}))]
    }),
    ("plugins", |it| it.plugins = vec![used("dimmer", json!({}))]),
    ("plugins", |it| {
        it.plugins = vec![
            used("dimmer", json!({})),
            used("painter", json!({"amount": 3})),
        ];
    }),
];

#[test]
fn whatever_changes_in_a_request_the_cache_gives_what_computing_gives() {
    let fields = serde_json::to_value(Request::default()).expect("JSON");
    for field in fields.as_object().expect("fields").keys() {
        assert!(
            CHANGES.iter().any(|(changed, _)| changed == field),
            "no test changes `{field}`"
        );
    }
    let place = Place::new(&[&painter(200), &dimmer()]);
    place.put_tiny();
    place.put_vaes();
    place.put_model("sd2v");
    let mut cached = place.open();
    cached.inputs().keep(&given_file()).expect("kept");
    let mut computed = place.without_cache();
    draw(&mut cached, &request()).expect("drawn");
    for (field, change) in CHANGES {
        let mut changed = request();
        change(&mut changed);
        let expected = draw(&mut computed, &changed).expect("drawn").pictures;
        for time in ["first", "second"] {
            let drawn = draw(&mut cached, &changed).expect("drawn");
            assert_eq!(
                pixels(&drawn.pictures),
                pixels(&expected),
                "{field}, {time} time"
            );
            let recipes = |pictures: &[Picture]| {
                let recipes = pictures.iter().map(|picture| picture.recipe.clone());
                recipes.collect::<Vec<_>>()
            };
            assert_eq!(recipes(&drawn.pictures), recipes(&expected), "{field}");
            if time == "second" {
                assert_eq!(runs(&drawn.counts), [], "{field}");
            }
        }
        // As another process finds it.
        let drawn = draw(&mut place.open(), &changed).expect("drawn");
        assert_eq!(pixels(&drawn.pictures), pixels(&expected), "{field}, later");
        assert_eq!(runs(&drawn.counts), [], "{field}, later");
    }
}

#[test]
fn a_plugins_settings_cost_no_denoising() {
    let place = Place::new(&[&painter(200)]);
    let mut studio = place.open();
    let before = studio.stages().counts();
    for seed in 1..=4 {
        for cfg in [2.0, 3.0, 4.0, 5.0, 6.0] {
            for amount in 1..=10 {
                let cell = Request {
                    seed: Some(seed),
                    cfg: Some(cfg),
                    plugins: vec![used("painter", json!({"amount": amount}))],
                    ..request()
                };
                draw(&mut studio, &cell).expect("drawn");
            }
        }
    }
    let counts = studio.stages().counts().since(&before);
    assert_eq!(
        runs(&counts),
        [
            // The prompt and the negative prompt.
            ("text", 2),
            ("noise", 4),
            ("denoise", 20),
            ("decode", 20),
            ("post-process", 200)
        ]
    );
}

#[test]
fn another_build_of_a_plugin_is_another_plugin() {
    let place = Place::new(&[&painter(200)]);
    let with = Request {
        plugins: vec![used("painter", json!({}))],
        ..request()
    };
    let red = |drawn: &[Picture]| drawn[0].pixels[0];
    assert_eq!(
        red(&draw(&mut place.open(), &with).expect("drawn").pictures),
        200
    );
    place.put(&painter(100));
    let drawn = draw(&mut place.open(), &with).expect("drawn");
    assert_eq!(red(&drawn.pictures), 100);
    assert_eq!(runs(&drawn.counts), [("post-process", 1)]);
}

#[test]
fn what_was_drawn_without_a_plugin_that_failed_is_not_kept() {
    for hook in ["post-process", "denoise"] {
        let params = if hook == "denoise" { "i32 i32" } else { "i32" };
        let broken = Small::new(
            "broken",
            hook,
            &format!(
                r#"(func (export "aquatint:plugin/{hook}@0.1.0#run") (param {params}) (result i32) (unreachable))"#
            ),
        )
        .manifest("on-failure = \"skip\"\n");
        let place = Place::new(&[&broken, &painter(200)]);
        let mut studio = place.open();
        let with = Request {
            plugins: vec![used("broken", json!({})), used("painter", json!({}))],
            ..request()
        };
        let stage = Stage::ALL
            .into_iter()
            .find(|stage| stage.name() == hook)
            .expect("a stage");
        for _ in 0..2 {
            let drawn = draw(&mut studio, &with).expect("drawn");
            let recipe = &drawn.pictures[0].recipe;
            assert!(recipe.plugins[0].skipped.is_some(), "{hook}");
            assert_eq!(drawn.pictures[0].pixels[0], 200);
            assert_eq!(drawn.counts.of(stage).run, 1, "{hook}");
            assert_eq!(drawn.counts.of(Stage::PostProcess).run, 1, "{hook}");
        }
    }
}

#[test]
fn a_batch_and_its_singles_share_what_they_have_in_common() {
    let place = Place::new(&[]);
    let mut studio = place.open();
    let single = Request {
        seed: Some(8),
        ..request()
    };
    let one = draw(&mut studio, &single).expect("drawn").pictures;
    let batch = Request {
        batch: 3,
        ..request()
    };
    let drawn = draw(&mut studio, &batch).expect("drawn");
    assert_eq!(
        runs(&drawn.counts),
        [("noise", 2), ("denoise", 2), ("decode", 2)]
    );
    assert_eq!(drawn.pictures[1].pixels, one[0].pixels);
}
