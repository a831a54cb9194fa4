use std::fs;

use super::*;
use crate::Request;
use crate::jobs::{NewJob, Queue, State};
use crate::png_file;

fn owner(place: &Place) -> Owner {
    let queue = Queue::of(place.history.database.clone());
    let job = queue
        .add(NewJob::generate(Request::default()))
        .expect("added")
        .id;
    Owner { job, index: 0 }
}

#[test]
fn a_picture_and_its_record_are_both_there() {
    let place = Place::new();
    let recipe = Recipe {
        seed: u64::MAX,
        cfg: 7.1,
        negative: "blurry".to_owned(),
        plugins: vec![recipe::Plugin {
            id: "film-grain".to_owned(),
            ..recipe::Plugin::default()
        }],
        ..recipe::tests::sample()
    };
    let drawn = picture(recipe.clone());
    let saved = place.save(&drawn, None);
    let entry = place.history.get(saved.id).expect("an entry");
    assert_eq!(entry.file, saved.file);
    assert_eq!(
        (entry.seed, entry.cfg, entry.steps),
        (Some(u64::MAX), Some(7.1), Some(20))
    );
    assert_eq!((entry.width, entry.height), (4, 2));
    assert_eq!(
        (entry.prompt.as_str(), entry.negative.as_str()),
        ("a red apple", "blurry")
    );
    assert_eq!(
        (entry.model.as_str(), entry.sampler.as_str()),
        ("starter", "dpmpp_2m")
    );
    assert_eq!(
        (entry.plugins, entry.missing),
        (vec!["film-grain".to_owned()], false)
    );
    assert_eq!(
        entry.bytes,
        fs::metadata(&saved.file).expect("a file").len()
    );
    let kept = entry.recipe.expect("a recipe").to_string();
    assert_eq!(Recipe::from_json(&kept).expect("a recipe"), recipe);
    let file = png_file::read(&saved.file).expect("a picture");
    assert_eq!(file.recipe().expect("a recipe"), Some(recipe));
    let day = saved.file.parent().and_then(|it| it.file_name());
    let today = ZonedDateTime::now().strftime("%Y-%m-%d").to_string();
    assert_eq!(day.and_then(|it| it.to_str()), Some(today.as_str()));
}

#[test]
fn the_data_folder_can_be_moved() {
    let place = Place::new();
    let id = place.save(&prompted("a"), None).id;
    let moved = place.folder.path().with_extension("moved");
    fs::rename(place.folder.path(), &moved).expect("moved");
    let entry = open(&moved).get(id).expect("an entry");
    assert!(
        entry.file.starts_with(&moved) && !entry.missing,
        "{entry:?}"
    );
    fs::rename(&moved, place.folder.path()).expect("moved back");
}

#[test]
fn a_job_that_is_begun_again_saves_nothing_twice() {
    let place = Place::new();
    let owner = owner(&place);
    let first = place.save(&prompted("a"), Some(owner));
    let again = place.save(&prompted("a"), Some(owner));
    assert_eq!((again.id, &again.file), (first.id, &first.file));
    assert_eq!((first.was_there, again.was_there), (false, true));
    let next = Owner { index: 1, ..owner };
    assert!(!place.save(&prompted("a"), Some(next)).was_there);
    assert_eq!(place.files().len(), 2);
    // Deleted in between: it is drawn, so it is written.
    fs::remove_file(&first.file).expect("deleted");
    let again = place.save(&prompted("a"), Some(owner));
    assert!(!again.was_there && again.file.exists());
    // Another picture, because a model or a plugin is another one now: both stay.
    let other = place.save(&prompted("b"), Some(owner));
    assert!(!other.was_there);
    assert_eq!(place.files().len(), 3);
    let entry = place.history.get(again.id).expect("still there");
    assert_eq!(entry.job, None);
}

#[test]
fn a_process_that_dies_between_name_and_file_leaves_nothing_wrong() {
    let place = Place::new();
    let owner = owner(&place);
    let database = &place.history.database;
    let unwrite = |id: PictureId| {
        database
            .write(|change| {
                change
                    .execute(
                        "UPDATE picture SET written = 0 WHERE id = ?1",
                        [id.number()],
                    )
                    .map_err(|error| database.error(error))
            })
            .expect("changed");
    };
    // The file had got its name.
    let first = place.save(&prompted("a"), Some(owner));
    unwrite(first.id);
    assert!(matches!(
        place.history.get(first.id),
        Err(HistoryError::NotFound { .. })
    ));
    assert!(place.save(&prompted("a"), Some(owner)).was_there);
    assert_eq!(place.history.get(first.id).expect("it counts").id, first.id);
    // It had not.
    unwrite(first.id);
    fs::remove_file(&first.file).expect("deleted");
    let again = place.save(&prompted("a"), Some(owner));
    assert!(!again.was_there);
    assert_eq!(place.files(), [again.file]);
    // Nobody begins the job again.
    let lost = place.save(&prompted("c"), None);
    let kept = place.save(&prompted("d"), None);
    unwrite(lost.id);
    unwrite(kept.id);
    fs::remove_file(&lost.file).expect("deleted");
    let search = |history: &History| {
        history
            .search(&Search::default())
            .expect("a page")
            .entries
            .len()
    };
    assert_eq!(search(&place.history), 1);
    assert_eq!(
        search(&open(place.folder.path())),
        1,
        "it may still be written"
    );
    database
        .write(|change| {
            change
                .execute("UPDATE picture SET created_at = created_at - 4000000", [])
                .map_err(|error| database.error(error))
        })
        .expect("changed");
    assert_eq!(search(&open(place.folder.path())), 2);
}

#[test]
fn a_name_that_a_record_has_is_free_once_its_file_is_gone() {
    let place = Place::new();
    let first = place.save(&prompted("a"), None);
    fs::remove_file(&first.file).expect("deleted");
    assert!(place.history.get(first.id).expect("an entry").missing);
    let second = place.save(&prompted("b"), None);
    assert_eq!(first.file, second.file);
    assert!(matches!(
        place.history.get(first.id),
        Err(HistoryError::NotFound { .. })
    ));
}

#[test]
fn eight_writers_save_what_is_theirs() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let place = &place;
            scope.spawn(move || {
                let history = open(place.folder.path());
                for number in 0..10 {
                    let drawn = prompted(&format!("{writer} {number}"));
                    let saved = save(&history, &place.outputs(), &drawn, None).expect("saved");
                    let file = png_file::read(&saved.file).expect("a picture");
                    assert_eq!(file.recipe().expect("a recipe"), Some(drawn.recipe));
                }
            });
        }
    });
    assert_eq!(place.files().len(), 80);
    let search = Search {
        limit: 1000,
        ..Search::default()
    };
    assert_eq!(
        place.history.search(&search).expect("a page").entries.len(),
        80
    );
}

#[test]
fn what_cannot_be_written_leaves_no_record() {
    let place = Place::new();
    fs::write(place.folder.path().join("outputs"), "in the way").expect("written");
    let error = save(&place.history, &place.outputs(), &prompted("a"), None);
    assert!(matches!(error, Err(HistoryError::Picture(_))), "{error:?}");
    let wrong = Picture {
        pixels: Vec::new(),
        ..prompted("a")
    };
    fs::remove_file(place.folder.path().join("outputs")).expect("removed");
    let error = save(&place.history, &place.outputs(), &wrong, None);
    assert!(error.is_err());
    let page = place.history.search(&Search::default()).expect("a page");
    assert_eq!((page.entries, place.files()), (Vec::new(), Vec::new()));
}

#[test]
fn a_file_of_a_chosen_name_is_recorded_once() {
    let place = Place::new();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let file = elsewhere.path().join("a.png");
    let owner = owner(&place);
    for prompt in ["a", "b"] {
        png_file::write(&file, &prompted(prompt)).expect("written");
        let drawn = prompted(prompt);
        place
            .history
            .record(&file, &drawn, Some(owner.job))
            .expect("recorded");
    }
    let page = place.history.search(&Search::default()).expect("a page");
    assert_eq!(page.entries.len(), 1);
    let entry = &page.entries[0];
    assert_eq!((entry.prompt.as_str(), &entry.file), ("b", &file));
    assert_eq!(entry.job, Some(owner.job));
    // A job may be forgotten, and its pictures stay.
    let queue = Queue::of(place.history.database.clone());
    queue.cancel(owner.job).expect("cancelled");
    assert_eq!(queue.clear(&[State::Cancelled]).expect("cleared"), 1);
    assert_eq!(place.history.get(entry.id).expect("an entry").job, None);
}

#[test]
fn deleting_forgets_the_record_and_the_file_where_that_is_wanted() {
    let place = Place::new();
    let [kept, deleted, gone, stuck] =
        ["a", "b", "c", "d"].map(|it| place.save(&prompted(it), None));
    let history = &place.history;
    history.delete(kept.id, Files::Keep).expect("forgotten");
    assert!(kept.file.exists());
    history.delete(deleted.id, Files::Delete).expect("deleted");
    assert!(!deleted.file.exists());
    fs::remove_file(&gone.file).expect("deleted");
    history.delete(gone.id, Files::Delete).expect("forgotten");
    fs::remove_file(&stuck.file).expect("deleted");
    fs::create_dir(&stuck.file).expect("a folder in its place");
    let error = history
        .delete(stuck.id, Files::Delete)
        .expect_err("a folder");
    assert!(error.to_string().starts_with("cannot delete "), "{error}");
    history.get(stuck.id).expect("its record is still there");
    let error = history
        .delete(kept.id, Files::Keep)
        .expect_err("gone")
        .to_string();
    assert_eq!(error, "there is no picture 1 in the history");
}
