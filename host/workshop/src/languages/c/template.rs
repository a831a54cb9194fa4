//! What a new plugin in C begins with.

use aquatint_sandbox::contract::Hook;

use super::{NewPlugin, TemplateFile};

macro_rules! source {
    ($name:literal) => {
        include_str!(concat!("../../../../../sdk/c/templates/", $name))
    };
}

pub(super) fn files(plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
    let source = match plugin.hook {
        Hook::PreProcess => source!("pre-process.c"),
        Hook::Denoise => source!("denoise.c"),
        Hook::PostProcess => source!("post-process.c"),
        Hook::Script => source!("script.c"),
        Hook::Sweep => source!("sweep.c"),
    };
    [
        ("src/plugin.c", source),
        (".gitignore", "/target/\n/compile_flags.txt\n"),
    ]
    .map(|(path, contents)| TemplateFile {
        path: path.to_owned(),
        contents: contents.to_owned(),
    })
    .into()
}
