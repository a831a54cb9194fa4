use super::*;

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn read(text: &str) -> Locator {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn files_are_files() {
    for path in [
        "grain.wasm",
        "./a b/grain.wasm",
        "/x/y.wasm",
        "..",
        "C:\\plugins\\grain.wasm",
    ] {
        assert_eq!(read(path), Locator::File(PathBuf::from(path)));
    }
    assert_eq!(
        read("file:///x/y.wasm"),
        Locator::File(PathBuf::from("/x/y.wasm"))
    );
}

#[test]
fn a_download_has_a_digest() {
    let url = format!("https://example.org:8443/a/grain.wasm?v=1#sha256={HEX}");
    let Locator::Url {
        url: read_url,
        digest,
    } = read(&url)
    else {
        panic!("a url")
    };
    assert_eq!(read_url, "https://example.org:8443/a/grain.wasm?v=1");
    assert_eq!(digest, Digest::of(b""));
    for host in [
        "localhost",
        "LOCALHOST:8000",
        "127.0.0.1:8000",
        "[::1]",
        "[::1]:8000",
    ] {
        read(&format!("http://{host}/x#sha256={HEX}"));
    }
    for host in [
        "example.org",
        "localhost.example.org",
        "127.0.0.2",
        "0.0.0.0",
        "[::2]",
        "192.168.1.1",
        "127.1",
    ] {
        let error = format!("http://{host}/x#sha256={HEX}").parse::<Locator>();
        let message = error.expect_err(host).to_string();
        assert!(
            message.contains("http is for this machine only"),
            "{message}"
        );
    }
}

#[test]
fn a_registry_has_repositories_tags_and_digests() {
    let table = [
        (
            "oci://ghcr.io/acme/film-grain:1.2.0",
            "ghcr.io",
            "acme/film-grain",
            Some("1.2.0"),
            false,
        ),
        ("oci://localhost:5000/x", "localhost:5000", "x", None, false),
        ("oci://[::1]:5000/x:y", "[::1]:5000", "x", Some("y"), false),
        (
            &format!("oci://r.io/a__b/c.d@sha256:{HEX}"),
            "r.io",
            "a__b/c.d",
            None,
            true,
        ),
        (
            &format!("oci://r.io/a/b:1@sha256:{HEX}"),
            "r.io",
            "a/b",
            Some("1"),
            true,
        ),
    ];
    for (text, authority, repository, tag, pinned) in table {
        let Locator::Oci(oci) = read(text) else {
            panic!("{text}")
        };
        assert_eq!(oci.registry.authority, authority, "{text}");
        assert_eq!(oci.repository, repository, "{text}");
        assert_eq!(oci.tag.as_deref(), tag, "{text}");
        assert_eq!(oci.digest.is_some(), pinned, "{text}");
        assert_eq!(oci.registry.loopback, !authority.ends_with(".io"), "{text}");
    }
}

#[test]
fn an_index_has_ids_and_requirements() {
    let Locator::Index { id, requirement } = read("index:acme.film-grain@^1.2") else {
        panic!("an index")
    };
    assert_eq!(id.as_str(), "acme.film-grain");
    assert!(requirement.matches(&semver::Version::new(1, 9, 0)));
    assert!(
        matches!(read("index:film-grain"), Locator::Index { requirement, .. } if requirement == VersionReq::STAR)
    );
}

#[test]
fn what_is_written_reads_back() {
    for text in [
        "grain.wasm",
        "index:film-grain",
        "index:film-grain@^1.2",
        "oci://ghcr.io/acme/film-grain:1.2.0",
        &format!("oci://ghcr.io/acme/film-grain:1.2.0@sha256:{HEX}"),
        &format!("https://example.org/x.wasm#sha256={HEX}"),
    ] {
        assert_eq!(read(text).to_string(), text);
    }
    let odd = Locator::File(PathBuf::from("index:x"));
    assert_eq!(read(&odd.to_string()), odd);
}

#[test]
fn a_mistake_is_named() {
    for (text, expected) in [
        ("", "expected a file, https://, oci:// or index:"),
        (
            "https://example.org/x.wasm",
            "expected `#sha256=` and the digest",
        ),
        (
            "https://example.org/x.wasm#sha256=12",
            "after `#` is `sha256=12`, expected `sha256=` and 64",
        ),
        (
            &format!("https://example.org/x#md5={HEX}"),
            "expected `sha256=` and 64",
        ),
        (
            &format!("https://me:pw@example.org/x#sha256={HEX}"),
            "expected no user name",
        ),
        (
            &format!("https://exa mple.org/x#sha256={HEX}"),
            "without blanks",
        ),
        (
            &format!("https://example.org\\@e.org/x#sha256={HEX}"),
            "backslashes",
        ),
        (
            &format!("https://example.org:0/x#sha256={HEX}"),
            "port is `0`, expected 1 to 65535",
        ),
        (&format!("https:///x#sha256={HEX}"), "host is ``"),
        (
            &format!("https://[::g]/x#sha256={HEX}"),
            "expected an IPv6 address in brackets",
        ),
        (
            &format!("https://[::1]x/x#sha256={HEX}"),
            "expected `:PORT` after it",
        ),
        (
            "htps://example.org/x",
            "unknown scheme `htps` (did you mean `https`?)",
        ),
        (
            "github://acme/x",
            "unknown scheme `github`, expected a file, https://, oci:// or index:",
        ),
        ("oci:ghcr.io/x", "expected `oci://`"),
        ("oci://ghcr.io", "expected oci://HOST/REPOSITORY"),
        (
            "oci://ghcr.io/",
            "repository is ``, expected lower-case names",
        ),
        ("oci://ghcr.io/Acme/x", "repository is `Acme/x`"),
        ("oci://ghcr.io/acme//x", "repository is `acme//x`"),
        ("oci://ghcr.io/acme/../x", "repository is `acme/../x`"),
        ("oci://ghcr.io/a___b", "repository is `a___b`"),
        ("oci://ghcr.io/x:", "tag is ``, expected one such as 1.2.0"),
        ("oci://ghcr.io/x:a/b", "tag is `a/b`"),
        ("oci://ghcr.io/x@sha256:12", "digest is `sha256:12`"),
        ("oci://me@ghcr.io/x", "expected no user name"),
        ("index:", "plugin id is ``"),
        ("index:Film", "plugin id is `Film`"),
        (
            "index:film-grain@new",
            "version is `new`, expected a requirement such as ^1.2",
        ),
        ("file://", "expected a path after file://"),
    ] {
        let message = text.parse::<Locator>().expect_err(text).to_string();
        assert!(
            message.contains(expected),
            "{message}\nexpected: {expected}"
        );
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_understood_reads_back(text in "(oci://|index:|https://|file://|)[a-z0-9:/@.#=^-]{0,40}") {
        if let Ok(locator) = text.parse::<Locator>() {
            proptest::prop_assert_eq!(locator.to_string().parse::<Locator>(), Ok(locator));
        }
    }
}
