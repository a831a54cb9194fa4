//! How long drawing took here before, for whoever asks how long it will take.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aquatint_diffusion::checkpoint::Checkpoint;
use aquatint_diffusion::pipeline::{Against, Generation};
use aquatint_diffusion::runtime::ProviderChoice;
use aquatint_sandbox::document::{self, DocumentError};
use serde::{Deserialize, Serialize};

const HEAD: &str = "# How long drawing took here, for estimates. It may be deleted.";
/// What was drawn longest ago goes first.
const MOST: usize = 200;
/// What is measured anew counts this much; a busy moment does not change all.
const NEW: f64 = 0.3;
/// By how much of itself a time must have changed to be written down.
const NOTABLE: f64 = 0.1;
/// Between two writings of what was known before: getting a file onto the disk takes as long as a small step.
const BETWEEN: Duration = Duration::from_secs(10);

/// What decides how long a step takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drawing {
    /// Where the model is.
    pub(crate) model: String,
    /// What computes, as it was asked for.
    pub(crate) provider: String,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
    /// Some look at the model twice a step.
    pub(crate) sampler: String,
    /// Whether each step is one with the prompt and one against it.
    pub(crate) guided: bool,
}

impl Drawing {
    /// What a model in this place is to draw.
    pub(crate) fn of(
        generation: &Generation,
        checkpoint: &Checkpoint,
        model: &Path,
        provider: &ProviderChoice,
    ) -> Self {
        let size = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        Self {
            model: model.display().to_string(),
            provider: provider.to_string(),
            width: size(generation.width),
            height: size(generation.height),
            sampler: generation.sampler.to_string(),
            guided: !matches!(generation.against(checkpoint), Against::Nothing),
        }
    }
}

/// Seconds for one picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Speed {
    /// Of each step.
    pub(crate) step: f64,
    /// From latents to pixels; `None` where that was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) decode: Option<f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Measured {
    #[serde(flatten)]
    drawing: Drawing,
    #[serde(flatten)]
    speed: Speed,
}

/// The file; what was measured last stands last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Measurements {
    drawing: Vec<Measured>,
}

/// What was measured, in a file that processes share.
#[derive(Debug)]
pub(crate) struct Speeds {
    /// `None` keeps nothing.
    path: Option<PathBuf>,
    known: Option<Measurements>,
    /// What is not written yet, the last of each drawing.
    unwritten: Vec<Measured>,
    written: Option<Instant>,
}

impl Speeds {
    pub(crate) fn new(path: Option<PathBuf>) -> Self {
        Self {
            path,
            known: None,
            unwritten: Vec::new(),
            written: None,
        }
    }

    /// How long it took, if it was ever done.
    pub(crate) fn of(&mut self, drawing: &Drawing) -> Option<Speed> {
        self.known().of(drawing)
    }

    /// Notes how long it took, and writes it down: at once what was not known, the rest now and then, and when this is
    /// dropped. What cannot be written is no loss.
    pub(crate) fn add(&mut self, drawing: &Drawing, speed: Speed) {
        if self.path.is_none() {
            return;
        }
        let is_new = self.of(drawing).is_none();
        if self.known().add(drawing, speed) {
            self.unwritten.retain(|it| it.drawing != *drawing);
            self.unwritten.push(Measured {
                drawing: drawing.clone(),
                speed,
            });
        }
        if is_new || self.written.is_none_or(|last| last.elapsed() >= BETWEEN) {
            self.write();
        }
    }

    fn write(&mut self) {
        let Some(path) = &self.path else { return };
        let unwritten = std::mem::take(&mut self.unwritten);
        if unwritten.is_empty() {
            return;
        }
        self.written = Some(Instant::now());
        let written = document::update(path, HEAD, |file: &mut Measurements| {
            for Measured { drawing, speed } in &unwritten {
                file.add(drawing, *speed);
            }
            Ok::<_, DocumentError>(file.clone())
        });
        match written {
            Ok(file) => self.known = Some(file),
            // Nobody else would mend it.
            Err(DocumentError::Damaged { .. }) => drop(std::fs::remove_file(path)),
            Err(_) => {}
        }
    }

    fn known(&mut self) -> &mut Measurements {
        let read = |path: &Path| document::read(path).unwrap_or_default();
        self.known
            .get_or_insert_with(|| self.path.as_deref().map(read).unwrap_or_default())
    }
}

impl Drop for Speeds {
    fn drop(&mut self) {
        self.write();
    }
}

impl Measurements {
    fn of(&self, drawing: &Drawing) -> Option<Speed> {
        let mut known = self.drawing.iter();
        Some(known.find(|it| it.drawing == *drawing)?.speed)
    }

    /// Whether that changes much.
    fn add(&mut self, drawing: &Drawing, speed: Speed) -> bool {
        let before = self.of(drawing);
        let now = before.map_or(speed, |before| before.mixed(speed));
        let is_notable = before.is_none_or(|before| before.differs(now));
        self.drawing.retain(|it| it.drawing != *drawing);
        self.drawing.push(Measured {
            drawing: drawing.clone(),
            speed: now,
        });
        let over = self.drawing.len().saturating_sub(MOST);
        self.drawing.drain(..over);
        is_notable
    }
}

impl Speed {
    fn mixed(self, new: Self) -> Self {
        let mix = |old: f64, new: f64| old + (new - old) * NEW;
        Self {
            step: mix(self.step, new.step),
            decode: match (self.decode, new.decode) {
                (Some(old), Some(new)) => Some(mix(old, new)),
                (old, new) => new.or(old),
            },
        }
    }

    fn differs(self, other: Self) -> bool {
        let differs = |one: f64, other: f64| (one - other).abs() > one.abs() * NOTABLE;
        let decodes = |it: Self| it.decode.unwrap_or_default();
        differs(self.step, other.step)
            || self.decode.is_some() != other.decode.is_some()
            || differs(decodes(self), decodes(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(width: u32) -> Drawing {
        Drawing {
            model: "/models/a \"model\"".to_owned(),
            provider: "cpu".to_owned(),
            width,
            height: 64,
            sampler: "euler".to_owned(),
            guided: true,
        }
    }

    fn speed(step: f64) -> Speed {
        Speed {
            step,
            decode: Some(0.5),
        }
    }

    #[test]
    fn what_was_measured_is_known_in_the_next_process() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("cache/speeds.toml");
        let mut speeds = Speeds::new(Some(path.clone()));
        assert_eq!(speeds.of(&drawing(64)), None);
        speeds.add(&drawing(64), speed(2.0));
        speeds.add(&drawing(128), speed(4.0));
        let mut later = Speeds::new(Some(path.clone()));
        assert_eq!(later.of(&drawing(64)), Some(speed(2.0)));
        assert_eq!(later.of(&drawing(72)), None);
        // One moment does not count for all.
        later.add(&drawing(64), speed(4.0));
        let now = Speeds::new(Some(path)).of(&drawing(64)).expect("known");
        assert!((2.1..3.9).contains(&now.step), "{now:?}");
    }

    #[test]
    fn what_hardly_changed_is_not_written_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("speeds.toml");
        let mut speeds = Speeds::new(Some(path.clone()));
        speeds.add(&drawing(64), speed(2.0));
        std::fs::remove_file(&path).expect("removed");
        speeds.add(&drawing(64), speed(2.1));
        drop(speeds);
        assert!(!path.exists());
    }

    #[test]
    fn what_changes_all_the_time_is_written_now_and_then_and_in_the_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("speeds.toml");
        let mut speeds = Speeds::new(Some(path.clone()));
        speeds.add(&drawing(64), speed(2.0));
        std::fs::remove_file(&path).expect("removed");
        for step in [20.0, 2.0, 20.0] {
            speeds.add(&drawing(64), speed(step));
        }
        assert!(!path.exists());
        // What was not known is worth it.
        speeds.add(&drawing(128), speed(1.0));
        assert!(path.exists());
        std::fs::remove_file(&path).expect("removed");
        speeds.add(&drawing(64), speed(200.0));
        drop(speeds);
        assert!(Speeds::new(Some(path)).of(&drawing(64)).is_some());
    }

    #[test]
    fn a_damaged_file_is_made_anew_and_none_is_made_where_nothing_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("speeds.toml");
        std::fs::write(&path, "not [[toml").expect("written");
        let mut speeds = Speeds::new(Some(path.clone()));
        assert_eq!(speeds.of(&drawing(64)), None);
        speeds.add(&drawing(64), speed(2.0));
        speeds.add(&drawing(128), speed(2.0));
        assert!(Speeds::new(Some(path)).of(&drawing(128)).is_some());
        let mut off = Speeds::new(None);
        off.add(&drawing(64), speed(2.0));
        assert_eq!(off.of(&drawing(64)), None);
    }

    #[test]
    fn the_oldest_goes_when_there_is_too_much() {
        let mut all = Measurements::default();
        for width in 0..=MOST as u32 {
            all.add(&drawing(width), speed(1.0));
        }
        assert_eq!(all.drawing.len(), MOST);
        assert_eq!(all.of(&drawing(0)), None);
    }
}
