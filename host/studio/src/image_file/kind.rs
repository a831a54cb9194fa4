use std::fmt;

/// What a picture's file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// PNG, animated or not.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP, with or without losses, animated or not.
    WebP,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
}

impl FileKind {
    /// Every kind that is read.
    pub const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::WebP, Self::Gif, Self::Bmp];

    /// What [`FileKind::unread`] calls a text that may be a picture as SVG.
    pub const XML: &'static str = "SVG or XML";

    /// What a file is, by its first 16 bytes or more.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let is = |at: usize, magic: &[u8]| starts(bytes, at, magic);
        if is(0, b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if is(0, b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if is(0, b"RIFF") && is(8, b"WEBP") {
            Some(Self::WebP)
        } else if is(0, b"GIF87a") || is(0, b"GIF89a") {
            Some(Self::Gif)
        } else if is(0, b"BM") && is(6, &[0; 4]) {
            // The two letters alone start many a text. Behind the size there is a field that is nothing.
            Some(Self::Bmp)
        } else {
            None
        }
    }

    /// What another kind of picture is called, one that is known but not read.
    #[must_use]
    pub fn unread(bytes: &[u8]) -> Option<&'static str> {
        let is = |at: usize, magic: &[u8]| starts(bytes, at, magic);
        if is(4, b"ftypavif") || is(4, b"ftypavis") {
            Some("AVIF")
        } else if ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"]
            .iter()
            .any(|brand| is(4, b"ftyp") && is(8, brand.as_bytes()))
        {
            Some("HEIC")
        } else if is(0, b"\xff\x0a") || is(0, b"\0\0\0\x0cJXL ") {
            Some("JPEG XL")
        } else if is(0, b"\0\0\0\x0cjP  ") || is(0, b"\xff\x4f\xff\x51") {
            Some("JPEG 2000")
        } else if is(0, b"II*\0") || is(0, b"MM\0*") || is(0, b"II+\0") || is(0, b"MM\0+") {
            Some("TIFF")
        } else if is(0, b"8BPS") {
            Some("Photoshop")
        } else if is(0, b"%PDF-") {
            Some("PDF")
        } else if is(0, b"\x76\x2f\x31\x01") {
            Some("OpenEXR")
        } else if is(0, b"#?RADIANCE") {
            Some("HDR")
        } else if is(0, b"qoif") {
            Some("QOI")
        } else if is(0, b"\0\0\x01\0") {
            Some("icon")
        } else if is(0, b"<svg") || is(0, b"<?xml") {
            Some(Self::XML)
        } else {
            None
        }
    }
}

fn starts(bytes: &[u8], at: usize, magic: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(magic))
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
        })
    }
}
