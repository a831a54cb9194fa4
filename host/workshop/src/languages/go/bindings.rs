//! The module `aquatint/made`, which the SDK stands on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use aquatint_sandbox::contract;
use aquatint_sandbox::manifest::Manifest;
use wit_bindgen_core::Files;
use wit_bindgen_go::{Format, Opts};

use super::super::world::World;
use super::{Compile, CompileError, io, quoted};
use crate::{files, world};

const MODULE: &str = "aquatint/made";
/// What generated code imports, and what is there instead: the SDK has these parts, so that nothing is fetched.
const INSTEAD: [(&str, &str); 3] = [
    (
        "go.bytecodealliance.org/pkg/wit/runtime",
        "aquatint/internal/wit/runtime",
    ),
    (
        "go.bytecodealliance.org/pkg/wit/types",
        "aquatint/internal/wit/types",
    ),
    ("aquatint/made/export_", "aquatint/internal/exports/export_"),
];

/// Writes the module.
pub(super) fn write(job: &Compile<'_>, folder: &Path) -> Result<(), CompileError> {
    let wit = job.scratch.join("go").join("wit");
    let manifest = &job.project.manifest;
    let mut all = BTreeMap::from([("world.wit".to_owned(), offered(manifest).into_bytes())]);
    for (name, text) in world::CONTRACT {
        all.insert(format!("deps/aquatint-plugin/{name}"), text.into());
    }
    files::mirror(&wit, &all).map_err(io(&wit))?;
    let mut made = of(World::read(&wit)?)?;
    made.insert(
        "go.mod".to_owned(),
        format!("module {MODULE}\n\ngo 1.24\n").into_bytes(),
    );
    made.insert("entry/entry.go".to_owned(), entry(manifest).into_bytes());
    files::mirror(folder, &made).map_err(io(folder))
}

/// The plugin's hooks, on everything that there is.
fn offered(manifest: &Manifest) -> String {
    let mut lines = String::new();
    for hook in &manifest.hooks {
        // Writing to a text cannot fail.
        let _ = writeln!(lines, "  include {};", contract::qualified(hook.world()));
    }
    for import in contract::IMPORTS {
        let _ = writeln!(lines, "  import {};", contract::qualified(import.name));
    }
    format!(
        "package {};\n\nworld {} {{\n{lines}}}\n",
        world::PACKAGE,
        world::WORLD
    )
}

/// What wit-bindgen makes of a world, led to the SDK.
fn of(mut world: World) -> Result<BTreeMap<String, Vec<u8>>, CompileError> {
    let mut made = Files::default();
    let options = Opts {
        // The author's gofmt, if there is one, would only take time.
        format: Format::False,
        pkg_name: Some(MODULE.to_owned()),
        ..Opts::default()
    };
    options
        .build()
        .generate(&mut world.resolve, world.id, &mut made)
        .map_err(|error| CompileError::Component(format!("no bindings for Go: {error:#}")))?;
    made.iter()
        .map(|(name, bytes)| {
            let mut text = String::from_utf8(bytes.to_vec()).map_err(|error| {
                CompileError::Component(format!("no bindings for Go: {name}: {error}"))
            })?;
            for (there, instead) in INSTEAD {
                text = text.replace(there, instead);
            }
            Ok((name.to_owned(), text.into_bytes()))
        })
        .collect()
}

/// The package that brings in the exports, and tells them who the plugin is.
fn entry(manifest: &Manifest) -> String {
    format!(
        "package entry\n\nimport (\n\t\"aquatint/internal/hooks\"\n\n\t_ \"{MODULE}/wit_exports\"\n)\n\n\
         func init() {{\n\thooks.ID = {}\n\thooks.Version = {}\n\thooks.SDK = {}\n}}\n",
        quoted(manifest.id.as_str()),
        quoted(&manifest.version.to_string()),
        quoted(&format!("aquatint-go {}", env!("CARGO_PKG_VERSION"))),
    )
}
