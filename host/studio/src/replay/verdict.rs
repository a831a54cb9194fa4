use super::{OtherSize, PixelDifference, Pixels, difference};
use crate::{Encoding, Picture, PictureFile, PictureFileError, picture_file};

/// How a picture that was made again stands to the file of the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// How what was drawn was encoded to be compared, where that loses something: what the file lost, it loses too.
    pub encoding: Option<Encoding>,
    /// How far they are apart.
    pub apart: Result<PixelDifference, OtherSize>,
}

impl Verdict {
    /// Compares them.
    ///
    /// # Errors
    /// What was drawn cannot be encoded as the file is.
    pub fn of(before: &PictureFile, drawn: &Picture) -> Result<Self, PictureFileError> {
        let encoding = before.encoding.filter(|it| !it.is_lossless());
        let lossy = encoding
            .map(|encoding| picture_file::as_encoded(drawn, encoding))
            .transpose()?;
        let mut pixels = Pixels::from(drawn);
        if let Some(lossy) = &lossy {
            pixels.bytes = lossy;
        }
        Ok(Self {
            encoding,
            apart: difference(pixels, before),
        })
    }

    /// Whether every pixel is the same.
    #[must_use]
    pub fn is_identical(&self) -> bool {
        self.apart.is_ok_and(|apart| apart.identical)
    }
}
