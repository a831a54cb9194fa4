//! A disk without space: a small one of its own, where this may be mounted.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aquatint_studio::png_file;
use serde_json::Value;

use crate::place::{Place, installed, link};
use crate::queue::{add, jobs, pictures, states, until};

/// A disk in memory. It goes when it is dropped.
struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// `None`, and a line that says so, where nothing may be mounted.
    fn mount(folder: PathBuf, kilobytes: u32) -> Option<Self> {
        fs::create_dir_all(&folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kilobytes}k"), "tmpfs"])
            .arg(&folder)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self { folder }),
            Ok(output) => {
                let why = String::from_utf8_lossy(&output.stderr);
                eprintln!("skipped: no disk can be mounted here: {}", why.trim());
                None
            }
            Err(why) => {
                eprintln!("skipped: no disk can be mounted here: {why}");
                None
            }
        }
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let block = vec![1; 4096];
        let mut filler = fs::File::create(self.filler()).unwrap();
        while std::io::Write::write_all(&mut filler, &block).is_ok() {}
    }

    /// Gives it back.
    fn clear(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Also while a process that failed the test still has files there.
        let unmounted = Command::new("umount").arg("-l").arg(&self.folder).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} stays mounted", self.folder.display());
        }
    }
}

/// That each of so many jobs, with seeds from 1, gave one whole picture, which the history knows, and nothing else lies
/// around.
fn all_is_there_once(place: &Place, count: u64, folder: &Path) {
    assert_eq!(states(place), vec!["done"; count as usize]);
    let files = pictures(place);
    let seeds: BTreeSet<u64> = files
        .iter()
        .map(|file| {
            let recipe = png_file::read(file).unwrap().recipe().unwrap();
            recipe.unwrap().seed
        })
        .collect();
    assert_eq!(files.len() as u64, count);
    assert_eq!(seeds, (1..=count).collect());
    let known: BTreeSet<_> = files.into_iter().collect();
    let there = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    assert_eq!(there.collect::<BTreeSet<_>>(), known);
}

#[test]
fn a_full_disk_of_pictures_fails_jobs_that_can_be_done_once_there_is_space() {
    let place = Place::new();
    let Some(disk) = Disk::mount(place.path("pictures"), 256) else {
        return;
    };
    // What random weights draw does not compress: 192 kB each.
    for seed in 1..=4 {
        let seed = seed.to_string();
        add(
            &place,
            &["--seed", &seed, "--size", "256x256", "-o", "pictures/"],
        );
    }
    let ran = place.run(["queue", "run", "--quiet"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let mut lines: Vec<_> = ran.stderr.lines().collect();
    assert_eq!(lines.pop(), Some("error: 3 of 4 jobs failed"));
    assert_eq!(lines.len(), 3, "{}", ran.stderr);
    for line in lines {
        assert!(
            line.contains("failed: cannot write") && line.contains("the disk is full"),
            "{line}"
        );
    }
    assert_eq!(states(&place), ["done", "failed", "failed", "failed"]);
    for job in jobs(&place) {
        let kind = &job["failure"]["kind"];
        assert!(job["state"] == "done" || kind == "disk_full", "{job}");
    }
    let whole = pictures(&place);
    let there = fs::read_dir(&disk.folder).unwrap();
    let there: Vec<_> = there.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(there, whole, "nothing half-written is left");

    let larger = Command::new("mount")
        .args(["-o", "remount,size=4m"])
        .arg(&disk.folder)
        .status();
    assert!(larger.unwrap().success());
    place.run(["queue", "retry", "--failed"]).good();
    place.run(["queue", "run"]).good();
    all_is_there_once(&place, 4, &disk.folder);
}

#[test]
fn a_full_disk_under_the_queue_loses_nothing_and_it_goes_on_once_there_is_space() {
    let place = Place::without_runtimes();
    let Some(disk) = Disk::mount(place.data(), 8192) else {
        return;
    };
    link(&installed(), &place.data().join("runtimes"));
    let long = ["--seed", "1", "--steps", "150", "--size", "128x128"];
    add(&place, &[&long[..], &["--sampler", "euler"]].concat());
    for seed in 2..=3 {
        add(&place, &["--seed", &seed.to_string()]);
    }
    let mut command = place.command(["queue", "run", "--quiet"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    until("a step", || {
        jobs(&place)[0]["progress"]["done"].as_i64() > Some(0)
    });
    disk.fill();
    // Nothing is accepted that could not be kept.
    let refused = place.run(super::queue::adding(
        &super::queue::model(),
        &["--seed", "9"],
    ));
    refused.is_error(1, &["studio.db", "the disk is full"]);
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let full = said.find_map(|line| {
        let line = line.unwrap();
        line.contains("the disk is full").then_some(line)
    });
    let full = full.expect("the process that draws says that the disk is full");
    assert!(full.contains("cannot write"), "{full}");
    disk.clear();
    // It goes on by itself, and what could not be written is told.
    for line in said {
        let line = line.unwrap();
        let is_expected = [
            "the disk is full",
            "the queue can be written",
            "jobs failed",
        ];
        assert!(is_expected.iter().any(|it| line.contains(it)), "{line}");
    }
    child.wait().unwrap();
    let failed = |job: &Value| job["state"] == "failed";
    for job in jobs(&place) {
        assert!(
            job["state"] == "done" || failed(&job) && job["failure"]["kind"] == "disk_full",
            "{job}"
        );
    }
    if jobs(&place).iter().any(failed) {
        place.run(["queue", "retry", "--failed"]).good();
        place.run(["queue", "run"]).good();
    }
    let day = pictures(&place)[0].parent().unwrap().to_owned();
    all_is_there_once(&place, 3, &day);
}
