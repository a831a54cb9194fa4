//! What a step costs while somebody watches, and while nobody does, as `cargo xtask bench previews` measures it:
//! `previews MODEL SIZE STEPS ROUNDS`, one line of JSON.

#![allow(clippy::print_stdout)] // What it is for.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use aquatint_diffusion::runtime::{Runtime, RuntimeOptions};
use aquatint_studio::jobs::{
    Context, Drawing, Failure, FailureKind, Heard, Interest, Job, JobEvent, Listener, NewJob,
    Outcome, Queue, Task, Work, Worker, WorkerOptions,
};
use aquatint_studio::plugins::NoPlugins;
use aquatint_studio::stages::Store;
use aquatint_studio::{Request, Studio, TinyChoice, Watcher};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [model, size, steps, rounds] = given.as_slice() else {
        return Err("expected MODEL SIZE STEPS ROUNDS".into());
    };
    let data = PathBuf::from(std::env::var_os("AQUATINT_DATA").ok_or("AQUATINT_DATA is not set")?);
    let folder = tempfile::tempdir()?;
    let mut drawer = Drawer::new(&data, folder.path())?;
    let queue = Queue::open(folder.path())?;
    let mut worker = Worker::new(&queue, WorkerOptions::default())?;
    let request = Request {
        prompt: "a red apple".to_owned(),
        model: Some(model.clone()),
        width: Some(size.parse()?),
        height: Some(size.parse()?),
        steps: Some(steps.parse()?),
        provider: "cpu".to_owned(),
        seed: Some(1),
        ..Request::default()
    };
    let mut draw = |tiny: TinyChoice, watched: bool| -> Result<(f64, u64), Box<dyn Error>> {
        drawer.studio.use_tiny(tiny);
        queue.add(NewJob::generate(request.clone()))?;
        let over = AtomicBool::new(false);
        let listener = queue.events().listen(Interest {
            previews: watched,
            ..Interest::default()
        });
        let (job, previews) = thread::scope(|scope| {
            let counting = scope.spawn(|| count(listener, &over));
            let job = worker.run_one(&mut drawer);
            over.store(true, Ordering::SeqCst);
            (job, counting.join())
        });
        let job = job?.ok_or("there was no job")?;
        let done = job.outcome.ok_or("the job failed")?;
        let seconds = done.report["timings"]["denoise"].as_f64();
        let previews = previews.map_err(|_| "whoever counted previews panicked")?;
        Ok((seconds.ok_or("the job has no timings")?, previews))
    };
    // The first ones load the model, and find out what previews cost.
    draw(TinyChoice::Off, false)?;
    draw(TinyChoice::Found, true)?;
    let mut rows = [Row::default(), Row::default(), Row::default()];
    for _ in 0..rounds.parse()? {
        for (row, (tiny, watched)) in rows.iter_mut().zip([
            (TinyChoice::Off, false),
            (TinyChoice::Off, true),
            (TinyChoice::Found, true),
        ]) {
            let (seconds, previews) = draw(tiny, watched)?;
            row.seconds.push(seconds);
            row.previews = previews;
        }
    }
    let report = rows.each_mut().map(Row::report);
    let [nobody, projected, found] = report;
    println!(
        "{}",
        json!({ "nobody": nobody, "projected": projected, "found": found })
    );
    Ok(())
}

/// How drawings went.
#[derive(Default)]
struct Row {
    /// In all steps of each drawing.
    seconds: Vec<f64>,
    /// Of the last drawing.
    previews: u64,
}

impl Row {
    fn report(&mut self) -> serde_json::Value {
        self.seconds.sort_by(f64::total_cmp);
        let median = self.seconds.get(self.seconds.len() / 2).copied();
        json!({ "seconds": median, "previews": self.previews })
    }
}

/// How many previews come until it is over.
fn count(mut listener: Listener, over: &AtomicBool) -> u64 {
    let mut previews = 0;
    loop {
        let is_over = over.load(Ordering::SeqCst);
        match listener.wait(Duration::from_millis(20)) {
            Some(Heard::Event(event)) => {
                let has = matches!(
                    event.what,
                    JobEvent::Step {
                        preview: Some(_),
                        ..
                    }
                );
                previews += u64::from(has);
            }
            Some(Heard::Missed(_)) => {}
            None if is_over => return previews,
            None => {}
        }
    }
}

/// Draws, and keeps nothing.
struct Drawer {
    studio: Studio,
}

impl Drawer {
    fn new(data: &Path, own: &Path) -> Result<Self, Box<dyn Error>> {
        let runtime = Runtime::start(&RuntimeOptions {
            data_dir: data.to_owned(),
            provider: "cpu".parse()?,
            threads: None,
        })?;
        let mut studio = Studio::new(own, Box::new(NoPlugins), Store::off());
        studio.use_runtime("cpu".parse()?, Arc::new(runtime));
        Ok(Self { studio })
    }
}

impl Work for Drawer {
    fn kinds(&self) -> &[&str] {
        &[Task::GENERATE]
    }

    fn run(&mut self, job: &Job, context: &Context) -> Result<Outcome, Failure> {
        let Task::Generate(request) = &job.task else {
            return Err(Failure::other("expected a job that draws"));
        };
        let mut drawing = Drawing::new(context);
        let watcher = Watcher {
            cancel: context.cancel(),
            events: &mut |event| drawing.tell(&event),
            notes: &mut |_| {},
        };
        let drawn = self
            .studio
            .draw(request, request.seed.unwrap_or_default(), watcher)
            .map_err(|error| Failure::new(FailureKind::Other, error))?;
        Ok(Outcome {
            files: Vec::new(),
            report: drawn.report().into(),
        })
    }
}
