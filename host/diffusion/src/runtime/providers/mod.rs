//! One file a provider.

pub(super) mod coreml;
pub(super) mod cpu;
pub(super) mod cuda;
pub(super) mod directml;
pub(super) mod migraphx;
pub(super) mod openvino;
pub(super) mod tensorrt;

/// How a device is counted by the providers that number them.
const DEVICE_NUMBER: &str = "the number of the device may follow, from 0";

fn device_number(given: &str) -> Option<String> {
    given.parse::<u16>().ok().map(|number| number.to_string())
}

fn device_id(setting: Option<&str>) -> i32 {
    setting.and_then(|number| number.parse().ok()).unwrap_or(0)
}
