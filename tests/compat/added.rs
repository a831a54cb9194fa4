//! How plugins come here. Nothing that is there is ever written again.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use aquatint_sandbox::contract::{Hook, VERSION};
use aquatint_tests::{binary, copy_folder};
use lzma_rust2::{XzOptions, XzWriter};

use crate::everything;
use crate::kept::{PLUGIN, digest, folder, run};

/// The languages, and the hooks that their templates are built with.
const ROWS: [(&str, &[Hook]); 5] = [
    ("rust", &Hook::ALL),
    ("c", &[Hook::Denoise, Hook::PostProcess]),
    ("go", &[Hook::PostProcess]),
    ("js", &[Hook::PreProcess]),
    ("python", &[Hook::Sweep]),
];

/// Cases whose answers `plugin test --bless` writes down.
fn cases(hook: Hook) -> &'static [(&'static str, &'static str)] {
    match hook {
        Hook::PreProcess => &[(
            "all",
            "hook = 'pre-process'\nseed = 42\n[settings]\namount = 1\n[request]\nprompt = 'a red apple'\n",
        )],
        Hook::Denoise => &[(
            "noise",
            "hook = 'denoise'\nseed = 42\ninput = { pattern = 'noise', shape = [4, 8, 12] }\n\
             expected = 'expected.safetensors'\n[settings]\namount = 0.5\n\
             [moment]\nphase = 'step'\nstep = 4\nsteps = 20\nsigma = 1.5\n",
        )],
        Hook::PostProcess => &[(
            "gradient",
            "hook = 'post-process'\nseed = 42\ninput = { pattern = 'gradient', width = 48, height = 32 }\n\
             expected = 'expected.png'\n[settings]\namount = 0.5\n",
        )],
        Hook::Script => &[(
            "three",
            "hook = 'script'\nseed = 42\nexpected = ['1.png', '2.png', '3.png']\n[settings]\namount = 0.5\n\
             [request]\nprompt = 'a red apple'\nwidth = 48\nheight = 32\n",
        )],
        Hook::Sweep => &[
            (
                "axes",
                "hook = 'sweep'\nseed = 42\n[settings]\namount = 0.5\n",
            ),
            (
                "points",
                "hook = 'sweep'\nseed = 42\naxis = 'guidance'\n[settings]\namount = 0.5\n[request]\ncfg = 6.0\n",
            ),
        ],
    }
}

/// Cases of the plugin that leaves everything as it is.
const LEFT_ALONE: [(&str, &str); 5] = [
    ("pre-process", "hook = 'pre-process'\n[expected-request]\n"),
    (
        "denoise",
        "hook = 'denoise'\ninput = { pattern = 'ramp', shape = [1, 2, 2] }\nexpected = 'expected.safetensors'\n\
         [moment]\nphase = 'step'\nstep = 1\nsteps = 2\n",
    ),
    (
        "post-process",
        "hook = 'post-process'\ninput = { pattern = 'gradient', width = 8, height = 8 }\nexpected = 'expected.png'\n",
    ),
    (
        "script",
        "hook = 'script'\n[expected-pictures]\ncount = 0\n",
    ),
    ("sweep", "hook = 'sweep'\nexpected-axes = []\n"),
];

/// Adds the plugins of the present version, for a version that has none yet. Needs the compilers of all languages;
/// `AQUATINT_DATA` may name a folder that has them.
#[test]
#[ignore = "adds files: see README.md"]
fn add_the_plugins_of_this_version() {
    let version = folder().join(format!("{}.{}", VERSION.major, VERSION.minor));
    for (language, hooks) in ROWS {
        for hook in hooks {
            let place = version.join(format!("{language}-{hook}"));
            if !place.exists() {
                add(language, *hook, &place);
            }
        }
    }
    let place = version.join("everything");
    if !place.exists() {
        write(&place, &everything::component());
        write_cases(&place.join("cases"), &LEFT_ALONE);
        run(&place, true);
    }
}

fn add(language: &str, hook: Hook, place: &Path) {
    let scratch = tempfile::tempdir().expect("a folder");
    let id = format!("compat.{language}-{hook}");
    let project = scratch.path().join("project");
    // Some compilers write down where the SDK was, seen from the plugin.
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sdk");
    copy_folder(&sdk, &scratch.path().join("sdk")).expect("copied");
    aquatint(
        &[
            "new",
            &id,
            "--lang",
            language,
            "--hook",
            hook.name(),
            "--dir",
        ],
        &project,
    );
    if language == "rust" {
        // What the standard library takes cannot be helped; the rest is made small.
        let path = project.join("Cargo.toml");
        let mut text = fs::read_to_string(&path).expect("Cargo.toml");
        text.push_str(
            "\n[profile.release]\nopt-level = \"s\"\nlto = true\ncodegen-units = 1\npanic = \"abort\"\nstrip = true\n",
        );
        fs::write(path, text).expect("written");
    }
    let from = project.join("cases");
    fs::remove_dir_all(&from).expect("removed");
    write_cases(&from, cases(hook));
    aquatint(&["test", "--bless"], &project);
    let component = project.join("target").join(format!("{id}.wasm"));
    write(place, &fs::read(component).expect("a component"));
    copy_folder(&from, &place.join("cases")).expect("copied");
}

fn write_cases(folder: &Path, cases: &[(&str, &str)]) {
    for (name, text) in cases {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).expect("made");
        fs::write(folder.join("case.toml"), text).expect("written");
    }
}

/// Packs a plugin and adds it to the list.
fn write(place: &Path, component: &[u8]) {
    fs::create_dir_all(place).expect("made");
    let mut packed = XzWriter::new(Vec::new(), XzOptions::with_preset(9)).expect("a packer");
    packed.write_all(component).expect("packed");
    let path = place.join(PLUGIN);
    fs::write(&path, packed.finish().expect("packed")).expect("written");
    let list = folder().join("SHA256SUMS");
    let name = path.strip_prefix(folder()).expect("below");
    let line = format!("{}  {}", digest(&path), name.display());
    let text = fs::read_to_string(&list).unwrap_or_default();
    let mut lines: Vec<&str> = text.lines().chain([line.as_str()]).collect();
    lines.sort_by_key(|line| line.split_once("  ").map(|(_, name)| name));
    fs::write(list, lines.join("\n") + "\n").expect("written");
}

fn aquatint(words: &[&str], project: &Path) {
    let output = Command::new(binary())
        .arg("plugin")
        .args(words)
        .arg(project)
        .env("AQUATINT_SDK", project.with_file_name("sdk"))
        .output()
        .expect("the command runs");
    assert!(
        output.status.success(),
        "{words:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
