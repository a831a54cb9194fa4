//! What a plugin keeps from one call to the next: one file a plugin, written whole, when a call returns well.
//!
//! Two calls at once see what was there when each first looked. Both are kept; of two writes to one key the later call
//! to end wins.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::problem::Problem;

const MAGIC: &[u8; 8] = b"aquakv01";
const SUM: usize = 32;
/// Keys that a plugin may have.
pub(crate) const MOST_KEYS: usize = 10_000;
const LONGEST_KEY: usize = 128;

type Entries = BTreeMap<String, Vec<u8>>;

/// One plugin's keys and values during one call.
pub(crate) struct Shelf {
    path: PathBuf,
    quota: u64,
    entries: Option<Entries>,
    changes: BTreeMap<String, Option<Vec<u8>>>,
}

impl Shelf {
    /// The one at `path`, which need not exist.
    pub(crate) fn at(path: PathBuf, quota: u64) -> Self {
        Self {
            path,
            quota,
            entries: None,
            changes: BTreeMap::new(),
        }
    }

    pub(crate) fn quota(&self) -> u64 {
        self.quota
    }

    fn entries(&mut self) -> Result<&mut Entries, Problem> {
        if self.entries.is_none() {
            self.entries = Some(read(&self.path).map_err(|error| failed(&error))?);
        }
        Ok(self.entries.get_or_insert_default())
    }

    pub(crate) fn get(&mut self, key: &str) -> Result<Option<&[u8]>, Problem> {
        check_key(key)?;
        Ok(self.entries()?.get(key).map(Vec::as_slice))
    }

    pub(crate) fn set(&mut self, key: &str, value: Vec<u8>) -> Result<(), Problem> {
        check_key(key)?;
        let quota = self.quota;
        let entries = self.entries()?;
        let before = entries.get(key).map_or(0, |old| size(key, old));
        let used = used(entries) - before + size(key, &value);
        check_room(used, quota)?;
        if before == 0 && entries.len() >= MOST_KEYS {
            return Err(Problem::Exhausted(format!(
                "{MOST_KEYS} keys are kept already, which is all there may be"
            )));
        }
        entries.insert(key.to_owned(), value.clone());
        self.changes.insert(key.to_owned(), Some(value));
        Ok(())
    }

    pub(crate) fn remove(&mut self, key: &str) -> Result<bool, Problem> {
        check_key(key)?;
        let was_there = self.entries()?.remove(key).is_some();
        if was_there {
            self.changes.insert(key.to_owned(), None);
        }
        Ok(was_there)
    }

    /// Up to `most` keys that begin with `prefix`, the first of them after `after`.
    pub(crate) fn keys(&mut self, prefix: &str, after: Option<&str>, most: usize) -> Vec<String> {
        let Ok(entries) = self.entries() else {
            return Vec::new();
        };
        entries
            .keys()
            .filter(|key| key.starts_with(prefix) && after.is_none_or(|after| key.as_str() > after))
            .take(most)
            .cloned()
            .collect()
    }

    pub(crate) fn used(&mut self) -> u64 {
        self.entries().map_or(0, |entries| used(entries))
    }

    /// Writes what changed, if anything did.
    pub(crate) fn commit(self) -> Result<(), Problem> {
        if self.changes.is_empty() {
            return Ok(());
        }
        let write = || -> io::Result<Result<(), Problem>> {
            let folder = self.path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder)?;
            // Other calls, and other processes, read and write the same file.
            let lock = File::create(self.path.with_extension("lock"))?;
            lock.lock()?;
            let mut entries = read(&self.path)?;
            for (key, value) in self.changes {
                match value {
                    Some(value) => entries.insert(key, value),
                    None => entries.remove(&key),
                };
            }
            if let Err(problem) = check_room(used(&entries), self.quota) {
                return Ok(Err(problem));
            }
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&encode(&entries))?;
            file.persist(&self.path).map_err(|error| error.error)?;
            Ok(Ok(()))
        };
        write().unwrap_or_else(|error| Err(failed(&error)))
    }
}

fn failed(error: &io::Error) -> Problem {
    // Not the path: where the host keeps things is none of a plugin's business.
    Problem::Failed(format!("the store cannot be used: {}", error.kind()))
}

fn check_key(key: &str) -> Result<(), Problem> {
    let fits = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
    };
    if !key.is_empty() && key.len() <= LONGEST_KEY && !key.starts_with('.') && key.bytes().all(fits)
    {
        return Ok(());
    }
    Err(Problem::InvalidInput(format!(
        "key `{}`: expected 1 to {LONGEST_KEY} characters of a-z, 0-9, `.`, `_` and `-`, the first no dot",
        crate::names::shown(key)
    )))
}

fn size(key: &str, value: &[u8]) -> u64 {
    (key.len() + value.len()) as u64
}

fn used(entries: &Entries) -> u64 {
    entries.iter().map(|(key, value)| size(key, value)).sum()
}

fn check_room(used: u64, quota: u64) -> Result<(), Problem> {
    if used > quota {
        return Err(Problem::Exhausted(format!(
            "{used} bytes would be kept, the quota is {}",
            crate::units::Bytes(quota)
        )));
    }
    Ok(())
}

fn encode(entries: &Entries) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for (key, value) in entries {
        for part in [key.as_bytes(), value] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
    }
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

fn read(path: &Path) -> io::Result<Entries> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Entries::new()),
        Err(error) => return Err(error),
    };
    decode(&bytes).ok_or_else(|| {
        tracing::warn!(path = %path.display(), "the store of a plugin is damaged");
        io::ErrorKind::InvalidData.into()
    })
}

fn decode(bytes: &[u8]) -> Option<Entries> {
    let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(SUM)?)?;
    if sum != &Sha256::digest(content)[..] {
        return None;
    }
    let mut rest = content.strip_prefix(MAGIC)?;
    let mut entries = Entries::new();
    while !rest.is_empty() {
        let key = take(&mut rest)?;
        let value = take(&mut rest)?;
        entries.insert(String::from_utf8(key.to_vec()).ok()?, value.to_vec());
    }
    Some(entries)
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (part, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(folder: &tempfile::TempDir) -> Shelf {
        Shelf::at(folder.path().join("store").join("tiny.store"), 100)
    }

    #[test]
    fn what_is_not_committed_is_not_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = shelf(&folder);
        first.set("a", vec![1, 2]).expect("set");
        assert_eq!(first.get("a").expect("read"), Some(&[1, 2][..]));
        drop(first);
        let mut second = shelf(&folder);
        assert_eq!(second.get("a").expect("read"), None);
        second.set("a", vec![3]).expect("set");
        second.set("b.c-d_0", Vec::new()).expect("set");
        second.commit().expect("written");
        let mut third = shelf(&folder);
        assert_eq!(third.get("a").expect("read"), Some(&[3][..]));
        assert_eq!(third.keys("", None, 10), ["a", "b.c-d_0"]);
        assert_eq!(third.keys("b", None, 10), ["b.c-d_0"]);
        assert_eq!(third.keys("", Some("a"), 10), ["b.c-d_0"]);
        assert_eq!(third.used(), 9);
        assert!(third.remove("a").expect("removed"));
        assert!(!third.remove("a").expect("not there"));
        third.commit().expect("written");
        assert_eq!(shelf(&folder).keys("", None, 10), ["b.c-d_0"]);
    }

    #[test]
    fn two_calls_at_once_keep_both_their_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut one, mut two) = (shelf(&folder), shelf(&folder));
        one.set("one", vec![1]).expect("set");
        two.set("two", vec![2]).expect("set");
        one.commit().expect("written");
        two.commit().expect("written");
        assert_eq!(shelf(&folder).keys("", None, 10), ["one", "two"]);
    }

    #[test]
    fn quota_and_keys_are_bounded() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut shelf = shelf(&folder);
        shelf.set("k", vec![0; 99]).expect("exactly the quota");
        assert!(matches!(
            shelf.set("l", Vec::new()),
            Err(Problem::Exhausted(_))
        ));
        shelf
            .set("k", vec![0; 98])
            .expect("what is replaced counts no more");
        for bad in [
            "",
            ".",
            ".a",
            "A",
            "../../x",
            "a/b",
            "nul\0",
            "ä",
            &"k".repeat(129),
        ] {
            assert!(
                matches!(shelf.get(bad), Err(Problem::InvalidInput(_))),
                "{bad:?}"
            );
        }
        let mut many = Shelf::at(folder.path().join("many"), u64::MAX);
        for key in 0..MOST_KEYS {
            many.set(&key.to_string(), Vec::new()).expect("room");
        }
        assert!(matches!(
            many.set("one-more", Vec::new()),
            Err(Problem::Exhausted(_))
        ));
    }

    #[test]
    fn a_damaged_file_is_an_error_and_no_loss() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = shelf(&folder);
        first.set("a", vec![1]).expect("set");
        let path = first.path.clone();
        first.commit().expect("written");
        let mut bytes = fs::read(&path).expect("there");
        bytes[9] ^= 1;
        fs::write(&path, &bytes).expect("written");
        let mut damaged = shelf(&folder);
        assert!(matches!(damaged.get("a"), Err(Problem::Failed(_))));
        assert!(damaged.set("b", Vec::new()).is_err());
        assert_eq!(fs::read(&path).expect("there"), bytes);
    }
}
