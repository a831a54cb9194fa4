//! Writing down what came of a call as what is expected from then on. The rest of `case.toml` stays as its author
//! wrote it, comments and all.

use std::fs;
use std::path::Path;

use aquatint_sandbox::pixels::Picture;
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value as Toml, value,
};

use super::compare::{effective, text_of};
use super::fields::to_toml;
use super::{CASE, Case, CaseError, Expected, Fields, Files, Outcome, latents};
use crate::{files, picture};

/// All that may be written here.
const KEYS: [&str; 8] = [
    "expected",
    "expected-problem",
    "expected-message",
    "expected-request",
    "expected-metadata",
    "expected-axes",
    "expected-points",
    "expected-pictures",
];

/// Writes the expectations of a case, and tells which files were written.
///
/// # Errors
/// One cannot be written, or the outcome is none that can be expected.
pub(super) fn bless(
    case: &Case,
    outcome: &Outcome,
    folder: &Path,
) -> Result<Vec<String>, CaseError> {
    let path = folder.join(CASE);
    let io = |source| CaseError::Io {
        path: path.clone(),
        source,
    };
    let text = fs::read_to_string(&path).map_err(io)?;
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| CaseError::Field(error.message().to_owned()))?;
    let mut written = Vec::new();
    let wanted = expectations(case, outcome, folder, &mut written)?;
    for key in KEYS {
        match wanted.iter().find(|(wanted, _)| *wanted == key) {
            None => {
                document.remove(key);
            }
            Some((_, item)) => {
                let before = document.get(key).map(ToString::to_string);
                // What says the same already stays as it was written.
                if before.is_none_or(|before| plain(&before) != plain(&item.to_string())) {
                    document.insert(key, item.clone());
                }
            }
        }
    }
    let after = document.to_string();
    if after != text {
        files::write(&path, after.as_bytes()).map_err(io)?;
        written.push(CASE.to_owned());
    }
    Ok(written)
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

type Wanted = Vec<(&'static str, Item)>;

fn expectations(
    case: &Case,
    outcome: &Outcome,
    folder: &Path,
    written: &mut Vec<String>,
) -> Result<Wanted, CaseError> {
    let before = &case.expected;
    Ok(match outcome {
        Outcome::Changes(changes) => {
            let changes = effective(&case.call.request, changes);
            vec![("expected-request", Item::Table(table(&changes)))]
        }
        Outcome::Latents(tensor) => {
            let name = one_name(before, "expected.safetensors");
            latents::write(tensor, &folder.join(&name))?;
            written.push(name.clone());
            vec![("expected", value(name))]
        }
        Outcome::Picture(made) => {
            let name = one_name(before, "expected.png");
            picture::write(made, &folder.join(&name))?;
            written.push(name.clone());
            let mut wanted = vec![("expected", value(name))];
            // Which texts matter is the author's choice.
            if let Some(texts) = &before.metadata {
                let mut table = Table::new();
                for key in texts.keys() {
                    if let Some(text) = text_of(made, key) {
                        table.insert(key, value(text));
                    }
                }
                wanted.push(("expected-metadata", Item::Table(table)));
            }
            wanted
        }
        Outcome::Pictures(pictures) => {
            let mut wanted = vec![("expected-pictures", Item::Table(sizes(pictures)))];
            if before.files.is_some() {
                let names = many_names(before, pictures.len());
                let mut list = Array::new();
                for (name, made) in names.iter().zip(pictures) {
                    picture::write(made, &folder.join(name))?;
                    written.push(name.clone());
                    list.push(name);
                }
                wanted.push(("expected", value(list)));
            }
            wanted
        }
        Outcome::Axes(axes) => {
            let mut tables = ArrayOfTables::new();
            for (key, label) in axes {
                let mut table = Table::new();
                table.insert("key", value(key));
                table.insert("label", value(label));
                tables.push(table);
            }
            vec![("expected-axes", listed(tables))]
        }
        Outcome::Points(points) => {
            let mut tables = ArrayOfTables::new();
            for (label, changes) in points {
                let mut inline = InlineTable::new();
                for (key, field) in changes {
                    inline.insert(key, edited(&to_toml(field)));
                }
                let mut table = Table::new();
                table.insert("label", value(label));
                table.insert("changes", value(inline));
                tables.push(table);
            }
            vec![("expected-points", listed(tables))]
        }
        Outcome::Problem { kind, text } => {
            let mut wanted = vec![("expected-problem", value(kind))];
            let message = before.message.as_ref();
            if let Some(message) = message.filter(|message| text.contains(message.as_str())) {
                wanted.push(("expected-message", value(message)));
            }
            wanted
        }
        Outcome::Broke(reason) => return Err(CaseError::Field(reason.clone())),
    })
}

/// No tables at all are written as an empty list, or nothing would be expected.
fn listed(tables: ArrayOfTables) -> Item {
    if tables.is_empty() {
        value(Array::new())
    } else {
        Item::ArrayOfTables(tables)
    }
}

fn one_name(expected: &Expected, default: &str) -> String {
    match &expected.files {
        Some(Files::One(name)) => name.clone(),
        _ => default.to_owned(),
    }
}

fn many_names(expected: &Expected, count: usize) -> Vec<String> {
    let before: &[String] = match &expected.files {
        Some(Files::Many(names)) => names,
        Some(Files::One(name)) => std::slice::from_ref(name),
        None => &[],
    };
    (0..count)
        .map(|index| match before.get(index) {
            Some(name) => name.clone(),
            None => format!("expected-{}.png", index + 1),
        })
        .collect()
}

fn sizes(pictures: &[Picture]) -> Table {
    let mut table = Table::new();
    let mut list = Array::new();
    for picture in pictures {
        list.push(Array::from_iter([
            i64::from(picture.size().width),
            i64::from(picture.size().height),
        ]));
    }
    table.insert("count", value(pictures.len() as i64));
    table.insert("sizes", value(list));
    table
}

fn table(fields: &Fields) -> Table {
    let mut table = Table::new();
    for (key, field) in fields {
        table.insert(key, value(edited(&to_toml(field))));
    }
    table
}

fn edited(plain: &toml::Value) -> Toml {
    match plain {
        toml::Value::Boolean(flag) => (*flag).into(),
        toml::Value::Integer(int) => (*int).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Array(items) => items.iter().map(edited).collect::<Array>().into(),
        toml::Value::String(text) => text.as_str().into(),
        // No value of a request is one of these.
        other => other.to_string().into(),
    }
}
