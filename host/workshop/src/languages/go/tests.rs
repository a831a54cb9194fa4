use aquatint_sandbox::contract::Hook;

use super::*;

#[test]
fn every_hook_has_a_template_that_registers_it() {
    for hook in Hook::ALL {
        let files = GO.template(&NewPlugin {
            id: "acme.x-y",
            hook,
        });
        assert_eq!(files[0].path, "plugin.go");
        let name: String = hook
            .name()
            .split('-')
            .map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..]))
            .collect();
        assert!(
            files[0]
                .contents
                .contains(&format!("func init() {{ aquatint.On{name}(")),
            "{hook}"
        );
        assert_eq!(files[1].contents, "module acme.x-y\n\ngo 1.24\n");
    }
}

#[test]
fn a_workspace_names_its_modules_as_go_reads_them() {
    let text = workspace("1.27.3", &[Path::new("/a b/\"c\""), Path::new("/d")]);
    assert_eq!(text, "go 1.27.3\n\nuse \"/a b/\\\"c\\\"\"\n\nuse \"/d\"\n");
}

#[test]
fn a_workspace_of_the_authors_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("go.work");
    for text in ["go 1.24\n", "go 1.25\n"] {
        for_editors(folder.path(), text).expect("written");
        assert_eq!(
            fs::read_to_string(&path).expect("there"),
            format!("{MARK}{text}")
        );
    }
    fs::write(&path, "go 1.26\n").expect("written");
    for_editors(folder.path(), "go 1.24\n").expect("nothing to do");
    assert_eq!(fs::read_to_string(&path).expect("there"), "go 1.26\n");
}

/// Fetches a compiler and builds for minutes, so it is run on its own: `cargo test -p aquatint-workshop go:: --
/// --ignored`.
#[test]
#[ignore = "needs PyPI and minutes"]
fn templates_become_components_that_a_host_links() {
    let spoil = |text: &str| format!("{text}\nvar spoilt = maybe\n");
    super::super::tried::templates(&GO, "go", spoil, "maybe");
}
