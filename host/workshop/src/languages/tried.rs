//! What every compiled language is tried with: its templates, by its real compiler.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::prescan::{Bounds, prescan};

use super::{Compile, CompileError, Language, NewPlugin};
use crate::{Project, world};

/// Builds the template of every hook, and demands what a host would; then spoils a source, and looks for `word` in what
/// the compiler says.
pub(super) fn templates(
    language: &dyn Language,
    sdk: &str,
    spoil: impl Fn(&str) -> String,
    word: &str,
) {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().expect("a folder");
    let tools = std::env::var_os("AQUATINT_TEST_TOOLS")
        .map_or_else(|| folder.path().join("tools"), PathBuf::from);
    for hook in Hook::ALL {
        let root = folder.path().join(hook.name());
        let files = language.template(&NewPlugin { id: "x.y-1", hook });
        for file in &files {
            let path = root.join(&file.path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, &file.contents).expect("written");
        }
        let asks = match hook {
            Hook::Script => "[permissions]\ngenerate = { reason = 'x' }\n",
            _ => "",
        };
        let manifest = format!(
            "id = 'x.y-1'\nversion = '0.2.0-rc.1+x'\napi = '0.1'\ndescription = 'x'\nhooks = ['{hook}']\n[build]\n\
             language = '{}'\n{asks}",
            language.id()
        );
        fs::write(root.join("plugin.toml"), manifest).expect("written");
        let project = Project::open(&root).expect("a project");
        let wit = root.join("target/wit");
        world::write(&project.manifest, &wit).expect("written");
        let compile = || -> Result<Vec<u8>, CompileError> {
            language.compile(&Compile {
                project: &project,
                wit: &wit,
                scratch: &root.join("target"),
                sdk: &repository.join("sdk").join(sdk),
                tools: &tools,
                progress: &|line| assert!(line.starts_with("fetching"), "{hook}: {line}"),
            })
        };
        let component = compile().expect("a component");
        assert!(
            compile().expect("again") == component,
            "{hook}: not the same each time"
        );
        let scanned = prescan(&component, &Bounds::default()).expect("fit for a host");
        assert_eq!(scanned.hooks, BTreeSet::from([hook]));

        let source = root.join(&files[0].path);
        fs::write(&source, spoil(&files[0].contents)).expect("written");
        let error = compile().expect_err("spoilt").to_string();
        assert!(
            error.contains("failed:\n") && error.contains(word),
            "{error}"
        );
        assert!(error.contains(&files[0].path), "{error}");
    }
}
