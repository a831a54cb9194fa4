use super::*;

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
