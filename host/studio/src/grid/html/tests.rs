use std::fs;

use super::render::between;
use super::*;
use crate::grid::html;

fn data() -> Data {
    Data {
        title: "a cat".to_owned(),
        axes: vec![
            Axis {
                name: "CFG scale".to_owned(),
                labels: vec!["1".to_owned(), "7".to_owned()],
            },
            Axis {
                name: "Seed".to_owned(),
                labels: vec!["5".to_owned()],
            },
        ],
        cells: vec![Cell {
            coordinates: vec![1, 0],
            status: Status::Done,
            file: Some("cells/00001 50%.png".to_owned()),
            width: Some(512),
            height: Some(768),
            seed: Some(u64::MAX),
            seconds: Some(1.5),
            details: vec![("prompt".to_owned(), "a cat".to_owned())],
            error: None,
        }],
    }
}

fn inside(page: &str) -> &str {
    between(
        page,
        r#"<script type="application/json" id="data">"#,
        "</script>",
    )
}

/// Texts that break out of something.
const BREAKERS: &[&str] = &[
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "&lt;/script&gt;",
    "\u{2028}\u{2029}\0\u{7}\"\\'`${1}",
    "{{data}}{{title}}{{script}}",
    "\u{202e}cba",
];

#[test]
fn what_goes_in_comes_out() {
    let page = render(&data()).expect("a page");
    assert_eq!(
        serde_json::from_str::<Data>(inside(&page)).expect("JSON"),
        data()
    );
    assert!(!page.contains("{{"), "every place is filled");
}

#[test]
fn no_text_becomes_a_part_of_the_page() {
    let plain = render(&data()).expect("a page");
    let count = |page: &str, what: &str| page.matches(what).count();
    for breaker in BREAKERS {
        let mut data = data();
        data.title = (*breaker).to_owned();
        data.axes[0].name = (*breaker).to_owned();
        data.axes[0].labels[1] = (*breaker).to_owned();
        data.cells[0].error = Some((*breaker).to_owned());
        data.cells[0].file = Some(format!("x{}", breaker.replace('/', "-")));
        data.cells[0].details = vec![((*breaker).to_owned(), (*breaker).to_owned())];
        let page = render(&data).expect("a page");
        assert_eq!(
            serde_json::from_str::<Data>(inside(&page)).expect("JSON"),
            data,
            "{breaker}"
        );
        for tag in ["<script", "</script", "<!--", "</title", "</h1"] {
            assert_eq!(count(&page, tag), count(&plain, tag), "{tag} in {breaker}");
        }
        assert!(
            !inside(&page).contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
            "{breaker}"
        );
    }
}

#[test]
fn the_policy_allows_the_pages_own_script_and_style_alone() {
    let page = render(&data()).expect("a page");
    let policy = between(
        &page,
        "http-equiv=\"Content-Security-Policy\" content=\"",
        "\"",
    );
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
    assert_eq!(policy.matches("'sha256-").count(), 2, "{policy}");
    assert!(!page.contains("://"), "the page leads nowhere");
    assert!(
        !page.contains(" style=\"") && !page.contains(" onclick"),
        "the policy would refuse those"
    );
}

#[test]
fn a_time_that_is_no_number_is_left_out() {
    let mut odd = data();
    odd.cells[0].seconds = Some(f64::NAN);
    let page = render(&odd).expect("a page");
    let read: Data = serde_json::from_str(inside(&page)).expect("JSON");
    assert_eq!(read.cells[0].seconds, None);
}

#[test]
fn a_cell_must_be_on_the_axes() {
    let mut short = data();
    short.cells[0].coordinates.pop();
    assert_eq!(
        render(&short).expect_err("too few").to_string(),
        "cell 0 has 1 coordinates, where there are 2 axes"
    );
    let mut beyond = data();
    beyond.cells[0].coordinates[0] = 2;
    assert_eq!(
        render(&beyond).expect_err("beyond").to_string(),
        "cell 0 is at place 2 of the axis \"CFG scale\", which has 2 labels from 0"
    );
}

#[test]
fn files_are_below_the_page() {
    for file in [
        "/etc/passwd",
        "../a.png",
        "a/../b.png",
        "//host/a.png",
        "",
        "a//b.png",
        "./a.png",
        "a/",
    ] {
        let mut data = data();
        data.cells[0].file = Some(file.to_owned());
        assert!(
            matches!(render(&data), Err(HtmlError::Outside { cell: 0, .. })),
            "{file}"
        );
    }
    for file in ["a.png", "b/c d#?%.png", "javascript:alert(1)", "猫.png"] {
        let mut data = data();
        data.cells[0].file = Some(file.to_owned());
        render(&data).expect(file);
    }
}

#[test]
fn a_page_replaces_the_last_and_an_error_leaves_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index.html");
    html::write(&path, &Data::default()).expect("an empty sweep");
    html::write(&path, &data()).expect("a page");
    let mut bad = data();
    bad.cells[0].coordinates.clear();
    html::write(&path, &bad).expect_err("a bad page");
    assert_eq!(
        fs::read_to_string(&path).expect("read"),
        render(&data()).expect("a page")
    );
    assert_eq!(fs::read_dir(folder.path()).expect("list").count(), 1);

    let error = html::write(&folder.path().join("no/index.html"), &data()).expect_err("no folder");
    assert!(error.to_string().contains("there is no folder"), "{error}");
}
