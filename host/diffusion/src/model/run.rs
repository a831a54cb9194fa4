use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use ort::session::{RunOptions, SessionInputValue};
use ort::value::{DynValue, ValueType};

use super::{Dimension, Element, Model, ModelError, Port, Tensor};
use crate::pipeline::Cancel;

impl Model {
    /// Runs it: all inputs, by name, in any order; all outputs, in the model's order. They may have `room` bytes in all.
    ///
    /// One run at a time: a second one waits for the first.
    ///
    /// # Errors
    /// An input is missing, unknown or misshapen, the outputs are too large, it was cancelled, or ONNX Runtime failed.
    pub fn run(
        &self,
        inputs: Vec<(String, Tensor)>,
        room: u64,
        cancel: &Cancel,
    ) -> Result<Vec<(String, Tensor)>, ModelError> {
        self.check(&inputs)?;
        let failed = |error: ort::Error| failure(&error);
        let mut values = Vec::with_capacity(inputs.len());
        for (name, tensor) in inputs {
            let value = tensor.to_ort().map_err(failed)?;
            values.push((Cow::Owned(name), SessionInputValue::from(value)));
        }
        let mut options = RunOptions::new().map_err(failed)?;
        if self.shrinks {
            // What one run took would be kept for the next, and from everybody else.
            options
                .set("memory.enable_memory_arena_shrinkage", "cpu:0")
                .map_err(failed)?;
        }
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        if cancel.is_cancelled() {
            return Err(ModelError::Cancelled);
        }
        let names: Vec<&str> = self.outputs.iter().map(|port| port.name.as_str()).collect();
        let given = cancel.guard(Arc::new(options), |options| {
            let mut outputs = session.run_with_options(values, options)?;
            let values = names.iter().map(|name| (*name, outputs.remove(name)));
            ort::Result::Ok(values.collect::<Vec<_>>())
        });
        let given = match given {
            Err(_) if cancel.is_cancelled() => return Err(ModelError::Cancelled),
            given => given.map_err(failed)?,
        };
        drop(session);
        take(given, room)
    }

    /// Whether these are the inputs, each once and as it should be.
    fn check(&self, inputs: &[(String, Tensor)]) -> Result<(), ModelError> {
        for (name, _) in inputs {
            if !self.inputs.iter().any(|port| port.name == *name) {
                let known: Vec<String> = self
                    .inputs
                    .iter()
                    .map(|port| format!("{:?}", port.name))
                    .collect();
                return Err(ModelError::UnknownInput {
                    name: name.clone(),
                    expected: match known.is_empty() {
                        true => "none".to_owned(),
                        false => known.join(", "),
                    },
                });
            }
        }
        let mut sizes = BTreeMap::new();
        for port in &self.inputs {
            let mut given = inputs.iter().filter(|(name, _)| *name == port.name);
            match (given.next(), given.count()) {
                (Some((_, tensor)), 0) => port.check(tensor, &mut sizes)?,
                (first, more) => {
                    return Err(ModelError::Count {
                        name: port.name.clone(),
                        found: usize::from(first.is_some()) + more,
                    });
                }
            }
        }
        Ok(())
    }
}

impl Port {
    /// Whether a tensor fits. `sizes` are those that names stand for so far.
    fn check<'a>(
        &'a self,
        tensor: &Tensor,
        sizes: &mut BTreeMap<&'a str, u32>,
    ) -> Result<(), ModelError> {
        if tensor.element() != self.element {
            return Err(ModelError::Element {
                name: self.name.clone(),
                found: tensor.element(),
                expected: self.element,
            });
        }
        let Some(dimensions) = &self.dimensions else {
            return Ok(());
        };
        let wrong = |expected: String| ModelError::Shape {
            name: self.name.clone(),
            found: tensor.shape().to_vec(),
            expected,
        };
        if dimensions.len() != tensor.shape().len() {
            return Err(wrong(self.shape()));
        }
        for (dimension, side) in dimensions.iter().zip(tensor.shape()) {
            match dimension {
                Dimension::Fixed(size) if size != side => return Err(wrong(self.shape())),
                Dimension::Named(name) => {
                    let size = *sizes.entry(name).or_insert(*side);
                    if size != *side {
                        return Err(wrong(format!(
                            "{} where {} is {size}, as in another place",
                            self.shape(),
                            name.escape_debug()
                        )));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The outputs, if there is room for them.
fn take(
    given: Vec<(&str, Option<DynValue>)>,
    room: u64,
) -> Result<Vec<(String, Tensor)>, ModelError> {
    let mut outputs = Vec::with_capacity(given.len());
    let mut found = 0_u64;
    for (name, value) in given {
        let value = value.ok_or_else(|| ModelError::Run(format!("it gave no output {name:?}")))?;
        let ValueType::Tensor { ty, shape, .. } = value.dtype() else {
            return Err(ModelError::Run(format!(
                "output {name:?} is {}, expected a tensor",
                value.dtype()
            )));
        };
        let element = Element::of(*ty).ok_or_else(|| {
            ModelError::Run(format!("output {name:?} is of {ty}, expected what it said"))
        })?;
        let bytes = shape.iter().try_fold(element.size() as u64, |all, side| {
            all.checked_mul(u64::try_from(*side).ok()?)
        });
        found = found.saturating_add(bytes.unwrap_or(u64::MAX));
        outputs.push((name, element, value));
    }
    if found > room {
        return Err(ModelError::Outputs { found, most: room });
    }
    outputs
        .into_iter()
        .map(|(name, element, value)| Ok((name.to_owned(), Tensor::of_ort(&value, element)?)))
        .collect()
}

fn failure(error: &ort::Error) -> ModelError {
    let message = crate::runtime::plain_message(error.message());
    if is_memory(&message) {
        ModelError::Memory(message)
    } else {
        ModelError::Run(message)
    }
}

/// Whether there was not enough memory: ONNX Runtime has no code for that.
pub(super) fn is_memory(message: &str) -> bool {
    [
        "Failed to allocate memory",
        "Available memory of",
        "bad_alloc",
        "bad allocation",
        "out of memory",
    ]
    .iter()
    .any(|words| message.contains(words))
}
