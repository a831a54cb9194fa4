//! Jobs, from the command that queues them to the pictures in the history.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use aquatint_studio::png_file;
use aquatint_tests::checkpoint;
use serde_json::Value;

use crate::place::Place;

/// The arguments that add a small drawing; what follows them counts.
pub(crate) fn adding<'a>(model: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let usual = [
        ("--seed", "42"),
        ("--steps", "2"),
        ("--size", "64x64"),
        ("--provider", "cpu"),
    ];
    let mut args = vec!["queue", "add", "a red apple", "--model", model, "--quiet"];
    for (option, value) in usual {
        if !more.contains(&option) {
            args.extend([option, value]);
        }
    }
    args.extend(more);
    args
}

pub(crate) fn model() -> String {
    checkpoint("sd1").to_str().unwrap().to_owned()
}

#[track_caller]
pub(crate) fn add(place: &Place, more: &[&str]) -> String {
    let ran = place.run(adding(&model(), more));
    ran.good().trim().to_owned()
}

pub(crate) fn jobs(place: &Place) -> Vec<Value> {
    let list = place.run(["queue", "list", "--json"]);
    list.good();
    list.json()["jobs"].as_array().unwrap().clone()
}

pub(crate) fn states(place: &Place) -> Vec<String> {
    let mut jobs = jobs(place);
    jobs.sort_by_key(|job| job["id"].as_i64());
    let states = jobs
        .iter()
        .map(|job| job["state"].as_str().unwrap().to_owned());
    states.collect()
}

/// The files of the history, the oldest first.
pub(crate) fn pictures(place: &Place) -> Vec<PathBuf> {
    let list = place.run(["history", "list", "--oldest", "--limit", "1000", "--json"]);
    list.good();
    let json = list.json();
    let entries = json["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|it| it["file"].as_str().unwrap().into())
        .collect()
}

fn start(place: &Place, args: &[&str]) -> Child {
    let mut command = place.command(args);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Waits for something to happen.
pub(crate) fn until(what: &str, mut happens: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happens() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what} does not happen"
        );
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn what_is_queued_is_drawn_as_generate_draws_it_and_is_found_again() {
    let place = Place::new();
    assert_eq!(add(&place, &["--negative", "blurry"]), "1");
    assert_eq!(add(&place, &["--batch", "2", "-o", "elsewhere/"]), "2");
    assert_eq!(add(&place, &["-o", "own.png", "--priority", "3"]), "3");
    let list = place.run(["queue", "list"]);
    assert_eq!(
        list.good(),
        "3  queued     a red apple     priority 3\n\
         1  queued     a red apple\n\
         2  queued     a red apple ×2\n\
         3 queued\n"
    );
    let ran = place.run(["queue", "run"]);
    let drawn: Vec<_> = ran.good().lines().map(PathBuf::from).collect();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let names: Vec<_> = drawn.iter().map(|path| name(path)).collect();
    assert_eq!(
        names,
        ["own.png", "00001-42.png", "00001-42.png", "00002-43.png"]
    );
    assert_eq!(drawn[0], place.path("own.png"));
    assert!(drawn[1].starts_with(place.data().join("outputs")));
    assert_eq!(drawn[2], place.path("elsewhere").join("00001-42.png"));
    let plain = place.picture(&checkpoint("sd1"), &[]);
    assert_eq!(png_file::read(&drawn[2]).unwrap().pixels, plain.pixels);
    assert_eq!(states(&place), ["done"; 3]);
    assert_eq!(pictures(&place), drawn);

    let found = place.run([
        "history",
        "search",
        "blurry APPLE",
        "--seed",
        "42",
        "--json",
    ]);
    let found = found.json();
    let entries = found["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["recipe"]["negative"], "blurry");
    assert_eq!(entries[0]["job"], 1);
    let id = entries[0]["id"].to_string();
    let shown = place.run(["history", "show", &id]);
    assert!(
        shown.good().contains("drawn by job 1\nrecipe {"),
        "{}",
        shown.stdout
    );
    place.run(["history", "delete", &id, "--files"]).good();
    assert!(!drawn[1].exists());
    place
        .run(["history", "show", &id])
        .is_error(2, &["there is no picture"]);
    let imported = place
        .run(["history", "import", "elsewhere", "--json"])
        .json();
    assert_eq!(
        (&imported["added"], &imported["known"]),
        (&0.into(), &2.into())
    );
    assert_eq!(place.run(["queue", "clear"]).good(), "forgot 3\n");
    assert_eq!(place.run(["queue", "list"]).good(), "no jobs\n");
}

#[test]
fn jobs_are_checked_before_they_wait() {
    let place = Place::new();
    let model = model();
    for (more, says) in [
        (&["--steps", "0"][..], "steps is 0"),
        (&["--model", "sd1.5"], "unknown model \"sd1.5\""),
        (&["--sampler", "eulr"], "eulr"),
        (&["--plugin", "none"], "none"),
        (&["--provider", "abacus"], "abacus"),
        (&["--name", "[sed]"], "did you mean `seed`?"),
        (&["--deadline", "-1"], "--deadline is -1"),
        (&["-o", "a.gif"], "cannot write a.gif"),
        (&["--format", "jepg"], "did you mean `jpeg`?"),
    ] {
        let mut args = adding(&model, more);
        if more[0] == "--model" {
            args.retain(|arg| *arg != model);
            args.remove(3);
        }
        place.refused(args, 2, &[says]);
    }
}

#[test]
fn jobs_are_moved_paused_cancelled_and_tried_again() {
    let place = Place::new();
    // The others draw the same: without this there is nothing left to do for the last.
    add(&place, &["--no-cache"]);
    add(&place, &[]);
    add(&place, &[]);
    let order = || -> Vec<String> {
        let list = place
            .run(["queue", "list", "--state", "queued", "--json"])
            .json();
        let jobs = list["jobs"].as_array().unwrap().clone();
        jobs.iter().map(|job| job["id"].to_string()).collect()
    };
    place.run(["queue", "move", "3", "--top"]).good();
    assert_eq!(order(), ["3", "1", "2"]);
    place.run(["queue", "move", "3", "--after", "1"]).good();
    assert_eq!(order(), ["1", "3", "2"]);
    place.run(["queue", "move", "1"]).is_error(2, &["--top"]);
    place.run(["queue", "pause"]).good();
    let ran = place.run(["queue", "run"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert!(ran.stderr.contains("the queue is paused"), "{}", ran.stderr);
    assert_eq!(place.run(["queue", "cancel", "1"]).good(), "cancelled 1\n");
    place
        .run(["queue", "cancel", "1"])
        .is_error(2, &["job 1 is cancelled"]);
    place
        .run(["queue", "cancel", "9"])
        .is_error(2, &["there is no job 9"]);
    place
        .run(["queue", "cancel", "x"])
        .is_error(2, &["is no job"]);
    place.run(["queue", "resume"]).good();
    place.run(["queue", "run", "--quiet"]).good();
    assert_eq!(states(&place), ["cancelled", "done", "done"]);
    place.run(["queue", "retry", "1"]).good();
    place
        .run(["queue", "retry", "2"])
        .is_error(2, &["job 2 is done"]);
    let events = place.run(["queue", "run", "--json"]);
    let types: Vec<String> = events
        .good()
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["type"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(types.first().map(String::as_str), Some("started"));
    assert_eq!(types.last().map(String::as_str), Some("finished"));
    assert_eq!(
        types.iter().filter(|it| *it == "step").count(),
        2,
        "{types:?}"
    );
    assert_eq!(states(&place), ["done"; 3]);
}

#[test]
fn a_job_that_runs_is_cancelled_from_another_process_and_the_next_is_done() {
    let place = Place::new();
    add(
        &place,
        &["--steps", "1000", "--batch", "64", "--sampler", "euler"],
    );
    add(&place, &[]);
    let child = start(&place, &["queue", "run"]);
    until("a step", || {
        jobs(&place)[0]["progress"]["done"].as_i64() > Some(0)
    });
    let asked = Instant::now();
    let ran = place.run(["queue", "cancel", "1"]);
    assert_eq!(ran.good(), "job 1 is told to stop\n");
    until("the end", || states(&place)[0] == "cancelled");
    let took = asked.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(states(&place), ["cancelled", "done"]);
}

#[cfg(unix)]
#[test]
fn a_process_that_is_stopped_gives_its_job_back() {
    let place = Place::new();
    add(
        &place,
        &["--steps", "1000", "--batch", "64", "--sampler", "euler"],
    );
    for name in ["-INT", "-TERM"] {
        let child = start(&place, &["queue", "run", "--watch"]);
        until("a step", || {
            jobs(&place)[0]["progress"]["done"].as_i64() > Some(0)
        });
        let mut kill = std::process::Command::new("kill");
        kill.arg(name).arg(child.id().to_string());
        assert!(kill.status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.ends_with("stopped; 1 waiting in the queue\n"),
            "{said}"
        );
        let job = &jobs(&place)[0];
        assert_eq!(
            (&job["state"], &job["deaths"]),
            (&"queued".into(), &0.into())
        );
    }
    let shown = place.run(["queue", "show", "1", "--json"]).json();
    assert_eq!(shown["tries"][1]["result"], "stopped");
}

#[test]
fn a_killed_process_loses_no_job_and_draws_none_twice() {
    let place = Place::new();
    for seed in 0..8 {
        add(&place, &["--seed", &seed.to_string()]);
    }
    let done = || states(&place).iter().filter(|it| *it == "done").count();
    for kill in 1..4 {
        let mut child = start(&place, &["queue", "run", "--restarts", "9"]);
        until("a picture", || done() >= kill);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    place.run(["queue", "run", "--restarts", "9"]).good();
    assert_eq!(states(&place), ["done"; 8]);
    let drawn = pictures(&place);
    let mut seeds: Vec<_> = drawn
        .iter()
        .map(|file| {
            png_file::read(file)
                .unwrap()
                .recipe()
                .unwrap()
                .unwrap()
                .seed
        })
        .collect();
    seeds.sort_unstable();
    assert_eq!(seeds, (0..8).collect::<Vec<_>>());
    let day = drawn[0].parent().unwrap();
    let files = std::fs::read_dir(day).unwrap();
    let files = files.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        !name.to_string_lossy().starts_with('.')
    });
    assert_eq!(files.count(), 8);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_fails_the_job_which_can_be_tried_again() {
    let place = Place::new();
    let link = place.path("full.png");
    std::os::unix::fs::symlink("/dev/full", &link).unwrap();
    add(&place, &["-o", "full.png"]);
    add(&place, &[]);
    let ran = place.run(["queue", "run", "--quiet"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("job 1 failed: cannot write"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("the disk is full"), "{}", ran.stderr);
    assert!(
        ran.stderr.ends_with("error: 1 of 2 jobs failed\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(states(&place), ["failed", "done"]);
    assert_eq!(jobs(&place)[1]["failure"]["kind"], "disk_full");
    std::fs::remove_file(&link).unwrap();
    assert_eq!(
        place.run(["queue", "retry", "--failed"]).good(),
        "queued 1 again\n"
    );
    place.run(["queue", "run"]).good();
    assert!(link.exists());
}

#[test]
fn a_job_that_takes_too_long_fails() {
    let place = Place::new();
    let long = ["--steps", "900", "--batch", "64", "--deadline", "0.5"];
    add(&place, &long);
    let ran = place.run(["queue", "run", "--quiet"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let says = "job 1 failed: it took longer than its deadline of 0.5 s\n";
    assert!(ran.stderr.starts_with(says), "{}", ran.stderr);
}
