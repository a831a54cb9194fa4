//! What a file is made of, looked at before ONNX Runtime sees it: ONNX Runtime follows whatever path a model names, and
//! makes many bytes of few.

use std::collections::BTreeMap;

use super::ModelError;
use super::wire::{Fields, Value};

/// Fields of all messages: each takes some forty bytes once it is read.
const MOST_FIELDS: u64 = 10_000_000;
/// How deep messages may be nested, as protocol buffers have it.
const DEEPEST: usize = 100;
/// Where flatbuffers have the name of their format: ONNX Runtime's own has rewriting rules in it.
const ORT_FORMAT: (usize, &[u8]) = (4, b"ORTM");
/// An operator that loads what it names: machine code of a provider, by a path.
const EP_CONTEXT: &[u8] = b"EPContext";

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scanned {
    /// Weights that are elsewhere: the tensor, and all places that are named for it.
    pub(super) external: Vec<(String, Vec<String>)>,
    /// Inputs and outputs of the model, and whether it says what shape they have.
    pub(super) shaped: BTreeMap<String, bool>,
}

/// Looks through a whole file.
pub(super) fn scan(bytes: &[u8]) -> Result<Scanned, ModelError> {
    let (at, name) = ORT_FORMAT;
    if bytes.get(at..at + name.len()) == Some(name) {
        let reason = "it is in ONNX Runtime's own format (.ort), expected a .onnx file";
        return Err(ModelError::NotAModel(reason.to_owned()));
    }
    let mut scanner = Scanner::default();
    scanner.walk(Message::Model, bytes, 0)?;
    if !scanner.graph {
        return Err(ModelError::NotAModel("it has no graph".to_owned()));
    }
    Ok(scanner.found)
}

/// The messages that lead to something, by the names that `onnx.proto` has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    Model,
    /// The model's own graph, whose inputs and outputs are the model's.
    MainGraph,
    Graph,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
    Function,
    Training,
    Port,
    ValueInfo,
    Type,
    TensorType,
    /// A sequence, a map or an optional: a type around a type.
    Wrapper,
    Shape,
    /// Whose own fields are only counted.
    Leaf,
}

impl Message {
    /// What the field of this number holds, if that is a message.
    fn field(self, number: u64) -> Option<Self> {
        Some(match (self, number) {
            (Self::Model, 7) => Self::MainGraph,
            (Self::Model, 20) => Self::Training,
            (Self::Model, 25) => Self::Function,
            (Self::Model, 8 | 14 | 26) => Self::Leaf,
            (Self::MainGraph, 11 | 12) => Self::Port,
            (Self::MainGraph | Self::Graph, 1) => Self::Node,
            (Self::MainGraph | Self::Graph, 5) => Self::Tensor,
            (Self::MainGraph | Self::Graph, 15) => Self::SparseTensor,
            (Self::Graph, 11 | 12) | (Self::MainGraph | Self::Graph, 13) => Self::ValueInfo,
            (Self::MainGraph | Self::Graph, 14 | 16) => Self::Leaf,
            (Self::Node, 5) | (Self::Function, 11) => Self::Attribute,
            (Self::Attribute, 5 | 10) => Self::Tensor,
            (Self::Attribute, 6 | 11) => Self::Graph,
            (Self::Attribute, 22 | 23) => Self::SparseTensor,
            (Self::Attribute, 14 | 15) => Self::Type,
            (Self::SparseTensor, 1 | 2) => Self::Tensor,
            (Self::Function, 7) => Self::Node,
            (Self::Function, 12) => Self::ValueInfo,
            (Self::Function, 9 | 14) | (Self::Node, 9 | 10) | (Self::Tensor, 13 | 16) => Self::Leaf,
            (Self::Training, 1 | 2) => Self::Graph,
            (Self::Port | Self::ValueInfo, 2) | (Self::Wrapper, 1 | 2) => Self::Type,
            (Self::Type, 1 | 8) => Self::TensorType,
            (Self::Type, 4 | 5 | 9) => Self::Wrapper,
            (Self::TensorType, 2) => Self::Shape,
            (Self::Shape, 1) => Self::Leaf,
            _ => return None,
        })
    }
}

#[derive(Default)]
struct Scanner {
    found: Scanned,
    fields: u64,
    graph: bool,
}

impl Scanner {
    fn walk(&mut self, message: Message, bytes: &[u8], depth: usize) -> Result<(), ModelError> {
        if depth > DEEPEST {
            return Err(ModelError::TooLarge {
                what: "levels of nesting",
                found: depth as u64,
                most: DEEPEST as u64,
            });
        }
        match message {
            Message::Tensor => self.tensor(bytes)?,
            Message::Port => self.port(bytes)?,
            Message::MainGraph => self.graph = true,
            _ => {}
        }
        for field in Fields(bytes) {
            let field = field.map_err(|reason| ModelError::NotAModel(reason.to_owned()))?;
            self.fields += 1;
            if self.fields > MOST_FIELDS {
                return Err(ModelError::TooLarge {
                    what: "fields and more",
                    found: self.fields,
                    most: MOST_FIELDS,
                });
            }
            let Value::Bytes(value) = field.value else {
                continue;
            };
            if (message, field.number) == (Message::Node, 4) && value == EP_CONTEXT {
                let reason = "it has the operator EPContext, which is code for one provider";
                return Err(ModelError::Unsupported(reason.to_owned()));
            }
            if let Some(inner) = message.field(field.number) {
                self.walk(inner, value, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Whether its weights are elsewhere. Of a field that is there twice the last counts: all of them are looked at.
    fn tensor(&mut self, bytes: &[u8]) -> Result<(), ModelError> {
        let mut name = String::new();
        let mut places = Vec::new();
        let mut is_external = false;
        for field in Fields(bytes).flatten() {
            match (field.number, field.value) {
                (8, Value::Bytes(text)) => name = String::from_utf8_lossy(text).into_owned(),
                (13, Value::Bytes(entry)) => {
                    is_external = true;
                    let mut is_location = false;
                    let mut values = Vec::new();
                    for field in Fields(entry).flatten() {
                        match (field.number, field.value) {
                            (1, Value::Bytes(key)) => is_location |= key == b"location",
                            (2, Value::Bytes(value)) => values.push(value),
                            _ => {}
                        }
                    }
                    if is_location {
                        // A path that is no text is none that anybody means.
                        let shown = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
                        places.extend(values.into_iter().map(shown));
                    }
                }
                (14, Value::Varint(location)) => is_external |= location != 0,
                _ => {}
            }
        }
        if is_external {
            if self.found.external.len() as u64 >= MOST_FIELDS / 100 {
                return Err(ModelError::TooLarge {
                    what: "tensors in other files and more",
                    found: MOST_FIELDS / 100,
                    most: MOST_FIELDS / 100,
                });
            }
            self.found.external.push((name, places));
        }
        Ok(())
    }

    fn port(&mut self, bytes: &[u8]) -> Result<(), ModelError> {
        let mut name = String::new();
        let mut shaped = false;
        for field in Fields(bytes).flatten() {
            match (field.number, field.value) {
                (1, Value::Bytes(text)) => name = String::from_utf8_lossy(text).into_owned(),
                (2, Value::Bytes(kind)) => {
                    for field in Fields(kind).flatten() {
                        match (field.number, field.value) {
                            (1, Value::Bytes(tensor)) => {
                                shaped |= Fields(tensor).flatten().any(|it| it.number == 2);
                            }
                            (4 | 5 | 7 | 8 | 9, Value::Bytes(_)) => {
                                return Err(ModelError::Unsupported(format!(
                                    "its input or output {name:?} is no tensor, expected tensors alone"
                                )));
                            }
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        self.found.shaped.insert(name, shaped);
        Ok(())
    }
}
