//! What is drawn: the indexes beside the contact sheets.

use std::collections::HashMap;
use std::fmt;
use std::fs;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::here;
use crate::picture::Picture;

/// One run of the command.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) checkpoint: String,
    pub(crate) sampler: String,
    pub(crate) schedule: String,
    /// Laid over the checkpoint's `scheduler_config.json`.
    pub(crate) config: Map<String, Value>,
    pub(crate) prompt: String,
    pub(crate) negative: String,
    pub(crate) seed: u64,
    pub(crate) steps: usize,
    pub(crate) cfg: f64,
    pub(crate) cfg_rescale: f64,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) batch: usize,
    /// More flags; names of pictures are those in `golden/given`, and what begins with `golden/` or `checkpoints/` lies there.
    #[serde(default)]
    pub(crate) flags: Vec<String>,
    /// Width and height of what comes out, where they are others.
    #[serde(default)]
    drawn: Option<[usize; 2]>,
    /// Those that only some indexes have.
    #[serde(default = "one")]
    pub(crate) clip_skip: usize,
    #[serde(default = "original")]
    pub(crate) emphasis: String,
    /// Whether there is a folder of embeddings.
    #[serde(default)]
    pub(crate) embeddings: bool,
    sheet: String,
    tile: usize,
}

fn one() -> usize {
    1
}

fn original() -> String {
    "original".to_owned()
}

impl Case {
    /// What the report sums up in one line.
    pub(crate) fn group(&self) -> String {
        let mut group = format!("{} | {} | {}", self.checkpoint, self.sampler, self.schedule);
        if self.clip_skip != 1 {
            group += &format!(" | clip skip {}", self.clip_skip);
        }
        if self.embeddings {
            group += " | embeddings";
        }
        if !self.config.is_empty() {
            group += &format!(" {}", self.settings());
        }
        group
    }

    fn settings(&self) -> String {
        let settings = self.config.iter().map(|(key, value)| match value {
            Value::Bool(true) => key.clone(),
            Value::String(text) => format!("{key}={text}"),
            other => format!("{key}={other}"),
        });
        settings.collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            checkpoint,
            sampler,
            schedule,
            seed,
            steps,
            cfg,
            width,
            height,
            ..
        } = self;
        write!(
            f,
            "{checkpoint}, {sampler}, {schedule}, seed {seed}, {steps} steps, cfg {cfg}, {width}x{height}"
        )?;
        if self.cfg_rescale != 0.0 {
            write!(f, ", rescaled {}", self.cfg_rescale)?;
        }
        if self.batch != 1 {
            write!(f, ", {} at once", self.batch)?;
        }
        if !self.config.is_empty() {
            write!(f, ", {}", self.settings())?;
        }
        if !self.flags.is_empty() {
            write!(f, ", {}", self.flags.join(" "))?;
        }
        let start: String = self.prompt.chars().take(20).collect();
        write!(f, " ({}/{}, \"{start}\")", self.sheet, self.tile)
    }
}

/// Cases, and the sheets that hold their pictures.
pub(crate) struct Index {
    pub(crate) cases: Vec<Case>,
    columns: usize,
    sheets: HashMap<String, Picture>,
}

impl Index {
    /// Reads `golden/NAME.json` and the sheets in `golden/NAME/`.
    pub(crate) fn read(name: &str) -> Self {
        #[derive(Deserialize)]
        struct File {
            columns: usize,
            defaults: Map<String, Value>,
            cases: Vec<Map<String, Value>>,
        }
        let golden = here().join("golden");
        let text = fs::read_to_string(golden.join(format!("{name}.json"))).expect("the index");
        let file: File = serde_json::from_str(&text).expect("a readable index");
        let whole = |case: Map<String, Value>| {
            let mut all = file.defaults.clone();
            all.extend(case);
            serde_json::from_value::<Case>(Value::Object(all)).expect("a complete case")
        };
        let cases: Vec<_> = file.cases.into_iter().map(whole).collect();
        let mut sheets = HashMap::new();
        for case in &cases {
            sheets.entry(case.sheet.clone()).or_insert_with(|| {
                Picture::read(&golden.join(name).join(format!("{}.png", case.sheet)))
                    .expect("a sheet")
            });
        }
        Self {
            cases,
            columns: file.columns,
            sheets,
        }
    }

    /// The pictures that a case must give.
    pub(crate) fn tiles(&self, case: &Case) -> Vec<Picture> {
        let sheet = &self.sheets[&case.sheet];
        (case.tile..case.tile + case.batch)
            .map(|tile| {
                let [width, height] = case.drawn.unwrap_or([case.width, case.height]);
                let (x, y) = (tile % self.columns * width, tile / self.columns * height);
                sheet.cut(x, y, width, height)
            })
            .collect()
    }
}
