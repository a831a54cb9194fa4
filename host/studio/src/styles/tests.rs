//! Files of styles and what Python's `csv` reads in them are made by `tests/make.py`.

use std::path::Path;

use serde::Deserialize;

use super::*;

type Three = (String, String, String);

#[derive(Deserialize)]
struct Expected {
    files: Vec<(String, String, Vec<Three>)>,
    styles: Vec<Three>,
}

fn expected() -> Expected {
    serde_json::from_str(include_str!("tests/expected.json")).expect("made by make.py")
}

fn style(name: &str, prompt: &str, negative: &str) -> Style {
    Style {
        name: name.to_owned(),
        prompt: prompt.to_owned(),
        negative: negative.to_owned(),
    }
}

fn three(style: &Style) -> Three {
    (
        style.name.clone(),
        style.prompt.clone(),
        style.negative.clone(),
    )
}

/// The styles of a file with this text.
fn of(text: &str) -> Result<Styles, StyleError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = Styles::path_of(folder.path());
    std::fs::write(&path, text).expect("written");
    Styles::read(&path)
}

#[test]
fn files_are_read_as_python_reads_them() {
    for (name, text, expected) in expected().files {
        let styles = of(&text).expect(&name);
        let found: Vec<Three> = styles.iter().map(three).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn prompts_are_merged_as_a1111_merges_them() {
    for (style, prompt, expected) in [
        ("ink", "a cat", "a cat, ink"),
        (" ink ", " a cat ", "a cat, ink"),
        ("{prompt}, ink", "a cat", "a cat, ink"),
        (
            "ink of {prompt} and {prompt}!",
            " a cat",
            "ink of  a cat and  a cat!",
        ),
        ("", "a cat ", "a cat"),
        ("ink", "", "ink"),
        ("ink, {prompt}", "", "ink, "),
        ("", "", ""),
        ("{Prompt}", "a", "a, {Prompt}"),
        ("{prompt}", "{prompt}", "{prompt}"),
    ] {
        assert_eq!(merged(style, prompt), expected, "{style:?} {prompt:?}");
    }
}

#[test]
fn styles_follow_one_another_and_none_is_left() {
    let styles = of("name,prompt,negative_prompt\nInk,\"{prompt}, ink\",photo\nBig,\"big {prompt}\",\nInk,\"{prompt}, pen\",\n")
        .expect("good");
    let request = Request {
        prompt: "a cat".to_owned(),
        negative: "blur".to_owned(),
        styles: ["Ink", "Big"].map(str::to_owned).into(),
        ..Request::default()
    };
    let expanded = styles.expand(&request).expect("known");
    // Of two with one name the last counts.
    assert_eq!(expanded.prompt, "big a cat, pen");
    assert_eq!(expanded.negative, "blur");
    assert!(expanded.styles.is_empty());
    let none = Request::default();
    assert_eq!(styles.expand(&none).expect("nothing to do"), none);
}

#[test]
fn what_is_not_there_is_told() {
    let styles = of("name,prompt,negative_prompt\nInk,a,b\nOil painting,c,d\n").expect("good");
    let says = |name: &str| styles.find(name).expect_err(name).to_string();
    assert!(
        says("Oil paintng").ends_with("styles.csv (did you mean `Oil painting`?)"),
        "{}",
        says("Oil paintng")
    );
    assert!(
        says("ink").contains("(did you mean `Ink`?)"),
        "{}",
        says("ink")
    );
    assert!(says("something else").ends_with(": expected one of Ink, Oil painting"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("none.csv");
    let error = Styles::read(&path).expect_err("none").to_string();
    assert!(error.contains("none.csv does not exist"), "{error}");
    for (text, says) in [
        ("", "has no columns `name` and `prompt`"),
        ("Ink,a,b\n", "has no columns"),
        ("name,negative_prompt\n", "has no columns"),
    ] {
        let error = of(text).expect_err(text).to_string();
        assert!(error.contains(says), "{error}");
    }
    std::fs::write(&path, b"name,prompt\n\xff").expect("written");
    let error = Styles::read(&path).expect_err("not UTF-8").to_string();
    assert!(error.contains("is not a text in UTF-8"), "{error}");
}

/// Each could double the prompt: it must end before the memory does.
#[test]
fn prompts_do_not_grow_without_end() {
    let styles = of("name,prompt\nTwice,{prompt} {prompt}\n").expect("good");
    let request = Request {
        prompt: "a".repeat(1000),
        styles: vec!["Twice".to_owned(); 60],
        ..Request::default()
    };
    let error = styles.expand(&request).expect_err("too long").to_string();
    assert!(
        error.starts_with("with the style \"Twice\": prompt has "),
        "{error}"
    );
}

#[test]
fn what_is_added_is_read_again_and_nothing_else_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = Styles::path_of(&folder.path().join("new"));
    let mut styles = Styles::read_or_new(&path).expect("new");
    let all = expected().styles;
    for (name, prompt, negative) in &all {
        let added = styles.add(&style(name, prompt, negative));
        if name.trim() == name {
            styles = added.expect(name);
        } else {
            assert!(matches!(added, Err(StyleError::Name(_))));
        }
    }
    let kept: Vec<Three> = all.into_iter().filter(|it| it.0.trim() == it.0).collect();
    let found: Vec<Three> = Styles::read(&path)
        .expect("written")
        .iter()
        .map(three)
        .collect();
    assert_eq!(found, kept);
    let text = std::fs::read_to_string(&path).expect("written");
    // As Python writes it, but for the style that has spaces around its name.
    let (_, by_python, _) = expected().files.swap_remove(0);
    let by_python: String = by_python
        .split_inclusive("\r\n")
        .filter(|line| !line.starts_with(" spaces "))
        .collect();
    assert_eq!(text, by_python);
    assert!(matches!(
        styles.add(&style("Ink", "", "")),
        Err(StyleError::Exists { .. })
    ));
    assert!(matches!(
        styles.add(&style("a\nb", "", "")),
        Err(StyleError::Name(_))
    ));

    for (name, _, _) in &kept {
        styles = styles.remove(name).expect(name);
    }
    assert_eq!(styles.iter().count(), 0);
    let text = std::fs::read_to_string(&path).expect("written");
    assert_eq!(text, "\u{feff}name,prompt,negative_prompt\r\n");
    assert!(styles.remove("Ink").is_err());
}

#[test]
fn columns_of_others_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("styles.csv");
    std::fs::write(&path, "prompt,extra,name\nink,1,Ink").expect("written");
    let read = || std::fs::read_to_string(&path).expect("written");
    let styles = Styles::read(&path).expect("good");
    let styles = styles.add(&style("Oil", "oil, thick", "")).expect("added");
    assert_eq!(
        read(),
        "prompt,extra,name\nink,1,Ink\r\n\"oil, thick\",,Oil\r\n"
    );
    let styles = styles.add(&style("Pen", "pen", "blur")).expect("added");
    assert_eq!(
        read(),
        "prompt,extra,name,negative_prompt\nink,1,Ink\r\n\"oil, thick\",,Oil\r\npen,,Pen,blur\r\n"
    );
    assert_eq!(styles.find("Pen").expect("added").negative, "blur");
    let styles = styles.remove("Oil").expect("removed");
    assert_eq!(styles.iter().count(), 2);
    assert_eq!(
        read(),
        "prompt,extra,name,negative_prompt\nink,1,Ink\r\npen,,Pen,blur\r\n"
    );
    let missing = Styles::read(Path::new("nowhere/styles.csv"));
    assert!(matches!(missing, Err(StyleError::NoFile { .. })));
}
