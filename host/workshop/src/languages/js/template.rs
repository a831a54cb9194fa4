//! The files of a new plugin.

use aquatint_sandbox::contract::Hook;

use super::{NewPlugin, Script, TYPESCRIPT, TemplateFile};

macro_rules! source {
    ($name:literal) => {
        include_str!(concat!("../../../../../sdk/js/templates/", $name))
    };
}

pub(super) fn files(language: Script, plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
    let typed = language == TYPESCRIPT;
    let (source, config) = if typed {
        (
            typescript(plugin.hook),
            ("tsconfig.json", source!("tsconfig.json")),
        )
    } else {
        (
            javascript(plugin.hook),
            ("jsconfig.json", source!("jsconfig.json")),
        )
    };
    let file = |path: &str, contents: &str| TemplateFile {
        path: path.to_owned(),
        contents: contents.to_owned(),
    };
    vec![
        file(&format!("src/plugin.{}", language.id), source),
        file(
            "package.json",
            &source!("package.json").replace("PLUGIN-ID", plugin.id),
        ),
        file(config.0, config.1),
        file(".gitignore", "/target/\n/node_modules/\n"),
    ]
}

fn javascript(hook: Hook) -> &'static str {
    match hook {
        Hook::PreProcess => source!("js/pre-process.js"),
        Hook::Denoise => source!("js/denoise.js"),
        Hook::PostProcess => source!("js/post-process.js"),
        Hook::Script => source!("js/script.js"),
        Hook::Sweep => source!("js/sweep.js"),
    }
}

fn typescript(hook: Hook) -> &'static str {
    match hook {
        Hook::PreProcess => source!("ts/pre-process.ts"),
        Hook::Denoise => source!("ts/denoise.ts"),
        Hook::PostProcess => source!("ts/post-process.ts"),
        Hook::Script => source!("ts/script.ts"),
        Hook::Sweep => source!("ts/sweep.ts"),
    }
}
