use super::*;
use crate::jobs::Place as To;

fn five() -> Place {
    let place = Place::new();
    for prompt in ["a", "b", "c", "d", "e"] {
        place.add(prompt);
    }
    place
}

#[test]
fn the_oldest_comes_first_and_higher_priorities_before_it() {
    let place = five();
    let urgent = NewJob {
        priority: 5,
        ..job("urgent")
    };
    let whenever = NewJob {
        priority: -1,
        ..job("whenever")
    };
    place.queue.add(whenever).expect("added");
    place.queue.add(urgent).expect("added");
    place.add("f");
    assert_eq!(
        place.waiting(),
        ["urgent", "a", "b", "c", "d", "e", "f", "whenever"]
    );
    place.queue.set_priority(JobId(3), 5).expect("set");
    // By age among those of the same priority.
    assert_eq!(place.waiting()[..2], ["c", "urgent"]);
}

#[test]
fn a_job_goes_where_it_is_sent() {
    for (to, expected) in [
        (To::Top, "cabde"),
        (To::Bottom, "abdec"),
        (To::Before(JobId(1)), "cabde"),
        (To::Before(JobId(2)), "acbde"),
        (To::Before(JobId(4)), "abcde"),
        (To::Before(JobId(5)), "abdce"),
        (To::After(JobId(1)), "acbde"),
        (To::After(JobId(2)), "abcde"),
        (To::After(JobId(4)), "abdce"),
        (To::After(JobId(5)), "abdec"),
    ] {
        let place = five();
        place.queue.place(JobId(3), to).expect("moved");
        assert_eq!(place.waiting().concat(), expected, "{to:?}");
    }
}

#[test]
fn moving_crosses_priorities() {
    let place = five();
    place.queue.set_priority(JobId(1), 9).expect("set");
    place.queue.set_priority(JobId(5), -9).expect("set");
    place.queue.place(JobId(3), To::Top).expect("moved");
    assert_eq!(place.waiting().concat(), "cabde");
    place.queue.place(JobId(3), To::Bottom).expect("moved");
    assert_eq!(place.waiting().concat(), "abdec");
    place
        .queue
        .place(JobId(3), To::After(JobId(1)))
        .expect("moved");
    assert_eq!(place.waiting().concat(), "acbde");
    assert_eq!(place.queue.get(JobId(3)).expect("a job").priority, 9);
    // It is the first already.
    place.queue.place(JobId(1), To::Top).expect("moved");
    assert_eq!(place.waiting().concat(), "acbde");
}

#[test]
fn there_is_always_room_between_two() {
    let place = five();
    for turn in 0..200 {
        let (moved, to) = if turn % 2 == 0 { (3, 2) } else { (2, 3) };
        place
            .queue
            .place(JobId(moved), To::After(JobId(1)))
            .expect("moved");
        let expected = if moved == 3 { "acbde" } else { "abcde" };
        assert_eq!(
            place.waiting().concat(),
            expected,
            "turn {turn}, beside {to}"
        );
    }
}

#[test]
fn only_what_waits_is_moved() {
    let place = five();
    place.queue.cancel(JobId(2)).expect("cancelled");
    let refused = |id, to| {
        let error = place.queue.place(JobId(id), to).expect_err("refused");
        error.to_string()
    };
    let cancelled = "job 2 is cancelled: only queued jobs can be moved";
    assert_eq!(refused(2, To::Top), cancelled);
    assert_eq!(refused(1, To::Before(JobId(2))), cancelled);
    assert_eq!(refused(1, To::After(JobId(7))), "there is no job 7");
    assert_eq!(
        refused(1, To::After(JobId(1))),
        "job 1 cannot be moved beside itself"
    );
    assert_eq!(place.waiting().concat(), "acde");
}
