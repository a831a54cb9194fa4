use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Wake;

use super::*;
use crate::jobs::Preview;

const JOB: JobId = JobId(1);

fn note(text: impl ToString) -> JobEvent {
    JobEvent::Note {
        text: text.to_string(),
    }
}

fn step(done: u64) -> JobEvent {
    JobEvent::Step {
        done,
        total: 9,
        eta: None,
        preview: Some(Preview {
            picture: 0,
            width: 1,
            height: 1,
            png: Arc::new([done as u8]),
        }),
    }
}

fn drain(listener: &mut Listener) -> Vec<Heard> {
    std::iter::from_fn(|| listener.try_next()).collect()
}

fn previews(heard: &[Heard]) -> Vec<Option<u8>> {
    let of = |heard: &Heard| match heard {
        Heard::Event(event) => event.what.preview().map(|preview| preview.png[0]),
        Heard::Missed(_) => panic!("missed"),
    };
    heard.iter().map(of).collect()
}

#[test]
fn a_listener_hears_what_it_asked_for_from_then_on() {
    let events = Events::default();
    events.tell(JOB, note("before"));
    let mut all = events.listen(Interest::default());
    let mut one = events.listen(Interest {
        job: Some(JobId(2)),
        ..Interest::default()
    });
    events.tell(JOB, note("a"));
    events.tell(JobId(2), note("b"));
    let jobs = |heard: Vec<Heard>| -> Vec<i64> {
        let of = |heard: &Heard| match heard {
            Heard::Event(event) => event.job.number(),
            Heard::Missed(_) => panic!("missed"),
        };
        heard.iter().map(of).collect()
    };
    assert_eq!(jobs(drain(&mut all)), [1, 2]);
    assert_eq!(jobs(drain(&mut one)), [2]);
    assert_eq!(all.wait(Duration::from_millis(1)), None);
}

#[test]
fn what_was_told_since_is_heard_again() {
    let events = Events::default();
    let mut first = events.listen(Interest::default());
    for text in ["a", "b", "c"] {
        events.tell(JOB, note(text));
    }
    let Some(Heard::Event(heard)) = first.try_next() else {
        panic!("there is one");
    };
    let mut second = events.listen(Interest {
        after: Some(heard.id),
        ..Interest::default()
    });
    assert_eq!(drain(&mut second), drain(&mut first));
    let later = Interest {
        after: Some(u64::MAX),
        ..Interest::default()
    };
    let mut third = events.listen(later);
    assert_eq!(third.try_next(), None);
    events.tell(JOB, note("d"));
    assert!(matches!(third.try_next(), Some(Heard::Event(_))));
}

#[test]
fn whoever_is_too_slow_misses_the_oldest_and_is_told() {
    let events = Events::default();
    let mut slow = events.listen(Interest::default());
    for number in 0..KEPT + 10 {
        events.tell(JOB, note(number));
    }
    let heard = drain(&mut slow);
    assert_eq!(heard[0], Heard::Missed(10));
    assert_eq!(heard.len(), KEPT + 1);
    let Heard::Event(event) = &heard[1] else {
        panic!("an event");
    };
    assert_eq!(event.what, note(10));
}

#[test]
fn only_the_newest_preview_is_kept_and_none_after_the_end() {
    let events = Events::default();
    assert!(!events.want_previews(JOB));
    let with = Interest {
        job: Some(JOB),
        previews: true,
        after: None,
    };
    let mut quick = events.listen(with);
    let mut slow = events.listen(with);
    let mut plain = events.listen(Interest::default());
    assert!(events.want_previews(JOB) && !events.want_previews(JobId(2)));
    events.tell(JOB, step(1));
    assert_eq!(previews(&drain(&mut quick)), [Some(1)]);
    events.tell(JOB, step(2));
    events.tell(JOB, step(3));
    assert_eq!(previews(&drain(&mut slow)), [None, None, Some(3)]);
    assert_eq!(previews(&drain(&mut plain)), [None, None, None]);
    events.tell(JOB, JobEvent::Cancelled);
    assert_eq!(previews(&drain(&mut quick)), [None, None, None]);
    drop((quick, slow));
    assert!(!events.want_previews(JOB));
}

#[test]
fn waiting_ends_with_the_next_event() {
    let events = Events::default();
    let mut listener = events.listen(Interest::default());
    std::thread::scope(|scope| {
        let heard = scope.spawn(move || listener.wait(Duration::from_secs(60)));
        std::thread::sleep(Duration::from_millis(10));
        events.tell(JOB, note("now"));
        assert!(heard.join().expect("no panic").is_some());
    });
}

#[test]
fn a_future_is_woken_once_an_event_is_there() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(count.clone());
    let mut context = Context::from_waker(&waker);
    let events = Events::default();
    let mut listener = events.listen(Interest::default());
    assert!(listener.poll_next(&mut context).is_pending());
    assert!(listener.poll_next(&mut context).is_pending());
    events.tell(JOB, note("now"));
    assert_eq!(count.0.load(Ordering::SeqCst), 1);
    assert!(listener.poll_next(&mut context).is_ready());
}

#[test]
fn events_are_plain_json() {
    let event = Event {
        id: 7,
        at: Timestamp::UNIX_EPOCH,
        job: JOB,
        what: step(1),
    };
    let json = serde_json::to_string(&event).expect("JSON");
    let expected = r#"{"id":7,"at":"1970-01-01T00:00:00Z","job":1,"type":"step","done":1,"total":9,"preview":{"picture":0,"width":1,"height":1,"png":"AQ=="}}"#;
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_str::<Event>(&json).expect("own"), event);
}
