use super::*;
use crate::lock::LockError;

/// Installs 1.0.0, then writes these bytes where it came from.
fn changed(bytes: &[u8]) -> Place {
    let place = Place::new();
    place
        .install_file("lut.wasm", &plugin("1.0.0", &["clock"]))
        .expect("installed");
    place.file("lut.wasm", bytes);
    place
}

fn found(place: &Place) -> Proposal {
    match place.update("acme.lut", &Options::default()) {
        Ok(Update::Found(proposal)) => *proposal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_update_that_asks_for_nothing_new_is_taken() {
    let new = plugin("1.1.0", &[]);
    let place = changed(&new);
    let proposal = found(&place);
    let Standing::Update { from, change } = &proposal.standing else {
        panic!("{:?}", proposal.standing)
    };
    assert_eq!(from.to_string(), "1.0.0");
    assert_eq!(
        (change.added.len(), &change.dropped[..]),
        (0, &["clock".parse().expect("a permission")][..])
    );
    let outcome = place.installer.commit(proposal, Consent::Later);
    assert_eq!(outcome.expect("updated"), Outcome::Ready);
    assert_eq!(place.loaded("acme.lut"), Some(new));
    assert!(matches!(
        place.update("acme.lut", &Options::default()),
        Ok(Update::Newest)
    ));
}

#[test]
fn an_update_that_asks_for_more_waits() {
    let new = plugin("2.0.0", &["clock", "net"]);
    let place = changed(&new);
    let proposal = found(&place);
    let Standing::Update { change, .. } = &proposal.standing else {
        panic!("{:?}", proposal.standing)
    };
    assert_eq!(change.added.len(), 1);
    let outcome = place.installer.commit(proposal, Consent::Later);
    let Ok(Outcome::UpdateWaits(_)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(place.loaded("acme.lut"), Some(plugin("1.0.0", &["clock"])));
    let plugin_id = id("acme.lut");
    let asking = place.installer.asking(&plugin_id).expect("it waits");
    assert!(asking.update);
    let outcome = place
        .installer
        .grant(&plugin_id, &asking, &asking.pin.permissions)
        .expect("granted");
    assert_eq!(outcome, Outcome::Ready);
    assert_eq!(place.loaded("acme.lut"), Some(new));
}

#[test]
fn consent_is_for_what_was_shown() {
    let place = changed(&plugin("2.0.0", &["net"]));
    place
        .installer
        .commit(found(&place), Consent::Later)
        .expect("it waits");
    let plugin_id = id("acme.lut");
    let asking = place.installer.asking(&plugin_id).expect("it waits");
    place.file("lut.wasm", &plugin("2.0.1", &["net", "store"]));
    place
        .installer
        .commit(found(&place), Consent::Later)
        .expect("it waits instead");
    let before = place.snapshot();
    let error = place
        .installer
        .grant(&plugin_id, &asking, &asking.pin.permissions)
        .expect_err("another waits");
    assert!(matches!(
        error,
        InstallError::Lock(LockError::NotWaiting { .. })
    ));
    assert_eq!(place.snapshot(), before);
}

#[test]
fn going_back_brings_the_old_bytes() {
    let old = plugin("1.0.0", &["clock"]);
    let place = changed(&plugin("1.1.0", &["clock"]));
    place
        .installer
        .commit(found(&place), Consent::Later)
        .expect("updated");
    let (from, to) = place
        .installer
        .rollback(&id("acme.lut"))
        .expect("back again");
    assert_eq!(
        (from.to_string(), to.to_string()),
        ("1.1.0".into(), "1.0.0".into())
    );
    assert_eq!(place.loaded("acme.lut"), Some(old));
    assert!(matches!(
        place.installer.rollback(&id("acme.lut")),
        Err(InstallError::Lock(LockError::NothingEarlier { .. }))
    ));
}

#[test]
fn there_is_no_going_back_to_what_is_not_kept() {
    let place = changed(&plugin("1.1.0", &["clock"]));
    place
        .installer
        .commit(found(&place), Consent::Later)
        .expect("updated");
    let old = Digest::of(&plugin("1.0.0", &["clock"]));
    let kept = place
        .data()
        .join(format!("cache/plugins/sha256-{}.wasm", old.hex()));
    fs::write(&kept, b"damaged").expect("written");
    let before = place.snapshot();
    let error = place
        .installer
        .rollback(&id("acme.lut"))
        .expect_err("damaged");
    assert!(
        error
            .to_string()
            .contains("version 1.0.0 is not kept any more"),
        "{error}"
    );
    assert_eq!(place.snapshot(), before);
}

#[test]
fn an_older_file_is_not_taken_by_itself() {
    let place = changed(&plugin("0.9.0", &[]));
    let error = place
        .update("acme.lut", &Options::default())
        .expect_err("older");
    assert!(error.to_string().contains("has moved"), "{error}");
    let accept = Options {
        accept_moved: true,
        ..Options::default()
    };
    assert!(matches!(
        place.update("acme.lut", &accept),
        Ok(Update::Found(_))
    ));
}

#[test]
fn another_plugin_is_no_update() {
    let place = changed(&named("acme.other", "2.0.0", &[]));
    let error = place
        .update("acme.lut", &Options::default())
        .expect_err("another");
    assert!(
        error
            .to_string()
            .contains("holds plugin `acme.other`, expected plugin `acme.lut`"),
        "{error}"
    );
}

#[test]
fn what_was_changed_behind_its_back_is_noticed_and_put_right() {
    let place = Place::new();
    let bytes = plugin("1.0.0", &[]);
    place.install_file("lut.wasm", &bytes).expect("installed");
    let plugin_id = id("acme.lut");
    let verify = || {
        place
            .installer
            .verify(&plugin_id, true, &Options::default())
            .expect("installed")
    };
    assert!(verify().is_sound());
    assert_eq!(verify().findings, []);
    let path = place.installer.folders().plugin(&plugin_id);
    fs::write(&path, plugin("1.0.1", &[])).expect("written");
    let report = verify();
    assert!(!report.is_sound());
    let Finding::Problem(text) = &report.findings[0] else {
        panic!("{report:?}")
    };
    assert!(text.contains("has the digest sha256:"), "{text}");
    assert!(place.installer.repair(&plugin_id).expect("repaired"));
    assert_eq!(place.loaded("acme.lut"), Some(bytes));
    assert!(verify().is_sound());
    fs::remove_file(&path).expect("removed");
    assert!(!verify().is_sound(), "missing");
    place.file("lut.wasm", &plugin("1.2.0", &[]));
    place.installer.repair(&plugin_id).expect("repaired");
    assert!(
        matches!(&verify().findings[..], [Finding::Note(text)] if text.contains("has changed since"))
    );
}
