use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::disk::{Disk, Entry};
use super::memory::Memory;
use super::{Budgets, Counts, Key, Stage, Value};

/// What went wrong with a store's folder.
#[derive(Debug, thiserror::Error)]
#[error("the stage cache in {}: {source}", path.display())]
pub struct StoreError {
    path: PathBuf,
    source: std::io::Error,
}

/// Results of stages.
#[derive(Debug)]
pub struct Store {
    kept: Option<Kept>,
    counts: Mutex<Counts>,
    trouble: Mutex<Option<String>>,
}

#[derive(Debug)]
struct Kept {
    memory: Mutex<Memory>,
    disk: Option<(PathBuf, Disk)>,
}

impl Store {
    /// In memory and in a folder, which is made when it is needed.
    #[must_use]
    pub fn new(folder: &Path, budgets: Budgets) -> Self {
        let disk =
            (budgets.disk.0 > 0).then(|| (folder.to_owned(), Disk::new(folder, budgets.disk.0)));
        Self::with(Some(Kept {
            memory: Mutex::new(Memory::new(budgets.memory.0)),
            disk,
        }))
    }

    /// Keeps nothing, but counts.
    #[must_use]
    pub fn off() -> Self {
        Self::with(None)
    }

    fn with(kept: Option<Kept>) -> Self {
        Self {
            kept,
            counts: Mutex::default(),
            trouble: Mutex::default(),
        }
    }

    /// Whether anything outlives the process.
    #[must_use]
    pub fn is_on_disk(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.disk.is_some())
    }

    /// How often each stage was run, so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.counts).clone()
    }

    /// Why results could not be kept, the last time that happened. A picture does not suffer from it.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        lock(&self.trouble).clone()
    }

    /// The result with a key, if there is one.
    #[must_use]
    pub fn get(&self, stage: Stage, key: Option<Key>) -> Option<Arc<Value>> {
        let (key, kept) = (key?, self.kept.as_ref()?);
        // The lock is let go of before the disk is asked.
        let held = lock(&kept.memory).get(&key);
        let found = held.or_else(|| {
            let (_, disk) = kept.disk.as_ref().filter(|_| stage.is_kept_on_disk())?;
            let value = Arc::new(disk.get(stage, &key)?);
            lock(&kept.memory).put(key, value.clone());
            Some(value)
        })?;
        lock(&self.counts).reused(stage);
        Some(found)
    }

    /// Counts that a stage was run, and keeps what it gave, if that has a key.
    pub fn put(&self, stage: Stage, key: Option<Key>, value: Value) -> Arc<Value> {
        lock(&self.counts).ran(stage);
        let value = Arc::new(value);
        if let (Some(key), Some(kept)) = (key, &self.kept) {
            if let Some((path, disk)) = &kept.disk
                && stage.is_kept_on_disk()
                && let Err(source) = disk.put(stage, &key, &value)
            {
                let path = path.clone();
                *lock(&self.trouble) = Some(StoreError { path, source }.to_string());
            }
            lock(&kept.memory).put(key, value.clone());
        }
        value
    }

    /// What is on disk, in no order.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, StoreError> {
        self.on_disk(Vec::new(), Disk::entries)
    }

    /// Removes what is on disk, of one stage or of all. Gives how many results and bytes that were.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn clear(&self, stage: Option<Stage>) -> Result<(u64, u64), StoreError> {
        self.on_disk((0, 0), |disk| disk.clear(stage))
    }

    /// Removes what is over the budget now.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn make_room(&self) -> Result<(), StoreError> {
        self.on_disk((), |disk| match disk.make_room() {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            result => result,
        })
    }

    fn on_disk<T>(
        &self,
        nothing: T,
        run: impl FnOnce(&Disk) -> std::io::Result<T>,
    ) -> Result<T, StoreError> {
        match self.kept.as_ref().and_then(|kept| kept.disk.as_ref()) {
            Some((path, disk)) => run(disk).map_err(|source| StoreError {
                path: path.clone(),
                source,
            }),
            None => Ok(nothing),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::super::KeyMaker;
    use super::*;

    fn key() -> Option<Key> {
        KeyMaker::new(Stage::Denoise).int("number", 1).finish()
    }

    #[test]
    fn memory_comes_first_then_disk_and_both_are_counted() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path(), Budgets::default());
        assert!(store.get(Stage::Denoise, key()).is_none());
        store.put(Stage::Denoise, key(), Value::Latents(vec![1.5]));
        assert!(store.get(Stage::Denoise, key()).is_some());
        let other = Store::new(folder.path(), Budgets::default());
        for _ in 0..2 {
            let found = other.get(Stage::Denoise, key()).expect("on disk");
            assert!(matches!(&*found, Value::Latents(latents) if latents == &[1.5]));
            other.clear(None).expect("cleared");
        }
        let count = |store: &Store| {
            let count = store.counts().of(Stage::Denoise);
            (count.run, count.reused)
        };
        assert_eq!((count(&store), count(&other)), ((1, 1), (0, 2)));
    }

    #[test]
    fn what_has_no_key_is_counted_and_not_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::new(folder.path(), Budgets::default());
        store.put(Stage::Denoise, None, Value::Latents(vec![1.5]));
        assert!(store.get(Stage::Denoise, None).is_none());
        assert_eq!(store.entries().expect("entries"), []);
        assert_eq!(store.counts().of(Stage::Denoise).run, 1);
    }

    #[test]
    fn a_disk_that_takes_nothing_is_told_and_nothing_is_lost() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, "").expect("written");
        let store = Store::new(&path, Budgets::default());
        store.put(Stage::Denoise, key(), Value::Latents(vec![1.5]));
        assert!(store.get(Stage::Denoise, key()).is_some());
        let trouble = store.trouble().expect("told");
        assert!(trouble.starts_with("the stage cache in "), "{trouble}");
    }
}
