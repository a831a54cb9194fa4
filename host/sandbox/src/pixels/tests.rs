mod golden;
mod png_files;
mod properties;

use std::cell::Cell;

use super::*;

const NEVER: Stopped<'static> = &|| false;

fn area(x: u32, y: u32, width: u32, height: u32) -> Area {
    Area {
        x,
        y,
        width,
        height,
    }
}

fn counted(width: u32, height: u32, format: PixelFormat) -> Picture {
    let size = Size { width, height };
    let bytes = size.pixels() as usize * format.bytes_per_pixel();
    let pixels = (0..bytes).map(|at| (at * 7 % 251) as u8).collect();
    Picture::from_pixels(size, format, pixels).expect("a picture")
}

#[test]
fn what_is_shared_is_what_would_be_read() {
    let mut picture = counted(4, 3, PixelFormat::Rgb8);
    for window in [area(0, 0, 4, 3), area(0, 1, 4, 2), area(1, 1, 2, 2)] {
        let read = picture.read(window).expect("inside");
        assert_eq!(picture.share_window(window).expect("inside"), read);
    }
    let shared = picture.share();
    let before = picture.pixels().to_vec();
    picture.write_all(&[0; 36]).expect("as many");
    assert_eq!(shared, before, "it stays as it was");
    assert_eq!(picture.pixels(), [0; 36]);
}

#[test]
fn windows_are_read_and_written_row_by_row() {
    let mut picture = counted(4, 3, PixelFormat::Rgb8);
    let window = picture.read(area(1, 1, 2, 2)).expect("inside");
    assert_eq!(window[..6], picture.pixels()[15..21]);
    assert_eq!(window[6..], picture.pixels()[27..33]);
    picture.write(area(3, 2, 1, 1), &[9, 8, 7]).expect("inside");
    assert_eq!(picture.pixels()[33..], [9, 8, 7]);
    assert!(picture.write(area(3, 2, 1, 1), &[9, 8]).is_err());
    assert!(picture.write_all(&[0; 35]).is_err());
    for bad in [
        area(0, 0, 0, 1),
        area(4, 0, 1, 1),
        area(0, 2, 1, 2),
        area(u32::MAX, u32::MAX, u32::MAX, u32::MAX),
        area(1, 0, u32::MAX, 1),
    ] {
        assert!(picture.share_window(bad).is_err());
        let error = picture.read(bad).expect_err("outside").to_string();
        assert!(error.contains("expected one inside 4x3"), "{error}");
    }
}

#[test]
fn sizes_are_bounded() {
    for (width, height) in [(0, 1), (1, 0), (16_385, 1), (u32::MAX, u32::MAX)] {
        let size = Size { width, height };
        assert!(Picture::new(size, PixelFormat::Gray8).is_err());
        assert!(
            counted(1, 1, PixelFormat::Gray8)
                .resize(size, Filter::Bilinear, NEVER)
                .is_err()
        );
    }
}

#[test]
fn a_clone_shares_its_pixels_until_one_is_written() {
    let original = counted(4, 4, PixelFormat::Gray8);
    let mut clone = original.clone();
    assert!(clone.shares_pixels(&original));
    let red = Color {
        red: 255,
        green: 0,
        blue: 0,
        alpha: 255,
    };
    clone.fill(area(0, 0, 1, 1), red).expect("inside");
    assert!(!clone.shares_pixels(&original));
    assert_eq!(clone.pixels()[0], 54, "0.2126 * 255");
    assert_eq!(original, counted(4, 4, PixelFormat::Gray8));
}

#[test]
fn every_format_becomes_every_other() {
    let red = Picture::from_pixels(
        Size {
            width: 1,
            height: 1,
        },
        PixelFormat::Rgba8,
        vec![255, 0, 0, 128],
    )
    .expect("a picture");
    assert_eq!(red.convert(PixelFormat::Rgb8).pixels(), [255, 0, 0]);
    assert_eq!(red.convert(PixelFormat::Gray8).pixels(), [54]);
    let floats = red.convert(PixelFormat::RgbaF32);
    assert_eq!(floats.pixels()[..4], 1.0_f32.to_le_bytes());
    assert_eq!(floats.convert(PixelFormat::Rgba8), red);
    let gray = red.convert(PixelFormat::Gray8);
    assert_eq!(gray.convert(PixelFormat::Rgba8).pixels(), [54, 54, 54, 255]);
    let wild: Vec<u8> = [f32::NAN, 7.0, -1.0, 0.5]
        .iter()
        .flat_map(|it| it.to_le_bytes())
        .collect();
    let wild = Picture::from_pixels(red.size(), PixelFormat::RgbaF32, wild).expect("a picture");
    assert_eq!(wild.convert(PixelFormat::Rgba8).pixels(), [0, 255, 0, 128]);
}

#[test]
fn a_flat_picture_stays_flat_whatever_is_done_to_it() {
    for format in [PixelFormat::Rgb8, PixelFormat::Rgba8, PixelFormat::Gray8] {
        let mut picture = Picture::new(
            Size {
                width: 17,
                height: 9,
            },
            format,
        )
        .expect("a picture");
        let color = Color {
            red: 200,
            green: 200,
            blue: 200,
            alpha: 77,
        };
        picture.fill(area(0, 0, 17, 9), color).expect("inside");
        let pixel = picture.pixels()[..format.bytes_per_pixel()].to_vec();
        for filter in [
            Filter::Nearest,
            Filter::Bilinear,
            Filter::Bicubic,
            Filter::Lanczos3,
        ] {
            for (width, height) in [(5, 3), (40, 31), (17, 1), (1, 1)] {
                let size = Size { width, height };
                let scaled = picture.resize(size, filter, NEVER).expect("a size");
                assert!(
                    scaled.pixels().chunks(pixel.len()).all(|it| it == pixel),
                    "{filter:?}"
                );
            }
        }
        for radius in [0.3, 2.0, 30.0] {
            assert_eq!(picture.blur(radius, NEVER).expect("a radius"), picture);
        }
    }
}

#[test]
fn what_is_transparent_does_not_bleed() {
    // Green, but not to be seen, beside opaque red.
    let pixels = vec![255, 0, 0, 255, 0, 255, 0, 0];
    let picture = Picture::from_pixels(
        Size {
            width: 2,
            height: 1,
        },
        PixelFormat::Rgba8,
        pixels,
    )
    .expect("a picture");
    let one = Size {
        width: 1,
        height: 1,
    };
    let scaled = picture
        .resize(one, Filter::Bilinear, NEVER)
        .expect("a size");
    assert_eq!(scaled.pixels(), [255, 0, 0, 128]);
}

#[test]
fn pasting_leaves_out_what_does_not_overlap() {
    let under = counted(4, 4, PixelFormat::Rgb8);
    let over = Picture::new(
        Size {
            width: 3,
            height: 3,
        },
        PixelFormat::Rgb8,
    )
    .expect("a picture");
    let mut result = under.clone();
    result
        .paste(&over, -2, 3, 1.0, Blend::Normal, NEVER)
        .expect("it overlaps");
    assert_eq!(result.pixels()[36..39], [0, 0, 0]);
    assert_eq!(result.pixels()[..36], under.pixels()[..36]);
    assert_eq!(result.pixels()[39..], under.pixels()[39..]);
    for (x, y) in [(i32::MIN, 0), (i32::MAX, 0), (4, 4), (-3, 0)] {
        let mut result = under.clone();
        result
            .paste(&over, x, y, 1.0, Blend::Normal, NEVER)
            .expect("nothing to do");
        assert_eq!(result, under);
    }
    assert!(
        result
            .paste(&over, 0, 0, 1.5, Blend::Normal, NEVER)
            .is_err()
    );
    assert!(
        result
            .paste(&over, 0, 0, f32::NAN, Blend::Normal, NEVER)
            .is_err()
    );
}

#[test]
fn blending_follows_its_formulas() {
    let pixel = |value: u8| {
        Picture::from_pixels(
            Size {
                width: 1,
                height: 1,
            },
            PixelFormat::Gray8,
            vec![value],
        )
        .expect("a picture")
    };
    for (blend, s, d, expected) in [
        (Blend::Normal, 51, 204, 51),
        (Blend::Multiply, 51, 204, 41),
        (Blend::Screen, 51, 204, 214),
        (Blend::Overlay, 51, 204, 173),
        (Blend::Overlay, 51, 102, 41),
        (Blend::Add, 51, 204, 255),
    ] {
        let mut under = pixel(d);
        under
            .paste(&pixel(s), 0, 0, 1.0, blend, NEVER)
            .expect("it fits");
        assert_eq!(under.pixels(), [expected], "{blend:?}");
    }
    let mut half = pixel(0);
    half.paste(&pixel(255), 0, 0, 0.5, Blend::Normal, NEVER)
        .expect("it fits");
    assert_eq!(half.pixels(), [128]);
    let mut mixed = pixel(10);
    mixed.mix(&pixel(20), &pixel(255), NEVER).expect("it fits");
    assert_eq!(mixed.pixels(), [20]);
    assert!(
        mixed
            .mix(&counted(2, 1, PixelFormat::Gray8), &pixel(0), NEVER)
            .is_err()
    );
}

/// How often an operation asks whether to give up; and that it gives up at each of these moments.
fn asked(operation: impl Fn(Stopped<'_>) -> Result<(), PictureError>) -> usize {
    let count = Cell::new(0);
    let never: Stopped<'_> = &|| {
        count.set(count.get() + 1);
        false
    };
    operation(never).expect("nobody stops it");
    let asked = count.get();
    for last in 1..=asked {
        count.set(0);
        let stopped: Stopped<'_> = &|| {
            count.set(count.get() + 1);
            count.get() == last
        };
        assert_eq!(operation(stopped), Err(PictureError::Stopped));
        assert_eq!(count.get(), last, "it was told to stop");
    }
    asked
}

#[test]
fn long_work_can_be_stopped_at_every_row() {
    let picture = counted(8, 40, PixelFormat::Rgba8);
    let dot = counted(1, 1, PixelFormat::Rgba8);
    let size = |width, height| Size { width, height };
    let resize = |from: &Picture, to: Size, filter| {
        asked(|stopped| from.resize(to, filter, stopped).map(drop))
    };
    assert!(resize(&picture, size(3, 1), Filter::Lanczos3) >= 40);
    assert!(resize(&dot, size(3, 50), Filter::Lanczos3) >= 50);
    assert!(resize(&dot, size(3, 50), Filter::Nearest) >= 50);
    for radius in [2.0, 30.0] {
        assert!(asked(|stopped| picture.blur(radius, stopped).map(drop)) >= 40);
    }
    let changed = Cell::new(false);
    let check = |result: Result<(), PictureError>, after: Picture| {
        changed.set(changed.get() || after != picture);
        assert!(result.is_ok() || after == picture, "half done");
        result
    };
    let rows = asked(|stopped| {
        let mut under = picture.clone();
        let over = counted(8, 30, PixelFormat::Rgb8);
        let result = under.paste(&over, 1, 5, 0.5, Blend::Screen, stopped);
        check(result, under)
    });
    assert!(rows >= 30 && changed.take());
    let rows = asked(|stopped| {
        let mut mixed = picture.clone();
        let (other, mask) = (
            counted(8, 40, PixelFormat::Gray8),
            counted(8, 40, PixelFormat::Rgb8),
        );
        let result = mixed.mix(&other, &mask, stopped);
        check(result, mixed)
    });
    assert!(rows >= 40 && changed.take());
}

#[test]
fn the_hosts_texts_are_the_hosts() {
    let host = vec![("parameters".to_owned(), "a red apple".to_owned())];
    let mut picture = counted(1, 1, PixelFormat::Gray8).with_metadata(host.clone());
    picture
        .set_metadata("Author", Some("x"))
        .expect("a keyword");
    picture.set_metadata("Author", Some("y")).expect("again");
    assert_eq!(picture.metadata()[1].1, "y");
    picture.set_metadata("Author", None).expect("away");
    assert_eq!(picture.metadata(), host);
    for ours in ["parameters", "Parameters", "aquatint"] {
        assert!(matches!(
            picture.set_metadata(ours, None),
            Err(PictureError::Denied(_))
        ));
    }
    let zero = picture.set_metadata("Author", Some("a\0b"));
    assert!(matches!(zero, Err(PictureError::Invalid(_))));
    for bad in ["", "a\nb", "\u{7f}", "日本", &"x".repeat(80)] {
        assert!(picture.set_metadata(bad, Some("x")).is_err(), "{bad:?}");
    }
    assert!(matches!(
        picture.set_metadata("big", Some(&"x".repeat(MOST_TEXT + 1))),
        Err(PictureError::Exhausted(_))
    ));
}

const MOST_TEXT: usize = 64 << 10;

#[test]
fn names_are_of_pixels_alone() {
    let picture = counted(2, 3, PixelFormat::Gray8);
    let mut same = picture.clone();
    same.set_metadata("Author", Some("x")).expect("a keyword");
    assert_eq!(picture.content_name(), same.content_name());
    assert_ne!(
        picture.content_name(),
        counted(3, 2, PixelFormat::Gray8).content_name()
    );
}
