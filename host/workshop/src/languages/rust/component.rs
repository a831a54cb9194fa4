use wit_component::ComponentEncoder;

use super::super::CompileError;

/// The bytes after `\0asm` of a component; a module has others.
const COMPONENT: [u8; 4] = [0x0d, 0, 1, 0];

/// A module as a component. What is one already stays as it is: the target `wasm32-wasip2` makes components.
pub(super) fn of(wasm: Vec<u8>) -> Result<Vec<u8>, CompileError> {
    if wasm.get(4..8) == Some(&COMPONENT) {
        return Ok(wasm);
    }
    let encoded = ComponentEncoder::default()
        .module(&wasm)
        .map(|encoder| encoder.validate(true))
        .and_then(|mut encoder| encoder.encode());
    encoded.map_err(|error| {
        CompileError::Component(format!(
            "the module cannot be made a component ({error:#}), expected a library that calls `aquatint_plugin::plugin!`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_stays_as_it_is() {
        let component = wat::parse_str("(component)").expect("WAT");
        assert_eq!(of(component.clone()).expect("a component"), component);
    }

    #[test]
    fn a_module_of_no_plugin_is_refused_with_what_is_missing() {
        let module = wat::parse_str(r#"(module (import "env" "read" (func)))"#).expect("WAT");
        let message = of(module).expect_err("no plugin").to_string();
        assert!(
            message.contains("expected a library that calls `aquatint_plugin::plugin!`"),
            "{message}"
        );
        assert!(of(b"no wasm".to_vec()).is_err());
    }
}
