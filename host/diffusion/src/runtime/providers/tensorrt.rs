//! NVIDIA GPUs through TensorRT, with CUDA for what TensorRT does not take. TensorRT itself is NVIDIA's to install.

use std::path::Path;

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use super::super::{flavor::Flavor, provider::Backend};
use super::{DEVICE_NUMBER, cuda, device_id, device_number};

pub(in super::super) struct TensorRt;

impl Backend for TensorRt {
    fn name(&self) -> &'static str {
        "tensorrt"
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
        ep::TensorRT::is_available()
    }

    fn is_present(&self) -> Result<(), String> {
        cuda::driver()
    }

    fn preload(&self, folder: &Path) {
        cuda::preload(folder);
    }

    fn remedy(&self) -> &'static str {
        "it needs TensorRT 10 for CUDA 13, installed so that the system's loader finds it, besides all that cuda needs"
    }

    fn dispatch(&self, setting: Option<&str>, _threads: usize) -> Vec<ExecutionProviderDispatch> {
        let tensorrt = ep::TensorRT::default()
            .with_device_id(device_id(setting))
            .build()
            .error_on_failure();
        vec![tensorrt, cuda::provider(setting)]
    }

    fn is_probed_at_start(&self) -> bool {
        false // Even the tiny graph's engine takes many seconds to compile. Registering loads all libraries.
    }
}
