//! OpenVINO: any x86 CPU, Intel's GPUs and NPUs.

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use super::super::{flavor::Flavor, provider::Backend};

pub(in super::super) struct OpenVino;

impl Backend for OpenVino {
    fn name(&self) -> &'static str {
        "openvino"
    }

    fn flavors(&self) -> &'static [Flavor] {
        &[Flavor::OpenVino]
    }

    fn setting(&self) -> Option<&'static str> {
        Some("a device of OpenVINO's may follow: CPU, GPU, GPU.1, NPU, AUTO, HETERO:GPU,CPU")
    }

    /// OpenVINO knows which devices there are; here it is only made sure that it is the name of one.
    fn parse_setting(&self, given: &str) -> Option<String> {
        let plain = given.starts_with(|first: char| first.is_ascii_alphabetic())
            && given
                .chars()
                .all(|char| char.is_ascii_alphanumeric() || ".,:_-".contains(char));
        plain.then(|| given.to_ascii_uppercase())
    }

    fn is_compiled_in(&self) -> ort::Result<bool> {
        ep::OpenVINO::is_available()
    }

    fn remedy(&self) -> &'static str {
        "`openvino:CPU` works on any x86 CPU; GPU and NPU need Intel's drivers"
    }

    fn dispatch(&self, setting: Option<&str>, threads: usize) -> Vec<ExecutionProviderDispatch> {
        // Without a device, ONNX Runtime's build decides; without threads, it is eight on any machine.
        let provider = ep::OpenVINO::default()
            .with_device_type(setting.unwrap_or("CPU"))
            .with_num_threads(threads);
        vec![provider.build().error_on_failure()]
    }
}
