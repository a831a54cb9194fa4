/// How much a picture's file may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageLimits {
    /// Most pixels. Decoding takes up to 12 bytes a pixel at its height, and leaves 3, or 4 with transparency.
    pub pixels: u64,
    /// Longest side, in pixels.
    pub side: u32,
    /// Most bytes of the file itself.
    pub bytes: u64,
}

impl Default for ImageLimits {
    /// 64 megapixels, sides of 16384, and files of 256 MiB.
    fn default() -> Self {
        Self {
            pixels: 64 << 20,
            side: 16384,
            bytes: 256 << 20,
        }
    }
}
