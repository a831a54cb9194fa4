//! A name for what came of a call, so that two machines can say whether they got the same.

use aquatint_sandbox::digest::Digest;
use aquatint_sandbox::pixels::Picture;
use aquatint_sandbox::settings::Value;
use sha2::{Digest as _, Sha256};

use super::{Fields, Outcome};

impl Outcome {
    /// The SHA-256 of all of it: pixels, format and metadata of pictures, every bit of latents, every field. Two outcomes
    /// have the same digest if and only if they are the same, byte for byte.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut sum = Sum(Sha256::new());
        match self {
            Self::Changes(changes) => {
                sum.text("changes");
                sum.fields(changes);
            }
            Self::Latents(tensor) => {
                sum.text("latents");
                sum.count(tensor.shape().len());
                for side in tensor.shape() {
                    sum.bytes(&side.to_le_bytes());
                }
                sum.count(tensor.numbers().len());
                for number in tensor.numbers() {
                    sum.0.update(number.to_le_bytes());
                }
            }
            Self::Picture(picture) => {
                sum.text("picture");
                sum.picture(picture);
            }
            Self::Pictures(pictures) => {
                sum.text("pictures");
                sum.count(pictures.len());
                pictures.iter().for_each(|picture| sum.picture(picture));
            }
            Self::Axes(axes) => {
                sum.text("axes");
                sum.count(axes.len());
                for (key, label) in axes {
                    sum.text(key);
                    sum.text(label);
                }
            }
            Self::Points(points) => {
                sum.text("points");
                sum.count(points.len());
                for (label, changes) in points {
                    sum.text(label);
                    sum.fields(changes);
                }
            }
            Self::Problem { kind, text } => {
                sum.text("problem");
                sum.text(kind);
                sum.text(text);
            }
            Self::Broke(reason) => {
                sum.text("broke");
                sum.text(reason);
            }
        }
        Digest::from_bytes(sum.0.finalize().into())
    }
}

/// Each part with its length before it, so that no two things read the same.
struct Sum(Sha256);

impl Sum {
    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.update(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn picture(&mut self, picture: &Picture) {
        let size = picture.size();
        self.text(picture.format().name());
        self.bytes(&size.width.to_le_bytes());
        self.bytes(&size.height.to_le_bytes());
        self.bytes(picture.pixels());
        self.count(picture.metadata().len());
        for (key, text) in picture.metadata() {
            self.text(key);
            self.text(text);
        }
    }

    fn fields(&mut self, fields: &Fields) {
        self.count(fields.len());
        for (key, value) in fields {
            self.text(key);
            self.value(value);
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Auto => self.text("auto"),
            Value::Flag(flag) => {
                self.text("flag");
                self.bytes(&[u8::from(*flag)]);
            }
            Value::Int(int) => {
                self.text("int");
                self.bytes(&int.to_le_bytes());
            }
            Value::Number(number) => {
                self.text("number");
                self.bytes(&number.to_le_bytes());
            }
            Value::Text(text) => {
                self.text("text");
                self.text(text);
            }
            Value::Choice(text) => {
                self.text("choice");
                self.text(text);
            }
            Value::Color(color) => {
                self.text("color");
                self.bytes(&[color.red, color.green, color.blue, color.alpha]);
            }
            Value::Picture(name) => {
                self.text("picture");
                self.text(name);
            }
            Value::Seed(seed) => {
                self.text("seed");
                self.bytes(&seed.to_le_bytes());
            }
            Value::Texts(texts) => {
                self.text("texts");
                self.count(texts.len());
                texts.iter().for_each(|text| self.text(text));
            }
            Value::Ints(ints) => {
                self.text("ints");
                self.count(ints.len());
                ints.iter().for_each(|int| self.bytes(&int.to_le_bytes()));
            }
            Value::Numbers(numbers) => {
                self.text("numbers");
                self.count(numbers.len());
                numbers
                    .iter()
                    .for_each(|number| self.bytes(&number.to_le_bytes()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aquatint_sandbox::pixels::{PixelFormat, Size};
    use aquatint_sandbox::tensor::Tensor;

    use super::*;

    fn picture(width: u32, height: u32, format: PixelFormat, texts: &[(&str, &str)]) -> Picture {
        let bytes = (width * height) as usize * format.bytes_per_pixel();
        let texts = texts
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        Picture::from_pixels(Size { width, height }, format, vec![7; bytes])
            .expect("a picture")
            .with_metadata(texts.collect())
    }

    fn changes(list: &[(&str, Value)]) -> Outcome {
        let list = list
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()));
        Outcome::Changes(list.collect())
    }

    #[test]
    fn what_differs_in_anything_has_another_digest() {
        let latents = |shape: &[u32], numbers: &[f32]| {
            Outcome::Latents(
                Tensor::from_numbers(shape.to_vec(), numbers.to_vec()).expect("latents"),
            )
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let all = [
            Outcome::Picture(picture(4, 2, PixelFormat::Gray8, &[])),
            Outcome::Picture(picture(2, 4, PixelFormat::Gray8, &[])),
            Outcome::Picture(picture(2, 1, PixelFormat::Rgba8, &[])),
            Outcome::Picture(picture(4, 2, PixelFormat::Gray8, &[("a", "b")])),
            Outcome::Picture(picture(4, 2, PixelFormat::Gray8, &[("ab", "")])),
            Outcome::Pictures(vec![picture(4, 2, PixelFormat::Gray8, &[])]),
            Outcome::Pictures(Vec::new()),
            latents(&[2, 1], &[0.0, 1.0]),
            latents(&[1, 2], &[0.0, 1.0]),
            latents(&[2, 1], &[-0.0, 1.0]),
            changes(&[]),
            changes(&[("a", text("b"))]),
            changes(&[("a", Value::Choice("b".to_owned()))]),
            changes(&[("a", Value::Int(1))]),
            changes(&[("a", Value::Number(1.0))]),
            changes(&[("a", Value::Seed(1))]),
            changes(&[("a", Value::Flag(true))]),
            changes(&[("a", Value::Auto)]),
            changes(&[("a", Value::Texts(vec!["b".to_owned()]))]),
            changes(&[("a", Value::Texts(vec!["b".to_owned(), String::new()]))]),
            changes(&[("a", Value::Ints(vec![1]))]),
            changes(&[("a", Value::Numbers(vec![1.0]))]),
            Outcome::Axes(vec![("a".to_owned(), "b".to_owned())]),
            Outcome::Points(vec![("a".to_owned(), Fields::new())]),
            Outcome::Problem {
                kind: "failed".to_owned(),
                text: "a".to_owned(),
            },
            Outcome::Broke("a".to_owned()),
        ];
        for (at, one) in all.iter().enumerate() {
            assert_eq!(one.digest(), one.clone().digest());
            for other in &all[..at] {
                assert_ne!(one.digest(), other.digest(), "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn a_digest_stays_what_it_is_from_version_to_version() {
        let outcome = changes(&[("prompt", Value::Text("apple".to_owned()))]);
        // SHA-256 of: 7 "changes", 1, 6 "prompt", 4 "text", 5 "apple", each number as 8 little-endian bytes.
        let number = |number: u64| number.to_le_bytes().to_vec();
        let parts = [
            number(7),
            b"changes".to_vec(),
            number(1),
            number(6),
            b"prompt".to_vec(),
            number(4),
            b"text".to_vec(),
            number(5),
            b"apple".to_vec(),
        ];
        assert_eq!(outcome.digest(), Digest::of(&parts.concat()));
    }
}
