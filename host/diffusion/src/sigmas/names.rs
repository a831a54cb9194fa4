//! Looking a name up the way people write it.

/// How many names an error suggests.
const SUGGESTIONS: usize = 3;

/// A name without case, spaces and punctuation: "DPM++ 2M SDE" and `dpmpp_2m_sde` are the same.
pub(crate) fn plain(name: &str) -> String {
    name.to_lowercase()
        .replace("++", "pp")
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The names most like a [`plain`] one, the best first.
pub(crate) fn nearest(
    plain_name: &str,
    known: impl Iterator<Item = &'static str>,
) -> Vec<&'static str> {
    let mut scored: Vec<_> = known
        .map(|name| (strsim::jaro_winkler(plain_name, &plain(name)), name))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored
        .into_iter()
        .take(SUGGESTIONS)
        .map(|(_, name)| name)
        .collect()
}
