//! NVIDIA GPUs through CUDA and cuDNN.
//!
//! ONNX Runtime's library for CUDA names NVIDIA's libraries without saying where they are. We load those that were
//! installed beside it first, in the order in which they need each other; what is not there is searched by the system.

use std::path::Path;

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use super::super::{flavor::Flavor, loader, provider::Backend};
use super::{DEVICE_NUMBER, device_id, device_number};

pub(in super::super) struct Cuda;

#[cfg(windows)]
const DRIVER: &str = "nvcuda.dll";
#[cfg(not(windows))]
const DRIVER: &str = "libcuda.so.1";

/// NVIDIA's libraries, each after those it needs. The same as in `ort::ep::cuda`, which has them in two folders and
/// gives up at the first that is missing.
#[cfg(windows)]
const LIBRARIES: &[&str] = &[
    "cudart64_13.dll",
    "cublasLt64_13.dll",
    "cublas64_13.dll",
    "curand64_10.dll",
    "nvrtc-builtins64_130.dll",
    "nvrtc64_130_0.dll",
    "cudnn64_9.dll",
    "cudnn_graph64_9.dll",
    "cudnn_ops64_9.dll",
    "cudnn_heuristic64_9.dll",
    "cudnn_adv64_9.dll",
    "cudnn_cnn64_9.dll",
    "cudnn_engines_precompiled64_9.dll",
    "cudnn_engines_runtime_compiled64_9.dll",
];
#[cfg(not(windows))]
const LIBRARIES: &[&str] = &[
    "libcudart.so.13",
    "libcublasLt.so.13",
    "libcublas.so.13",
    "libcurand.so.10",
    "libnvrtc-builtins.so.13.0",
    "libnvrtc.so.13",
    "libcudnn.so.9",
    "libcudnn_graph.so.9",
    "libcudnn_ops.so.9",
    "libcudnn_heuristic.so.9",
    "libcudnn_adv.so.9",
    "libcudnn_cnn.so.9",
    "libcudnn_engines_precompiled.so.9",
    "libcudnn_engines_runtime_compiled.so.9",
];

impl Backend for Cuda {
    fn name(&self) -> &'static str {
        "cuda"
    }

    fn flavors(&self) -> &'static [Flavor] {
        &[Flavor::Cuda]
    }

    fn setting(&self) -> Option<&'static str> {
        Some(DEVICE_NUMBER)
    }

    fn parse_setting(&self, given: &str) -> Option<String> {
        device_number(given)
    }

    fn is_compiled_in(&self) -> ort::Result<bool> {
        ep::CUDA::is_available()
    }

    fn is_present(&self) -> Result<(), String> {
        driver()
    }

    fn preload(&self, folder: &Path) {
        preload(folder);
    }

    fn remedy(&self) -> &'static str {
        "it needs an NVIDIA driver of version 580 or newer, CUDA 13 and cuDNN 9; the latter two come with the runtime: \
         `aquatint runtime remove cuda`, then `aquatint runtime install cuda` adds what is missing"
    }

    fn dispatch(&self, setting: Option<&str>, _threads: usize) -> Vec<ExecutionProviderDispatch> {
        vec![provider(setting)]
    }
}

pub(super) fn provider(setting: Option<&str>) -> ExecutionProviderDispatch {
    ep::CUDA::default()
        .with_device_id(device_id(setting))
        .build()
        .error_on_failure()
}

/// Whether NVIDIA's driver is there. It is the only part that cannot be installed with the runtime.
pub(super) fn driver() -> Result<(), String> {
    loader::find(DRIVER).map_err(|reason| format!("there is no NVIDIA driver ({reason})"))
}

pub(super) fn preload(folder: &Path) {
    for name in LIBRARIES {
        let path = folder.join(name);
        if path.is_file()
            && let Err(reason) = loader::keep(&path)
        {
            tracing::warn!("cannot load {}: {reason}", path.display());
        }
    }
}
