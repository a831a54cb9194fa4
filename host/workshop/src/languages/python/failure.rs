//! What componentize-py says when a plugin's code is wrong, without what is of no use to its author.

/// The traceback of the plugin's own code. Inside, folders have numbers: 0 is the source, shown as `source`.
///
/// What is not in that form comes as it is.
pub(super) fn readable(output: &str, source: &str) -> String {
    // The first traceback is of the program, the second of the plugin inside.
    let Some(start) = output.rfind("Traceback (most recent call last):") else {
        return before_backtrace(output).trim().to_owned();
    };
    let inner = before_backtrace(&output[start..]);
    let mut kept: Vec<String> = Vec::new();
    let mut hidden = false;
    for line in inner.lines().skip(1) {
        if let Some(file) = line.strip_prefix("  File \"") {
            // The entry module and the SDK lead to the plugin; they are none of its author's business.
            hidden = file.starts_with("/1/") || file.starts_with("/2/") || file.starts_with("<");
        } else if !line.starts_with(' ') {
            hidden = false;
        }
        if !hidden && !line.trim().is_empty() {
            let prefix = if source == "." {
                String::new()
            } else {
                format!("{source}/")
            };
            kept.push(line.replace("File \"/0/", &format!("File \"{prefix}")));
        }
    }
    kept.join("\n")
}

fn before_backtrace(output: &str) -> &str {
    let end = ["\n\nCaused by:", "\nStack backtrace:"]
        .iter()
        .filter_map(|mark| output.find(mark))
        .min();
    &output[..end.unwrap_or(output.len())]
}

#[cfg(test)]
mod tests {
    use super::readable;

    fn output(inner: &str) -> String {
        format!(
            "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\nAssertionError: \
             Traceback (most recent call last):\n{inner}\n\nCaused by:\n    SyntaxError: invalid syntax\n\nStack \
             backtrace:\n   0: <anyhow::Error>::msg\n"
        )
    }

    #[test]
    fn of_a_traceback_the_authors_part_is_kept() {
        let syntax = output(
            "  File \"/1/aquatint_entry.py\", line 1, in <module>\n    import plugin\n  File \"/0/plugin.py\", line \
             1\n    def x(:\n          ^\nSyntaxError: invalid syntax\n",
        );
        assert_eq!(
            readable(&syntax, "src"),
            "  File \"src/plugin.py\", line 1\n    def x(:\n          ^\nSyntaxError: invalid syntax"
        );
        assert!(readable(&syntax, ".").starts_with("  File \"plugin.py\", line 1"));
        let hook = output(
            "  File \"/1/aquatint_entry.py\", line 4, in <module>\n    globals()\n    ~~~~\n  File \
             \"/2/aquatint/entry.py\", line 30, in exports\n    raise TypeError(\nTypeError: plugin.toml lists\n",
        );
        assert_eq!(readable(&hook, "src"), "TypeError: plugin.toml lists");
    }

    #[test]
    fn anything_else_comes_as_it_is() {
        assert_eq!(readable("no such file\n", "src"), "no such file");
        assert_eq!(
            readable("Error: bad world\n\nStack backtrace:\n   0: x", "src"),
            "Error: bad world"
        );
        assert_eq!(readable("", "src"), "");
    }
}
