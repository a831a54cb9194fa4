use super::*;
use crate::install::http::Patience;
use serde_json::json;

fn index(plugins: serde_json::Value) -> Result<Index, IndexError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("index.json");
    let text = json!({"aquatint-index": 1, "plugins": plugins}).to_string();
    std::fs::write(&path, text).expect("written");
    let http = Http::new(Patience::default()).expect("a client");
    Index::read(&IndexSource::File(path), &http)
}

fn release(version: &str, api: &str) -> serde_json::Value {
    json!({"version": version, "url": format!("{version}.wasm"),
        "sha256": Digest::of(version.as_bytes()).hex(), "api": api, "later": true})
}

fn choose(index: &Index, requirement: &str) -> Result<String, String> {
    let id = "acme.lut".parse().expect("an id");
    let requirement = requirement.parse().expect("a requirement");
    match index.choose(&id, &requirement) {
        Ok(chosen) => Ok(chosen.version.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn the_newest_version_that_fits_is_chosen() {
    let mut yanked = release("1.9.0", "0.1");
    yanked["yanked"] = true.into();
    let index = index(json!({"acme.lut": {"versions": [
        release("1.2.0", "0.1"), release("1.10.0", "0.1.0"), release("2.0.0-rc.1", "0.1"),
        release("1.11.0", "0.2"), release("0.9.0", "0.1"), yanked, {"version": 5},
    ]}}))
    .expect("an index");
    for (requirement, expected) in [
        ("*", "1.10.0"),
        ("^1.2", "1.10.0"),
        ("<1.10", "1.2.0"),
        ("^0.9", "0.9.0"),
        ("=2.0.0-rc.1", "2.0.0-rc.1"),
    ] {
        assert_eq!(choose(&index, requirement).as_deref(), Ok(expected));
    }
    let error = choose(&index, "^3").expect_err("none");
    assert!(
        error.ends_with(
            "no version of `acme.lut` fits ^3, there are: 2.0.0-rc.1, 1.11.0, 1.10.0, 1.2.0, 0.9.0"
        ),
        "{error}"
    );
    let error = choose(&index, "=1.11.0").expect_err("for another host");
    assert!(error.contains("1.11.0 was made for version 0.2"), "{error}");
}

#[test]
fn what_is_wrong_is_named() {
    let listed = |release: serde_json::Value| {
        index(json!({"acme.lut": {"versions": [release]}})).expect("an index")
    };
    let mut both = release("1.0.0", "0.1");
    both["oci"] = "oci://a.org/b:1.0.0".into();
    let mut place = release("1.0.0", "0.1");
    place["url"] = "http://example.org/x".into();
    let mut digest = release("1.0.0", "0.1");
    digest["sha256"] = "abc".into();
    for (release, expected) in [
        (both, "expected either `url` or `oci`"),
        (place, "http is for this machine only"),
        (digest, "sha256 is not 64"),
    ] {
        let error = choose(&listed(release), "*").expect_err(expected);
        assert!(error.contains(expected), "{error}");
    }
    let index = index(json!({"acme.luts": {"versions": []}})).expect("an index");
    let error = choose(&index, "*").expect_err("unknown");
    assert!(
        error.contains("no plugin `acme.lut` (did you mean `acme.luts`?)"),
        "{error}"
    );
}
