use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use jiff::Timestamp;

use super::hosts::{Refused, check};
use super::*;
use crate::Config;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::try_from(*name).expect("a name"),
                HeaderValue::try_from(*value).expect("a value"),
            )
        })
        .collect()
}

fn new_key(name: &str, scope: Scope) -> NewKey {
    NewKey {
        name: name.to_owned(),
        scope,
        expires_at: None,
    }
}

#[test]
fn only_the_whole_key_is_one_and_no_file_has_it() {
    let data = tempfile::tempdir().expect("a folder");
    let file = KeyFile::of(data.path());
    let (key, secret) = file.add(new_key("ci", Scope::Generate)).expect("a key");
    let (_, other) = file.add(new_key("ui", Scope::Read)).expect("a key");
    let keys = Keys::open(data.path()).expect("keys");
    assert_eq!(keys.find(secret.text()), Some(key.clone()));
    assert_eq!(
        keys.find(other.text()).map(|key| key.scope),
        Some(Scope::Read)
    );
    let text = std::fs::read_to_string(data.path().join("keys.toml")).expect("a file");
    let private = secret.text().rsplit_once('_').expect("parts").1;
    assert!(!text.contains(private));
    let cut = &secret.text()[..secret.text().len() - 1];
    let swapped = format!(
        "aq_{}_{private}",
        other.text().split('_').nth(1).expect("id")
    );
    for wrong in [
        "",
        "aq_",
        cut,
        &swapped,
        &key.hash,
        "x",
        &format!("{}x", secret.text()),
    ] {
        assert_eq!(keys.find(wrong), None, "{wrong}");
    }
    assert!(matches!(
        file.add(new_key("ci", Scope::Read)),
        Err(KeyError::Taken(_))
    ));
    for bad in ["", " ", "a:b", "a\nb", &"x".repeat(65)] {
        assert!(matches!(
            file.add(new_key(bad, Scope::Read)),
            Err(KeyError::Name(_))
        ));
    }
    assert_eq!(file.revoke("ci").expect("revoked").id, key.id);
    assert!(matches!(file.revoke("ci"), Err(KeyError::NotFound(_))));
    assert_eq!(
        Keys::open(data.path()).expect("keys").find(secret.text()),
        None
    );
}

#[test]
fn keys_end_when_they_expire() {
    let at = Timestamp::from_second(1000).expect("a time");
    let data = tempfile::tempdir().expect("a folder");
    let (key, _) = KeyFile::of(data.path())
        .add(NewKey {
            expires_at: Some(at),
            ..new_key("old", Scope::Admin)
        })
        .expect("a key");
    let moment = |second| Timestamp::from_second(second).expect("a time");
    assert!(!key.is_expired(moment(999)));
    assert!(key.is_expired(at) && key.is_expired(moment(1001)));
}

#[test]
fn names_of_others_and_origins_of_others_are_refused() {
    let local = Config::default();
    let open = Config {
        host: "0.0.0.0".parse().expect("an address"),
        hosts: vec!["studio.example.org".to_owned()],
        origins: vec!["https://page.example.org".to_owned()],
        ..Config::default()
    };
    let ask = |config: &Config, pairs: &[(&str, &str)]| check(config, &headers(pairs), None, true);
    for host in ["localhost:7860", "127.0.0.1", "[::1]:7860", "LOCALHOST"] {
        assert_eq!(ask(&local, &[("host", host)]), Ok(()), "{host}");
    }
    for host in [
        "evil.example",
        "localhost.evil.example:7860",
        "10.0.0.1",
        "",
        "127.0.0.1.nip.io",
    ] {
        assert!(
            matches!(ask(&local, &[("host", host)]), Err(Refused::Host(_))),
            "{host}"
        );
    }
    assert_eq!(ask(&local, &[]), Err(Refused::NoHost));
    for host in ["10.0.0.1:80", "studio.example.org", "localhost"] {
        assert_eq!(ask(&open, &[("host", host)]), Ok(()), "{host}");
    }
    assert!(ask(&open, &[("host", "example.org")]).is_err());

    let from = |config: &Config, origin: &str| {
        ask(config, &[("host", "localhost:7860"), ("origin", origin)])
    };
    assert_eq!(from(&local, "http://localhost:7860"), Ok(()));
    for origin in [
        "http://localhost:3000",
        "http://evil.example",
        "null",
        "https://page.example.org",
    ] {
        assert!(
            matches!(from(&local, origin), Err(Refused::Origin(_))),
            "{origin}"
        );
    }
    assert_eq!(from(&open, "https://page.example.org"), Ok(()));
    let site = |site: &str| ask(&local, &[("host", "localhost"), ("sec-fetch-site", site)]);
    assert_eq!(site("same-origin"), Ok(()));
    assert_eq!(site("none"), Ok(()));
    assert_eq!(site("cross-site"), Err(Refused::CrossSite));
    assert_eq!(site("same-site"), Err(Refused::CrossSite));
}

#[test]
fn a_bucket_fills_up_again() {
    let rates = Rates::new(60);
    let start = Instant::now();
    for _ in 0..6 {
        assert_eq!(rates.take("a", 10, start), Ok(()));
    }
    let wait = rates.take("a", 10, start).expect_err("empty");
    assert!((9.9..10.1).contains(&wait.as_secs_f64()), "{wait:?}");
    assert_eq!(rates.take("b", 10, start), Ok(()));
    let later = start + Duration::from_secs(10);
    assert_eq!(rates.take("a", 10, later), Ok(()));
    assert!(rates.take("a", 1, later).is_err());
    // What costs more than there ever is costs all there is.
    let much_later = start + Duration::from_secs(1000);
    assert_eq!(rates.take("a", 10_000, much_later), Ok(()));
    assert_eq!(Rates::new(0).take("a", u32::MAX, start), Ok(()));
}

#[test]
fn what_changes_the_machine_needs_admin_and_nothing_is_forgotten() {
    use scope::needed;
    let of = |method: Method, path: &str| needed(&method, path);
    for path in [
        "/",
        "/assets/app.js",
        "/healthz",
        "/readyz",
        "/api/v1/session",
    ] {
        assert_eq!(of(Method::GET, path), None, "{path}");
    }
    for path in [
        "/api/v1/jobs",
        "/metrics",
        "/sdapi/v1/options",
        "/v1/models",
        "/api/v1/plugins",
    ] {
        assert_eq!(of(Method::GET, path), Some(Scope::Read), "{path}");
    }
    for path in [
        "/api/v1/jobs",
        "/sdapi/v1/txt2img",
        "/v1/images/generations",
        "/api/v1/queue/pause",
    ] {
        assert_eq!(of(Method::POST, path), Some(Scope::Generate), "{path}");
    }
    assert_eq!(of(Method::POST, "/api/v1/tokens"), Some(Scope::Read));
    assert_eq!(
        of(Method::DELETE, "/api/v1/pictures/1"),
        Some(Scope::Generate)
    );
    for (method, path) in [
        (Method::POST, "/api/v1/proposals"),
        (Method::DELETE, "/api/v1/plugins/x"),
        (Method::PATCH, "/api/v1/settings"),
        (Method::GET, "/api/v1/runtime/doctor"),
        (Method::POST, "/api/v1/something-new"),
    ] {
        assert_eq!(of(method, path), Some(Scope::Admin), "{path}");
    }
}

#[test]
fn a_key_is_found_wherever_clients_put_it() {
    let of = |name: &str, value: &str| credentials(&headers(&[(name, value)]));
    assert_eq!(of("authorization", "Bearer k").as_deref(), Some("k"));
    assert_eq!(
        of("authorization", "basic dXNlcjprOjE=").as_deref(),
        Some("k:1")
    );
    assert_eq!(of("authorization", "Basic !!").as_deref(), Some(""));
    assert_eq!(of("authorization", "Digest x").as_deref(), Some(""));
    assert_eq!(of("x-api-key", "k").as_deref(), Some("k"));
    assert_eq!(of("cookie", "a=b; aquatint_key=k").as_deref(), Some("k"));
    assert_eq!(of("cookie", "a=b"), None);
    assert_eq!(
        credentials(&HeaderMap::from_iter([(
            header::ACCEPT,
            HeaderValue::from_static("x")
        )])),
        None
    );
}
