mod heal;
mod roll;

use aquatint_plugin::prelude::*;

plugin!(denoise: roll::roll; post_process: heal::heal);

/// Along which sides the picture continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Direction {
    across: bool,
    down: bool,
}

impl Direction {
    fn wanted() -> Result<Self> {
        let direction = Settings.text("direction")?;
        Ok(Self {
            across: direction != "down",
            down: direction != "across",
        })
    }
}
