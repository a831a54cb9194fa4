use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::*;

#[test]
fn jobs_are_done_in_order_and_what_they_gave_is_kept() {
    let place = Place::new();
    for prompt in ["a", "b", "c"] {
        place.add(prompt);
    }
    let mut order = Vec::new();
    let mut work = Doing(|job: &Job, context: &Context| {
        order.push(prompt(job));
        assert_eq!((job.state, context.attempt()), (State::Running, 1));
        match prompt(job).as_str() {
            "b" => Err(Failure::other("two\nlines")),
            _ => Ok(Outcome {
                files: vec!["/a.png".into()],
                report: serde_json::json!({"seconds": 1}),
            }),
        }
    });
    let ended = worker(&place.queue).run(&mut work, Until::Empty);
    assert_eq!(ended.expect("worked"), Ended::Empty);
    assert_eq!(order, ["a", "b", "c"]);
    let [a, b] = [1, 2].map(|id| place.other().get(JobId(id)).expect("a job"));
    assert_eq!(a.state, State::Done);
    assert_eq!(
        a.outcome.expect("an outcome").files,
        ["/a.png"].map(std::path::PathBuf::from)
    );
    assert!(a.started_at <= a.finished_at && a.started_at >= Some(a.created_at));
    assert_eq!(b.failure.expect("failed").message, "two lines");
    let attempts = place.queue.attempts(b.id).expect("attempts");
    assert_eq!(attempts[0].result, Some(AttemptResult::Failed));
    assert_eq!(attempts[0].pid, std::process::id());
}

#[test]
fn a_failed_job_is_tried_again_and_both_attempts_are_kept() {
    let place = Place::new();
    let id = place.add("a");
    let mut work = Doing(|job: &Job, _: &Context| match job.attempts {
        1 => Err(Failure::new(FailureKind::DiskFull, "the disk is full")),
        _ => done(),
    });
    let mut worker = worker(&place.queue);
    let failed = worker.run_one(&mut work).expect("worked").expect("a job");
    assert_eq!(failed.failure.expect("failed").kind, FailureKind::DiskFull);
    place.queue.retry(id).expect("queued");
    let job = worker.run_one(&mut work).expect("worked").expect("a job");
    assert_eq!(
        (job.state, job.attempts, job.failure),
        (State::Done, 2, None)
    );
    assert!(worker.run_one(&mut work).expect("worked").is_none());
    let attempts = place.queue.attempts(id).expect("attempts");
    let results: Vec<_> = attempts.iter().filter_map(|it| it.result).collect();
    assert_eq!(results, [AttemptResult::Failed, AttemptResult::Done]);
    let failure = attempts[0].failure.as_ref().expect("a failure");
    assert_eq!(failure.message, "the disk is full");
}

#[test]
fn a_panic_fails_the_job_and_the_next_is_begun() {
    struct Panics {
        cleaned: bool,
    }
    impl Work for Panics {
        fn kinds(&self) -> &[&str] {
            &[Task::GENERATE]
        }
        fn run(&mut self, job: &Job, _: &Context) -> Result<Outcome, Failure> {
            assert_ne!(prompt(job), "bad", "out of luck");
            assert!(self.cleaned);
            done()
        }
        fn panicked(&mut self) {
            self.cleaned = true;
        }
    }
    let place = Place::new();
    let (bad, good) = (place.add("bad"), place.add("good"));
    let mut work = Panics { cleaned: false };
    worker(&place.queue)
        .run(&mut work, Until::Empty)
        .expect("worked");
    let failure = place
        .queue
        .get(bad)
        .expect("a job")
        .failure
        .expect("failed");
    assert_eq!(failure.kind, FailureKind::Panic);
    assert!(failure.message.contains("out of luck"), "{failure}");
    assert_eq!(place.state(good), State::Done);
}

#[test]
fn eight_workers_do_every_job_once() {
    let place = Place::new();
    place
        .queue
        .add_all((0..100).map(|number| job(&number.to_string())))
        .expect("added");
    let times: Vec<AtomicUsize> = (0..100).map(|_| AtomicUsize::new(0)).collect();
    let barrier = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (place, times, barrier) = (&place, &times, &barrier);
            scope.spawn(move || {
                // Half of them as other processes.
                let queue = if number % 2 == 0 {
                    place.queue.clone()
                } else {
                    place.other()
                };
                let mut worker = worker(&queue);
                let mut work = Doing(|job: &Job, _: &Context| {
                    let number: usize = prompt(job).parse().expect("a number");
                    times[number].fetch_add(1, Ordering::SeqCst);
                    done()
                });
                barrier.wait();
                worker.run(&mut work, Until::Empty).expect("worked");
            });
        }
    });
    assert!(times.iter().all(|times| times.load(Ordering::SeqCst) == 1));
    assert_eq!(place.queue.counts().expect("counts").done, 100);
}

#[test]
fn jobs_of_other_kinds_stay() {
    let place = Place::new();
    let sweep = NewJob::new(Task::Sweep(serde_json::json!([])));
    let sweep = place.queue.add(sweep).expect("added").id;
    let id = place.add("a");
    let mut work = Doing(|_: &Job, _: &Context| done());
    let ended = worker(&place.queue).run(&mut work, Until::Empty);
    assert_eq!(ended.expect("worked"), Ended::Empty);
    assert_eq!(
        [id, sweep].map(|id| place.state(id)),
        [State::Done, State::Queued]
    );
}

#[test]
fn a_database_that_cannot_be_written_is_waited_for_and_nothing_is_lost() {
    let place = Place::new();
    let id = place.add("a");
    let said = Arc::new(Mutex::new(Vec::new()));
    let database = place.queue.database();
    let limit = move |pages: i64| {
        database.limit_pages(pages);
    };
    let heard = said.clone();
    let mut worker = worker(&place.queue).with_notes(|note| match note {
        WorkerNote::Unwritable { error, .. } => {
            heard.lock().expect("a list").push(error.to_string());
            limit(i64::from(u32::MAX - 1));
        }
        WorkerNote::WritableAgain => heard.lock().expect("a list").push("again".to_owned()),
        _ => {}
    });
    let mut work = Doing(|_: &Job, _: &Context| {
        limit(1);
        Ok(Outcome {
            files: vec!["x".repeat(1 << 16).into()],
            ..Outcome::default()
        })
    });
    worker.run(&mut work, Until::Empty).expect("worked");
    assert_eq!(place.state(id), State::Done);
    let said = said.lock().expect("a list");
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].ends_with("studio.db: the disk is full"), "{said:?}");
    assert_eq!(said[1], "again");
}

#[test]
fn what_a_worker_gives_after_it_lost_its_job_does_not_count() {
    let place = Place::new();
    let id = place.add("a");
    let lost = Mutex::new(0);
    let mut first = worker(&place.queue).with_notes(|note| {
        if let WorkerNote::Lost { .. } = note {
            *lost.lock().expect("a number") += 1;
        }
    });
    let folder = place.folder.path().join("workers");
    let mut work = Doing(|job: &Job, context: &Context| {
        if job.attempts > 1 {
            return done();
        }
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            std::fs::remove_file(entry.expect("a file").path()).expect("removed");
        }
        let mut second = worker(&place.other());
        let mut work = Doing(|_: &Job, _: &Context| Err(Failure::other("the second one's")));
        second.run(&mut work, Until::Empty).expect("worked");
        Err(until_cancelled(context))
    });
    first.run(&mut work, Until::Empty).expect("worked");
    assert_eq!(*lost.lock().expect("a number"), 1);
    let job = place.queue.get(id).expect("a job");
    assert_eq!(job.failure.expect("failed").message, "the second one's");
}
