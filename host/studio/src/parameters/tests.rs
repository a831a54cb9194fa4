use std::fs;
use std::path::{Path, PathBuf};

use aquatint_diffusion::checkpoint::Fingerprints;

use super::*;
use crate::PictureFile;
use crate::infotext::Note;
use crate::png_file;
use crate::recipe::tests::sample;
use crate::{Picture, Recipe};

const TEXT: &str =
    "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 3, Size: 512x768, Model: ink";

fn file(parameters: Option<&str>, recipe: Option<String>, keywords: &[&str]) -> PictureFile {
    PictureFile {
        kind: crate::image_file::FileKind::Png,
        encoding: None,
        width: 1,
        height: 1,
        pixels: Vec::new(),
        parameters: parameters.map(str::to_owned),
        recipe_json: recipe,
        keywords: keywords.iter().map(|it| (*it).to_owned()).collect(),
    }
}

fn of(file: &PictureFile) -> Result<Parameters, String> {
    Parameters::of_picture(file, Path::new("x.png")).map_err(|error| error.to_string())
}

fn recipe() -> Recipe {
    Recipe {
        width: 512,
        height: 512,
        prompt: "from the recipe ".into(),
        ..sample()
    }
}

#[test]
fn a_recipe_comes_before_the_text() {
    let found = of(&file(Some(TEXT), Some(recipe().to_json()), &[])).expect("a recipe");
    assert_eq!(found.request.prompt, "from the recipe ");
    assert_eq!(found.request.provider, "auto");
    assert_eq!(found.notes, []);
    let wanted = found.model.expect("a model");
    assert_eq!(
        (wanted.name.as_str(), wanted.fingerprint.as_deref()),
        ("starter", Some("b3:0011"))
    );

    let found = of(&file(Some(TEXT), None, &[])).expect("a text");
    assert_eq!(found.request.prompt, "a cat");
    assert_eq!(found.model.map(|model| model.name).as_deref(), Some("ink"));
}

#[test]
fn a_recipe_of_another_version_leaves_the_text() {
    let newer = recipe()
        .to_json()
        .replacen("\"recipe\":1", "\"recipe\":2", 1);
    let found = of(&file(Some(TEXT), Some(newer.clone()), &[])).expect("a text");
    assert_eq!(found.request.prompt, "a cat");
    assert_eq!(
        Note::lines(&found.notes),
        [
            "the recipe has the number 2, and this version reads 1: the A1111 text beside it is taken instead"
        ]
    );
    assert_eq!(
        of(&file(None, Some(newer), &[])).expect_err("nothing else"),
        "x.png: the recipe has the number 2, and this version reads 1"
    );
}

#[test]
fn what_a_recipe_says_and_a_request_cannot_is_told() {
    let mut recipe = recipe();
    recipe.other.insert("sharpness".into(), 2.into());
    recipe.plugins = vec![crate::recipe::Plugin {
        id: "glow".into(),
        skipped: Some("it failed".into()),
        ..Default::default()
    }];
    let found = Parameters::of_recipe(&recipe);
    assert_eq!(found.request.plugins, []);
    assert_eq!(
        Note::lines(&found.notes),
        [
            "the plugin `glow` did nothing in it, and is left out: it failed",
            "ignored, as nothing is known of it: sharpness 2",
        ]
    );
}

#[test]
fn other_programs_are_recognised() {
    let is = |file: PictureFile, program: &str| {
        let error = of(&file).expect_err(program);
        assert!(
            error.starts_with(&format!("x.png was made by {program}, whose ")),
            "{error}"
        );
    };
    is(file(None, None, &["prompt", "workflow"]), "ComfyUI");
    is(file(None, None, &["invokeai_metadata"]), "InvokeAI");
    is(file(None, None, &["Dream", "sd-metadata"]), "InvokeAI");
    for (text, program) in [
        (r#"{"sui_image_params": {"prompt": "a"}}"#, "SwarmUI"),
        (
            r#"{"prompt": "a", "base_model": "b", "performance": "Speed"}"#,
            "Fooocus",
        ),
        (r#"{"positive_prompt": "a", "seed": 1}"#, "InvokeAI"),
        (
            r#"{"3": {"class_type": "KSampler", "inputs": {}}}"#,
            "ComfyUI",
        ),
        (r#"{"nodes": [], "links": []}"#, "ComfyUI"),
    ] {
        is(file(Some(text), None, &["parameters"]), program);
    }
    // The text counts where there is one.
    assert!(of(&file(Some(TEXT), None, &["prompt", "workflow"])).is_ok());
}

#[test]
fn pictures_without_parameters() {
    assert_eq!(
        of(&file(None, None, &[])).expect_err("none"),
        "x.png has no parameters in it"
    );
    assert_eq!(
        of(&file(None, None, &["Software", "Title\u{1b}"])).expect_err("none"),
        "x.png has no parameters in it, but other texts: `Software`, `Title\\u{1b}`"
    );
    let found = of(&file(Some("{red|green} apple"), None, &[])).expect("a prompt");
    assert_eq!(found.request.prompt, "{red|green} apple");
    assert_eq!(
        Note::lines(&found.notes),
        ["it has a prompt and no parameters: the defaults are drawn with"]
    );
    let nameless = TEXT.replace("Model: ink", "Model hash: 0a1b2c3d4e");
    let found = of(&file(Some(&nameless), None, &[])).expect("a text");
    assert_eq!(
        Note::lines(&found.notes),
        ["it names no model but its hash, 0a1b2c3d4e: the default model is drawn with"]
    );
}

#[test]
fn files_of_every_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let picture = Picture {
        width: 4,
        height: 2,
        texts: Vec::new(),
        pixels: vec![0; 24],
        recipe: recipe(),
        timings: Vec::new(),
    };
    png_file::write(&path("a.png"), &picture).expect("written");
    let json = recipe().to_json();
    fs::write(path("a.txt"), format!("\u{feff}{TEXT}\r\n")).expect("written");
    fs::write(path("a.json"), &json).expect("written");
    fs::write(
        path("line.json"),
        format!("{{\"file\":\"a.png\",\"recipe\":{json}}}\n"),
    )
    .expect("written");
    let prompt = |name: &str| Parameters::read(&path(name)).expect(name).request.prompt;
    assert_eq!(prompt("a.png"), "from the recipe ");
    assert_eq!(prompt("a.txt"), "a cat");
    assert_eq!(prompt("a.json"), "from the recipe ");
    assert_eq!(prompt("line.json"), "from the recipe ");
    // By what is in it, not by its name.
    fs::rename(path("a.png"), path("picture")).expect("renamed");
    assert_eq!(prompt("picture"), "from the recipe ");

    for (name, bytes, says) in [
        (
            "b.avif",
            &b"\0\0\0\x1cftypavif...."[..],
            "is of the kind AVIF: parameters are read from PNG, JPEG and WebP files",
        ),
        (
            "b.gif",
            b"GIF89a",
            "is of the kind GIF: parameters are read",
        ),
        ("b.jpg", b"\xff\xd8\xff\xe0....", "ends too early"),
        ("b.webp", b"RIFF\0\0\0\0WEBPVP8 ", "ends too early"),
        ("b.png", b"a text", "is not a PNG, JPEG or WebP file"),
        ("b.jpeg", b"a text", "is not a PNG, JPEG or WebP file"),
        (
            "b.bin",
            b"\x01\x02\xff\xfe\0",
            "is neither a PNG, JPEG or WebP file nor a text in UTF-8",
        ),
        (
            "nul.txt",
            b"Steps: 1, Seed: 2, Size: 8x8\0",
            "is neither a PNG, JPEG or WebP file nor a text in UTF-8",
        ),
        (
            "b.txt",
            b"a text without parameters",
            "has no parameters in it: expected a last line",
        ),
        ("empty", b"", "has no parameters in it"),
        ("b.json", b"{\"prompt\": \"a\"}", "the recipe has no number"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\0\0", "is damaged"),
    ] {
        fs::write(path(name), bytes).expect("written");
        let error = Parameters::read(&path(name)).expect_err(name).to_string();
        assert!(error.contains(says) && error.contains(name), "{error}");
    }
    let error = Parameters::read(folder.path())
        .expect_err("a folder")
        .to_string();
    assert!(error.ends_with("is a folder, not a picture"), "{error}");
    let error = Parameters::read(&path("none"))
        .expect_err("none")
        .to_string();
    assert!(error.starts_with("cannot read "), "{error}");
}

#[test]
fn models_are_found_by_their_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let known: Vec<KnownModel> = ["ink-v2", "oil", "Oil_", "plain"]
        .map(|name| KnownModel {
            name: name.to_owned(),
            path: folder.path().join(name),
        })
        .into();
    fs::create_dir(&known[3].path).expect("made");
    fs::write(
        known[3].path.join("aquatint.json"),
        r#"{"name": "Plain & simple"}"#,
    )
    .expect("written");
    let mut fingerprints = Fingerprints::default();
    let mut find = |name: &str| {
        let wanted = WantedModel {
            name: name.to_owned(),
            ..WantedModel::default()
        };
        wanted
            .find(&known, &mut fingerprints)
            .map(|found| found.name)
    };
    for name in [
        "ink-v2",
        "Ink_V2",
        "ink v2.safetensors",
        "SD15\\inkV2.ckpt",
        "a/b/ink-v2 [0a1b2c3d4e]",
    ] {
        assert_eq!(find(name).as_deref(), Some("ink-v2"), "{name}");
    }
    assert_eq!(find("Plain & simple").as_deref(), Some("plain"));
    assert_eq!(find("plain_simple").as_deref(), Some("plain"));
    assert_eq!(find("oil").as_deref(), Some("oil"));
    // Two are meant as well.
    assert_eq!(find("OIL"), None);
    assert_eq!(find("ink"), None);
    assert_eq!(find(""), None);
    assert_eq!(find("[]"), None);
}

#[test]
fn models_are_found_by_what_is_in_them() {
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parity/checkpoints");
    let known = |names: [&str; 2]| -> Vec<KnownModel> {
        names
            .into_iter()
            .zip(["sd1", "sd2v"])
            .map(|(name, folder)| KnownModel {
                name: name.to_owned(),
                path: tiny.join(folder),
            })
            .collect()
    };
    let mut fingerprints = Fingerprints::default();
    let checkpoint =
        aquatint_diffusion::checkpoint::Checkpoint::open(&tiny.join("sd2v")).expect("opened");
    let parts = fingerprints.of(&checkpoint).expect("hashed");
    let wanted = WantedModel {
        name: "ink".into(),
        hash: None,
        fingerprint: Some(Fingerprints::whole(&parts)),
    };
    let mut find = |names| wanted.find(&known(names), &mut fingerprints);
    let found = find(["a", "b"]).expect("found");
    assert_eq!(
        (found.name.as_str(), found.note.as_deref()),
        ("b", Some("the model \"ink\" is called \"b\" here"))
    );
    assert_eq!(
        find(["a", "ink"]),
        Some(Found {
            name: "ink".into(),
            note: None
        })
    );
    let found = find(["ink", "b"]).expect("found");
    assert!(
        found
            .note
            .is_some_and(|note| note.contains("not the one it was drawn with"))
    );
    let missing = KnownModel {
        name: "gone".into(),
        path: PathBuf::from("/nowhere"),
    };
    assert_eq!(wanted.find(&[missing], &mut fingerprints), None);
}
