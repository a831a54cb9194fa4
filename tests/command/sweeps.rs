//! Sweeps.

use std::fs;

use aquatint_studio::sweep::run::{Line, Status};
use aquatint_studio::{PictureFile, png_file};
use aquatint_tests::checkpoint;
use serde_json::Value;

use crate::place::{Place, Ran};

fn sweep(place: &Place, what: &str, axes: &[&str], more: &[&str]) -> Ran {
    let model = checkpoint("sd1").display().to_string();
    let mut args = vec!["sweep"];
    if !what.is_empty() {
        args.push(what);
    }
    for axis in axes {
        args.extend(["--axis", *axis]);
    }
    if !more.contains(&"--model") && !what.is_empty() {
        args.extend([
            "--model",
            &model,
            "--steps",
            "2",
            "--size",
            "64x64",
            "--provider",
            "cpu",
        ]);
    }
    args.extend(more);
    place.run(args)
}

fn lines(place: &Place, folder: &str) -> Vec<Line> {
    let text = fs::read_to_string(place.path(folder).join("manifest.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn cells_a_manifest_sheets_and_a_page_are_written() {
    let place = Place::new();
    let axes = ["cfg=2,3,3", "sampler=Euler,DDIM", "seed=5-6"];
    let ran = sweep(
        &place,
        "a red apple",
        &axes,
        &["-o", "out", "--json", "--negative", "blurry"],
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&report["cells"], &report["done"]), (&8.into(), &8.into()));
    let lines = lines(&place, "out");
    assert_eq!(lines.len(), 8);
    for (index, line) in lines.iter().enumerate() {
        assert_eq!((line.cell, line.status), (index + 1, Status::Done));
        let path = place.path("out").join(line.file.as_ref().unwrap());
        let file: PictureFile = png_file::read(&path).unwrap();
        let recipe = file.recipe().unwrap().unwrap();
        assert_eq!(Some(&recipe), line.recipe.as_ref());
        assert_eq!(line.coordinates["cfg"], f64::from(recipe.cfg));
        assert_eq!(line.coordinates["seed"], recipe.seed);
    }
    // The first axis changes first.
    assert_eq!(lines[1].coordinates["cfg"], 3.0);
    assert_eq!(lines[2].coordinates["sampler"], "DDIM");
    for sheet in ["out/grid-001.png", "out/grid-002.png"] {
        let file = png_file::read(&place.path(sheet)).unwrap();
        let text = file.parameters.unwrap();
        assert!(
            text.contains("Script: X/Y/Z plot") && text.contains("X Values: \"2,3\""),
            "{text}"
        );
        assert!(file.width > 128 && file.height > 128);
    }
    assert!(place.path("out/index.html").exists());
    // Every cell draws again as itself.
    let again = sweep(&place, "", &[], &["--resume", "-o", "out", "--json"]);
    let report: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(
        (&report["before"], &report["stages"]),
        (&8.into(), &serde_json::json!({}))
    );
}

#[test]
fn a_dry_run_says_what_there_is_to_do_and_does_nothing() {
    let place = Place::new();
    let axes = ["seed=1-4", "cfg=2-6", "replace=apple,pear"];
    let ran = sweep(
        &place,
        "a red apple",
        &axes,
        &["--dry-run", "--json", "-o", "out"],
    );
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(plan["cells"], 40);
    assert_eq!(plan["distinct"]["texts"], 2);
    assert_eq!(plan["distinct"]["denoisings"], 40);
    assert_eq!(place.files().len(), 0);
}

#[test]
fn a_dry_run_says_how_long_it_takes_once_its_like_was_drawn() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let model = model.to_str().unwrap();
    let usual = ["a red apple", "--model", model, "--provider", "cpu"];
    // What is measured is kept with what is computed.
    let run = |args: &[&str]| -> String {
        let mut command = place.command(args.iter().chain(&usual));
        let output = command.env_remove("AQUATINT_NO_CACHE").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let axes = ["--axis", "size=64x64,128x64", "--axis", "seed=1-3"];
    let dry = [&["sweep", "--dry-run", "--steps", "5"][..], &axes].concat();
    let text = run(&dry);
    assert!(text.contains("how long that takes is not known"), "{text}");
    run(&["generate", "--steps", "2", "--size", "64x64", "-o", "a.png"]);
    let text = run(&dry);
    assert!(
        text.contains(" to denoise, if none of it was done before; besides, 3 denoisings are like"),
        "{text}"
    );
    let plan = |more: &[&str]| -> Value {
        serde_json::from_str(&run(&[&dry[..], &["--json"], more].concat())).unwrap()
    };
    let forecast = &plan(&[])["forecast"];
    assert!(forecast["seconds"].as_f64().unwrap() > 0.0);
    assert_eq!(forecast["unknown"], 3);
    // Guided by nothing is another matter.
    assert_eq!(plan(&["--cfg", "1"])["forecast"]["seconds"], Value::Null);
}

#[test]
fn one_failing_cell_is_recorded_and_the_others_are_drawn() {
    let place = Place::new();
    fs::create_dir_all(place.path("gone")).unwrap();
    let broken = place.path("gone").display().to_string();
    let good = checkpoint("sd1").display().to_string();
    let axes = [format!("model={good},{broken}"), "seed=1-2".to_owned()];
    let axes: Vec<&str> = axes.iter().map(String::as_str).collect();
    let base = [
        "--model",
        good.as_str(),
        "--steps",
        "2",
        "--size",
        "64x64",
        "--provider",
        "cpu",
    ];
    let ran = sweep(
        &place,
        "x",
        &axes,
        &[&base[..], &["-o", "out", "--json"]].concat(),
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let statuses: Vec<Status> = lines(&place, "out")
        .iter()
        .map(|line| line.status)
        .collect();
    assert_eq!(
        statuses,
        [Status::Done, Status::Failed, Status::Done, Status::Failed]
    );
    assert!(
        lines(&place, "out")[1]
            .error
            .as_ref()
            .unwrap()
            .contains("gone")
    );
    assert!(
        place.path("out/grid.png").exists(),
        "with tiles that say why"
    );

    let ran = sweep(
        &place,
        "x",
        &axes,
        &[&base[..], &["-o", "fast", "--fail-fast"]].concat(),
    );
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.starts_with("error: cell 2 (model "),
        "{}",
        ran.stderr
    );
    let statuses: Vec<Status> = lines(&place, "fast")
        .iter()
        .map(|line| line.status)
        .collect();
    assert_eq!(
        statuses,
        [Status::Done, Status::Failed, Status::Done, Status::Skipped]
    );
}

#[test]
fn pictures_that_are_not_those_that_were_written_are_drawn_again() {
    let place = Place::new();
    let args = ["-o", "out"];
    assert_eq!(sweep(&place, "x", &["seed=1-3"], &args).code, Some(0));
    let whole = fs::read(place.path("out/cells/000002.png")).unwrap();
    fs::write(place.path("out/cells/000002.png"), &whole[..100]).unwrap();
    fs::remove_file(place.path("out/cells/000003.png")).unwrap();
    let ran = sweep(
        &place,
        "x",
        &["seed=1-3"],
        &["-o", "out", "--resume", "--json"],
    );
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((&report["before"], &report["done"]), (&1.into(), &3.into()));
    assert_eq!(fs::read(place.path("out/cells/000002.png")).unwrap(), whole);
}

#[test]
fn what_cannot_be_swept_is_told_in_a_line_and_nothing_is_lost() {
    let place = Place::new();
    assert_eq!(
        sweep(&place, "x", &["seed=1-2"], &["-o", "out"]).code,
        Some(0)
    );
    let before = fs::read(place.path("out/manifest.jsonl")).unwrap();
    fs::write(place.path("file"), "").unwrap();
    for (axes, more, code, says) in [
        (
            &["cfg=1-1000000000"][..],
            &[][..],
            2,
            "axis `cfg` has 1000000000 values",
        ),
        (&["cfg=nan"], &[], 2, "axis `cfg`: value `nan`"),
        (&["cfg="], &[], 2, "axis `cfg` has no values"),
        (
            &["cgf=1"],
            &[],
            2,
            "unknown axis `cgf` (did you mean `cfg`?)",
        ),
        (&["steps=0"], &[], 2, "steps is 0, expected 1 to 1000"),
        (&["size=512x768", "width=64"], &[], 2, "width"),
        (
            &["grain.amount=1"],
            &[],
            2,
            "no plugin `grain` is installed",
        ),
        (&[], &[], 2, "the sweep has no axes"),
        (
            &["seed=1-2"],
            &["-o", "out"],
            2,
            "out holds a sweep already",
        ),
        (
            &["seed=1-3"],
            &["-o", "out", "--resume"],
            2,
            "out holds another sweep",
        ),
        (
            &["seed=1-3"],
            &["-o", "none", "--resume"],
            2,
            "none holds no sweep to go on with",
        ),
        (&["seed=1-3"], &["-o", "file"], 1, "file"),
    ] {
        let ran = sweep(&place, "x", axes, more);
        assert_eq!(ran.code, Some(code), "{axes:?} {more:?}: {}", ran.stderr);
        assert_eq!(ran.stderr.trim_end().lines().count(), 1, "{}", ran.stderr);
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains(says),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(fs::read(place.path("out/manifest.jsonl")).unwrap(), before);
}

#[test]
fn a_file_describes_a_sweep_and_flags_come_on_top() {
    let place = Place::new();
    let text = format!(
        "prompt = 'a cat'\nmodel = '{}'\nsteps = 2\nwidth = 64\nheight = 64\nprovider = 'cpu'\n\
         [[axis]]\nfield = 'seed'\nvalues = '1-2'\nlabels = ['one', 'two']\n",
        checkpoint("sd1").display()
    );
    fs::write(place.path("sweep.toml"), text).unwrap();
    let ran = place.run(["sweep", "sweep.toml", "--cfg", "3", "--axis", "steps=2,3"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        format!("{}\n", std::path::Path::new("sweeps/0001").display())
    );
    let lines = lines(&place, "sweeps/0001");
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[3].request.cfg, Some(3.0));
    assert_eq!(lines[3].request.prompt, "a cat");
    assert_eq!(lines[3].recipe.as_ref().unwrap().steps, 3);
}

#[test]
fn a_random_seed_in_a_file_is_drawn_once_and_is_the_same_when_the_sweep_goes_on() {
    let place = Place::new();
    let text = format!(
        "prompt = 'a cat'\nmodel = '{}'\nsteps = 2\nwidth = 64\nheight = 64\nprovider = 'cpu'\nseed = -1\n\
         [[axis]]\nfield = 'cfg'\nvalues = '2,3'\n",
        checkpoint("sd1").display()
    );
    fs::write(place.path("sweep.toml"), text).unwrap();
    let args = ["sweep", "sweep.toml", "-o", "out"];
    place.run(args).good();
    let before = lines(&place, "out");
    let seed = before[0].request.seed.unwrap();
    assert_eq!(before[1].request.seed, Some(seed));
    let file = place.path("out").join(before[1].file.as_ref().unwrap());
    fs::remove_file(&file).unwrap();
    // From the file, and from what the folder says itself.
    for again in [&args[..], &["sweep", "-o", "out"]] {
        let again = [again, &["--resume"]].concat();
        place.run(again).good();
        let after = lines(&place, "out");
        assert_eq!(after[1].recipe, before[1].recipe);
        assert!(file.exists());
        fs::remove_file(&file).unwrap();
    }
}
