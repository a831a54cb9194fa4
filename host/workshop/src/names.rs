//! Words for people.

use aquatint_sandbox::names;

/// The end of a message about a name that is not known: ` (did you mean `rust`?)`, or nothing.
pub(crate) fn did_you_mean<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> String {
    names::did_you_mean(names::nearest(given, candidates).as_deref())
}

/// `1 file`, `2 files`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    }
}

/// What is wrong with a TOML file, and in which line.
pub(crate) fn toml_message(text: &str, error: &toml::de::Error) -> String {
    let line = error
        .span()
        .and_then(|span| text.get(..span.start))
        .map(|before| before.matches('\n').count() + 1);
    let words = error.message().split_whitespace().collect::<Vec<_>>();
    match line {
        Some(line) => format!("line {line}: {}", words.join(" ")),
        None => words.join(" "),
    }
}
