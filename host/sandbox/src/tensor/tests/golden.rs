//! Against NumPy: `golden/make.py` made what is expected.

use serde_json::Value;

use super::*;

fn numbers(value: &Value) -> Vec<f32> {
    let list = value.as_array().expect("a list");
    let number = |it: &Value| it.as_f64().expect("a number") as f32;
    list.iter().map(number).collect()
}

fn sides(value: &Value) -> Vec<u32> {
    let list = value.as_array().expect("a list");
    let side = |it: &Value| it.as_u64().expect("a side") as u32;
    list.iter().map(side).collect()
}

#[test]
fn every_operation_gives_what_numpy_gives() {
    let cases: Value =
        serde_json::from_str(include_str!("../golden/cases.json")).expect("a list of cases");
    let mut count = 0;
    for case in cases.as_array().expect("a list") {
        let shape = sides(&case["shape"]);
        let tensor = |value| Tensor::from_numbers(shape.clone(), numbers(value)).expect("it fits");
        let (original, other) = (tensor(&case["numbers"]), tensor(&case["other"]));
        for result in case["results"].as_array().expect("a list") {
            let float = |key: &str| result[key].as_f64().expect(key) as f32;
            let whole = |key: &str| result[key].as_i64().expect(key);
            let mut found = original.clone();
            let done = match result["operation"].as_str().expect("an operation") {
                "add" => found.add(&other, float("factor")),
                "scale" => found.scale(float("factor")),
                "shift" => found.shift(float("amount")),
                "lerp" => found.lerp(&other, float("amount")),
                "mix" => {
                    let (shape, mask) = (sides(&result["mask_shape"]), numbers(&result["mask"]));
                    let mask = Tensor::from_numbers(shape, mask).expect("a mask");
                    found.mix(&other, &mask)
                }
                "roll" => found.roll(whole("dimension") as u32, whole("by") as i32),
                "flip" => found.flip(whole("dimension") as u32),
                _ => {
                    let (start, extent) = (sides(&result["start"]), sides(&result["extent"]));
                    let window = found.read(&start, &extent).expect("inside");
                    assert_eq!(window, numbers(&result["numbers"]), "{result}");
                    continue;
                }
            };
            done.expect("finite");
            let expected = numbers(&result["numbers"]);
            assert_eq!(found.numbers().len(), expected.len());
            for (found, expected) in found.numbers().iter().zip(&expected) {
                let close = (found - expected).abs() <= 1e-6 * (1.0 + expected.abs());
                assert!(close, "{found} is not {expected}: {result}");
            }
            count += 1;
        }
        let found = original.statistics();
        let found = [found.minimum, found.maximum, found.mean, found.deviation];
        for (found, expected) in found.iter().zip(numbers(&case["statistics"])) {
            assert!(
                (found - expected).abs() <= 1e-6,
                "{found} is not {expected}"
            );
        }
    }
    assert!(count > 100, "{count}");
}
