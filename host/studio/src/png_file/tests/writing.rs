use std::fs;

use super::*;

#[test]
fn what_is_written_is_read() {
    let folder = folder();
    let path = folder.path().join("apple.png");
    write(&path, &picture()).expect("write");
    let file = read(&path).expect("read");
    assert_eq!(
        (file.width, file.height, &file.pixels),
        (4, 2, &picture().pixels)
    );
    assert_eq!(file.recipe().expect("a recipe"), Some(sample()));
    assert_eq!(file.parameters, Some(Infotext::from(&sample()).to_string()));
    assert_eq!(
        file.infotext().map(|text| text.to_request().seed),
        Some(Some(1))
    );

    let texts = read_texts(&path).expect("read texts");
    assert_eq!(
        texts,
        PictureFile {
            pixels: Vec::new(),
            ..file
        }
    );
    assert_eq!(
        fs::read_dir(folder.path()).expect("list").count(),
        1,
        "no temporary file stays"
    );
}

#[test]
fn the_parameters_are_latin_1_where_they_can_be() {
    for (prompt, kind) in [
        ("plain", b"tEXt"),
        ("café \u{80}\u{9f} \0 ÿ", b"tEXt"),
        ("猫", b"iTXt"),
        ("Ā", b"iTXt"),
        // Looks like UTF-8.
        ("Ã©", b"iTXt"),
    ] {
        let recipe = Recipe {
            prompt: prompt.into(),
            ..sample()
        };
        let bytes = encode(&Picture {
            recipe: recipe.clone(),
            ..picture()
        })
        .expect("encode");
        let kinds: Vec<_> = chunks(&bytes).iter().map(|(_, kind, _)| *kind).collect();
        assert_eq!(
            kinds,
            [*b"IHDR", *kind, *b"iTXt", *b"IDAT", *b"IEND"],
            "{prompt}"
        );
        let file = decoded(&bytes).expect("decode");
        assert_eq!(file.recipe().expect("a recipe"), Some(recipe.clone()));
        assert_eq!(file.parameters, Some(Infotext::from(&recipe).to_string()));
    }
}

#[test]
fn numbers_go_on_from_the_highest_and_nothing_is_overwritten() {
    let folder = folder();
    let inside = folder.path().join("new/outputs");
    let saved = |seed| {
        let recipe = Recipe { seed, ..sample() };
        let path = write_numbered(
            &inside,
            &Picture {
                recipe,
                ..picture()
            },
        )
        .expect("write");
        path.file_name()
            .and_then(|name| name.to_str())
            .map(str::to_owned)
            .expect("a name")
    };
    assert_eq!(saved(7), "00001-7.png");
    assert_eq!(saved(7), "00002-7.png");
    fs::write(inside.join("00041-9.webp"), "").expect("write");
    fs::write(inside.join("note-1.txt"), "").expect("write");
    assert_eq!(saved(u64::MAX), format!("00042-{}.png", u64::MAX));
    fs::write(inside.join("100000-1.png"), "").expect("write");
    assert_eq!(saved(3), "100001-3.png");
}

#[test]
fn many_writers_share_a_folder() {
    let folder = folder();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..8 {
                    write_numbered(folder.path(), &picture()).expect("write");
                }
            });
        }
    });
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .expect("list")
        .map(|entry| entry.expect("entry").path())
        .collect();
    names.sort();
    assert_eq!(names.len(), 64);
    for path in names {
        assert!(read(&path).is_ok(), "{}", path.display());
    }
}

#[test]
fn a_named_file_is_replaced_and_links_are_followed() {
    let folder = folder();
    let path = folder.path().join("a.png");
    fs::write(&path, "old").expect("write");
    write(&path, &picture()).expect("replace");
    assert!(read(&path).is_ok());
    #[cfg(unix)]
    {
        let link = folder.path().join("link.png");
        fs::write(&path, "old").expect("write");
        std::os::unix::fs::symlink("a.png", &link).expect("link");
        write(&link, &picture()).expect("write through the link");
        assert!(fs::symlink_metadata(&link).expect("link").is_symlink());
        assert!(read(&path).is_ok());
    }
}

#[cfg(unix)]
#[test]
fn permissions_are_those_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    let plain = folder.path().join("plain");
    fs::write(&plain, "").expect("write");
    let path = folder.path().join("a.png");
    write(&path, &picture()).expect("write");
    let numbered = write_numbered(folder.path(), &picture()).expect("write");
    assert_eq!((mode(&path), mode(&numbered)), (mode(&plain), mode(&plain)));
}

#[test]
fn what_cannot_be_written_says_where_and_why() {
    let folder = folder();
    let here = folder.path();
    assert_eq!(
        says(write(here, &picture())),
        format!("{} is a folder, not a picture", here.display())
    );
    let lost = here.join("no/a.png");
    assert_eq!(
        says(write(&lost, &picture())),
        format!(
            "cannot write {}: there is no folder {}",
            lost.display(),
            here.join("no").display()
        )
    );
    let file = here.join("file");
    fs::write(&file, "x").expect("write");
    assert!(
        says(write(&file.join("a.png"), &picture()))
            .starts_with(&format!("cannot write {}", file.join("a.png").display()))
    );
    assert!(
        says(write_numbered(&file, &picture()))
            .starts_with(&format!("cannot write {}: ", file.display()))
    );

    let short = Picture {
        pixels: vec![0; 23],
        ..picture()
    };
    assert_eq!(
        says(encode(&short)),
        "a picture of 4x2 needs 24 bytes of pixels, not 23"
    );
    let none = Picture {
        width: 0,
        pixels: Vec::new(),
        ..picture()
    };
    assert!(says(encode(&none)).starts_with("cannot encode a picture of 0x2 as PNG: "));
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt;
    assert_eq!(
        says(write(Path::new("/dev/full"), &picture())),
        "cannot write /dev/full: the disk is full"
    );
    write(Path::new("/dev/null"), &picture()).expect("write to nowhere");
    assert!(
        fs::metadata("/dev/null")
            .expect("metadata")
            .file_type()
            .is_char_device()
    );
}
