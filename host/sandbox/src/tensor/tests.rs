mod golden;

use proptest::prelude::*;

use super::*;

fn counted(shape: &[u32]) -> Tensor {
    let count: u32 = shape.iter().product();
    Tensor::from_numbers(shape.to_vec(), (0..count).map(|it| it as f32).collect()).expect("it fits")
}

#[test]
fn windows_are_read_and_written_row_by_row() {
    let mut tensor = counted(&[2, 3, 4]);
    assert_eq!(
        tensor.read(&[0, 1, 2], &[2, 2, 2]).expect("inside"),
        [6.0, 7.0, 10.0, 11.0, 18.0, 19.0, 22.0, 23.0]
    );
    tensor
        .write(&[1, 2, 3], &[1, 1, 1], &[-1.0])
        .expect("inside");
    assert_eq!(tensor.numbers()[23], -1.0);
    for (start, extent) in [
        (vec![0, 0, 3], vec![1, 1, 2]),
        (vec![0, 0, 0], vec![1, 1, 0]),
        (vec![0, 0], vec![1, 1]),
        (vec![u32::MAX; 3], vec![u32::MAX; 3]),
    ] {
        assert!(tensor.read(&start, &extent).is_err());
        assert!(tensor.write(&start, &extent, &[]).is_err());
    }
}

#[test]
fn a_clone_is_not_changed() {
    let original = counted(&[4]);
    let mut clone = original.clone();
    clone.scale(2.0).expect("finite");
    assert_eq!(original.numbers(), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(clone.numbers(), [0.0, 2.0, 4.0, 6.0]);
}

#[test]
fn arithmetic_is_what_the_contract_says() {
    let other = counted(&[2, 2]);
    let mut tensor = Tensor::zeros(vec![2, 2]).expect("a tensor");
    tensor.shift(1.0).expect("finite");
    tensor.add(&other, 2.0).expect("finite");
    assert_eq!(tensor.numbers(), [1.0, 3.0, 5.0, 7.0]);
    tensor.lerp(&other, 0.5).expect("finite");
    assert_eq!(tensor.numbers(), [0.5, 2.0, 3.5, 5.0]);
    let mask = Tensor::from_numbers(vec![1, 2], vec![0.0, 1.0]).expect("a mask");
    tensor.mix(&other, &mask).expect("finite");
    assert_eq!(tensor.numbers(), [0.5, 1.0, 3.5, 3.0]);
    let down = Tensor::from_numbers(vec![2, 1], vec![1.0, 0.0]).expect("a mask");
    tensor.mix(&other, &down).expect("finite");
    assert_eq!(tensor.numbers(), [0.0, 1.0, 3.5, 3.0]);
    assert!(tensor.mix(&other, &counted(&[2])).is_err());
    assert!(tensor.add(&counted(&[4]), 1.0).is_err());
    let statistics = counted(&[4]).statistics();
    assert_eq!(
        (statistics.minimum, statistics.maximum, statistics.mean),
        (0.0, 3.0, 1.5)
    );
    assert!((statistics.deviation - 1.25_f32.sqrt()).abs() < 1e-6);
}

#[test]
fn what_would_not_be_finite_changes_nothing() {
    let mut tensor = Tensor::from_numbers(vec![1], vec![f32::MAX]).expect("finite");
    let before = tensor.clone();
    assert!(tensor.scale(2.0).is_err());
    assert!(tensor.shift(f32::NAN).is_err());
    assert!(tensor.add(&before, 1.0).is_err());
    assert!(tensor.write_all(vec![f32::INFINITY]).is_err());
    assert_eq!(tensor, before);
}

#[test]
fn between_two_tensors_the_ends_are_exact_and_nothing_overflows_on_the_way() {
    let tensor = |numbers: &[f32]| {
        Tensor::from_numbers(vec![numbers.len() as u32], numbers.to_vec()).expect("finite")
    };
    let (large, small) = (
        tensor(&[1e30, -f32::MAX, 3.0]),
        tensor(&[1.0, f32::MAX, 3.0]),
    );
    let mut found = large.clone();
    found.lerp(&small, 0.0).expect("finite");
    assert_eq!(found, large);
    found.lerp(&small, 1.0).expect("finite");
    assert_eq!(found, small);
    found.mix(&large, &tensor(&[1.0])).expect("finite");
    assert_eq!(found, large);
    found.lerp(&small, 0.5).expect("finite");
    assert_eq!(found.numbers()[1..], [0.0, 3.0]);
    assert!(
        found.lerp(&large, 3.0).is_err(),
        "beyond the largest number"
    );
}

#[test]
fn the_number_that_is_not_finite_is_named() {
    for at in [0, 63, 64, 200, 999] {
        let mut numbers = vec![0.0; 1000];
        numbers[at] = f32::NAN;
        let error = Tensor::from_numbers(vec![1000], numbers).expect_err("not finite");
        assert_eq!(
            error.to_string(),
            format!("number {at} is NaN, expected a finite one")
        );
    }
}

#[test]
fn shapes_are_bounded() {
    for shape in [
        vec![],
        vec![0],
        vec![1; 9],
        vec![u32::MAX; 8],
        vec![1 << 16, 1 << 15],
    ] {
        assert!(Tensor::zeros(shape.clone()).is_err(), "{shape:?}");
    }
}

proptest! {
    #[test]
    fn rolling_back_and_flipping_twice_change_nothing(
        shape in prop::collection::vec(1_u32..6, 1..4),
        dimension in 0_u32..3,
        by: i32,
    ) {
        let original = counted(&shape);
        let dimension = dimension % shape.len() as u32;
        let mut tensor = original.clone();
        tensor.roll(dimension, by).expect("a dimension");
        let side = shape[dimension as usize] as i64;
        tensor.roll(dimension, (-i64::from(by)).rem_euclid(side) as i32).expect("a dimension");
        prop_assert_eq!(&tensor, &original);
        tensor.flip(dimension).expect("a dimension");
        tensor.flip(dimension).expect("a dimension");
        prop_assert_eq!(&tensor, &original);
    }

    #[test]
    fn a_window_reads_back_as_it_was_written(
        sides in prop::collection::vec((1_u32..5, 0_u32..5, 1_u32..5), 1..4),
    ) {
        let shape: Vec<_> = sides.iter().map(|side| side.0).collect();
        let start: Vec<_> = sides.iter().map(|side| side.1).collect();
        let extent: Vec<_> = sides.iter().map(|side| side.2).collect();
        let mut tensor = counted(&shape);
        if let Ok(window) = tensor.read(&start, &extent) {
            let negative: Vec<_> = window.iter().map(|it| -it - 1.0).collect();
            tensor.write(&start, &extent, &negative).expect("inside");
            prop_assert_eq!(tensor.read(&start, &extent).expect("inside"), negative);
            let changed = tensor.numbers().iter().filter(|it| **it < 0.0).count();
            prop_assert_eq!(changed, window.len());
        }
    }
}
