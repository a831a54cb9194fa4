//! The core module whose functions refuse.

use std::fmt::Write as _;

use anyhow::Context as _;
use wit_component::DecodedWasm;
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Function, Int, Resolve, SizeAlign, Type, TypeDefKind, WorldItem};

use super::interface;

/// Where the module imports its memory from.
pub(super) const MEMORY: (&str, &str) = ("memory-of", "memory");
const REFUSAL: &str = "access-denied";
/// What stands for a handle. Nothing asks the host for it.
const HANDLE: i32 = 1;

/// A module that exports, by the names under which wit-component links them, all functions of all interfaces of sockets
/// that a component imports. Each returns an error if it can; of those that cannot, which need a socket that nobody
/// has, each traps.
pub(super) fn module(component: &[u8]) -> anyhow::Result<Vec<u8>> {
    let DecodedWasm::Component(resolve, world) =
        wit_component::decode(component).context("its interfaces cannot be read")?
    else {
        anyhow::bail!("it is no component");
    };
    let mut sizes = SizeAlign::default();
    sizes.fill(&resolve);
    let (module, name) = MEMORY;
    let mut text = format!("(module (import \"{module}\" \"{name}\" (memory 0))\n");
    for (key, item) in &resolve.worlds[world].imports {
        let WorldItem::Interface { id, .. } = item else {
            continue;
        };
        if interface(&resolve.name_world_key(key)).is_none() {
            continue;
        }
        let interface = &resolve.interfaces[*id];
        for (name, id) in &interface.types {
            if matches!(resolve.types[*id].kind, TypeDefKind::Resource) {
                writeln!(
                    text,
                    "(func (export \"[resource-drop]{name}\") (param i32))"
                )?;
            }
        }
        for function in interface.functions.values() {
            write_function(&mut text, &resolve, &sizes, function)?;
        }
    }
    text.push(')');
    Ok(wat::parse_str(text)?)
}

pub(super) fn write_function(
    text: &mut String,
    resolve: &Resolve,
    sizes: &SizeAlign,
    function: &Function,
) -> std::fmt::Result {
    let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
    write!(text, "(func (export \"{}\")", function.name)?;
    for ty in &signature.params {
        write!(text, " (param {})", name_of(*ty))?;
    }
    for ty in &signature.results {
        write!(text, " (result {})", name_of(*ty))?;
    }
    let refusal = refusal(resolve, sizes, function).filter(|_| signature.retptr);
    if let Some((code, offset)) = refusal {
        // The pointer to the result is the last parameter. Its tag is 1 for an error.
        let pointer = signature.params.len() - 1;
        writeln!(
            text,
            " (i32.store8 (local.get {pointer}) (i32.const 1)) \
             (i32.store8 offset={offset} (local.get {pointer}) (i32.const {code})))"
        )
    } else if is_handle(resolve, function) && function.params.is_empty() {
        writeln!(text, " i32.const {HANDLE})")
    } else {
        writeln!(text, " unreachable)")
    }
}

fn name_of(ty: WasmType) -> &'static str {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
    }
}

/// The number of the refusing error code, and where it lies in the result.
fn refusal(resolve: &Resolve, sizes: &SizeAlign, function: &Function) -> Option<(usize, usize)> {
    let TypeDefKind::Result(result) = kind_of(resolve, function.result?)? else {
        return None;
    };
    let TypeDefKind::Enum(codes) = kind_of(resolve, result.err?)? else {
        return None;
    };
    let code = codes.cases.iter().position(|case| case.name == REFUSAL)?;
    let cases = [result.ok.as_ref(), result.err.as_ref()];
    let offset = sizes.payload_offset(Int::U8, cases).size_wasm32();
    (code < 256).then_some((code, offset))
}

fn is_handle(resolve: &Resolve, function: &Function) -> bool {
    let kind = function.result.and_then(|ty| kind_of(resolve, ty));
    matches!(kind, Some(TypeDefKind::Handle(_)))
}

/// What a type is, through all names for it.
fn kind_of(resolve: &Resolve, ty: Type) -> Option<&TypeDefKind> {
    let Type::Id(mut id) = ty else {
        return None;
    };
    loop {
        match &resolve.types[id].kind {
            TypeDefKind::Type(Type::Id(other)) => id = *other,
            kind => return Some(kind),
        }
    }
}
