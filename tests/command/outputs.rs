//! Where pictures go, and where they cannot.

use std::fs;

use aquatint_tests::checkpoint;

use crate::place::{Place, drawing};

#[track_caller]
fn refused(place: &Place, args: &[&str], code: i32, says: &[&str]) {
    place.refused(drawing(&checkpoint("sd1"), args), code, says);
}

#[test]
fn another_extension() {
    let says = [
        "cannot write apple.gif",
        "expected a name that ends in .png, .jpg, .jpeg or .webp, or a folder",
    ];
    refused(&Place::new(), &["-o", "apple.gif"], 2, &says);
}

#[test]
fn several_pictures_in_one_file() {
    let says = [
        "3 pictures do not fit in one file",
        "name a folder instead of a.png",
    ];
    refused(&Place::new(), &["-o", "a.png", "--batch", "3"], 2, &says);
}

#[test]
fn file_where_a_folder_should_be() {
    let place = Place::new();
    fs::write(place.path("taken"), "words").unwrap();
    for output in ["taken", "taken/a.png", "taken/more", "taken/"] {
        refused(&place, &["-o", output], 1, &["taken", "is not a folder"]);
    }
    assert_eq!(fs::read(place.path("taken")).unwrap(), b"words");
}

#[test]
fn folder_that_is_not_there() {
    let says = ["cannot write nowhere/a.png", "there is no folder nowhere"];
    refused(&Place::new(), &["-o", "nowhere/a.png"], 1, &says);
}

#[cfg(target_os = "linux")]
#[test]
fn folder_that_nobody_may_write_to() {
    let place = Place::new();
    for output in ["/proc/out", "/proc/a.png"] {
        refused(&place, &["-o", output], 1, &["cannot write to /proc"]);
    }
}

#[cfg(unix)]
#[test]
fn folder_that_this_user_may_not_write_to() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let folder = place.path("locked");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    if tempfile::tempfile_in(&folder).is_ok() {
        return; // This user may write everywhere.
    }
    let says = ["cannot write to locked", "ermission denied"];
    refused(&place, &["-o", "locked/a.png"], 1, &says);
    refused(&place, &["-o", "locked"], 1, &says);
    refused(&place, &["-o", "locked/more"], 1, &says);
}

#[test]
fn data_folder_that_is_a_file_harms_no_drawing() {
    let place = Place::without_runtimes();
    fs::write(place.path("taken"), "words").unwrap();
    let mut command = place.command(drawing(&checkpoint("sd1"), &[]));
    command.env("AQUATINT_DATA", place.path("taken"));
    place.refuses(&mut command, 1, &["taken"]);
}

#[test]
fn one_file() {
    let place = Place::new();
    let ran = place.draw(&checkpoint("sd1"), &["-o", "apple.PNG"]);
    assert_eq!(ran.good(), "apple.PNG\n");
    let ran = place.draw(&checkpoint("sd1"), &["-o", "apple.PNG", "--seed", "7"]);
    assert_eq!(ran.good(), "apple.PNG\n", "in place of what was there");
    assert_eq!(place.files().len(), 1);
}

#[test]
fn numbered_files() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let ran = place.draw(&model, &["-o", "new/folder.v1/", "--batch", "2"]);
    let expected = ["new/folder.v1/00001-42.png", "new/folder.v1/00002-43.png"];
    assert!(ran.good().lines().eq(expected), "{}", ran.stdout);
    let ran = place.draw(&model, &["-o", "new/folder.v1", "--seed", "7"]);
    assert_eq!(ran.good(), "new/folder.v1/00003-7.png\n");
    assert_eq!(place.files().len(), 5, "two folders, three pictures");
    place.data_is_unharmed();
}

#[test]
fn without_a_name_they_go_to_outputs() {
    let place = Place::new();
    let model = checkpoint("sd1");
    let mut args = drawing(&model, &["--quiet", "-o"]);
    args.pop(); // `-o` was there to keep the usual one away.
    assert_eq!(place.run(args).good(), "outputs/00001-42.png\n");
}
