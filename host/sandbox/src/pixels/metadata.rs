use super::{Picture, PictureError};

/// Bytes of all texts together.
const MOST: usize = 64 << 10;
const LONGEST_KEY: usize = 79;
/// What is the host's to write.
const OURS: [&str; 2] = ["parameters", "aquatint"];

impl Picture {
    /// What is written beside the pixels: keyword and text.
    #[must_use]
    pub fn metadata(&self) -> &[(String, String)] {
        &self.metadata
    }

    /// With these texts in place of whichever it had, the host's among them.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Vec<(String, String)>) -> Self {
        self.metadata = metadata;
        self
    }

    /// Adds, replaces or removes one text, as a plugin may.
    ///
    /// # Errors
    /// The keyword is none, belongs to the host, the text has a character 0, or there is no room.
    pub fn set_metadata(&mut self, key: &str, text: Option<&str>) -> Result<(), PictureError> {
        let length = key.chars().count();
        let printable = |c: char| matches!(c, ' '..='~' | '\u{a1}'..='\u{ff}');
        if !(1..=LONGEST_KEY).contains(&length) || !key.chars().all(printable) {
            return Err(PictureError::Invalid(format!(
                "keyword `{}`, expected 1 to {LONGEST_KEY} printable characters of Latin-1",
                crate::names::shown(key)
            )));
        }
        if OURS.iter().any(|ours| key.eq_ignore_ascii_case(ours)) {
            return Err(PictureError::Denied(format!(
                "keyword `{key}` belongs to the host"
            )));
        }
        if text.is_some_and(|text| text.contains('\0')) {
            return Err(PictureError::Invalid(format!(
                "text of `{key}` has a character 0, which ends a text in a PNG"
            )));
        }
        let others = self.metadata.iter().filter(|(other, _)| other != key);
        let used: usize = others.map(|(key, text)| key.len() + text.len()).sum();
        let more = text.map_or(0, |text| key.len() + text.len());
        if more > 0 && used + more > MOST {
            return Err(PictureError::Exhausted(format!(
                "{} bytes of texts, the limit is {MOST}",
                used + more
            )));
        }
        let at = self.metadata.iter().position(|(other, _)| other == key);
        match (at, text) {
            (Some(at), Some(text)) => self.metadata[at].1 = text.to_owned(),
            (Some(at), None) => drop(self.metadata.remove(at)),
            (None, Some(text)) => self.metadata.push((key.to_owned(), text.to_owned())),
            (None, None) => {}
        }
        Ok(())
    }
}
