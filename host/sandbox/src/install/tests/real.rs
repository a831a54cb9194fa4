//! Against a real registry (`docker-registry` as Debian has it, or `registry`) and the real `wkg`, where they are
//! installed or named by `AQUATINT_TEST_REGISTRY` and `AQUATINT_TEST_WKG`. A CI machine must have the registry; what
//! `wkg` does was recorded (`wkg/record.sh`), so that everybody's tests hold against it.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;

use serde_json::Value;
use ureq::http::{HeaderMap, HeaderValue, Method, header};

use super::recorded::{self, Recorded};
use super::*;
use crate::install::http::{Address, Http, Reply};
use crate::install::oci::Pushed;
use crate::locator::Oci;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A program that is named by a variable, or found.
fn program(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH")?;
    let mut found = std::env::split_paths(&path)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    found.find(|path| path.is_file())
}

struct Registry {
    child: Child,
    authority: String,
    folder: TempDir,
}

impl Registry {
    /// `None`, and a word about it, if there is no such program; on a CI machine that is a failure.
    fn start() -> Option<Self> {
        let Some(program) = program("AQUATINT_TEST_REGISTRY", &["docker-registry", "registry"])
        else {
            let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(
                !ci,
                "no docker-registry on the PATH, expected one: CI is true"
            );
            eprintln!(
                "NOT TESTED: no docker-registry on the PATH (Debian has a package of that name)"
            );
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let authority = format!("127.0.0.1:{port}");
        let config = folder.path().join("config.yml");
        let text = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {authority}\n",
            folder.path().join("data").display()
        );
        fs::write(&config, text).expect("written");
        let child = Command::new(program)
            .args(["serve".as_ref(), config.as_os_str()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let registry = Self {
            child,
            authority,
            folder,
        };
        for _ in 0..200 {
            if TcpStream::connect(&registry.authority).is_ok() {
                return Some(registry);
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the registry does not listen on {}", registry.authority)
    }

    fn place(&self, rest: &str) -> String {
        format!("oci://{}/acme/{rest}", self.authority)
    }

    fn oci(&self, rest: &str) -> Oci {
        match self.place(rest).parse().expect("a locator") {
            Locator::Oci(oci) => oci,
            other => panic!("{other}"),
        }
    }
}

impl Registry {
    fn address(&self, path: &str) -> Address {
        Address::parse(&format!("http://{}/v2/acme/{path}", self.authority)).expect("an address")
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(MANIFEST));
        let reply = http().get(&self.address(path), &headers);
        let reply = reply.and_then(Reply::success).expect(path);
        reply.read(1 << 20).expect(path)
    }

    /// Puts bytes there as they are, as any client would.
    fn put(&self, repository: &str, artifact: &Recorded, tag: &str) {
        let http = http();
        for blob in [artifact.component, artifact.config] {
            let start = self.address(&format!("{repository}/blobs/uploads/"));
            let reply = http
                .send(Method::POST, &start, &HeaderMap::new(), &b""[..])
                .expect("an answer");
            let place = start.join(reply.header(header::LOCATION).expect("a place"));
            let digest = Digest::of(blob).to_string();
            let place = place
                .expect("an address")
                .with_query(&[("digest", &digest)]);
            let reply = http.send(Method::PUT, &place, &HeaderMap::new(), blob);
            assert_eq!(reply.expect("an answer").status(), 201);
        }
        let place = self.address(&format!("{repository}/manifests/{tag}"));
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MANIFEST));
        let reply = http.send(Method::PUT, &place, &headers, artifact.manifest);
        assert_eq!(reply.expect("an answer").status(), 201);
    }

    /// Where it keeps the bytes of a blob.
    fn stored(&self, blob: &Digest) -> PathBuf {
        let hex = blob.hex();
        let blobs = self
            .folder
            .path()
            .join("data/docker/registry/v2/blobs/sha256");
        blobs.join(&hex[..2]).join(&hex).join("data")
    }
}

fn http() -> Http {
    Http::new(Patience::default()).expect("a client")
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wkg(registry: &Registry, args: &[&str]) -> bool {
    let Some(program) = program("AQUATINT_TEST_WKG", &["wkg"]) else {
        eprintln!("skipped: no wkg is installed");
        return false;
    };
    let output = Command::new(program)
        .arg("oci")
        .args(args)
        .args(["--insecure", &registry.authority])
        .output()
        .expect("it starts");
    assert!(
        output.status.success(),
        "wkg {args:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    true
}

#[test]
fn a_real_registry_takes_and_gives_plugins() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let author = Place::new();
    author.installer.keys().create("release").expect("made");
    let (one, two) = (plugin("1.0.0", &["store"]), plugin("1.1.0", &["store"]));
    let file = author.file("lut.wasm", &one);
    let publish = |file: &Path, rest: &str, key, force| {
        author
            .installer
            .publish(file, &registry.oci(rest), key, force)
    };
    let published = publish(&file, "lut", Some("release"), false).expect("published");
    assert_eq!(published.place.to_string(), registry.place("lut:1.0.0"));
    let Pushed::New(manifest) = published.pushed else {
        panic!("{published:?}")
    };
    let again = publish(&file, "lut", Some("release"), false).expect("there already");
    assert_eq!(again.pushed, Pushed::Unchanged(manifest));

    let user = Place::new();
    let proposal = user.prepare(&registry.place("lut")).expect("a plugin");
    assert_eq!(proposal.pin.manifest, Some(manifest));
    assert_eq!(
        proposal.plugin.signature.as_ref().map(|it| it.key),
        published.key
    );
    let all = Consent::Given(proposal.pin.permissions.clone());
    assert_eq!(
        user.installer.commit(proposal, all).expect("installed"),
        Outcome::Ready
    );
    assert_eq!(user.loaded("acme.lut"), Some(one.clone()));

    let file = author.file("lut-2.wasm", &two);
    let error = publish(&file, "lut:1.0.0", None, false).expect_err("another version");
    assert_eq!(
        error.to_string(),
        "tag is 1.0.0, the plugin's version is 1.1.0: expected the same, or `--force`"
    );
    publish(&file, "lut:latest", Some("release"), false).expect("published");
    let error = publish(&author.file("x.wasm", &one), "lut:latest", None, false)
        .expect_err("taken")
        .to_string();
    assert!(
        error.contains("lut:latest holds another plugin already"),
        "{error}"
    );
    publish(&file, "lut", None, false).expect("published");
    // By now the newest version is one that is not signed.
    let error = user
        .update("acme.lut", &Options::default())
        .expect_err("not signed");
    assert!(error.to_string().contains("is not signed"), "{error}");
    publish(&file, "lut", Some("release"), false).expect("signed after all");
    let Ok(Update::Found(proposal)) = user.update("acme.lut", &Options::default()) else {
        panic!("a newer version")
    };
    user.installer
        .commit(*proposal, Consent::Later)
        .expect("updated");
    assert_eq!(user.loaded("acme.lut"), Some(two.clone()));

    let changed = author.file("lut-3.wasm", &plugin("1.1.0", &["store", "net"]));
    let error = publish(&changed, "lut", Some("release"), false).expect_err("taken");
    assert!(
        error.to_string().contains("overwrite it with `--force`"),
        "{error}"
    );
    publish(&changed, "lut", Some("release"), true).expect("forced");
    let before = user.snapshot();
    let error = user
        .update("acme.lut", &Options::default())
        .expect_err("moved");
    assert!(error.to_string().contains("has moved"), "{error}");
    assert_eq!(user.snapshot(), before);
    let report = user
        .installer
        .verify(&id("acme.lut"), true, &Options::default())
        .expect("installed");
    assert_eq!(user.loaded("acme.lut"), Some(two));
    assert_eq!(report.findings.len(), 1, "{report:?}");
}

#[test]
fn a_real_registry_that_does_not_know_says_so() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let user = Place::new();
    let error = user.refuses(&registry.place("none:1.0.0"));
    assert!(error.contains("not found in the registry"), "{error}");
    let error = user.refuses(&registry.place("none"));
    assert!(error.contains("not found in the registry"), "{error}");
}

#[test]
fn a_real_registry_whose_bytes_are_damaged_is_noticed() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let place = Place::new();
    let bytes = plugin("1.0.0", &[]);
    let file = place.file("lut.wasm", &bytes);
    let published = place
        .installer
        .publish(&file, &registry.oci("lut"), None, false)
        .expect("published");
    let Pushed::New(manifest) = published.pushed else {
        panic!("{published:?}")
    };
    let mut damaged = bytes.clone();
    let last = damaged.len() - 2;
    damaged[last] ^= 1;
    let stored = registry.stored(&Digest::of(&bytes));
    fs::write(&stored, &damaged).expect("damaged");
    let error = place.refuses(&registry.place("lut:1.0.0"));
    assert!(error.contains("has the digest"), "{error}");
    // Another's digest: there is no such thing, or it is something else.
    let other = Digest::of(b"another");
    let error = place.refuses(&registry.place(&format!("lut@{other}")));
    assert!(error.contains("not found in the registry"), "{error}");
    let error = place.refuses(&registry.place(&format!("lut:1.0.0@{other}")));
    assert!(error.contains("has the digest"), "{error}");
    fs::write(&stored, &bytes).expect("mended");
    place
        .install(&registry.place(&format!("lut:1.0.0@{manifest}")))
        .expect("installed");
}

#[test]
fn what_wkg_once_pushed_is_installed_from_a_real_registry() {
    let Some(registry) = Registry::start() else {
        return;
    };
    for artifact in recorded::ALL {
        registry.put(artifact.name, &artifact, "1.0.0");
        let place = Place::new();
        let source = registry.place(&format!("{}:1.0.0", artifact.name));
        place.install(&source).expect("installed");
        assert_eq!(
            place.loaded("everything").as_deref(),
            Some(artifact.component)
        );
        let pin = place.entry("everything").current;
        assert_eq!(pin.manifest, Some(Digest::of(artifact.manifest)));
    }
}

#[test]
fn what_is_published_has_the_shape_of_what_wkg_once_pushed() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let place = Place::new();
    let theirs = recorded::PLAIN;
    let file = place.file("any-name.wasm", theirs.component);
    place
        .installer
        .publish(&file, &registry.oci("ours"), None, false)
        .expect("published");
    let manifest = registry.get("ours/manifests/1.0.0");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    let digest = manifest["config"]["digest"].as_str().expect("a digest");
    let config = registry.get(&format!("ours/blobs/{digest}"));
    assert_eq!(manifest["config"]["size"], config.len());
    recorded::same_shape(&manifest, &serde_json::from_slice(&config).expect("JSON"));
}

#[test]
fn what_wkg_pushes_is_installed_and_what_is_published_wkg_pulls() {
    let Some(registry) = Registry::start() else {
        return;
    };
    let place = Place::new();
    // Tools look into components, so these are whole ones.
    let bytes = whole("1.0.0");
    let file = place.file("whole.wasm", &bytes);
    let file = file.to_string_lossy();
    let reference = format!("{}/acme/whole:1.0.0", registry.authority);
    if !wkg(&registry, &["push", &reference, &file]) {
        return;
    }
    place
        .install(&registry.place("whole:1.0.0"))
        .expect("installed");
    assert_eq!(place.loaded("acme.whole"), Some(bytes.clone()));

    place
        .installer
        .publish(Path::new(&*file), &registry.oci("ours"), None, false)
        .expect("published");
    let out = place.folder.path().join("pulled.wasm");
    let reference = format!("{}/acme/ours:1.0.0", registry.authority);
    wkg(
        &registry,
        &["pull", &reference, "--output", &out.to_string_lossy()],
    );
    assert_eq!(fs::read(&out).expect("pulled"), bytes);
}

/// `acme.whole`, with every function that its world has.
fn whole(version: &str) -> Vec<u8> {
    use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
    use wit_parser::{ManglingAndAbi, Resolve};
    let mut resolve = Resolve::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let (package, _) = resolve.push_dir(&folder).expect("wit/ resolves");
    let world = resolve
        .select_world(&[package], Some("post-processor"))
        .expect("a world");
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("embedded");
    let component = ComponentEncoder::default()
        .module(&module)
        .expect("a module")
        .encode()
        .expect("a component");
    let manifest = Manifest::from_toml(&format!(
        "id = 'acme.whole'\nversion = '{version}'\napi = '0.1'\ndescription = 'x'\nhooks = ['post-process']"
    ))
    .expect("a manifest");
    write_manifest(&component, &manifest).expect("a plugin")
}
