//! The files of a new plugin.

use aquatint_sandbox::contract::Hook;

use super::{NewPlugin, TemplateFile};

macro_rules! source {
    ($name:literal) => {
        include_str!(concat!("../../../../../sdk/rust/templates/", $name))
    };
}

pub(super) fn files(plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
    let source = match plugin.hook {
        Hook::PreProcess => source!("pre-process.rs"),
        Hook::Denoise => source!("denoise.rs"),
        Hook::PostProcess => source!("post-process.rs"),
        Hook::Script => source!("script.rs"),
        Hook::Sweep => source!("sweep.rs"),
    };
    let package = source!("Cargo.toml").replace("PLUGIN-ID", &package_name(plugin.id));
    [
        ("Cargo.toml", package.as_str()),
        ("src/lib.rs", source),
        (".gitignore", "/target/\n/.cargo/\n"),
    ]
    .map(|(path, contents)| TemplateFile {
        path: path.to_owned(),
        contents: contents.to_owned(),
    })
    .into()
}

/// Cargo has no dots in names, and no digit at the beginning.
fn package_name(id: &str) -> String {
    let name = id.replace('.', "-");
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        format!("plugin-{name}")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hook_has_a_source_that_names_it() {
        for hook in Hook::ALL {
            let files = files(&NewPlugin {
                id: "acme.grain",
                hook,
            });
            let text = |path: &str| {
                let file = files.iter().find(|file| file.path == path);
                file.expect("there").contents.clone()
            };
            let name = hook.name().replace('-', "_");
            assert!(
                text("src/lib.rs").contains(&format!("plugin!({name}: ")),
                "{hook}"
            );
            let cargo: toml::Table = text("Cargo.toml").parse().expect("TOML");
            assert_eq!(cargo["package"]["name"].as_str(), Some("acme-grain"));
        }
    }

    #[test]
    fn a_name_is_one_that_cargo_takes() {
        assert_eq!(package_name("film-grain"), "film-grain");
        assert_eq!(package_name("3d-look"), "plugin-3d-look");
    }
}
