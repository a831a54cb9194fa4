//! A bound on the memory of models that somebody else made: their sessions share one arena of the CPU, which ends
//! somewhere. ONNX Runtime has no other; without it, a small model could ask for all memory there is.

use std::ffi::CStr;
use std::ptr;
use std::sync::OnceLock;

use ort::AsPointer as _;
use ort::environment::Environment;
use ort::memory::{AllocationDevice, AllocatorType, MemoryInfo, MemoryType};
use ort::sys::{OrtArenaCfg, OrtEnv};

/// The most bytes that models of others take together on the CPU, weights and all: 4 GiB. Other providers have memory
/// of their own, which ends by itself.
pub const MODEL_MEMORY: u64 = 4 << 30;

/// Bytes of one result that is computed while a model loads, and kept.
pub(super) const MOST_FOLDED: u64 = 64 << 20;
/// The first version with a bound on those.
pub(super) const FOLDING_BOUND_SINCE: u32 = 32;

/// Whether the environment, of which a process has one, has the arena. Makes it if there is none yet.
pub(super) fn is_registered(environment: &Environment) -> bool {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    *REGISTERED.get_or_init(|| match register(environment) {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "the memory of plugins' models has no bound");
            false
        }
    })
}

#[allow(unsafe_code)]
fn register(environment: &Environment) -> ort::Result<()> {
    // A 32-bit machine cannot have more anyhow.
    let most = usize::try_from(MODEL_MEMORY).unwrap_or(usize::MAX);
    // By whole powers of two it would come to its end long before there is so much in it.
    const AS_ASKED: usize = 1;
    let keys: [&CStr; 2] = [c"max_mem", c"arena_extend_strategy"];
    let keys = keys.map(CStr::as_ptr);
    let values = [most, AS_ASKED];
    let memory = MemoryInfo::new(
        AllocationDevice::CPU,
        0,
        AllocatorType::Arena,
        MemoryType::Default,
    )?;
    let api = ort::api();
    let mut config: *mut OrtArenaCfg = ptr::null_mut();
    // SAFETY: there are as many keys as values and both live until after the call; what comes back is ours.
    let status = unsafe {
        (api.CreateArenaCfgV2)(keys.as_ptr(), values.as_ptr(), keys.len(), &raw mut config)
    };
    // SAFETY: the status is fresh from ONNX Runtime, and nobody else has it.
    unsafe { ort::Error::result_from_status(status) }?;
    let environment: *mut OrtEnv = environment.ptr().cast_mut();
    // SAFETY: all three live until after the call. ONNX Runtime copies what it needs, and has a lock of its own around
    // the environment's allocators.
    let status = unsafe { (api.CreateAndRegisterAllocator)(environment, memory.ptr(), config) };
    // SAFETY: it was made above, and is released once.
    unsafe { (api.ReleaseArenaCfg)(config) };
    // SAFETY: as above.
    unsafe { ort::Error::result_from_status(status) }
}
