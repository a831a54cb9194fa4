//! What real readers find in the pictures that we write. They are programs in Python, called by `read.py`.

#![allow(clippy::unwrap_used)]

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aquatint_diffusion::noise::NoiseKind;
use aquatint_diffusion::prompt::Emphasis;
use aquatint_studio::recipe::{Model, Plugin, Runtime, Sampling};
use aquatint_studio::{Encoding, Infotext, Picture, Recipe, picture_file};
use serde_json::{Map, Value, json};

/// Asks a reader about many things at once: starting Python takes longer than reading.
fn ask(how: &str, about: &Value) -> Vec<Value> {
    let folder = env::var_os("AQUATINT_SD_PARSERS")
        .expect("AQUATINT_SD_PARSERS names no folder with sd-parsers: run `cargo xtask test`");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("readers/read.py");
    let mut child = Command::new(if cfg!(windows) { "python" } else { "python3" })
        .arg(script)
        .arg(folder)
        .arg(how)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(about.to_string().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "read.py failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn recipe(prompt: &str, negative: &str) -> Recipe {
    Recipe {
        recipe: aquatint_studio::recipe::VERSION,
        prompt: prompt.to_owned(),
        negative: negative.to_owned(),
        styles: Vec::new(),
        seed: u64::MAX,
        steps: 25,
        cfg: 7.1,
        cfg_rescale: 0.25,
        sampler: "dpmpp_2m".to_owned(),
        schedule: "karras".to_owned(),
        width: 512,
        height: 768,
        noise: NoiseKind::Philox,
        sampling: Sampling::default(),
        clip_skip: 2,
        emphasis: Emphasis::NoNorm,
        embeddings: Vec::new(),
        model: Model {
            name: "ink v2 (fp16) \"x\" [1]".to_owned(),
            sha256: Some(
                "6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa".to_owned(),
            ),
            ..Model::default()
        },
        runtime: Runtime::default(),
        init: None,
        hires: None,
        vae_tiling: None,
        vae: None,
        refiner: None,
        tiny_vae: None,
        plugins: Vec::new(),
        app_version: "0.1.0".to_owned(),
        asked: None,
        other: Map::new(),
    }
}

/// Writes a picture for each recipe, and lets sd-parsers read them.
fn read(recipes: &[Recipe]) -> Vec<Value> {
    read_as(recipes, Encoding::Png)
}

fn read_as(recipes: &[Recipe], encoding: Encoding) -> Vec<Value> {
    let folder = tempfile::TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let paths: Vec<PathBuf> = recipes
        .iter()
        .enumerate()
        .map(|(index, recipe)| {
            let path = folder
                .path()
                .join(format!("{index}.{}", encoding.extension()));
            let picture = Picture {
                width: 2,
                height: 1,
                pixels: vec![index as u8; 6],
                texts: Vec::new(),
                recipe: recipe.clone(),
                timings: Vec::new(),
            };
            picture_file::write(&path, &picture, encoding).unwrap();
            path
        })
        .collect();
    ask("sd-parsers", &json!(paths))
}

/// What sd-parsers makes of a recipe's picture when it reads everything.
fn expected(recipe: &Recipe) -> Value {
    let mut metadata = json!({
        "Size": "512x768",
        "Clip skip": "2",
        "RNG": "NV",
        "Emphasis": "No norm",
        "CFG rescale": "0.25",
        "Version": "aquatint 0.1.0",
    });
    let text = Infotext::from(recipe);
    if let Some(plugins) = text.get(&["Plugins"]) {
        metadata["Plugins"] = json!(plugins);
    }
    json!({
        "generator": "AUTOMATIC1111",
        "prompt": recipe.prompt.trim(),
        "negative": recipe.negative.trim(),
        "sampler": "DPM++ 2M",
        "parameters": {
            "scheduler": "Karras",
            "cfg_scale": "7.1",
            "seed": "18446744073709551615",
            "steps": "25",
        },
        "model": [recipe.model.name, "6ce0161689"],
        "metadata": metadata,
    })
}

#[test]
fn sd_parsers_reads_hard_prompts_whole() {
    let prompts = [
        "a red apple",
        "",
        "one, two, \"three, four\", 'five'; six",
        "a: b, c: \"d\": {e: f}",
        "line one\nline two\n\nline four",
        "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1",
        "a\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64\nb",
        "café, \u{ff}\u{80}, Ã©",
        "猫, 🍎, \u{1f469}\u{200d}\u{1f680}, العربية, e\u{301}",
        "<lora:ink v2:0.8> (a:1.2) [b|c] {d|e} BREAK AND",
        "  spaces around it \t",
        "C:\\models\\x \\(y\\) \\\"",
        "Hashes: {\"model\": \"a\"}, {not json",
        "tab\there, carriage\rreturn, bell\u{7}, nul\0.",
        "x, Model: y, Seed: 3",
    ];
    let negatives = ["", "blurry", "a, b: \"c\"\nSteps: 1, Seed: 2", "悪い", " "];
    let recipes: Vec<Recipe> = prompts
        .iter()
        .flat_map(|prompt| negatives.iter().map(|negative| recipe(prompt, negative)))
        .collect();
    let lossy = |text: &str| text.parse::<Encoding>().unwrap();
    for encoding in [
        Encoding::Png,
        lossy("jpeg 90"),
        lossy("webp 90"),
        Encoding::WebPLossless,
    ] {
        for (recipe, found) in recipes.iter().zip(read_as(&recipes, encoding)) {
            assert_eq!(
                found,
                expected(recipe),
                "{encoding} {:?} {:?}",
                recipe.prompt,
                recipe.negative
            );
        }
    }
}

/// It knows nothing of quotes: whatever stands in a plugin's settings must not be taken for a field.
#[test]
fn sd_parsers_is_not_led_astray_by_plugins() {
    let plugin = |settings: Value| Plugin {
        id: "film-grain".to_owned(),
        version: "1.2.0".to_owned(),
        digest: "sha256:00".to_owned(),
        settings: serde_json::from_value(settings).unwrap(),
        ..Plugin::default()
    };
    let mut recipe = recipe("a red apple", "blurry");
    recipe.plugins = vec![
        plugin(
            json!({"amount": 0.3, "note": "x, Seed: 9, Sampler: Bad\nSteps: 1, \"Model: y\"", "mask": null}),
        ),
        plugin(json!({"sizes": [1, 2], "names": ["a, Size: 1x1", "b"]})),
        plugin(json!({})),
    ];
    recipe.plugins[2].skipped = Some("it failed".to_owned());
    let found = read(std::slice::from_ref(&recipe));
    assert_eq!(found, [expected(&recipe)]);
    let plugins = found[0]["metadata"]["Plugins"].as_str().unwrap();
    assert!(
        plugins.starts_with("film-grain 1.2.0 (amount=0.3 note="),
        "{plugins}"
    );
}

#[test]
fn sd_parsers_reads_every_sampler_and_schedule() {
    use aquatint_diffusion::sampler::SamplerKind;
    use aquatint_diffusion::sigmas::Schedule;
    let recipes: Vec<Recipe> = SamplerKind::ALL
        .iter()
        .zip(Schedule::ALL.iter().cycle())
        .map(|(sampler, schedule)| Recipe {
            sampler: sampler.id().to_owned(),
            schedule: schedule.id().to_owned(),
            ..recipe("a", "b")
        })
        .collect();
    for (recipe, found) in recipes.iter().zip(read(&recipes)) {
        let sampler: SamplerKind = recipe.sampler.parse().unwrap();
        let scheduler = match recipe.schedule.parse().unwrap() {
            Schedule::Model => "Automatic",
            other => other.label(),
        };
        assert_eq!(found["sampler"], sampler.label());
        assert_eq!(found["parameters"]["scheduler"], scheduler);
    }
}

/// sd-parsers looks for the words wherever they stand, A1111 at the start of a line. We write what A1111 reads.
#[test]
fn a_negative_prompt_inside_a_prompt_is_beyond_sd_parsers() {
    let inside = recipe("a sign that says Negative prompt: b", "");
    let twice = recipe("a sign that says Negative prompt: b", "blurry");
    let found = read(&[inside.clone(), twice.clone()]);
    assert_eq!(found[0]["prompt"], "a sign that says");
    assert_eq!(found[1], json!({"error": "ValueError"}));
    for recipe in [inside, twice] {
        let read = Infotext::parse(&Infotext::from(&recipe).to_string());
        assert_eq!(
            (read.prompt, read.negative),
            (recipe.prompt, recipe.negative)
        );
    }
}

/// Texts of chance, from what is special in the format.
struct Chance(u64);

impl Chance {
    fn below(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).unwrap()
    }

    fn text(&mut self, pieces: &[&str], most: usize) -> String {
        (0..self.below(most))
            .map(|_| pieces[self.below(pieces.len())])
            .collect()
    }
}

#[test]
fn sd_parsers_reads_prompts_of_chance() {
    let pieces = [
        "a",
        " ",
        ", ",
        ": ",
        "\n",
        "\"",
        "\\",
        "é",
        "猫",
        "🍎",
        "(x:1.2)",
        "Steps: 20",
        "Seed: 1, ",
        "<lora:a:1>",
        "{",
        "}",
        "Hashes: {",
        "\t",
        "-",
        "Sampler: x",
    ];
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let recipes: Vec<Recipe> = (0..300)
        .map(|_| recipe(&chance.text(&pieces, 12), &chance.text(&pieces, 6)))
        .collect();
    for (recipe, found) in recipes.iter().zip(read(&recipes)) {
        assert_eq!(
            found,
            expected(recipe),
            "{:?} {:?}",
            recipe.prompt,
            recipe.negative
        );
    }
}

/// Fields as A1111's own expression finds them. Values of JSON without quotes are the one thing that we read otherwise.
#[test]
fn lines_of_chance_are_read_as_a1111_reads_them() {
    let pieces = [
        "a", "Key one", " ", ",", ", ", ":", ": ", "\"", "\\", "\\\"", "é", "猫", "-", "/", "_",
        ".", "\"a, b\"", "\"\"", "x: 1, ", "\t", "1x2", "(", "\\u00e9", "\\x",
    ];
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    let lines: Vec<String> = (0..5000)
        .map(|_| {
            let line = format!("Steps: 1, Seed: 2, Size: 8x8, {}", chance.text(&pieces, 14));
            line.trim().to_owned()
        })
        .collect();
    let found = ask("a1111", &json!(lines));
    for (line, found) in lines.iter().zip(found) {
        let fields: Vec<Value> = Infotext::parse(line)
            .fields
            .iter()
            .map(|(key, value)| json!([key, value]))
            .collect();
        assert_eq!(Value::Array(fields), found, "{line}");
    }
}
