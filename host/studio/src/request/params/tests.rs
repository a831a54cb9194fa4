use super::*;
use crate::PluginUse;
use crate::request::{Decoder, Fill, Hires, Init, MaskUse, Resize, Upscaler};

fn with(key: &str, value: Value) -> Vec<(String, Value)> {
    vec![(key.to_owned(), value)]
}

fn apply(changes: &[(String, Value)]) -> Result<Request, InvalidParam> {
    Request::default().apply_params(changes, Changeable::All)
}

fn full() -> Request {
    Request {
        prompt: "a red apple".into(),
        negative: "blurry".into(),
        model: Some("starter".into()),
        seed: Some(u64::MAX),
        steps: Some(20),
        cfg: Some(7.1),
        cfg_rescale: 0.7,
        sampler: Some("euler_a".into()),
        schedule: Some("karras".into()),
        width: Some(512),
        height: Some(768),
        batch: 1,
        noise: NoiseKind::Philox,
        clip_skip: 2,
        emphasis: Emphasis::NoNorm,
        provider: "cuda:1".into(),
        init: Some(Init {
            strength: 0.3,
            resize: Some(Resize::Crop),
            mask: Some(MaskUse {
                picture: Some(crate::InputId::of(b"a mask")),
                blur: 2.0,
                fill: Some(Fill::Noise),
                ..MaskUse::default()
            }),
            ..Init::new(crate::InputId::of(b"a picture"))
        }),
        hires: Some(Hires {
            scale: 1.5,
            upscaler: Upscaler::Lanczos,
            steps: Some(9),
            strength: 0.4,
            sampler: Some("euler".into()),
            schedule: Some("beta".into()),
            prompt: Some("larger".into()),
            negative: Some("smaller".into()),
            cfg: Some(3.0),
            ..Hires::default()
        }),
        vae_tiling: Some(true),
        vae: Some("clear.safetensors".into()),
        refiner: Some("polish".into()),
        refiner_switch: 0.65,
        styles: Vec::new(),
        eta: Some(0.5),
        s_churn: 1.5,
        s_tmin: 0.1,
        s_tmax: 9.5,
        s_noise: 1.01,
        eta_noise_seed_delta: 31337,
        variation_seed: Some(7),
        variation_strength: 0.25,
        seed_resize_width: Some(256),
        seed_resize_height: Some(384),
        cfg_start: 0.1,
        cfg_end: 0.9,
        s_min_uncond: 0.3,
        decoder: Decoder::Tiny,
        plugins: vec![PluginUse {
            id: "glow".into(),
            ..PluginUse::default()
        }],
    }
}

/// A field that is added to requests has to be given to plugins, or left out here on purpose.
#[test]
fn every_field_but_plugins_is_a_param() {
    let json = serde_json::to_value(Request::default()).expect("JSON");
    let mut fields: Vec<_> = json
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    fields.retain(|field| field != "plugins");
    let mut keys: Vec<_> = full()
        .to_params()
        .into_iter()
        .map(|(key, _)| match key.as_str() {
            key if INIT_KEYS.contains(&key) => "init".to_owned(),
            key if HIRES_KEYS.contains(&key) => "hires".to_owned(),
            _ => key,
        })
        .collect();
    keys.dedup();
    assert_eq!(keys, fields);
}

#[test]
fn params_have_the_types_of_the_contract() {
    let expected = [
        ("prompt", Value::Text("a red apple".into())),
        ("negative", Value::Text("blurry".into())),
        ("model", Value::Text("starter".into())),
        ("seed", Value::Seed(u64::MAX)),
        ("steps", Value::Int(20)),
        ("cfg", Value::Number(7.1)),
        ("cfg_rescale", Value::Number(0.7)),
        ("sampler", Value::Choice("euler_a".into())),
        ("schedule", Value::Choice("karras".into())),
        ("width", Value::Int(512)),
        ("height", Value::Int(768)),
        ("batch", Value::Int(1)),
        ("noise", Value::Choice("philox".into())),
        ("clip_skip", Value::Int(2)),
        ("emphasis", Value::Choice("no_norm".into())),
        ("provider", Value::Choice("cuda:1".into())),
        ("strength", Value::Number(0.3)),
        ("resize", Value::Choice("crop".into())),
        ("mask_blur", Value::Number(2.0)),
        ("fill", Value::Choice("noise".into())),
        ("hires_scale", Value::Number(1.5)),
        ("hires_upscaler", Value::Choice("lanczos".into())),
        ("hires_steps", Value::Int(9)),
        ("hires_strength", Value::Number(0.4)),
        ("hires_sampler", Value::Choice("euler".into())),
        ("hires_schedule", Value::Choice("beta".into())),
        ("hires_prompt", Value::Text("larger".into())),
        ("hires_negative", Value::Text("smaller".into())),
        ("hires_cfg", Value::Number(3.0)),
        ("vae_tiling", Value::Flag(true)),
        ("vae", Value::Text("clear.safetensors".into())),
        ("refiner", Value::Text("polish".into())),
        ("refiner_switch", Value::Number(0.65)),
        ("decoder", Value::Choice("tiny".into())),
        ("eta", Value::Number(0.5)),
        ("s_churn", Value::Number(1.5)),
        ("s_tmin", Value::Number(0.1)),
        ("s_tmax", Value::Number(9.5)),
        ("s_noise", Value::Number(1.01)),
        ("eta_noise_seed_delta", Value::Int(31337)),
        ("variation_seed", Value::Seed(7)),
        ("variation_strength", Value::Number(0.25)),
        ("seed_resize_width", Value::Int(256)),
        ("seed_resize_height", Value::Int(384)),
        ("cfg_start", Value::Number(0.1)),
        ("cfg_end", Value::Number(0.9)),
        ("s_min_uncond", Value::Number(0.3)),
    ];
    assert_eq!(
        full().to_params(),
        expected.map(|(key, value)| (key.to_owned(), value))
    );
    let open: Vec<_> = Request::default()
        .to_params()
        .into_iter()
        .filter(|(_, value)| *value == Value::Auto)
        .map(|(key, _)| key)
        .collect();
    assert_eq!(
        open,
        [
            "model", "seed", "steps", "cfg", "sampler", "schedule", "width", "height",
        ]
        .into_iter()
        .chain(INIT_KEYS)
        .chain(HIRES_KEYS)
        .chain([
            "vae_tiling",
            "vae",
            "refiner",
            "eta",
            "variation_seed",
            "seed_resize_width",
            "seed_resize_height",
        ])
        .collect::<Vec<_>>()
    );
}

#[test]
fn a_request_comes_back_from_its_params() {
    for request in [full(), Request::default()] {
        for may in [Changeable::All, Changeable::AllButSeedAndBatch] {
            assert_eq!(
                request.apply_params(&request.to_params(), may),
                Ok(request.clone())
            );
            assert_eq!(request.apply_params(&[], may), Ok(request.clone()));
        }
        let plugins = request.plugins.clone();
        let from_nothing = Request {
            // Pictures are not told.
            init: request.init.as_ref().map(bare),
            plugins,
            ..Request::default()
        };
        assert_eq!(
            from_nothing.apply_params(&request.to_params(), Changeable::All),
            Ok(request)
        );
    }
}

/// The pictures alone.
fn bare(init: &Init) -> Init {
    Init {
        mask: init.mask.as_ref().map(|mask| MaskUse {
            picture: mask.picture,
            ..MaskUse::default()
        }),
        ..Init::new(init.picture)
    }
}

#[test]
fn every_cfg_comes_back() {
    let mut state = 1_u32;
    for _ in 0..100_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let cfg = f32::from_bits(state);
        if cfg.is_finite() {
            assert_eq!((widened(cfg) as f32).to_bits(), cfg.to_bits());
        }
    }
}

#[test]
fn auto_is_a_request_without_the_field() {
    let autos: Vec<_> = KEYS.map(|key| (key.to_owned(), Value::Auto)).into();
    let expected = Request {
        init: full().init.as_ref().map(bare),
        plugins: full().plugins,
        ..Request::default()
    };
    assert_eq!(full().apply_params(&autos, Changeable::All), Ok(expected));
}

#[test]
fn what_loses_nothing_is_taken() {
    let changed = apply(&[
        ("seed".to_owned(), Value::Int(7)),
        ("cfg".to_owned(), Value::Int(7)),
        ("sampler".to_owned(), Value::Text("euler".into())),
        ("model".to_owned(), Value::Choice("starter".into())),
        ("noise".to_owned(), Value::Text("philox".into())),
    ])
    .expect("taken");
    assert_eq!((changed.seed, changed.cfg), (Some(7), Some(7.0)));
    assert_eq!(changed.sampler.as_deref(), Some("euler"));
    assert_eq!(changed.model.as_deref(), Some("starter"));
    assert_eq!(changed.noise, NoiseKind::Philox);
}

#[test]
fn errors_name_the_field_what_was_given_and_what_was_expected() {
    let fields = KEYS.join(", ");
    for (key, value, expected) in [
        ("stpes", Value::Int(1), format!("unknown field `stpes` (did you mean `steps`?): the fields are {fields}")),
        ("plugins", Value::Auto, format!("unknown field `plugins`: the fields are {fields}")),
        ("a\u{1b}[0m", Value::Auto, format!("unknown field `a\\u{{1b}}[0m`: the fields are {fields}")),
        ("init", Value::Picture("x".into()), "`x` is no picture's name, expected `b3:` and 64 hexadecimal digits".into()),
        ("strength", Value::Number(0.5), "strength: expected a picture to begin from beside it".into()),
        ("hires_upscaler", Value::Text("magic".into()), "upscaler is `magic`, expected one of latent, latent-antialiased, latent-bicubic, latent-bicubic-antialiased, latent-nearest, latent-nearest-exact, nearest, lanczos".into()),
        ("hires_scale", Value::Number(9.0), "hires_scale is 9, expected 1 to 8".into()),
        ("prompt", Value::Choice("a".into()), "`prompt` is a choice, expected a text".into()),
        ("steps", Value::Number(20.0), "`steps` is a number, expected an int".into()),
        ("steps", Value::Int(-1), "steps is -1, expected 1 to 1000".into()),
        ("steps", Value::Int(0), "steps is 0, expected 1 to 1000".into()),
        ("steps", Value::Int(i64::MAX), "steps is 9223372036854775807, expected 1 to 1000".into()),
        ("width", Value::Int(513), "width is 513, expected a multiple of 8, such as 512".into()),
        ("height", Value::Int(1 << 32), "height is 4294967296, expected 8 to 8192".into()),
        ("batch", Value::Int(65), "batch is 65, expected 1 to 64".into()),
        ("seed", Value::Int(-1), "seed is -1, expected 0 to 18446744073709551615".into()),
        ("seed", Value::Text("1".into()), "`seed` is a text, expected a seed".into()),
        ("cfg", Value::Flag(true), "`cfg` is a flag, expected a number".into()),
        ("cfg", Value::Number(f64::NAN), "cfg is NaN, expected 0 to 100".into()),
        ("cfg", Value::Number(1e300), "cfg is inf, expected 0 to 100".into()),
        ("cfg_rescale", Value::Number(1.5), "cfg_rescale is 1.5, expected 0 to 1".into()),
        ("sampler", Value::Texts(vec![]), "`sampler` is a list of texts, expected a text or a choice".into()),
        ("model", Value::Text(" ".into()), "model is empty, expected a name, or nothing at all for the default".into()),
        (
            "noise",
            Value::Choice("gpu".into()),
            "unknown noise `gpu`: expected `cpu` (as torch on the CPU) or `philox` (A1111's \"NV\")".into(),
        ),
        ("clip_skip", Value::Int(13), "clip_skip is 13, expected 1 to 12".into()),
        (
            "emphasis",
            Value::Choice("loud".into()),
            "unknown emphasis \"loud\", expected original, no_norm, ignore or none".into(),
        ),
        ("prompt", Value::Text("x".repeat(65_537)), "prompt has 65537 bytes, expected at most 65536".into()),
    ] {
        let error = apply(&with(key, value)).expect_err(key);
        assert_eq!(error.to_string(), expected);
    }
    let twice = [with("steps", Value::Int(1)), with("steps", Value::Int(2))].concat();
    assert_eq!(
        apply(&twice).expect_err("twice").to_string(),
        "`steps` is there twice, expected once"
    );
    let long = apply(&with(&"x".repeat(1 << 20), Value::Auto))
        .expect_err("long")
        .to_string();
    assert!(long.len() < 2000, "{}", long.len());
}

#[test]
fn seed_and_batch_stay_where_they_must() {
    let request = Request {
        seed: Some(5),
        ..Request::default()
    };
    for (key, value) in [
        ("seed", Value::Seed(6)),
        ("seed", Value::Auto),
        ("batch", Value::Int(2)),
    ] {
        let change = with(key, value);
        assert!(request.apply_params(&change, Changeable::All).is_ok());
        let error = request
            .apply_params(&change, Changeable::AllButSeedAndBatch)
            .expect_err(key);
        assert_eq!(error.to_string(), format!("`{key}` cannot be changed here"));
    }
    let same = [with("seed", Value::Seed(5)), with("batch", Value::Int(1))].concat();
    assert_eq!(
        request.apply_params(&same, Changeable::AllButSeedAndBatch),
        Ok(request.clone())
    );
}
