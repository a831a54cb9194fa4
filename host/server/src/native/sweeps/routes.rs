use std::path::PathBuf;

use aquatint_studio::jobs::{JobId, JobOptions, NewJob, Task};
use aquatint_studio::sweep::run::Distinct;
use aquatint_studio::sweep::{Axis, Sweep, SweepSpec};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::SystemTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::cells::{CellView, is_own, read};
use crate::App;
use crate::http::file::{Sent, send, send_bytes};
use crate::http::{Body, Id, Params, Problem, Problems};
use crate::native::jobs::{JobView, accepted, deadline, idempotency_key, job_id, limit};
use crate::work::{SweepTask, sweep_folder};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(plan))
        .routes(routes!(add))
        .routes(routes!(cells))
        .routes(routes!(picture))
        .routes(routes!(thumbnail))
        .routes(routes!(grids))
        .routes(routes!(grid))
}

/// What a sweep would do.
#[derive(Serialize, ToSchema)]
struct PlanView {
    /// Cells in all.
    cells: u64,
    /// Models that are loaded.
    models: u64,
    /// Texts that are encoded.
    texts: u64,
    /// Pictures that are denoised, if nothing of it was ever done before.
    denoisings: u64,
    /// Cells that differ.
    pictures: u64,
    /// The axes: the first goes across a grid, the second down, the others are pages.
    axes: Vec<AxisView>,
}

/// One axis.
#[derive(Serialize, ToSchema)]
struct AxisView {
    /// What coordinates call it.
    name: String,
    /// What stands beside it.
    label: String,
    /// What is along it.
    values: Vec<AxisValueView>,
}

/// A value on an axis.
#[derive(Serialize, ToSchema)]
struct AxisValueView {
    /// What stands beside its row or column.
    label: String,
    /// What coordinates have.
    value: Value,
}

impl AxisView {
    fn of(axis: &Axis) -> Self {
        let values = axis.values.iter().map(|value| AxisValueView {
            label: value.label.clone(),
            value: value.value.clone(),
        });
        Self {
            name: axis.name.clone(),
            label: axis.label.clone(),
            values: values.collect(),
        }
    }
}

impl PlanView {
    fn of(sweep: &Sweep) -> Self {
        let distinct = Distinct::of(sweep, sweep.turns());
        Self {
            cells: sweep.len() as u64,
            models: distinct.models,
            texts: distinct.texts,
            denoisings: distinct.denoisings,
            pictures: distinct.pictures,
            axes: sweep.axes().iter().map(AxisView::of).collect(),
        }
    }
}

/// Say what a sweep would do, and do nothing
#[utoipa::path(post, path = "/sweeps/plan", tag = "sweeps", request_body = SweepSpec,
    responses((status = 200, body = PlanView), Problems))]
async fn plan(
    State(app): State<App>,
    Body(spec): Body<SweepSpec>,
) -> Result<Json<PlanView>, Problem> {
    app.blocking(move |app| {
        let sweep = app.checks().sweep(&spec, app.config())?;
        Ok(Json(PlanView::of(&sweep)))
    })
    .await
}

/// A sweep to be queued.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SweepBody {
    /// What is swept.
    sweep: SweepSpec,
    /// Higher ones come first; 0 is usual.
    #[serde(default)]
    priority: i32,
    /// How many seconds one attempt may take.
    #[serde(default)]
    #[schema(exclusive_minimum = 0)]
    deadline: Option<f64>,
    /// Stop at the first cell that fails.
    #[serde(default)]
    fail_fast: bool,
    /// Draw sheets with labels.
    #[serde(default = "yes")]
    sheets: bool,
    /// White labels on black.
    #[serde(default)]
    dark: bool,
}

fn yes() -> bool {
    true
}

/// Queue a sweep
#[utoipa::path(post, path = "/sweeps", tag = "sweeps", request_body = SweepBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 190 bytes")),
    responses((status = 202, description = "It waits", body = JobView,
        headers(("Location" = String, description = "Where it is"))), Problems))]
async fn add(
    State(app): State<App>,
    headers: HeaderMap,
    Body(body): Body<SweepBody>,
) -> Result<impl IntoResponse, Problem> {
    let key = idempotency_key(&headers)?;
    let job = app
        .blocking(move |app| {
            app.check_room(1)?;
            let sweep = app.checks().sweep(&body.sweep, app.config())?;
            let task = SweepTask {
                spec: body.sweep,
                seeds: sweep.seeds().to_vec(),
                fail_fast: body.fail_fast,
                sheets: body.sheets,
                dark: body.dark,
            };
            let mut other = serde_json::Map::new();
            other.insert("source".to_owned(), "api".into());
            let value = serde_json::to_value(task).map_err(Problem::internal)?;
            let job = app.queue().add(NewJob {
                priority: body.priority,
                deadline: deadline(body.deadline, app)?,
                key,
                options: JobOptions {
                    other,
                    ..JobOptions::default()
                },
                ..NewJob::new(Task::Sweep(value))
            })?;
            Ok(JobView::of(job))
        })
        .await?;
    Ok(accepted(job))
}

/// The folder of a sweep that was queued.
fn folder(app: &App, id: JobId) -> Result<PathBuf, Problem> {
    let job = app.queue().get(id)?;
    match job.task {
        Task::Sweep(_) => Ok(sweep_folder(app.data(), id)),
        _ => Err(Problem::not_found(format_args!("job {id} is no sweep"))),
    }
}

/// Which cells.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CellsQuery {
    /// Behind this cell, which is the last of the page before.
    #[serde(default)]
    after: u32,
    /// At most so many.
    #[serde(default = "thousand")]
    #[param(minimum = 1, maximum = 1000)]
    limit: u32,
}

fn thousand() -> u32 {
    1000
}

/// Some cells.
#[derive(Serialize, ToSchema)]
struct CellsPage {
    /// Those that have ended, by number.
    cells: Vec<CellView>,
    /// The `after` of the next page; there is none if this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
    /// How many have ended in all.
    ended: u64,
}

/// List the cells of a sweep that have ended
#[utoipa::path(get, path = "/sweeps/{job}/cells", tag = "sweeps", params(CellsQuery, ("job" = i64, Path, minimum = 1)),
    responses((status = 200, body = CellsPage), Problems))]
async fn cells(
    State(app): State<App>,
    Id(job): Id<String>,
    Params(query): Params<CellsQuery>,
) -> Result<Json<CellsPage>, Problem> {
    limit(query.limit)?;
    let id = job_id(&job)?;
    app.blocking(move |app| {
        let all = read(&folder(app, id)?)?;
        let ended = all.len() as u64;
        let most = query.limit as usize;
        let rest = all
            .into_values()
            .filter(|it| it.cell > query.after as usize);
        let mut cells: Vec<_> = rest.take(most + 1).collect();
        let more = cells.len() > most;
        cells.truncate(most);
        let next = cells.last().filter(|_| more).map(|it| it.cell as u64);
        Ok(Json(CellsPage { cells, next, ended }))
    })
    .await
}

/// The picture of a cell, as the manifest names it.
async fn cell_file(app: &App, job: &str, cell: usize) -> Result<PathBuf, Problem> {
    let id = job_id(job)?;
    app.blocking(move |app| {
        let folder = folder(app, id)?;
        let name = read(&folder)?.remove(&cell).and_then(|it| it.file);
        name.filter(|name| is_own(name))
            .map(|name| folder.join(name))
            .ok_or_else(|| Problem::not_found(format_args!("cell {cell} has no picture")))
    })
    .await
}

/// By what a file changes.
async fn tag(file: &std::path::Path) -> Result<String, Problem> {
    let metadata = tokio::fs::metadata(file)
        .await
        .map_err(|_| Problem::not_found("the file is not there"))?;
    let changed = metadata
        .modified()
        .ok()
        .and_then(|it| it.duration_since(SystemTime::UNIX_EPOCH).ok())
        .unwrap_or_default();
    Ok(format!("{:x}-{:x}", metadata.len(), changed.as_micros()))
}

/// Get the picture of a cell
#[utoipa::path(get, path = "/sweeps/{job}/cells/{cell}/file", tag = "sweeps",
    params(("job" = i64, Path, minimum = 1), ("cell" = u32, Path, minimum = 1)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = 206, description = "What of it was asked for", content_type = "image/png", body = Vec<u8>),
        (status = 304, description = "The client has it"), Problems))]
async fn picture(
    State(app): State<App>,
    headers: HeaderMap,
    Id((job, cell)): Id<(String, u32)>,
) -> Result<Response, Problem> {
    let file = cell_file(&app, &job, cell as usize).await?;
    send_png(&file, &headers).await
}

async fn send_png(file: &std::path::Path, headers: &HeaderMap) -> Result<Response, Problem> {
    let sent = Sent {
        kind: "image/png",
        tag: tag(file).await?,
        name: None,
    };
    send(file, &sent, headers).await
}

/// Get the thumbnail of a cell, its longer side 256 pixels
#[utoipa::path(get, path = "/sweeps/{job}/cells/{cell}/thumbnail", tag = "sweeps",
    params(("job" = i64, Path, minimum = 1), ("cell" = u32, Path, minimum = 1)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = 304, description = "The client has it"), Problems))]
async fn thumbnail(
    State(app): State<App>,
    headers: HeaderMap,
    Id((job, cell)): Id<(String, u32)>,
) -> Result<Response, Problem> {
    let file = cell_file(&app, &job, cell as usize).await?;
    let sent = Sent {
        kind: "image/png",
        tag: format!("{}-256", tag(&file).await?),
        name: None,
    };
    let bytes = app
        .blocking(move |app| app.thumbnails().get(&file, 256))
        .await?;
    Ok(send_bytes(bytes, &sent, &headers))
}

/// Sheets of a sweep.
#[derive(Serialize, ToSchema)]
struct GridsView {
    /// How many there are by now.
    count: u64,
}

fn sheets(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut sheets: Vec<PathBuf> = entries
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("grid") && name.ends_with(".png")
        })
        .map(|entry| entry.path())
        .collect();
    sheets.sort();
    sheets
}

/// Count the sheets of a sweep
#[utoipa::path(get, path = "/sweeps/{job}/grids", tag = "sweeps", params(("job" = i64, Path, minimum = 1)),
    responses((status = 200, body = GridsView), Problems))]
async fn grids(State(app): State<App>, Id(job): Id<String>) -> Result<Json<GridsView>, Problem> {
    let id = job_id(&job)?;
    app.blocking(move |app| {
        let count = sheets(&folder(app, id)?).len() as u64;
        Ok(Json(GridsView { count }))
    })
    .await
}

/// Get a sheet of a sweep: the cells with their labels
#[utoipa::path(get, path = "/sweeps/{job}/grids/{sheet}", tag = "sweeps",
    params(("job" = i64, Path, minimum = 1), ("sheet" = u32, Path, minimum = 1)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>),
        (status = 206, description = "What of it was asked for", content_type = "image/png", body = Vec<u8>),
        (status = 304, description = "The client has it"), Problems))]
async fn grid(
    State(app): State<App>,
    headers: HeaderMap,
    Id((job, sheet)): Id<(String, u32)>,
) -> Result<Response, Problem> {
    let id = job_id(&job)?;
    let file = app
        .blocking(move |app| {
            let sheets = sheets(&folder(app, id)?);
            let at = (sheet as usize).checked_sub(1);
            let found = at.and_then(|at| sheets.into_iter().nth(at));
            found.ok_or_else(|| Problem::not_found(format_args!("there is no sheet {sheet}")))
        })
        .await?;
    send_png(&file, &headers).await
}
