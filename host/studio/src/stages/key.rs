use std::fmt;

use super::Stage;

/// What identifies the result of a stage.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// In hexadecimal.
    #[must_use]
    pub fn to_hex(&self) -> String {
        blake3::Hash::from_bytes(self.0).to_hex().to_string()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// Makes a [`Key`] out of everything that a result depends on. Each field goes in with its name and its length, so that no two
/// lists of fields are the same bytes.
#[derive(Clone, Debug)]
pub struct KeyMaker {
    hash: blake3::Hasher,
    /// Whether something went in that nobody can name.
    is_unknown: bool,
}

impl KeyMaker {
    /// For a stage.
    #[must_use]
    pub fn new(stage: Stage) -> Self {
        let maker = Self {
            hash: blake3::Hasher::new(),
            is_unknown: false,
        };
        maker.text("stage", stage.name())
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(mut self, name: &str, value: &[u8]) -> Self {
        for part in [name.as_bytes(), value] {
            self.hash.update(&(part.len() as u64).to_le_bytes());
            self.hash.update(part);
        }
        self
    }

    /// A text.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.bytes(name, value.as_bytes())
    }

    /// A whole number.
    #[must_use]
    pub fn int(self, name: &str, value: u64) -> Self {
        self.bytes(name, &value.to_le_bytes())
    }

    /// A number, by its bits.
    #[must_use]
    pub fn number(self, name: &str, value: f32) -> Self {
        self.bytes(name, &value.to_bits().to_le_bytes())
    }

    /// The key of an earlier stage. Without it this stage has none either.
    #[must_use]
    pub fn key(mut self, name: &str, value: Option<Key>) -> Self {
        match value {
            Some(Key(bytes)) => self.bytes(name, &bytes),
            None => {
                self.is_unknown = true;
                self
            }
        }
    }

    /// The key, if everything that went in could be named.
    #[must_use]
    pub fn finish(self) -> Option<Key> {
        (!self.is_unknown).then(|| Key(*self.hash.finalize().as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_do_not_run_into_each_other() {
        let key = |fields: &[(&str, &str)]| {
            let maker = fields
                .iter()
                .fold(KeyMaker::new(Stage::Text), |maker, (name, value)| {
                    maker.text(name, value)
                });
            maker.finish().expect("a key")
        };
        let keys = [
            key(&[]),
            key(&[("a", "bc")]),
            key(&[("ab", "c")]),
            key(&[("a", "b"), ("c", "")]),
            key(&[("a", ""), ("b", "c")]),
            key(&[("a", ""), ("bc", "")]),
        ];
        for (index, one) in keys.iter().enumerate() {
            assert_eq!(keys.iter().position(|other| other == one), Some(index));
        }
        assert_eq!(key(&[("a", "bc")]), key(&[("a", "bc")]));
    }

    #[test]
    fn numbers_go_in_by_their_bits() {
        let key = |value| {
            KeyMaker::new(Stage::Noise)
                .number("cfg", value)
                .finish()
                .expect("a key")
        };
        assert_ne!(key(7.5), key(f32::from_bits(7.5_f32.to_bits() + 1)));
        assert_ne!(key(0.0), key(-0.0));
    }

    #[test]
    fn what_depends_on_something_without_a_key_has_none() {
        let unknown = KeyMaker::new(Stage::Decode).key("latents", None);
        assert_eq!(unknown.text("vae", "x").finish(), None);
    }
}
