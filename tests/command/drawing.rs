//! What drawing gives when all is well.

use aquatint_studio::png_file;
use aquatint_tests::checkpoint;
use serde_json::json;

use crate::place::{Place, drawing};

fn sd1() -> std::path::PathBuf {
    checkpoint("sd1")
}

#[test]
fn json_is_one_object() {
    let place = Place::new();
    let ran = place.draw(&sd1(), &["--batch", "2", "--json"]);
    assert_eq!(ran.good().lines().count(), 1);
    assert_eq!(ran.stderr, "");
    let report = ran.json();
    assert_eq!(
        report["files"],
        json!(["out/00001-42.png", "out/00002-43.png"])
    );
    assert_eq!(report["seeds"], json!([42, 43]));
    assert_eq!(report["provider"], "cpu");
    assert_eq!(report["model"]["name"], "sd1");
    assert_eq!(report["model"]["fingerprint"].as_str().unwrap().len(), 64);
    assert!(report["runtime"].as_str().unwrap().starts_with("1."));
    for stage in [
        "text",
        "load unet",
        "denoise",
        "decode",
        "inside_onnx",
        "total",
    ] {
        assert!(
            report["timings"][stage].as_f64().unwrap() > 0.0,
            "{stage}: {report}"
        );
    }
}

#[test]
fn quiet_prints_nothing_but_paths() {
    let ran = Place::new().draw(&sd1(), &["--quiet"]);
    assert_eq!((ran.good(), &*ran.stderr), ("out/00001-42.png\n", ""));
}

#[test]
fn people_are_told_what_was_drawn() {
    let place = Place::new();
    let model = sd1();
    let ran = place.draw(&model, &["--sampler", "DPM++ 2M Karras"]);
    assert_eq!(ran.good(), "out/00001-42.png\n");
    let starts = "64x64, 2 steps of DPM++ 2M Karras, seed 42, ";
    assert!(ran.stderr.starts_with(starts), "{}", ran.stderr);
    assert!(ran.stderr.ends_with(" s on cpu\n"), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    let ran = place.draw(
        &model,
        &["--steps", "1", "--sampler", "euler", "--batch", "3"],
    );
    let starts = "3 pictures of 64x64, 1 step of Euler, seeds 42 to 44, ";
    assert!(ran.stderr.starts_with(starts), "{}", ran.stderr);
}

#[test]
fn auto_says_what_it_took() {
    let ran = Place::new().draw(&sd1(), &["--provider", "auto"]);
    ran.good();
    let last = ran.stderr.lines().last().unwrap();
    assert!(
        last.starts_with("64x64, ") && last.contains(" s on "),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_same_command_gives_the_same_bytes() {
    let place = Place::new();
    let model = sd1();
    for (name, args) in [
        ("a.png", ["-o", "a.png", "--sampler", "euler_a"]),
        ("b.png", ["-o", "b.png", "--sampler", "euler_a"]),
    ] {
        assert_eq!(place.draw(&model, &args).good(), format!("{name}\n"));
    }
    let bytes = |name| std::fs::read(place.path(name)).unwrap();
    assert_eq!(bytes("a.png"), bytes("b.png"));
}

#[test]
fn each_of_a_batch_equals_its_single() {
    let place = Place::new();
    let model = sd1();
    // A sampler that takes noise in every step.
    let ran = place.draw(
        &model,
        &["--batch", "3", "--sampler", "euler_a", "-o", "batch"],
    );
    let files: Vec<_> = ran.good().lines().map(|file| place.path(file)).collect();
    assert_eq!(files.len(), 3);
    let mut pixels = Vec::new();
    for (file, seed) in files.iter().zip(["42", "43", "44"]) {
        let one = place.picture(&model, &["--seed", seed, "--sampler", "euler_a"]);
        let of_batch = png_file::read(file).unwrap();
        assert_eq!(of_batch, one, "seed {seed}");
        pixels.push(one.pixels);
    }
    assert!(pixels[0] != pixels[1] && pixels[1] != pixels[2]);
}

#[test]
fn the_last_seed_of_all_can_be_drawn() {
    let drawn = Place::new().picture(&sd1(), &["--seed", "18446744073709551615"]);
    assert_eq!(drawn.recipe().unwrap().unwrap().seed, u64::MAX);
}

#[test]
fn without_a_seed_pictures_differ() {
    let place = Place::new();
    let model = sd1();
    let mut args = drawing(&model, &["--quiet"]);
    let seed = args.iter().position(|arg| *arg == "--seed").unwrap();
    args.drain(seed..seed + 2);
    let mut drawn = Vec::new();
    for _ in 0..2 {
        let ran = place.run(&args);
        drawn.push(png_file::read(&place.path(ran.good().trim())).unwrap());
    }
    assert_ne!(drawn[0].pixels, drawn[1].pixels);
}

#[test]
fn samplers_have_many_names() {
    let place = Place::new();
    let model = sd1();
    let pixels = |args: &[&str]| place.picture(&model, args).pixels;
    let karras = pixels(&["--sampler", "DPM++ 2M Karras"]);
    assert_eq!(
        karras,
        pixels(&["--sampler", "DPM++ 2M", "--schedule", "karras"])
    );
    assert_eq!(
        karras,
        pixels(&["--sampler", "dpmpp_2m", "--schedule", "Karras"])
    );
    assert_ne!(karras, pixels(&["--sampler", "DPM++ 2M"]));
    let ancestral = pixels(&["--sampler", "euler_a"]);
    for name in [
        "Euler a",
        "euler a",
        "k_euler_a",
        "EulerAncestralDiscreteScheduler",
    ] {
        assert_eq!(ancestral, pixels(&["--sampler", name]), "{name}");
    }
    assert_ne!(ancestral, pixels(&["--sampler", "euler"]));
}

#[test]
fn the_noise_of_gpus_is_another() {
    let place = Place::new();
    let usual = place.picture(&sd1(), &[]);
    let philox = place.picture(&sd1(), &["--noise", "philox"]);
    assert_eq!(
        usual.pixels,
        place.picture(&sd1(), &["--noise", "cpu"]).pixels
    );
    assert_ne!(usual.pixels, philox.pixels);
    assert!(philox.parameters.unwrap().contains("RNG: NV"));
}

#[test]
fn what_is_asked_for_shows() {
    let place = Place::new();
    let pixels = |args: &[&str]| place.picture(&sd1(), args).pixels;
    let usual = pixels(&[]);
    assert_ne!(usual, pixels(&["--negative", "green"]));
    assert_ne!(usual, pixels(&["--cfg", "2"]));
    assert_ne!(usual, pixels(&["--cfg-rescale", "0.7"]));
    assert_ne!(usual, pixels(&["--steps", "3"]));
    let wide = place.picture(&sd1(), &["--size", "72x40"]);
    assert_eq!((wide.width, wide.height), (72, 40));
}

#[test]
fn prompts_of_any_letters() {
    let place = Place::new();
    for prompt in [
        "",
        " ",
        "яблоко 🍎",
        "a\nb\0c".split('\0').next().unwrap(),
        "((()",
    ] {
        let model = sd1();
        let mut args = drawing(&model, &["-o", "a.png"]);
        args[1] = prompt.as_ref();
        place.run(args).good();
        let drawn = png_file::read(&place.path("a.png")).unwrap();
        assert_eq!(drawn.recipe().unwrap().unwrap().prompt, prompt);
    }
}

#[test]
fn fingerprints_that_are_broken_are_made_again() {
    let place = Place::new();
    let store = place.data().join("fingerprints.json");
    std::fs::write(&store, "{\"half").unwrap();
    place.draw(&sd1(), &[]).good();
    place.data_is_unharmed();
    assert!(store.is_file());
}

/// `cargo xtask test` installs this runtime where there is one.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn openvino_draws_the_same_picture() {
    let place = Place::new();
    let steps = ["--steps", "8"];
    let cpu = place.picture(&sd1(), &steps);
    let openvino = place.picture(&sd1(), &[&steps[..], &["--provider", "openvino"]].concat());
    let recipe = openvino.recipe().unwrap().unwrap();
    assert_eq!(recipe.runtime.provider, "openvino");
    let pixels = |bytes: &[u8]| bytes.as_chunks::<3>().0.to_vec();
    let (cpu, openvino) = (pixels(&cpu.pixels), pixels(&openvino.pixels));
    assert_eq!(cpu.len(), openvino.len());
    let differs = |(a, b): &(&[u8; 3], &[u8; 3])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 1);
    let different = cpu.iter().zip(&openvino).filter(differs).count();
    assert!(
        different * 1000 <= cpu.len(),
        "{different} of {} pixels",
        cpu.len()
    );
}
