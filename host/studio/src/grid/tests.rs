use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::{Infotext, png_file};

fn page(columns: &[&str], rows: &[&str]) -> Page {
    let owned = |labels: &[&str]| labels.iter().map(|&label| label.to_owned()).collect();
    Page {
        columns: owned(columns),
        rows: owned(rows),
        ..Page::default()
    }
}

fn plain(width: u32, height: u32, colour: [u8; 3]) -> Tile {
    let rgb = colour.repeat((width * height) as usize);
    Tile::Pixels(Arc::new(Pixels { width, height, rgb }))
}

/// Everything the same on every machine.
fn options() -> Options {
    Options {
        system_fonts: false,
        gap: Some(2),
        ..Options::default()
    }
}

fn pixel(file: &crate::PictureFile, x: u32, y: u32) -> [u8; 3] {
    let start = ((y * file.width + x) * 3) as usize;
    file.pixels[start..start + 3].try_into().expect("3 bytes")
}

fn drawn(
    page: &Page,
    tiles: impl Fn(usize, usize) -> Tile + Sync,
    options: &Options,
) -> (Drawn, crate::PictureFile) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("grid.png");
    let drawn = write(&path, page, tiles, options).expect("a grid");
    let file = png_file::read(&path).expect("a PNG");
    assert_eq!((file.width, file.height), (drawn.width, drawn.height));
    assert_eq!(
        fs::read_dir(folder.path()).expect("list").count(),
        1,
        "no temporary file stays"
    );
    (drawn, file)
}

#[test]
fn without_labels_there_are_tiles_and_gaps() {
    let colour = |column: usize, row: usize| [10 * column as u8, 100 * row as u8, 7];
    let (drawn, file) = drawn(
        &page(&["", "", ""], &["", ""]),
        |column, row| plain(20, 30, colour(column, row)),
        &options(),
    );
    assert_eq!((drawn.width, drawn.height), (2 + 3 * 22, 2 + 2 * 32));
    assert_eq!((drawn.pictures, drawn.unreadable, drawn.scale), (6, 0, 1.0));
    assert_eq!(drawn.scaled(), None);
    for row in 0..2 {
        for column in 0..3 {
            let (x, y) = (2 + 22 * column as u32, 2 + 32 * row as u32);
            for corner in [(x, y), (x + 19, y + 29)] {
                assert_eq!(pixel(&file, corner.0, corner.1), colour(column, row));
            }
            assert_eq!(pixel(&file, x - 1, y), [255; 3]);
            assert_eq!(pixel(&file, x, y + 30), [255; 3]);
        }
    }
}

#[test]
fn smaller_pictures_lie_in_the_middle() {
    let (drawn, file) = drawn(
        &page(&["", ""], &[""]),
        |column, _| {
            if column == 0 {
                plain(40, 20, [1; 3])
            } else {
                plain(20, 40, [2; 3])
            }
        },
        &options(),
    );
    assert_eq!((drawn.tile_width, drawn.tile_height), (40, 40));
    assert_eq!(pixel(&file, 2, 2 + 9), [255; 3]);
    assert_eq!(pixel(&file, 2, 2 + 10), [1; 3]);
    assert_eq!(pixel(&file, 2 + 42 + 9, 2), [255; 3]);
    assert_eq!(pixel(&file, 2 + 42 + 10, 2), [2; 3]);
}

#[test]
fn labels_have_room_and_no_label_lies_on_a_tile() {
    let labels = [
        "CFG scale: 7.5",
        "a long label that wraps into several lines of this column",
        "x",
    ];
    let (drawn, file) = drawn(
        &Page {
            title: "A title".to_owned(),
            ..page(&labels, &["Seed: 1", "Seed: 2"])
        },
        |_, _| plain(100, 100, [0, 255, 0]),
        &options(),
    );
    assert_eq!(drawn.pictures, 6);
    let green = file
        .pixels
        .as_chunks::<3>()
        .0
        .iter()
        .filter(|pixel| **pixel == [0, 255, 0])
        .count();
    assert_eq!(
        green,
        6 * 100 * 100,
        "every pixel of every tile is as it was"
    );
    let ink = file
        .pixels
        .as_chunks::<3>()
        .0
        .iter()
        .filter(|pixel| pixel.iter().all(|&byte| byte < 60))
        .count();
    assert!(ink > 300, "{ink}");
}

#[test]
fn the_sheet_stays_within_its_bounds() {
    let narrow = Options {
        max_side: 500,
        ..options()
    };
    let few = Options {
        max_pixels: 90_000,
        ..options()
    };
    for (name, options, most) in [("side", narrow, 500 * 500), ("pixels", few, 90_000)] {
        let (drawn, _) = drawn(
            &page(&["one", "two", "three", "four"], &["five", "six"]),
            |_, _| plain(300, 200, [9; 3]),
            &options,
        );
        assert!(
            drawn.width <= options.max_side && drawn.height <= options.max_side,
            "{name}: {drawn:?}"
        );
        let pixels = u64::from(drawn.width) * u64::from(drawn.height);
        assert!(pixels <= most, "{name}: {drawn:?}");
        assert!(
            drawn.width >= 400,
            "{name}: no smaller than it must be: {drawn:?}"
        );
        let said = drawn.scaled().expect("it was scaled");
        assert!(
            said.starts_with(&format!(
                "the tiles are {}x{} pixels",
                drawn.tile_width, drawn.tile_height
            )),
            "{said}"
        );
    }
}

#[test]
fn more_tiles_than_fit_are_refused_before_anything_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("grid.png");
    let small = Options {
        max_side: 100,
        ..options()
    };
    let error = write(
        &path,
        &page(&["a"; 6], &[""]),
        |_, _| plain(64, 64, [0; 3]),
        &small,
    )
    .expect_err("6 of 16 and gaps");
    assert_eq!(
        error.to_string(),
        "a grid of 6x1 tiles does not fit into 100 pixels a side and 200000000 pixels in all: the tiles would be narrower than 16 pixels"
    );
    let error =
        write(&path, &page(&[], &["a"]), |_, _| Tile::Missing, &small).expect_err("no column");
    assert_eq!(
        error.to_string(),
        "a grid needs at least one column and one row, not 0 columns and 1 rows"
    );
    assert!(!path.exists());
}

#[test]
fn what_is_no_picture_is_told_in_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken = folder.path().join("broken.png");
    fs::write(&broken, b"no PNG").expect("write");
    let (drawn, file) = drawn(
        &page(&["a", "b", "c", "d"], &[""]),
        |column, _| match column {
            0 => plain(80, 80, [0, 0, 255]),
            1 => Tile::Error("out of memory\n".repeat(9000)),
            2 => Tile::Note("skipped".to_owned()),
            _ => Tile::File(broken.clone()),
        },
        &options(),
    );
    assert_eq!((drawn.pictures, drawn.unreadable), (1, 1));
    let corner = |column: u32| pixel(&file, 2 + 82 * column, file.height - 3);
    assert_eq!(corner(0), [0, 0, 255]);
    assert_eq!(corner(1), corner(3));
    assert_ne!(corner(1), corner(2));
    assert_ne!(corner(2), [255; 3]);
}

#[test]
fn a_tile_without_words_is_not_told_by_colour_alone() {
    let (_, file) = drawn(
        &page(&[""], &[""]),
        |_, _| Tile::Error("\n".to_owned()),
        &options(),
    );
    let mut colours: Vec<_> = file.pixels.as_chunks::<3>().0.to_vec();
    colours.sort_unstable();
    colours.dedup();
    assert!(
        colours.len() > 3,
        "paper, the tile, and letters: {colours:?}"
    );
}

#[test]
fn a_sheet_of_nothing_has_tiles_of_the_size_that_was_said() {
    let options = Options {
        empty_tile: (64, 48),
        ..options()
    };
    let (drawn, _) = drawn(&page(&["a"], &["b"]), |_, _| Tile::Missing, &options);
    assert_eq!(
        (drawn.tile_width, drawn.tile_height, drawn.pictures),
        (64, 48, 0)
    );
}

#[test]
fn any_label_is_harmless() {
    let labels = [
        "\n\r\t\0\u{1b}[31m",
        "\u{202e}reversed\u{2066}",
        "猫 и кот ו حتول 🐈\u{200d}⬛",
        "\u{300}\u{301}\u{302}\u{303}",
        "\u{10ffff}\u{e000}\u{fffe}",
        "",
    ];
    let mut labels: Vec<String> = labels.map(str::to_owned).into();
    labels.push("e\u{301}".repeat(50 << 10));
    labels.push("x".repeat(100 << 10));
    labels.push("\u{2029}".repeat(1000));
    for size in [1, 17, 64] {
        let page = Page {
            title: labels.join(" "),
            columns: labels.clone(),
            rows: labels.clone(),
            parameters: None,
        };
        let (drawn, _) = drawn(&page, |_, _| plain(size, size, [3; 3]), &options());
        assert_eq!(drawn.pictures, labels.len() * labels.len());
    }
}

#[test]
fn the_text_of_a_grid_is_read_as_of_any_picture() {
    let text = infotext(
        Infotext::parse("a 猫\nSteps: 4, Sampler: Euler, CFG scale: 1, Seed: 5"),
        &[ScriptAxis {
            name: "Seed",
            values: "5,6",
        }],
    );
    let page = Page {
        parameters: Some(text.to_string()),
        ..page(&["5", "6"], &[""])
    };
    let (_, file) = drawn(&page, |_, _| plain(8, 8, [3; 3]), &options());
    let read = file.infotext().expect("a text");
    assert_eq!(read, text);
    assert_eq!(read.get(&["X Values"]), Some("5,6"));
    assert_eq!(read.to_request().seed, Some(5));
    assert_eq!(file.recipe_json, None, "no recipe makes a grid");
}

#[test]
fn where_it_cannot_be_written_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let draw = |path: &Path| {
        write(
            path,
            &page(&["a"], &["b"]),
            |_, _| plain(8, 8, [3; 3]),
            &options(),
        )
    };
    let error = draw(folder.path()).expect_err("a folder");
    assert!(
        error.to_string().ends_with("is a folder, not a picture"),
        "{error}"
    );
    let error = draw(&folder.path().join("none/grid.png")).expect_err("no folder");
    assert!(error.to_string().contains("there is no folder"), "{error}");

    let path = folder.path().join("grid.png");
    fs::write(&path, b"before").expect("write");
    write(&path, &page(&[], &[]), |_, _| Tile::Missing, &options()).expect_err("no tiles");
    assert_eq!(fs::read(&path).expect("read"), b"before");
    draw(&path).expect("a grid");
    png_file::read(&path).expect("a PNG");
}
