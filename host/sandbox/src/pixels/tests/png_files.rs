use proptest::prelude::*;

use super::*;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut body = kind.to_vec();
    body.extend(data);
    let length = (data.len() as u32).to_be_bytes();
    let sum = crc32fast::hash(&body).to_be_bytes();
    [&length, body.as_slice(), &sum].concat()
}

fn header(width: u32, height: u32, depth: u8, color: u8) -> Vec<u8> {
    let mut data = [width.to_be_bytes(), height.to_be_bytes()].concat();
    data.extend([depth, color, 0, 0, 0]);
    chunk(b"IHDR", &data)
}

/// A file with a chunk put behind its header, which ends at byte 33.
fn with_chunk(file: &[u8], chunk: &[u8]) -> Vec<u8> {
    [&file[..33], chunk, &file[33..]].concat()
}

/// A zlib stream of zeros, far longer unpacked than packed: the image data of an empty picture.
fn zeros() -> Vec<u8> {
    let size = Size {
        width: 4096,
        height: 4096,
    };
    let empty = Picture::new(size, PixelFormat::Rgba8).expect("a picture");
    let file = empty.encode().expect("a PNG");
    let at = file.windows(4).position(|it| it == b"IDAT");
    let at = at.expect("image data");
    let length = u32::from_be_bytes(file[at - 4..at].try_into().expect("4 bytes"));
    file[at + 4..][..length as usize].to_vec()
}

#[test]
fn png_files_read_back_and_every_cut_is_noticed() {
    for format in [PixelFormat::Rgb8, PixelFormat::Rgba8, PixelFormat::Gray8] {
        let picture = counted(13, 7, format);
        let file = picture.encode().expect("a PNG");
        assert_eq!(Picture::decode(&file, 91).expect("read"), picture);
        assert!(matches!(
            Picture::decode(&file, 90),
            Err(PictureError::Exhausted(_))
        ));
        for end in 0..file.len() - 12 {
            assert!(Picture::decode(&file[..end], 1000).is_err(), "cut at {end}");
        }
    }
    assert!(counted(1, 1, PixelFormat::RgbaF32).encode().is_err());
    assert!(matches!(
        Picture::decode(b"GIF89a", 1),
        Err(PictureError::Unsupported(_))
    ));
}

#[test]
fn texts_and_profiles_are_not_unpacked() {
    let picture = counted(13, 7, PixelFormat::Rgb8);
    let file = picture.encode().expect("a PNG");
    let zeros = zeros();
    for (kind, head) in [
        (b"zTXt", b"Comment\0\0".as_slice()),
        (b"iTXt", b"Comment\0\x01\0\0\0"),
        (b"iCCP", b"profile\0\0"),
    ] {
        let bomb = chunk(kind, &[head, &zeros].concat());
        let found = Picture::decode(&with_chunk(&file, &bomb), 91);
        assert_eq!(found, Ok(picture.clone()), "{:?}", kind.escape_ascii());
    }
}

#[test]
fn sizes_that_lie_are_noticed_before_anything_is_made() {
    type Expected = fn(&PictureError) -> bool;
    let cases: [(Vec<u8>, Expected); 6] = [
        (header(16_384, 16_384, 16, 6), |it| {
            matches!(it, PictureError::Exhausted(_))
        }),
        (header(16_385, 1, 8, 0), |it| {
            matches!(it, PictureError::Invalid(_))
        }),
        (header(u32::MAX, u32::MAX, 8, 2), |it| {
            matches!(it, PictureError::Invalid(_))
        }),
        (header(0, 1, 8, 2), |it| {
            matches!(it, PictureError::Invalid(_))
        }),
        (header(1, 1, 3, 2), |it| {
            matches!(it, PictureError::Invalid(_))
        }),
        (header(1, 1, 8, 9), |it| {
            matches!(it, PictureError::Invalid(_))
        }),
    ];
    for (header, expected) in cases {
        let data = chunk(b"IDAT", &zeros());
        let file = [SIGNATURE, &header, &data, &chunk(b"IEND", b"")].concat();
        let error = Picture::decode(&file, 1_000_000).expect_err("it lies");
        assert!(expected(&error), "{error:?}");
    }
    // Room enough, but less data than the size wants; and a chunk that is longer than the file.
    for rest in [chunk(b"IDAT", &zeros()[..20]), vec![0xff; 12]] {
        let file = [SIGNATURE, &header(4096, 4096, 16, 6), &rest].concat();
        let error = Picture::decode(&file, u64::MAX).expect_err("it is cut");
        assert!(matches!(error, PictureError::Invalid(_)), "{error:?}");
    }
}

#[test]
fn of_an_animation_the_first_picture_is_read() {
    let picture = counted(13, 7, PixelFormat::Rgb8);
    let file = picture.encode().expect("a PNG");
    let control = |width: u32, height: u32| {
        let mut data = [0_u32, width, height, 0, 0].map(u32::to_be_bytes).concat();
        data.extend([0, 1, 0, 1, 0, 0]);
        let animation = chunk(b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
        [animation, chunk(b"fcTL", &data)].concat()
    };
    let whole = with_chunk(&file, &control(13, 7));
    assert_eq!(Picture::decode(&whole, 91), Ok(picture));
    for (width, height) in [(12, 7), (13, 8), (u32::MAX, u32::MAX), (0, 0)] {
        let part = with_chunk(&file, &control(width, height));
        assert!(Picture::decode(&part, 91).is_err(), "{width}x{height}");
    }
}

/// Files of every kind that there is.
fn kinds() -> Vec<Vec<u8>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/pixels/golden/png");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "png"))
        .collect();
    paths.sort();
    let read = |path| std::fs::read(path).expect("a file");
    paths.iter().map(read).collect()
}

/// Makes the check sums right again, so that a decoder believes what is there.
fn repair(file: &mut [u8]) {
    let mut at = SIGNATURE.len();
    while let Some(length) = file.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().expect("4 bytes")) as usize;
        let end = at.saturating_add(length).saturating_add(8);
        let Some(body) = file.get(at + 4..end) else {
            return;
        };
        let sum = crc32fast::hash(body).to_be_bytes();
        if let Some(target) = file.get_mut(end..end + 4) {
            target.copy_from_slice(&sum);
        }
        at = end + 4;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn damaged_files_break_nothing(
        kind: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
        believed: bool,
    ) {
        let files = kinds();
        let mut file = kind.get(&files).clone();
        for (at, value) in changes {
            let at = SIGNATURE.len() + at.index(file.len() - SIGNATURE.len());
            file[at] = value;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        if believed {
            repair(&mut file);
        }
        if let Ok(picture) = Picture::decode(&file, 10_000) {
            let Size { width, height } = picture.size();
            prop_assert!(width * height <= 10_000);
            let bytes = (width * height) as usize * picture.format().bytes_per_pixel();
            prop_assert_eq!(picture.pixels().len(), bytes);
        }
    }
}
