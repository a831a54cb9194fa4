use super::*;
use crate::Project;
use crate::fake::Fake;

const ROW: Row = Row {
    language: &Fake,
    sdk: "fake",
    anew: false,
};

fn make(folder: &Path, hook: Hook) -> Result<Vec<String>, NewError> {
    create(&Wish {
        id: &"acme.film-grain".parse().expect("an id"),
        language: ROW,
        hook,
        folder,
    })
}

#[test]
fn a_new_plugin_is_a_project_with_a_case_for_each_hook() {
    for hook in Hook::ALL {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("film-grain");
        let files = make(&folder, hook).expect("made");
        for expected in [
            ".gitignore",
            "README.md",
            "cases/first/case.toml",
            "plugin.toml",
            "src/plugin.fake",
        ] {
            assert!(files.iter().any(|file| file == expected), "{expected}");
            assert!(folder.join(expected).is_file(), "{expected}");
        }
        let project = Project::open(&folder).expect("a project");
        assert_eq!(project.build.language, "fake");
        assert!(project.build.options.is_empty());
        assert_eq!(project.manifest.hooks, [hook].into());
        let defaults = project.manifest.settings.defaults();
        assert_eq!(
            defaults.get("amount"),
            Some(&aquatint_sandbox::settings::Value::Number(0.5))
        );
        assert_eq!(
            project
                .manifest
                .permissions
                .set()
                .has(aquatint_sandbox::permissions::Kind::Generate),
            hook == Hook::Script
        );
        let cases = crate::cases::load(&project).expect("cases");
        assert_eq!(cases.len(), 1);
        let case = cases[0].case.as_ref().expect("a sound case");
        assert_eq!(case.call.hook, hook);
    }
}

#[test]
fn what_is_commented_out_in_the_manifest_would_work() {
    let text = manifest::text("tiny", "fake", Hook::PostProcess);
    let uncommented: Vec<&str> = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            // Prose has no equals sign in its second or third word.
            Some(code) if code.starts_with('[') || code.split(' ').nth(1) == Some("=") => code,
            _ => line,
        })
        .collect();
    let place = tempfile::tempdir().expect("a folder");
    let text = uncommented
        .join("\n")
        .replace("\"https://...\"", "\"https://example.org\"");
    fs::write(place.path().join(MANIFEST), text).expect("written");
    let project = Project::open(place.path()).expect("a project");
    assert_eq!(project.manifest.settings.settings().len(), 2);
    assert_eq!(
        project.manifest.license.as_deref(),
        Some("MIT OR Apache-2.0")
    );
    assert!(project.manifest.homepage.is_some());
}

#[test]
fn what_is_there_already_is_left_alone() {
    let place = tempfile::tempdir().expect("a folder");
    assert!(make(place.path(), Hook::Sweep).is_ok(), "empty is fine");
    let message = make(place.path(), Hook::Sweep)
        .expect_err("full")
        .to_string();
    assert!(
        message.ends_with("is there already, expected a new or empty folder"),
        "{message}"
    );
    let file = place.path().join("file");
    fs::write(&file, "x").expect("written");
    assert!(make(&file, Hook::Sweep).is_err());
    assert_eq!(fs::read(&file).expect("there"), b"x");
}
