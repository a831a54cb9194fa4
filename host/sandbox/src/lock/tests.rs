use super::*;

fn id(text: &str) -> PluginId {
    text.parse().expect("an id")
}

fn set(lines: &[&str]) -> PermissionSet {
    lines
        .iter()
        .map(|line| line.parse().expect("a permission"))
        .collect()
}

fn pin(version: &str, permissions: &[&str]) -> Pin {
    Pin {
        version: version.parse().expect("a version"),
        digest: Digest::of(version.as_bytes()),
        source: "oci://registry.example.org/acme/lut:latest"
            .parse()
            .expect("a locator"),
        manifest: Some(Digest::of(b"manifest")),
        permissions: set(permissions),
        installed_at: Timestamp::UNIX_EPOCH,
    }
}

fn versions(entry: &Entry) -> Vec<String> {
    [&entry.current]
        .into_iter()
        .chain(&entry.earlier)
        .map(|pin| pin.version.to_string())
        .collect()
}

#[test]
fn an_update_that_needs_nothing_new_is_pinned_at_once() {
    let mut lock = Lock::default();
    let plugin = id("acme.lut");
    lock.install(&plugin, pin("1.0.0", &["clock"]))
        .expect("installed");
    let granted = set(&["clock"]);
    assert_eq!(
        lock.offer(&plugin, pin("1.1.0", &["clock"]), &granted)
            .expect("offered"),
        Offered::Pinned(Change::default())
    );
    assert!(matches!(
        lock.offer(&plugin, pin("1.2.0", &[]), &granted).expect("offered"),
        Offered::Pinned(change) if change.dropped == ["clock".parse().expect("a permission")]
    ));
    assert_eq!(
        lock.offer(&plugin, pin("1.2.0", &[]), &granted)
            .expect("offered"),
        Offered::Unchanged
    );
    assert_eq!(
        versions(lock.get(&plugin).expect("there")),
        ["1.2.0", "1.1.0", "1.0.0"]
    );
}

#[test]
fn an_update_that_widens_waits_for_consent() {
    let mut lock = Lock::default();
    let plugin = id("acme.lut");
    lock.install(&plugin, pin("1.0.0", &[])).expect("installed");
    let wider = pin("2.0.0", &["net a.org"]);
    let Offered::Waits(change) = lock
        .offer(&plugin, wider.clone(), &set(&[]))
        .expect("offered")
    else {
        panic!("it asks for more")
    };
    assert_eq!(change.added, ["net a.org".parse().expect("a permission")]);
    assert_eq!(
        versions(lock.get(&plugin).expect("there")),
        ["1.0.0"],
        "the old one runs on"
    );
    assert!(lock.digests().any(|digest| digest == wider.digest));

    let other = Digest::of(b"another");
    assert!(matches!(
        lock.consent(&plugin, other),
        Err(LockError::NotWaiting { .. })
    ));
    assert_eq!(
        lock.consent(&plugin, wider.digest).expect("it waits"),
        set(&["net a.org"])
    );
    let entry = lock.get(&plugin).expect("there");
    assert_eq!(versions(entry), ["2.0.0", "1.0.0"]);
    assert_eq!(entry.waiting, None);
    assert!(lock.consent(&plugin, wider.digest).is_err(), "only once");
}

#[test]
fn going_back_goes_back_further_each_time() {
    let mut lock = Lock::default();
    let plugin = id("acme.lut");
    lock.install(&plugin, pin("1.0.0", &["clock"]))
        .expect("installed");
    for version in ["1.0.1", "1.0.2"] {
        lock.offer(&plugin, pin(version, &[]), &set(&[]))
            .expect("offered");
    }
    assert_eq!(
        lock.rollback(&plugin, &set(&[]))
            .expect("back")
            .version
            .to_string(),
        "1.0.1"
    );
    let error = lock
        .rollback(&plugin, &set(&[]))
        .expect_err("the clock is not granted");
    assert_eq!(
        error.to_string(),
        "plugin `acme.lut`: version 1.0.0 needs what is not granted: clock"
    );
    assert_eq!(
        versions(lock.get(&plugin).expect("there")),
        ["1.0.1", "1.0.0"]
    );
    lock.rollback(&plugin, &set(&["clock"]))
        .expect("granted again");
    assert!(matches!(
        lock.rollback(&plugin, &set(&[])),
        Err(LockError::NothingEarlier { .. })
    ));
}

#[test]
fn only_some_history_is_kept() {
    let mut lock = Lock::default();
    let plugin = id("acme.lut");
    lock.install(&plugin, pin("1.0.0", &[])).expect("installed");
    for patch in 1..20 {
        lock.offer(&plugin, pin(&format!("1.0.{patch}"), &[]), &set(&[]))
            .expect("offered");
    }
    assert_eq!(lock.get(&plugin).expect("there").earlier.len(), HISTORY);
    assert_eq!(lock.digests().count(), HISTORY + 1);
}

#[test]
fn mistakes_are_named() {
    let mut lock = Lock::default();
    let plugin = id("acme.lut");
    lock.install(&plugin, pin("1.0.0", &[])).expect("installed");
    let error = lock.install(&plugin, pin("1.0.0", &[])).expect_err("twice");
    assert_eq!(
        error.to_string(),
        "plugin `acme.lut` is installed already, version 1.0.0: `aquatint plugin update` replaces it"
    );
    let error = lock.remove(&id("acme.lutt")).expect_err("misspelt");
    assert_eq!(
        error.to_string(),
        "plugin `acme.lutt` is not installed (did you mean `acme.lut`?)"
    );
    lock.enable(&plugin, false).expect("there");
    assert!(!lock.remove(&plugin).expect("there").enabled);
    assert!(lock.entries().is_empty());
}

#[test]
fn the_file_reads_back_and_keeps_what_it_does_not_know() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plugins.lock");
    let file = LockFile::at(&path);
    let plugin = id("acme.lut");
    file.update(|lock| {
        lock.install(&plugin, pin("1.0.0", &["clock"]))?;
        lock.offer(&plugin, pin("2.0.0", &["random"]), &set(&["clock"]))?;
        lock.install(&id("acme.another"), pin("0.1.0", &[]))
    })
    .expect("written");
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(
        &path,
        text.replacen("id = \"acme.lut\"", "id = \"acme.lut\"\nstars = 5", 1),
    )
    .expect("written");
    file.update(|lock| lock.enable(&plugin, false))
        .expect("written");
    let lock = file.read().expect("read");
    let ids: Vec<_> = lock
        .entries()
        .iter()
        .map(|entry| entry.id.as_str())
        .collect();
    assert_eq!(ids, ["acme.another", "acme.lut"]);
    let entry = lock.get(&plugin).expect("there");
    assert_eq!(
        (entry.enabled, &entry.current),
        (false, &pin("1.0.0", &["clock"]))
    );
    assert_eq!(entry.waiting, Some(pin("2.0.0", &["random"])));
    assert!(
        std::fs::read_to_string(&path)
            .expect("a file")
            .contains("stars = 5")
    );

    let failed = file.update(|lock| {
        lock.enable(&plugin, true)?;
        lock.remove(&id("no-such"))
    });
    assert!(failed.is_err());
    assert!(
        !file
            .read()
            .expect("read")
            .get(&plugin)
            .expect("there")
            .enabled,
        "nothing was written"
    );
}
