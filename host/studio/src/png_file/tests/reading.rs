use super::*;

#[test]
fn parameters_are_read_from_every_kind_of_text() {
    let text = || "a\nSteps: 1, Seed: 2, Size: 8x8".to_owned();
    let grey = |change: &dyn Fn(&mut png::Encoder<'_, &mut Vec<u8>>)| {
        foreign(
            png::ColorType::Grayscale,
            png::BitDepth::Eight,
            &[7],
            change,
        )
    };
    let key = || PARAMETERS.to_owned();
    for bytes in [
        grey(&|encoder| encoder.add_text_chunk(key(), text()).expect("tEXt")),
        grey(&|encoder| encoder.add_ztxt_chunk(key(), text()).expect("zTXt")),
        grey(&|encoder| encoder.add_itxt_chunk(key(), text()).expect("iTXt")),
    ] {
        let file = decoded(&bytes).expect("decode");
        assert_eq!(file.parameters, Some(text()));
        assert_eq!((file.pixels, file.recipe_json), (vec![7; 3], None));
    }
}

#[test]
fn utf_8_in_the_old_kinds_of_text_is_read_as_such() {
    for (stored, meant) in [("chat noir, été", "chat noir, été"), ("ç\u{8c}«", "猫")] {
        let grey = |change: &dyn Fn(&mut png::Encoder<'_, &mut Vec<u8>>)| {
            let depth = png::BitDepth::Eight;
            foreign(png::ColorType::Grayscale, depth, &[7], change)
        };
        let (key, text) = (|| PARAMETERS.to_owned(), || stored.to_owned());
        for bytes in [
            grey(&|encoder| encoder.add_text_chunk(key(), text()).expect("tEXt")),
            grey(&|encoder| encoder.add_ztxt_chunk(key(), text()).expect("zTXt")),
        ] {
            let file = decoded(&bytes).expect("decode");
            assert_eq!(file.parameters.as_deref(), Some(meant));
        }
    }
}

#[test]
fn the_keywords_of_all_texts_are_told() {
    let bytes = foreign(
        png::ColorType::Grayscale,
        png::BitDepth::Eight,
        &[7],
        |encoder| {
            for key in ["workflow", "prompt"] {
                encoder
                    .add_text_chunk(key.to_owned(), "{}".to_owned())
                    .expect("tEXt");
            }
            encoder
                .add_itxt_chunk("Title".to_owned(), "猫".to_owned())
                .expect("iTXt");
            encoder
                .add_ztxt_chunk("prompt".to_owned(), "x".to_owned())
                .expect("zTXt");
        },
    );
    let file = decoded(&bytes).expect("decode");
    assert_eq!(file.keywords, ["Title", "prompt", "workflow"]);
    assert_eq!((file.parameters, file.recipe_json), (None, None));
}

#[test]
fn text_behind_the_pixels_is_found() {
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::new(&mut bytes, 1, 1)
        .write_header()
        .expect("header");
    writer.write_image_data(&[3]).expect("pixels");
    let mut chunk = png::text_metadata::ITXtChunk::new(PARAMETERS, "猫");
    chunk.compressed = true;
    writer.write_text_chunk(&chunk).expect("iTXt");
    writer.finish().expect("end");
    assert_eq!(
        decoded(&bytes).expect("decode").parameters.as_deref(),
        Some("猫")
    );
}

#[test]
fn every_colour_type_becomes_rgb() {
    use png::BitDepth::{Eight, One, Sixteen};
    use png::ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
    for (color, depth, data, expected) in [
        (Rgb, Eight, &[1, 2, 3][..], [1, 2, 3]),
        (Rgba, Eight, &[1, 2, 3, 0], [1, 2, 3]),
        (Rgb, Sixteen, &[1, 255, 2, 255, 3, 255], [1, 2, 3]),
        (Grayscale, One, &[0x80], [255; 3]),
        (GrayscaleAlpha, Eight, &[9, 0], [9; 3]),
        (Indexed, Eight, &[1], [4, 5, 6]),
    ] {
        let bytes = foreign(color, depth, data, |encoder| {
            if color == Indexed {
                encoder.set_palette(vec![1, 2, 3, 4, 5, 6]);
                encoder.set_trns(vec![0, 0]);
            }
        });
        assert_eq!(
            decoded(&bytes).expect("decode").pixels,
            expected,
            "{color:?} {depth:?}"
        );
    }
}

#[test]
fn what_is_no_png_is_called_so() {
    for bytes in [&b""[..], b"\x89PN", b"GIF89a nothing to see here", &[0; 64]] {
        assert_eq!(says(decoded(bytes)), "some.png is not a PNG file");
    }
    let folder = folder();
    assert_eq!(
        says(read(folder.path())),
        format!("{} is a folder, not a picture", folder.path().display())
    );
    let lost = folder.path().join("lost.png");
    assert!(says(read(&lost)).starts_with(&format!("cannot read {}: ", lost.display())));
}

#[test]
fn every_cut_is_noticed() {
    let bytes = encode(&picture()).expect("encode");
    // Without the last checksum all is there, and no reader minds.
    for length in 8..bytes.len() - 4 {
        let error = says(decoded(&bytes[..length]));
        assert!(
            error.starts_with("some.png is damaged: "),
            "{length}: {error}"
        );
    }
}

#[test]
fn every_flipped_bit_is_noticed_or_harmless() {
    let bytes = encode(&picture()).expect("encode");
    for at in 8..bytes.len() {
        for bit in 0..8 {
            let mut broken = bytes.clone();
            broken[at] ^= 1 << bit;
            // A chunk whose kind became unknown is left out; whatever is still read must be what was written.
            let Ok(file) = decoded(&broken) else { continue };
            assert_eq!(file.pixels, picture().pixels, "byte {at} bit {bit}");
            if file.recipe_json.is_some() {
                assert_eq!(
                    file.recipe().expect("a recipe"),
                    Some(sample()),
                    "byte {at} bit {bit}"
                );
            }
        }
    }
}

#[test]
fn huge_claims_are_refused_before_they_cost_anything() {
    let mut bytes = encode(&picture()).expect("encode");
    bytes[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    let sum = crc32fast::hash(&bytes[12..29]).to_be_bytes();
    bytes[29..33].copy_from_slice(&sum);
    assert_eq!(
        says(decoded(&bytes)),
        "some.png claims 65536x65536 pixels, more than the 67108864 that are read"
    );

    // A chunk that claims two gigabytes, in a file that does not have them.
    let mut bytes = with_chunk(b"tEXt", b"parameters\0x");
    let at = chunks(&bytes)
        .iter()
        .rfind(|(_, kind, _)| kind == b"tEXt")
        .map(|(at, ..)| *at)
        .expect("text");
    bytes[at..at + 4].copy_from_slice(&0x7fff_fff0_u32.to_be_bytes());
    assert!(decoded(&bytes).is_err());
}

#[test]
fn a_text_that_inflates_without_end_is_refused() {
    let mut zeros = png::text_metadata::ITXtChunk::new(RECIPE, "0".repeat(MAX_TEXT_BYTES + 1));
    zeros.compressed = true;
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::new(&mut bytes, 1, 1)
        .write_header()
        .expect("header");
    writer.write_text_chunk(&zeros).expect("iTXt");
    writer.write_image_data(&[3]).expect("pixels");
    writer.finish().expect("end");
    assert!(bytes.len() < MAX_TEXT_BYTES / 100);
    let error = says(decoded(&bytes));
    assert!(error.starts_with("some.png "), "{error}");
}

#[test]
fn text_beyond_the_limit_is_refused() {
    let long = [b"Comment\0".to_vec(), vec![b'x'; MAX_TEXT_BYTES]].concat();
    let error = says(decoded(&with_chunk(b"tEXt", &long)));
    assert_eq!(
        error,
        "some.png has more text than the 16777216 bytes that are read"
    );
}

#[test]
fn a_newer_recipe_does_not_hide_the_pixels() {
    let recipe = Recipe {
        recipe: 2,
        ..sample()
    };
    let file = decoded(
        &encode(&Picture {
            recipe,
            ..picture()
        })
        .expect("encode"),
    )
    .expect("decode");
    assert_eq!(file.pixels, picture().pixels);
    assert!(file.recipe().is_err());
}
