//! Whatever is out of proportion.

use super::*;

#[test]
fn each_bound_is_a_rule_of_its_own() {
    let ample = Bounds::default();
    let nested = |levels: usize| {
        plugin(&format!(
            "{}{}",
            "(component ".repeat(levels),
            ")".repeat(levels)
        ))
    };
    let blocks = |levels: usize| {
        module(&format!(
            "(func {}{})",
            "block ".repeat(levels),
            "end ".repeat(levels)
        ))
    };
    let table = [
        (plugin(""), Bounds { bytes: 50, ..ample }, Rule::Bytes),
        (
            plugin(""),
            Bounds {
                sections: 1,
                ..ample
            },
            Rule::Sections,
        ),
        (
            plugin(r#"(@custom "a" "") (@custom "b" "")"#),
            Bounds {
                custom_sections: 1,
                ..ample
            },
            Rule::CustomSections,
        ),
        (
            plugin("(core module) (core module)"),
            Bounds {
                modules: 1,
                ..ample
            },
            Rule::Modules,
        ),
        (
            plugin("(component) (component)"),
            Bounds {
                components: 1,
                ..ample
            },
            Rule::Components,
        ),
        (nested(9), ample, Rule::Nesting),
        (
            plugin("(instance) (instance)"),
            Bounds {
                instances: 2,
                ..ample
            },
            Rule::Instances,
        ),
        (
            module("(type (func)) (type (func (param i32)))"),
            Bounds { types: 1, ..ample },
            Rule::Types,
        ),
        (
            plugin(
                r#"(import "aquatint:plugin/log@0.1.0" (instance)) (import "aquatint:plugin/job@0.1.0" (instance))"#,
            ),
            Bounds {
                imports: 1,
                ..ample
            },
            Rule::ImportCount,
        ),
        (
            plugin(""),
            Bounds {
                exports: 1,
                ..ample
            },
            Rule::ExportCount,
        ),
        (
            module("(func) (func)"),
            Bounds {
                functions: 1,
                ..ample
            },
            Rule::Functions,
        ),
        (
            module("(func nop nop nop nop)"),
            Bounds {
                function_bytes: 5,
                ..ample
            },
            Rule::FunctionBytes,
        ),
        (blocks(4001), ample, Rule::Blocks),
        (
            module("(func i32.const 0 br_table 0 0 0 0)"),
            Bounds {
                branch_targets: 2,
                ..ample
            },
            Rule::BranchTargets,
        ),
        (
            plugin("(core module (memory 1)) (core module (memory 1))"),
            Bounds {
                memories: 1,
                ..ample
            },
            Rule::Memories,
        ),
        (module("(memory 65536)"), ample, Rule::MemoryBytes),
        (
            plugin(&"(core module (memory 4096)) ".repeat(5)),
            ample,
            Rule::MemoryBytes,
        ),
        (
            module("(table 1 funcref) (table 1 funcref)"),
            Bounds { tables: 1, ..ample },
            Rule::Tables,
        ),
        (
            module("(table 10000000 funcref)"),
            ample,
            Rule::TableElements,
        ),
        (
            module("(global i32 (i32.const 0)) (global i32 (i32.const 0))"),
            Bounds {
                globals: 1,
                ..ample
            },
            Rule::Globals,
        ),
        (
            module(r#"(memory 1) (data "a") (data "b")"#),
            Bounds {
                segments: 1,
                ..ample
            },
            Rule::Segments,
        ),
        (
            plugin(
                "(type $r (resource (rep i32))) (core func (canon resource.drop $r)) (core func (canon resource.new $r))",
            ),
            Bounds {
                canonical_functions: 1,
                ..ample
            },
            Rule::CanonicalFunctions,
        ),
    ];
    for (component, bounds, expected) in table {
        let (rule, reason) = refused(&component, &bounds);
        assert_eq!(rule, expected, "{reason}");
        assert!(reason.contains(", expected at most "), "{reason}");
    }
    assert!(prescan(&nested(8), &ample).is_ok());
    assert!(prescan(&blocks(4000), &ample).is_ok());
}
