//! The sandbox, measured from outside: see `protocol.rs`. Started as
//! `aquatint-bench AQUATINT CACHE LANGUAGE=FILE…`, with the command that compiles plugins, the folder for what it
//! compiled, and components.

#![forbid(unsafe_code)]

mod calls;
mod native;
#[path = "../protocol.rs"]
mod protocol;
mod reload;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use aquatint_sandbox::engine::{Compiler, Engine, Options};
use aquatint_sandbox::pixels::{Picture, PixelFormat, Size};

use calls::Called;
use protocol::{BYTES, Copies};
use reload::Reloads;

const SIDE: u32 = 1024;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let mut folder = || arguments.next().map(PathBuf::from);
    let (program, cache) = (
        folder().context("no command")?,
        folder().context("no folder")?,
    );
    let engine = Engine::new(Options {
        cache: Some(cache),
        compiler: Compiler::Child {
            program,
            arguments: vec!["plugin-compiler".into()],
        },
    })?;
    let mut plugins = BTreeMap::new();
    for argument in arguments {
        let argument = argument.to_string_lossy();
        let (language, file) = argument.split_once('=').context("expected LANGUAGE=FILE")?;
        plugins.insert(language.to_owned(), Called::load(&engine, file.as_ref())?);
    }
    let picture = picture()?;
    let filtered = native::filtered(&picture);
    let mut reloads = plugins
        .get("rust")
        .map(|plugin| Reloads::begin(&engine, plugin.bytes()))
        .transpose()?;
    let mut copies = Copies::new();
    protocol::serve(|what| match what.split_once(' ') {
        None if what == "copies" => Ok(copies.measure()),
        None if what == "native" => Ok(native::measure(&picture)),
        None if what == "reload" => reloads.as_mut().context("no plugin in Rust")?.measure(),
        Some((language, work)) if plugins.contains_key(language) => {
            plugins[language].measure(work, &picture, &filtered)
        }
        _ => bail!("nothing called `{what}` is measured here"),
    })
}

/// All values beside all others.
fn picture() -> Result<Picture> {
    let size = Size {
        width: SIDE,
        height: SIDE,
    };
    let pixels = (0..BYTES).map(|at| (at * 7 + at / 1024) as u8).collect();
    Ok(Picture::from_pixels(size, PixelFormat::Rgba8, pixels)?)
}
