//! Small files of ours that several processes read and change: written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Serialize, de::DeserializeOwned};

/// Far above what such a file holds; what is larger is not ours.
const LARGEST: u64 = 16 << 20;

/// Why a file of ours cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The system said no.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// `read`, `write` or `lock`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not as it was written.
    #[error("{}: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and what.
        reason: String,
    },
}

impl DocumentError {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}

/// Reads a TOML file. One that is not there is as good as an empty one.
///
/// # Errors
/// It cannot be read, or is not what is expected.
pub fn read<T: DeserializeOwned + Default>(path: &Path) -> Result<T, DocumentError> {
    let damaged = |reason| DocumentError::Damaged {
        path: path.to_owned(),
        reason,
    };
    let length = match fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
        Err(error) => return Err(DocumentError::io("read", path)(error)),
    };
    if length > LARGEST {
        return Err(damaged(format!(
            "has {length} bytes, expected at most {LARGEST}"
        )));
    }
    let text = fs::read_to_string(path).map_err(DocumentError::io("read", path))?;
    toml::from_str(&text).map_err(|error| damaged(toml_message(&text, &error)))
}

/// Replaces a TOML file: whoever reads sees the old one or the new one, also after a crash.
pub(crate) fn write<T: Serialize>(path: &Path, head: &str, value: &T) -> Result<(), DocumentError> {
    let text = toml::to_string(value).map_err(|error| DocumentError::Damaged {
        path: path.to_owned(),
        reason: format!("cannot be written as TOML: {error}"),
    })?;
    replace(path, format!("{head}\n{text}").as_bytes(), Readers::Maker)
        .map_err(DocumentError::io("write", path))
}

/// Who may read a file, where the system knows such a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its maker alone, as temporary files are.
    Maker,
    /// Whoever may read the folder.
    Everyone,
}

/// Replaces a file: whoever reads sees the old one or the new one, also after a crash. Its folder is made where it is
/// missing.
///
/// # Errors
/// The system says no.
pub fn replace(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    #[cfg(unix)]
    if readers == Readers::Everyone {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    #[cfg(not(unix))]
    let _ = readers;
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The new name is only sure to survive a power cut once the folder is on disk too. Windows has no such thing.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Reads, changes and replaces a TOML file while no other process does the same. Nothing is written if `change` fails.
/// `head` is what it begins with, a comment.
///
/// # Errors
/// Those of `change`; it cannot be read, locked or written.
pub fn update<T, R, E>(
    path: &Path,
    head: &str,
    change: impl FnOnce(&mut T) -> Result<R, E>,
) -> Result<R, E>
where
    T: Serialize + DeserializeOwned + Default,
    E: From<DocumentError>,
{
    let _lock = Lock::take(path)?;
    let mut value = read(path)?;
    let result = change(&mut value)?;
    write(path, head, &value)?;
    Ok(result)
}

/// Held while a file is changed. A file beside it is locked, since the file itself is replaced. Dropping unlocks; so does
/// the end of the process, however it ends.
struct Lock(#[expect(dead_code, reason = "open means locked")] File);

impl Lock {
    fn take(path: &Path) -> Result<Self, DocumentError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        let path = path.with_file_name(name);
        let lock = || {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let file = File::options()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)?;
            file.lock()?;
            Ok(Self(file))
        };
        lock().map_err(DocumentError::io("lock", &path))
    }
}

/// What is wrong with a TOML text, in one line.
pub(crate) fn toml_message(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().trim().replace('\n', ", ");
    match error.span() {
        Some(span) => {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            format!("line {line}: {message}")
        }
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    type Numbers = BTreeMap<String, u32>;

    #[test]
    fn a_file_that_is_not_there_is_empty() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new/numbers.toml");
        assert!(read::<Numbers>(&path).expect("empty").is_empty());
        write(&path, "# Numbers.", &Numbers::from([("a".to_owned(), 1)])).expect("written");
        let text = fs::read_to_string(&path).expect("a file");
        assert_eq!(text, "# Numbers.\na = 1\n");
        assert_eq!(read::<Numbers>(&path).expect("read")["a"], 1);
    }

    #[test]
    fn a_change_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("numbers.toml");
        let change = |numbers: &mut Numbers| {
            numbers.insert("a".to_owned(), 1);
            Ok::<_, DocumentError>(())
        };
        update(&path, "", change).expect("changed");
        let failed = update(&path, "", |numbers: &mut Numbers| {
            numbers.clear();
            Err::<(), _>(DocumentError::Damaged {
                path: path.clone(),
                reason: "no".to_owned(),
            })
        });
        assert!(failed.is_err());
        assert_eq!(read::<Numbers>(&path).expect("read").len(), 1);
        let names: Vec<_> = fs::read_dir(folder.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        assert_eq!(names.len(), 2, "the file and its lock: {names:?}");
    }

    #[test]
    fn changes_from_many_threads_are_all_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("numbers.toml");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        update(&path, "", |numbers: &mut Numbers| {
                            *numbers.entry("a".to_owned()).or_default() += 1;
                            Ok::<_, DocumentError>(())
                        })
                        .expect("changed");
                    }
                });
            }
        });
        assert_eq!(read::<Numbers>(&path).expect("read")["a"], 20);
    }

    #[test]
    fn a_damaged_file_says_where() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("numbers.toml");
        fs::write(&path, "a = 1\nb = 'x'\n").expect("written");
        let message = read::<Numbers>(&path).expect_err("a text").to_string();
        assert!(message.contains("numbers.toml: line 2: "), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }
}
