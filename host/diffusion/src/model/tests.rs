mod scanning;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use prost::Message as _;

use super::*;
use crate::onnx::proto::{DataLocation, ModelProto, StringStringEntryProto, TensorProto};
use crate::onnx::{Dim, ElementType, GraphBuilder};
use crate::pipeline::Cancel;
use crate::runtime::{ProviderChoice, ProviderKind, Runtime, RuntimeError, RuntimeOptions};

/// A runtime, where there is one: see the runtime's own tests.
fn runtime() -> Option<Runtime> {
    let data_dir =
        std::env::var_os("AQUATINT_DATA").map_or_else(|| "/nonexistent".into(), PathBuf::from);
    let started = Runtime::start(&RuntimeOptions {
        data_dir,
        provider: ProviderChoice::Named(ProviderKind::Cpu.into()),
        threads: Some(2),
    });
    match started {
        Err(RuntimeError::NotInstalled { .. }) => {
            eprintln!("skipped: no ONNX Runtime");
            None
        }
        started => Some(started.expect("the CPU works")),
    }
}

/// `y = x · 2 + shift`, for `x` of `[n, 3]` and `shift` of `[3]`.
fn shifted() -> GraphBuilder {
    let mut graph = GraphBuilder::new("shifted");
    let x = graph.input(
        "x",
        ElementType::F32,
        Some(&[Dim::Named("n"), Dim::Fixed(3)]),
    );
    let shift = graph.input("shift", ElementType::F32, Some(&[Dim::Fixed(3)]));
    let two = graph.floats(&[], &[2.0]);
    let doubled = graph.node("Mul", &[&x, &two], &[]);
    let y = graph.node("Add", &[&doubled, &shift], &[]);
    graph.output(
        &y,
        ElementType::F32,
        Some(&[Dim::Named("n"), Dim::Fixed(3)]),
    );
    graph
}

/// Zeros, as many as the input says.
fn zeros() -> Vec<u8> {
    let mut graph = GraphBuilder::new("zeros");
    let shape = graph.input("shape", ElementType::I64, Some(&[Dim::Named("rank")]));
    let y = graph.node("ConstantOfShape", &[&shape], &[]);
    graph.output(&y, ElementType::F32, None);
    graph.into_bytes()
}

/// Products of matrices, one after the other: 2 · `n`³ operations each.
fn slow(products: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new("slow");
    let sides = [Dim::Named("n"), Dim::Named("n")];
    let x = graph.input("x", ElementType::F32, Some(&sides));
    let mut y = x.clone();
    for _ in 0..products {
        y = graph.node("MatMul", &[&y, &x], &[]);
    }
    graph.output(&y, ElementType::F32, Some(&sides));
    graph.into_bytes()
}

fn floats(shape: &[u32], numbers: &[f32]) -> Tensor {
    let bytes = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
    Tensor::new(shape.to_vec(), Element::F32, bytes).expect("as many as the shape says")
}

fn longs(numbers: &[i64]) -> Tensor {
    let bytes = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
    Tensor::new(vec![numbers.len() as u32], Element::I64, bytes).expect("as many")
}

fn named<const N: usize>(tensors: [(&str, Tensor); N]) -> Vec<(String, Tensor)> {
    tensors
        .into_iter()
        .map(|(name, tensor)| (name.to_owned(), tensor))
        .collect()
}

fn run(model: &Model, inputs: Vec<(String, Tensor)>) -> Result<Vec<(String, Tensor)>, ModelError> {
    model.run(inputs, 1 << 20, &Cancel::new())
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, ModelError>, expected: &str) {
    let message = result.expect_err(expected).to_string();
    assert!(message.contains(expected), "{message}");
}

fn external(place: &str) -> TensorProto {
    TensorProto {
        dims: vec![3],
        data_type: 1,
        name: "w".to_owned(),
        external_data: vec![StringStringEntryProto {
            key: "location".to_owned(),
            value: place.to_owned(),
        }],
        data_location: DataLocation::External as i32,
        ..TensorProto::default()
    }
}

/// `y = x + w`, with `w` elsewhere.
fn with_external(place: &str) -> ModelProto {
    let mut graph = GraphBuilder::new("external");
    let x = graph.input("x", ElementType::F32, Some(&[Dim::Fixed(3)]));
    let w = graph.floats(&[3], &[0.0; 3]);
    let y = graph.node("Add", &[&x, &w], &[]);
    graph.output(&y, ElementType::F32, Some(&[Dim::Fixed(3)]));
    let mut model = graph.finish();
    let graph = model.graph.as_mut().expect("a graph");
    let name = graph.initializer[0].name.clone();
    graph.initializer[0] = TensorProto {
        name,
        ..external(place)
    };
    model
}

#[test]
fn a_tensor_has_as_many_bytes_as_its_shape_says() {
    let scalar = Tensor::new(vec![], Element::F64, vec![0; 8]).expect("a scalar");
    assert!(scalar.shape().is_empty());
    Tensor::new(vec![0, 5], Element::U8, vec![]).expect("nothing");
    let error = Tensor::new(vec![2, 3], Element::F16, vec![0; 11]).expect_err("one too few");
    assert_eq!(
        error.to_string(),
        "11 bytes for a tensor [2, 3] of float16, expected 12"
    );
    refused(
        Tensor::new(vec![u32::MAX; 3], Element::F32, vec![]),
        "expected fewer dimensions",
    );
}

#[test]
fn a_model_is_run_by_name() {
    let Some(runtime) = runtime() else { return };
    let model = Model::from_bytes(&runtime, &shifted().into_bytes()).expect("a model");
    let [x, shift] = model.inputs() else {
        panic!("{:?}", model.inputs())
    };
    assert_eq!(x.name, "x");
    assert_eq!(
        x.dimensions,
        Some(vec![Dimension::Named("n".to_owned()), Dimension::Fixed(3)])
    );
    assert_eq!(
        (shift.name.as_str(), shift.element),
        ("shift", Element::F32)
    );
    let inputs = named([
        ("shift", floats(&[3], &[0.5, 0.0, -0.5])),
        ("x", floats(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])),
    ]);
    let outputs = run(&model, inputs.clone()).expect("run");
    let [(name, y)] = outputs.as_slice() else {
        panic!("{outputs:?}")
    };
    assert_eq!(*name, model.outputs()[0].name);
    assert_eq!(*y, floats(&[2, 3], &[2.5, 4.0, 5.5, 8.5, 10.0, 11.5]));
    // Twice the same, also with other sizes in between.
    let one = named([
        ("x", floats(&[1, 3], &[0.0; 3])),
        ("shift", floats(&[3], &[1.0; 3])),
    ]);
    run(&model, one).expect("run");
    assert_eq!(run(&model, inputs).expect("run"), outputs);
}

#[test]
fn what_does_not_fit_is_told() {
    let Some(runtime) = runtime() else { return };
    let model = Model::from_bytes(&runtime, &shifted().into_bytes()).expect("a model");
    let x = || floats(&[1, 3], &[0.0; 3]);
    let shift = || floats(&[3], &[0.0; 3]);
    let long = Tensor::new(vec![3], Element::I64, vec![0; 24]).expect("whole");
    for (inputs, expected) in [
        (
            named([("x", x()), ("shift", shift()), ("mask\n", x())]),
            r#"the model has no input "mask\n", expected "x", "shift""#,
        ),
        (
            named([("x", x())]),
            r#"input "shift" is given 0 times, expected once"#,
        ),
        (
            named([("x", x()), ("x", x()), ("shift", shift())]),
            r#"input "x" is given 2 times, expected once"#,
        ),
        (
            named([("x", x()), ("shift", long)]),
            r#"input "shift" is of int64, expected float32"#,
        ),
        (
            named([("x", floats(&[3], &[0.0; 3])), ("shift", shift())]),
            r#"input "x" is [3], expected [n, 3]"#,
        ),
        (
            named([("x", floats(&[1, 4], &[0.0; 4])), ("shift", shift())]),
            r#"input "x" is [1, 4], expected [n, 3]"#,
        ),
    ] {
        refused(run(&model, inputs), expected);
    }
    let model = Model::from_bytes(&runtime, &slow(1)).expect("a model");
    refused(
        run(&model, named([("x", floats(&[2, 3], &[0.0; 6]))])),
        r#"input "x" is [2, 3], expected [n, n] where n is 2, as in another place"#,
    );
}

#[test]
fn every_type_goes_in_and_out_as_it_is() {
    let Some(runtime) = runtime() else { return };
    for element in Element::ALL {
        // The standard's numbers; the builder has those alone that graphs of ours need.
        let number = match element {
            Element::F32 => 1,
            Element::U8 => 2,
            Element::I32 => 6,
            Element::I64 => 7,
            Element::F16 => 10,
            Element::F64 => 11,
            Element::Bf16 => 16,
        };
        let mut graph = GraphBuilder::new("same");
        let x = graph.input("x", ElementType::F32, Some(&[Dim::Unknown]));
        let y = graph.node("Identity", &[&x], &[]);
        graph.output(&y, ElementType::F32, Some(&[Dim::Unknown]));
        let mut proto = graph.finish();
        let graph = proto.graph.as_mut().expect("a graph");
        for port in graph.input.iter_mut().chain(&mut graph.output) {
            let kind = port.r#type.as_mut().and_then(|it| it.tensor_type.as_mut());
            kind.expect("a type").elem_type = number;
        }
        let model = Model::from_bytes(&runtime, &proto.encode_to_vec()).expect("a model");
        assert_eq!(model.inputs()[0].element, element);
        for length in [0_u32, 1, 5] {
            let bytes = (0..length as usize * element.size()).map(|byte| byte as u8);
            let tensor = Tensor::new(vec![length], element, bytes.collect()).expect("whole");
            let outputs = run(&model, named([("x", tensor.clone())])).expect("run");
            assert_eq!(outputs[0].1, tensor, "{element}");
        }
    }
}

#[test]
fn what_the_runtime_cannot_do_is_told() {
    let Some(runtime) = runtime() else { return };
    let with = |op, element| {
        let mut graph = GraphBuilder::new("odd");
        let x = graph.input("x", element, Some(&[Dim::Fixed(1)]));
        let y = graph.node(op, &[&x], &[]);
        graph.output(&y, element, None);
        graph.finish()
    };
    let unknown = with("Xyzzy", ElementType::F32).encode_to_vec();
    let error = Model::from_bytes(&runtime, &unknown).expect_err("an operator that nobody has");
    assert!(matches!(error, ModelError::Unsupported(_)), "{error}");
    assert!(error.to_string().contains("Xyzzy"), "{error}");
    // From a version of the standard that is still to come.
    let mut newer = with("Identity", ElementType::F32);
    newer.opset_import[0].version = 999;
    let error = Model::from_bytes(&runtime, &newer.encode_to_vec()).expect_err("too new");
    assert!(matches!(error, ModelError::Unsupported(_)), "{error:?}");
    // It is said what type it has, and what types there are.
    let mut texts = with("Identity", ElementType::F32);
    let graph = texts.graph.as_mut().expect("a graph");
    for port in graph.input.iter_mut().chain(&mut graph.output) {
        let kind = port.r#type.as_mut().and_then(|it| it.tensor_type.as_mut());
        kind.expect("a type").elem_type = 8;
    }
    refused(
        Model::from_bytes(&runtime, &texts.encode_to_vec()),
        "expected a tensor of float16, float32",
    );
    // A graph whose parts do not fit together.
    let mut loose = with("Identity", ElementType::F32);
    loose.graph.as_mut().expect("a graph").node[0].input[0] = "nowhere".to_owned();
    let error = Model::from_bytes(&runtime, &loose.encode_to_vec()).expect_err("loose");
    assert!(matches!(error, ModelError::NotAModel(_)), "{error:?}");
}

#[test]
fn outputs_and_memory_have_bounds() {
    let Some(runtime) = runtime() else { return };
    let model = Model::from_bytes(&runtime, &zeros()).expect("a model");
    let outputs = run(&model, named([("shape", longs(&[512, 512]))])).expect("one MiB");
    assert_eq!(outputs[0].1.bytes().len(), 1 << 20);
    refused(
        run(&model, named([("shape", longs(&[512, 513]))])),
        "the outputs take 1050624 bytes, expected 1048576 at most",
    );
    // More than all models may have, whatever this machine has.
    for shape in [&[1_100_000_000_i64][..], &[1 << 40], &[1 << 31, 1 << 31]] {
        let error = run(&model, named([("shape", longs(shape))])).expect_err("too much");
        assert!(
            matches!(error, ModelError::Memory(_) | ModelError::Run(_)),
            "{error:?}"
        );
    }
    let error = run(&model, named([("shape", longs(&[1_100_000_000]))])).expect_err("too much");
    assert!(matches!(error, ModelError::Memory(_)), "{error:?}");
    run(&model, named([("shape", longs(&[2, 3]))])).expect("it still runs");

    // Computed while loading, as optimisers do.
    let mut graph = GraphBuilder::new("folded");
    let x = graph.input("x", ElementType::F32, Some(&[Dim::Fixed(1)]));
    let shape = graph.ints(&[1_100_000_000]);
    let many = graph.node("ConstantOfShape", &[&shape], &[]);
    let sum = graph.node("ReduceSum", &[&many], &[]);
    let y = graph.node("Add", &[&x, &sum], &[]);
    graph.output(&y, ElementType::F32, None);
    let error = Model::from_bytes(&runtime, &graph.into_bytes())
        .and_then(|model| run(&model, named([("x", floats(&[1], &[0.0]))])))
        .expect_err("too much");
    assert!(matches!(error, ModelError::Memory(_)), "{error:?}");
}

#[test]
fn a_run_is_cancelled_inside() {
    let Some(runtime) = runtime() else { return };
    let model = Model::from_bytes(&runtime, &slow(20_000)).expect("a model");
    let side = 512_u32;
    let x = floats(&[side, side], &vec![0.0; (side * side) as usize]);
    let cancel = Cancel::new();
    let start = Instant::now();
    let result = std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(300));
            cancel.cancel();
        });
        model.run(named([("x", x)]), 1 << 30, &cancel)
    });
    assert!(matches!(result, Err(ModelError::Cancelled)), "{result:?}");
    // All of it would take minutes.
    assert!(start.elapsed() < Duration::from_secs(20));
    let small = named([("x", floats(&[1, 1], &[1.0]))]);
    assert!(matches!(
        model.run(small.clone(), 1 << 20, &cancel),
        Err(ModelError::Cancelled)
    ));
    assert_eq!(
        run(&model, small).expect("it still runs")[0].1,
        floats(&[1, 1], &[1.0])
    );
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, bytes).expect("written");
    path
}

#[test]
fn weights_may_be_beside_a_file_and_nowhere_else() {
    let Some(runtime) = runtime() else { return };
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("models");
    let weights: Vec<u8> = [1.0_f32, 2.0, 3.0]
        .iter()
        .flat_map(|it| it.to_le_bytes())
        .collect();
    written(&folder, "w.bin", &weights);
    written(&folder, "deep/w.bin", &weights);
    let secret = written(place.path(), "secret.bin", &weights);
    let load = |location: &str| {
        let bytes = with_external(location).encode_to_vec();
        let path = written(&folder, "model.onnx", &bytes);
        Model::from_file(&runtime, &path)
    };
    for location in ["w.bin", "./w.bin", "deep/w.bin"] {
        let model = load(location).expect(location);
        let outputs = run(&model, named([("x", floats(&[3], &[0.5; 3]))])).expect("run");
        assert_eq!(outputs[0].1, floats(&[3], &[1.5, 2.5, 3.5]), "{location}");
        assert!(model.bytes() > 12);
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(&secret, folder.join("link.bin")).expect("linked");
    #[cfg(unix)]
    std::os::unix::fs::symlink(place.path(), folder.join("up")).expect("linked");
    let absolute = secret.to_string_lossy().into_owned();
    for location in [
        "../secret.bin",
        "deep/../../secret.bin",
        absolute.as_str(),
        "link.bin",
        "up/secret.bin",
        "deep",
        "",
        "..\\secret.bin",
        "*/_ORT_MEM_ADDR_/*",
    ] {
        let error = load(location).expect_err(location);
        let is_refused = matches!(error, ModelError::External { .. })
            // There is no folder `*`.
            || location.starts_with('*') && matches!(error, ModelError::Io { .. });
        assert!(is_refused, "{location}: {error}");
    }
    assert!(matches!(load("none.bin"), Err(ModelError::Io { .. })));
    refused(
        Model::from_bytes(&runtime, &with_external("w.bin").encode_to_vec()),
        r#"are in the file "w.bin", expected all weights in the model itself"#,
    );
    refused(Model::from_file(&runtime, &folder), "it is no file");
}

#[test]
fn ports_without_a_shape_take_any() {
    let Some(runtime) = runtime() else { return };
    let mut graph = GraphBuilder::new("any");
    let x = graph.input("x", ElementType::F32, None);
    let y = graph.node("Neg", &[&x], &[]);
    graph.output(&y, ElementType::F32, None);
    let model = Model::from_bytes(&runtime, &graph.into_bytes()).expect("a model");
    assert_eq!(model.inputs()[0].dimensions, None);
    for shape in [&[][..], &[1], &[1, 1, 1]] {
        let outputs = run(&model, named([("x", floats(shape, &[1.0]))])).expect("run");
        assert_eq!(outputs[0].1, floats(shape, &[-1.0]));
    }
}
