use aquatint_studio::history::Entry;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A picture. Texts that are not known are empty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct PictureView {
    /// Its number.
    id: i64,
    /// What its file is called.
    name: String,
    /// Whether the file is no longer there.
    missing: bool,
    /// Whether somebody likes it.
    starred: bool,
    /// When it was drawn.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Width in pixels.
    width: u32,
    /// Height in pixels.
    height: u32,
    /// Size of its file.
    bytes: u64,
    /// Its seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    /// What was drawn.
    prompt: String,
    /// What was kept away from.
    negative: String,
    /// The model's name.
    model: String,
    /// The sampler.
    sampler: String,
    /// The noise schedule.
    schedule: String,
    /// How many steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    /// How strongly the prompt guided.
    #[serde(skip_serializing_if = "Option::is_none")]
    cfg: Option<f32>,
    /// The ids of the plugins.
    plugins: Vec<String>,
    /// The job that drew it, as long as it is in the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<i64>,
}

/// How a picture was made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RecipeView {
    /// The recipe as it was written, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(super) recipe: Option<Value>,
    /// The text that other programs read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parameters: Option<String>,
}

impl PictureView {
    pub(super) fn of(entry: Entry) -> Self {
        let name = entry.file.file_name();
        Self {
            id: entry.id.number(),
            name: name.map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            missing: entry.missing,
            starred: entry.starred,
            created_at: entry.created_at,
            width: entry.width,
            height: entry.height,
            bytes: entry.bytes,
            seed: entry.seed,
            prompt: entry.prompt,
            negative: entry.negative,
            model: entry.model,
            sampler: entry.sampler,
            schedule: entry.schedule,
            steps: entry.steps,
            cfg: entry.cfg,
            plugins: entry.plugins,
            job: entry.job.map(|job| job.number()),
        }
    }
}
