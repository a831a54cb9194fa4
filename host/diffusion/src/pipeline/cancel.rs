use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ort::session::RunOptions;

/// Stops a drawing from another thread, inside a step.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cancelled: AtomicBool,
    /// The run in progress.
    running: Mutex<Option<Arc<RunOptions>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("cancelled", &self.cancelled)
            .finish_non_exhaustive()
    }
}

impl Cancel {
    /// One that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops what is running and whatever would run next.
    pub fn cancel(&self) {
        self.shared.cancelled.store(true, Ordering::SeqCst);
        let running = self.shared.running.lock();
        if let Some(options) = &*running.unwrap_or_else(PoisonError::into_inner) {
            // Fails only when ONNX Runtime refuses the flag; the next run then sees `cancelled`.
            let _ = options.terminate();
        }
    }

    /// Whether [`Cancel::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.shared.cancelled.load(Ordering::SeqCst)
    }

    /// Calls `run` with options that [`Cancel::cancel`] reaches.
    pub(crate) fn guard<T>(
        &self,
        options: Arc<RunOptions>,
        run: impl FnOnce(&RunOptions) -> T,
    ) -> T {
        let set = |value| {
            let mut running = self
                .shared
                .running
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *running = value;
        };
        set(Some(options.clone()));
        // Cancelled between the caller's check and here: nobody has terminated these options yet.
        if self.is_cancelled() {
            let _ = options.terminate();
        }
        let result = run(&options);
        set(None);
        result
    }
}
