//! Consent, removal and quarantine: when what there is may not be used.

use super::*;

#[test]
fn more_permissions_wait_for_consent() {
    let mut driver = Driver::new();
    driver.load(1);
    let (attempt, _) = driver.hashed(2);
    let missing = Change {
        added: vec!["clock".parse().expect("a permission")],
        dropped: Vec::new(),
    };
    let verified = Event::Verified {
        attempt,
        missing: Some(missing.clone()),
    };
    assert!(matches!(
        driver.send(verified)[..],
        [Effect::Tell(Notice::NeedsConsent { .. })]
    ));
    assert_eq!(driver.start(), Generation(1), "the old one serves on");
    assert!(
        driver.send(Event::Granted(digest(3))).is_empty(),
        "consent to something else"
    );
    assert!(matches!(
        driver.send(Event::Granted(digest(2)))[..],
        [Effect::Compile { .. }]
    ));
    driver.send(Event::Compiled(attempt));
    driver.send(Event::Linked(attempt));
    driver.send(Event::Probed(attempt));
    assert_eq!(driver.start(), Generation(2));

    driver.send(Event::Revoked(missing));
    assert_eq!(driver.state.name(), "needs-consent");
    assert_eq!(
        driver.refused(),
        Unavailable::NeedsConsent("clock".to_owned())
    );
    assert!(matches!(
        driver.send(Event::Granted(digest(2)))[..],
        [Effect::Compile { .. }]
    ));
}

#[test]
fn a_revocation_checks_again_what_is_on_its_way() {
    let mut driver = Driver::new();
    let (attempt, _) = driver.hashed(1);
    driver.send(Event::Verified {
        attempt,
        missing: None,
    });
    let effects = driver.send(Event::Revoked(Change::default()));
    assert_eq!(
        effects,
        [Effect::Abandon(attempt), Effect::Hash(AttemptId(2))]
    );
    assert!(driver.send(Event::Compiled(attempt)).is_empty());
}

#[test]
fn a_file_that_is_gone_for_a_moment_is_not_removed() {
    let mut driver = Driver::new();
    driver.load(1);
    let gone_at = driver.now;
    assert_eq!(
        driver.send(Event::Gone),
        [Effect::Look {
            at: ms(gone_at + 1000)
        }]
    );
    assert_eq!(driver.start(), Generation(1));
    driver.at(gone_at + 500, Event::Gone);
    driver.load(2);
    assert_eq!(driver.start(), Generation(2));
}

#[test]
fn a_removed_plugin_drains_and_is_stopped_in_the_end() {
    let mut driver = Driver::new();
    driver.load(1);
    let generation = driver.start();
    driver.send(Event::Gone);
    let effects = driver.at(driver.now + 1000, Event::Gone);
    let deadline = ms(driver.now + 30_000);
    assert_eq!(
        effects,
        [Effect::Tell(Notice::Removed), Effect::Wake { at: deadline }]
    );
    assert_eq!(driver.state.name(), "draining");
    assert_eq!(driver.refused(), Unavailable::Removed);
    assert!(driver.send(Event::Tick).is_empty());
    assert_eq!(
        driver.at(driver.now + 30_000, Event::Tick),
        [Effect::Kill(generation)]
    );
    assert!(driver.send(Event::Tick).is_empty(), "once only");
    assert_eq!(
        driver.send(Event::JobEnded { generation }),
        [Effect::Retire(generation)]
    );
    assert_eq!(driver.state.name(), "removed");
    assert!(driver.send(Event::Gone).is_empty());
    driver.load(1);
    assert_eq!(
        driver.start(),
        Generation(2),
        "the same bytes again are a new generation"
    );
}

#[test]
fn quarantine_ends_by_time_or_by_a_new_version() {
    let mut driver = Driver::new();
    driver.load(1);
    let generation = driver.start();
    let until = ms(driver.now + 30_000);
    driver.send(Event::Struck { generation, until });
    assert_eq!(driver.state.name(), "quarantined");
    assert_eq!(driver.refused(), Unavailable::Quarantined { until });
    assert_eq!(
        driver.at(driver.now + 30_000, Event::Tick),
        [Effect::Tell(Notice::Released)]
    );
    assert_eq!(driver.start(), generation);

    let until = ms(driver.now + 60_000);
    driver.send(Event::Struck { generation, until });
    driver.load(2);
    assert_eq!(driver.start(), Generation(2));
    assert!(
        driver
            .send(Event::Struck {
                generation,
                until: ms(driver.now + 1)
            })
            .is_empty()
    );
}
