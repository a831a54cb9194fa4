//! Small plugins, written by hand: a core module as text, made into a component of the contract.

use aquatint_sandbox::manifest::Manifest;
use aquatint_sandbox::section::write_manifest;
pub use wit_component::StringEncoding;
use wit_component::{ComponentEncoder, embed_component_metadata};
use wit_parser::Resolve;

/// The contract's folder.
pub const WIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit");

/// A plugin to be.
#[derive(Clone, Debug)]
pub struct Small {
    /// Its id; the version is 1.0.0.
    pub id: String,
    /// The hooks that it has, as manifests write them: `["post-process"]`.
    pub hooks: Vec<String>,
    /// More of the manifest, as TOML.
    pub manifest: String,
    /// Interfaces that it imports beside those of its hooks' worlds: `store`, or `wasi:clocks/wall-clock@0.2.0`.
    pub imports: Vec<String>,
    /// The core module's fields, beside what [`Small::wat`] writes.
    pub body: String,
    /// Whether [`Small::wat`] writes `cabi_realloc`.
    pub allocates: bool,
    /// How it says that its texts are written. They are in UTF-8.
    pub encoding: StringEncoding,
}

impl Small {
    /// A plugin with one hook and this body.
    #[must_use]
    pub fn new(id: &str, hook: &str, body: &str) -> Self {
        Self {
            id: id.to_owned(),
            hooks: vec![hook.to_owned()],
            manifest: String::new(),
            imports: Vec::new(),
            body: body.to_owned(),
            allocates: true,
            encoding: StringEncoding::UTF8,
        }
    }

    /// With more of a manifest.
    #[must_use]
    pub fn manifest(mut self, toml: &str) -> Self {
        self.manifest.push_str(toml);
        self.manifest.push('\n');
        self
    }

    /// With another interface of the contract, or of WASI.
    #[must_use]
    pub fn import(mut self, interface: &str) -> Self {
        self.imports.push(interface.to_owned());
        self
    }

    /// With a `cabi_realloc` of its own.
    #[must_use]
    pub fn own_allocator(mut self) -> Self {
        self.allocates = false;
        self
    }

    /// The core module: memory, a bump allocator, `describe`, and the body. Bytes up to 1024 are the description,
    /// those from 1024 to 4096 are the body's; the heap begins at 65536.
    #[must_use]
    pub fn wat(&self) -> String {
        let allocator = if self.allocates {
            r#"(global $heap (mut i32) (i32.const 65536))
            (func (export "cabi_realloc") (param $old i32) (param $was i32) (param $align i32) (param $size i32) (result i32)
                (local $at i32)
                (local.set $at (i32.and
                    (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
                    (i32.sub (i32.const 0) (local.get $align))))
                (global.set $heap (i32.add (local.get $at) (local.get $size)))
                (block $fits
                    (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
                    (drop (memory.grow (i32.add (i32.const 1)
                        (i32.shr_u (i32.sub (global.get $heap) (i32.mul (memory.size) (i32.const 65536))) (i32.const 16))))))
                (local.get $at))"#
        } else {
            ""
        };
        let id = &self.id;
        let length = id.len();
        format!(
            r#"(module
            {imports}
            (memory (export "memory") 2)
            (data (i32.const 0) "\20\00\00\00{length}\80\00\00\00\05\00\00\00\00\00\00\00\00\00\00\00")
            (data (i32.const 32) "{id}")
            (data (i32.const 128) "1.0.0")
            {allocator}
            (func (export "aquatint:plugin/info@0.1.0#describe") (result i32) (i32.const 0))
            {body}
            )"#,
            imports = imports(&self.body),
            length = le(length as u32),
            body = body(&self.body),
        )
    }

    /// The component, with its manifest.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let module = wat::parse_str(self.wat()).expect("the module is well-formed");
        write_manifest(&self.encode(module), &self.toml()).expect("a component")
    }

    /// The component without a manifest, of a core module.
    #[must_use]
    pub fn encode(&self, mut module: Vec<u8>) -> Vec<u8> {
        let mut resolve = Resolve::default();
        resolve.push_path(WIT).expect("the contract");
        resolve
            .push_str("wasi.wit", include_str!("wasi.wit"))
            .expect("parts of WASI");
        let includes: String = self
            .hooks
            .iter()
            .map(|hook| format!("include aquatint:plugin/{}@0.1.0;\n", world(hook)))
            .collect();
        let imports: String = self
            .imports
            .iter()
            .map(|import| match import.contains(':') {
                true => format!("import {import};\n"),
                false => format!("import aquatint:plugin/{import}@0.1.0;\n"),
            })
            .collect();
        let text = format!("package test:small;\nworld plugin {{\n{includes}{imports}}}");
        let package = resolve
            .push_str("small.wit", &text)
            .expect("a world of the contract");
        let world = resolve
            .select_world(&[package], Some("plugin"))
            .expect("the world");
        embed_component_metadata(&mut module, &resolve, world, self.encoding).expect("a module");
        ComponentEncoder::default()
            .module(&module)
            .expect("a module of this world")
            .encode()
            .expect("a component")
    }

    /// The manifest.
    #[must_use]
    pub fn toml(&self) -> Manifest {
        let hooks: Vec<_> = self.hooks.iter().map(|hook| format!("'{hook}'")).collect();
        let text = format!(
            "id = '{}'\nversion = '1.0.0'\napi = '0.1'\ndescription = 'a test'\nhooks = [{}]\n{}",
            self.id,
            hooks.join(", "),
            self.manifest
        );
        Manifest::from_toml(&text).expect("a manifest")
    }
}

/// Imports must come first in a module: lines of the body that begin with `(import`.
fn imports(body: &str) -> String {
    lines(body, true)
}

fn body(body: &str) -> String {
    lines(body, false)
}

fn lines(body: &str, imports: bool) -> String {
    body.lines()
        .filter(|line| line.trim_start().starts_with("(import") == imports)
        .map(|line| format!("{line}\n"))
        .collect()
}

fn world(hook: &str) -> &'static str {
    match hook {
        "pre-process" => "pre-processor",
        "denoise" => "denoiser",
        "post-process" => "post-processor",
        "script" => "scripter",
        "sweep" => "sweeper",
        other => panic!("no hook {other}"),
    }
}

/// Puts core modules at the end of a component, and makes an instance of each. They import nothing.
#[must_use]
pub fn with_modules(mut component: Vec<u8>, modules: &[Vec<u8>]) -> Vec<u8> {
    let before = sections(&component)
        .iter()
        .filter(|section| **section == CORE_MODULE)
        .count();
    for (index, module) in modules.iter().enumerate() {
        push_section(&mut component, CORE_MODULE, module);
        // One instance, by instantiating this module with no arguments.
        let mut instance = vec![1, 0];
        instance.extend(leb(before + index));
        instance.push(0);
        push_section(&mut component, CORE_INSTANCE, &instance);
    }
    component
}

/// Appends a custom section.
#[must_use]
pub fn with_custom(mut component: Vec<u8>, name: &str, data: &[u8]) -> Vec<u8> {
    let mut section = leb(name.len());
    section.extend_from_slice(name.as_bytes());
    section.extend_from_slice(data);
    push_section(&mut component, CUSTOM, &section);
    component
}

const CUSTOM: u8 = 0;
const CORE_MODULE: u8 = 1;
const CORE_INSTANCE: u8 = 2;

/// What kinds of sections a component has, one after the other.
fn sections(component: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    let mut rest = &component[8..];
    while let Some((kind, after)) = rest.split_first() {
        kinds.push(*kind);
        let (mut length, mut bytes) = (0, 0);
        loop {
            let byte = after[bytes];
            length |= usize::from(byte & 0x7f) << (7 * bytes);
            bytes += 1;
            if byte & 0x80 == 0 {
                break;
            }
        }
        rest = &after[bytes + length..];
    }
    kinds
}

fn push_section(component: &mut Vec<u8>, kind: u8, content: &[u8]) {
    component.push(kind);
    component.extend(leb(content.len()));
    component.extend_from_slice(content);
}

fn leb(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// Four bytes of a WAT string.
#[must_use]
pub fn le(number: u32) -> String {
    number
        .to_le_bytes()
        .iter()
        .map(|byte| format!("\\{byte:02x}"))
        .collect()
}
