use serde_json::Value;

use crate::native::openapi;

#[test]
fn the_description_in_the_page_is_that_of_the_code() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/openapi.json");
    if std::env::var_os("AQUATINT_WRITE_OPENAPI").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, openapi() + "\n").expect("written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept.trim_end() == openapi().trim_end(),
        "host/ui/openapi.json is of another version: `cargo xtask openapi` writes it"
    );
}

#[test]
fn the_description_is_whole() {
    let api: Value = serde_json::from_str(&openapi()).expect("JSON");
    assert_eq!(api["openapi"], "3.1.0");
    let text = api.to_string();
    // Every name that is referred to is there.
    for part in text.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().expect("a name");
        assert!(!api["components"]["schemas"][name].is_null(), "{name}");
    }
    for (path, methods) in api["paths"].as_object().expect("paths") {
        for (method, about) in methods.as_object().expect("methods") {
            assert!(about["summary"].is_string(), "{method} {path}");
            assert!(about["responses"]["4XX"].is_object(), "{method} {path}");
            // What is in the path is described as being there, and nothing else is.
            for parameter in about["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().expect("a name");
                let is_there = path.contains(&format!("{{{name}}}"));
                assert_eq!(
                    parameter["in"] == "path",
                    is_there,
                    "{method} {path} {name}"
                );
            }
        }
    }
}
