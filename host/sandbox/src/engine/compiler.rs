//! Who compiles: a thread, or a child process that can be stopped.
//!
//! The engine's authors count a hang or a crash while running code as a vulnerability, but not one while compiling. So
//! compiling is done where it can be given up: what comes from elsewhere is compiled by a child with bounds on its
//! memory and time.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use super::{COMPILE_TIME, config};

/// Memory that a child may use to compile: an interpreter of 20 MB takes a good one.
const CHILD_MEMORY: u64 = 6 << 30;

/// Who compiles components.
#[derive(Clone, Debug, Default)]
pub enum Compiler {
    /// A thread of this process. One that takes too long is left to itself.
    #[default]
    Thread,
    /// `program arguments… INPUT OUTPUT`, which must call [`run_compiler`] with the two paths.
    Child {
        /// The program: this one, so that both engines are one.
        program: PathBuf,
        /// What goes before the paths.
        arguments: Vec<OsString>,
    },
}

impl Compiler {
    pub(super) fn compile(
        &self,
        engine: &wasmtime::Engine,
        bytes: &[u8],
    ) -> Result<Vec<u8>, CompileError> {
        match self {
            Self::Thread => in_thread(engine, bytes),
            Self::Child { program, arguments } => in_child(program, arguments, bytes),
        }
    }
}

fn in_thread(engine: &wasmtime::Engine, bytes: &[u8]) -> Result<Vec<u8>, CompileError> {
    let (sender, receiver) = mpsc::channel();
    let (engine, bytes) = (engine.clone(), bytes.to_vec());
    let worker = thread::Builder::new()
        .name("aquatint-compiler".to_owned())
        // Deep nesting is bounded before, but the compiler recurses.
        .stack_size(16 << 20);
    worker.spawn(move || {
        let artifact = engine.precompile_component(&bytes);
        sender.send(artifact).ok();
    })?;
    match receiver.recv_timeout(COMPILE_TIME) {
        Ok(artifact) => artifact.map_err(|error| CompileError::Refused(format!("{error:#}"))),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(CompileError::TimedOut),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(CompileError::Crashed(
            "the compiler's thread panicked".to_owned(),
        )),
    }
}

fn in_child(program: &Path, arguments: &[OsString], bytes: &[u8]) -> Result<Vec<u8>, CompileError> {
    let folder = tempfile::tempdir()?;
    let (input, output) = (folder.path().join("in"), folder.path().join("out"));
    fs::File::create(&input)?.write_all(bytes)?;
    let mut child = Command::new(program)
        .args(arguments)
        .args([&input, &output])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut words = child.stderr.take();
    let reader = thread::spawn(move || {
        let mut text = String::new();
        if let Some(words) = &mut words {
            io::Read::read_to_string(&mut io::Read::take(words, 16 << 10), &mut text).ok();
        }
        text
    });
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > COMPILE_TIME {
            child.kill().ok();
            child.wait().ok();
            return Err(CompileError::TimedOut);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(5));
    };
    if status.success() {
        return Ok(fs::read(&output)?);
    }
    let said = reader.join().unwrap_or_default();
    let said = crate::logs::clean_line(said.trim(), 2000);
    if status.code() == Some(REFUSED) {
        return Err(CompileError::Refused(said));
    }
    Err(CompileError::Crashed(format!("{status}: {said}")))
}

/// How a child says that the component is at fault.
const REFUSED: i32 = 3;

/// What the child of [`Compiler::Child`] does: compiles `input` into `output`, within bounds on its own memory and
/// time, and gives the status to exit with. Says what is wrong on standard error.
#[must_use]
pub fn run_compiler(input: &Path, output: &Path) -> i32 {
    bound_this_process();
    let result = || -> Result<(), CompileError> {
        let bytes = fs::read(input)?;
        let refused = |error: wasmtime::Error| CompileError::Refused(format!("{error:#}"));
        let engine = wasmtime::Engine::new(&config()).map_err(refused)?;
        let artifact = engine.precompile_component(&bytes).map_err(refused)?;
        fs::write(output, artifact)?;
        Ok(())
    };
    match result() {
        Ok(()) => 0,
        Err(error) => {
            writeln!(io::stderr(), "{error}").ok();
            if matches!(error, CompileError::Refused(_)) {
                REFUSED
            } else {
                1
            }
        }
    }
}

#[cfg(unix)]
fn bound_this_process() {
    let seconds = COMPILE_TIME.as_secs();
    // All cores count.
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let bounds = [
        (rlimit::Resource::AS, CHILD_MEMORY),
        (rlimit::Resource::CPU, seconds * cores),
        (rlimit::Resource::CORE, 0),
    ];
    for (resource, most) in bounds {
        // Where the system refuses, the parent's clock is left.
        resource.set(most, most).ok();
    }
}

#[cfg(not(unix))]
fn bound_this_process() {}

/// Why a component was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The compiler says no.
    #[error("cannot be compiled: {0}")]
    Refused(String),
    /// It took too long.
    #[error("takes more than {} s to compile", COMPILE_TIME.as_secs())]
    TimedOut,
    /// The compiler itself broke.
    #[error("the compiler broke: {0}")]
    Crashed(String),
    /// No thread, no process, no room.
    #[error("the compiler could not run: {0}")]
    Io(#[from] io::Error),
}
