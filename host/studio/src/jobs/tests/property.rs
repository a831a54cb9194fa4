//! Whatever is done to a queue in whatever order: no job is lost, none is done twice.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::jobs::Place as To;
use crate::jobs::claim::{Claim, End, Found};
use crate::jobs::identity::Identity;

#[derive(Clone, Debug)]
enum Step {
    Add { priority: i32 },
    Claim { worker: usize },
    Finish { worker: usize, end: usize },
    Dies { worker: usize },
    Recover,
    Cancel { job: usize },
    Retry { job: usize },
    Place { job: usize, to: usize, other: usize },
    Priority { job: usize, priority: i32 },
    Pause(bool),
    Clear { state: usize },
    Reopen,
}

const WORKERS: usize = 3;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let worker = 0..WORKERS;
    let job = 0..12_usize;
    let step = prop_oneof![
        4 => (-1..2).prop_map(|priority| Step::Add { priority }),
        5 => worker.clone().prop_map(|worker| Step::Claim { worker }),
        4 => (worker.clone(), 0..4_usize).prop_map(|(worker, end)| Step::Finish { worker, end }),
        2 => worker.prop_map(|worker| Step::Dies { worker }),
        2 => Just(Step::Recover),
        2 => job.clone().prop_map(|job| Step::Cancel { job }),
        2 => job.clone().prop_map(|job| Step::Retry { job }),
        2 => (job.clone(), 0..4_usize, job.clone())
            .prop_map(|(job, to, other)| Step::Place { job, to, other }),
        1 => (job, -1..2).prop_map(|(job, priority)| Step::Priority { job, priority }),
        1 => any::<bool>().prop_map(Step::Pause),
        1 => (0..3_usize).prop_map(|state| Step::Clear { state }),
        1 => Just(Step::Reopen),
    ];
    proptest::collection::vec(step, 1..60)
}

/// What the queue should hold.
#[derive(Default)]
struct Model {
    jobs: BTreeMap<JobId, Expected>,
    paused: bool,
    cleared: BTreeSet<JobId>,
}

struct Expected {
    state: State,
    priority: i32,
    deaths: u32,
    cancel_asked: bool,
    /// How often it was done.
    done: u32,
    claims: u32,
}

/// A worker, and what it has.
#[derive(Default)]
struct Hand {
    identity: Option<Identity>,
    job: Option<(JobId, u32)>,
}

impl Hand {
    fn row(&mut self, queue: &Queue) -> i64 {
        let identity = self
            .identity
            .get_or_insert_with(|| Identity::new(&queue.database).expect("a worker"));
        identity.row()
    }
}

fn check(queue: &Queue, model: &Model) {
    let listed = queue
        .list(&Filter {
            limit: 1000,
            ..Filter::default()
        })
        .expect("jobs");
    let ids: BTreeSet<_> = listed.iter().map(|job| job.id).collect();
    assert_eq!(ids, model.jobs.keys().copied().collect());
    for job in &listed {
        let expected = &model.jobs[&job.id];
        let seen = (job.state, job.priority, job.deaths, job.attempts);
        let should = (
            expected.state,
            expected.priority,
            expected.deaths,
            expected.claims,
        );
        assert_eq!(seen, should, "job {}", job.id);
        assert!(expected.done <= 1, "job {} was done twice", job.id);
        let done = queue.attempts(job.id).expect("attempts");
        let done = done
            .iter()
            .filter(|it| it.result == Some(AttemptResult::Done))
            .count();
        assert_eq!(done as u32, expected.done);
    }
    let waiting = queue.waiting(0, 1000).expect("jobs");
    let priorities: Vec<_> = waiting.iter().map(|job| job.priority).collect();
    assert!(priorities.is_sorted_by(|a, b| a >= b), "{priorities:?}");
    let queued = |model: &Model| -> BTreeSet<JobId> {
        let queued = model
            .jobs
            .iter()
            .filter(|(_, it)| it.state == State::Queued);
        queued.map(|(id, _)| *id).collect()
    };
    assert_eq!(
        waiting.iter().map(|job| job.id).collect::<BTreeSet<_>>(),
        queued(model)
    );
}

fn run(steps: Vec<Step>) {
    let place = Place::new();
    let mut queue = place.queue.clone();
    let mut model = Model::default();
    let mut hands: [Hand; WORKERS] = Default::default();
    let mut dead: Vec<JobId> = Vec::new();
    for step in steps {
        let id = |index: usize| JobId(index as i64 + 1);
        match step {
            Step::Add { priority } => {
                let new = NewJob {
                    priority,
                    ..job("a")
                };
                let added = queue.add(new).expect("added");
                assert!(!model.cleared.contains(&added.id), "a number used again");
                let expected = Expected {
                    state: State::Queued,
                    priority,
                    deaths: 0,
                    cancel_asked: false,
                    done: 0,
                    claims: 0,
                };
                assert!(model.jobs.insert(added.id, expected).is_none());
            }
            Step::Claim { worker } => {
                let hand = &mut hands[worker];
                if hand.job.is_some() {
                    continue;
                }
                let first = queue.waiting(0, 1).expect("jobs").pop();
                match queue
                    .claim(hand.row(&queue), &["generate"])
                    .expect("claimed")
                {
                    Found::Job(job) => {
                        assert!(!model.paused);
                        assert_eq!(Some(job.id), first.map(|job| job.id));
                        let expected = model.jobs.get_mut(&job.id).expect("a known job");
                        assert_eq!(expected.state, State::Queued);
                        expected.state = State::Running;
                        expected.cancel_asked = false;
                        expected.claims += 1;
                        hand.job = Some((job.id, job.attempts));
                    }
                    Found::Nothing => assert!(first.is_none()),
                    Found::Paused => assert!(model.paused && first.is_some()),
                }
            }
            Step::Finish { worker, end } => {
                let hand = &mut hands[worker];
                let Some((job, attempt)) = hand.job.take() else {
                    continue;
                };
                let claim = Claim {
                    job,
                    worker: hand.row(&queue),
                    attempt,
                };
                let end = match end {
                    0 => End::Done(Outcome::default()),
                    1 => End::Failed(Failure::other("no")),
                    2 => End::Cancelled,
                    _ => End::Stopped,
                };
                let expected = model.jobs.get_mut(&job).expect("a known job");
                expected.state = match end {
                    End::Done(_) => State::Done,
                    End::Failed(_) => State::Failed,
                    End::Stopped if !expected.cancel_asked => State::Queued,
                    End::Stopped | End::Cancelled => State::Cancelled,
                };
                expected.done += u32::from(expected.state == State::Done);
                let recorded = queue.finish(claim, &end).expect("recorded");
                assert_eq!(recorded, Some(expected.state));
                // The second time it has no say.
                assert_eq!(queue.finish(claim, &end).expect("looked"), None);
            }
            Step::Dies { worker } => {
                let hand = std::mem::take(&mut hands[worker]);
                if let Some(identity) = hand.identity {
                    identity.abandon();
                }
                dead.extend(hand.job.map(|(job, _)| job));
            }
            Step::Recover => {
                let recovered = queue.recover(1).expect("recovered");
                let ids: BTreeSet<_> = recovered.iter().map(|it| it.job).collect();
                assert_eq!(ids, dead.drain(..).collect());
                for recovered in recovered {
                    let expected = model.jobs.get_mut(&recovered.job).expect("a known job");
                    expected.deaths += 1;
                    expected.state = match (expected.cancel_asked, expected.deaths) {
                        (true, _) => State::Cancelled,
                        (false, 2..) => State::Failed,
                        (false, _) => State::Queued,
                    };
                    assert_eq!(recovered.state, expected.state);
                }
            }
            Step::Cancel { job } => {
                let cancelled = queue.cancel(id(job));
                match model.jobs.get_mut(&id(job)) {
                    Some(it) if it.state == State::Queued => {
                        assert_eq!(cancelled.expect("cancelled"), Cancelled::AtOnce);
                        it.state = State::Cancelled;
                    }
                    Some(it) if it.state == State::Running => {
                        assert_eq!(cancelled.expect("asked"), Cancelled::Asked);
                        it.cancel_asked = true;
                    }
                    _ => drop(cancelled.expect_err("nothing to cancel")),
                }
            }
            Step::Retry { job } => {
                let again = queue.retry(id(job));
                match model.jobs.get_mut(&id(job)) {
                    Some(it) if matches!(it.state, State::Failed | State::Cancelled) => {
                        again.expect("queued");
                        (it.state, it.deaths) = (State::Queued, 0);
                    }
                    _ => drop(again.expect_err("nothing to retry")),
                }
            }
            Step::Place { job, to, other } => {
                let to = match to {
                    0 => To::Top,
                    1 => To::Bottom,
                    2 => To::Before(id(other)),
                    _ => To::After(id(other)),
                };
                let before: Vec<_> = queue
                    .waiting(0, 1000)
                    .expect("jobs")
                    .iter()
                    .map(|it| it.id)
                    .collect();
                if queue.place(id(job), to).is_ok() {
                    let moved = queue.get(id(job)).expect("a job");
                    model.jobs.get_mut(&id(job)).expect("a known job").priority = moved.priority;
                    let after: Vec<_> = queue
                        .waiting(0, 1000)
                        .expect("jobs")
                        .iter()
                        .map(|it| it.id)
                        .collect();
                    let at = |id| after.iter().position(|it| *it == id);
                    let own = at(id(job)).expect("it waits");
                    match to {
                        To::Top => assert_eq!(own, 0),
                        To::Bottom => assert_eq!(own + 1, after.len()),
                        To::Before(other) => assert_eq!(at(other), Some(own + 1)),
                        To::After(other) => assert_eq!(at(other), own.checked_sub(1)),
                    }
                    let rest = |ids: &[JobId]| -> Vec<JobId> {
                        ids.iter().copied().filter(|it| *it != id(job)).collect()
                    };
                    assert_eq!(rest(&before), rest(&after), "the others keep their order");
                } else {
                    let is_queued = |id| {
                        model
                            .jobs
                            .get(&id)
                            .is_some_and(|it| it.state == State::Queued)
                    };
                    let beside = match to {
                        To::Before(other) | To::After(other) => {
                            other != id(job) && is_queued(other)
                        }
                        _ => true,
                    };
                    assert!(!is_queued(id(job)) || !beside);
                }
            }
            Step::Priority { job, priority } => {
                if queue.set_priority(id(job), priority).is_ok() {
                    model.jobs.get_mut(&id(job)).expect("a known job").priority = priority;
                }
            }
            Step::Pause(paused) => {
                if paused {
                    queue.pause()
                } else {
                    queue.resume()
                }
                .expect("set");
                model.paused = paused;
            }
            Step::Clear { state } => {
                let state = State::ENDED[state];
                let gone: Vec<_> = model
                    .jobs
                    .iter()
                    .filter(|(_, it)| it.state == state)
                    .map(|(id, _)| *id)
                    .collect();
                assert_eq!(queue.clear(&[state]).expect("cleared"), gone.len());
                for id in gone {
                    model.jobs.remove(&id);
                    model.cleared.insert(id);
                }
            }
            Step::Reopen => queue = place.other(),
        }
        check(&queue, &model);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_job_is_lost_and_none_is_done_twice(steps in steps()) {
        run(steps);
    }
}
