//! Reads all of its input and gives it back.

use extism_pdk::{FnResult, plugin_fn};

#[plugin_fn]
pub fn copy(pixels: Vec<u8>) -> FnResult<Vec<u8>> {
    Ok(pixels)
}
