use std::str::{Chars, FromStr};

use crate::manifest::{InvalidId, PluginId};

/// What stands after `--plugin`: `ID` or `ID:KEY=VALUE,KEY=VALUE`.
///
/// | value | means |
/// |---|---|
/// | `0.3`, `soft`, `#ff8800` | itself, up to the next comma |
/// | `one\, two` | a backslash takes the comma, quote, bracket or backslash after it literally |
/// | `"one, two"` | quoted; `\"`, `\\` and `\n` inside |
/// | `'C:\pictures\a.png'` | quoted, nothing special inside but `'` |
/// | `[1,2,"a,b"]` | a list |
/// | `KEY` alone | `true` |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginArgument {
    /// Which plugin.
    pub id: PluginId,
    /// What was given, in order.
    pub settings: Vec<(String, Term)>,
}

/// A value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A key alone.
    Bare,
    /// One value.
    Text(String),
    /// A value in brackets.
    List(Vec<String>),
}

impl FromStr for PluginArgument {
    type Err = InvalidArgument;

    fn from_str(given: &str) -> Result<Self, InvalidArgument> {
        let (id, settings) = match given.split_once(':') {
            Some((id, settings)) => (id, Some(settings)),
            None => (given, None),
        };
        Ok(Self {
            id: id.parse()?,
            settings: settings.map_or(Ok(Vec::new()), read)?,
        })
    }
}

/// What a command line's settings cannot be read for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidArgument {
    /// The part before the colon is no id.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// The part after it makes no sense.
    #[error("settings, character {at}: {expected}")]
    Syntax {
        /// Where, from 1.
        at: usize,
        /// What was found and expected.
        expected: &'static str,
    },
    /// A key is there twice.
    #[error("setting `{key}` is given twice, expected once")]
    Twice {
        /// Which.
        key: String,
    },
}

/// What ends a value that is not quoted, where it stands.
const IN_SETTINGS: &[char] = &[','];
const IN_LIST: &[char] = &[',', ']'];

fn read(text: &str) -> Result<Vec<(String, Term)>, InvalidArgument> {
    let mut reader = Reader {
        text,
        rest: text.chars(),
    };
    let mut settings: Vec<(String, Term)> = Vec::new();
    loop {
        let key = reader.key()?;
        if settings.iter().any(|(other, _)| *other == key) {
            return Err(InvalidArgument::Twice { key });
        }
        let term = if reader.eat('=') {
            reader.term()?
        } else {
            Term::Bare
        };
        settings.push((key, term));
        match reader.rest.next() {
            None => return Ok(settings),
            Some(',') => {}
            Some(_) => return Err(reader.previous("expected a comma before the next setting")),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: Chars<'a>,
}

impl Reader<'_> {
    fn key(&mut self) -> Result<String, InvalidArgument> {
        let rest = self.rest.as_str();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))
            .unwrap_or(rest.len());
        if end == 0 {
            return Err(self.here("expected the key of a setting"));
        }
        let (key, after) = rest.split_at(end);
        self.rest = after.chars();
        Ok(key.to_owned())
    }

    fn term(&mut self) -> Result<Term, InvalidArgument> {
        if !self.eat('[') {
            return self.value(IN_SETTINGS).map(Term::Text);
        }
        let mut items = Vec::new();
        if self.eat(']') {
            return Ok(Term::List(items));
        }
        loop {
            items.push(self.value(IN_LIST)?);
            match self.rest.next() {
                Some(',') => {}
                Some(']') => return Ok(Term::List(items)),
                None => return Err(self.here("expected `]` at the end of the list")),
                Some(_) => return Err(self.previous("expected a comma or `]` in the list")),
            }
        }
    }

    fn value(&mut self, ends: &[char]) -> Result<String, InvalidArgument> {
        if self.eat('\'') {
            return self.until_quote('\'', |_, c| c);
        }
        if self.eat('"') {
            return self.until_quote('"', |reader, c| match c {
                '\\' => match reader.rest.clone().next() {
                    Some(next @ ('"' | '\\')) => {
                        reader.rest.next();
                        next
                    }
                    Some('n') => {
                        reader.rest.next();
                        '\n'
                    }
                    _ => c,
                },
                c => c,
            });
        }
        let mut value = String::new();
        while let Some(c) = self.rest.clone().next() {
            if ends.contains(&c) {
                break;
            }
            self.rest.next();
            match (c, self.rest.clone().next()) {
                // Any other backslash is itself, so that most paths of Windows need no care.
                ('\\', Some(next @ (',' | '"' | '\'' | '[' | ']' | '\\'))) => {
                    self.rest.next();
                    value.push(next);
                }
                _ => value.push(c),
            }
        }
        Ok(value)
    }

    fn until_quote(
        &mut self,
        quote: char,
        read: impl Fn(&mut Self, char) -> char,
    ) -> Result<String, InvalidArgument> {
        let mut value = String::new();
        while let Some(c) = self.rest.next() {
            if c == quote {
                return Ok(value);
            }
            value.push(read(self, c));
        }
        Err(self.here("expected a quote at the end of the value"))
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest.as_str().starts_with(c);
        if found {
            self.rest.next();
        }
        found
    }

    fn here(&self, expected: &'static str) -> InvalidArgument {
        let before = self.text.len() - self.rest.as_str().len();
        InvalidArgument::Syntax {
            at: self.text[..before].chars().count() + 1,
            expected,
        }
    }

    fn previous(&self, expected: &'static str) -> InvalidArgument {
        match self.here(expected) {
            InvalidArgument::Syntax { at, expected } => InvalidArgument::Syntax {
                at: at - 1,
                expected,
            },
            other => other,
        }
    }
}

/// A value so that it reads back, quoted only if it must be.
pub(super) fn quoted(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|c| !matches!(c, ',' | '\'' | '"' | '[' | ']' | '\\' | '\n'));
    if plain {
        return text.to_owned();
    }
    let mut result = String::from('"');
    for c in text.chars() {
        match c {
            '\n' => result.push_str("\\n"),
            '"' | '\\' => result.extend(['\\', c]),
            c => result.push(c),
        }
    }
    result.push('"');
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Term {
        Term::Text(text.to_owned())
    }

    #[test]
    fn settings_are_read_as_they_are_meant() {
        let table = [
            (
                "amount=0.3,mode=soft",
                vec![("amount", text("0.3")), ("mode", text("soft"))],
            ),
            ("on", vec![("on", Term::Bare)]),
            ("on,x=", vec![("on", Term::Bare), ("x", text(""))]),
            (r"a=one\, two", vec![("a", text("one, two"))]),
            (
                r#"a="one, \"two\"\n\\",b=1"#,
                vec![("a", text("one, \"two\"\n\\")), ("b", text("1"))],
            ),
            (
                r"a='C:\n\x.png',b=2",
                vec![("a", text(r"C:\n\x.png")), ("b", text("2"))],
            ),
            (
                r"a=C:\pictures\x.png",
                vec![("a", text(r"C:\pictures\x.png"))],
            ),
            ("a=x=y:z", vec![("a", text("x=y:z"))]),
            (r"a=\[red:blue:0.5]", vec![("a", text("[red:blue:0.5]"))]),
            (
                r#"a=[1,"x,y",c\]],b=[]"#,
                vec![
                    (
                        "a",
                        Term::List(vec!["1".to_owned(), "x,y".to_owned(), "c]".to_owned()]),
                    ),
                    ("b", Term::List(Vec::new())),
                ],
            ),
        ];
        for (given, expected) in table {
            let argument: PluginArgument = format!("film-grain:{given}").parse().expect(given);
            assert_eq!(argument.id.as_str(), "film-grain");
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(key, term)| (key.to_owned(), term))
                .collect();
            assert_eq!(argument.settings, expected, "{given}");
        }
        let alone: PluginArgument = "film-grain".parse().expect("an id alone");
        assert!(alone.settings.is_empty());
    }

    #[test]
    fn a_mistake_says_where_it_is() {
        for (given, expected) in [
            (
                "x-y:",
                "settings, character 1: expected the key of a setting",
            ),
            (
                "x-y:a=1,",
                "settings, character 5: expected the key of a setting",
            ),
            (
                "x-y:a=\"b",
                "settings, character 5: expected a quote at the end of the value",
            ),
            (
                "x-y:a=\"b\"c",
                "settings, character 6: expected a comma before the next setting",
            ),
            (
                "x-y:a=[1",
                "settings, character 5: expected `]` at the end of the list",
            ),
            (
                "x-y:a=['1'2]",
                "settings, character 7: expected a comma or `]` in the list",
            ),
            (
                "x-y:ä=1",
                "settings, character 1: expected the key of a setting",
            ),
            ("x-y:a=1,a=2", "setting `a` is given twice, expected once"),
            ("X:a=1", "plugin id is `X`, expected 2 to 64 characters"),
        ] {
            let error = given.parse::<PluginArgument>().expect_err(given);
            assert_eq!(error.to_string(), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_quoted_reads_back(value: String, item: String) {
            let line = format!("x-y:a={},b=[{}]", quoted(&value), quoted(&item));
            let argument: PluginArgument = line.parse().expect("quoted");
            proptest::prop_assert_eq!(&argument.settings[0].1, &Term::Text(value));
            proptest::prop_assert_eq!(&argument.settings[1].1, &Term::List(vec![item]));
        }

        #[test]
        fn nothing_that_is_written_panics(line: String) {
            let _ = line.parse::<PluginArgument>();
            let _ = format!("x-y:{line}").parse::<PluginArgument>();
        }
    }
}
