//! How long it takes to read prompts that are nothing but brackets.

use std::process::Command;

use anyhow::{Context as _, Result};

use super::{answer, example};

pub(super) fn measure() -> Result<()> {
    let program = example("aquatint-diffusion", "prompts")?;
    let report = answer(&mut Command::new(program))?;
    println!("\nreading prompts of brackets, 20 steps, median of 9, in ms");
    println!("  {:<12} {:>10} {:>10}", "", "50 KB", "100 KB");
    for (pattern, times) in report.as_object().context("the report is no object")? {
        let time = |place: usize| times[place].as_f64().unwrap_or_default();
        println!("  {pattern:<12} {:10.2} {:10.2}", time(0), time(1));
    }
    Ok(())
}
