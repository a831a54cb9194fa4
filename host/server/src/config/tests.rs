use super::*;

fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn every_setting_is_listed_once() {
    // What is not set by default has a value here, so that it is written.
    let config = Config {
        tls_cert: Some("c".into()),
        tls_key: Some("k".into()),
        plugins: Some("p".into()),
        models: Some("m".into()),
        styles: Some("s".into()),
        embeddings: Some("e".into()),
        tiny_vae: Some("t".into()),
        ..Config::default()
    };
    let table = toml::Table::try_from(config).expect("TOML");
    let mut keys: Vec<_> = table.keys().map(String::as_str).collect();
    let mut known = layers::KEYS.to_vec();
    keys.sort_unstable();
    known.sort_unstable();
    assert_eq!(keys, known);
}

#[test]
fn flags_come_before_variables_and_those_before_the_file() {
    let data = tempfile::tempdir().expect("a folder");
    std::fs::write(
        data.path().join(FILE),
        "port = 1\nrate_limit = 2\nmax_batch = 3\nhosts = ['a']",
    )
    .expect("written");
    let layers = Layers::new()
        .file(None, data.path())
        .expect("a file")
        .environment(variables(&[
            ("AQUATINT_RATE_LIMIT", "20"),
            ("AQUATINT_MAX_BATCH", "30"),
            ("AQUATINT_HOSTS", "b.example, c.example"),
            ("AQUATINT_INSECURE", "on"),
            ("AQUATINT_DATA", "/elsewhere"),
            ("PORT", "9"),
        ]))
        .expect("variables")
        .flag("max_batch", Some(33))
        .flag("max_steps", None::<i64>);
    let config = layers.config().expect("a configuration");
    assert_eq!(
        (config.port, config.rate_limit, config.max_batch),
        (1, 20, 33)
    );
    assert_eq!(config.hosts, ["b.example", "c.example"]);
    assert!(config.insecure);
    let shown = layers.show().expect("shown");
    let origin = |key: &str| {
        let row = shown.iter().find(|row| row.0 == key).expect(key);
        row.2.to_string()
    };
    assert_eq!(origin("max_batch"), "--max-batch");
    assert_eq!(origin("rate_limit"), "AQUATINT_RATE_LIMIT");
    assert!(origin("port").ends_with(FILE));
    assert_eq!(origin("max_steps"), "default");
}

#[test]
fn what_is_wrong_is_named_with_where_it_came_from() {
    let data = tempfile::tempdir().expect("a folder");
    let of_file = |text: &str| {
        std::fs::write(data.path().join(FILE), text).expect("written");
        Layers::new()
            .file(None, data.path())
            .and_then(|layers| layers.config())
            .expect_err(text)
            .to_string()
    };
    assert!(of_file("prot = 1").ends_with("unknown setting `prot` (did you mean `port`?)"));
    assert!(of_file("port = 70000").contains("setting `port`"));
    assert!(of_file("port = ").contains(FILE));
    assert!(of_file("tls_cert = 'a.pem'").contains("expected both or neither"));
    assert!(of_file("timeout = -1.0").contains("setting `timeout` is -1"));
    assert!(of_file("origins = ['example.org']").contains("origins such as"));
    assert!(of_file("origins = ['https://example.org/']").contains("origins such as"));
    let error = Layers::new()
        .environment(variables(&[("AQUATINT_PORT", "no")]))
        .and_then(|layers| layers.config())
        .expect_err("no number")
        .to_string();
    assert!(
        error.starts_with("setting `port` (AQUATINT_PORT): "),
        "{error}"
    );
    let error = Layers::new()
        .file(Some(&data.path().join("missing.toml")), data.path())
        .expect_err("named and not there")
        .to_string();
    assert!(error.starts_with("cannot read"), "{error}");
}
