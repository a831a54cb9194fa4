use super::*;

const TOML: &str = r#"
id = "acme.film-grain"
name = "Film grain"
version = "1.2.0"
api = "0.1"
description = "Adds grain as film has it"
authors = ["Ada <ada@example.org>"]
license = "MIT"
homepage = "https://example.org/film-grain"
hooks = ["post-process", "denoise"]
on-failure = "fail"

[denoise]
every = 5

[permissions]
net = [{ host = "api.example.org", reason = "fetches the curves" }]
store = { quota = "1MiB", reason = "keeps the curves" }

[limits]
memory = "64MiB"
time = "5s"

[[settings]]
key = "amount"
type = "number"
min = 0
max = 1
default = 0.3
"#;

#[test]
fn what_an_author_wrote_is_what_is_in_the_component() {
    let manifest = Manifest::from_toml(TOML).expect("a manifest");
    assert_eq!(manifest.title(), "Film grain");
    assert_eq!(manifest.api.0, contract::VERSION);
    assert_eq!(manifest.on_failure, OnFailure::Fail);
    assert_eq!(
        manifest.permissions.set().to_string(),
        "net api.example.org, store 1MiB"
    );
    let json = manifest.to_json().expect("JSON");
    assert_eq!(Manifest::from_json(&json).expect("its own JSON"), manifest);
    assert_eq!(manifest.to_json().expect("JSON"), json, "the same bytes");
}

#[test]
fn the_least_that_is_needed_is_little() {
    let manifest = Manifest::from_toml(
        "id = 'tiny'\nversion = '0.1.0'\napi = '0.1.0'\ndescription = 'x'\nhooks = ['sweep']",
    )
    .expect("a manifest");
    assert_eq!(manifest.title(), "tiny");
    assert!(manifest.permissions.set().is_empty());
    assert_eq!(manifest.limits, Limits::default());
    assert_eq!(manifest.on_failure, OnFailure::Skip);
}

#[test]
fn a_mistake_is_named_with_its_place() {
    for (from, to, expected) in [
        ("version = \"1.2.0\"", "version = \"1.2\"", "line 4: "),
        ("license =", "licence =", "unknown field `licence`"),
        (
            "api = \"0.1\"",
            "api = \"0.2\"",
            "it needs a newer Aquatint",
        ),
        (
            "api = \"0.1\"",
            "api = \"0.0.9\"",
            "it needs to be built again",
        ),
        (
            "api = \"0.1\"",
            "api = \"new\"",
            "api is `new`, expected a version such as 0.1",
        ),
        ("\"denoise\"]", "\"denose\"]", "denose"),
        (
            "hooks = [\"post-process\", \"denoise\"]",
            "hooks = []",
            "hooks is empty",
        ),
        (
            ", \"denoise\"]",
            "]",
            "denoise is there without the hook `denoise`",
        ),
        ("every = 5", "every = 0", "denoise.every is 0"),
        ("every = 5", "phases = []", "denoise.phases is empty"),
        (
            "id = \"acme.film-grain\"",
            "id = \"Acme\"",
            "plugin id is `Acme`",
        ),
        (
            "https://example.org/film",
            "ftp://example.org/film",
            "homepage is no link, expected one",
        ),
        ("Adds grain as film has it", " ", "description is empty"),
        (
            "Adds grain as film has it",
            "Adds \\u001b[31mgrain",
            "description has invisible or control characters",
        ),
        (
            "memory = \"64MiB\"",
            "memory = \"64\"",
            "`64` is not a size",
        ),
        (
            "host = \"api.example.org\"",
            "host = \"127.0.0.1\"",
            "host is `127.0.0.1`: expected a DNS name",
        ),
        (
            "fetches the curves",
            "",
            "permissions.net: the reason is empty",
        ),
        (
            "default = 0.3",
            "default = 3",
            "setting `amount`: default is 3, expected a number from 0 to 1",
        ),
        (
            "on-failure = \"fail\"",
            "on-failure = \"retry\"",
            "unknown variant `retry`",
        ),
    ] {
        let text = TOML.replacen(from, to, 1);
        assert_ne!(text, TOML, "{from}");
        let message = Manifest::from_toml(&text).expect_err(to).to_string();
        assert!(
            message.contains(expected),
            "{message}\nexpected: {expected}"
        );
        assert!(
            message.starts_with("manifest: ") && !message.contains('\n'),
            "{message}"
        );
    }
}

#[test]
fn a_broken_or_huge_manifest_is_refused() {
    for bytes in [
        &b""[..],
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"{\"id\":",
        &[b'['; 100_000],
    ] {
        assert!(Manifest::from_json(bytes).is_err());
    }
    assert_eq!(
        Manifest::from_json(&vec![b' '; LARGEST + 1]),
        Err(InvalidManifest::TooLarge { size: LARGEST + 1 })
    );
}

#[test]
fn the_last_step_is_always_seen() {
    let denoise = Denoise {
        phases: BTreeSet::from([Phase::Step]),
        every: 5,
    };
    let seen: Vec<_> = (0..=12)
        .filter(|step| denoise.sees_step(*step, 12))
        .collect();
    assert_eq!(seen, [2, 7, 12]);
    assert!(!denoise.sees_noise());
    assert!(!denoise.sees_step(13, 12));
}
