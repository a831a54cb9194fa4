//! What a plugin gets to see of the host: what every plugin has, and what it was granted. Nothing else is there, so
//! nothing else can be reached by any mistake in it.

use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi::cli::{WasiCli, WasiCliView as _};
use wasmtime_wasi::clocks::WasiClocksView as _;
use wasmtime_wasi::filesystem::{WasiFilesystem, WasiFilesystemView as _};
use wasmtime_wasi::p2::bindings::{cli, clocks, filesystem, random};

use crate::bindings::interfaces as ours;
use crate::guest::{Entropy, Guest, SystemClocks, SystemEntropy, VirtualClocks, VirtualTime};
use crate::permissions::{Kind, PermissionSet};

pub(super) fn linker(
    engine: &wasmtime::Engine,
    granted: &PermissionSet,
) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    link_wasi(&mut linker, granted)?;
    let l = &mut linker;
    fn host(guest: &mut Guest) -> &mut Guest {
        guest
    }
    type Host = HasSelf<Guest>;
    ours::types::add_to_linker::<_, Host>(l, host)?;
    ours::log::add_to_linker::<_, Host>(l, host)?;
    ours::job::add_to_linker::<_, Host>(l, host)?;
    ours::image::add_to_linker::<_, Host>(l, host)?;
    crate::imports::pixels::link(l)?;
    ours::latents::add_to_linker::<_, Host>(l, host)?;
    ours::assets::add_to_linker::<_, Host>(l, host)?;
    if granted.has(Kind::Store) {
        ours::store::add_to_linker::<_, Host>(l, host)?;
    }
    if granted.has(Kind::Net) {
        ours::fetch::add_to_linker::<_, Host>(l, host)?;
    }
    if granted.has(Kind::Generate) {
        ours::generate::add_to_linker::<_, Host>(l, host)?;
    }
    if granted.has(Kind::Inference) {
        ours::inference::add_to_linker::<_, Host>(l, host)?;
    }
    Ok(linker)
}

/// What the runtimes of languages need, and nothing behind it. The list is [`prescan::WASI`](crate::prescan::WASI).
fn link_wasi(linker: &mut Linker<Guest>, granted: &PermissionSet) -> wasmtime::Result<()> {
    let l = linker;
    wasmtime_wasi_io::add_to_linker_async(l)?;
    cli::exit::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::environment::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::stdin::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::stdout::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::stderr::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::terminal_input::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::terminal_output::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::terminal_stdin::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::terminal_stdout::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    cli::terminal_stderr::add_to_linker::<_, WasiCli>(l, Guest::cli)?;
    // No folder is ever opened, so these have nothing to work on.
    filesystem::preopens::add_to_linker::<_, WasiFilesystem>(l, Guest::filesystem)?;
    filesystem::types::add_to_linker::<_, WasiFilesystem>(l, Guest::filesystem)?;
    if granted.has(Kind::Clock) {
        clocks::wall_clock::add_to_linker::<_, SystemClocks>(l, Guest::clocks)?;
        clocks::monotonic_clock::add_to_linker::<_, SystemClocks>(l, Guest::clocks)?;
    } else {
        fn clock(guest: &mut Guest) -> VirtualClocks<'_> {
            VirtualClocks {
                clock: &guest.clock,
                table: &mut guest.table,
            }
        }
        clocks::wall_clock::add_to_linker::<_, VirtualTime>(l, clock)?;
        clocks::monotonic_clock::add_to_linker::<_, VirtualTime>(l, clock)?;
    }
    if granted.has(Kind::Random) {
        fn system(guest: &mut Guest) -> &mut SystemEntropy {
            &mut guest.system_entropy
        }
        random::random::add_to_linker::<_, SystemEntropy>(l, system)?;
        random::insecure::add_to_linker::<_, SystemEntropy>(l, system)?;
        random::insecure_seed::add_to_linker::<_, SystemEntropy>(l, system)?;
    } else {
        fn job(guest: &mut Guest) -> &mut Entropy {
            &mut guest.entropy
        }
        random::random::add_to_linker::<_, Entropy>(l, job)?;
        random::insecure::add_to_linker::<_, Entropy>(l, job)?;
        random::insecure_seed::add_to_linker::<_, Entropy>(l, job)?;
    }
    Ok(())
}
