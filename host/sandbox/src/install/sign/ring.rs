use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::key::{PublicKey, SecretKey};
use super::trust::TrustError;
use crate::names::{did_you_mean, nearest, shown};

const SECRET: &str = "aquatint-secret-key-1 ";
const LONGEST_NAME: usize = 64;

/// The user's own keys, in a folder: `NAME.key` (one line, `aquatint-secret-key-1` and 32 bytes in Base64, for the user
/// alone to read) and `NAME.pub` with the public key. There is no passphrase: whoever can read the file can sign.
#[derive(Clone, Debug)]
pub struct KeyRing {
    folder: PathBuf,
}

/// A key of the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKey {
    /// What the user calls it.
    pub name: String,
    /// The public half.
    pub key: PublicKey,
}

impl KeyRing {
    /// The keys in this folder, whether it is there yet or not.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Makes a new key.
    ///
    /// # Errors
    /// There is one of that name, the name is bad, or the file cannot be written.
    pub fn create(&self, name: &str) -> Result<NamedKey, TrustError> {
        let path = self.path(name, "key")?;
        let fail = |source| TrustError::Io {
            path: path.clone(),
            source,
        };
        fs::create_dir_all(&self.folder).map_err(fail)?;
        let secret = SecretKey::generate().map_err(fail)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let mut file = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(TrustError::KeyExists {
                    name: name.to_owned(),
                    path,
                });
            }
            result => result.map_err(fail)?,
        };
        writeln!(file, "{SECRET}{}", secret.to_base64()).map_err(fail)?;
        file.sync_all().map_err(fail)?;
        let public = secret.public();
        let path = self.path(name, "pub")?;
        fs::write(&path, format!("{public}\n")).map_err(|source| TrustError::Io {
            path: path.clone(),
            source,
        })?;
        Ok(NamedKey {
            name: name.to_owned(),
            key: public,
        })
    }

    /// A key to sign with.
    ///
    /// # Errors
    /// There is none of that name, or its file is damaged or not the user's alone.
    pub fn secret(&self, name: &str) -> Result<SecretKey, TrustError> {
        let path = self.path(name, "key")?;
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let names = self.names();
                return Err(TrustError::NoKey {
                    name: name.to_owned(),
                    nearest: did_you_mean(
                        nearest(name, names.iter().map(String::as_str)).as_deref(),
                    ),
                });
            }
            Err(source) => return Err(TrustError::Io { path, source }),
        };
        if is_shared(&path) {
            return Err(TrustError::SharedKey { path });
        }
        text.trim()
            .strip_prefix(SECRET)
            .and_then(SecretKey::from_base64)
            .ok_or(TrustError::DamagedKey { path })
    }

    /// The keys that there are, by name.
    ///
    /// # Errors
    /// One is damaged.
    pub fn list(&self) -> Result<Vec<NamedKey>, TrustError> {
        let key = |name: String| {
            let key = self.secret(&name)?.public();
            Ok(NamedKey { name, key })
        };
        self.names().into_iter().map(key).collect()
    }

    fn names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".key").map(str::to_owned))
            .filter(|name| check_name(name).is_ok())
            .collect();
        names.sort();
        names
    }

    fn path(&self, name: &str, extension: &str) -> Result<PathBuf, TrustError> {
        check_name(name)?;
        Ok(self.folder.join(format!("{name}.{extension}")))
    }
}

/// Names become file names.
pub(super) fn check_name(name: &str) -> Result<(), TrustError> {
    let good = (1..=LONGEST_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if good {
        return Ok(());
    }
    Err(TrustError::KeyName { name: shown(name) })
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600);
}

/// A user's data folder is private there already.
#[cfg(not(unix))]
fn private(_: &mut OpenOptions) {}

#[cfg(unix)]
fn is_shared(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_shared(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_found_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let ring = KeyRing::at(&folder.path().join("keys"));
        assert!(ring.list().expect("none").is_empty());
        let made = ring.create("release").expect("made");
        assert_eq!(ring.secret("release").expect("there").public(), made.key);
        assert_eq!(ring.list().expect("one"), [made]);
        assert!(matches!(
            ring.create("release"),
            Err(TrustError::KeyExists { .. })
        ));
        let error = ring.secret("relaese").expect_err("misspelt").to_string();
        assert!(error.contains("did you mean `release`?"), "{error}");
        for bad in ["", "a/b", "../x", "a.b", "ä", &"x".repeat(65)] {
            assert!(
                matches!(ring.create(bad), Err(TrustError::KeyName { .. })),
                "{bad}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_key_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let ring = KeyRing::at(folder.path());
        ring.create("mine").expect("made");
        let path = folder.path().join("mine.key");
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
        let error = ring.secret("mine").expect_err("others can read it");
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
}
