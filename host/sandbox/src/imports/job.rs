use std::time::{Duration, Instant};

use crate::bindings::interfaces::job;
use crate::bindings::interfaces::types::{Param, Value};
use crate::guest::{Guest, Refused, refuse, request_params, to_params};
use crate::logs::clean_line;
use crate::problem::Problem;

/// What is told at once about progress.
const LONGEST_NOTE: usize = 200;
/// How often at most: whoever is told need not keep up with a plugin that says it in a loop.
const BETWEEN_NOTES: Duration = Duration::from_millis(100);

impl job::Host for Guest {
    fn seed(&mut self) -> wasmtime::Result<u64> {
        self.count();
        Ok(self.job.seed)
    }

    fn index(&mut self) -> wasmtime::Result<u32> {
        self.count();
        Ok(self.job.index)
    }

    fn settings(&mut self) -> wasmtime::Result<Vec<Param>> {
        self.count();
        Ok(to_params(self.job.settings.iter()))
    }

    fn setting(&mut self, key: String) -> wasmtime::Result<Option<Value>> {
        self.count();
        Ok(self.job.settings.get(&key).cloned().map(Into::into))
    }

    fn request(&mut self) -> wasmtime::Result<Vec<Param>> {
        self.count();
        Ok(request_params(&self.job.request))
    }

    fn choices(&mut self, field: String) -> Result<Vec<String>, Refused> {
        self.count();
        match self.job.services.choices(&field) {
            Some(choices) => Ok(choices),
            None => refuse(Problem::NotFound(format!(
                "`{}` has no list of choices",
                crate::names::shown(&field)
            ))),
        }
    }

    fn progress(&mut self, fraction: f32, note: String) -> wasmtime::Result<()> {
        self.count();
        let soon = self.told.is_some_and(|told| told.elapsed() < BETWEEN_NOTES);
        if let Some(told) = &self.job.progress
            && !soon
        {
            self.told = Some(Instant::now());
            let known = (0.0..=1.0).contains(&fraction).then_some(fraction);
            told(known, &clean_line(&note, LONGEST_NOTE));
        }
        Ok(())
    }

    fn time_left(&mut self) -> wasmtime::Result<u64> {
        self.count();
        self.asked_time = true;
        let left = u64::try_from(self.deadline.left().as_millis()).unwrap_or(u64::MAX);
        Ok(left - left % 100)
    }

    fn cancelled(&mut self) -> wasmtime::Result<bool> {
        self.count();
        Ok(self.job.stop.is_set())
    }
}
