use aquatint_studio::history::{Cursor, Order, Search};
use aquatint_studio::jobs::JobId;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Which pictures, by their fields.
#[derive(Debug, clap::Args)]
pub(crate) struct FilterArgs {
    /// Of this model
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Of this sampler
    #[arg(long, value_name = "NAME")]
    sampler: Option<String>,
    /// With this seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// With this plugin
    #[arg(long, value_name = "ID")]
    plugin: Option<String>,
    /// Of this job
    #[arg(long, value_name = "ID")]
    job: Option<JobId>,
    /// Those that somebody likes
    #[arg(long)]
    starred: bool,
    /// From this day or moment on, such as 2026-01-31 or 2026-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = from)]
    from: Option<Timestamp>,
    /// Until this day, with it, or before this moment
    #[arg(long, value_name = "DATE", value_parser = to)]
    to: Option<Timestamp>,
    /// The earliest first
    #[arg(long)]
    oldest: bool,
    /// Behind where the page before ended
    #[arg(long, value_name = "CURSOR")]
    after: Option<Cursor>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

impl FilterArgs {
    pub(super) fn search(&self, text: Option<String>) -> Search {
        Search {
            text,
            model: self.model.clone(),
            sampler: self.sampler.clone(),
            seed: self.seed,
            plugin: self.plugin.clone(),
            job: self.job,
            starred: self.starred.then_some(true),
            from: self.from,
            to: self.to,
            order: if self.oldest {
                Order::Oldest
            } else {
                Order::Newest
            },
            after: self.after,
            limit: self.limit,
        }
    }
}

fn from(text: &str) -> Result<Timestamp, String> {
    moment(text, 0)
}

fn to(text: &str) -> Result<Timestamp, String> {
    moment(text, 1)
}

/// A moment, or the beginning of a day here, so many days later.
fn moment(text: &str, later: i64) -> Result<Timestamp, String> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let expected = || "expected a day such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z";
    // Without a time: the parser would take one, and leave it out.
    let date: Date = match text.len() {
        10 => text.parse().map_err(|_| expected())?,
        _ => return Err(expected().to_owned()),
    };
    let date = date.checked_add(later.days()).map_err(|_| expected())?;
    let start = date
        .to_zoned_datetime(TimeZone::system())
        .map_err(|_| expected())?;
    Ok(start.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_moments_exact() {
        let (start, end) = (
            from("2026-01-31").expect("a day"),
            to("2026-01-31").expect("a day"),
        );
        assert_eq!(start.until(end).expect("a span").get_seconds(), 24 * 3600);
        let moment = "2026-01-31T12:00:00Z";
        assert_eq!(from(moment).expect("a moment").to_string(), moment);
        assert_eq!(to(moment), from(moment));
        for wrong in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-01-31 12:00",
            "9999-12-31",
        ] {
            assert!(to(wrong).is_err(), "{wrong}");
        }
    }
}
