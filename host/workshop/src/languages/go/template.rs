//! What a new plugin in Go begins with.

use aquatint_sandbox::contract::Hook;

use super::{NewPlugin, TemplateFile};

macro_rules! source {
    ($name:literal) => {
        include_str!(concat!(
            "../../../../../sdk/go/templates/",
            $name,
            ".go.txt"
        ))
    };
}

pub(super) fn files(plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
    let source = match plugin.hook {
        Hook::PreProcess => source!("pre-process"),
        Hook::Denoise => source!("denoise"),
        Hook::PostProcess => source!("post-process"),
        Hook::Script => source!("script"),
        Hook::Sweep => source!("sweep"),
    };
    [
        ("plugin.go", source.to_owned()),
        ("go.mod", format!("module {}\n\ngo 1.24\n", plugin.id)),
        (
            ".gitignore",
            "/target/\n/go.work\n/go.work.sum\n".to_owned(),
        ),
    ]
    .map(|(path, contents)| TemplateFile {
        path: path.to_owned(),
        contents,
    })
    .into()
}
