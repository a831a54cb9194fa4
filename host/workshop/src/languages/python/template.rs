//! What a new plugin in Python begins with.

use aquatint_sandbox::contract::Hook;

use super::{NewPlugin, TemplateFile};

pub(super) fn files(plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
    let source = match plugin.hook {
        Hook::PreProcess => include_str!("../../../../../sdk/python/templates/pre_process.py"),
        Hook::Denoise => include_str!("../../../../../sdk/python/templates/denoise.py"),
        Hook::PostProcess => include_str!("../../../../../sdk/python/templates/post_process.py"),
        Hook::Script => include_str!("../../../../../sdk/python/templates/script.py"),
        Hook::Sweep => include_str!("../../../../../sdk/python/templates/sweep.py"),
    };
    let file = |path: &str, contents: String| TemplateFile {
        path: path.to_owned(),
        contents,
    };
    vec![
        file("src/plugin.py", source.replace("PLUGIN-ID", plugin.id)),
        file(
            "requirements.txt",
            "# Packages to bring along, one a line. Only those in pure Python can be.\n".to_owned(),
        ),
        file(".gitignore", "/target/\n__pycache__/\n".to_owned()),
    ]
}
