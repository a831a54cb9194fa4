use super::*;
use crate::lock::LockError;
use crate::permissions::Kind;

#[test]
fn a_file_is_installed_disabled_enabled_and_removed() {
    let place = Place::new();
    let bytes = plugin("1.0.0", &["store"]);
    let outcome = place.install_file("lut.wasm", &bytes).expect("installed");
    assert_eq!(outcome, Outcome::Ready);
    assert_eq!(place.loaded("acme.lut"), Some(bytes.clone()));
    let plugin = id("acme.lut");
    let state = || place.installer.list().expect("a list")[0].1;
    assert_eq!(state(), State::Ready);

    place.installer.enable(&plugin, false).expect("disabled");
    assert_eq!(place.loaded("acme.lut"), None, "the loader must not see it");
    assert_eq!(state(), State::Disabled);
    place.installer.enable(&plugin, true).expect("enabled");
    assert_eq!(place.loaded("acme.lut"), Some(bytes));

    place.installer.remove(&plugin).expect("removed");
    assert_eq!(place.loaded("acme.lut"), None);
    let left: Vec<_> = place.snapshot().into_keys().collect();
    let names: Vec<_> = left.iter().filter_map(|path| path.file_name()).collect();
    assert_eq!(
        names,
        ["grants.toml", "plugins.lock"],
        "nothing else is left"
    );
    assert!(matches!(
        place.installer.remove(&plugin),
        Err(InstallError::Lock(LockError::NotInstalled { .. }))
    ));
}

#[test]
fn without_consent_it_is_installed_and_waits() {
    let place = Place::new();
    let path = place.file("lut.wasm", &plugin("1.0.0", &["store", "net"]));
    let proposal = place.prepare(&path.to_string_lossy()).expect("a plugin");
    assert_eq!(proposal.standing, Standing::New);
    let reasons: Vec<_> = proposal
        .plugin
        .reasons()
        .into_iter()
        .map(|(permission, reason)| format!("{permission}: {reason}"))
        .collect();
    assert_eq!(
        reasons,
        ["net a.org: Gets tables", "store 1MiB: Keeps tables"]
    );
    let outcome = place.installer.commit(proposal, Consent::Later);
    let Ok(Outcome::NeedsConsent(change)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(change.added.len(), 2);
    let plugin = id("acme.lut");
    let state = || place.installer.list().expect("a list")[0].1;
    assert_eq!(state(), State::NeedsConsent);

    let asking = place.installer.asking(&plugin).expect("installed");
    assert_eq!(asking.reasons()[0].1, "Gets tables");
    let before = place.snapshot();
    let error = place
        .installer
        .grant(&plugin, &asking, &set(&["clock"]))
        .expect_err("it does not ask for that");
    assert!(
        error.to_string().contains("does not ask for `clock`"),
        "{error}"
    );
    assert_eq!(place.snapshot(), before);
    let outcome = place
        .installer
        .grant(&plugin, &asking, &set(&["store 1MiB"]))
        .expect("granted");
    assert!(matches!(outcome, Outcome::NeedsConsent(change) if change.added.len() == 1));
    let outcome = place
        .installer
        .grant(&plugin, &asking, &set(&["net a.org"]))
        .expect("granted");
    assert_eq!((outcome, state()), (Outcome::Ready, State::Ready));

    let (gone, lacks) = place
        .installer
        .revoke(&plugin, &[Kind::Net])
        .expect("revoked");
    assert_eq!(gone, set(&["net a.org"]));
    assert!(lacks.is_some());
    assert_eq!(state(), State::NeedsConsent);
    let (gone, _) = place.installer.revoke(&plugin, &[]).expect("revoked");
    assert_eq!(gone, set(&["store 1MiB"]));
}

#[test]
fn bad_files_are_named() {
    let place = Place::new();
    let folder = place.folder.path().to_string_lossy().into_owned();
    let large = place.file("large.wasm", &vec![0; MOST + 1]);
    let cut = plugin("1.0.0", &[]);
    let cut = place.file("cut.wasm", &cut[..cut.len() - 1]);
    for (source, expected) in [
        (format!("{folder}/none.wasm"), "none.wasm: "),
        (folder.clone(), "a folder, expected a .wasm file"),
        (
            large.to_string_lossy().into_owned(),
            "262145 bytes, expected at most 262144",
        ),
        (cut.to_string_lossy().into_owned(), "cut.wasm: "),
    ] {
        let error = place.refuses(&source);
        assert!(error.contains(expected), "{error}\nexpected {expected}");
    }
}

#[test]
fn what_someone_else_put_there_is_not_overwritten() {
    let place = Place::new();
    let path = place.installer.folders().plugin(&id("acme.lut"));
    fs::create_dir_all(place.installer.folders().plugins()).expect("made");
    fs::write(&path, b"mine").expect("written");
    let file = place.file("lut.wasm", &plugin("1.0.0", &["store"]));
    let error = place.refuses(&file.to_string_lossy());
    assert!(
        error.contains("acme.lut.wasm is there already and was not installed"),
        "{error}"
    );
}

#[test]
fn another_build_is_not_installed_over_the_first() {
    let place = Place::new();
    place
        .install_file("lut.wasm", &plugin("1.0.0", &[]))
        .expect("installed");
    let other = place.file("lut2.wasm", &plugin("1.1.0", &[]));
    let error = place.refuses(&other.to_string_lossy());
    assert!(
        error.contains("is installed already, version 1.0.0"),
        "{error}"
    );
    let same = place.file("lut3.wasm", &plugin("1.0.0", &[]));
    let same = place.install(&same.to_string_lossy());
    assert_eq!(same.expect("the same bytes"), Outcome::Unchanged);
}

#[test]
fn a_failure_while_writing_puts_everything_back() {
    let place = Place::new();
    place
        .install_file("lut.wasm", &plugin("1.0.0", &[]))
        .expect("installed");
    let new = plugin("1.1.0", &["store"]);
    place.file("lut.wasm", &new);
    // A folder where the file should go: the last step fails, when lock and grants are written already.
    let path = place.installer.folders().plugin(&id("acme.lut"));
    fs::remove_file(&path).expect("removed");
    fs::create_dir_all(path.join("x")).expect("made");
    let before = place.snapshot();
    let update = || {
        let Ok(Update::Found(proposal)) = place.update("acme.lut", &Options::default()) else {
            panic!("a newer file")
        };
        let all = Consent::Given(proposal.pin.permissions.clone());
        place.installer.commit(*proposal, all)
    };
    update().expect_err("it cannot be placed");
    assert_eq!(place.snapshot(), before);
    place
        .install_file("other.wasm", &named("acme.other", "1.0.0", &["clock"]))
        .expect("others are not held up");
    fs::remove_dir_all(&path).expect("removed");
    assert_eq!(update().expect("updated"), Outcome::Ready);
    assert_eq!(place.loaded("acme.lut"), Some(new));
}

#[test]
fn what_a_killed_process_left_is_put_right() {
    let place = Place::new();
    let (old, new) = (plugin("1.0.0", &[]), plugin("1.1.0", &[]));
    place.install_file("lut.wasm", &old).expect("installed");
    place.file("lut.wasm", &new);
    let Ok(Update::Found(proposal)) = place.update("acme.lut", &Options::default()) else {
        panic!("a newer file")
    };
    place
        .installer
        .commit(*proposal, Consent::Later)
        .expect("updated");
    // As if it had ended after the lock was written and before the file was placed.
    let folders = place.installer.folders().clone();
    let path = folders.plugin(&id("acme.lut"));
    fs::write(&path, &old).expect("written");
    let journal = format!(
        "id = 'acme.lut'\ndigests = ['{}', '{}']\n",
        Digest::of(&old),
        Digest::of(&new)
    );
    fs::write(place.data().join("cache/plugins/journal.toml"), journal).expect("written");
    place
        .install_file("other.wasm", &named("acme.other", "1.0.0", &[]))
        .expect("installed");
    assert_eq!(place.loaded("acme.lut"), Some(new.clone()));

    // As if it had ended while it was removed.
    let journal = format!("id = 'acme.gone'\ndigests = ['{}']\n", Digest::of(&new));
    fs::write(place.data().join("cache/plugins/journal.toml"), journal).expect("written");
    fs::write(folders.plugin(&id("acme.gone")), &new).expect("written");
    place
        .installer
        .enable(&id("acme.lut"), true)
        .expect("enabled");
    assert_eq!(place.loaded("acme.gone"), None);
    assert!(!place.data().join("cache/plugins/journal.toml").exists());
}

#[test]
fn many_at_once_are_all_kept() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for index in 0..6 {
            let place = &place;
            scope.spawn(move || {
                // One of its own each, as processes have.
                let installer = installer(&place.data());
                let name = format!("acme.p{index}");
                let file = place.file(&format!("{name}.wasm"), &named(&name, "1.0.0", &["store"]));
                let locator = Locator::File(file);
                let proposal = installer
                    .prepare(&locator, &Options::default(), &mut |_| ())
                    .expect("a plugin");
                let all = Consent::Given(proposal.pin.permissions.clone());
                installer.commit(proposal, all).expect("installed");
            });
        }
    });
    let list = place.installer.list().expect("a list");
    assert_eq!(list.len(), 6);
    for (entry, state) in list {
        assert_eq!(state, State::Ready, "{}", entry.id);
        assert!(place.loaded(entry.id.as_str()).is_some());
    }
}
