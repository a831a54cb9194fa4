//! One text for equal values, and its BLAKE3.

use serde::Serialize;
use serde_json::{Number, Value as Json};

use crate::Request;

/// Goes before everything that is hashed here, so that another way of writing gives other digests.
const REQUEST: &str = "aquatint request 1";

/// Names a request: equal for requests that draw the same, whatever their JSON looks like.
#[must_use]
pub fn digest_of(request: &Request) -> blake3::Hash {
    digest(REQUEST, &to_json(request))
}

/// The digest of any JSON, for a purpose.
pub(super) fn digest(purpose: &str, json: &Json) -> blake3::Hash {
    let mut text = String::new();
    write(json, &mut text);
    blake3::Hasher::new_derive_key(purpose)
        .update(text.as_bytes())
        .finalize()
}

/// Requests and what is in them are texts, numbers, lists and objects with text for keys: JSON can hold them.
pub(super) fn to_json(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

/// Without spaces, keys in order, and 1.0 as 1.
pub(super) fn write(json: &Json, text: &mut String) {
    match json {
        Json::Object(object) => {
            let mut fields: Vec<_> = object.iter().collect();
            fields.sort_unstable_by_key(|(key, _)| key.as_str());
            text.push('{');
            for (index, (key, value)) in fields.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Json::from(key.as_str()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Json::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(item, text);
            }
            text.push(']');
        }
        Json::Number(number) => text.push_str(&whole(number)),
        other => text.push_str(&other.to_string()),
    }
}

fn whole(number: &Number) -> String {
    /// Beyond this not every whole number is a float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() <= EXACT => {
            (float as i64).to_string()
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(json: &Json) -> String {
        let mut text = String::new();
        write(json, &mut text);
        text
    }

    #[test]
    fn equal_values_are_one_text() {
        let one = json!({"b": [1.0, {"y": "\n", "x": null}], "a": 0.1});
        let other = json!({"a": 0.1, "b": [1, {"x": null, "y": "\n"}]});
        assert_eq!(text(&one), r#"{"a":0.1,"b":[1,{"x":null,"y":"\n"}]}"#);
        assert_eq!(text(&one), text(&other));
        assert_eq!(text(&json!(-0.0)), "0");
        assert_eq!(text(&json!(u64::MAX)), u64::MAX.to_string());
        assert_eq!(text(&json!(1e300)), "1e+300");
    }

    #[test]
    fn every_field_is_in_the_digest() {
        let request = Request::default();
        let digest = digest_of(&request);
        assert_eq!(digest, digest_of(&request.clone()));
        let other: Vec<Request> = [
            json!({"prompt": "a"}),
            json!({"negative": "a"}),
            json!({"model": "a"}),
            json!({"seed": 0}),
            json!({"steps": 1}),
            json!({"cfg": 0.0}),
            json!({"cfg_rescale": 0.5}),
            json!({"sampler": "a"}),
            json!({"schedule": "a"}),
            json!({"width": 8}),
            json!({"height": 8}),
            json!({"batch": 2}),
            json!({"noise": "philox"}),
            json!({"provider": "cpu"}),
            json!({"plugins": [{"id": "ab"}]}),
            json!({"plugins": [{"id": "ab", "settings": {"c": 1}}]}),
        ]
        .into_iter()
        .map(|json| serde_json::from_value(json).expect("a request"))
        .collect();
        let mut digests: Vec<_> = other.iter().map(|it| *digest_of(it).as_bytes()).collect();
        digests.push(*digest.as_bytes());
        let count = digests.len();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), count);
    }
}
