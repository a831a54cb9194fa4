use std::time::{Duration, Instant};

/// How long what took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timings {
    /// Time by what was done, in the order that it was first done.
    pub stages: Vec<(&'static str, Duration)>,
    /// Time spent inside ONNX Runtime's `Run`, of all the above.
    pub inside_onnx: Duration,
}

impl Timings {
    /// Does it and adds its time.
    pub fn time<T>(&mut self, what: &'static str, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = run();
        self.add(what, start.elapsed());
        result
    }

    /// Adds all of another's.
    pub fn add_all(&mut self, other: &Self) {
        for (what, time) in &other.stages {
            self.add(what, *time);
        }
        self.inside_onnx += other.inside_onnx;
    }

    /// Adds time.
    pub fn add(&mut self, what: &'static str, time: Duration) {
        match self.stages.iter_mut().find(|(name, _)| *name == what) {
            Some((_, sum)) => *sum += time,
            None => self.stages.push((what, time)),
        }
    }
}
