use std::fs;

use super::*;
use crate::jobs::claim::Found;
use crate::jobs::identity::Identity;

/// A worker of a process that dies with its job.
fn dies_with_a_job(place: &Place) -> JobId {
    let queue = place.other();
    let identity = Identity::new(&queue.database).expect("a worker");
    let Found::Job(job) = queue.claim(identity.row(), &["generate"]).expect("claimed") else {
        panic!("no job");
    };
    identity.abandon();
    job.id
}

fn recover(place: &Place, restarts: u32) -> Vec<(i64, State)> {
    let recovered = place.queue.recover(restarts).expect("recovered");
    recovered
        .iter()
        .map(|it| (it.job.number(), it.state))
        .collect()
}

#[test]
fn a_job_whose_process_died_is_queued_once_more_and_then_fails() {
    let place = Place::new();
    let id = place.add("a");
    place.add("b");
    assert_eq!(recover(&place, 1), []);
    dies_with_a_job(&place);
    assert_eq!(place.state(id), State::Running);
    assert_eq!(recover(&place, 1), [(1, State::Queued)]);
    assert_eq!(recover(&place, 1), []);
    assert_eq!(place.waiting(), ["a", "b"], "it keeps its place");
    dies_with_a_job(&place);
    assert_eq!(recover(&place, 1), [(1, State::Failed)]);
    let job = place.queue.get(id).expect("a job");
    let failure = job.failure.expect("failed");
    assert_eq!(failure.kind, FailureKind::Crash);
    assert!(
        failure.message.contains("ended twice before it was done"),
        "{failure}"
    );
    assert_eq!((job.attempts, job.deaths), (2, 2));
    let attempts = place.queue.attempts(id).expect("attempts");
    let results: Vec<_> = attempts.iter().map(|it| it.result).collect();
    assert_eq!(results, [Some(AttemptResult::Interrupted); 2]);
    assert_eq!(place.waiting(), ["b"], "the queue goes on");
    // Whoever wants it again may have it, with a clean record.
    assert_eq!(place.queue.retry(id).expect("queued").deaths, 0);
}

#[test]
fn how_often_is_a_setting() {
    let place = Place::new();
    place.add("a");
    dies_with_a_job(&place);
    assert_eq!(recover(&place, 0), [(1, State::Failed)]);
    place.add("b");
    for _ in 0..3 {
        dies_with_a_job(&place);
        assert_eq!(recover(&place, 3), [(2, State::Queued)]);
    }
    dies_with_a_job(&place);
    assert_eq!(recover(&place, 3), [(2, State::Failed)]);
}

#[test]
fn a_job_that_was_to_stop_when_its_process_died_is_cancelled() {
    let place = Place::new();
    let id = dies_with_a_job_of(&place);
    assert_eq!(place.queue.cancel(id).expect("asked"), Cancelled::Asked);
    assert_eq!(recover(&place, 1), [(1, State::Cancelled)]);
}

fn dies_with_a_job_of(place: &Place) -> JobId {
    place.add("a");
    dies_with_a_job(place)
}

#[test]
fn a_worker_that_lives_keeps_its_job() {
    let place = Place::new();
    place.add("a");
    let identity = Identity::new(&place.queue.database).expect("a worker");
    let found = place.queue.claim(identity.row(), &["generate"]);
    assert!(matches!(found.expect("claimed"), Found::Job(_)));
    assert!(place.other().recover(1).expect("looked").is_empty());
    // With its file gone nobody can know that it lives; what it gives then does not count.
    for entry in fs::read_dir(place.folder.path().join("workers")).expect("a folder") {
        fs::remove_file(entry.expect("a file").path()).expect("removed");
    }
    assert_eq!(recover(&place, 1), [(1, State::Queued)]);
}

#[test]
fn a_worker_that_ends_well_leaves_nothing() {
    let place = Place::new();
    drop(Worker::new(&place.queue, WorkerOptions::default()).expect("a worker"));
    let files = fs::read_dir(place.folder.path().join("workers")).expect("a folder");
    assert_eq!(files.count(), 0);
    let database = place.queue.database();
    let rows: i64 = database
        .read(|it| {
            it.query_row("SELECT COUNT(*) FROM worker", [], |row| row.get(0))
                .map_err(|error| database.error(error))
        })
        .expect("read");
    assert_eq!(rows, 0);
}
