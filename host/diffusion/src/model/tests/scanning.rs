//! What is seen in a file before ONNX Runtime sees it.

use prost::Message as _;

use super::super::scan::{Scanned, scan};
use super::{external, refused, shifted, with_external, zeros};
use crate::onnx::proto::{AttributeProto, GraphProto, StringStringEntryProto};
use crate::onnx::{Attribute, ElementType, GraphBuilder};

#[test]
fn a_file_is_looked_through() {
    let found = scan(&shifted().into_bytes()).expect("a model");
    assert!(found.external.is_empty());
    assert_eq!(found.shaped.values().filter(|it| **it).count(), 3);
    let found = scan(&zeros()).expect("a model");
    assert_eq!(
        found.shaped.into_values().collect::<Vec<_>>(),
        [false, true],
        "the output's shape is not said"
    );
}

#[test]
fn what_is_no_model_is_told() {
    for (bytes, expected) in [
        (&b""[..], "it has no graph"),
        (b"\x89PNG\r\n\x1a\n", "it ends within a field"),
        (b"not a model at all", "it is no ONNX model: "),
        (b"\x08\x08", "it has no graph"),
        (&[0x3a, 0x7f, 0], "it ends within a field"),
        (&[0x08, 0xff], "it ends within a field"),
        (&[0x08; 1], "it ends within a field"),
        (&[0x00, 0x01], "number 0"),
        (&[0x3b], "of a kind that is not known"),
        (&[0xff; 20], "a number has no end"),
        (b"\x3a\x00\x00\x00ORTM", "ONNX Runtime's own format"),
    ] {
        refused(scan(bytes), expected);
    }
    // Cut anywhere, it is no model, or one without something; never a panic.
    let whole = shifted().into_bytes();
    for end in 0..whole.len() {
        let _ = scan(&whole[..end]);
    }
}

#[test]
fn a_model_that_is_many_fields_or_deep_is_refused() {
    // Empty nodes, two bytes each.
    let mut graph = [0x0a, 0x00].repeat(10_000_001);
    let mut model = vec![0x3a];
    prost::encoding::encode_varint(graph.len() as u64, &mut model);
    model.append(&mut graph);
    refused(scan(&model), "fields and more, expected 10000000 at most");

    let mut inner = Vec::new();
    for _ in 0..60 {
        // A graph in an attribute in a node.
        for key in [0x32, 0x2a, 0x0a] {
            let mut outer = vec![key];
            prost::encoding::encode_varint(inner.len() as u64, &mut outer);
            outer.append(&mut inner);
            inner = outer;
        }
    }
    let mut model = vec![0x3a];
    prost::encoding::encode_varint(inner.len() as u64, &mut model);
    model.append(&mut inner);
    refused(scan(&model), "levels of nesting, expected 100 at most");
}

/// The scanner's attribute fields that the graphs here do not use.
fn attribute(number: u32, message: &impl prost::Message) -> Vec<u8> {
    let mut bytes = AttributeProto {
        name: "value".to_owned(),
        ..AttributeProto::default()
    }
    .encode_to_vec();
    prost::encoding::encode_key(
        number,
        prost::encoding::WireType::LengthDelimited,
        &mut bytes,
    );
    let inner = message.encode_to_vec();
    prost::encoding::encode_varint(inner.len() as u64, &mut bytes);
    bytes.extend(inner);
    bytes
}

fn wrap(numbers: &[u32], mut inner: Vec<u8>) -> Vec<u8> {
    for number in numbers {
        let mut outer = Vec::new();
        let kind = prost::encoding::WireType::LengthDelimited;
        prost::encoding::encode_key(*number, kind, &mut outer);
        prost::encoding::encode_varint(inner.len() as u64, &mut outer);
        outer.append(&mut inner);
        inner = outer;
    }
    inner
}

#[test]
fn weights_elsewhere_are_found_wherever_they_are_named() {
    let tensor = external("/etc/passwd");
    let graph = GraphProto {
        initializer: vec![tensor.clone()],
        ..GraphProto::default()
    };
    let graph_bytes = graph.encode_to_vec();
    // Of an initializer, of sparse ones, of a constant, of a list, of a branch, of a function, of training.
    let places: [Vec<u8>; 8] = [
        wrap(&[7], graph_bytes.clone()),
        wrap(&[1, 15, 7], tensor.encode_to_vec()),
        wrap(&[2, 15, 7], tensor.encode_to_vec()),
        wrap(&[5, 1, 7], attribute(5, &tensor)),
        wrap(&[5, 1, 7], attribute(10, &tensor)),
        wrap(&[5, 1, 7], attribute(6, &graph)),
        wrap(&[5, 7, 25], attribute(11, &graph)),
        wrap(&[1, 20], graph_bytes),
    ];
    for mut model in places {
        // A graph, for those without.
        model.extend([0x3a, 0x00]);
        let Scanned { external, .. } = scan(&model).expect("a model");
        assert_eq!(external, [("w".to_owned(), vec!["/etc/passwd".to_owned()])]);
    }
    // A place that ONNX Runtime takes for an address in memory.
    let found = scan(&with_external("*/_ORT_MEM_ADDR_/*").encode_to_vec()).expect("a model");
    assert_eq!(found.external.len(), 1);
    // Said twice, of which ONNX Runtime takes one.
    let mut twice = external("w.bin");
    twice.external_data.push(StringStringEntryProto {
        key: "location".to_owned(),
        value: "../w.bin".to_owned(),
    });
    let model = wrap(&[5, 7], twice.encode_to_vec());
    assert_eq!(scan(&model).expect("a model").external[0].1.len(), 2);
}

#[test]
fn code_for_a_provider_is_refused() {
    let mut graph = GraphBuilder::new("context");
    let x = graph.input("x", ElementType::F32, None);
    let y = graph.node("EPContext", &[&x], &[("embed_mode", Attribute::Int(0))]);
    graph.output(&y, ElementType::F32, None);
    refused(scan(&graph.into_bytes()), "the operator EPContext");
}
