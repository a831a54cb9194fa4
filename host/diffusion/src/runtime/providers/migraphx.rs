//! AMD GPUs through MIGraphX. ONNX Runtime's older provider for them, `rocm`, is gone since 1.23.

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use super::super::{flavor::Flavor, provider::Backend};
use super::{DEVICE_NUMBER, device_id, device_number};

pub(in super::super) struct MiGraphX;

/// The kernel driver's door for computing: <https://rocm.docs.amd.com/projects/install-on-linux/en/latest/>.
const DRIVER: &str = "/dev/kfd";

impl Backend for MiGraphX {
    fn name(&self) -> &'static str {
        "migraphx"
    }

    fn flavors(&self) -> &'static [Flavor] {
        &[Flavor::MiGraphX]
    }

    fn setting(&self) -> Option<&'static str> {
        Some(DEVICE_NUMBER)
    }

    fn parse_setting(&self, given: &str) -> Option<String> {
        device_number(given)
    }

    fn is_compiled_in(&self) -> ort::Result<bool> {
        ep::MIGraphX::is_available()
    }

    fn is_present(&self) -> Result<(), String> {
        match std::fs::File::open(DRIVER) {
            Err(error) => Err(format!(
                "there is no AMD GPU driver, or no right to use it ({DRIVER}: {error})"
            )),
            Ok(_) => Ok(()),
        }
    }

    fn remedy(&self) -> &'static str {
        "it needs AMD's driver, and ROCm 7 with MIGraphX in /opt/rocm or where the system's loader finds it"
    }

    fn dispatch(&self, setting: Option<&str>, _threads: usize) -> Vec<ExecutionProviderDispatch> {
        vec![
            ep::MIGraphX::default()
                .with_device_id(device_id(setting))
                .build()
                .error_on_failure(),
        ]
    }
}
