//! Starting ONNX Runtime, and asking which providers work.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use aquatint_diffusion::pipeline::{self, Cancel};
use aquatint_diffusion::runtime::{
    self, Flavor, ProviderChoice, Runtime, RuntimeError, RuntimeOptions,
};
use aquatint_studio::DrawError;

/// Starts the runtime for a provider, fetching the build for CPUs first where there is none yet: only that one comes
/// unasked, since every machine can use it.
pub(super) fn start(
    choice: &ProviderChoice,
    data: &Path,
    cancel: &Cancel,
    tell: &mut dyn FnMut(String),
) -> Result<Arc<Runtime>, DrawError> {
    let options = RuntimeOptions {
        data_dir: data.to_owned(),
        provider: choice.clone(),
        threads: None,
    };
    let runtime = match Runtime::start(&options) {
        Err(RuntimeError::NotInstalled {
            flavor: Flavor::Cpu,
            ..
        }) => {
            tell("ONNX Runtime is fetched, once".to_owned());
            runtime::install(Flavor::Cpu, data, &mut |_| match cancel.is_cancelled() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })?;
            Runtime::start(&options)?
        }
        result => result?,
    };
    if cancel.is_cancelled() {
        return Err(pipeline::Error::Cancelled.into());
    }
    Ok(Arc::new(runtime))
}

/// What `aquatint doctor` finds. In a process of its own: a broken driver takes its process with it.
pub(crate) async fn doctor(data: &Path) -> Result<serde_json::Value, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = tokio::process::Command::new(program)
        .args(["doctor", "--json"])
        .env("AQUATINT_DATA", data)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("it said nothing that can be read ({})", output.status))
}
