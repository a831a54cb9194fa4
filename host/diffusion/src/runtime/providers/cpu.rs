//! ONNX Runtime's own kernels. In every build, and in every session as the last resort.

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use super::super::{flavor::Flavor, provider::Backend};

pub(in super::super) struct Cpu;

impl Backend for Cpu {
    fn name(&self) -> &'static str {
        "cpu"
    }

    fn flavors(&self) -> &'static [Flavor] {
        &Flavor::ALL
    }

    fn is_compiled_in(&self) -> ort::Result<bool> {
        ep::CPU::is_available()
    }

    fn dispatch(&self, _setting: Option<&str>, _threads: usize) -> Vec<ExecutionProviderDispatch> {
        Vec::new()
    }

    fn is_probed_at_start(&self) -> bool {
        false // There is nothing that could be missing.
    }
}
