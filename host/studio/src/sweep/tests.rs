mod axes;
mod files;
mod golden;
mod orders;
mod plugins;
mod properties;

use aquatint_sandbox::contract::Hook;
use aquatint_sandbox::manifest::PluginId;
use aquatint_sandbox::plugin::{Axis as PluginAxis, Point};
use aquatint_sandbox::settings::{Schema, Value};
use serde_json::json;

use super::*;
use crate::plugins::PluginError;
use crate::{PluginUse, Request};

/// Plugins that nobody has to load.
struct Shelf;

impl SweepPlugins for Shelf {
    fn about(&self, id: &PluginId) -> Result<About, PluginError> {
        let hooks = match id.as_str() {
            "film-grain" | "glow" | "acme.glow" => vec![Hook::PostProcess],
            "latent-mirror" => vec![Hook::Denoise, Hook::Sweep],
            "styles" => vec![Hook::PreProcess],
            "prompt-axis" => vec![Hook::Sweep],
            "acme" => vec![Hook::PostProcess],
            other => {
                return Err(PluginError::NotFound {
                    id: other.to_owned(),
                    nearest: aquatint_sandbox::names::nearest(
                        other,
                        self.ids().iter().map(String::as_str),
                    ),
                });
            }
        };
        Ok(About {
            settings: schema(),
            hooks,
        })
    }

    fn axes(&self, used: &PluginUse) -> Result<Vec<PluginAxis>, PluginError> {
        let keys: &[&str] = match used.id.as_str() {
            "latent-mirror" => &["amount", "sides"],
            _ => &[
                "shapes", "empty", "nameless", "twins", "stpes", "nan", "batch", "seeds", "looks",
                "sampler",
            ],
        };
        let axis = |key: &&str| PluginAxis {
            key: (*key).to_owned(),
            label: format!("All {key}"),
        };
        Ok(keys.iter().map(axis).collect())
    }

    fn points(
        &self,
        used: &PluginUse,
        axis: &str,
        request: &Request,
    ) -> Result<Vec<Point>, PluginError> {
        let shape = |width: i64, height: i64| {
            point(
                &format!("{width}×{height}"),
                &[("width", Value::Int(width)), ("height", Value::Int(height))],
            )
        };
        Ok(match axis {
            "shapes" | "sides" => {
                let side = used.settings.get("count").and_then(|it| it.as_i64());
                let side = side.unwrap_or(512);
                vec![shape(side, side), shape(768, side), shape(side, side)]
            }
            "looks" => vec![
                point("as it is", &[]),
                point(
                    "night",
                    &[
                        (
                            "prompt",
                            Value::Text(format!("{} at night", request.prompt)),
                        ),
                        ("cfg", Value::Number(5.5)),
                    ],
                ),
            ],
            "seeds" => vec![
                point("one", &[("seed", Value::Seed(1))]),
                point("any", &[("seed", Value::Auto)]),
            ],
            "nameless" => vec![point(" ", &[])],
            "twins" => vec![
                point("a", &[("steps", Value::Int(1))]),
                point("a", &[("steps", Value::Int(2))]),
                point("a", &[("steps", Value::Int(1))]),
                point("a", &[("steps", Value::Int(3))]),
            ],
            "stpes" => vec![point("a", &[("stpes", Value::Int(1))])],
            "nan" => vec![point("a", &[("cfg", Value::Number(f64::NAN))])],
            "batch" => vec![point("a", &[("batch", Value::Int(2))])],
            "sampler" => vec![point("a", &[("sampler", Value::Text("Eulr".into()))])],
            _ => Vec::new(),
        })
    }

    fn ids(&self) -> Vec<String> {
        ["film-grain", "glow", "latent-mirror", "prompt-axis"]
            .map(str::to_owned)
            .into()
    }
}

fn point(label: &str, changes: &[(&str, Value)]) -> Point {
    Point {
        label: label.to_owned(),
        changes: changes
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect(),
    }
}

fn schema() -> Schema {
    let schema: Schema = serde_json::from_value(json!([
        {"key": "on", "type": "flag"},
        {"key": "count", "type": "int", "default": 512, "min": 0, "max": 1024},
        {"key": "amount", "type": "number", "default": 0.5, "min": 0, "max": 1},
        {"key": "note", "type": "text"},
        {"key": "mode", "type": "choice", "options": ["soft", "hard"]},
        {"key": "tint", "type": "color", "default": "#fff"},
        {"key": "seed", "type": "seed"},
        {"key": "sizes", "type": "list", "of": "int"},
        {"key": "glow", "type": "flag"},
    ]))
    .expect("a schema");
    schema.check().expect("a sound schema");
    schema
}

fn spec(request: Request, axes: &[&str]) -> SweepSpec {
    SweepSpec {
        request,
        axes: axes.iter().map(|axis| axis.parse().expect(axis)).collect(),
        max_cells: None,
    }
}

fn cat() -> Request {
    Request {
        prompt: "a cat, a dog".into(),
        negative: "blurry cat".into(),
        ..Request::default()
    }
}

/// Seeds that count up from 100.
fn counter() -> impl FnMut() -> u64 {
    let mut next = 99;
    move || {
        next += 1;
        next
    }
}

fn sweep_of(request: Request, axes: &[&str]) -> Sweep {
    made(&spec(request, axes))
}

fn made(spec: &SweepSpec) -> Sweep {
    let draft = Draft::new(spec, &Shelf).expect("a sound sweep");
    draft.draw(&mut counter()).expect("sound cells")
}

fn error_of(spec: &SweepSpec) -> String {
    let sweep = Draft::new(spec, &Shelf).and_then(|draft| draft.draw(&mut counter()));
    match sweep {
        Err(error) => error.to_string(),
        Ok(sweep) => panic!("{} cells of {spec:?}", sweep.len()),
    }
}

/// The labels of an axis.
fn labels(sweep: &Sweep, axis: usize) -> Vec<&str> {
    let values = sweep.axes()[axis].values.iter();
    values.map(|value| value.label.as_str()).collect()
}

fn cells(sweep: &Sweep) -> Vec<Cell> {
    (0..sweep.len())
        .map(|index| sweep.cell(index).expect("a cell"))
        .collect()
}
