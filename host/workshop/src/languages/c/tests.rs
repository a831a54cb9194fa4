use aquatint_sandbox::manifest::Manifest;

use super::*;
use crate::Project;

const TOML: &str =
    "id = 'tiny'\nversion = '1.0.0'\napi = '0.1'\ndescription = 'x'\nhooks = ['sweep']\n";

fn project(root: &Path, build: &str) -> Project {
    fs::create_dir_all(root.join("src/deep")).expect("made");
    fs::write(
        root.join("plugin.toml"),
        format!("{TOML}[build]\nlanguage = 'c'\n{build}"),
    )
    .expect("written");
    Project::open(root).expect("a project")
}

#[test]
fn sources_are_those_below_src_or_those_that_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let error = Sources::of(&project(root, ""))
        .expect_err("nothing there")
        .to_string();
    assert!(error.contains("no C there"), "{error}");
    for name in ["src/plugin.c", "src/deep/a.c", "src/deep/a.h", "other.c"] {
        fs::write(root.join(name), "").expect("written");
    }
    let all = Sources::of(&project(root, "flags = ['-DX']")).expect("there");
    assert_eq!(
        all.files,
        ["src/deep/a.c", "src/plugin.c"].map(PathBuf::from)
    );
    assert_eq!(all.flags, ["-DX"]);
    let named = Sources::of(&project(root, "sources = ['other.c']")).expect("there");
    assert_eq!(named.files, [PathBuf::from("other.c")]);
    for (build, said) in [
        ("sources = ['none.c']", "build.sources has `none.c`"),
        ("sources = ['../other.c']", "build.sources has `../other.c`"),
        (
            "sources = 3",
            "build.sources is 3, expected a list of texts",
        ),
        ("flags = ['-O3', 3]", "build.flags is "),
        (
            "speed = 3",
            "build.speed is unknown, expected language, sources or flags",
        ),
    ] {
        let error = Sources::of(&project(root, build))
            .expect_err("wrong")
            .to_string();
        assert!(error.contains(said), "{build}: {error}");
    }
}

#[test]
fn every_hook_has_a_template_and_declarations_that_the_header_has() {
    let header = include_str!("../../../../../sdk/c/include/aquatint.h");
    for hook in Hook::ALL {
        let files = C.template(&NewPlugin { id: "x-y", hook });
        assert_eq!(files[0].path, "src/plugin.c");
        for (name, declaration) in functions(hook) {
            assert!(declaration.contains(&format!("{name}(")));
            assert!(header.contains(&format!("{declaration};")), "{hook}");
            assert!(files[0].contents.contains(declaration), "{hook}");
        }
    }
}

#[test]
fn bindings_are_those_of_the_plugins_own_world() {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = Manifest::from_toml(TOML).expect("a manifest");
    crate::world::write(&manifest, &folder.path().join("wit")).expect("written");
    let world = World::read(&folder.path().join("wit")).expect("it resolves");
    let imports = world.imports();
    assert_eq!(
        imports.iter().collect::<Vec<_>>(),
        ["assets", "job", "log", "types"]
    );
    let bindings = folder.path().join("bindings");
    write_bindings(world, &bindings).expect("written");
    let header = fs::read_to_string(bindings.join("plugin.h")).expect("there");
    assert!(header.contains("exports_aquatint_plugin_sweep_axes(") && !header.contains("latents"));
}

/// Fetches a compiler and builds for a minute, so it is run on its own: `cargo test -p aquatint-workshop c:: --
/// --ignored`.
#[test]
#[ignore = "needs PyPI and a minute"]
fn templates_become_components_that_a_host_links() {
    let spoil = |text: &str| format!("{text}\nint spoilt = maybe;\n");
    super::super::tried::templates(&C, "c", spoil, "maybe");
}
