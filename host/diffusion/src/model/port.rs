use std::fmt;

use ort::value::Outlet;
use ort::value::ValueType;

use super::{Element, ModelError};

/// One dimension of an input or output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Always so many.
    Fixed(u32),
    /// Any number, the same wherever this name stands.
    Named(String),
    /// Any number.
    Any,
}

/// An input or output of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub name: String,
    /// What its elements are.
    pub element: Element,
    /// Its dimensions, outermost first; `None` if the model does not say how many there are.
    pub dimensions: Option<Vec<Dimension>>,
}

impl Port {
    /// What ONNX Runtime says; `shaped` is whether the model says anything about its shape.
    pub(super) fn of(kind: &str, outlet: &Outlet, shaped: bool) -> Result<Self, ModelError> {
        let name = outlet.name().to_owned();
        let unsupported = |found: &dyn fmt::Display| {
            let known = Element::ALL.map(|element| element.to_string()).join(", ");
            ModelError::Unsupported(format!(
                "its {kind} {name:?} is {found}, expected a tensor of {known}"
            ))
        };
        let ValueType::Tensor {
            ty,
            shape,
            dimension_symbols,
        } = outlet.dtype()
        else {
            return Err(unsupported(outlet.dtype()));
        };
        let element =
            Element::of(*ty).ok_or_else(|| unsupported(&format_args!("a tensor of {ty}")))?;
        let dimension = |(side, symbol): (&i64, &String)| match u32::try_from(*side) {
            Ok(side) => Dimension::Fixed(side),
            Err(_) if symbol.is_empty() => Dimension::Any,
            Err(_) => Dimension::Named(symbol.clone()),
        };
        let dimensions = shape.iter().zip(dimension_symbols.iter()).map(dimension);
        Ok(Self {
            element,
            dimensions: shaped.then(|| dimensions.collect()),
            name,
        })
    }

    /// Its shape, for people: `[1, 3, height, ?]`.
    pub(super) fn shape(&self) -> String {
        let Some(dimensions) = &self.dimensions else {
            return "any shape".to_owned();
        };
        let sides: Vec<String> = dimensions
            .iter()
            .map(|dimension| match dimension {
                Dimension::Fixed(side) => side.to_string(),
                Dimension::Named(name) => name.escape_debug().to_string(),
                Dimension::Any => "?".to_owned(),
            })
            .collect();
        format!("[{}]", sides.join(", "))
    }
}
