use wasmparser::WasmFeatures;

/// The parts of WebAssembly that plugins may use; the engine is set up for the same.
///
/// Left out on purpose: threads and shared memory (unsound to share with a host, and time can be measured with them),
/// 64-bit and several memories, garbage collection, exceptions and stack switching (much code in the engine that no SDK
/// of ours needs), and everything of the component model that is asynchronous.
#[must_use]
pub fn features() -> WasmFeatures {
    WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::MULTI_VALUE
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::SIMD
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::TAIL_CALL
        | WasmFeatures::FLOATS
        | WasmFeatures::EXTENDED_CONST
        // The type of references to nothing of ours, without which there are no reference types.
        | WasmFeatures::GC_TYPES
        | WasmFeatures::COMPONENT_MODEL
}
