//! The ONNX models of plugins: those that they carry, and those that the user has for them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aquatint_diffusion::model::{self, Dimension, ModelError};
use aquatint_diffusion::pipeline::Cancel;
use aquatint_diffusion::runtime::Runtime;
use aquatint_sandbox::digest::Digest;
use aquatint_sandbox::logs::clean_line;
use aquatint_sandbox::manifest::Limits;
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::{Data, Element, Model, ModelSource, Port};
use aquatint_sandbox::stop::Stop;

/// Bytes of the files of all models that are loaded at once.
const MOST: u64 = 2 << 30;
/// What of it may stay between requests.
const MOST_IDLE: u64 = 256 << 20;
/// How often to look whether a run is to end.
const TICK: Duration = Duration::from_millis(10);
/// Bytes of a problem's text.
const LONGEST_TEXT: usize = 2_000;

/// The models that plugins run: each is loaded once, and kept for as long as there is room.
///
/// They run on the provider, and with as many threads, as the pictures.
pub struct OnnxModels {
    runtime: Arc<Runtime>,
    folder: PathBuf,
    /// Those that were used last come last.
    loaded: Mutex<Vec<Loaded>>,
}

struct Loaded {
    key: Key,
    model: Arc<model::Model>,
}

/// What a model is, so that it is loaded once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Bytes(Digest),
    /// A file, as it was.
    File(PathBuf, u64, Option<SystemTime>),
}

impl OnnxModels {
    /// Models on this runtime. Those that the user has are `NAME.onnx` in `folder`, which need not be there.
    #[must_use]
    pub fn new(runtime: Arc<Runtime>, folder: PathBuf) -> Self {
        Self {
            runtime,
            folder,
            loaded: Mutex::default(),
        }
    }

    /// Where a data folder has them.
    #[must_use]
    pub fn folder(data: &Path) -> PathBuf {
        data.join("models").join("onnx")
    }

    /// The names of those that the user has, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            // A name that is no text is not one that anybody can ask for.
            if let Ok(file) = entry.file_name().into_string()
                && let Some(name) = file.strip_suffix(".onnx")
                && !name.is_empty()
                && !name.starts_with('.')
                && entry.path().is_file()
            {
                names.insert(name.to_owned());
            }
        }
        names.into_iter().collect()
    }

    /// Loads a model, or finds it loaded.
    ///
    /// # Errors
    /// `not-found`, `invalid-input` for what is no model, `unsupported` for what the provider cannot run, `exhausted`.
    pub fn load(&self, source: ModelSource<'_>) -> Result<Arc<dyn Model>, Problem> {
        let (key, file) = match source {
            ModelSource::Bytes(bytes) => (Key::Bytes(Digest::of(bytes)), PathBuf::new()),
            ModelSource::Named(name) => {
                let path = self.find(name)?;
                let known = fs::metadata(&path).map_err(|error| {
                    Problem::Failed(format!("the model `{}`: {error}", shown(name)))
                })?;
                let key = Key::File(path.clone(), known.len(), known.modified().ok());
                (key, path)
            }
        };
        // Held while loading: who wants the same model waits for it instead of loading it again.
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = loaded.iter().position(|it| it.key == key) {
            let found = loaded.remove(at);
            let model = found.model.clone();
            loaded.push(found);
            return Ok(Arc::new(Running(model)));
        }
        let model = match source {
            ModelSource::Bytes(bytes) => {
                make_room(&mut loaded, MOST.saturating_sub(bytes.len() as u64));
                model::Model::from_bytes(&self.runtime, bytes)
            }
            ModelSource::Named(_) => {
                if let Key::File(_, bytes, _) = key {
                    make_room(&mut loaded, MOST.saturating_sub(bytes));
                }
                model::Model::from_file(&self.runtime, &file)
            }
        };
        let model = Arc::new(model.map_err(problem)?);
        // Only now it is known what files it has beside its own.
        make_room(&mut loaded, MOST.saturating_sub(model.bytes()));
        let held: u64 = loaded.iter().map(|it| it.model.bytes()).sum();
        if held.saturating_add(model.bytes()) > MOST {
            return Err(Problem::Exhausted(format!(
                "models of {} bytes would be loaded at once, expected {MOST} at most: drop graphs that are done with",
                held.saturating_add(model.bytes())
            )));
        }
        let running = Arc::new(Running(model.clone()));
        loaded.push(Loaded { key, model });
        Ok(running)
    }

    /// Bytes of the files of all that are loaded.
    #[must_use]
    pub fn held(&self) -> u64 {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.iter().map(|it| it.model.bytes()).sum()
    }

    /// Lets go of what nobody uses, but for a little.
    pub(crate) fn rest(&self) {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut loaded, MOST_IDLE);
    }

    /// The file of a name that [`names`](Self::names) lists: no other file can be asked for.
    fn find(&self, name: &str) -> Result<PathBuf, Problem> {
        let names = self.names();
        if names.iter().any(|it| it == name) {
            return Ok(self.folder.join(format!("{name}.onnx")));
        }
        let known = match names.is_empty() {
            true => "there is none".to_owned(),
            false => format!("expected one of {}", names.join(", ")),
        };
        Err(Problem::NotFound(clean(&format!(
            "no model `{}`: {known}",
            shown(name)
        ))))
    }
}

/// Drops models that nobody has, the longest unused first, until those that are left have `most` bytes or are in use.
fn make_room(loaded: &mut Vec<Loaded>, most: u64) {
    let mut held: u64 = loaded.iter().map(|it| it.model.bytes()).sum();
    loaded.retain(|it| {
        if held <= most || Arc::strong_count(&it.model) > 1 {
            return true;
        }
        held -= it.model.bytes();
        false
    });
}

fn shown(name: &str) -> String {
    clean_line(name, 200)
}

fn clean(text: &str) -> String {
    clean_line(text, LONGEST_TEXT)
}

/// A loaded model, as plugins have it.
struct Running(Arc<model::Model>);

impl Model for Running {
    fn inputs(&self) -> Vec<Port> {
        self.0.inputs().iter().map(port).collect()
    }

    fn outputs(&self) -> Vec<Port> {
        self.0.outputs().iter().map(port).collect()
    }

    fn compute(
        &self,
        inputs: Vec<(String, Data)>,
        room: u64,
        stop: &Stop,
    ) -> Result<Vec<(String, Data)>, Problem> {
        let mut tensors = Vec::with_capacity(inputs.len());
        for (name, data) in inputs {
            let bytes = Arc::unwrap_or_clone(data.bytes);
            let tensor = model::Tensor::new(data.dimensions, element(data.element), bytes);
            tensors.push((name, tensor.map_err(problem)?));
        }
        let outputs = watched(stop, |cancel| self.0.run(tensors, room, cancel))?;
        Ok(outputs
            .into_iter()
            .map(|(name, tensor)| {
                let (dimensions, element, bytes) = tensor.into_parts();
                let data = Data {
                    dimensions,
                    element: of_element(element),
                    bytes: Arc::new(bytes),
                };
                (name, data)
            })
            .collect())
    }
}

/// Runs something that `stop` ends. So does a time far beyond what a call has: its own clock stands still meanwhile.
fn watched<T>(
    stop: &Stop,
    run: impl FnOnce(&Cancel) -> Result<T, ModelError>,
) -> Result<T, Problem> {
    let most = Limits::cap().time.duration();
    let cancel = Cancel::new();
    let (over, ended) = mpsc::channel::<()>();
    let result = std::thread::scope(|scope| {
        let watcher = std::thread::Builder::new().name("aquatint-model-stop".to_owned());
        watcher
            .spawn_scoped(scope, || {
                let start = Instant::now();
                let ended = ended;
                while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                    if stop.is_set() || start.elapsed() > most {
                        return cancel.cancel();
                    }
                }
            })
            .map_err(|error| Problem::Failed(format!("no thread: {error}")))?;
        let result = run(&cancel);
        drop(over);
        result.map_err(problem)
    });
    match result {
        Err(Problem::Cancelled) if !stop.is_set() => Err(Problem::Exhausted(format!(
            "the model ran for more than {}",
            Limits::cap().time
        ))),
        result => result,
    }
}

fn port(port: &model::Port) -> Port {
    let dimension = |dimension: &Dimension| match dimension {
        Dimension::Fixed(side) => Some(*side),
        Dimension::Named(_) | Dimension::Any => None,
    };
    let dimensions = port.dimensions.iter().flatten().map(dimension);
    Port {
        name: port.name.clone(),
        element: of_element(port.element),
        dimensions: dimensions.collect(),
    }
}

fn element(element: Element) -> model::Element {
    match element {
        Element::F16 => model::Element::F16,
        Element::F32 => model::Element::F32,
        Element::F64 => model::Element::F64,
        Element::Bf16 => model::Element::Bf16,
        Element::U8 => model::Element::U8,
        Element::I32 => model::Element::I32,
        Element::I64 => model::Element::I64,
    }
}

fn of_element(element: model::Element) -> Element {
    match element {
        model::Element::F16 => Element::F16,
        model::Element::F32 => Element::F32,
        model::Element::F64 => Element::F64,
        model::Element::Bf16 => Element::Bf16,
        model::Element::U8 => Element::U8,
        model::Element::I32 => Element::I32,
        model::Element::I64 => Element::I64,
    }
}

/// Texts may have names out of the model in them.
fn problem(error: ModelError) -> Problem {
    let text = clean(&error.to_string());
    match error {
        ModelError::NotAModel(_)
        | ModelError::External { .. }
        | ModelError::Bytes { .. }
        | ModelError::UnknownInput { .. }
        | ModelError::Count { .. }
        | ModelError::Element { .. }
        | ModelError::Shape { .. } => Problem::InvalidInput(text),
        ModelError::Unsupported(_) => Problem::Unsupported(text),
        ModelError::TooLarge { .. } | ModelError::Outputs { .. } | ModelError::Memory(_) => {
            Problem::Exhausted(text)
        }
        ModelError::Cancelled => Problem::Cancelled,
        _ => Problem::Failed(text),
    }
}
