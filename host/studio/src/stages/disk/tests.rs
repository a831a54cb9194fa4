use super::super::{Frame, KeyMaker};
use super::*;

fn key(number: u64) -> Key {
    let maker = KeyMaker::new(Stage::Decode).int("number", number);
    maker.finish().expect("a key")
}

fn frame(number: u8) -> Value {
    Value::Pixels(Frame {
        width: 10,
        height: 100,
        pixels: vec![number; 3000],
        texts: vec![("Comment".to_owned(), "ü".to_owned())],
    })
}

fn is_frame(value: Option<&Value>, number: u8) -> bool {
    matches!((value, frame(number)), (Some(Value::Pixels(one)), Value::Pixels(other)) if *one == other)
}

#[test]
fn results_outlive_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::new(folder.path(), 1 << 20);
    assert!(disk.get(Stage::Decode, &key(1)).is_none());
    disk.put(Stage::Decode, &key(1), &frame(1))
        .expect("written");
    let other = Disk::new(folder.path(), 1 << 20);
    assert!(is_frame(other.get(Stage::Decode, &key(1)).as_ref(), 1));
    assert!(other.get(Stage::Denoise, &key(1)).is_none());
    assert_eq!(other.entries().expect("entries").len(), 1);
    assert_eq!(other.clear(Some(Stage::Denoise)).expect("cleared").0, 0);
    assert_eq!(other.clear(None).expect("cleared").0, 1);
    assert!(disk.get(Stage::Decode, &key(1)).is_none());
}

#[test]
fn what_was_cut_short_or_damaged_is_not_taken_and_goes() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::new(folder.path(), 1 << 20);
    let path = disk.path(Stage::Decode, &key(1));
    for spoil in [
        (|bytes: &mut Vec<u8>| bytes.truncate(1000)) as fn(&mut Vec<u8>),
        |bytes| bytes[1000] ^= 1,
        |bytes| bytes.truncate(10),
        |bytes| bytes.clear(),
    ] {
        disk.put(Stage::Decode, &key(1), &frame(1))
            .expect("written");
        let mut bytes = fs::read(&path).expect("read");
        spoil(&mut bytes);
        fs::write(&path, bytes).expect("written");
        assert!(disk.get(Stage::Decode, &key(1)).is_none());
        assert!(!path.exists());
    }
}

#[test]
fn what_was_used_longest_ago_makes_room() {
    let folder = tempfile::tempdir().expect("a folder");
    // Room for ten.
    let disk = Disk::new(folder.path(), 31_000);
    let age = |number: u64, minutes: u64| {
        let path = disk.path(Stage::Decode, &key(number));
        let file = OpenOptions::new().write(true).open(path).expect("open");
        let time = SystemTime::now() - Duration::from_secs(60 * minutes);
        file.set_times(FileTimes::new().set_modified(time))
            .expect("set");
    };
    for number in 0..10 {
        disk.put(Stage::Decode, &key(number), &frame(0))
            .expect("written");
        age(number, 100 - number);
    }
    assert!(disk.get(Stage::Decode, &key(0)).is_some(), "it is used");
    disk.put(Stage::Decode, &key(10), &frame(0))
        .expect("written");
    disk.make_room().expect("room");
    let kept: Vec<u64> = (0..=10)
        .filter(|number| disk.get(Stage::Decode, &key(*number)).is_some())
        .collect();
    assert_eq!(kept, [0, 3, 4, 5, 6, 7, 8, 9, 10]);
}

#[test]
fn half_written_files_of_killed_processes_go_after_a_while() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::new(folder.path(), 1 << 20);
    disk.put(Stage::Decode, &key(1), &frame(1))
        .expect("written");
    let shard = disk.path(Stage::Decode, &key(1));
    let left = shard.with_file_name(".tmpAbC");
    fs::write(&left, "x").expect("written");
    assert_eq!(disk.entries().expect("entries").len(), 1);
    assert!(left.exists(), "someone may be writing it");
    let file = OpenOptions::new().write(true).open(&left).expect("open");
    let old = SystemTime::now() - 2 * ABANDONED;
    file.set_times(FileTimes::new().set_modified(old))
        .expect("set");
    disk.make_room().expect("room");
    assert!(!left.exists());
}
