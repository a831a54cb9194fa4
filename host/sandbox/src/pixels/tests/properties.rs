use proptest::prelude::*;

use super::*;

const FORMATS: [PixelFormat; 4] = [
    PixelFormat::Rgb8,
    PixelFormat::Rgba8,
    PixelFormat::Gray8,
    PixelFormat::RgbaF32,
];
const FILTERS: [Filter; 4] = [
    Filter::Nearest,
    Filter::Bilinear,
    Filter::Bicubic,
    Filter::Lanczos3,
];
const BLENDS: [Blend; 5] = [
    Blend::Normal,
    Blend::Multiply,
    Blend::Screen,
    Blend::Overlay,
    Blend::Add,
];

fn of(size: Size, format: PixelFormat) -> impl Strategy<Value = Picture> {
    let bytes = size.pixels() as usize * format.bytes_per_pixel();
    let byte = prop_oneof![3 => any::<u8>(), 1 => Just(0_u8), 1 => Just(255_u8)];
    prop::collection::vec(byte, bytes)
        .prop_map(move |pixels| Picture::from_pixels(size, format, pixels).expect("a picture"))
}

/// Of any format, and any bytes: among the floats are infinite ones and what is not a number.
fn pictures() -> impl Strategy<Value = Picture> {
    (1_u32..9, 1_u32..9, prop::sample::select(&FORMATS))
        .prop_flat_map(|(width, height, format)| of(Size { width, height }, format))
}

/// Likewise, `N` of one size.
fn alike<const N: usize>() -> impl Strategy<Value = [Picture; N]> {
    let formats = std::array::from_fn(|_| prop::sample::select(&FORMATS));
    (1_u32..9, 1_u32..9, formats).prop_flat_map(|(width, height, formats): (_, _, [_; N])| {
        formats.map(|format| of(Size { width, height }, format))
    })
}

/// Inside, nearly inside, and anywhere.
fn sides() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..10, any::<u32>(), Just(u32::MAX)]
}

fn places() -> impl Strategy<Value = i32> {
    prop_oneof![-10..10, any::<i32>()]
}

fn opaque(picture: &Picture) -> bool {
    !picture.format().has_alpha()
}

proptest! {
    #[test]
    fn no_area_breaks_anything(
        mut picture in pictures(),
        (x, y, width, height) in (sides(), sides(), sides(), sides()),
    ) {
        let target = area(x, y, width, height);
        let size = picture.size();
        let fits = |start: u32, length: u32, side: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= side)
        };
        let inside = fits(x, width, size.width) && fits(y, height, size.height);
        let color = Color { red: 1, green: 2, blue: 3, alpha: 4 };
        prop_assert_eq!(picture.read(target).is_ok(), inside);
        prop_assert_eq!(picture.crop(target).is_ok(), inside);
        if !inside {
            let before = picture.clone();
            prop_assert!(picture.write(target, &[]).is_err());
            prop_assert!(picture.fill(target, color).is_err());
            prop_assert!(picture.shares_pixels(&before));
        }
    }

    #[test]
    fn a_window_reads_back_as_it_was_written_and_nothing_else_changes(
        picture in pictures(),
        (x, y, width, height) in (0_u32..9, 0_u32..9, 1_u32..9, 1_u32..9),
        value: u8,
    ) {
        let target = area(x, y, width, height);
        if let Ok(window) = picture.read(target) {
            let flipped: Vec<u8> = window.iter().map(|it| it ^ (value | 1)).collect();
            let mut changed = picture.clone();
            changed.write(target, &flipped).expect("inside");
            prop_assert_eq!(changed.read(target).expect("inside"), flipped.clone());
            let pairs = changed.pixels().iter().zip(picture.pixels());
            prop_assert_eq!(pairs.filter(|(a, b)| a != b).count(), flipped.len());
        }
    }

    #[test]
    fn what_is_pasted_can_be_cut_out_again(
        (under, over) in (pictures(), pictures()),
        (x, y) in (0_u32..9, 0_u32..9),
    ) {
        let mut pasted = under.clone();
        pasted.paste(&over, x as i32, y as i32, 1.0, Blend::Normal, NEVER).expect("an opacity");
        let size = over.size();
        if let Ok(cut) = pasted.crop(area(x, y, size.width, size.height))
            && opaque(&over)
        {
            prop_assert_eq!(cut.convert(PixelFormat::Gray8), over.convert(pasted.format()).convert(PixelFormat::Gray8));
        }
    }

    #[test]
    fn pasting_breaks_nothing_and_what_is_transparent_changes_nothing(
        (under, over) in (pictures(), pictures()),
        (x, y) in (places(), places()),
        opacity in 0.0_f32..=1.0,
        blend in prop::sample::select(&BLENDS),
    ) {
        let mut pasted = under.clone();
        pasted.paste(&over, x, y, opacity, blend, NEVER).expect("an opacity");
        prop_assert_eq!(pasted.pixels().len(), under.pixels().len());
        let mut pasted = under.clone();
        pasted.paste(&over, x, y, 0.0, blend, NEVER).expect("an opacity");
        // What is not a number is another such afterwards.
        if under.format() != PixelFormat::RgbaF32 {
            prop_assert_eq!(pasted, under);
        }
    }

    #[test]
    fn mixing_takes_all_of_one_or_the_other_at_the_ends(
        [under, other, mask] in alike(),
    ) {
        let mut mixed = under.clone();
        mixed.mix(&other, &mask, NEVER).expect("one size");
        let mask = Picture::new(under.size(), PixelFormat::Rgb8).expect("a picture");
        let mut mixed = under.clone();
        mixed.mix(&other, &mask, NEVER).expect("one size");
        if under.format() != PixelFormat::RgbaF32 {
            prop_assert_eq!(&mixed, &under);
        }
        let mut full = mask;
        let white = vec![255; full.pixels().len()];
        full.write_all(&white).expect("as many");
        mixed.mix(&other, &full, NEVER).expect("one size");
        if other.format() != PixelFormat::RgbaF32 {
            prop_assert_eq!(mixed, other.convert(under.format()));
        }
    }

    #[test]
    fn scaling_and_blurring_break_nothing(
        picture in pictures(),
        (width, height) in (1_u32..40, 1_u32..40),
        filter in prop::sample::select(&FILTERS),
        radius in prop_oneof![0.0_f32..=256.0, 0.0_f32..0.1, Just(f32::from_bits(1)), Just(8.0)],
    ) {
        let size = Size { width, height };
        let scaled = picture.resize(size, filter, NEVER).expect("a size");
        prop_assert_eq!(scaled.size(), size);
        let bytes = picture.format().bytes_per_pixel();
        prop_assert_eq!(scaled.pixels().len(), (width * height) as usize * bytes);
        let blurred = picture.blur(radius, NEVER).expect("a radius");
        prop_assert_eq!(blurred.pixels().len(), picture.pixels().len());
    }

    #[test]
    fn bytes_survive_being_floats(picture in pictures()) {
        if picture.format() != PixelFormat::RgbaF32 {
            let floats = picture.convert(PixelFormat::RgbaF32);
            prop_assert_eq!(floats.convert(picture.format()), picture);
        }
    }
}
