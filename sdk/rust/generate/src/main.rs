//! Writes `src/bindings` from `wit/`: `cargo run` in this folder, after the contract has changed.
//!
//! The bindings are kept in the repository, and not made by a macro whenever a plugin is built, because the macro takes
//! a minute to compile and the bindings a second.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};
use wit_bindgen_core::wit_parser::Resolve;
use wit_bindgen_core::{Files, WorldGenerator as _};
use wit_bindgen_rust::{Opts, WithOption};

const PACKAGE: &str = "aquatint:plugin";
const VERSION: &str = "0.1.0";
const IMPORTS: [&str; 10] = [
    "types",
    "log",
    "job",
    "image",
    "latents",
    "assets",
    "store",
    "fetch",
    "generate",
    "inference",
];
/// What can be exported, one world each, so that a plugin exports what it has; and which types come from the imports.
const EXPORTS: [(&str, &[&str]); 6] = [
    ("info", &["types"]),
    ("pre-process", &["types"]),
    ("denoise", &["types", "latents"]),
    ("post-process", &["types", "image"]),
    ("script", &["types", "image"]),
    ("sweep", &["types"]),
];

fn main() -> Result<()> {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let digest = copy_contract(&sdk)?;
    let folder = sdk.join("src/bindings");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;

    let imports: String = IMPORTS
        .iter()
        .map(|name| format!("import {PACKAGE}/{name}@{VERSION};\n"))
        .collect();
    let options = Opts {
        generate_all: true,
        ..common()
    };
    write(&sdk, "host", &imports, options, &folder)?;

    let mut module = format!(
        "//! What `wit/` becomes in Rust, written by `generate`: imports once, and one world for each export.\n\
         //!\n//! Contract: {digest}\n\n\
         #![allow(missing_docs, unreachable_pub, unused_imports, unsafe_code, clippy::all, clippy::pedantic)]\n\n\
         #[rustfmt::skip]\nmod host;\npub use host::aquatint;\n"
    );
    for (name, types) in EXPORTS {
        let snake = name.replace('-', "_");
        let options = Opts {
            pub_export_macro: true,
            export_macro_name: Some(format!("__export_{snake}")),
            default_bindings_module: Some(format!("aquatint_plugin::bindings::{snake}")),
            with: types
                .iter()
                .map(|ty| {
                    let interface = format!("{PACKAGE}/{ty}@{VERSION}");
                    let path = format!("crate::bindings::aquatint::plugin::{ty}");
                    (interface, WithOption::Path(path))
                })
                .collect(),
            ..common()
        };
        write(
            &sdk,
            name,
            &format!("export {PACKAGE}/{name}@{VERSION};\n"),
            options,
            &folder,
        )?;
        module.push_str(&format!("#[rustfmt::skip]\npub mod {snake};\n"));
    }
    fs::write(folder.join("mod.rs"), module)?;
    Ok(())
}

fn common() -> Opts {
    Opts {
        runtime_path: Some("wit_bindgen::rt".to_owned()),
        additional_derive_attributes: vec!["PartialEq".to_owned()],
        ..Opts::default()
    }
}

/// Copies the contract as this repository has it, because a published SDK has its copy alone. Returns the SHA-256 of
/// all files one after the other, in the order of their names, by which a test notices bindings of another contract.
fn copy_contract(sdk: &Path) -> Result<String> {
    let source = sdk.join("../../wit");
    let copy = sdk.join("wit");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(&source).with_context(|| source.display().to_string())? {
        let entry = entry?;
        files.insert(entry.file_name(), fs::read(entry.path())?);
    }
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    fs::create_dir_all(&copy)?;
    let mut digest = Sha256::new();
    for (name, bytes) in &files {
        digest.update(bytes);
        fs::write(copy.join(name), bytes)?;
    }
    Ok(digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn write(sdk: &Path, name: &str, items: &str, options: Opts, folder: &Path) -> Result<()> {
    let mut resolve = Resolve::default();
    resolve.push_path(sdk.join("wit"))?;
    let text = format!("package aquatint:sdk-{name};\nworld {name}-world {{\n{items}}}\n");
    let package = resolve.push_str("sdk.wit", &text)?;
    let world = resolve.select_world(&[package], Some(&format!("{name}-world")))?;
    let mut files = Files::default();
    options.build().generate(&mut resolve, world, &mut files)?;
    let (_, contents) = files.iter().next().context("nothing was generated")?;
    let path = folder.join(format!("{}.rs", name.replace('-', "_")));
    fs::write(&path, contents)?;
    Ok(())
}
