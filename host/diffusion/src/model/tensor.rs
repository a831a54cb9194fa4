use std::fmt;

use ort::value::{DynValue, PrimitiveTensorElementType, Tensor as OrtTensor, TensorElementType};

use super::ModelError;

/// What a tensor's elements are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Element {
    F16,
    F32,
    F64,
    Bf16,
    U8,
    I32,
    I64,
}

impl Element {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::F16,
        Self::F32,
        Self::F64,
        Self::Bf16,
        Self::U8,
        Self::I32,
        Self::I64,
    ];

    /// Bytes of one element.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::F16 | Self::Bf16 => 2,
            Self::F32 | Self::I32 => 4,
            Self::F64 | Self::I64 => 8,
        }
    }

    /// ONNX Runtime's type, if it is one of these.
    pub(super) fn of(element: TensorElementType) -> Option<Self> {
        Some(match element {
            TensorElementType::Float16 => Self::F16,
            TensorElementType::Float32 => Self::F32,
            TensorElementType::Float64 => Self::F64,
            TensorElementType::Bfloat16 => Self::Bf16,
            TensorElementType::Uint8 => Self::U8,
            TensorElementType::Int32 => Self::I32,
            TensorElementType::Int64 => Self::I64,
            _ => return None,
        })
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F16 => "float16",
            Self::F32 => "float32",
            Self::F64 => "float64",
            Self::Bf16 => "bfloat16",
            Self::U8 => "uint8",
            Self::I32 => "int32",
            Self::I64 => "int64",
        })
    }
}

/// Numbers in a shape: row-major, little-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    shape: Vec<u32>,
    element: Element,
    bytes: Vec<u8>,
}

impl Tensor {
    /// A tensor of these bytes. `shape` has the outermost dimension first; `[]` is a scalar.
    ///
    /// # Errors
    /// The bytes are not the product of the dimensions and an element's size.
    pub fn new(shape: Vec<u32>, element: Element, bytes: Vec<u8>) -> Result<Self, ModelError> {
        let expected = shape.iter().try_fold(element.size(), |all, side| {
            all.checked_mul(usize::try_from(*side).ok()?)
        });
        if expected != Some(bytes.len()) {
            return Err(ModelError::Bytes {
                found: bytes.len(),
                shape,
                element,
                expected,
            });
        }
        Ok(Self {
            shape,
            element,
            bytes,
        })
    }

    /// Its dimensions, outermost first.
    #[must_use]
    pub fn shape(&self) -> &[u32] {
        &self.shape
    }

    /// What its elements are.
    #[must_use]
    pub fn element(&self) -> Element {
        self.element
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its shape, its elements' type and its bytes.
    #[must_use]
    pub fn into_parts(self) -> (Vec<u32>, Element, Vec<u8>) {
        (self.shape, self.element, self.bytes)
    }

    /// As ONNX Runtime takes it.
    pub(super) fn to_ort(&self) -> ort::Result<DynValue> {
        let bytes = &self.bytes;
        match self.element {
            Element::U8 => self.array(bytes.clone()),
            Element::F16 => self.array(numbers(bytes, half::f16::from_le_bytes)),
            Element::Bf16 => self.array(numbers(bytes, half::bf16::from_le_bytes)),
            Element::F32 => self.array(numbers(bytes, f32::from_le_bytes)),
            Element::F64 => self.array(numbers(bytes, f64::from_le_bytes)),
            Element::I32 => self.array(numbers(bytes, i32::from_le_bytes)),
            Element::I64 => self.array(numbers(bytes, i64::from_le_bytes)),
        }
    }

    fn array<T: PrimitiveTensorElementType + Clone + fmt::Debug + 'static>(
        &self,
        numbers: Vec<T>,
    ) -> ort::Result<DynValue> {
        let shape: Vec<i64> = self.shape.iter().map(|side| i64::from(*side)).collect();
        OrtTensor::from_array((shape, numbers)).map(OrtTensor::into_dyn)
    }

    /// What ONNX Runtime gave.
    pub(super) fn of_ort(value: &DynValue, element: Element) -> Result<Self, ModelError> {
        match element {
            Element::U8 => extract(value, element, |number: u8| [number]),
            Element::F16 => extract(value, element, half::f16::to_le_bytes),
            Element::Bf16 => extract(value, element, half::bf16::to_le_bytes),
            Element::F32 => extract(value, element, f32::to_le_bytes),
            Element::F64 => extract(value, element, f64::to_le_bytes),
            Element::I32 => extract(value, element, i32::to_le_bytes),
            Element::I64 => extract(value, element, i64::to_le_bytes),
        }
    }
}

fn numbers<T, const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes
        .as_chunks::<N>()
        .0
        .iter()
        .map(|bytes| read(*bytes))
        .collect()
}

fn extract<T: PrimitiveTensorElementType + Copy, const N: usize>(
    value: &DynValue,
    element: Element,
    write: impl Fn(T) -> [u8; N],
) -> Result<Tensor, ModelError> {
    let failed = |reason: String| ModelError::Run(reason);
    let (shape, numbers) = value
        .try_extract_tensor::<T>()
        .map_err(|error| failed(error.to_string()))?;
    let shape = shape
        .iter()
        .map(|side| u32::try_from(*side))
        .collect::<Result<Vec<u32>, _>>()
        .map_err(|_| failed(format!("an output is {shape}, expected sides below 2^32")))?;
    let bytes = numbers
        .iter()
        .flat_map(|number| write(*number))
        .collect::<Vec<u8>>();
    Tensor::new(shape, element, bytes)
}
