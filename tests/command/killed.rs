//! Sweeps that are killed, again and again.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aquatint_studio::png_file;
use aquatint_studio::sweep::run::{Line, Status};
use aquatint_tests::checkpoint;

use crate::place::Place;

const KILLS: usize = 100;
/// 4 seeds, 5 strengths of guidance, 3 lengths.
const CELLS: usize = 60;

fn sweep(place: &Place, folder: &str, resume: bool) -> Command {
    let model = checkpoint("sd1").display().to_string();
    let mut args = vec![
        "sweep",
        "a red apple",
        "--axis",
        "seed=1-4",
        "--axis",
        "cfg=2-6",
        "--axis",
        "steps=2-4",
        "--model",
        &model,
        "--size",
        "64x64",
        "--sampler",
        "Euler a",
        "--provider",
        "cpu",
        "-o",
        folder,
    ];
    if resume {
        args.push("--resume");
    }
    let mut command = place.command(args);
    command
        .env_remove("AQUATINT_NO_CACHE")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// Waits for so long at most. Whether it ended, and well.
fn wait(child: &mut Child, time: Duration) -> Option<bool> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status.success());
        }
        if start.elapsed() >= time {
            return None;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn lines(folder: &Path) -> Vec<Line> {
    let text = fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The pixels of each cell.
fn pictures(folder: &Path) -> Vec<Vec<u8>> {
    let lines = lines(folder);
    assert_eq!(lines.len(), CELLS, "each cell has one line");
    lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            assert_eq!((line.cell, line.status), (index + 1, Status::Done));
            let path = folder.join(line.file.as_ref().unwrap());
            png_file::read(&path).unwrap().pixels
        })
        .collect()
}

/// What was kept of denoisings, and which file on the disk each is.
#[cfg(unix)]
fn denoisings(place: &Place) -> BTreeMap<PathBuf, u64> {
    use std::os::unix::fs::MetadataExt as _;
    let mut found = BTreeMap::new();
    let folder = place.data().join("cache/stages/denoise");
    for shard in fs::read_dir(folder).into_iter().flatten().flatten() {
        for file in fs::read_dir(shard.path()).unwrap().flatten() {
            let path = file.path();
            if path.file_name().unwrap().len() == 64 {
                found.insert(path, file.metadata().unwrap().ino());
            }
        }
    }
    found
}

#[test]
#[cfg(unix)]
fn a_sweep_that_is_killed_a_hundred_times_loses_nothing_and_does_nothing_twice() {
    let place = Place::new();
    let undisturbed = {
        let own = Place::new();
        assert!(sweep(&own, "whole", false).status().unwrap().success());
        pictures(&own.path("whole"))
    };
    let mut kept: BTreeMap<PathBuf, u64> = BTreeMap::new();
    let (mut kills, mut whole) = (0, 0);
    // A sweep that came to its end is followed by another, which shares nothing with it.
    while kills < KILLS || whole == 0 {
        let name = format!("sweep-{whole}");
        let folder = place.path(&name);
        let resume = folder.join("sweep.json").exists();
        let mut child = sweep(&place, &name, resume).spawn().unwrap();
        let time = match kills {
            KILLS.. => Duration::from_secs(60),
            _ => Duration::from_millis(RandomState::new().hash_one(kills) % 200),
        };
        match wait(&mut child, time) {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
            }
            Some(well) => {
                let output = child.wait_with_output().unwrap();
                assert!(well, "{}", String::from_utf8_lossy(&output.stderr));
                assert!(pictures(&folder) == undisturbed, "other pictures");
                fs::remove_dir_all(place.data().join("cache/stages")).unwrap();
                kept.clear();
                whole += 1;
                continue;
            }
        }
        let now = denoisings(&place);
        for (path, file) in &kept {
            assert_eq!(
                now.get(path),
                Some(file),
                "{} was done again",
                path.display()
            );
        }
        kept = now;
    }
    eprintln!("{kills} kills, {whole} sweeps");
}
