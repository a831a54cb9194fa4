//! Against a real registry (`docker-registry` as Debian has it, or `registry`) and the real `wkg`, where they are
//! installed or named by `AQUATINT_TEST_REGISTRY` and `AQUATINT_TEST_WKG`.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;

use super::*;
use crate::install::oci::Pushed;
use crate::locator::Oci;

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
    _folder: TempDir,
}

impl Registry {
    /// `None`, and a word about it, if there is no such program.
    fn start() -> Option<Self> {
        let Some(program) = program("AQUATINT_TEST_REGISTRY", &["docker-registry", "registry"])
        else {
            eprintln!("skipped: no docker-registry is installed");
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
            _folder: folder,
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
