//! A sweep over the settings of a plugin, against the same pictures one by one.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::{Place, data, remove};
use crate::setup::target_folder;
use crate::shell::{root, run};
use crate::wasm_target;

const SEEDS: usize = 4;
const SCALES: usize = 5;
const AMOUNTS: usize = 10;

/// Four seeds, five guidance scales and ten settings of film-grain: what has to be drawn is twenty pictures.
pub(super) fn measure(place: &Place) -> Result<()> {
    let plugins = plugins(place)?;
    let output = place.folder.join("settings");
    let data_folder = place.folder.join("data");
    let program = |command: &str| {
        let mut program = Command::new(&place.program);
        program
            .args([command, "a red apple", "--provider", "cpu", "--json"])
            .arg("--plugins")
            .arg(&plugins)
            .env("AQUATINT_DATA", &data_folder)
            .env_remove("AQUATINT_NO_CACHE");
        program
    };
    remove(&output)?;
    let amounts = format!(
        "film-grain.amount={}",
        (1..=AMOUNTS).map(amount).collect::<Vec<_>>().join(",")
    );
    let mut sweep = program("sweep");
    sweep
        .args(["--axis", &format!("seed=101-{}", 100 + SEEDS)])
        .args(["--axis", &format!("cfg=2-6 [{SCALES}]")])
        .args(["--axis", &amounts])
        .arg("-o")
        .arg(&output);
    let start = Instant::now();
    let report = super::answer(&mut sweep)?;
    let swept = start.elapsed().as_secs_f64();
    let pictures = SEEDS * SCALES * AMOUNTS;
    if report["done"] != pictures {
        bail!("not all of {pictures} were drawn: {report}");
    }
    let single = output.join("single.png");
    let start = Instant::now();
    for picture in 0..pictures {
        let (seed, rest) = (picture % SEEDS, picture / SEEDS);
        let (scale, amount) = (rest % SCALES, amount(rest / SCALES + 1));
        let mut draw = program("generate");
        draw.args(["--no-cache", "--seed", &(101 + seed).to_string()])
            .args(["--cfg", &(2 + scale).to_string()])
            .args(["--plugin", &format!("film-grain:amount={amount}")])
            .arg("-o")
            .arg(&single);
        super::answer(&mut draw)?;
        fs::remove_file(&single).with_context(|| single.display().to_string())?;
    }
    let singly = start.elapsed().as_secs_f64();
    println!(
        "\n{SEEDS} seeds x {SCALES} scales x {AMOUNTS} settings of film-grain, processes and files included\n  \
         one sweep, with sheets and a page {swept:8.2} s  runs of stages: {}\n  \
         {pictures} commands, cache off         {singly:8.2} s  {:.1} x",
        report["stages"],
        singly / swept
    );
    Ok(())
}

/// In steps that the setting has: 0.1 to 1.
fn amount(number: usize) -> String {
    (number as f64 / AMOUNTS as f64).to_string()
}

/// A folder with film-grain in it.
fn plugins(place: &Place) -> Result<PathBuf> {
    let mut build = Command::new(&place.program);
    build
        .args(["plugin", "build"])
        .arg(root().join("plugins/film-grain"))
        .env("AQUATINT_DATA", data()?);
    if let Some(folder) = wasm_target::ensure(&target_folder()?)? {
        build.env("AQUATINT_WASM_RUST", folder);
    }
    run(&mut build)?;
    let folder = place.folder.join("plugins");
    fs::create_dir_all(&folder)?;
    fs::copy(
        root().join("plugins/film-grain/target/film-grain.wasm"),
        folder.join("film-grain.wasm"),
    )?;
    Ok(folder)
}
