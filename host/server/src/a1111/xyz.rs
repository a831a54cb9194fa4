//! The sweep as "X/Y/Z plot", with A1111's 19 arguments.

use aquatint_studio::jobs::{NewJob, Task};
use aquatint_studio::random_seed;
use aquatint_studio::sweep::{AxisSpec, SweepSpec};
use axum::Json;
use serde_json::{Map, Value, json};

use super::answer::{Drawn, echo, images, info, read};
use super::asked::Asked;
use super::generate::{Ended, check};
use crate::App;
use crate::http::Problem;
use crate::native::Awaited;
use crate::work::{SweepTask, sweep_folder};

/// What it is called.
pub(super) const NAME: &str = "x/y/z plot";

/// The axes of `txt2img` in A1111's order, which is what numbers mean, and what each is here.
const AXES: [(&str, Option<&str>); 42] = [
    ("Nothing", None),
    ("Seed", Some("seed")),
    ("Var. seed", Some("variation_seed")),
    ("Var. strength", Some("variation_strength")),
    ("Steps", Some("steps")),
    ("Hires steps", Some("hires_steps")),
    ("CFG Scale", Some("cfg")),
    ("Prompt S/R", Some("replace")),
    ("Prompt order", Some("order")),
    ("Sampler", Some("sampler")),
    ("Hires sampler", Some("hires_sampler")),
    ("Checkpoint name", Some("model")),
    ("Negative Guidance minimum sigma", Some("s_min_uncond")),
    ("Sigma Churn", Some("s_churn")),
    ("Sigma min", Some("s_tmin")),
    ("Sigma max", Some("s_tmax")),
    ("Sigma noise", Some("s_noise")),
    ("Schedule type", Some("schedule")),
    ("Schedule min sigma", None),
    ("Schedule max sigma", None),
    ("Schedule rho", None),
    ("Beta schedule alpha", None),
    ("Beta schedule beta", None),
    ("Eta", Some("eta")),
    ("Clip skip", None),
    ("Denoising", Some("hires_strength")),
    ("Initial noise multiplier", None),
    ("Extra noise", None),
    ("Hires upscaler", Some("hires_upscaler")),
    ("VAE", Some("vae")),
    ("Styles", None),
    ("UniPC Order", None),
    ("Face restore", None),
    ("Token merging ratio", None),
    ("Token merging ratio high-res", None),
    ("Always discard next-to-last sigma", None),
    ("SGM noise multiplier", None),
    ("Refiner checkpoint", Some("refiner")),
    ("Refiner switch at", Some("refiner_switch")),
    ("RNG source", Some("noise")),
    ("FP8 mode", None),
    ("Size", Some("size")),
];

/// The labels of the arguments, in order.
const ARGUMENTS: [&str; 19] = [
    "X type",
    "X values",
    "X values",
    "Y type",
    "Y values",
    "Y values",
    "Z type",
    "Z values",
    "Z values",
    "Draw legend",
    "Include Sub Images",
    "Include Sub Grids",
    "Keep -1 for seeds",
    "Vary seeds for X",
    "Vary seeds for Y",
    "Vary seeds for Z",
    "Grid margins (px)",
    "Use text inputs instead of dropdowns",
    "",
];

/// Whether a body asks for it.
pub(super) fn is_asked(body: &Map<String, Value>) -> bool {
    body.get("script_name")
        .and_then(Value::as_str)
        .is_some_and(|name| name.eq_ignore_ascii_case(NAME))
}

/// What `script-info` says of it.
pub(super) fn infos() -> [Value; 2] {
    [false, true].map(|is_img2img| {
        let args: Vec<Value> = ARGUMENTS[..18]
            .iter()
            .map(|label| {
                let is_type = label.ends_with("type");
                let choices: Vec<&str> = AXES
                    .iter()
                    .filter(|(name, field)| field.is_some() || *name == "Nothing")
                    .map(|(name, _)| *name)
                    .collect();
                json!({
                    "label": label,
                    "value": null,
                    "minimum": null,
                    "maximum": null,
                    "step": null,
                    "choices": if is_type { json!(choices) } else { Value::Null },
                })
            })
            .collect();
        json!({"name": NAME, "is_alwayson": false, "is_img2img": is_img2img, "args": args})
    })
}

/// What the arguments say.
#[derive(Debug, Default, PartialEq)]
struct Plot {
    axes: Vec<AxisSpec>,
    legend: bool,
    /// The cells follow the grid.
    cells: bool,
    /// The sheets follow the first one.
    sheets: bool,
    ignored: Vec<String>,
}

fn plot(args: &[Value]) -> Result<Plot, Problem> {
    let wrong = |why: String| Problem::field("script_args", why);
    if args.len() < 9 || args.len() > ARGUMENTS.len() {
        return Err(wrong(format!(
            "X/Y/Z plot has {} arguments, expected 9 to 19: type, values and chosen values for each axis, then switches",
            args.len()
        )));
    }
    let mut plot = Plot {
        legend: true,
        ..Plot::default()
    };
    for (axis, triple) in ["X", "Y", "Z"].into_iter().zip(args.chunks(3)) {
        let Some((label, field)) = axis_named(axis, &triple[0])? else {
            continue;
        };
        // What is chosen from a list counts where something is.
        let chosen = match &triple[2] {
            Value::Array(chosen) if !chosen.is_empty() => Value::Array(chosen.clone()),
            Value::String(chosen) if !chosen.is_empty() => json!([chosen]),
            _ => match &triple[1] {
                Value::Null => Value::String(String::new()),
                other => other.clone(),
            },
        };
        plot.axes.push(AxisSpec {
            field: field.to_owned(),
            values: Some(chosen),
            label: Some(label.to_owned()),
            ..AxisSpec::default()
        });
    }
    let flag = |at: usize, or: bool| match args.get(at) {
        None | Some(Value::Null) => Ok(or),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(other) => Err(wrong(format!(
            "argument {at} (`{}`) is {}, expected true or false",
            ARGUMENTS[at],
            aquatint_sandbox::names::shown(&other.to_string())
        ))),
    };
    plot.legend = flag(9, true)?;
    plot.cells = flag(10, false)?;
    plot.sheets = flag(11, false)?;
    for (at, name) in ARGUMENTS.iter().enumerate().take(16).skip(12) {
        if flag(at, false)? {
            plot.ignored.push(format!("{name}: not honoured"));
        }
    }
    if !plot.legend {
        plot.ignored
            .push("Draw legend: sheets have labels".to_owned());
    }
    if plot.axes.is_empty() {
        return Err(wrong(
            "every axis is `Nothing`, expected at least one".to_owned(),
        ));
    }
    Ok(plot)
}

/// An axis by A1111's number, or by its label; `None` is `Nothing`.
fn axis_named(axis: &str, given: &Value) -> Result<Option<(&'static str, &'static str)>, Problem> {
    let found = match given {
        Value::Null => return Ok(None),
        Value::Number(number) => number
            .as_u64()
            .and_then(|number| AXES.get(usize::try_from(number).ok()?)),
        Value::String(label) if label.is_empty() => return Ok(None),
        Value::String(label) => AXES
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(label)),
        _ => None,
    };
    match found {
        Some(("Nothing", _)) => Ok(None),
        Some((name, Some(field))) => Ok(Some((name, field))),
        Some((name, None)) => Err(Problem::field(
            "script_args",
            format_args!("{axis} type is `{name}`, which cannot be an axis here yet"),
        )),
        None => Err(Problem::field(
            "script_args",
            format_args!(
                "{axis} type is {}, expected a number from 0 to {} or a label",
                aquatint_sandbox::names::shown(&given.to_string()),
                AXES.len() - 1
            ),
        )),
    }
}

/// Draws it, waits, and answers with the grid, and the cells if they are wanted.
pub(super) async fn draw(
    app: App,
    mut asked: Asked,
    body: Map<String, Value>,
) -> Result<Json<Value>, Problem> {
    let args = match body.get("script_args") {
        Some(Value::Array(args)) => args.clone(),
        _ => Vec::new(),
    };
    let plot = plot(&args)?;
    asked.ignored.extend(plot.ignored.iter().cloned());
    for (name, wanted) in [
        ("batch_size", asked.request.batch),
        ("n_iter", asked.iterations),
    ] {
        if wanted != 1 {
            asked.ignored.push(format!("{name}: a cell is one picture"));
        }
    }
    asked.request.batch = 1;
    asked.request.seed = Some(asked.seed.unwrap_or_else(random_seed));
    let listener = Awaited::listen(&app, false);
    let spec = SweepSpec {
        request: asked.request.clone(),
        axes: plot.axes,
        max_cells: None,
    };
    let job = app
        .blocking(move |app| {
            app.check_room(1)?;
            let sweep = app.checks().sweep(&spec, app.config())?;
            let task = SweepTask {
                seeds: sweep.seeds().to_vec(),
                spec,
                fail_fast: false,
                sheets: true,
                dark: false,
            };
            let value = serde_json::to_value(task).map_err(Problem::internal)?;
            let mut new = NewJob::new(Task::Sweep(value));
            new.deadline = app.config().longest_job();
            new.options
                .other
                .insert("source".to_owned(), "a1111".into());
            Ok(app.queue().add(new)?.id)
        })
        .await?;
    let task = asked
        .task
        .clone()
        .unwrap_or_else(|| format!("task({})", app.new_request_id()));
    app.tasks().add(&task, vec![job]);
    let ended = Ended {
        app: app.clone(),
        task,
    };
    let jobs = Awaited::new(&app, vec![job], false, listener)
        .ended(|_| {})
        .await?;
    drop(ended);
    let answer = app
        .blocking(move |app| {
            check(&jobs)?;
            let folder = sweep_folder(app.data(), job);
            let outcome = jobs.iter().find_map(|job| job.outcome.as_ref());
            let sheets = outcome.map(|it| it.files.clone()).unwrap_or_default();
            let count = if plot.sheets { sheets.len() } else { 1 };
            let mut drawn: Vec<Drawn> = read(sheets.into_iter().take(count))?;
            let cells: Vec<Drawn> = read(crate::native::cell_files(&folder)?.into_iter())?;
            let mut seen = info(&asked, &cells, outcome.is_none());
            seen["index_of_first_image"] = drawn.len().into();
            if plot.cells {
                drawn.extend(cells);
            }
            Ok(json!({
                "images": images(&asked, &drawn),
                "parameters": echo(&body),
                "info": seen.to_string(),
            }))
        })
        .await?;
    Ok(Json(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_labels_mean_a1111s_axes() {
        let args = json!([
            6,
            "1-9 (+2)",
            [],
            "Sampler",
            "",
            ["Euler", "DPM++ 2M"],
            0,
            "",
            [],
            true,
            true,
            false,
            false,
            false,
            false,
            false,
            0,
            false
        ]);
        let plot = plot(args.as_array().expect("a list")).expect("a plot");
        let axes: Vec<_> = plot
            .axes
            .iter()
            .map(|axis| (axis.field.as_str(), axis.values.clone().expect("values")))
            .collect();
        assert_eq!(
            axes,
            [
                ("cfg", json!("1-9 (+2)")),
                ("sampler", json!(["Euler", "DPM++ 2M"]))
            ]
        );
        assert!(plot.cells && plot.legend && plot.ignored.is_empty());
    }

    #[test]
    fn what_cannot_be_an_axis_is_named() {
        let of = |first: Value| {
            let args = [first, json!("1,2"), json!([])]
                .into_iter()
                .chain((0..6).map(|_| Value::Null))
                .collect::<Vec<_>>();
            plot(&args).expect_err("refused").detail().to_owned()
        };
        assert!(of(json!("Clip skip")).contains("`Clip skip`, which cannot be an axis"));
        let most = AXES.len() - 1;
        let says = of(json!(99));
        assert!(
            says.contains(&format!("X type is 99, expected a number from 0 to {most}")),
            "{says}"
        );
        assert!(of(json!(0)).contains("every axis is `Nothing`"));
        assert!(plot(&[]).is_err());
    }
}
