use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often running plugins are interrupted to be asked whether their time is up.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// A thread that counts the engine's epoch up, until it is dropped. One for all stores: each has its own deadline.
pub(super) struct Ticker(Arc<AtomicBool>);

impl Ticker {
    pub(super) fn start(engine: &wasmtime::Engine) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let stop = stopped.clone();
        let engine = engine.weak();
        let thread = std::thread::Builder::new().name("aquatint-epochs".to_owned());
        let started = thread.spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(TICK);
                match engine.upgrade() {
                    Some(engine) => engine.increment_epoch(),
                    None => return,
                }
            }
        });
        if let Err(error) = started {
            // Without it a plugin that loops would never end: better not to go on at all.
            panic!("no thread for the engine's clock: {error}");
        }
        Self(stopped)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
