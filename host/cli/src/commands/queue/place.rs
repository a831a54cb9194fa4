use aquatint_studio::jobs::{JobId, Place, Queue};

use crate::output;

#[derive(Debug, clap::Args)]
pub(crate) struct MoveArgs {
    /// The job
    id: JobId,
    #[command(flatten)]
    to: To,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct To {
    /// Before all others
    #[arg(long)]
    top: bool,
    /// Behind all others
    #[arg(long)]
    bottom: bool,
    /// Right before this job
    #[arg(long, value_name = "ID")]
    before: Option<JobId>,
    /// Right behind this job
    #[arg(long, value_name = "ID")]
    after: Option<JobId>,
    /// To the jobs of this priority
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    priority: Option<i32>,
}

pub(super) fn run(args: &MoveArgs, queue: &Queue) -> anyhow::Result<()> {
    let id = args.id;
    let place = match args.to {
        To {
            priority: Some(priority),
            ..
        } => {
            queue.set_priority(id, priority)?;
            return output::line(format_args!("job {id} has priority {priority}"));
        }
        To {
            before: Some(other),
            ..
        } => Place::Before(other),
        To {
            after: Some(other), ..
        } => Place::After(other),
        To { bottom: true, .. } => Place::Bottom,
        To { .. } => Place::Top,
    };
    queue.place(id, place)?;
    output::line(format_args!("moved {id}"))
}
