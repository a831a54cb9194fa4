//! Writes small plugins that do nothing, each under an id of its own: `many_plugins FOLDER COUNT`.

use std::path::PathBuf;
use std::{env, fs};

use aquatint_tests::component::Small;

fn main() -> std::io::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".into()));
    let count = arguments.next().and_then(|it| it.into_string().ok());
    let count: usize = count.and_then(|it| it.parse().ok()).unwrap_or(1);
    fs::create_dir_all(&folder)?;
    for number in 0..count {
        let id = format!("many-{number:03}");
        let plugin = Small::new(&id, "post-process", NOTHING);
        fs::write(folder.join(format!("{id}.wasm")), plugin.build())?;
    }
    Ok(())
}

/// The handle of the picture goes back, and all is well.
const NOTHING: &str = r#"(import "aquatint:plugin/image@0.1.0" "[resource-drop]image" (func $drop (param i32)))
(data (i32.const 1024) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00")
(func (export "aquatint:plugin/post-process@0.1.0#run") (param i32) (result i32)
(call $drop (local.get 0))
(i32.const 1024)
)"#;
