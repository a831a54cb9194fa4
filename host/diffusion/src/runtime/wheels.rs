//! The pinned files. Each line names one wheel on the Python package index, with its size and hash, as
//! `pip download` fetched it; a new version is a change of this file and nothing else.
//!
//! The libraries inside a wheel do not depend on the Python version in its name: we take CPython 3.12's throughout.

use super::flavor::{Flavor, Platform};

/// One flavor on one platform: what is fetched and which file in it is the library.
#[derive(Debug)]
pub struct Build {
    /// Which flavor.
    pub flavor: Flavor,
    /// For which machine.
    pub platform: Platform,
    /// ONNX Runtime's version.
    pub version: &'static str,
    /// The file name of the ONNX Runtime library itself.
    pub(super) library: &'static str,
    pub(super) wheels: &'static [Wheel],
}

impl Build {
    /// The name of its folder, which is also how it is shown: `cuda-1.31.1`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.flavor, self.version)
    }

    /// How many bytes are fetched, when nothing of it is found on this machine.
    pub fn size(&self) -> u64 {
        self.wheels.iter().map(|wheel| wheel.size).sum()
    }
}

/// One pinned file.
#[derive(Debug)]
pub(super) struct Wheel {
    pub(super) file: &'static str,
    pub(super) size: u64,
    pub(super) sha256: &'static str,
    /// The folder inside the wheel whose libraries we keep.
    pub(super) folder: &'static str,
    /// Libraries that the system may have already: if its loader finds all of them, the wheel is not needed.
    pub(super) unless_found: &'static [&'static str],
}

impl Wheel {
    const fn onnxruntime(file: &'static str, size: u64, sha256: &'static str) -> Self {
        Self {
            file,
            size,
            sha256,
            folder: "onnxruntime/capi/",
            unless_found: &[],
        }
    }

    /// The fields of a wheel's file name, as the specification has them:
    /// <https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention>
    pub(super) fn tags(&self) -> Tags {
        let mut fields = self.file.trim_end_matches(".whl").split('-');
        let name = fields.next().unwrap_or_default();
        let version = fields.next().unwrap_or_default();
        let platforms = fields.next_back().unwrap_or_default();
        Tags {
            name,
            version,
            platforms,
        }
    }
}

/// What of a wheel's name pip has to be told.
pub(super) struct Tags {
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// Platform tags, joined by dots.
    pub(super) platforms: &'static str,
}

/// Everything that can be installed.
pub(super) const BUILDS: &[Build] = &[
    Build {
        flavor: Flavor::Cpu,
        platform: Platform::LinuxX64,
        version: "1.32.0",
        library: "libonnxruntime.so.1.32.0",
        wheels: &[Wheel::onnxruntime(
            "onnxruntime-1.32.0-cp312-cp312-manylinux_2_28_x86_64.whl",
            27_780_211,
            "99e1074c4b2197accd5073052a465361be17b89c093b8ffb6e6bd8f986c52df8",
        )],
    },
    Build {
        flavor: Flavor::Cpu,
        platform: Platform::LinuxArm64,
        version: "1.32.0",
        library: "libonnxruntime.so.1.32.0",
        wheels: &[Wheel::onnxruntime(
            "onnxruntime-1.32.0-cp312-cp312-manylinux_2_28_aarch64.whl",
            23_196_724,
            "e36c187006e7a7c8b8d6d57f1a209dd63f52430dca6c282b177718ad6b841054",
        )],
    },
    Build {
        flavor: Flavor::Cpu,
        platform: Platform::MacArm64,
        version: "1.32.0",
        library: "libonnxruntime.1.32.0.dylib",
        wheels: &[Wheel::onnxruntime(
            "onnxruntime-1.32.0-cp312-cp312-macosx_14_0_arm64.whl",
            22_519_308,
            "d52510bbbcc880c13b826f7d75cdf33ac5cf0bb864d960000fc29ce73f0cb83e",
        )],
    },
    Build {
        flavor: Flavor::Cpu,
        platform: Platform::WindowsX64,
        version: "1.32.0",
        library: "onnxruntime.dll",
        wheels: &[Wheel::onnxruntime(
            "onnxruntime-1.32.0-cp312-cp312-win_amd64.whl",
            16_698_767,
            "efe7456952c243a05a53d5b8732953625144642c2f3989094277f6217f0c0c40",
        )],
    },
    Build {
        flavor: Flavor::Cuda,
        platform: Platform::LinuxX64,
        version: "1.31.1",
        library: "libonnxruntime.so.1.31.1",
        wheels: &[
            Wheel::onnxruntime(
                "onnxruntime_gpu-1.31.1-cp312-cp312-manylinux_2_28_x86_64.whl",
                255_569_273,
                "05d548956197b9d01f59b625de740e0d6be3593f874e241a12dc0362650ecdf7",
            ),
            // What the wheel's extras `cuda` and `cudnn` ask for, in the versions of CUDA 13.0, which the wheel was
            // built with: older drivers run them, while code compiled at run time by a newer CUDA they refuse
            // (https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html).
            // Without cuFFT: it is loaded for Fourier transforms only, and no picture model has one.
            Wheel {
                file: "nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
                size: 2_243_632,
                sha256: "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
                folder: "nvidia/cu13/lib/",
                unless_found: &["libcudart.so.13"],
            },
            Wheel {
                file: "nvidia_cuda_nvrtc-13.0.88-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
                size: 90_215_200,
                sha256: "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
                folder: "nvidia/cu13/lib/",
                unless_found: &["libnvrtc.so.13"],
            },
            Wheel {
                file: "nvidia_curand-10.4.0.35-py3-none-manylinux_2_27_x86_64.whl",
                size: 59_544_258,
                sha256: "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc",
                folder: "nvidia/cu13/lib/",
                unless_found: &["libcurand.so.10"],
            },
            Wheel {
                file: "nvidia_cublas-13.1.0.3-py3-none-manylinux_2_27_x86_64.whl",
                size: 423_133_236,
                sha256: "ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171",
                folder: "nvidia/cu13/lib/",
                unless_found: &["libcublasLt.so.13", "libcublas.so.13"],
            },
            Wheel {
                file: "nvidia_cudnn_cu13-9.19.0.56-py3-none-manylinux_2_27_x86_64.whl",
                size: 366_066_321,
                sha256: "d20e1734305e9d68889a96e3f35094d733ff1f83932ebe462753973e53a572bf",
                folder: "nvidia/cudnn/lib/",
                unless_found: &["libcudnn.so.9"],
            },
        ],
    },
    Build {
        flavor: Flavor::Cuda,
        platform: Platform::WindowsX64,
        version: "1.31.1",
        library: "onnxruntime.dll",
        wheels: &[
            Wheel::onnxruntime(
                "onnxruntime_gpu-1.31.1-cp312-cp312-win_amd64.whl",
                168_098_228,
                "2bb1e9373baba88f6415257f5b6a589d23e23c16004f7d89adf4344eada5749e",
            ),
            Wheel {
                file: "nvidia_cuda_runtime-13.0.96-py3-none-win_amd64.whl",
                size: 2_927_037,
                sha256: "f79298c8a098cec150a597c8eba58ecdab96e3bdc4b9bc4f9983635031740492",
                folder: "nvidia/cu13/bin/x86_64/",
                unless_found: &["cudart64_13.dll"],
            },
            Wheel {
                file: "nvidia_cuda_nvrtc-13.0.88-py3-none-win_amd64.whl",
                size: 76_807_835,
                sha256: "6bcd4e7f8e205cbe644f5a98f2f799bef9556fefc89dd786e79a16312ce49872",
                folder: "nvidia/cu13/bin/x86_64/",
                unless_found: &["nvrtc64_130_0.dll"],
            },
            Wheel {
                file: "nvidia_curand-10.4.0.35-py3-none-win_amd64.whl",
                size: 55_242_481,
                sha256: "65b1710aa6961d326b411e314b374290904c5ddf41dc3f766ebc3f1d7d4ca69f",
                folder: "nvidia/cu13/bin/x86_64/",
                unless_found: &["curand64_10.dll"],
            },
            Wheel {
                file: "nvidia_cublas-13.1.0.3-py3-none-win_amd64.whl",
                size: 404_355_960,
                sha256: "2a3b94a37def342471c59fad7856caee4926809a72dd5270155d6a31b5b277be",
                folder: "nvidia/cu13/bin/x86_64/",
                unless_found: &["cublasLt64_13.dll", "cublas64_13.dll"],
            },
            Wheel {
                file: "nvidia_cudnn_cu13-9.19.0.56-py3-none-win_amd64.whl",
                size: 350_547_366,
                sha256: "40d8c375005bcb01495f8edf375230b203a411a0c05fb6dc92a3781edcb23eac",
                folder: "nvidia/cudnn/bin/",
                unless_found: &["cudnn64_9.dll"],
            },
        ],
    },
    Build {
        flavor: Flavor::OpenVino,
        platform: Platform::LinuxX64,
        version: "1.24.1",
        library: "libonnxruntime.so.1.24.1",
        wheels: &[Wheel::onnxruntime(
            "onnxruntime_openvino-1.24.1-cp312-cp312-manylinux_2_28_x86_64.whl",
            84_433_207,
            "d617fac2f59a6ab5ea59a788c3e1592240a129642519aaeaa774761dfe35150e",
        )],
    },
    Build {
        flavor: Flavor::OpenVino,
        platform: Platform::WindowsX64,
        version: "1.24.1",
        library: "onnxruntime.dll",
        wheels: &[
            Wheel::onnxruntime(
                "onnxruntime_openvino-1.24.1-cp312-cp312-win_amd64.whl",
                13_658_075,
                "f186335a9c9b255633275290da7521d3d4d14c7773fee3127bfa040234d3fa5a",
            ),
            // The Linux wheel has OpenVINO inside; the Windows wheel wants this one beside it.
            Wheel {
                file: "openvino-2025.4.1-20426-cp312-cp312-win_amd64.whl",
                size: 41_791_284,
                sha256: "c50293d1463698012eaa526dcc83f841b85a3f4952eea4c9445c83e0346f8e80",
                folder: "openvino/libs/",
                unless_found: &[],
            },
        ],
    },
    Build {
        flavor: Flavor::MiGraphX,
        platform: Platform::LinuxX64,
        version: "1.27.1",
        library: "libonnxruntime.so.1.27.1",
        wheels: &[Wheel::onnxruntime(
            "onnxruntime_migraphx-1.27.1-cp312-cp312-manylinux_2_34_x86_64.whl",
            21_474_043,
            "089c992442b6bff9f7786173ce6a31db111b104ae66be34d5467593951d905a4",
        )],
    },
    Build {
        flavor: Flavor::DirectMl,
        platform: Platform::WindowsX64,
        version: "1.24.4",
        library: "onnxruntime.dll",
        wheels: &[Wheel::onnxruntime(
            "onnxruntime_directml-1.24.4-cp312-cp312-win_amd64.whl",
            25_111_930,
            "f2ecb68b7b7b259d2ef3112ae760149f9b5a1e7c0fbb73d539da6250a648a614",
        )],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_is_whole() {
        for build in BUILDS {
            assert!(!build.wheels.is_empty(), "{}", build.name());
            for wheel in build.wheels {
                let hex = wheel
                    .sha256
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                assert!(hex && wheel.sha256.len() == 64, "{}", wheel.file);
                assert!(
                    wheel.file.ends_with(".whl") && wheel.folder.ends_with('/'),
                    "{}",
                    wheel.file
                );
            }
            // The first wheel is ONNX Runtime itself, in the version that the build says.
            assert_eq!(
                build.wheels[0].tags().version,
                build.version,
                "{}",
                build.name()
            );
        }
    }

    #[test]
    fn a_file_name_tells_pip_everything() {
        let wheel = Wheel {
            file: "openvino-2025.4.1-20426-cp312-cp312-win_amd64.whl",
            ..BUILDS_WHEEL
        };
        let Tags {
            name,
            version,
            platforms,
        } = wheel.tags();
        assert_eq!(
            (name, version, platforms),
            ("openvino", "2025.4.1", "win_amd64")
        );
    }

    const BUILDS_WHEEL: Wheel = Wheel::onnxruntime("", 0, "");
}
