/// How a sheet is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The most pixels of the whole sheet. Tiles are made smaller until they fit.
    pub max_pixels: u64,
    /// The most pixels of either side of the sheet. Beyond 32,767 many programs refuse a picture.
    pub max_side: u32,
    /// Pixels between tiles; `None`: what suits their size.
    pub gap: Option<u32>,
    /// The colours.
    pub theme: Theme,
    /// The most lines of a label; what goes on is cut with an ellipsis.
    pub max_lines: usize,
    /// Width and height of a tile in pixels, for sheets without any picture that could tell.
    pub empty_tile: (u32, u32),
    /// Whether letters that the built-in font lacks (Chinese, Japanese, Korean, Indian scripts…) are looked for in the
    /// fonts of the system. Otherwise, and where there are none, they are drawn as boxes.
    pub system_fonts: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_pixels: 200_000_000,
            max_side: 32_767,
            gap: None,
            theme: Theme::default(),
            max_lines: 4,
            empty_tile: (512, 512),
            system_fonts: true,
        }
    }
}

/// The colours of a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Black on white, as A1111 draws grids.
    #[default]
    Light,
    /// White on nearly black.
    Dark,
}

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// What each thing is drawn with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Palette {
    pub(super) paper: Colour,
    pub(super) ink: Colour,
    pub(super) faint_paper: Colour,
    pub(super) faint_ink: Colour,
    pub(super) error_paper: Colour,
    pub(super) error_ink: Colour,
}

impl From<Theme> for Palette {
    /// Every ink has a contrast of at least 4.5 to 1 on its paper.
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Light => Self {
                paper: [255, 255, 255],
                ink: [17, 17, 17],
                faint_paper: [240, 240, 242],
                faint_ink: [96, 96, 104],
                error_paper: [253, 233, 231],
                error_ink: [150, 22, 18],
            },
            Theme::Dark => Self {
                paper: [20, 20, 23],
                ink: [238, 238, 240],
                faint_paper: [36, 36, 41],
                faint_ink: [158, 158, 168],
                error_paper: [58, 24, 26],
                error_ink: [255, 176, 170],
            },
        }
    }
}
