//! Apple's CoreML. It is inside the CPU build for macOS.

use ort::ep::{
    self, ExecutionProvider, ExecutionProviderDispatch,
    coreml::{ComputeUnits, ModelFormat},
};

use super::super::{flavor::Flavor, provider::Backend};

pub(in super::super) struct CoreMl;

impl Backend for CoreMl {
    fn name(&self) -> &'static str {
        "coreml"
    }

    fn flavors(&self) -> &'static [Flavor] {
        &[Flavor::Cpu]
    }

    fn setting(&self) -> Option<&'static str> {
        Some(
            "the compute units may follow: all, cpu, gpu (with the CPU) or ane (the neural engine, with the CPU)",
        )
    }

    fn parse_setting(&self, given: &str) -> Option<String> {
        let given = given.to_ascii_lowercase();
        units(&given).map(|_| given)
    }

    fn is_compiled_in(&self) -> ort::Result<bool> {
        ep::CoreML::is_available()
    }

    fn is_present(&self) -> Result<(), String> {
        if cfg!(target_os = "macos") {
            Ok(())
        } else {
            Err("CoreML exists on macOS only".to_owned())
        }
    }

    fn dispatch(&self, setting: Option<&str>, _threads: usize) -> Vec<ExecutionProviderDispatch> {
        let units = setting.and_then(units).unwrap_or(ComputeUnits::All);
        // The newer of the two formats has more operators, and GPUs compute in it as fast as in the older one.
        let provider = ep::CoreML::default()
            .with_compute_units(units)
            .with_model_format(ModelFormat::MLProgram);
        vec![provider.build().error_on_failure()]
    }
}

fn units(name: &str) -> Option<ComputeUnits> {
    Some(match name {
        "all" => ComputeUnits::All,
        "cpu" => ComputeUnits::CPUOnly,
        "gpu" => ComputeUnits::CPUAndGPU,
        "ane" => ComputeUnits::CPUAndNeuralEngine,
        _ => return None,
    })
}
