mod blobs;
mod downloads;
mod files;
mod indexes;
mod real;
mod recorded;
mod registries;
mod server;
mod signatures;
mod updates;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::http::Patience;
use super::*;
use crate::digest::Digest;
use crate::locator::Locator;
use crate::manifest::{Manifest, PluginId};
use crate::permissions::PermissionSet;
use crate::prescan::Bounds;
use crate::section::write_manifest;

/// The most bytes of a plugin in these tests.
const MOST: usize = 256 * 1024;

/// A data folder, and an installer for it that loses patience soon.
struct Place {
    folder: TempDir,
    installer: Installer,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let installer = installer(&folder.path().join("data"));
        Self { folder, installer }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file outside of the data folder.
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        path
    }

    fn prepare(&self, source: &str) -> Result<Proposal, InstallError> {
        let locator: Locator = source.parse().expect(source);
        self.installer
            .prepare(&locator, &Options::default(), &mut |_| ())
    }

    /// Installs and grants all that is asked for.
    fn install(&self, source: &str) -> Result<Outcome, InstallError> {
        let proposal = self.prepare(source)?;
        let all = Consent::Given(proposal.pin.permissions.clone());
        self.installer.commit(proposal, all)
    }

    fn install_file(&self, name: &str, bytes: &[u8]) -> Result<Outcome, InstallError> {
        let path = self.file(name, bytes);
        self.install(&path.to_string_lossy())
    }

    fn update(&self, id: &str, options: &Options) -> Result<Update, InstallError> {
        self.installer
            .look_for_update(&self::id(id), None, options, &mut |_| ())
    }

    /// What is in the plugin's file.
    fn loaded(&self, id: &str) -> Option<Vec<u8>> {
        fs::read(self.installer.folders().plugin(&self::id(id))).ok()
    }

    fn entry(&self, id: &str) -> crate::lock::Entry {
        let lock = self.installer.folders().lock().read().expect("a lock");
        lock.get(&self::id(id)).expect("installed").clone()
    }

    /// Every file in the data folder but those that are only locked.
    fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.data()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                let locked = path.ends_with("locks") || path.extension() == Some("lock".as_ref());
                if path.is_dir() && !locked {
                    folders.push(path);
                } else if !locked || path.ends_with("plugins.lock") {
                    let bytes = fs::read(&path).expect("read");
                    files.insert(path, bytes);
                }
            }
        }
        files
    }

    /// The message of a failure that must leave everything as it was.
    fn refuses(&self, source: &str) -> String {
        let before = self.snapshot();
        let error = self.install(source).expect_err(source).to_string();
        assert_eq!(self.snapshot(), before, "changed by a failure: {error}");
        assert!(!error.contains('\n'), "{error}");
        error
    }
}

fn installer(data: &Path) -> Installer {
    let patience = Patience {
        connect: Duration::from_secs(5),
        stall: Duration::from_secs(1),
        slowest: 1024,
    };
    let bounds = Bounds {
        bytes: MOST,
        ..Bounds::default()
    };
    Installer::with(data, patience, bounds).expect("an installer")
}

fn id(text: &str) -> PluginId {
    text.parse().expect("an id")
}

fn set(lines: &[&str]) -> PermissionSet {
    lines
        .iter()
        .map(|line| line.parse().expect("a permission"))
        .collect()
}

/// `acme.lut` of a version, which asks for `store`, `net` or `clock`.
fn plugin(version: &str, asks: &[&str]) -> Vec<u8> {
    named("acme.lut", version, asks)
}

fn named(id: &str, version: &str, asks: &[&str]) -> Vec<u8> {
    let mut imports = String::new();
    let mut permissions = String::new();
    for ask in asks {
        let (import, permission) = match *ask {
            "store" => (
                "aquatint:plugin/store@0.1.0",
                "store = { quota = '1MiB', reason = 'Keeps tables' }",
            ),
            "net" => (
                "aquatint:plugin/fetch@0.1.0",
                "net = [{ host = 'a.org', reason = 'Gets tables' }]",
            ),
            "clock" => ("wasi:clocks/wall-clock@0.2.3", "clock = { reason = 'x' }"),
            other => panic!("no such permission: {other}"),
        };
        imports += &format!("(import \"{import}\" (instance))");
        permissions += permission;
        permissions.push('\n');
    }
    let component = wat::parse_str(format!(
        r#"(component {imports}
            (instance $empty)
            (export "aquatint:plugin/info@0.1.0" (instance $empty))
            (export "aquatint:plugin/post-process@0.1.0" (instance $empty)))"#
    ))
    .expect("WAT");
    let manifest = Manifest::from_toml(&format!(
        "id = '{id}'\nname = 'Tables'\nversion = '{version}'\napi = '0.1'\ndescription = 'Looks things up'\n\
         license = 'MIT'\nauthors = ['Ada']\nrepository = 'https://example.org/lut'\nhooks = ['post-process']\n\
         [permissions]\n{permissions}"
    ))
    .expect("a manifest");
    write_manifest(&component, &manifest).expect("a plugin")
}
