//! Where the pictures go, and how they differ from the last ones.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aquatint_sandbox::pixels::{Picture as Pixels, PixelFormat};
use aquatint_studio::{Picture, png_file};
use aquatint_workshop::build::Built;
use aquatint_workshop::cases::report;
use aquatint_workshop::dev::{Called, Difference, Redrawn};
use aquatint_workshop::picture;

use crate::commands::plugin::build::shown;

/// What was drawn, and what it cost.
pub(super) struct Drawn {
    pub(super) pictures: Pictures,
    /// From the component to a plugin that can be called.
    pub(super) loading: Duration,
    /// All of drawing.
    pub(super) drawing: Duration,
    /// The plugin's calls.
    pub(super) called: Option<Called>,
}

pub(super) enum Pictures {
    /// With recipes.
    Drawn(Vec<Picture>),
    /// Of the plugin alone.
    Bare(Pixels),
}

pub(super) struct Canvas {
    output: PathBuf,
    /// Those that were drawn last: widths, heights and pixels.
    last: RefCell<Vec<Shot>>,
}

#[derive(Clone, PartialEq)]
struct Shot {
    size: (u32, u32),
    pixels: Vec<[u8; 4]>,
}

impl Canvas {
    pub(super) fn new(output: &Path) -> Self {
        Self {
            output: output.to_owned(),
            last: RefCell::default(),
        }
    }

    /// Writes the pictures, the first to the file that was named.
    pub(super) fn put(&self, drawn: Drawn) -> anyhow::Result<Redrawn> {
        let (paths, shots) = match &drawn.pictures {
            Pictures::Bare(pixels) => {
                picture::write(pixels, &self.output)?;
                (vec![self.output.clone()], vec![Shot::of_pixels(pixels)])
            }
            Pictures::Drawn(pictures) => {
                let paths: Vec<PathBuf> = (1..=pictures.len()).map(|it| self.path(it)).collect();
                for (picture, path) in pictures.iter().zip(&paths) {
                    png_file::write(path, picture)?;
                }
                (paths, pictures.iter().map(Shot::of_picture).collect())
            }
        };
        let last = self.last.replace(shots);
        Ok(Redrawn {
            paths,
            difference: difference(&last, &self.last.borrow()),
            loading: drawn.loading,
            drawing: drawn.drawing,
            called: drawn.called,
        })
    }

    /// `OUT.png`, `OUT-2.png`, …
    fn path(&self, number: usize) -> PathBuf {
        match (number, self.output.file_stem()) {
            (2.., Some(stem)) => {
                let name = format!("{}-{number}.png", stem.to_string_lossy());
                self.output.with_file_name(name)
            }
            _ => self.output.clone(),
        }
    }

    /// Whether a file is one that is written here, and so no reason to build again.
    pub(super) fn is_made(&self, path: &Path) -> bool {
        let folder = |path: &Path| {
            let path = std::path::absolute(path).ok()?;
            path.parent()?.canonicalize().ok()
        };
        let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
        let (Some(name), Some(own)) = (name(path), name(&self.output)) else {
            return false;
        };
        let stem = own.rsplit_once('.').map_or(own.as_str(), |(stem, _)| stem);
        let is_numbered = name
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_prefix('-')?.strip_suffix(".png"))
            .is_some_and(|digits| digits.parse::<u32>().is_ok());
        (name == own || is_numbered) && folder(path) == folder(&self.output)
    }
}

impl Shot {
    fn of_pixels(pixels: &Pixels) -> Self {
        let size = pixels.size();
        let rgba = pixels.convert(PixelFormat::Rgba8);
        Self {
            size: (size.width, size.height),
            pixels: rgba.pixels().as_chunks().0.to_vec(),
        }
    }

    fn of_picture(picture: &Picture) -> Self {
        let (pixels, _) = picture.pixels.as_chunks::<3>();
        Self {
            size: (picture.width, picture.height),
            pixels: pixels.iter().map(|[r, g, b]| [*r, *g, *b, 255]).collect(),
        }
    }
}

fn difference(last: &[Shot], now: &[Shot]) -> Difference {
    if last.is_empty() {
        return Difference::First;
    }
    let sizes = |shots: &[Shot]| -> Vec<(u32, u32)> { shots.iter().map(|it| it.size).collect() };
    let (before, after) = (sizes(last), sizes(now));
    if before != after {
        return Difference::Sizes { before, after };
    }
    let pairs = last
        .iter()
        .zip(now)
        .flat_map(|(last, now)| last.pixels.iter().zip(&now.pixels));
    Difference::Pixels {
        changed: pairs.filter(|(last, now)| last != now).count(),
        all: now.iter().map(|it| it.pixels.len()).sum(),
    }
}

/// `OUT.png: built in 0.8 s, loaded in 0.04 s, drawn in 0.31 s (plugin 2.1 ms, 1.2 MiB), 3120 of 4096 pixels changed`.
pub(super) fn line(built: &Built, redrawn: &Redrawn) -> String {
    let path = match redrawn.paths.as_slice() {
        [] => "no picture".to_owned(),
        [path] => shown(path),
        [first, .., last] => format!("{} to {}", shown(first), shown(last)),
    };
    let called = match redrawn.called {
        Some(Called { time, memory }) => {
            let memory = report::memory(memory);
            format!("plugin {:.1} ms, {memory}", time.as_secs_f64() * 1000.0)
        }
        None => "the plugin is as it was".to_owned(),
    };
    format!(
        "{path}: built in {:.1} s, loaded in {:.2} s, drawn in {:.2} s ({called}), {}",
        built.time.as_secs_f64(),
        redrawn.loading.as_secs_f64(),
        redrawn.drawing.as_secs_f64(),
        changes(&redrawn.difference)
    )
}

fn changes(difference: &Difference) -> String {
    match difference {
        Difference::First => "the first picture".to_owned(),
        Difference::Pixels { changed: 0, .. } => "no pixel changed".to_owned(),
        Difference::Pixels { changed, all } => format!("{changed} of {all} pixels changed"),
        Difference::Sizes { before, after } => {
            format!("{} instead of {}", sizes(after), sizes(before))
        }
    }
}

/// `64x64`, `3 pictures`.
fn sizes(sizes: &[(u32, u32)]) -> String {
    match sizes {
        [] => "no picture".to_owned(),
        [(width, height)] => format!("{width}x{height}"),
        more => format!("{} pictures", more.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shot(width: u32, colors: &[u8]) -> Shot {
        Shot {
            size: (width, 1),
            pixels: colors.iter().map(|it| [*it; 4]).collect(),
        }
    }

    #[test]
    fn what_changed_is_counted() {
        let one = [shot(3, &[1, 2, 3])];
        let words = |last: &[Shot], now: &[Shot]| changes(&difference(last, now));
        assert_eq!(words(&[], &one), "the first picture");
        assert_eq!(words(&one, &one), "no pixel changed");
        assert_eq!(words(&one, &[shot(3, &[1, 0, 0])]), "2 of 3 pixels changed");
        assert_eq!(words(&one, &[shot(2, &[1, 2])]), "2x1 instead of 3x1");
        let two = [one.clone(), one.clone()].concat();
        assert_eq!(words(&one, &two), "2 pictures instead of 3x1");
        assert_eq!(words(&two, &two), "no pixel changed");
    }

    #[test]
    fn pictures_are_told_from_sources() {
        let place = tempfile::tempdir().expect("a folder");
        let canvas = Canvas::new(&place.path().join("OUT.png"));
        let is_made = |name: &str| canvas.is_made(&place.path().join(name));
        assert!(is_made("OUT.png") && is_made("./OUT.png") && is_made("OUT-2.png"));
        assert!(!is_made("IN.png") && !is_made("OUT-x.png") && !is_made("OUT.png.rs"));
        std::fs::create_dir(place.path().join("src")).expect("made");
        assert!(!is_made("src/OUT.png"));
        assert_eq!(canvas.path(1), place.path().join("OUT.png"));
        assert_eq!(canvas.path(12), place.path().join("OUT-12.png"));
        assert!(canvas.is_made(&canvas.path(12)));
    }
}
