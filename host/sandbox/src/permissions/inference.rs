//! `inference`: running ONNX models. A model runs outside the sandbox, in ONNX Runtime, hence a permission.

pub(super) const NAME: &str = "inference";
pub(super) const INTERFACE: &str = "inference";
pub(super) const DESCRIPTION: &str = "run models, its own and those you keep for plugins";
