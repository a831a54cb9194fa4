use std::fs;

use super::*;
use crate::png_file;

/// A PNG of another program with this text.
fn foreign(path: &Path, parameters: Option<&str>) {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 8, 8);
    encoder.set_color(png::ColorType::Rgb);
    if let Some(text) = parameters {
        encoder
            .add_text_chunk("parameters".to_owned(), text.to_owned())
            .expect("a text");
    }
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&[0; 192]).expect("pixels");
    writer.finish().expect("a picture");
    fs::write(path, bytes).expect("written");
}

#[test]
fn a_folder_is_read_with_what_is_in_it() {
    let place = Place::new();
    let pictures = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| pictures.path().join(name);
    fs::create_dir_all(inside("deep/er")).expect("a folder");
    png_file::write(&inside("own.png"), &prompted("ours")).expect("written");
    let theirs = "theirs\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 8x8, Model: x";
    foreign(&inside("deep/er/a1111.PNG"), Some(theirs));
    foreign(&inside("plain.png"), None);
    fs::write(inside("broken.png"), "no picture").expect("written");
    fs::write(inside("words.txt"), "words").expect("written");
    let run = || {
        let mut calls = 0;
        let imported = place.history.import(pictures.path(), &mut |_| {
            calls += 1;
            true
        });
        assert_eq!(calls, 4);
        imported.expect("imported")
    };
    let imported = run();
    assert_eq!(
        (imported.added, imported.silent, imported.seen()),
        (2, 1, 4)
    );
    assert_eq!(imported.failed.len(), 1);
    assert!(
        imported.failed[0].reason.contains("is not a PNG"),
        "{imported:?}"
    );
    let again = run();
    assert_eq!((again.added, again.known), (0, 2));
    let search = Search {
        seed: Some(42),
        sampler: Some("euler_a".to_owned()),
        text: Some("blurry".to_owned()),
        ..Search::default()
    };
    let entry = place
        .history
        .search(&search)
        .expect("a page")
        .entries
        .remove(0);
    assert_eq!(
        (entry.prompt.as_str(), entry.model.as_str()),
        ("theirs", "x")
    );
    assert_eq!(
        (entry.recipe, entry.parameters.as_deref()),
        (None, Some(theirs))
    );
    assert!(entry.file.ends_with("deep/er/a1111.PNG"));
    let changed = fs::metadata(&entry.file)
        .expect("a file")
        .modified()
        .expect("a time");
    let since = entry.created_at.as_millisecond();
    assert_eq!(
        u128::try_from(since).expect("after 1970"),
        changed
            .duration_since(std::time::UNIX_EPOCH)
            .expect("after 1970")
            .as_millis()
    );
}

#[test]
fn what_was_saved_here_is_known() {
    let place = Place::new();
    place.save(&prompted("a"), None);
    let imported = place.history.import(&place.outputs().root, &mut |_| true);
    let imported = imported.expect("imported");
    assert_eq!((imported.added, imported.known), (0, 1));
}

#[test]
fn it_can_be_stopped_and_keeps_what_it_has() {
    let place = Place::new();
    let pictures = tempfile::tempdir().expect("a folder");
    for number in 0..3 {
        let path = pictures.path().join(format!("{number}.png"));
        png_file::write(&path, &prompted("a")).expect("written");
    }
    let mut calls = 0;
    let error = place.history.import(pictures.path(), &mut |_| {
        calls += 1;
        calls < 3
    });
    assert!(matches!(error, Err(HistoryError::Cancelled)));
    let page = place.history.search(&Search::default()).expect("a page");
    assert_eq!(page.entries.len(), 2);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let place = Place::new();
    let error = place.history.import(Path::new("/nowhere"), &mut |_| true);
    let error = error.expect_err("nothing").to_string();
    assert!(error.starts_with("cannot read /nowhere: "), "{error}");
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_end() {
    let place = Place::new();
    let pictures = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(pictures.path(), pictures.path().join("again")).expect("a link");
    png_file::write(&pictures.path().join("a.png"), &prompted("a")).expect("written");
    let imported = place.history.import(pictures.path(), &mut |_| true);
    assert_eq!(imported.expect("imported").added, 1);
}
