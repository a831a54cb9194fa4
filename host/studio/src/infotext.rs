//! The `parameters` text: what A1111 writes into its pictures, and everything around it reads.
//!
//! ```text
//! a red apple
//! Negative prompt: blurry
//! Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 1, Size: 512x512, Model: starter
//! ```
//!
//! The format cannot hold everything. Readers strip every line, so spaces at the ends of a line go; and a line of the
//! prompt that starts with `Negative prompt:` begins the negative prompt. The recipe holds those exactly.
//!
//! Where plugins took part there is one field more, for people: `Plugins: film-grain 1.2.0 (amount=0.3)`. It is kept
//! when it is read, and no request is made of it: other programs change texts, and plugins are what a recipe can tell.
//!
//! What is read becomes a request ([`Infotext::import`]), and whatever the request cannot say becomes a [`Note`].

mod fields;
mod grammar;
mod import;
mod marks;
mod note;
mod origin;
mod pictures;
#[cfg(test)]
mod tests;
mod work;
mod written;

use std::fmt;

pub use import::Import;
pub use note::Note;
pub use origin::Origin;

/// A `parameters` text, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Infotext {
    /// The prompt, lines and all.
    pub prompt: String,
    /// The negative prompt; empty when there is none.
    pub negative: String,
    /// The `Key: value` pairs in their order, without quotes.
    pub fields: Vec<(String, String)>,
}

impl Infotext {
    /// Reads what A1111, Forge, SD.Next or Aquatint wrote. Every text is some prompt, so this cannot fail.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        grammar::parse(text)
    }

    /// The value of the last field that has one of these names, whatever their letters' case.
    #[must_use]
    pub fn get(&self, names: &[&str]) -> Option<&str> {
        work::looks_at(self.fields.len());
        let is_named =
            |(key, _): &&(String, String)| names.iter().any(|name| name.eq_ignore_ascii_case(key));
        self.fields
            .iter()
            .rfind(is_named)
            .map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for Infotext {
    /// Writes the text as A1111 does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&grammar::write(self))
    }
}
