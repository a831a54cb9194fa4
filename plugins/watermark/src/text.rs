/// Replaces `{name}` by what `value` gives for it. What it does not know stays as it is.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = rest
            .find('}')
            .and_then(|end| Some((value(&rest[1..end])?, end)));
        match known {
            Some((value, end)) => {
                filled.push_str(&value);
                rest = &rest[end + 1..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_replaced_and_others_stay() {
        let value = |name: &str| (name == "seed").then(|| "42".to_owned());
        for (text, expected) in [
            ("seed {seed}!", "seed 42!"),
            ("{{seed}}", "{42}"),
            ("{other} {seed", "{other} {seed"),
            ("", ""),
            ("ä{seed}ö", "ä42ö"),
        ] {
            assert_eq!(fill(text, value), expected);
        }
    }
}
