//! C: bindings for the plugin's own world, compiled with the SDK and the author's sources by clang, all at once.
//!
//! The clang is wasi-sdk's where there is one, else the one inside zig, which brings its own libc.

mod compiler;
mod sources;
mod template;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use aquatint_sandbox::contract::Hook;
use wit_bindgen_core::Files;

use super::tools::io;
use super::wheel;
use super::world::{self, World};
use super::{Compile, CompileError, Language, NewPlugin, TemplateFile};
use crate::files;
use compiler::Compiler;
use sources::Sources;

/// Plugins in C.
pub const C: CLanguage = CLanguage;

/// C.
#[derive(Clone, Copy, Debug)]
pub struct CLanguage;

const TITLE: &str = "C";

impl Language for CLanguage {
    fn id(&self) -> &'static str {
        "c"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn template(&self, plugin: &NewPlugin<'_>) -> Vec<TemplateFile> {
        template::files(plugin)
    }

    fn compile(&self, job: &Compile<'_>) -> Result<Vec<u8>, CompileError> {
        let sources = Sources::of(job.project)?;
        let compiler = Compiler::find(job.tools, job.progress)?;
        let world = World::read(job.wit)?;
        let imports = world.imports();
        let scratch = std::path::absolute(job.scratch.join("c")).map_err(io(job.scratch))?;
        let bindings = scratch.join("bindings");
        write_bindings(world, &bindings)?;
        for_editors(job, &bindings)?;

        let module = scratch.join("module.wasm");
        let mut command = compiler.command(job.tools, &scratch);
        command
            .current_dir(&job.project.root)
            .args(FLAGS)
            .arg("-I")
            .arg(job.sdk.join("include"))
            .arg("-I")
            .arg(&bindings)
            .args(definitions(job, &imports))
            .args(&sources.flags)
            .args(&sources.files)
            .args(c_files(&job.sdk.join("src"))?)
            .arg(bindings.join("plugin.c"))
            .arg(bindings.join("plugin_component_type.o"))
            .arg("-o")
            .arg(&module);
        for (folder, name) in [
            (job.project.root.as_path(), "."),
            (job.sdk, "aquatint"),
            (&scratch, "bindings"),
        ] {
            // Paths are in what assert() says, and are nobody's business.
            command.arg(format!("-ffile-prefix-map={}={name}", folder.display()));
        }
        let said =
            wheel::compile(&mut command, compiler.name()).map_err(|error| hint(error, job))?;
        // Warnings: they are for whoever writes the plugin, also when all went well.
        said.lines()
            .filter(|line| !line.is_empty())
            .for_each(job.progress);
        let module = fs::read(&module).map_err(io(&module))?;
        world::component(
            &module,
            "functions with the names that aquatint.h has for hooks",
        )
    }
}

const FLAGS: [&str; 10] = [
    "-std=gnu17",
    "-O3",
    "-msimd128",
    "-mexec-model=reactor",
    // The same results whichever the compiler's mood.
    "-ffp-contract=off",
    "-Wall",
    "-Wextra",
    // What is not called shall not be imported, and so not be asked for.
    "-ffunction-sections",
    "-Wl,--gc-sections,--strip-debug",
    // The default differs from compiler to compiler, and zig's is what many plugins need in all.
    "-Wl,-z,stack-size=1048576",
];

/// Makes `folder` what wit-bindgen says of the world: `plugin.h`, `plugin.c` and an object with the world in it.
fn write_bindings(mut world: World, folder: &Path) -> Result<(), CompileError> {
    let mut made = Files::default();
    let mut generator = wit_bindgen_c::Opts::default().build();
    generator
        .generate(&mut world.resolve, world.id, &mut made)
        .map_err(|error| CompileError::Component(format!("no bindings for C: {error:#}")))?;
    let made: BTreeMap<String, Vec<u8>> = made
        .iter()
        .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
        .collect();
    files::mirror(folder, &made).map_err(io(folder))
}

/// What `aquatint.h` and the SDK's sources ask about the plugin.
fn definitions(job: &Compile<'_>, imports: &BTreeSet<String>) -> Vec<String> {
    let manifest = &job.project.manifest;
    let mut definitions = vec![
        "-DAQ_BUILD".to_owned(),
        // Ids and versions are letters, digits and `.-+`: nothing in them needs escaping.
        format!("-DAQ_PLUGIN_ID=\"{}\"", manifest.id),
        format!("-DAQ_PLUGIN_VERSION=\"{}\"", manifest.version),
        format!("-DAQ_SDK=\"aquatint-c {}\"", env!("CARGO_PKG_VERSION")),
    ];
    let named = |prefix: &str, name: &str| {
        format!("-DAQ_{prefix}_{}", name.replace('-', "_").to_uppercase())
    };
    definitions.extend(imports.iter().map(|name| named("HAS", name)));
    definitions.extend(manifest.hooks.iter().map(|hook| named("HOOK", hook.name())));
    definitions
}

/// The `.c` files in a folder and below, sorted: the order of linking is the order of functions in the module.
fn c_files(folder: &Path) -> Result<Vec<PathBuf>, CompileError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        if path.is_dir() {
            found.extend(c_files(&path)?);
        } else if path.extension().is_some_and(|it| it == "c") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// By this line a file is known to be ours, and to be written again.
const MARK: &str = "-DAQUATINT_WROTE_THIS_FOR_EDITORS";

/// `compile_flags.txt`, by which clangd finds the headers, unless the author has one.
fn for_editors(job: &Compile<'_>, bindings: &Path) -> Result<(), CompileError> {
    let path = job.project.root.join("compile_flags.txt");
    let text = format!(
        "{MARK}\n--target=wasm32-wasi\n-std=gnu17\n-I{}\n-I{}\n",
        job.sdk.join("include").display(),
        bindings.display()
    );
    match fs::read_to_string(&path) {
        Ok(there) if !there.starts_with(MARK) || there == text => Ok(()),
        _ => fs::write(&path, text).map_err(io(&path)),
    }
}

/// Says what to define when the linker misses a hook.
fn hint(error: CompileError, job: &Compile<'_>) -> CompileError {
    let CompileError::Failed { tool, mut output } = error else {
        return error;
    };
    for hook in &job.project.manifest.hooks {
        for (name, declaration) in functions(*hook) {
            if output.contains(&format!("undefined symbol: {name}")) {
                output.push_str(&format!(
                    "\nplugin.toml lists the hook {hook}, expected a function for it: {declaration}"
                ));
            }
        }
    }
    CompileError::Failed { tool, output }
}

/// What the author defines for a hook: names, and declarations as `aquatint.h` has them.
fn functions(hook: Hook) -> &'static [(&'static str, &'static str)] {
    match hook {
        Hook::PreProcess => &[(
            "aq_pre_process",
            "bool aq_pre_process(const aq_request *request, aq_request *changes)",
        )],
        Hook::Denoise => &[(
            "aq_denoise",
            "bool aq_denoise(aq_moment moment, aq_latents latents)",
        )],
        Hook::PostProcess => &[(
            "aq_post_process",
            "bool aq_post_process(aq_picture picture, aq_picture *other)",
        )],
        Hook::Script => &[("aq_script", "bool aq_script(aq_pictures *pictures)")],
        Hook::Sweep => &[
            ("aq_sweep_axes", "bool aq_sweep_axes(aq_axes *axes)"),
            (
                "aq_sweep_points",
                "bool aq_sweep_points(const char *axis, const aq_request *request, aq_points *points)",
            ),
        ],
    }
}

#[cfg(test)]
mod tests;
