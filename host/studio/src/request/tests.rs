use super::*;

fn refused(change: impl FnOnce(&mut Request)) -> String {
    let mut request = Request::default();
    change(&mut request);
    request
        .validate()
        .expect_err("should be refused")
        .to_string()
}

#[test]
fn the_default_is_valid_and_is_an_empty_json_object() {
    assert_eq!(Request::default().validate(), Ok(()));
    let read: Request = serde_json::from_str("{}").expect("every field has a default");
    assert_eq!(read, Request::default());
}

#[test]
fn json_round_trips() {
    let request = Request {
        prompt: "a red apple".into(),
        seed: Some(u64::MAX),
        cfg: Some(7.1),
        noise: NoiseKind::Philox,
        ..Request::default()
    };
    let json = serde_json::to_string(&request).expect("serialise");
    assert!(json.contains("\"cfg\":7.1,"), "{json}");
    assert_eq!(
        serde_json::from_str::<Request>(&json).expect("parse"),
        request
    );
}

#[test]
fn a_misspelt_field_is_refused_by_name() {
    let error = serde_json::from_str::<Request>(r#"{"step": 50}"#)
        .expect_err("unknown field")
        .to_string();
    assert!(
        error.contains("`step`") && error.contains("`steps`"),
        "{error}"
    );
}

#[test]
fn errors_name_the_field_what_was_given_and_what_was_expected() {
    assert_eq!(refused(|r| r.batch = 0), "batch is 0, expected 1 to 64");
    assert_eq!(refused(|r| r.batch = 65), "batch is 65, expected 1 to 64");
    assert_eq!(
        refused(|r| r.steps = Some(0)),
        "steps is 0, expected 1 to 1000"
    );
    assert_eq!(
        refused(|r| r.steps = Some(1001)),
        "steps is 1001, expected 1 to 1000"
    );
    assert_eq!(
        refused(|r| r.cfg = Some(-1.5)),
        "cfg is -1.5, expected 0 to 100"
    );
    assert_eq!(
        refused(|r| r.cfg = Some(f32::NAN)),
        "cfg is NaN, expected 0 to 100"
    );
    assert_eq!(
        refused(|r| r.cfg = Some(f32::INFINITY)),
        "cfg is inf, expected 0 to 100"
    );
    assert_eq!(
        refused(|r| r.cfg_rescale = 1.01),
        "cfg_rescale is 1.01, expected 0 to 1"
    );
    assert_eq!(
        refused(|r| r.width = Some(0)),
        "width is 0, expected 8 to 8192"
    );
    assert_eq!(
        refused(|r| r.height = Some(8200)),
        "height is 8200, expected 8 to 8192"
    );
    assert_eq!(
        refused(|r| r.height = Some(513)),
        "height is 513, expected a multiple of 8, such as 512"
    );
    assert_eq!(
        refused(|r| r.model = Some(" ".into())),
        "model is empty, expected a name, or nothing at all for the default"
    );
    assert_eq!(
        refused(|r| r.negative = "x".repeat(64 * 1024 + 1)),
        "negative has 65537 bytes, expected at most 65536"
    );
}

#[test]
fn every_image_of_a_batch_has_a_seed() {
    assert_eq!(
        refused(|r| (r.seed, r.batch) = (Some(u64::MAX), 2)),
        "seed is 18446744073709551615, expected at most 18446744073709551614 for 2 images"
    );
    let last = Request {
        seed: Some(u64::MAX),
        ..Request::default()
    };
    assert_eq!(last.validate(), Ok(()));
}

#[test]
fn the_limits_themselves_are_fine() {
    let request = Request {
        prompt: "é".repeat(32 * 1024),
        steps: Some(1000),
        cfg: Some(100.0),
        cfg_rescale: 1.0,
        width: Some(8),
        height: Some(8192),
        batch: 64,
        ..Request::default()
    };
    assert_eq!(request.validate(), Ok(()));
}
