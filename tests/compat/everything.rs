//! A plugin that imports every function of the contract: it stops loading as soon as one of them is gone or has another
//! type. It calls none, and its hooks leave everything as it is.

use aquatint_sandbox::contract::Hook;
use aquatint_tests::component::{Small, WIT};
use wit_parser::abi::{AbiVariant, WasmType};
use wit_parser::{Resolve, TypeDefKind, WorldItem, WorldKey};

const MANIFEST: &str = "
[permissions]
store = { quota = '1MiB', reason = 'it is there' }
net = [{ host = 'example.org', reason = 'it is there' }]
generate = { reason = 'it is there' }
inference = { reason = 'it is there' }
";

/// Answers at 1024, where all is zero: well, with nothing in it.
const HOOKS: &str = r#"
(func (export "aquatint:plugin/pre-process@0.1.0#run") (param i32 i32) (result i32)
    (i32.const 1024))
(func (export "aquatint:plugin/denoise@0.1.0#run") (param i32 i32) (result i32)
    (call $latents.<resource-drop>moment (local.get 0))
    (call $latents.<resource-drop>latents (local.get 1))
    (i32.const 1024))
(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32)
    (call $image.<resource-drop>image (local.get 0))
    (i32.const 1024))
(func (export "aquatint:plugin/script@0.1.0#run") (result i32)
    (i32.const 1024))
(func (export "aquatint:plugin/sweep@0.1.0#axes") (result i32)
    (i32.const 1024))
(func (export "aquatint:plugin/sweep@0.1.0#points") (param i32 i32 i32 i32) (result i32)
    (i32.const 1024))
"#;

/// The component, of the contract as it is now.
pub(crate) fn component() -> Vec<u8> {
    let mut plugin = Small::new("everything", "pre-process", &(imports() + HOOKS));
    plugin.hooks = Hook::ALL.map(|hook| hook.name().to_owned()).into();
    for import in ["store", "fetch", "inference"] {
        plugin = plugin.import(import);
    }
    plugin.manifest(MANIFEST).build()
}

/// A line for each function that the world `everything` imports, and for each kind of handle that can be dropped.
fn imports() -> String {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(WIT).expect("the contract");
    let world = resolve
        .select_world(&[package], Some("everything"))
        .expect("the world");
    let mut lines = String::new();
    for (key, item) in &resolve.worlds[world].imports {
        let (WorldKey::Interface(id), WorldItem::Interface { .. }) = (key, item) else {
            panic!("only interfaces")
        };
        let interface = &resolve.interfaces[*id];
        let name = interface.name.as_deref().expect("a name");
        let mut line = |function: &str, signature: &str| {
            let symbol = format!("${name}.{function}")
                .replace('[', "<")
                .replace(']', ">");
            lines.push_str(&format!(
                "(import \"aquatint:plugin/{name}@0.1.0\" \"{function}\" (func {symbol} {signature}))\n"
            ));
        };
        for function in interface.functions.values() {
            let signature = resolve.wasm_signature(AbiVariant::GuestImport, function);
            let mut text = String::new();
            for (word, types) in [("param", &signature.params), ("result", &signature.results)] {
                if !types.is_empty() {
                    let types: Vec<&str> = types.iter().map(core_type).collect();
                    text += &format!("({word} {})", types.join(" "));
                }
            }
            line(&function.name, &text);
        }
        for (name, id) in &interface.types {
            if matches!(resolve.types[*id].kind, TypeDefKind::Resource) {
                line(&format!("[resource-drop]{name}"), "(param i32)");
            }
        }
    }
    lines
}

fn core_type(wasm: &WasmType) -> &'static str {
    match wasm {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => "i32",
        WasmType::I64 | WasmType::PointerOrI64 => "i64",
        WasmType::F32 => "f32",
        WasmType::F64 => "f64",
    }
}
