//! How many threads one operation is spread over.

use std::{collections::BTreeSet, path::Path, thread};

/// One thread a physical core: matrix products do not gain from the second hardware thread of a core. No more than the
/// process may use, which in a container can be fewer than the machine has.
pub(super) fn default_count() -> usize {
    let allowed = thread::available_parallelism().map_or(1, usize::from);
    physical_cores(Path::new("/"))
        .map_or(allowed, |cores| cores.min(allowed))
        .max(1)
}

/// The physical cores this process may run on, as Linux tells it; `None` elsewhere. (Apple's cores have one hardware
/// thread each, so there the number of logical ones is right.)
fn physical_cores(root: &Path) -> Option<usize> {
    let status = std::fs::read_to_string(root.join("proc/self/status")).ok()?;
    let allowed = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let mut cores = BTreeSet::new();
    for cpu in parse_list(allowed)? {
        // The hardware threads of one core have the same list of siblings.
        let siblings = format!("sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list");
        cores.insert(std::fs::read_to_string(root.join(siblings)).ok()?);
    }
    Some(cores.len())
}

/// The kernel's notation for a set of numbers: `0-3,8,10-11`.
fn parse_list(list: &str) -> Option<Vec<usize>> {
    let mut numbers = Vec::new();
    for part in list.trim().split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        numbers.extend(first.parse().ok()?..=last.parse::<usize>().ok()?);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn lists_of_cpus_are_read() {
        assert_eq!(
            parse_list("\t0-3,8,10-11\n"),
            Some(vec![0, 1, 2, 3, 8, 10, 11])
        );
        assert_eq!(parse_list("x"), None);
    }

    #[test]
    fn hardware_threads_of_a_core_count_once() {
        let root = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(root.path().join("proc/self")).expect("a folder");
        // Four cores of two threads (n and n+4), of which the process may use six threads on three cores.
        fs::write(
            root.path().join("proc/self/status"),
            "Name:\tx\nCpus_allowed_list:\t0-2,4-6\n",
        )
        .expect("written");
        for cpu in 0..8 {
            let folder = root
                .path()
                .join(format!("sys/devices/system/cpu/cpu{cpu}/topology"));
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(
                folder.join("thread_siblings_list"),
                format!("{},{}\n", cpu % 4, cpu % 4 + 4),
            )
            .expect("written");
        }
        assert_eq!(physical_cores(root.path()), Some(3));
        assert_eq!(physical_cores(Path::new("/no/such/root")), None);
        assert!(default_count() >= 1);
    }
}
