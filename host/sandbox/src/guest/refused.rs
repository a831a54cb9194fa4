use wasmtime::component::ResourceTableError;

use crate::problem::Problem;

/// Why a host function did not do what it was asked: a problem that the plugin is told, or an error that ends the
/// call.
#[derive(Debug)]
pub(crate) enum Refused {
    Problem(Problem),
    Trap(wasmtime::Error),
}

pub(crate) fn refuse<T>(problem: Problem) -> Result<T, Refused> {
    Err(Refused::Problem(problem))
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<wasmtime::Error> for Refused {
    fn from(error: wasmtime::Error) -> Self {
        Self::Trap(error)
    }
}

impl From<ResourceTableError> for Refused {
    fn from(error: ResourceTableError) -> Self {
        match error {
            ResourceTableError::Full => Self::Problem(Problem::Exhausted(
                "too many handles are held: drop what is done with".to_owned(),
            )),
            other => Self::Trap(wasmtime::Error::new(other)),
        }
    }
}

impl From<crate::tensor::TensorError> for Refused {
    fn from(error: crate::tensor::TensorError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<crate::pixels::PictureError> for Refused {
    fn from(error: crate::pixels::PictureError) -> Self {
        Self::Problem(error.into())
    }
}
