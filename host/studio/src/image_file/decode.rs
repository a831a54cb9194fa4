use std::fs::File;
use std::io::{self, Cursor, Read as _};
use std::path::Path;

use aquatint_sandbox::names::shown;
use image::codecs::bmp::BmpDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, Limits};

use super::{FileKind, ImageFile, ImageFileError, ImageLimits, ImageNote, gif, jpeg, riff};

/// Bytes that a decoder may take beside its pixels: profiles, texts, tables.
const ROOM: u64 = 64 << 20;

/// Reads a picture.
///
/// # Errors
/// It cannot be opened, is no picture of a kind that is read, is damaged or cut off, or holds more than `limits` says.
/// The message names the file.
pub fn read(path: &Path, limits: &ImageLimits) -> Result<ImageFile, ImageFileError> {
    let name = path.display().to_string();
    decode_as(&bytes_of(path, limits)?, limits, name)
}

/// Reads a picture that is in memory.
///
/// # Errors
/// As [`read`]; the message calls it "the picture".
pub fn decode(bytes: &[u8], limits: &ImageLimits) -> Result<ImageFile, ImageFileError> {
    decode_as(bytes, limits, "the picture".to_owned())
}

fn bytes_of(path: &Path, limits: &ImageLimits) -> Result<Vec<u8>, ImageFileError> {
    let name = || path.display().to_string();
    let failed = |source| ImageFileError::Read {
        name: name(),
        source,
    };
    if path.is_dir() {
        return Err(ImageFileError::IsFolder { name: name() });
    }
    let mut bytes = Vec::new();
    // One more than is read, so that the rest is noticed. Pipes have no length to ask for.
    File::open(path)
        .map_err(failed)?
        .take(limits.bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    Ok(bytes)
}

/// Reads a picture that is in memory. Errors call it by `name`.
pub(crate) fn decode_as(
    bytes: &[u8],
    limits: &ImageLimits,
    name: String,
) -> Result<ImageFile, ImageFileError> {
    if bytes.is_empty() {
        return Err(ImageFileError::Empty { name });
    }
    if bytes.len() as u64 > limits.bytes {
        let max = limits.bytes;
        return Err(ImageFileError::TooLong { name, max });
    }
    let Some(kind) = FileKind::of(bytes) else {
        return Err(match FileKind::unread(bytes) {
            Some(kind) => ImageFileError::OtherKind { name, kind },
            None => ImageFileError::NotPicture { name },
        });
    };
    Source {
        bytes,
        kind,
        limits,
        name,
    }
    .decode()
}

/// A file that is a picture by its first bytes.
struct Source<'a> {
    bytes: &'a [u8],
    kind: FileKind,
    limits: &'a ImageLimits,
    name: String,
}

/// What was learnt before the pixels were decoded.
struct Decoded {
    image: DynamicImage,
    notes: Vec<ImageNote>,
}

impl Source<'_> {
    fn decode(&self) -> Result<ImageFile, ImageFileError> {
        let Decoded { image, notes } = match self.kind {
            FileKind::Png => self.png(),
            FileKind::Jpeg => self.jpeg(),
            FileKind::WebP => self.webp(),
            FileKind::Gif => self.gif(),
            FileKind::Bmp => {
                let decoder = self.opened(BmpDecoder::new(Cursor::new(self.bytes)))?;
                self.pixels(decoder, Vec::new())
            }
        }?;
        let (width, height) = (image.width(), image.height());
        let (pixels, alpha) = planes(image);
        Ok(ImageFile {
            kind: self.kind,
            width,
            height,
            pixels,
            alpha,
            notes,
        })
    }

    fn png(&self) -> Result<Decoded, ImageFileError> {
        let bound = self.bound(ROOM);
        let decoder = self.opened(PngDecoder::with_limits(Cursor::new(self.bytes), bound))?;
        let animated = self.opened(decoder.is_apng())?;
        self.pixels(decoder, first_frame(animated))
    }

    fn jpeg(&self) -> Result<Decoded, ImageFileError> {
        let segments = jpeg::segments(self.bytes);
        // The size first: the decoder reads tables of any number before it.
        if let Some(frame) = segments.frame() {
            self.check(frame.width.into(), frame.height.into())?;
        }
        // The decoder fills what is missing with grey.
        if !segments.ends || !segments.has_scan() {
            return Err(self.truncated());
        }
        let is_cmyk = segments.frame().is_some_and(|frame| frame.channels == 4);
        let decoder = self.opened(JpegDecoder::new(Cursor::new(self.bytes)))?;
        let notes = is_cmyk.then_some(ImageNote::Cmyk);
        self.pixels(decoder, notes.into_iter().collect())
    }

    fn webp(&self) -> Result<Decoded, ImageFileError> {
        // The decoder allocates what chunks claim before it looks whether they are there.
        riff::chunks(self.bytes).map_err(|_| self.truncated())?;
        let decoder = self.opened(WebPDecoder::new(Cursor::new(self.bytes)))?;
        let animated = decoder.has_animation();
        self.pixels(decoder, first_frame(animated))
    }

    fn gif(&self) -> Result<Decoded, ImageFileError> {
        let frames = gif::frames(self.bytes);
        if frames.whole == 0 && frames.is_cut {
            return Err(self.truncated());
        }
        let decoder = self.opened(GifDecoder::new(Cursor::new(self.bytes)))?;
        self.pixels(decoder, first_frame(frames.whole > 1))
    }

    /// Checks the size, then decodes, then turns.
    fn pixels(
        &self,
        mut decoder: impl ImageDecoder,
        mut notes: Vec<ImageNote>,
    ) -> Result<Decoded, ImageFileError> {
        let (width, height) = decoder.dimensions();
        self.check(width, height)?;
        let bytes = decoder.total_bytes();
        self.opened(decoder.set_limits(self.bound(bytes.saturating_add(ROOM))))?;
        let deep = [
            ColorType::L16,
            ColorType::La16,
            ColorType::Rgb16,
            ColorType::Rgba16,
        ];
        if deep.contains(&decoder.color_type()) {
            notes.push(ImageNote::SixteenBits);
        }
        // EXIF that cannot be read turns nothing.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut image = self.opened(DynamicImage::from_decoder(decoder))?;
        if orientation != Orientation::NoTransforms {
            // Half as much to turn.
            image = narrowed(image);
            image.apply_orientation(orientation);
            notes.push(ImageNote::Turned);
        }
        Ok(Decoded { image, notes })
    }

    fn check(&self, width: u32, height: u32) -> Result<(), ImageFileError> {
        let &ImageLimits { pixels, side, .. } = self.limits;
        let name = self.name.clone();
        if width == 0 || height == 0 {
            return Err(ImageFileError::NoPixels {
                name,
                width,
                height,
            });
        }
        if width > side || height > side || u64::from(width) * u64::from(height) > pixels {
            return Err(ImageFileError::TooLarge {
                name,
                width,
                height,
                max_pixels: pixels,
                max_side: side,
            });
        }
        Ok(())
    }

    /// Sides are checked here, with a better message.
    fn bound(&self, bytes: u64) -> Limits {
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(bytes);
        limits
    }

    fn truncated(&self) -> ImageFileError {
        ImageFileError::Truncated {
            name: self.name.clone(),
            kind: self.kind,
        }
    }

    fn opened<T>(&self, result: Result<T, ImageError>) -> Result<T, ImageFileError> {
        let (name, kind) = (self.name.clone(), self.kind);
        result.map_err(|error| match error {
            ImageError::Limits(_) => ImageFileError::Memory { name, kind },
            ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                ImageFileError::Truncated { name, kind }
            }
            ImageError::Unsupported(error) => ImageFileError::Unsupported {
                name,
                kind,
                why: shown(&error.to_string()),
            },
            error if is_end(&error) => ImageFileError::Truncated { name, kind },
            error => {
                // What lies below says it without the kind, which we say ourselves.
                let why = std::error::Error::source(&error)
                    .map_or_else(|| error.to_string(), |it| it.to_string());
                ImageFileError::Damaged {
                    name,
                    kind,
                    why: shown(&why),
                }
            }
        })
    }
}

/// Whether a decoder came to the end of the file, which some report as damage.
fn is_end(error: &ImageError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|it| it.kind() == io::ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn first_frame(animated: bool) -> Vec<ImageNote> {
    let note = animated.then_some(ImageNote::FirstFrame);
    note.into_iter().collect()
}

/// With 8 bits a channel, grey as colours.
fn narrowed(image: DynamicImage) -> DynamicImage {
    if image.color().has_alpha() {
        image.into_rgba8().into()
    } else {
        image.into_rgb8().into()
    }
}

/// Colours and transparency apart.
fn planes(image: DynamicImage) -> (Vec<u8>, Option<Vec<u8>>) {
    if !image.color().has_alpha() {
        return (image.into_rgb8().into_raw(), None);
    }
    let mut pixels = image.into_rgba8().into_raw();
    let count = pixels.len() / 4;
    let alpha: Vec<u8> = pixels.as_chunks::<4>().0.iter().map(|it| it[3]).collect();
    // In place: a second copy of a large picture is felt.
    for index in 0..count {
        pixels.copy_within(index * 4..index * 4 + 3, index * 3);
    }
    pixels.truncate(count * 3);
    pixels.shrink_to_fit();
    let says = alpha.iter().any(|it| *it != u8::MAX);
    (pixels, says.then_some(alpha))
}
