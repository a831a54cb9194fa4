//! Memory and tables without measure.

use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::plugin::{CallError, Plugin};
use aquatint_sandbox::prescan::{Bounds, prescan};
use aquatint_sandbox::section;
use aquatint_tests::component::{with_custom, with_modules};

use crate::support::{engine, fails, polite, refused};

const SMALL: &str = "limits = { memory = '1MiB' }";

#[test]
fn case_06_memory_that_grows_until_it_may_not() {
    let error =
        fails(&polite("(loop $l (drop (memory.grow (i32.const 1))) (br $l))").manifest(SMALL));
    assert_eq!(error.to_string(), "it needs more than 1MiB of memory");
}

#[test]
fn case_07_many_memories_count_together() {
    // Each of 8 more modules has 1 MiB: none is above 4 MiB alone.
    let module = wat::parse_str("(module (memory 16))").expect("WAT");
    let many = with_modules(polite("").build(), &vec![module.clone(); 8]);
    let error = refused(write(&many, "limits = { memory = '4MiB' }"));
    assert_eq!(
        error,
        "`info.describe` failed: it needs more than 4MiB of memory"
    );
    Plugin::load(
        engine(),
        write(&many, "limits = { memory = '16MiB' }"),
        &Grants::default(),
        None,
    )
    .expect("16 MiB hold them");
    // Before anything is compiled, too.
    let bounds = Bounds {
        memory_bytes: 4 << 20,
        ..Bounds::default()
    };
    let error = prescan(&many, &bounds).expect_err("8 MiB in all");
    assert!(error.to_string().contains("memor"), "{error}");
    let error = refused(with_modules(polite("").build(), &vec![module; 16]));
    assert!(error.contains("memories"), "{error}");
}

#[test]
fn case_07_many_tables_count_together() {
    // 65,536 elements each: a megabyte of pointers.
    let module = wat::parse_str("(module (table 65536 funcref))").expect("WAT");
    let many = with_modules(polite("").build(), &vec![module; 8]);
    let error = refused(write(&many, "limits = { memory = '4MiB' }"));
    assert_eq!(
        error,
        "`info.describe` failed: it needs more than 4MiB of memory"
    );
}

/// The polite plugin's manifest, with more in it.
fn write(component: &[u8], toml: &str) -> Vec<u8> {
    let manifest = polite("").manifest(toml).toml();
    section::write_manifest(component, &manifest).expect("written")
}

#[test]
fn case_08_a_table_as_large_as_numbers_go() {
    let mut small = polite(
        "(drop (table.grow $t (ref.null func) (i32.const 0x7fffffff)))
         (loop $l (drop (table.grow $t (ref.null func) (i32.const 65536))) (br $l))",
    )
    .manifest(SMALL);
    small.body.push_str("\n(table $t 1 funcref)");
    let error = fails(&small);
    assert!(matches!(error, CallError::Memory(_)), "{error}");
}

#[test]
fn case_09_memory_that_is_large_from_the_start() {
    let mut module = polite("").wat();
    module = module.replace(
        "(memory (export \"memory\") 2)",
        "(memory (export \"memory\") 65536)",
    );
    let bytes = polite("").encode(wat::parse_str(module).expect("WAT"));
    let error = refused(write(&bytes, ""));
    assert!(error.contains("4294967296"), "{error}");
}

#[test]
fn case_09_data_without_measure() {
    let error = refused(with_custom(polite("").build(), "x", &vec![0; 64 << 20]));
    assert!(error.contains("bytes"), "{error}");
}
