//! Names that every file system takes.

use aquatint_sandbox::logs::is_harmful;

/// Longest folder's name, or part of a file's name before its number, in bytes. With a number and an ending that stays
/// below the 255 bytes, or the 255 letters, that file systems take.
pub(super) const LONGEST: usize = 120;
/// Longest part of a file's name behind its number.
pub(super) const LONGEST_END: usize = 60;

/// A text as part of a name: what some system does not take, or what cannot be seen, is `_`.
pub(super) fn part(text: &str, longest: usize) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let c = match c {
            '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' => '_',
            c if is_harmful(c) => '_',
            c => c,
        };
        if name.len() + c.len_utf8() > longest {
            break;
        }
        name.push(c);
    }
    name
}

/// A name without what would hide it or make it an option of a command.
pub(super) fn visible(name: &str) -> &str {
    name.trim_start_matches(['.', ' ', '-', '~'])
}

/// A name as a whole: nothing that hides it, is an option of a command or a device of Windows, and never nothing.
pub(super) fn whole(name: &str) -> String {
    // Windows takes neither at the end of a folder.
    let name = name.trim_end_matches(['.', ' ']);
    let name = visible(name);
    if name.is_empty() {
        return "picture".to_owned();
    }
    // Also with anything behind the first dot.
    let base = name.split('.').next().unwrap_or(name).trim_end();
    if is_device(base) {
        return format!("_{name}");
    }
    name.to_owned()
}

fn is_device(base: &str) -> bool {
    let base = base.to_uppercase();
    if ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&base.as_str()) {
        return true;
    }
    let number = base
        .strip_prefix("COM")
        .or_else(|| base.strip_prefix("LPT"));
    number.is_some_and(|rest| {
        let mut chars = rest.chars();
        matches!(chars.next(), Some('0'..='9' | '¹' | '²' | '³')) && chars.next().is_none()
    })
}
