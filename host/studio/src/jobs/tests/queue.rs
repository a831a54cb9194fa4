use super::*;

#[test]
fn a_job_comes_back_as_it_was_added() {
    let place = Place::new();
    let new = NewJob {
        options: JobOptions {
            output: Some("/pictures/a b.png".into()),
            other: serde_json::from_str(r#"{"a": 1}"#).expect("a map"),
            ..JobOptions::default()
        },
        priority: -3,
        deadline: Some(Duration::from_millis(1500)),
        key: Some("mine".to_owned()),
        ..job("línea\n\"ü\"\u{0} 猫")
    };
    let added = place.queue.add(new.clone()).expect("added");
    let job = place.other().get(added.id).expect("a job");
    assert_eq!(job, added);
    assert_eq!((job.id.number(), job.state), (1, State::Queued));
    assert_eq!(
        (job.options, job.priority, job.deadline, job.key),
        (new.options, new.priority, new.deadline, new.key)
    );
    let (Task::Generate(given), Task::Generate(kept)) = (new.task, job.task) else {
        panic!("both draw");
    };
    // Every attempt is to draw the same.
    assert!(kept.seed.is_some_and(|seed| seed <= u64::from(u32::MAX)));
    assert_eq!(
        *kept,
        Request {
            seed: kept.seed,
            ..*given
        }
    );
    let json = serde_json::to_value(place.queue.get(added.id).expect("a job")).expect("JSON");
    assert_eq!(json["kind"], "generate");
    assert_eq!(json["payload"]["prompt"], "línea\n\"ü\"\u{0} 猫");
    assert_eq!(json["state"], "queued");
    assert_eq!(json["deadline"], 1.5);
}

#[test]
fn what_is_wrong_with_a_job_is_said_and_nothing_is_added() {
    let place = Place::new();
    let wrong_steps = NewJob::generate(Request {
        steps: Some(0),
        ..Request::default()
    });
    let late = |deadline| NewJob {
        deadline: Some(deadline),
        ..job("a")
    };
    let keyed = |key: &str| NewJob {
        key: Some(key.to_owned()),
        ..job("a")
    };
    let large = NewJob::new(Task::Sweep("x".repeat(17 << 20).into()));
    for (wrong, says) in [
        (wrong_steps, "steps is 0, expected 1 to 1000"),
        (
            late(Duration::ZERO),
            "deadline is 0 seconds, expected 0.001",
        ),
        (
            late(Duration::MAX),
            "deadline is 18446744073709552000 seconds",
        ),
        (keyed(""), "key is 0 bytes long, expected 1 to 200 bytes"),
        (keyed(&"x".repeat(201)), "key is 201 bytes long"),
        (large, "expected at most 16 MiB"),
    ] {
        let error = place
            .queue
            .add_all([job("good"), wrong])
            .expect_err(says)
            .to_string();
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(place.queue.counts().expect("counts"), Counts::default());
}

#[test]
fn a_key_names_one_job() {
    let place = Place::new();
    let keyed = |prompt| NewJob {
        key: Some("k".to_owned()),
        ..job(prompt)
    };
    let first = place.queue.add(keyed("a")).expect("added");
    // The seed was drawn for the first; asking again does not draw another.
    assert_eq!(place.queue.add(keyed("a")).expect("the same"), first);
    let error = place.queue.add(keyed("b")).expect_err("another");
    assert_eq!(
        error.to_string(),
        "the key \"k\" belongs to job 1, which is another one"
    );
    place.queue.cancel(first.id).expect("cancelled");
    place.queue.clear(&State::ENDED).expect("cleared");
    let next = place.queue.add(keyed("b")).expect("free again");
    assert_eq!(next.id.number(), 2, "numbers are not used again");
}

#[test]
fn cancelling_retrying_and_clearing_keep_to_the_states() {
    let place = Place::new();
    let id = place.add("a");
    let queue = &place.queue;
    assert_eq!(queue.cancel(id).expect("cancelled"), Cancelled::AtOnce);
    let error = queue.cancel(id).expect_err("cancelled").to_string();
    assert_eq!(
        error,
        "job 1 is cancelled: only queued and running jobs can be cancelled"
    );
    let again = queue.retry(id).expect("queued");
    assert_eq!((again.state, again.finished_at), (State::Queued, None));
    let error = queue.retry(id).expect_err("queued").to_string();
    assert_eq!(
        error,
        "job 1 is queued: only failed and cancelled jobs can be tried again"
    );
    let error = queue.remove(id).expect_err("queued").to_string();
    assert!(error.contains("only done, failed"), "{error}");
    assert_eq!(queue.clear(&State::ALL).expect("nothing has ended"), 0);
    assert_eq!(queue.cancel_waiting().expect("cancelled"), [id]);
    assert_eq!(queue.clear(&[State::Failed]).expect("none"), 0);
    assert_eq!(queue.clear(&[State::Cancelled]).expect("one"), 1);
    for error in [
        queue.get(id).map(drop),
        queue.cancel(id).map(drop),
        queue.retry(id).map(drop),
        queue.place(id, Place_::Top),
        queue.attempts(id).map(drop),
        queue.remove(id),
    ] {
        assert_eq!(error.expect_err("gone").to_string(), "there is no job 1");
    }
}

use crate::jobs::Place as Place_;

#[test]
fn lists_have_pages_and_filters() {
    let place = Place::new();
    for number in 0..5 {
        place.add(&number.to_string());
    }
    place.queue.cancel(JobId(2)).expect("cancelled");
    let sweep = place
        .queue
        .add(NewJob::new(Task::Sweep(serde_json::json!({"axes": []}))))
        .expect("added");
    let list = |filter: Filter| -> Vec<i64> {
        let jobs = place.queue.list(&filter).expect("jobs");
        jobs.iter().map(|job| job.id.number()).collect()
    };
    assert_eq!(list(Filter::default()), [6, 5, 4, 3, 2, 1]);
    let page = |before| Filter {
        before,
        limit: 4,
        ..Filter::default()
    };
    assert_eq!(list(page(None)), [6, 5, 4, 3]);
    assert_eq!(list(page(Some(JobId(3)))), [2, 1]);
    let states = |states: &[State]| Filter {
        states: states.to_vec(),
        ..Filter::default()
    };
    assert_eq!(list(states(&[State::Cancelled])), [2]);
    assert_eq!(list(states(&[State::Running, State::Done])), [0; 0]);
    let kind = Filter {
        kind: Some("sweep".to_owned()),
        ..Filter::default()
    };
    assert_eq!(list(kind), [sweep.id.number()]);
    let waiting = place.queue.waiting(1, 2).expect("jobs");
    assert_eq!(waiting.iter().map(prompt).collect::<Vec<_>>(), ["2", "3"]);
    let counts = place.queue.counts().expect("counts");
    assert_eq!((counts.queued, counts.cancelled, counts.done), (5, 1, 0));
}

#[test]
fn what_a_newer_version_queued_can_be_seen_and_fails_when_it_is_its_turn() {
    let place = Place::new();
    let id = place.add("a");
    let database = place.queue.database();
    database
        .write(|change| {
            change
                .execute(
                    "UPDATE job SET payload = json_set(payload, '$.magic', 1), options = '[1]'",
                    [],
                )
                .map_err(|error| database.error(error))
        })
        .expect("changed");
    let job = place.queue.get(id).expect("a job");
    assert_eq!(job.task.kind(), "generate");
    assert!(matches!(&job.task, Task::Unreadable { reason, .. } if reason.contains("magic")));
    let mut worker = Worker::new(&place.queue, WorkerOptions::default()).expect("a worker");
    let mut work = Doing(|_: &Job, _: &Context| panic!("it cannot be done"));
    worker.run(&mut work, Until::Empty).expect("worked");
    let failure = place.queue.get(id).expect("a job").failure;
    let message = failure.expect("failed").message;
    assert!(message.contains("unknown field `magic`"), "{message}");
}

#[test]
fn ten_thousand_jobs_are_added_and_looked_through() {
    let place = Place::new();
    let jobs = (0..10_000).map(|number| job(&number.to_string()));
    assert_eq!(place.queue.add_all(jobs).expect("added").len(), 10_000);
    place
        .queue
        .place(JobId(10_000), Place_::Top)
        .expect("moved");
    let first = &place.queue.waiting(0, 1).expect("jobs")[0];
    assert_eq!(first.id.number(), 10_000);
}
