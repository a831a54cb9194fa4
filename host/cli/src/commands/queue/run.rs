use std::cell::Cell;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aquatint_studio::harmless;
use aquatint_studio::history::History;
use aquatint_studio::jobs::{
    Ended, Event, Heard, Interest, JobEvent, Listener, Queue, State, Until, Worker, WorkerNote,
    WorkerOptions,
};

use crate::drawing::Drawer;
use crate::exit::Interrupted;
use crate::progress::JobProgress;
use crate::{interrupt, output};

#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Stay, and do what is added later too
    #[arg(long)]
    watch: bool,
    /// How often a job is begun again by itself after the process that worked on it died
    #[arg(long, value_name = "N", default_value_t = 1)]
    restarts: u32,
    /// Print every event as one line of JSON
    #[arg(long)]
    json: bool,
    /// Print nothing but the paths
    #[arg(long)]
    quiet: bool,
}

pub(super) fn run(args: &RunArgs, queue: &Queue, data: &Path) -> anyhow::Result<()> {
    let quiet = args.quiet || args.json;
    let history = History::of(queue.database().clone())?;
    let mut drawer = Drawer::new(data, history, quiet);
    let options = WorkerOptions {
        restarts: args.restarts,
    };
    let mut worker = Worker::new(queue, options)?.with_notes(note);
    let stopper = worker.stopper();
    interrupt::calls(move || stopper.now())?;
    let until = if args.watch {
        Until::Stopped
    } else {
        Until::Empty
    };
    let listener = queue.events().listen(Interest::default());
    let over = AtomicBool::new(false);
    let (ended, counts) = std::thread::scope(|scope| {
        let telling = scope.spawn(|| tell_all(listener, &over, args.json, quiet));
        let ended = worker.run(&mut drawer, until);
        over.store(true, Ordering::SeqCst);
        let counts = telling.join().unwrap_or_else(|_| Ok(Told::default()));
        (ended, counts)
    });
    let (ended, counts) = (ended?, counts?);
    match ended {
        Ended::Stopped => {
            let left = queue.counts()?.queued;
            Err(Interrupted(format!("stopped; {left} waiting in the queue")).into())
        }
        Ended::Paused if !quiet => {
            output::tell("the queue is paused: `aquatint queue resume` goes on");
            counts.result()
        }
        Ended::Paused | Ended::Empty => counts.result(),
    }
}

/// What was told about jobs that ended.
#[derive(Default)]
struct Told {
    done: Cell<u64>,
    failed: Cell<u64>,
}

impl Told {
    fn result(&self) -> anyhow::Result<()> {
        match self.failed.get() {
            0 => Ok(()),
            failed => anyhow::bail!("{failed} of {} jobs failed", failed + self.done.get()),
        }
    }
}

/// Tells what happens until it is over and everything is told.
fn tell_all(
    mut listener: Listener,
    over: &AtomicBool,
    json: bool,
    quiet: bool,
) -> anyhow::Result<Told> {
    let told = Told::default();
    let mut progress = JobProgress::new(quiet);
    loop {
        // Before looking: what was told until then is heard.
        let is_over = over.load(Ordering::SeqCst);
        match listener.wait(Duration::from_millis(100)) {
            Some(Heard::Event(event)) => {
                match &event.what {
                    JobEvent::Finished { .. } => told.done.set(told.done.get() + 1),
                    JobEvent::Failed { .. } => told.failed.set(told.failed.get() + 1),
                    _ => {}
                }
                progress.event(&event.what);
                if json {
                    output::json(&*event)?;
                } else {
                    tell(&event, &progress)?;
                }
            }
            Some(Heard::Missed(_)) => {}
            None if is_over => break,
            None => {}
        }
    }
    progress.finish();
    Ok(told)
}

fn tell(event: &Event, progress: &JobProgress) -> anyhow::Result<()> {
    let job = event.job;
    match &event.what {
        JobEvent::Picture { file, .. } => progress.suspend(|| output::line(file.display())),
        JobEvent::Note { text } => {
            progress.tell(format_args!("job {job}: note: {text}"));
            Ok(())
        }
        JobEvent::Failed { failure } => {
            let why = harmless(&failure.message);
            // Also where everything else is quiet.
            progress.suspend(|| output::tell(format_args!("job {job} failed: {why}")));
            Ok(())
        }
        JobEvent::Cancelled => {
            progress.tell(format_args!("job {job} was cancelled"));
            Ok(())
        }
        _ => Ok(()),
    }
}

fn note(note: WorkerNote<'_>) {
    match note {
        WorkerNote::Recovered(it) if it.state == State::Queued => output::tell(format_args!(
            "job {}: the process that worked on it ended; it is queued again",
            it.job
        )),
        WorkerNote::Unwritable { error, again_in } => output::tell(format_args!(
            "warning: {error}; trying again in {:.1} s",
            again_in.as_secs_f64()
        )),
        WorkerNote::WritableAgain => output::tell("the queue can be written again"),
        WorkerNote::Lost { job } => output::tell(format_args!(
            "warning: job {job} has another worker by now; what it gave here does not count"
        )),
        // Told as events.
        _ => {}
    }
}
