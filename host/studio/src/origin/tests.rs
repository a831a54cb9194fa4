use aquatint_sandbox::pixels::Area;

use super::*;
use crate::request::Outpaint;

const ASKED: Asked = Asked {
    width: None,
    height: None,
    step: 8,
    most: 8192,
};

fn place() -> (tempfile::TempDir, Inputs) {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = Inputs::of_data(folder.path());
    (folder, inputs)
}

/// Each pixel another colour.
fn picture(width: u32, height: u32) -> Picture {
    let size = Size { width, height };
    let pixels = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 128]))
        .collect();
    Picture::from_pixels(size, PixelFormat::Rgb8, pixels).expect("a picture")
}

/// White in a rectangle.
fn mask(width: u32, height: u32, white: Area) -> Picture {
    let mut mask = Picture::new(Size { width, height }, PixelFormat::Gray8).expect("a picture");
    let pixels = vec![255; (white.width * white.height) as usize];
    mask.write(white, &pixels).expect("inside");
    mask
}

fn area(x: u32, y: u32, width: u32, height: u32) -> Area {
    Area {
        x,
        y,
        width,
        height,
    }
}

fn kept(inputs: &Inputs, picture: &Picture) -> crate::InputId {
    inputs
        .keep(&picture.encode().expect("a file"))
        .expect("kept")
}

fn masked(inputs: &Inputs, picture: &Picture, mask: &Picture, wanted: MaskUse) -> Init {
    Init {
        mask: Some(MaskUse {
            picture: Some(kept(inputs, mask)),
            ..wanted
        }),
        ..Init::new(kept(inputs, picture))
    }
}

#[test]
fn a_picture_of_any_size_comes_back_at_that_size() {
    let (_folder, inputs) = place();
    let given = picture(37, 30);
    let init = Init::new(kept(&inputs, &given));
    let origin = Origin::open(&init, &inputs, ASKED).expect("opens");
    assert_eq!((origin.size().width, origin.size().height), (40, 32));
    // Its edges go on.
    assert_eq!(
        origin.picture.pixels()[36 * 3..40 * 3],
        [36, 0, 128].repeat(4)
    );
    let drawn = origin.picture.pixels().to_vec();
    let finished = origin.finish.apply(origin.size(), drawn).expect("finishes");
    assert_eq!(finished.pixels(), given.pixels());
    assert_eq!(finished.size(), given.size());
}

#[test]
fn another_size_than_its_own_is_an_error_where_it_is_to_be_kept() {
    let (_folder, inputs) = place();
    let init = Init {
        resize: Some(Resize::Keep),
        ..Init::new(kept(&inputs, &picture(37, 30)))
    };
    let asked = |width| Asked {
        width: Some(width),
        height: Some(32),
        ..ASKED
    };
    assert!(Origin::open(&init, &inputs, asked(40)).is_ok());
    let error = Origin::open(&init, &inputs, asked(64)).expect_err("no");
    assert!(error.to_string().contains("40x32"), "{error}");
}

#[test]
fn pictures_are_brought_to_size() {
    let (_folder, inputs) = place();
    let id = kept(&inputs, &picture(40, 20));
    let asked = Asked {
        width: Some(32),
        height: Some(32),
        ..ASKED
    };
    let open = |resize| {
        let init = Init {
            resize: Some(resize),
            ..Init::new(id)
        };
        Origin::open(&init, &inputs, asked).expect("opens")
    };
    let red = |origin: &Origin, x: usize, y: usize| origin.picture.pixels()[(y * 32 + x) * 3];
    let green = |origin: &Origin, x: usize, y: usize| origin.picture.pixels()[(y * 32 + x) * 3 + 1];
    // From edge to edge.
    let stretched = open(Resize::Stretch);
    assert!(red(&stretched, 31, 0) >= 38 && green(&stretched, 0, 31) >= 18);
    // The middle: columns 10 to 30 of 40.
    let cropped = open(Resize::Crop);
    assert!((9..=11).contains(&red(&cropped, 0, 0)) && (28..=30).contains(&red(&cropped, 31, 0)));
    // All of it, 32 by 16, with 8 rows above and below that are its edges.
    let filled = open(Resize::Fill);
    for row in [0, 7] {
        assert_eq!(green(&filled, 5, row), green(&filled, 5, 8));
    }
    assert_eq!(green(&filled, 5, 31), green(&filled, 5, 23));
    assert!(red(&filled, 31, 16) >= 38);
    let latent = open(Resize::Latent);
    assert!(latent.stretched);
    assert_eq!((latent.picture.size().width, latent.size().width), (40, 32));
}

#[test]
fn what_the_mask_keeps_are_the_pictures_own_pixels() {
    let (_folder, inputs) = place();
    let given = picture(32, 32);
    let white = area(8, 8, 16, 16);
    let wanted = MaskUse {
        blur: 0.0,
        ..MaskUse::default()
    };
    let init = masked(&inputs, &given, &mask(32, 32, white), wanted.clone());
    let origin = Origin::open(&init, &inputs, ASKED).expect("opens");
    let small = Size {
        width: 4,
        height: 4,
    };
    let latent = origin.latent_mask(small).expect("scales").expect("a mask");
    assert_eq!(latent.iter().sum::<f32>(), 4.0);
    assert_eq!(latent, origin.shown_mask(small));
    assert_eq!(origin.shown_planes()[10 * 32 + 10], 0.0);

    let finished = origin.finish.apply(given.size(), vec![7; 32 * 32 * 3]);
    let finished = finished.expect("finishes");
    for y in 0..32_u32 {
        for x in 0..32_u32 {
            let at = ((y * 32 + x) * 3) as usize;
            let expected = match (8..24).contains(&x) && (8..24).contains(&y) {
                true => [7, 7, 7],
                false => [x as u8, y as u8, 128],
            };
            assert_eq!(finished.pixels()[at..at + 3], expected, "{x}, {y}");
        }
    }

    let turned = MaskUse {
        invert: true,
        ..wanted
    };
    let init = masked(&inputs, &given, &mask(32, 32, white), turned);
    let origin = Origin::open(&init, &inputs, ASKED).expect("opens");
    let latent = origin.latent_mask(small).expect("scales").expect("a mask");
    assert_eq!(latent.iter().sum::<f32>(), 12.0);
}

#[test]
fn only_what_is_masked_is_drawn_and_put_back() {
    let (_folder, inputs) = place();
    let given = picture(100, 80);
    let wanted = MaskUse {
        blur: 0.0,
        only_masked: true,
        padding: 4,
        ..MaskUse::default()
    };
    let white = area(40, 30, 12, 12);
    let init = masked(&inputs, &given, &mask(100, 80, white), wanted);
    let asked = Asked {
        width: Some(64),
        height: Some(64),
        ..ASKED
    };
    let origin = Origin::open(&init, &inputs, asked).expect("opens");
    assert_eq!((origin.size().width, origin.size().height), (64, 64));
    // Columns 36 to 56 of 100.
    let left = origin.picture.pixels()[0];
    let right = origin.picture.pixels()[63 * 3];
    assert!((36..=37).contains(&left) && (54..=56).contains(&right));
    let finished = origin.finish.apply(origin.size(), vec![9; 64 * 64 * 3]);
    let finished = finished.expect("finishes");
    assert_eq!(finished.size(), given.size());
    let changed = finished
        .pixels()
        .chunks(3)
        .zip(given.pixels().chunks(3))
        .filter(|(a, b)| a != b);
    assert_eq!(changed.count(), 12 * 12);
}

#[test]
fn around_a_picture_only_what_is_new_is_drawn() {
    let (_folder, inputs) = place();
    let given = picture(32, 24);
    let init = Init {
        outpaint: Outpaint {
            left: 8,
            down: 16,
            ..Outpaint::default()
        },
        mask: Some(MaskUse {
            blur: 0.0,
            ..MaskUse::default()
        }),
        ..Init::new(kept(&inputs, &given))
    };
    let origin = Origin::open(&init, &inputs, ASKED).expect("opens");
    assert_eq!((origin.size().width, origin.size().height), (40, 40));
    let drawn = vec![200; 40 * 40 * 3];
    let finished = origin.finish.apply(origin.size(), drawn).expect("finishes");
    let inside = finished.crop(area(8, 0, 32, 24)).expect("inside");
    assert_eq!(inside.pixels(), given.pixels());
    assert_eq!(finished.pixels()[..3], [200; 3]);
}

#[test]
fn what_is_filled_has_the_colours_around_it() {
    let (_folder, inputs) = place();
    let size = Size {
        width: 32,
        height: 32,
    };
    let mut given = Picture::from_pixels(size, PixelFormat::Rgb8, [10, 200, 30].repeat(32 * 32))
        .expect("a picture");
    given
        .write(area(12, 12, 8, 8), &[255, 0, 255].repeat(64))
        .expect("inside");
    let wanted = MaskUse {
        blur: 0.0,
        fill: Some(Fill::Fill),
        ..MaskUse::default()
    };
    let init = masked(&inputs, &given, &mask(32, 32, area(12, 12, 8, 8)), wanted);
    let origin = Origin::open(&init, &inputs, ASKED).expect("opens");
    for pixel in origin.picture.pixels().chunks(3) {
        let off = pixel.iter().zip([10_u8, 200, 30]);
        let most = off.map(|(a, b)| a.abs_diff(b)).max();
        assert!(most <= Some(3), "{pixel:?}");
    }
}

#[test]
fn what_does_not_fit_is_an_error_that_says_so() {
    let (_folder, inputs) = place();
    let given = picture(32, 32);
    let open = |mask: &Picture, wanted| {
        let init = masked(&inputs, &given, mask, wanted);
        Origin::open(&init, &inputs, ASKED)
            .expect_err("no")
            .to_string()
    };
    let black = Picture::new(given.size(), PixelFormat::Gray8).expect("a picture");
    assert!(open(&black, MaskUse::default()).contains("black all over"));
    let white = mask(32, 32, area(0, 0, 32, 32));
    let turned = MaskUse {
        invert: true,
        ..MaskUse::default()
    };
    assert!(open(&white, turned).contains("inverted"));
    let wide = mask(64, 32, area(0, 0, 8, 8));
    assert!(open(&wide, MaskUse::default()).contains("64x32"));
    // Twice as large is the same shape.
    let large = mask(64, 64, area(0, 0, 8, 8));
    let init = masked(&inputs, &given, &large, MaskUse::default());
    assert!(Origin::open(&init, &inputs, ASKED).is_ok());

    let missing = Init::new(crate::InputId::of(b"nothing"));
    let error = Origin::open(&missing, &inputs, ASKED).expect_err("no");
    assert!(error.to_string().contains("is not here"), "{error}");
}

#[test]
fn what_is_filled_is_what_pillow_makes_of_it() {
    let most = 1 << 20;
    let open = |file: &[u8]| Picture::decode(file, most).expect("a picture");
    let given = open(include_bytes!("golden/picture.png"));
    let mask = open(include_bytes!("golden/mask.png")).convert(PixelFormat::Gray8);
    let expected = open(include_bytes!("golden/filled.png"));
    let filled = fill::filled(&given.convert(PixelFormat::Rgb8), &mask).expect("fills");
    let expected = expected.convert(PixelFormat::Rgb8);
    let off = filled.pixels().iter().zip(expected.pixels());
    let off: Vec<u8> = off.map(|(a, b)| a.abs_diff(*b)).collect();
    let most = off.iter().max();
    assert!(
        most <= Some(&1),
        "{most:?}: {} differ",
        off.iter().filter(|it| **it > 0).count()
    );
}
