use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::*;

fn worker(queue: &Queue) -> Worker<'static> {
    Worker::new(queue, WorkerOptions::default()).expect("a worker")
}

/// Waits for something to happen.
fn until(what: &str, mut happens: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happens() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what} does not happen"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

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
fn a_running_job_is_cancelled_from_this_process_and_from_another() {
    let place = Place::new();
    for own in [true, false] {
        let id = place.add("a");
        let other = if own {
            place.queue.clone()
        } else {
            place.other()
        };
        std::thread::scope(|scope| {
            let canceller = scope.spawn(move || {
                until("the start", || {
                    other.get(id).expect("a job").state == State::Running
                });
                assert_eq!(other.cancel(id).expect("asked"), Cancelled::Asked);
                assert_eq!(other.cancel(id).expect("asked again"), Cancelled::Asked);
            });
            let mut work = Doing(|_: &Job, context: &Context| Err(until_cancelled(context)));
            worker(&place.queue)
                .run(&mut work, Until::Empty)
                .expect("worked");
            canceller.join().expect("no panic");
        });
        assert_eq!(place.state(id), State::Cancelled);
        let attempts = place.queue.attempts(id).expect("attempts");
        assert_eq!(attempts[0].result, Some(AttemptResult::Cancelled));
    }
}

#[test]
fn a_job_that_is_done_before_it_notices_is_done() {
    let place = Place::new();
    let id = place.add("a");
    let queue = place.queue.clone();
    let mut work = Doing(move |job: &Job, _: &Context| {
        queue.cancel(job.id).expect("asked");
        done()
    });
    worker(&place.queue)
        .run(&mut work, Until::Empty)
        .expect("worked");
    assert_eq!(place.state(id), State::Done);
}

#[test]
fn a_job_that_takes_too_long_fails_and_the_next_is_begun() {
    let place = Place::new();
    let new = NewJob {
        deadline: Some(Duration::from_millis(50)),
        ..job("slow")
    };
    let id = place.queue.add(new).expect("added").id;
    let next = place.add("next");
    let mut work = Doing(|job: &Job, context: &Context| {
        assert_eq!(context.deadline().is_some(), prompt(job) == "slow");
        match prompt(job).as_str() {
            "slow" => Err(until_cancelled(context)),
            _ => done(),
        }
    });
    worker(&place.queue)
        .run(&mut work, Until::Empty)
        .expect("worked");
    let failure = place.queue.get(id).expect("a job").failure.expect("failed");
    assert_eq!(failure.kind, FailureKind::Deadline);
    assert_eq!(
        failure.message,
        "it took longer than its deadline of 0.05 s"
    );
    assert_eq!(place.state(next), State::Done);
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
fn a_worker_that_is_stopped_gives_its_job_back() {
    let place = Place::new();
    let id = place.add("a");
    let mut first = worker(&place.queue);
    let stopper = first.stopper();
    let mut work = Doing(|_: &Job, context: &Context| {
        stopper.now();
        Err(until_cancelled(context))
    });
    let ended = first.run(&mut work, Until::Stopped).expect("worked");
    assert_eq!(ended, Ended::Stopped);
    let job = place.queue.get(id).expect("a job");
    assert_eq!((job.state, job.deaths), (State::Queued, 0));
    let attempts = place.queue.attempts(id).expect("attempts");
    assert_eq!(attempts[0].result, Some(AttemptResult::Stopped));
    let mut work = Doing(|_: &Job, _: &Context| done());
    worker(&place.queue)
        .run(&mut work, Until::Empty)
        .expect("worked");
    assert_eq!(place.state(id), State::Done);
}

#[test]
fn a_cancelled_job_is_not_queued_again_when_its_worker_is_stopped() {
    let place = Place::new();
    let id = place.add("a");
    let mut worker = worker(&place.queue);
    let (stopper, queue) = (worker.stopper(), place.other());
    let mut work = Doing(|job: &Job, context: &Context| {
        stopper.now();
        queue.cancel(job.id).expect("asked");
        Err(until_cancelled(context))
    });
    worker.run(&mut work, Until::Stopped).expect("worked");
    assert_eq!(place.state(id), State::Cancelled);
}

#[test]
fn a_worker_may_finish_its_job_before_it_ends() {
    let place = Place::new();
    let (id, next) = (place.add("a"), place.add("b"));
    let mut worker = worker(&place.queue);
    let stopper = worker.stopper();
    let mut work = Doing(|_: &Job, context: &Context| {
        stopper.after_job();
        assert!(!context.cancel().is_cancelled());
        done()
    });
    let ended = worker.run(&mut work, Until::Empty).expect("worked");
    assert_eq!(ended, Ended::Stopped);
    assert_eq!(
        [id, next].map(|id| place.state(id)),
        [State::Done, State::Queued]
    );
}

#[test]
fn a_paused_queue_begins_nothing_until_it_is_resumed() {
    let place = Place::new();
    let (id, next) = (place.add("a"), place.add("b"));
    let other = place.other();
    let mut work = Doing(|_: &Job, _: &Context| {
        other.pause().expect("paused");
        done()
    });
    let mut first = worker(&place.queue);
    assert_eq!(
        first.run(&mut work, Until::Empty).expect("worked"),
        Ended::Paused
    );
    assert!(place.queue.is_paused().expect("read"));
    assert_eq!(
        [id, next].map(|id| place.state(id)),
        [State::Done, State::Queued]
    );
    // A worker that stays sees it when another process resumes.
    let stopper = first.stopper();
    std::thread::scope(|scope| {
        let mut work = Doing(|_: &Job, _: &Context| {
            stopper.after_job();
            done()
        });
        let first = &mut first;
        let staying = scope.spawn(move || first.run(&mut work, Until::Stopped));
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(place.state(next), State::Queued);
        place.other().resume().expect("resumed");
        let ended = staying.join().expect("no panic").expect("worked");
        assert_eq!(ended, Ended::Stopped);
    });
    assert_eq!(place.state(next), State::Done);
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
fn what_happens_is_told_in_order() {
    let place = Place::new();
    let mut listener = place.queue.events().listen(Interest::default());
    let id = place.add("a");
    let mut work = Doing(|job: &Job, context: &Context| {
        context.stage("denoise");
        context.step(1, 2, Some(0.5), None);
        context.note("a\u{1b}[31m");
        context.picture("/a.png".into(), Some(7), 1, (8, 8));
        assert!(!context.wants_preview());
        match job.attempts {
            1 => Err(Failure::other("no")),
            _ => done(),
        }
    });
    let mut worker = worker(&place.queue);
    worker.run_one(&mut work).expect("worked");
    place.queue.retry(id).expect("queued");
    worker.run_one(&mut work).expect("worked");
    let events = std::iter::from_fn(|| listener.try_next());
    let names: Vec<_> = events
        .map(|heard| match heard {
            Heard::Event(event) => {
                if let JobEvent::Note { text } = &event.what {
                    assert_eq!(text, "a\\u{1b}[31m");
                }
                event.what.name()
            }
            Heard::Missed(_) => panic!("missed"),
        })
        .collect();
    let middle = ["stage", "step", "note", "picture"];
    let expected = [
        &["queued", "started"][..],
        &middle,
        &["failed", "queued", "started"],
        &middle,
        &["finished"],
    ]
    .concat();
    assert_eq!(names, expected);
}

#[test]
fn previews_are_made_for_listeners_and_not_too_often() {
    let place = Place::new();
    place.add("a");
    let _listener = place.queue.events().listen(Interest {
        previews: true,
        ..Interest::default()
    });
    let mut work = Doing(|_: &Job, context: &Context| {
        let start = Instant::now();
        let wanted = (0..1000).filter(|_| context.wants_preview()).count();
        let most = 1 + start.elapsed().as_millis() as usize / 200;
        assert!((1..=most).contains(&wanted), "{wanted}");
        done()
    });
    let job = worker(&place.queue).run_one(&mut work).expect("worked");
    assert_eq!(job.expect("a job").state, State::Done);
}

#[test]
fn other_processes_see_how_far_a_job_is() {
    let place = Place::new();
    let id = place.add("a");
    let other = place.other();
    let mut work = Doing(|_: &Job, context: &Context| {
        context.stage("denoise");
        context.step(3, 8, Some(2.5), None);
        until("progress", || {
            let progress = other.get(id).expect("a job").progress;
            progress.is_some_and(|progress| {
                progress
                    == Progress {
                        stage: Some("denoise".to_owned()),
                        done: 3,
                        total: 8,
                        eta: Some(2.5),
                    }
            })
        });
        done()
    });
    worker(&place.queue)
        .run(&mut work, Until::Empty)
        .expect("worked");
    let job = other.get(id).expect("a job");
    assert_eq!((job.state, job.progress), (State::Done, None));
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

#[test]
fn a_drawing_tells_its_steps_with_previews_and_the_time_left() {
    use aquatint_diffusion::checkpoint::Family;
    use aquatint_diffusion::pipeline;
    use aquatint_diffusion::preview::Projection;

    let place = Place::new();
    place.add("a");
    let mut listener = place.queue.events().listen(Interest {
        previews: true,
        ..Interest::default()
    });
    let mut work = Doing(|_: &Job, context: &Context| {
        let projection = Projection::of(Family::Sd1);
        let mut drawing = Drawing::new(context);
        drawing.tell(&pipeline::Event::Stage(pipeline::Stage::Denoise));
        drawing.tell(&pipeline::Event::Ready { total: 4 });
        std::thread::sleep(Duration::from_millis(20));
        let latents = [1.0; 2 * 4 * 6];
        for (done, denoised) in [(1, None), (2, Some(&latents[..])), (3, Some(&latents[..5]))] {
            drawing.tell(&pipeline::Event::Step {
                done,
                total: 4,
                denoised: denoised.map(|latents| pipeline::Denoised {
                    latents,
                    first: 1,
                    shape: [4, 2, 3],
                    projection: &projection,
                }),
            });
        }
        done()
    });
    worker(&place.queue)
        .run(&mut work, Until::Empty)
        .expect("worked");
    let mut steps = Vec::new();
    while let Some(Heard::Event(event)) = listener.try_next() {
        if let JobEvent::Step {
            done,
            total,
            eta,
            preview,
        } = &event.what
        {
            assert_eq!(*total, 4);
            steps.push((*done, eta.expect("a time"), preview.clone()));
        }
    }
    assert_eq!(
        steps.iter().map(|step| step.0).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert!(steps[0].1 > steps[2].1, "{steps:?}");
    assert_eq!((&steps[0].2, &steps[2].2), (&None, &None));
    let preview = steps[1].2.clone().expect("a preview");
    assert_eq!((preview.picture, preview.width, preview.height), (1, 3, 2));
    let file = crate::png_file::decode(std::io::Cursor::new(&*preview.png), "preview".as_ref())
        .expect("a picture");
    // 127.5 and the sum of a channel's factors times that.
    assert_eq!(file.pixels, [146, 180, 149].repeat(6));
}
