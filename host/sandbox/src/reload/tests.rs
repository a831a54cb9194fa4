mod leaving;

use std::time::Duration;

use super::*;
use crate::digest::Digest;
use crate::permissions::Change;

/// Drives a machine by hand, time in milliseconds.
struct Driver {
    state: State,
    now: u64,
}

impl Driver {
    fn new() -> Self {
        Self {
            state: State::default(),
            now: 0,
        }
    }

    fn send(&mut self, event: Event) -> Vec<Effect> {
        let state = std::mem::take(&mut self.state);
        let timing = Timing {
            settle: ms(100),
            ..Timing::default()
        };
        let (state, effects) = step(state, ms(self.now), event, &timing);
        self.state = state;
        effects
    }

    fn at(&mut self, now: u64, event: Event) -> Vec<Effect> {
        self.now = now;
        self.send(event)
    }

    /// From the first sight of a file to its being read.
    fn hashed(&mut self, content: u8) -> (AttemptId, Vec<Effect>) {
        self.send(Event::Seen(stamp(content)));
        self.at(self.now + 50, Event::Seen(stamp(content)));
        let effects = self.at(self.now + 50, Event::Seen(stamp(content)));
        let [Effect::Hash(attempt)] = effects[..] else {
            panic!("{effects:?}")
        };
        let effects = self.send(Event::Hashed {
            attempt,
            digest: digest(content),
        });
        (attempt, effects)
    }

    fn load(&mut self, content: u8) -> Vec<Effect> {
        let (attempt, _) = self.hashed(content);
        self.send(Event::Verified {
            attempt,
            missing: None,
        });
        self.send(Event::Compiled(attempt));
        self.send(Event::Linked(attempt));
        self.send(Event::Probed(attempt))
    }

    fn start(&mut self) -> Generation {
        match self.send(Event::JobStarted { job: 7 })[..] {
            [Effect::Serve { job: 7, generation }] => generation,
            ref other => panic!("{other:?}"),
        }
    }

    fn refused(&mut self) -> Unavailable {
        match &self.send(Event::JobStarted { job: 7 })[..] {
            [Effect::Refuse { job: 7, why }] => why.clone(),
            other => panic!("{other:?}"),
        }
    }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn stamp(content: u8) -> Stamp {
    Stamp {
        size: 100,
        modified: ms(content.into()),
    }
}

fn digest(content: u8) -> Digest {
    Digest::of(&[content])
}

fn failed(attempt: AttemptId) -> Event {
    Event::Failed {
        attempt,
        why: "no info".to_owned(),
    }
}

#[test]
fn a_plugin_goes_all_the_way() {
    let mut driver = Driver::new();
    assert_eq!(driver.refused(), Unavailable::NotReady);
    assert_eq!(
        driver.send(Event::Seen(stamp(1))),
        [Effect::Look { at: ms(50) }]
    );
    assert_eq!(driver.state.name(), "candidate");
    assert_eq!(
        driver.at(50, Event::Seen(stamp(1))),
        [Effect::Look { at: ms(100) }]
    );
    assert_eq!(driver.state.name(), "settling");
    let attempt = AttemptId(1);
    assert_eq!(
        driver.at(100, Event::Seen(stamp(1))),
        [Effect::Hash(attempt)]
    );
    assert_eq!(driver.state.name(), "verifying");
    let (one, digest) = (Generation(1), digest(1));
    assert_eq!(
        driver.send(Event::Hashed { attempt, digest }),
        [Effect::Verify { attempt, digest }]
    );
    assert_eq!(
        driver.send(Event::Verified {
            attempt,
            missing: None
        }),
        [Effect::Compile { attempt, digest }]
    );
    assert_eq!(
        driver.send(Event::Compiled(attempt)),
        [Effect::Link(attempt)]
    );
    assert_eq!(
        driver.send(Event::Linked(attempt)),
        [Effect::Probe(attempt)]
    );
    assert_eq!(driver.state.name(), "probing");
    assert_eq!(
        driver.send(Event::Probed(attempt)),
        [
            Effect::Publish {
                attempt,
                generation: one,
                digest
            },
            Effect::Tell(Notice::Loaded(one))
        ]
    );
    assert_eq!(driver.state.name(), "ready");
    assert_eq!(driver.start(), one);
    assert!(driver.send(Event::Seen(stamp(1))).is_empty(), "nothing new");
}

#[test]
fn a_file_that_is_still_written_is_waited_for() {
    let mut driver = Driver::new();
    for content in 0..20 {
        let effects = driver.at(u64::from(content) * 40, Event::Seen(stamp(content)));
        assert!(matches!(effects[..], [Effect::Look { .. }]), "{effects:?}");
    }
    assert_eq!(
        driver.at(810, Event::Seen(stamp(19))),
        [Effect::Look { at: ms(860) }]
    );
    assert!(matches!(
        driver.at(860, Event::Seen(stamp(19)))[..],
        [Effect::Hash(_)]
    ));
}

#[test]
fn jobs_keep_the_generation_they_began_with() {
    let mut driver = Driver::new();
    driver.load(1);
    let (old, _) = (driver.start(), driver.start());
    let effects = driver.load(2);
    let new = driver.start();
    assert!(new > old);
    assert!(effects.contains(&Effect::Tell(Notice::Reloaded {
        generation: new,
        before: old
    })));
    assert!(driver.send(Event::JobEnded { generation: old }).is_empty());
    assert_eq!(driver.state.draining().len(), 1);
    assert_eq!(
        driver.send(Event::JobEnded { generation: old }),
        [Effect::Retire(old)]
    );
    assert!(
        driver.send(Event::JobEnded { generation: old }).is_empty(),
        "once only"
    );
    assert!(driver.send(Event::JobEnded { generation: new }).is_empty());
    assert!(
        driver.send(Event::JobEnded { generation: new }).is_empty(),
        "never below none"
    );
    assert_eq!(
        driver.state.serving().map(|serving| serving.in_flight),
        Some(0)
    );
    assert!(
        driver.load(3).contains(&Effect::Retire(new)),
        "nothing to wait for"
    );
}

#[test]
fn a_failure_at_any_step_leaves_the_old_one_serving() {
    for step in 0..5 {
        let mut driver = Driver::new();
        driver.load(1);
        let old = driver.start();
        driver.send(Event::Seen(stamp(2)));
        driver.at(driver.now + 50, Event::Seen(stamp(2)));
        driver.at(driver.now + 50, Event::Seen(stamp(2)));
        let attempt = AttemptId(2);
        let answers = [
            Event::Hashed {
                attempt,
                digest: digest(2),
            },
            Event::Verified {
                attempt,
                missing: None,
            },
            Event::Compiled(attempt),
            Event::Linked(attempt),
        ];
        for answer in answers.into_iter().take(step) {
            driver.send(answer);
        }
        let effects = driver.send(failed(attempt));
        let known = (step > 0).then(|| digest(2));
        assert_eq!(
            effects,
            [Effect::Tell(Notice::Rejected {
                digest: known,
                why: "no info".to_owned(),
                serving: Some(old)
            })],
            "step {step}"
        );
        assert_eq!(driver.state.name(), "rejected");
        assert_eq!(driver.start(), old);
        assert!(driver.send(Event::Probed(attempt)).is_empty(), "too late");
    }
}

#[test]
fn bytes_that_failed_are_not_tried_again_until_someone_asks() {
    let mut driver = Driver::new();
    let (attempt, _) = driver.hashed(1);
    driver.send(failed(attempt));
    assert_eq!(
        driver.refused(),
        Unavailable::Rejected("no info".to_owned())
    );
    assert!(driver.send(Event::Seen(stamp(1))).is_empty());
    // Touched: another stamp, the same bytes.
    driver.send(Event::Seen(stamp(9)));
    driver.at(driver.now + 50, Event::Seen(stamp(9)));
    let effects = driver.at(driver.now + 50, Event::Seen(stamp(9)));
    assert_eq!(effects, [Effect::Hash(AttemptId(2))]);
    let hashed = |attempt| Event::Hashed {
        attempt,
        digest: digest(1),
    };
    assert_eq!(
        driver.send(hashed(AttemptId(2))),
        [Effect::Abandon(AttemptId(2))]
    );
    assert_eq!(driver.state.name(), "rejected");
    assert_eq!(driver.send(Event::Retry), [Effect::Hash(AttemptId(3))]);
    assert!(matches!(
        driver.send(hashed(AttemptId(3)))[..],
        [Effect::Verify { .. }]
    ));
}

#[test]
fn a_file_that_could_not_be_read_is_read_again() {
    let mut driver = Driver::new();
    driver.send(Event::Seen(stamp(1)));
    driver.at(100, Event::Seen(stamp(1)));
    driver.send(failed(AttemptId(1)));
    assert!(matches!(
        driver.send(Event::Seen(stamp(1)))[..],
        [Effect::Look { .. }]
    ));
}

#[test]
fn a_touched_file_is_no_reload() {
    let mut driver = Driver::new();
    driver.load(1);
    driver.start();
    driver.send(Event::Seen(stamp(9)));
    driver.at(driver.now + 100, Event::Seen(stamp(9)));
    let attempt = AttemptId(2);
    let hashed = Event::Hashed {
        attempt,
        digest: digest(1),
    };
    assert_eq!(driver.send(hashed), [Effect::Abandon(attempt)]);
    assert_eq!(driver.state.name(), "ready");
    assert!(driver.send(Event::Seen(stamp(9))).is_empty());
    assert_eq!(driver.start(), Generation(1));
}

#[test]
fn a_change_while_compiling_starts_over() {
    let mut driver = Driver::new();
    let (attempt, _) = driver.hashed(1);
    driver.send(Event::Verified {
        attempt,
        missing: None,
    });
    let effects = driver.send(Event::Seen(stamp(2)));
    assert!(matches!(effects[..], [Effect::Abandon(id), Effect::Look { .. }] if id == attempt));
    assert!(driver.send(Event::Compiled(attempt)).is_empty());
    assert!(driver.send(failed(attempt)).is_empty());
    assert_eq!(driver.state.name(), "candidate");
}
