//! What the real `wkg` made of a plugin, byte for byte: `wkg/record.sh` made it, and makes it again.

use std::net::TcpStream;

use serde_json::Value;

use super::server::{Asked, Server, reply};
use super::*;

/// An artifact as it was in the registry.
#[derive(Clone, Copy)]
pub(super) struct Recorded {
    pub(super) name: &'static str,
    pub(super) component: &'static [u8],
    pub(super) config: &'static [u8],
    pub(super) manifest: &'static [u8],
}

macro_rules! recorded {
    ($name:literal) => {
        Recorded {
            name: $name,
            component: include_bytes!("wkg/everything.wasm"),
            config: include_bytes!(concat!("wkg/", $name, "/config.json")),
            manifest: include_bytes!(concat!("wkg/", $name, "/manifest.json")),
        }
    };
}

/// `wkg oci push REFERENCE FILE`.
pub(super) const PLAIN: Recorded = recorded!("plain");
/// The same with an author and annotations.
const ANNOTATED: Recorded = recorded!("annotated");
pub(super) const ALL: [Recorded; 2] = [PLAIN, ANNOTATED];

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// Everything that `wkg` writes is in ours too, and says the same; `wkg` reads no more than that.
pub(super) fn same_shape(manifest: &Value, config: &Value) {
    let keys = |value: &Value| -> Vec<String> {
        let mut keys: Vec<String> = value
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        keys.sort();
        keys
    };
    let (mut manifest, mut theirs) = (manifest.clone(), json(PLAIN.manifest));
    // Texts for people, which are ours alone.
    let annotations = manifest
        .as_object_mut()
        .and_then(|it| it.remove("annotations"));
    for (name, text) in annotations
        .expect("annotations")
        .as_object()
        .expect("an object")
    {
        assert!(name.contains('.') && text.is_string(), "{name}: {text}");
    }
    // The configs differ in when they were made, and so do their digests.
    for field in ["digest", "size"] {
        manifest["config"][field] = Value::Null;
        theirs["config"][field] = Value::Null;
    }
    assert_eq!(keys(&manifest), keys(&theirs));
    assert_eq!(manifest, theirs);

    let (mut config, mut theirs) = (config.clone(), json(PLAIN.config));
    assert_eq!(keys(&config), keys(&theirs));
    for config in [&mut config, &mut theirs] {
        let created = config["created"].take();
        let created = created.as_str().expect("a text").parse::<jiff::Timestamp>();
        assert!(created.is_ok(), "{created:?}");
    }
    assert_eq!(config, theirs);
}

#[test]
fn what_was_recorded_belongs_together() {
    for artifact in ALL {
        let manifest = json(artifact.manifest);
        for (part, bytes) in [
            (&manifest["config"], artifact.config),
            (&manifest["layers"][0], artifact.component),
        ] {
            assert_eq!(part["digest"], Digest::of(bytes).to_string());
            assert_eq!(part["size"], bytes.len());
        }
    }
    assert_eq!(json(ANNOTATED.config)["author"], "Ada");
    let annotations = &json(ANNOTATED.manifest)["annotations"];
    assert_eq!(annotations["org.opencontainers.image.version"], "1.0.0");
}

#[test]
fn what_wkg_once_pushed_is_installed() {
    for artifact in ALL {
        let server = Server::start(move |asked: &Asked, stream: &mut TcpStream| {
            let path = asked.path.strip_prefix("/v2/acme/it/").unwrap_or_default();
            let kind = [("Content-Type", "application/vnd.oci.image.manifest.v1+json")];
            if path == "manifests/1.0.0" {
                reply(stream, 200, &kind, artifact.manifest);
            } else if path == format!("blobs/{}", Digest::of(artifact.component)) {
                reply(stream, 200, &[], artifact.component);
            } else {
                reply(stream, 404, &[], b"");
            }
        });
        let place = Place::new();
        let source = format!("oci://{}/acme/it:1.0.0", server.authority());
        place.install(&source).expect("installed");
        assert_eq!(
            place.loaded("everything").as_deref(),
            Some(artifact.component)
        );
    }
}
