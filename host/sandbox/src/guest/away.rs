//! What takes long, on a thread of its own: the plugin's thread must see when it is stopped.

use tokio::sync::oneshot;

use super::{Refused, refuse};
use crate::problem::Problem;

/// What will come of it.
pub(crate) type Answer<T> = oneshot::Receiver<Result<T, Problem>>;

/// Begins.
pub(crate) fn begin<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<Answer<T>, Refused> {
    let (sender, answer) = oneshot::channel();
    let thread = std::thread::Builder::new().name(name.to_owned());
    let started = thread.spawn(move || {
        // Who waited may be gone.
        sender.send(work()).ok();
    });
    match started {
        Ok(_) => Ok(answer),
        Err(error) => refuse(Problem::Failed(format!("no thread: {error}"))),
    }
}

/// Waits for it. `broke` is said if it ended without a result.
pub(crate) async fn end<T>(answer: Answer<T>, broke: &str) -> Result<T, Refused> {
    match answer.await {
        Ok(result) => Ok(result?),
        Err(_) => refuse(Problem::Failed(broke.to_owned())),
    }
}
