//! The builds of ONNX Runtime that can be installed. One process loads one of them: each has other providers inside.

use std::{fmt, str::FromStr};

use super::error::{RuntimeError, nearest};
use super::wheels::{BUILDS, Build};

/// A published build of ONNX Runtime, named after what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flavor {
    /// CPUs; on macOS also CoreML.
    Cpu,
    /// NVIDIA GPUs: CUDA and TensorRT.
    Cuda,
    /// Intel's OpenVINO: CPUs (of any maker), Intel GPUs and NPUs.
    OpenVino,
    /// AMD GPUs: MIGraphX, on top of ROCm.
    MiGraphX,
    /// Any GPU on Windows: DirectML.
    DirectMl,
}

impl Flavor {
    /// All of them, as they are listed to people.
    pub const ALL: [Self; 5] = [
        Self::Cpu,
        Self::Cuda,
        Self::OpenVino,
        Self::MiGraphX,
        Self::DirectMl,
    ];

    /// The name people write.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::OpenVino => "openvino",
            Self::MiGraphX => "migraphx",
            Self::DirectMl => "directml",
        }
    }

    /// What it is for, in one line.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Cpu => "any CPU; on macOS also CoreML",
            Self::Cuda => "NVIDIA GPUs: CUDA 13 and cuDNN 9 come with it; TensorRT if you have it",
            Self::OpenVino => "OpenVINO: Intel GPUs, NPUs, and any x86 CPU",
            Self::MiGraphX => "AMD GPUs: needs ROCm 7 with MIGraphX",
            Self::DirectMl => "any GPU on Windows",
        }
    }

    /// What would be installed here, if anything is published for this machine.
    pub fn build(self) -> Option<&'static Build> {
        self.build_for(Platform::current()?)
    }

    /// What would be installed on `platform`.
    pub fn build_for(self, platform: Platform) -> Option<&'static Build> {
        BUILDS
            .iter()
            .find(|build| build.flavor == self && build.platform == platform)
    }
}

impl fmt::Display for Flavor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Flavor {
    type Err = RuntimeError;

    fn from_str(given: &str) -> Result<Self, RuntimeError> {
        let wanted = given.to_ascii_lowercase();
        // Providers that live inside another flavor are understood too: who asks for TensorRT means the CUDA build.
        let known = [
            ("coreml", Self::Cpu),
            ("tensorrt", Self::Cuda),
            ("rocm", Self::MiGraphX),
        ];
        let flavors = Self::ALL.map(|flavor| (flavor.name(), flavor));
        if let Some((_, flavor)) = flavors
            .iter()
            .chain(&known)
            .find(|(name, _)| *name == wanted)
        {
            return Ok(*flavor);
        }
        Err(RuntimeError::UnknownFlavor {
            nearest: nearest(&wanted, flavors.iter().map(|(name, _)| *name)),
            given: given.to_owned(),
            known: flavors.map(|(name, _)| name).join(", "),
        })
    }
}

/// A machine that builds are published for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Linux on x86-64, with glibc.
    LinuxX64,
    /// Linux on 64-bit Arm, with glibc.
    LinuxArm64,
    /// macOS on Apple silicon.
    MacArm64,
    /// Windows on x86-64.
    WindowsX64,
}

impl Platform {
    /// The machine this program was compiled for.
    pub const fn current() -> Option<Self> {
        if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            Some(Self::LinuxX64)
        } else if cfg!(all(target_os = "linux", target_arch = "aarch64")) {
            Some(Self::LinuxArm64)
        } else if cfg!(all(target_os = "macos", target_arch = "aarch64")) {
            Some(Self::MacArm64)
        } else if cfg!(all(target_os = "windows", target_arch = "x86_64")) {
            Some(Self::WindowsX64)
        } else {
            None
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LinuxX64 => "linux-x86_64",
            Self::LinuxArm64 => "linux-aarch64",
            Self::MacArm64 => "macos-aarch64",
            Self::WindowsX64 => "windows-x86_64",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for flavor in Flavor::ALL {
            assert_eq!(
                flavor.name().parse::<Flavor>().expect("its own name"),
                flavor
            );
        }
        assert_eq!(
            "ROCm".parse::<Flavor>().expect("an alias"),
            Flavor::MiGraphX
        );
    }

    #[test]
    fn a_misspelling_is_answered_with_the_nearest_name() {
        let message = "opnvino"
            .parse::<Flavor>()
            .expect_err("no such runtime")
            .to_string();
        assert!(message.contains("did you mean `openvino`"), "{message}");
        let message = "xyz"
            .parse::<Flavor>()
            .expect_err("no such runtime")
            .to_string();
        assert!(
            message.contains("cpu, cuda, openvino, migraphx, directml"),
            "{message}"
        );
    }
}
