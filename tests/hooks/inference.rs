//! Plugins that run ONNX models: those that they carry, and those that the user has.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aquatint_diffusion::onnx::{Attribute, Dim, ElementType, GraphBuilder};
use aquatint_diffusion::pipeline::Cancel;
use aquatint_sandbox::engine::{Engine, Options};
use aquatint_sandbox::grants::Grants;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::permissions::PermissionSet;
use aquatint_sandbox::pixels::{Picture, PixelFormat, Size};
use aquatint_sandbox::plugin::{CallError, Candidate, Failed, Job, LoadError, Plugin};
use aquatint_sandbox::prescan::Bounds;
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::section::write_assets;
use aquatint_sandbox::services::{Model, ModelSource, Services};
use aquatint_sandbox::settings::PluginArgument;
use aquatint_sandbox::stop::Stop;
use aquatint_studio::plugins::{Held, OnnxModels, PluginError, PluginSource};
use aquatint_studio::stages::Store;
use aquatint_studio::{Request, Studio, Watcher};
use aquatint_tests::checkpoint;
use aquatint_tests::component::{Small, le};

use super::pipeline;

/// `y = x · 2 + shift` of three floats each.
fn shifted() -> Vec<u8> {
    let mut graph = GraphBuilder::new("shifted");
    let three = [Dim::Fixed(3)];
    let x = graph.input("x", ElementType::F32, Some(&three));
    let shift = graph.input("shift", ElementType::F32, Some(&three));
    let two = graph.floats(&[], &[2.0]);
    let doubled = graph.node("Mul", &[&x, &two], &[]);
    let y = graph.node("Add", &[&doubled, &shift], &[]);
    graph.output(&y, ElementType::F32, Some(&three));
    graph.into_bytes()
}

/// As many zeros as `x`, three floats, say: a picture's worth, or all the memory there is.
fn zeros() -> Vec<u8> {
    let mut graph = GraphBuilder::new("zeros");
    let three = [Dim::Fixed(3)];
    let x = graph.input("x", ElementType::F32, Some(&three));
    graph.input("shift", ElementType::F32, Some(&three));
    let to = [("to", Attribute::Int(ElementType::I64 as i64))];
    let size = graph.node("Cast", &[&x], &to);
    let y = graph.node("ConstantOfShape", &[&size], &[]);
    graph.output(&y, ElementType::F32, None);
    graph.into_bytes()
}

/// Minutes of work on three numbers.
fn slow() -> Vec<u8> {
    let mut graph = GraphBuilder::new("slow");
    let three = [Dim::Fixed(3)];
    let x = graph.input("x", ElementType::F32, Some(&three));
    graph.input("shift", ElementType::F32, Some(&three));
    let column = graph.ints(&[3, 1]);
    let column = graph.node("Reshape", &[&x, &column], &[]);
    let tall = graph.ints(&[256, 1]);
    let tall = graph.node("Tile", &[&column, &tall], &[]);
    let wide = graph.ints(&[1, 768]);
    let square = graph.node("Tile", &[&tall, &wide], &[]);
    let mut y = square.clone();
    for _ in 0..20_000 {
        y = graph.node("MatMul", &[&y, &square], &[]);
    }
    graph.output(&y, ElementType::F32, None);
    graph.into_bytes()
}

/// What the plugin gives the model.
#[derive(Clone, Copy)]
struct Given {
    /// As `[static]tensor.create` has it: 1 is float32, 6 is int64.
    element: u32,
    /// The dimension of both tensors.
    side: u32,
    /// The name of the second input.
    shift: &'static str,
    x: [f32; 3],
}

const GOOD: Given = Given {
    element: 1,
    side: 3,
    shift: "shift",
    x: [10.0, 20.0, 30.0],
};

/// Runs the model `model`, an asset or one of the user's, on two tensors, and fills the picture with the first three
/// numbers that it gives. What the host refuses is handed on.
///
/// In memory: 2048 and on are the texts and tensors, 3072 and on what the host answers.
fn runner(asset: bool, model: &str, given: Given) -> Small {
    let floats = |numbers: [f32; 3]| numbers.map(|it| le(it.to_bits())).concat();
    let body = format!(
        r#"
(import "aquatint:plugin/image@0.1.0" "[resource-drop]image" (func $drop (param i32)))
(import "aquatint:plugin/image@0.1.0" "[method]image.fill" (func $fill (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
(import "aquatint:plugin/inference@0.1.0" "load" (func $load (param i32 i32 i32 i32)))
(import "aquatint:plugin/inference@0.1.0" "[resource-drop]graph" (func $drop_graph (param i32)))
(import "aquatint:plugin/inference@0.1.0" "[static]tensor.create" (func $create (param i32 i32 i32 i32 i32 i32)))
(import "aquatint:plugin/inference@0.1.0" "[method]graph.compute" (func $compute (param i32 i32 i32 i32)))
(import "aquatint:plugin/inference@0.1.0" "[method]tensor.data" (func $data (param i32 i32)))
(data (i32.const 2048) "{model}")
(data (i32.const 2560) "x")
(data (i32.const 2576) "{shift}")
(data (i32.const 2592) "{side}")
(data (i32.const 2608) "{x}")
(data (i32.const 2640) "{half}")
(func $number (param $at i32) (result i32)
  (i32.trunc_sat_f32_u (f32.load (i32.add (i32.load (i32.const 3076)) (local.get $at)))))
(func (export "aquatint:plugin/post-process@0.1.0#run") (param $picture i32) (result i32)
  (local $graph i32)
  (block $refused
    (call $load (i32.const {source}) (i32.const 2048) (i32.const {length}) (i32.const 3072))
    (br_if $refused (i32.load8_u (i32.const 3072)))
    (local.set $graph (i32.load (i32.const 3076)))
    (call $create (i32.const 2592) (i32.const 1) (i32.const {element}) (i32.const 2608) (i32.const {bytes}) (i32.const 3072))
    (br_if $refused (i32.load8_u (i32.const 3072)))
    (i32.store (i32.const 3200) (i32.const 2560))
    (i32.store (i32.const 3204) (i32.const 1))
    (i32.store (i32.const 3208) (i32.load (i32.const 3076)))
    (call $create (i32.const 2592) (i32.const 1) (i32.const 1) (i32.const 2640) (i32.const {half_bytes}) (i32.const 3072))
    (br_if $refused (i32.load8_u (i32.const 3072)))
    (i32.store (i32.const 3212) (i32.const 2576))
    (i32.store (i32.const 3216) (i32.const {shift_length}))
    (i32.store (i32.const 3220) (i32.load (i32.const 3076)))
    (call $compute (local.get $graph) (i32.const 3200) (i32.const 2) (i32.const 3072))
    (br_if $refused (i32.load8_u (i32.const 3072)))
    ;; The handle behind the first output's name.
    (call $data (i32.load (i32.add (i32.load (i32.const 3076)) (i32.const 8))) (i32.const 3072))
    (br_if $refused (i32.load8_u (i32.const 3072)))
    (call $fill (local.get $picture) (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 8)
      (call $number (i32.const 0)) (call $number (i32.const 4)) (call $number (i32.const 8)) (i32.const 255) (i32.const 3328))
    (call $drop_graph (local.get $graph))
    (call $drop (local.get $picture))
    (return (i32.const 1024)))
  (call $drop (local.get $picture))
  (i32.const 3072))"#,
        shift = given.shift,
        shift_length = given.shift.len(),
        side = le(given.side),
        x = floats(given.x),
        half = floats([0.5, 1.0, 1.5]),
        source = u32::from(!asset),
        length = model.len(),
        element = given.element,
        bytes = given.side * if given.element == 6 { 8 } else { 4 },
        half_bytes = given.side * 4,
    );
    Small::new("runner", "post-process", &body)
        .import("inference")
        .manifest(
            "on-failure = 'fail'\n[permissions]\ninference = { reason = 'to look at pictures' }",
        )
}

/// The plugin, with this as its asset `model.onnx`, and all that it asks for.
fn load(small: &Small, model: &[u8]) -> Plugin {
    let assets = [("model.onnx".to_owned(), model.to_vec())];
    let bytes = write_assets(&small.build(), &assets.into()).expect("a component");
    let engine = Engine::new(Options::default()).expect("an engine");
    let verified = Candidate::new(bytes)
        .verify(&Bounds::default())
        .expect("a plugin");
    let compiled = verified.compile(&engine).expect("compiled");
    let limits = aquatint_sandbox::manifest::Limits::cap();
    verified
        .link(&engine, &compiled, &verified.needed, &limits, None)
        .expect("linked")
}

fn models(folder: &Path) -> OnnxModels {
    OnnxModels::new(Arc::new(pipeline().runtime().clone()), folder.to_owned())
}

struct Running(OnnxModels);

impl Services for Running {
    fn models(&self) -> Vec<String> {
        self.0.names()
    }

    fn load_model(&self, model: ModelSource<'_>) -> Result<Arc<dyn Model>, Problem> {
        self.0.load(model)
    }
}

fn black() -> Picture {
    let size = Size {
        width: 8,
        height: 8,
    };
    Picture::from_pixels(size, PixelFormat::Rgb8, vec![0; 192]).expect("a picture")
}

/// Calls it once, with the models of a folder; the colour that it filled the picture with.
fn call(plugin: &Plugin, folder: &Path, stop: Stop) -> Result<[u8; 3], Failed> {
    let job = Job {
        services: Arc::new(Running(models(folder))),
        stop,
        ..Job::default()
    };
    let done = plugin.post_process(&job, &black())?;
    let pixels = done.value.pixels().as_chunks::<3>().0;
    assert!(pixels.iter().all(|pixel| *pixel == pixels[0]));
    Ok(pixels[0])
}

fn problem(model: &[u8], given: Given) -> Problem {
    let folder = tempfile::tempdir().expect("a folder");
    let plugin = load(&runner(true, "model.onnx", given), model);
    let failed = call(&plugin, folder.path(), Stop::new()).expect_err("it is refused");
    match failed.error {
        CallError::Problem(problem) => problem,
        other => panic!("{other}"),
    }
}

/// One plugin, for whoever asks.
struct One(Vec<u8>);

impl PluginSource for One {
    fn get(&self, _: &PluginId) -> Result<Held, PluginError> {
        let small = runner(true, "model.onnx", GOOD);
        Ok(Held::Own(Arc::new(load(&small, &self.0))))
    }
}

#[test]
fn a_plugin_runs_the_model_that_it_carries() {
    let folder = tempfile::tempdir().expect("a folder");
    let request = Request {
        prompt: "a red apple".to_owned(),
        model: Some(checkpoint("sd1").to_string_lossy().into_owned()),
        steps: Some(1),
        width: Some(64),
        height: Some(64),
        batch: 2,
        provider: "cpu".to_owned(),
        plugins: vec!["runner".parse::<PluginArgument>().expect("a plugin").into()],
        ..Request::default()
    };
    let plugins = Box::new(One(shifted()));
    let mut studio = Studio::new(folder.path(), plugins, Store::off());
    let runtime = Arc::new(pipeline().runtime().clone());
    studio.use_runtime("cpu".parse().expect("a provider"), runtime);
    let watcher = Watcher {
        cancel: &Cancel::new(),
        events: &mut |_| {},
        notes: &mut |_| {},
    };
    let pictures = studio.draw(&request, 42, watcher).expect("drawn").pictures;
    assert_eq!(pictures.len(), 2);
    for picture in pictures {
        // 2x + shift, in its corner.
        assert_eq!(picture.pixels[..3], [20, 41, 61]);
    }
}

#[test]
fn a_plugin_runs_a_model_that_the_user_has() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("mine.onnx"), shifted()).expect("written");
    fs::write(folder.path().join("notes.txt"), "x").expect("written");
    fs::write(folder.path().join(".hidden.onnx"), "x").expect("written");
    fs::create_dir(folder.path().join("folder.onnx")).expect("made");
    assert_eq!(models(folder.path()).names(), ["mine"]);
    let plugin = load(&runner(false, "mine", GOOD), &[]);
    let color = call(&plugin, folder.path(), Stop::new()).expect("run");
    assert_eq!(color, [20, 41, 61]);
}

#[test]
fn no_file_but_the_users_models_can_be_named() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("onnx");
    fs::create_dir(&folder).expect("made");
    fs::write(place.path().join("outside.onnx"), shifted()).expect("written");
    fs::write(folder.join("mine.onnx"), shifted()).expect("written");
    let absolute = place.path().join("outside");
    for name in [
        "../outside",
        "./mine",
        "mine.onnx",
        "other",
        "",
        absolute.to_str().expect("text"),
    ] {
        let plugin = load(&runner(false, name, GOOD), &[]);
        let failed = call(&plugin, &folder, Stop::new()).expect_err(name);
        let CallError::Problem(Problem::NotFound(text)) = failed.error else {
            panic!("{name}: {failed}")
        };
        assert!(text.ends_with("expected one of mine"), "{text}");
    }
}

#[test]
fn a_model_is_loaded_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let models = models(folder.path());
    let bytes = shifted();
    let load = |bytes: &[u8]| models.load(ModelSource::Bytes(bytes)).expect("a model");
    let (first, again) = (load(&bytes), load(&bytes));
    assert_eq!(first.inputs(), again.inputs());
    assert_eq!(models.held(), bytes.len() as u64);
    load(&slow());
    assert_eq!(models.held(), (bytes.len() + slow().len()) as u64);
    let path = folder.path().join("mine.onnx");
    fs::write(&path, &bytes).expect("written");
    let named = || models.load(ModelSource::Named("mine"));
    assert_eq!(named().expect("a model").inputs().len(), 2);
    let held = models.held();
    named().expect("a model");
    assert_eq!(models.held(), held);
    // Another file of that name is another model.
    fs::write(&path, "no model").expect("written");
    assert!(matches!(named(), Err(Problem::InvalidInput(_))));
}

#[test]
fn what_is_wrong_is_told_to_the_plugin() {
    for (model, given, expected) in [
        (
            shifted(),
            Given {
                shift: "offset",
                ..GOOD
            },
            Problem::InvalidInput(
                r#"the model has no input "offset", expected "x", "shift""#.to_owned(),
            ),
        ),
        (
            shifted(),
            Given { side: 2, ..GOOD },
            Problem::InvalidInput(r#"input "x" is [2], expected [3]"#.to_owned()),
        ),
        (
            shifted(),
            Given { element: 6, ..GOOD },
            Problem::InvalidInput(r#"input "x" is of int64, expected float32"#.to_owned()),
        ),
        (
            b"GIF89a".to_vec(),
            GOOD,
            Problem::InvalidInput(
                "it is no ONNX model: a field is of a kind that is not known".to_owned(),
            ),
        ),
        (
            Vec::new(),
            GOOD,
            Problem::InvalidInput("it is no ONNX model: it has no graph".to_owned()),
        ),
    ] {
        assert_eq!(problem(&model, given), expected);
    }
}

#[test]
fn an_output_that_is_too_large_is_refused() {
    let of = |x| problem(&zeros(), Given { x, ..GOOD });
    // More than the plugin's budget, which is 512 million pixels of four bytes, and less than models may have.
    let Problem::Exhausted(text) = of([600.0, 1024.0, 1024.0]) else {
        panic!("a large output")
    };
    assert!(
        text.starts_with("the outputs take 2516582400 bytes, expected "),
        "{text}"
    );
    // More than models may have, and more than there is.
    for x in [[1100.0, 1024.0, 1024.0], [1e6, 1e6, 1.0]] {
        assert!(matches!(of(x), Problem::Exhausted(_)));
    }
}

#[test]
fn a_run_ends_when_the_job_is_cancelled() {
    let folder = tempfile::tempdir().expect("a folder");
    let plugin = load(&runner(true, "model.onnx", GOOD), &slow());
    let start = Instant::now();
    let stop = Stop::new();
    let result = std::thread::scope(|scope| {
        let stopping = stop.clone();
        scope.spawn(move || {
            std::thread::sleep(Duration::from_secs(2));
            stopping.set();
        });
        call(&plugin, folder.path(), stop)
    });
    let failed = result.expect_err("cancelled");
    assert_eq!(failed.error, CallError::Cancelled);
    assert!(start.elapsed() < Duration::from_secs(60));
    // The model is free again soon: it is not run to its end.
    let good = load(&runner(true, "model.onnx", GOOD), &shifted());
    call(&good, folder.path(), Stop::new()).expect("others run");
}

#[test]
fn nothing_runs_without_the_permission() {
    let small = runner(true, "model.onnx", GOOD);
    let bytes = small.build();
    let engine = Engine::new(Options::default()).expect("an engine");
    let error = Plugin::load(&engine, bytes.clone(), &Grants::default(), None)
        .expect_err("not granted")
        .to_string();
    assert!(error.contains("permission `inference`"), "{error}");
    let verified = Candidate::new(bytes)
        .verify(&Bounds::default())
        .expect("a plugin");
    let compiled = verified.compile(&engine).expect("compiled");
    let limits = aquatint_sandbox::manifest::Limits::cap();
    let refused = verified.link(&engine, &compiled, &PermissionSet::default(), &limits, None);
    assert!(matches!(refused, Err(LoadError::NotGranted { .. })));
}
