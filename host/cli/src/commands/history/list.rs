use aquatint_studio::harmless;
use aquatint_studio::history::{Entry, History, Search};
use jiff::tz::TimeZone;

use super::filter::FilterArgs;
use crate::output;

/// Longest prompt, in letters.
const PROMPT: usize = 60;

#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SearchArgs {
    /// Words, in any order; they may be only begun, and what is in quotes stays together
    text: String,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Clone, Copy, Debug, clap::Args)]
struct Shown {
    /// Of these, only those whose files are gone
    #[arg(long)]
    missing: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ListArgs, history: &History) -> anyhow::Result<()> {
    print(&args.filter.search(None), args.shown, history)
}

pub(super) fn search(args: &SearchArgs, history: &History) -> anyhow::Result<()> {
    let search = args.filter.search(Some(args.text.clone()));
    print(&search, args.shown, history)
}

fn print(search: &Search, shown: Shown, history: &History) -> anyhow::Result<()> {
    let mut page = history.search(search)?;
    if shown.missing {
        page.entries.retain(|entry| entry.missing);
    }
    if shown.json {
        return output::json(&page);
    }
    if page.entries.is_empty() {
        output::line("no pictures")?;
    }
    let ids = page.entries.iter().map(|entry| entry.id.to_string().len());
    let ids = ids.max().unwrap_or_default();
    for entry in &page.entries {
        output::line(line(entry, ids))?;
    }
    if let Some(next) = page.next {
        output::tell(format_args!("there are more: add --after {next}"));
    }
    Ok(())
}

/// One line, and the file on the next, so that it can be copied whole.
fn line(entry: &Entry, ids: usize) -> String {
    let time = entry.created_at.to_zoned_datetime(TimeZone::system());
    let words = entry.prompt.split_whitespace().collect::<Vec<_>>();
    let mut prompt: String = harmless(&words.join(" ")).chars().take(PROMPT).collect();
    if prompt.is_empty() {
        prompt.push('-');
    }
    let gone = if entry.missing { " (gone)" } else { "" };
    format!(
        "{:>ids$}  {}  {}x{}  {prompt}\n{:>ids$}  {}{gone}",
        entry.id,
        time.strftime("%Y-%m-%d %H:%M"),
        entry.width,
        entry.height,
        "",
        harmless(&entry.file.to_string_lossy()),
    )
}
