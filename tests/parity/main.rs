//! The same pictures as diffusers and k-diffusion, drawn through the public command, and the same numbers from every
//! network. See README.md.

mod cases;
mod command;
mod decoders;
mod difference;
mod exported;
mod folders;
mod golden;
mod half;
mod parts;
mod picture;
mod report;
mod sessions;
mod storage;
mod tokens;

use std::path::{Path, PathBuf};

use cases::{Case, Index};
use difference::Difference;
use folders::Folders;
use report::{Report, Title};

/// Where this file lies.
fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("parity")
}

#[test]
fn diffusers() {
    let index = Index::read("pictures");
    compare(Title::Diffusers, &index, &Folders::new());
}

#[test]
fn k_diffusion() {
    let index = Index::read("kdiffusion");
    compare(Title::KDiffusion, &index, &Folders::new());
}

#[test]
fn beginnings() {
    let index = Index::read("beginnings");
    compare(Title::Beginnings, &index, &Folders::new());
}

/// What A1111 reads in prompts.
#[test]
fn wording() {
    let index = Index::read("wording");
    compare(Title::Wording, &index, &Folders::new());
}

#[test]
fn decoders() {
    let index = Index::read("decoders");
    compare(Title::Decoders, &index, &Folders::new());
}

/// Other VAEs than the checkpoints' own.
#[test]
fn vaes() {
    let index = Index::read("vaes");
    compare(Title::Vaes, &index, &Folders::new());
}

/// A base that begins, and a refiner that finishes.
#[test]
fn refining() {
    let index = Index::read("refining");
    compare(Title::Refining, &index, &Folders::new());
}

/// Draws every case of an index and holds it against its tile.
fn compare(title: Title, index: &Index, folders: &Folders) {
    let results = parallel(&index.cases, |case| {
        let model = folders.with_config(&case.checkpoint, &case.config)?;
        let ours = command::draw(case, &model)?;
        Difference::between_all(&ours, &index.tiles(case))
    });
    judge(
        title,
        index.cases.iter().map(Case::group),
        &index.cases,
        results,
    );
}

/// How weights are stored must not show: every variant draws what `sd1` draws.
#[test]
fn other_storage() {
    let index = Index::read("pictures");
    let case = index
        .cases
        .iter()
        .find(|case| case.checkpoint == "sd1" && case.cfg > 1.0)
        .expect("a guided case of sd1");
    let folders = Folders::new();
    let variants = storage::Variant::ALL;
    let results = parallel(&variants, |variant| {
        let model = variant.write(&folders.of("sd1"), &folders.scratch(variant.name()))?;
        let ours = command::draw(case, &model)?;
        Difference::between_all(&ours, &index.tiles(case))
    });
    let names = variants.iter().map(|variant| variant.name().to_owned());
    judge(Title::OtherStorage, names, &variants, results);
}

/// Writes the report, then fails with every case that misses the bar.
fn judge<T: std::fmt::Display>(
    title: Title,
    groups: impl Iterator<Item = String>,
    items: &[T],
    results: Vec<Result<Difference, String>>,
) {
    let mut report = Report::default();
    let mut failures = Vec::new();
    for ((group, item), result) in groups.zip(items).zip(results) {
        match result {
            Ok(difference) => {
                if !difference.is_within_bar() {
                    failures.push(format!("{item}: {difference}"));
                }
                report.add(group, difference);
            }
            Err(error) => failures.push(format!("{item}: {error}")),
        }
    }
    title.publish(&report.table());
    assert!(
        failures.is_empty(),
        "{title}: {} of {} miss the bar:\n{}",
        failures.len(),
        items.len(),
        failures.join("\n")
    );
}

/// Runs `work` over all items on as many threads as there are cores, and keeps the order.
fn parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let run = || {
            let mut done = Vec::new();
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(i) else { break done };
                done.push((i, work(item)));
            }
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let join = |handle: std::thread::ScopedJoinHandle<'_, _>| handle.join().expect("no panic");
        handles.into_iter().flat_map(join).collect()
    });
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, result)| result).collect()
}
