use wit_component::{
    ComponentEncoder, DecodedWasm, StringEncoding, dummy_module, embed_component_metadata,
};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

use super::*;

const WIT: &str = r#"
package test:it;

package wasi:sockets@0.2.9 {
  interface network {
    resource network;
    enum error-code { unknown, access-denied }
  }
  interface instance-network {
    use network.{network};
    instance-network: func() -> network;
  }
  interface tcp {
    use network.{network, error-code};
    resource tcp-socket {
      start-bind: func(network: borrow<network>, address: list<u8>) -> result<_, error-code>;
      hop-limit: func() -> result<u64, error-code>;
      is-listening: func() -> bool;
    }
    create-tcp-socket: func(v6: bool) -> result<tcp-socket, error-code>;
  }
}

interface clock {
  now: func() -> u64;
  read: func() -> list<u8>;
}
world with-sockets {
  import clock;
  import wasi:sockets/network@0.2.9;
  import wasi:sockets/instance-network@0.2.9;
  import wasi:sockets/tcp@0.2.9;
  export run: func() -> list<u8>;
}
"#;

fn component(world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_source("test.wit", WIT).expect("WIT");
    let world = resolve
        .select_world(&[package], Some(world))
        .expect("a world");
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, world, mangling);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("embedded");
    ComponentEncoder::default()
        .module(&module)
        .expect("a module")
        .encode()
        .expect("a component")
}

fn imports(component: &[u8]) -> Vec<String> {
    let mut validator = wasmparser::Validator::new();
    validator.validate_all(component).expect("valid");
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::ComponentImportSection(reader) = payload.expect("a payload") {
            for import in reader {
                names.push(import.expect("an import").name.name.to_owned());
            }
        }
    }
    names
}

/// A component in the manner of Python's: a module of its own for the memory, a shim for what needs it.
const LINKED: &str = r#"(component
  (type $clock-type (instance (type (func (result u64))) (export "now" (func (type 0)))))
  (import "test:it/clock" (instance $clock (type $clock-type)))
  (type $tcp-type (instance
    (export "tcp-socket" (type (sub resource)))
    (type (enum "unknown" "access-denied"))
    (export "error-code" (type (eq 1)))
    (type (own 0))
    (type (result 3 (error 2)))
    (type (func (param "v6" bool) (result 4)))
    (export "create-tcp-socket" (func (type 5)))))
  (import "wasi:sockets/tcp@0.2.9" (instance $tcp (type $tcp-type)))
  (core module $env (memory (export "memory") 1))
  (core module $shim (func (export "0") (param i32 i32)))
  (core module $main
    (import "wasi:sockets/tcp@0.2.0" "create-tcp-socket" (func (param i32 i32)))
    (import "wasi:sockets/tcp@0.2.0" "[resource-drop]tcp-socket" (func (param i32)))
    (import "test:it/clock" "now" (func (result i64))))
  (core module $fixup (import "" "0" (func (param i32 i32))))
  (core instance $env (instantiate $env))
  (alias core export $env "memory" (core memory $memory))
  (core instance $shim (instantiate $shim))
  (alias export $clock "now" (func $now))
  (core func $now-core (canon lower (func $now)))
  (core instance $clock-core (export "now" (func $now-core)))
  (alias core export $shim "0" (core func $create-shim))
  (alias export $tcp "tcp-socket" (type $socket))
  (core func $drop (canon resource.drop $socket))
  (core instance $tcp-core
    (export "create-tcp-socket" (func $create-shim))
    (export "[resource-drop]tcp-socket" (func $drop)))
  (core instance $main (instantiate $main
    (with "test:it/clock" (instance $clock-core))
    (with "wasi:sockets/tcp@0.2.0" (instance $tcp-core))))
  (alias export $tcp "create-tcp-socket" (func $create))
  (core func $create-core (canon lower (func $create) (memory $memory)))
  (core instance $functions (export "0" (func $create-core)))
  (core instance (instantiate $fixup (with "" (instance $functions)))))"#;

#[test]
fn sockets_are_no_longer_imported_and_the_rest_is() {
    let component = wat::parse_str(LINKED).expect("WAT");
    assert_eq!(imports(&component).len(), 2);
    let shut = shut(&component).expect("shut");
    assert_eq!(imports(&shut), ["test:it/clock"]);
    let twice = super::shut(&shut).expect("shut already");
    assert!(matches!(twice, Cow::Borrowed(_)));
}

#[test]
fn a_component_of_another_make_is_refused() {
    let error = shut(&component("with-sockets")).expect_err("no memory of its own");
    assert_eq!(
        error.to_string(),
        "the component's sockets cannot be shut: there is no memory before they are passed on"
    );
}

#[test]
fn functions_refuse_where_they_can() {
    let component = component("with-sockets");
    let module = refusing::module(&component).expect("a module");
    let text = exports(&module);
    assert_eq!(
        text,
        [
            "[resource-drop]network",
            "instance-network",
            "[resource-drop]tcp-socket",
            "[method]tcp-socket.start-bind",
            "[method]tcp-socket.hop-limit",
            "[method]tcp-socket.is-listening",
            "create-tcp-socket",
        ]
    );
    let Ok(DecodedWasm::Component(resolve, world)) = wit_component::decode(&component) else {
        panic!("a component");
    };
    let mut written = String::new();
    let mut sizes = wit_parser::SizeAlign::default();
    sizes.fill(&resolve);
    for item in resolve.worlds[world].imports.values() {
        let wit_parser::WorldItem::Interface { id, .. } = item else {
            continue;
        };
        for function in resolve.interfaces[*id].functions.values() {
            refusing::write_function(&mut written, &resolve, &sizes, function).expect("written");
        }
    }
    let line = |name: &str| {
        let start = format!("(func (export \"{name}\")");
        let line = written.lines().find(|line| line.starts_with(&start));
        line.map(|line| line[start.len()..].trim().to_owned())
            .expect("there")
    };
    // A code of one byte behind the tag; behind a number of 8 bytes where the result may be one.
    assert_eq!(
        line("create-tcp-socket"),
        "(param i32) (param i32) (i32.store8 (local.get 1) (i32.const 1)) \
         (i32.store8 offset=4 (local.get 1) (i32.const 1)))"
    );
    let bind = line("[method]tcp-socket.start-bind");
    assert!(bind.contains("offset=1 (local.get 4)"), "{bind}");
    assert!(line("[method]tcp-socket.hop-limit").contains("offset=8 (local.get 1)"));
    assert!(line("[method]tcp-socket.is-listening").ends_with("unreachable)"));
    assert_eq!(line("instance-network"), "(result i32) i32.const 1)");
}

/// The names that a core module exports.
fn exports(module: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ExportSection(reader) = payload.expect("a payload") {
            for export in reader {
                names.push(export.expect("an export").name.to_owned());
            }
        }
    }
    names
}

#[test]
fn what_has_no_sockets_stays_as_it_is() {
    let bytes = wat::parse_str("(component (import \"a\" (func)))").expect("WAT");
    assert!(matches!(shut(&bytes), Ok(Cow::Borrowed(same)) if same == bytes));
    assert!(shut(b"\0asm\x0d\0\x01\0nonsense").is_err());
}
