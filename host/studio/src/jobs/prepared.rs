use std::time::Duration;

use super::{Job, NewJob, QueueError, Task};
use crate::random_seed;

/// Longest key, in bytes.
const KEY_BYTES: usize = 200;
/// Longest task, as JSON: a request with its prompts at their longest is well below one.
const PAYLOAD_BYTES: usize = 16 << 20;
/// Nobody waits longer, and clocks can count it.
const LONGEST_DEADLINE: Duration = Duration::from_secs(365 * 24 * 3600);

/// A job that was checked, as it will be written.
pub(super) struct Prepared {
    pub(super) job: NewJob,
    pub(super) payload: String,
    pub(super) options: String,
    /// Whether the seed was drawn here.
    drew_seed: bool,
}

impl Prepared {
    pub(super) fn new(mut job: NewJob) -> Result<Self, QueueError> {
        let field = |field, found, expected: &str| {
            let expected = expected.to_owned();
            Err(QueueError::Field {
                field,
                found,
                expected,
            })
        };
        let mut drew_seed = false;
        if let Task::Generate(request) = &mut job.task {
            request.validate()?;
            drew_seed = request.seed.is_none();
            request.seed.get_or_insert_with(random_seed);
        }
        if let Some(deadline) = job.deadline
            && !(Duration::from_millis(1)..=LONGEST_DEADLINE).contains(&deadline)
        {
            let found = format!("{} seconds", deadline.as_secs_f64());
            return field("deadline", found, "0.001 seconds to a year");
        }
        if let Some(key) = &job.key
            && !(1..=KEY_BYTES).contains(&key.len())
        {
            let found = format!("{} bytes long", key.len());
            return field("key", found, "1 to 200 bytes");
        }
        let payload = job.task.payload()?;
        if payload.len() > PAYLOAD_BYTES {
            let found = format!("{} bytes of JSON", payload.len());
            return field("the task", found, "at most 16 MiB");
        }
        let options = serde_json::to_string(&job.options)?;
        Ok(Self {
            job,
            payload,
            options,
            drew_seed,
        })
    }

    /// Whether this one that has the key is the job that was to be added.
    pub(super) fn is_same(&self, there: &Job) -> bool {
        let mut task = self.job.task.clone();
        if self.drew_seed
            && let (Task::Generate(ours), Task::Generate(theirs)) = (&mut task, &there.task)
        {
            ours.seed = theirs.seed;
        }
        task == there.task && self.job.options == there.options
    }
}
