//! The providers: what computes. Each is one file in `providers/` and one row here.

use std::{fmt, path::Path, str::FromStr};

use ort::ep::ExecutionProviderDispatch;

use super::error::{RuntimeError, nearest};
use super::flavor::{Flavor, Platform};
use super::providers;

/// A kind of provider, without its setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProviderKind {
    /// ONNX Runtime's own kernels for CPUs.
    Cpu,
    /// NVIDIA GPUs.
    Cuda,
    /// NVIDIA GPUs, through engines compiled for the graph.
    TensorRt,
    /// OpenVINO's devices.
    OpenVino,
    /// AMD GPUs.
    MiGraphX,
    /// Apple's GPUs and neural engines.
    CoreMl,
    /// Any GPU on Windows.
    DirectMl,
}

impl ProviderKind {
    /// All of them, as they are listed to people.
    pub const ALL: [Self; 7] = [
        Self::Cpu,
        Self::Cuda,
        Self::TensorRt,
        Self::MiGraphX,
        Self::OpenVino,
        Self::CoreMl,
        Self::DirectMl,
    ];

    /// What `auto` tries before the CPU, in this order: GPUs whose kernels serve any graph as it is. Not TensorRT, which
    /// compiles for minutes first, nor OpenVINO, which on a CPU is another way to use what `cpu` uses.
    pub(super) const AUTO: [Self; 4] = [Self::Cuda, Self::MiGraphX, Self::CoreMl, Self::DirectMl];

    pub(super) fn backend(self) -> &'static dyn Backend {
        match self {
            Self::Cpu => &providers::cpu::Cpu,
            Self::Cuda => &providers::cuda::Cuda,
            Self::TensorRt => &providers::tensorrt::TensorRt,
            Self::OpenVino => &providers::openvino::OpenVino,
            Self::MiGraphX => &providers::migraphx::MiGraphX,
            Self::CoreMl => &providers::coreml::CoreMl,
            Self::DirectMl => &providers::directml::DirectMl,
        }
    }

    /// The name people write.
    pub fn name(self) -> &'static str {
        self.backend().name()
    }

    /// The runtimes that have it, best first.
    pub fn flavors(self) -> &'static [Flavor] {
        self.backend().flavors()
    }

    /// The runtime with it that is published for this machine, if one is.
    pub fn flavor_here(self) -> Option<Flavor> {
        // The one provider that a flavor has on one platform only.
        if self == Self::CoreMl && Platform::current() != Some(Platform::MacArm64) {
            return None;
        }
        self.flavors()
            .iter()
            .copied()
            .find(|flavor| flavor.build().is_some())
    }
}

/// What a provider's file says about it.
pub(super) trait Backend: Sync {
    /// The name people write.
    fn name(&self) -> &'static str;

    /// The runtimes that have it, best first.
    fn flavors(&self) -> &'static [Flavor];

    /// What may follow its name after a colon, as it is explained to people; `None` if nothing may.
    fn setting(&self) -> Option<&'static str> {
        None
    }

    /// The setting in its normal form; `None` if it makes no sense.
    fn parse_setting(&self, _given: &str) -> Option<String> {
        None
    }

    /// Whether the loaded library was built with it.
    fn is_compiled_in(&self) -> ort::Result<bool>;

    /// Whether what it needs of the machine is there, as far as that can be told without ONNX Runtime: a driver, a
    /// device. If not, what is missing.
    fn is_present(&self) -> Result<(), String> {
        Ok(())
    }

    /// Loads what ONNX Runtime will look for by name, from the folder of its library. Says nothing if that is not
    /// possible: ONNX Runtime does, with the right name.
    fn preload(&self, _folder: &Path) {}

    /// What to do when it does not work.
    fn remedy(&self) -> &'static str {
        ""
    }

    /// What is handed to ONNX Runtime, in order of preference. Empty for the CPU, which is always there.
    fn dispatch(&self, setting: Option<&str>, threads: usize) -> Vec<ExecutionProviderDispatch>;

    /// Whether a tiny graph tells, within a moment, that it works. It is run before the provider is relied upon.
    fn is_probed_at_start(&self) -> bool {
        true
    }
}

/// A provider with its setting.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Provider {
    kind: ProviderKind,
    setting: Option<String>,
}

impl Provider {
    /// The provider that people name so: `cuda`, `openvino:GPU`. `rocm` means MIGraphX, its successor.
    pub fn named(given: &str) -> Result<Self, RuntimeError> {
        let (name, setting) = match given.split_once(':') {
            Some((name, setting)) => (name, Some(setting)),
            None => (given, None),
        };
        let wanted = match name.to_ascii_lowercase().as_str() {
            "rocm" => "migraphx".to_owned(),
            other => other.to_owned(),
        };
        let kind = ProviderKind::ALL
            .into_iter()
            .find(|kind| kind.name() == wanted)
            .ok_or_else(|| {
                let names = || {
                    ["auto"]
                        .into_iter()
                        .chain(ProviderKind::ALL.into_iter().map(ProviderKind::name))
                };
                RuntimeError::UnknownProvider {
                    given: given.to_owned(),
                    nearest: nearest(&wanted, names()),
                    known: names().collect::<Vec<_>>().join(", "),
                }
            })?;
        let backend = kind.backend();
        let setting = setting.map(|given| {
            backend
                .parse_setting(given)
                .ok_or_else(|| RuntimeError::BadSetting {
                    provider: backend.name(),
                    given: given.to_owned(),
                    expected: backend.setting().unwrap_or("it has no settings"),
                })
        });
        Ok(Self {
            kind,
            setting: setting.transpose()?,
        })
    }

    /// Its kind.
    pub fn kind(&self) -> ProviderKind {
        self.kind
    }

    /// Its setting: the device, or the compute units.
    pub fn setting(&self) -> Option<&str> {
        self.setting.as_deref()
    }
}

impl From<ProviderKind> for Provider {
    fn from(kind: ProviderKind) -> Self {
        Self {
            kind,
            setting: None,
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.setting {
            Some(setting) => write!(f, "{}:{setting}", self.kind.name()),
            None => f.write_str(self.kind.name()),
        }
    }
}

/// What was asked for: a provider, or the best that works.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum ProviderChoice {
    /// The first GPU provider that is installed and works, else the CPU.
    #[default]
    Auto,
    /// This one or an error.
    Named(Provider),
}

impl FromStr for ProviderChoice {
    type Err = RuntimeError;

    fn from_str(given: &str) -> Result<Self, RuntimeError> {
        if given.eq_ignore_ascii_case("auto") {
            return Ok(Self::Auto);
        }
        Provider::named(given).map(Self::Named)
    }
}

impl fmt::Display for ProviderChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Named(provider) => provider.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(given: &str) -> Result<String, String> {
        given
            .parse::<ProviderChoice>()
            .map(|it| it.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn names_read_back() {
        for kind in ProviderKind::ALL {
            assert_eq!(choice(kind.name()).as_deref(), Ok(kind.name()));
            assert!(!kind.flavors().is_empty());
        }
        for (given, expected) in [
            ("Auto", "auto"),
            ("ROCm", "migraphx"),
            ("rocm:1", "migraphx:1"),
            ("openvino:gpu.0", "openvino:GPU.0"),
            ("openvino:hetero:npu,gpu", "openvino:HETERO:NPU,GPU"),
            ("coreml:ANE", "coreml:ane"),
            ("cuda:01", "cuda:1"),
        ] {
            assert_eq!(choice(given).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_misspelling_is_answered_with_the_nearest_name_and_all_of_them() {
        let message = choice("opnevino").expect_err("no such provider");
        assert_eq!(
            message,
            "unknown provider `opnevino` (did you mean `openvino`?): the providers are \
             auto, cpu, cuda, tensorrt, migraphx, openvino, coreml, directml"
        );
        assert!(
            !choice("xyzzy")
                .expect_err("no such provider")
                .contains("did you mean")
        );
    }

    #[test]
    fn a_setting_that_makes_no_sense_is_refused() {
        for given in [
            "cpu:1",
            "cuda:first",
            "cuda:-1",
            "coreml:tpu",
            "openvino:",
            "openvino:a b",
            "openvino:x\0",
        ] {
            let message = choice(given).expect_err(given);
            assert!(message.contains("cannot take"), "{message}");
        }
    }
}
