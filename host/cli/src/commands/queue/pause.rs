use aquatint_studio::jobs::Queue;

use crate::output;

pub(super) fn run(pause: bool, queue: &Queue) -> anyhow::Result<()> {
    if pause {
        queue.pause()?;
        return output::line("the queue is paused; what is running runs on");
    }
    queue.resume()?;
    output::line("the queue goes on")
}
