//! Workers in processes of their own, which are killed: no job is lost, none is done twice, and no picture is there twice.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use aquatint_diffusion::noise::NoiseKind;
use aquatint_studio::history::{History, Owner, Search};
use aquatint_studio::jobs::{
    AttemptResult, Context, Failure, FailureKind, Job, NewJob, Outcome, Queue, State, Task, Until,
    Work, Worker, WorkerOptions,
};
use aquatint_studio::outputs::{Naming, Outputs};
use aquatint_studio::recipe::{self, Recipe};
use aquatint_studio::{Picture, Request};
use jiff::ZonedDateTime;

const DATA: &str = "AQUATINT_TEST_QUEUE";
const RESTARTS: &str = "AQUATINT_TEST_RESTARTS";

/// The other process: works until nothing waits.
#[test]
#[ignore = "what the other tests start"]
fn a_worker() {
    let data = std::env::var(DATA).unwrap();
    let restarts = std::env::var(RESTARTS).unwrap().parse().unwrap();
    let queue = Queue::open(Path::new(&data)).unwrap();
    let history = History::of(queue.database().clone()).unwrap();
    let mut worker = Worker::new(&queue, WorkerOptions { restarts }).unwrap();
    let outputs = Outputs::of(Path::new(&data));
    worker
        .run(&mut Saver { history, outputs }, Until::Empty)
        .unwrap();
}

/// Saves two small pictures a job.
struct Saver {
    history: History,
    outputs: Outputs,
}

impl Work for Saver {
    fn kinds(&self) -> &[&str] {
        &[Task::GENERATE]
    }

    fn run(&mut self, job: &Job, _: &Context) -> Result<Outcome, Failure> {
        let Task::Generate(request) = &job.task else {
            return Err(Failure::other("another kind"));
        };
        if request.prompt == "poison" {
            std::process::abort();
        }
        let mut outcome = Outcome::default();
        for index in 0..2 {
            sleep(Duration::from_millis(job.id.number() as u64 % 4));
            let picture = picture(request, u64::from(index));
            let naming = Naming {
                recipe: &picture.recipe,
                job: Some(job.id.number()),
                index,
                time: ZonedDateTime::now(),
            };
            let owner = Owner { job: job.id, index };
            let saved = self
                .history
                .save(&picture, &self.outputs, &naming, Some(owner))
                .map_err(Failure::other)?;
            outcome.files.push(saved.file);
        }
        Ok(outcome)
    }
}

fn picture(request: &Request, index: u64) -> Picture {
    Picture {
        width: 4,
        height: 2,
        pixels: vec![index as u8; 24],
        texts: Vec::new(),
        timings: Vec::new(),
        recipe: Recipe {
            recipe: recipe::VERSION,
            prompt: request.prompt.clone(),
            negative: String::new(),
            styles: Vec::new(),
            seed: request.seed.unwrap() + index,
            steps: 1,
            cfg: 1.0,
            cfg_rescale: 0.0,
            sampler: "euler".into(),
            schedule: "model".into(),
            width: 4,
            height: 2,
            noise: NoiseKind::Cpu,
            clip_skip: 1,
            emphasis: Default::default(),
            embeddings: Vec::new(),
            model: recipe::Model::default(),
            runtime: recipe::Runtime::default(),
            sampling: aquatint_studio::recipe::Sampling::default(),
            init: None,
            hires: None,
            vae_tiling: None,
            vae: None,
            refiner: None,
            tiny_vae: None,
            plugins: Vec::new(),
            asked: None,
            app_version: "0".into(),
            other: serde_json::Map::new(),
        },
    }
}

fn start(data: &Path, restarts: u32) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_worker", "--ignored", "--nocapture"])
        .env(DATA, data)
        .env(RESTARTS, restarts.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn add(queue: &Queue, prompts: impl IntoIterator<Item = String>) {
    let jobs = prompts.into_iter().map(|prompt| {
        NewJob::generate(Request {
            prompt,
            ..Request::default()
        })
    });
    queue.add_all(jobs).unwrap();
}

/// That each of so many jobs was done once, with its two pictures, and nothing else is there.
fn check(queue: &Queue, data: &Path, jobs: usize) {
    let counts = queue.counts().unwrap();
    assert_eq!((counts.queued, counts.running), (0, 0));
    let all = queue
        .list(&aquatint_studio::jobs::Filter {
            states: vec![State::Done],
            limit: 1000,
            ..Default::default()
        })
        .unwrap();
    assert_eq!(all.len(), jobs);
    let mut files = BTreeSet::new();
    for job in &all {
        let attempts = queue.attempts(job.id).unwrap();
        let done = attempts
            .iter()
            .filter(|it| it.result == Some(AttemptResult::Done));
        assert_eq!(done.count(), 1, "job {}", job.id);
        assert!(attempts.iter().all(|it| it.result.is_some()));
        let outcome = job.outcome.as_ref().unwrap();
        assert_eq!(outcome.files.len(), 2);
        for file in &outcome.files {
            assert!(files.insert(file.clone()), "{} twice", file.display());
            aquatint_studio::png_file::read(file).unwrap();
        }
    }
    let mut there = BTreeSet::new();
    for day in std::fs::read_dir(data.join("outputs")).unwrap() {
        for file in std::fs::read_dir(day.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "png") {
                there.insert(path);
            }
        }
    }
    assert_eq!(there, files);
    let search = Search {
        limit: 1000,
        ..Search::default()
    };
    let page = History::open(data).unwrap().search(&search).unwrap();
    let known: BTreeSet<_> = page
        .entries
        .iter()
        .map(|entry| entry.file.clone())
        .collect();
    assert_eq!(known, files);
}

#[test]
fn a_hundred_jobs_survive_forty_kills() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    add(&queue, (0..100).map(|number| number.to_string()));
    let random = RandomState::new();
    let mut interrupted = 0;
    for kill in 0..20_u32 {
        let mut workers = [0, 1].map(|_| start(folder.path(), u32::MAX));
        // From before a worker is ready to well into its work.
        sleep(Duration::from_millis(10 + random.hash_one(kill) % 120));
        for worker in &mut workers {
            worker.kill().unwrap();
            worker.wait().unwrap();
        }
        interrupted += queue.recover(u32::MAX).unwrap().len();
    }
    let status = start(folder.path(), u32::MAX).wait().unwrap();
    assert!(status.success(), "{status}");
    check(&queue, folder.path(), 100);
    // Otherwise this has tested nothing.
    assert!(interrupted > 0, "no kill has met a job");
}

#[test]
fn a_job_that_kills_its_process_twice_fails_and_the_others_are_done() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    add(&queue, ["a", "poison", "b", "c"].map(str::to_owned));
    let mut died = 0;
    while !start(folder.path(), 1).wait().unwrap().success() {
        died += 1;
        assert!(died < 10, "the queue is wedged");
    }
    assert_eq!(died, 2);
    let poison = queue.get("2".parse().unwrap()).unwrap();
    assert_eq!(poison.state, State::Failed);
    assert_eq!(poison.failure.unwrap().kind, FailureKind::Crash);
    check(&queue, folder.path(), 3);
}

#[test]
fn a_worker_of_another_process_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let queue = Queue::open(folder.path()).unwrap();
    add(&queue, (0..200).map(|number| number.to_string()));
    let mut worker = start(folder.path(), 1);
    let begun = Instant::now();
    while queue.counts().unwrap().done == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60));
        sleep(Duration::from_millis(5));
    }
    queue.pause().unwrap();
    assert!(worker.wait().unwrap().success());
    let counts = queue.counts().unwrap();
    assert_eq!(counts.running, 0);
    assert!(counts.queued > 0, "{counts:?}");
}
