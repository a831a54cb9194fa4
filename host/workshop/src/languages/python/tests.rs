use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::prescan::{Bounds, prescan};

use super::*;

fn project(root: &Path, build: &str, hooks: &str, source: &str) -> Project {
    fs::create_dir_all(root.join("src")).expect("a folder");
    fs::write(root.join("src/plugin.py"), source).expect("written");
    let manifest = format!(
        "id = 'my-plugin'\nversion = '0.2.0-rc.1+x'\napi = '0.1'\ndescription = 'x'\nhooks = {hooks}\n[build]\n\
         language = 'python'\n{build}"
    );
    fs::write(root.join("plugin.toml"), manifest).expect("written");
    Project::open(root).expect("a project")
}

#[test]
fn an_entry_is_a_module_inside_the_plugins_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let source = Source::of(&project(root, "", "['sweep']", "")).expect("the usual one");
    assert_eq!(
        (source.shown.as_str(), source.module.as_str()),
        ("src", "plugin")
    );
    fs::write(root.join("look.py"), "").expect("written");
    fs::write(root.join("src/aquatint.py"), "").expect("written");
    fs::write(root.join("src/a-b.py"), "").expect("written");
    let beside = project(root, "entry = 'look.py'", "['sweep']", "");
    assert_eq!(Source::of(&beside).expect("beside").folder, root.join("."));
    for (build, said) in [
        ("entry = 'src/none.py'", "build.entry is `src/none.py`"),
        ("entry = 'src/a-b.py'", "build.entry is `src/a-b.py`"),
        ("entry = '../look.py'", "build.entry is `../look.py`"),
        ("entry = 'src/aquatint.py'", "`aquatint` is the build's own"),
        ("entry = 3", "build.entry is 3, expected a text"),
        ("speed = 3", "build.speed is unknown"),
    ] {
        let error = Source::of(&project(root, build, "['sweep']", ""))
            .err()
            .expect("wrong");
        assert!(error.to_string().contains(said), "{build}: {error}");
    }
}

#[test]
fn the_entry_module_says_what_the_manifest_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let project = project(folder.path(), "", "['post-process', 'pre-process']", "");
    let module = entry_module("plugin", &project.manifest);
    assert!(module.starts_with("import plugin\n"));
    assert!(module.contains(
        r#"exports("plugin", "my-plugin", "0.2.0-rc.1+x", __version__, ["pre-process", "post-process"], False)"#
    ));
}

#[test]
fn every_hook_has_a_template_that_is_the_hooks_own() {
    for hook in Hook::ALL {
        let files = Python.template(&NewPlugin { id: "x-y", hook });
        let source = &files[0];
        assert_eq!(source.path, "src/plugin.py");
        let decorator = match hook {
            Hook::Sweep => "@plugin.axis".to_owned(),
            other => format!("@plugin.{}", other.name().replace('-', "_")),
        };
        assert!(source.contents.contains(&decorator), "{hook}");
        assert!(source.contents.contains("x-y") && !source.contents.contains("PLUGIN-ID"));
    }
}

/// Fetches the toolchain and builds for a minute, so it is run on its own: `cargo test -p aquatint-workshop python --
/// --ignored`.
#[test]
#[ignore = "needs PyPI and a minute"]
fn templates_become_components_that_a_host_links() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().expect("a folder");
    let tools = std::env::var_os("AQUATINT_TEST_TOOLS")
        .map_or_else(|| folder.path().join("tools"), PathBuf::from);
    let said = Mutex::new(Vec::new());
    for hook in [Hook::PostProcess, Hook::Sweep] {
        let root = folder.path().join(hook.name());
        let template = Python.template(&NewPlugin { id: "x", hook });
        let project = project(&root, "", &format!("['{hook}']"), &template[0].contents);
        let wit = root.join("wit");
        let contract = wit.join("deps/aquatint-plugin");
        copy(&repository.join("wit"), &contract).expect("copied");
        let world = format!(
            "package aquatint:this;\nworld plugin {{ include aquatint:plugin/{}@0.1.0; }}\n",
            hook.world()
        );
        fs::write(wit.join("world.wit"), world).expect("written");
        let compile = |project: &Project| {
            Python.compile(&Compile {
                project,
                wit: &wit,
                scratch: &root.join("target"),
                sdk: &repository.join("sdk/python"),
                tools: &tools,
                progress: &|line| {
                    if let Ok(mut said) = said.lock() {
                        said.push(line.to_owned());
                    }
                },
            })
        };
        let component = compile(&project).expect("a component");
        let scanned = prescan(&component, &Bounds::default()).expect("fit for a host");
        assert_eq!(scanned.hooks, BTreeSet::from([hook]));
        assert!(!root.join("src/__pycache__").exists());

        fs::write(root.join("src/plugin.py"), "def x(:\n").expect("written");
        let error = compile(&project).expect_err("no Python");
        let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
        assert_eq!(lines[0], "componentize-py failed:");
        assert_eq!(lines[1], "  File \"src/plugin.py\", line 1");
        assert_eq!(
            lines.last().map(String::as_str),
            Some("SyntaxError: invalid syntax")
        );
    }
    assert!(said.lock().is_ok_and(|said| !said.is_empty()));
}
