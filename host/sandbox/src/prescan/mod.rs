//! The checks before a component is compiled.
//!
//! Compiling is the most expensive thing that a host does with bytes from elsewhere, and a compiler's authors promise
//! much less about it than about running what it compiled. So everything that can be known cheaply is known before:
//! that it is a component, that it is whole and valid, that nothing in it is out of proportion, that it uses only the
//! parts of WebAssembly that the engine is set up for, and that it imports nothing the host would not link.
//!
//! One pass over the bytes, in memory of the order of the component's own size.

mod agree;
mod bounds;
mod features;
mod imports;
mod refusal;
mod walk;

use std::collections::BTreeSet;

use crate::contract::{self, Hook, InterfaceName};
use crate::permissions::Imports;

pub use agree::Disagreement;
pub use bounds::Bounds;
pub use features::features;
pub use imports::WASI;
pub use refusal::{Refusal, Rule};

/// What is known about a component that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// What it imports.
    pub imports: Imports,
    /// The hooks that it exports.
    pub hooks: BTreeSet<Hook>,
    /// What is in it.
    pub contents: Contents,
}

/// How much of everything is in a component, everything nested in it included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// Bytes of the file.
    pub bytes: usize,
    /// Sections of any kind.
    pub sections: usize,
    /// Custom sections.
    pub custom_sections: usize,
    /// Core modules.
    pub modules: usize,
    /// Components, the outermost not counted.
    pub components: usize,
    /// How deep components and modules are nested.
    pub nesting: usize,
    /// Instances of modules and components.
    pub instances: usize,
    /// Types of any kind.
    pub types: usize,
    /// Imports of any kind.
    pub imports: usize,
    /// Exports of any kind.
    pub exports: usize,
    /// Core functions with a body.
    pub functions: usize,
    /// The bytes of the longest body.
    pub longest_function: usize,
    /// How deep blocks are nested in a body.
    pub blocks: usize,
    /// Targets of all branch tables.
    pub branch_targets: usize,
    /// Core memories.
    pub memories: usize,
    /// Bytes that all memories have at the start.
    pub memory_bytes: u64,
    /// Core tables.
    pub tables: usize,
    /// Elements that all tables have at the start.
    pub table_elements: u64,
    /// Core globals.
    pub globals: usize,
    /// Segments of data and of elements.
    pub segments: usize,
    /// Functions lifted, lowered and built in by the component model.
    pub canonical_functions: usize,
}

/// Checks a component.
///
/// # Errors
/// The first rule that it breaks.
pub fn prescan(component: &[u8], bounds: &Bounds) -> Result<Scanned, Refusal> {
    check_beginning(component, bounds)?;
    let outline = walk::walk(component, bounds)?;
    for name in &outline.imports {
        imports::check(name)?;
    }
    let hooks = hooks(&outline.exports)?;
    Ok(Scanned {
        imports: Imports::from_names(outline.imports),
        hooks,
        contents: outline.contents,
    })
}

/// What a parser would only say in its own words.
fn check_beginning(component: &[u8], bounds: &Bounds) -> Result<(), Refusal> {
    let refuse = |rule, reason: &str| Err(Refusal::new(rule, reason));
    if component.is_empty() {
        return refuse(Rule::Empty, "the file is empty");
    }
    if component.len() > bounds.bytes {
        return Err(Refusal::too_many(
            Rule::Bytes,
            component.len(),
            bounds.bytes,
        ));
    }
    // What an engine has compiled already is an object file. Loading one would run it, sandbox or not.
    let objects: [&[u8]; 5] = [
        b"\x7fELF",
        b"\xcf\xfa\xed\xfe",
        b"\xfe\xed\xfa\xcf",
        b"MZ",
        b"!<arch>",
    ];
    if objects.iter().any(|magic| component.starts_with(magic)) {
        return refuse(
            Rule::Precompiled,
            "native or precompiled code, expected a WebAssembly component",
        );
    }
    if component.starts_with(b"(module") || component.starts_with(b"(component") {
        return refuse(
            Rule::NotWebAssembly,
            "WebAssembly as text, expected the binary form",
        );
    }
    let magic = b"\0asm";
    if component.len() < 8 && magic.starts_with(&component[..component.len().min(4)]) {
        return refuse(Rule::Truncated, "the file ends in its first 8 bytes");
    }
    if !component.starts_with(magic) {
        return refuse(
            Rule::NotWebAssembly,
            "not WebAssembly, expected a component",
        );
    }
    match component[4..8] {
        [1, 0, 0, 0] => refuse(
            Rule::CoreModule,
            "a core module, expected a component (`wasm-tools component new` makes one)",
        ),
        [0x0d, 0, 1, 0] => Ok(()),
        _ => refuse(
            Rule::Invalid,
            "a version of the component format that is not known",
        ),
    }
}

fn hooks(exports: &[String]) -> Result<BTreeSet<Hook>, Refusal> {
    let mut hooks = BTreeSet::new();
    let mut info = false;
    for name in exports {
        let Some(name) = InterfaceName::parse(name).filter(InterfaceName::is_ours) else {
            // Whatever else it exports is of no use here and no harm.
            continue;
        };
        imports::check_version(&name, Rule::Export)?;
        info |= name.interface == contract::INFO;
        if let Ok(hook) = name.interface.parse() {
            hooks.insert(hook);
        }
    }
    if !info {
        return Err(Refusal::new(
            Rule::Info,
            format!(
                "no `info` among its exports, expected {}",
                contract::qualified(contract::INFO)
            ),
        ));
    }
    if hooks.is_empty() {
        let names = Hook::ALL.map(Hook::name).join(", ");
        return Err(Refusal::new(
            Rule::Hooks,
            format!("no hook among its exports, expected at least one of {names}"),
        ));
    }
    Ok(hooks)
}

#[cfg(test)]
mod tests;
