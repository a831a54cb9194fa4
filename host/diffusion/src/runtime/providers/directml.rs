//! Any GPU on Windows, through DirectML.

use std::path::Path;

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use super::super::{flavor::Flavor, loader, provider::Backend};
use super::{DEVICE_NUMBER, device_id, device_number};

pub(in super::super) struct DirectMl;

impl Backend for DirectMl {
    fn name(&self) -> &'static str {
        "directml"
    }

    fn flavors(&self) -> &'static [Flavor] {
        &[Flavor::DirectMl]
    }

    fn setting(&self) -> Option<&'static str> {
        Some(DEVICE_NUMBER)
    }

    fn parse_setting(&self, given: &str) -> Option<String> {
        device_number(given)
    }

    fn is_compiled_in(&self) -> ort::Result<bool> {
        ep::DirectML::is_available()
    }

    fn is_present(&self) -> Result<(), String> {
        if cfg!(windows) {
            Ok(())
        } else {
            Err("DirectML exists on Windows only".to_owned())
        }
    }

    /// Windows has a DirectML.dll of its own, older than ONNX Runtime wants: the one beside it must be there first.
    fn preload(&self, folder: &Path) {
        let path = folder.join("DirectML.dll");
        if path.is_file()
            && let Err(reason) = loader::keep(&path)
        {
            tracing::warn!("cannot load {}: {reason}", path.display());
        }
    }

    fn dispatch(&self, setting: Option<&str>, _threads: usize) -> Vec<ExecutionProviderDispatch> {
        vec![
            ep::DirectML::default()
                .with_device_id(device_id(setting))
                .build()
                .error_on_failure(),
        ]
    }
}
