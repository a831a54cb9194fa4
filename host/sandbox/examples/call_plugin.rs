//! Loads one plugin, with everything granted that it asks for, and calls a hook of it.
//!
//! ```sh
//! cargo run -p aquatint-sandbox --example call_plugin -- film-grain.wasm post-process in.png out.png amount=0.3
//! cargo run -p aquatint-sandbox --example call_plugin -- dynamic-prompts.wasm pre-process '{"prompt": "a {red|blue} fox"}'
//! ```
//!
//! `seed=N` is the job's seed; every other `key=value` is a setting.

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::{env, fs, io};

use aquatint_sandbox::engine::{Engine, Options};
use aquatint_sandbox::manifest::{Limits, Phase};
use aquatint_sandbox::pixels::{Filter, Picture, PixelFormat, Size};
use aquatint_sandbox::plugin::{Candidate, Job, Kept, Moment, Report};
use aquatint_sandbox::prescan::Bounds;
use aquatint_sandbox::problem::Problem;
use aquatint_sandbox::services::{NamedPictures, Services};
use aquatint_sandbox::settings::{PluginArgument, Value};
use aquatint_sandbox::stop::Stop;
use aquatint_sandbox::tensor::Tensor;

/// Draws a gradient for whatever is asked, and makes noise of a simple kind.
struct Gradient;

impl Services for Gradient {
    fn noise(&self, seed: u64, out: &mut [f32]) -> Result<(), Problem> {
        let mut state = seed;
        for number in out {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            *number = ((state >> 40) as f32 / (1 << 24) as f32 - 0.5) * 3.46;
        }
        Ok(())
    }

    fn draw(
        &self,
        changes: Vec<(String, Value)>,
        pictures: NamedPictures,
        _: &Stop,
    ) -> Result<Vec<Picture>, Problem> {
        let side = |key: &str| {
            changes.iter().find_map(|(name, value)| match value {
                Value::Int(side) if name == key => Some(*side as u32),
                _ => None,
            })
        };
        let size = Size {
            width: side("width").unwrap_or(256),
            height: side("height").unwrap_or(256),
        };
        let picture = match pictures.into_values().next() {
            Some(init) => init.resize(size, Filter::Bilinear, &|| false),
            None => gradient(size),
        };
        Ok(vec![picture?])
    }
}

fn gradient(size: Size) -> Result<Picture, aquatint_sandbox::pixels::PictureError> {
    let pixels = (0..size.height)
        .flat_map(|y| (0..size.width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            [
                (x * 255 / size.width) as u8,
                (y * 255 / size.height) as u8,
                128,
            ]
        });
    Picture::from_pixels(size, PixelFormat::Rgb8, pixels.collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, hook, rest @ ..] = arguments.as_slice() else {
        return Err("usage: call_plugin PLUGIN.wasm HOOK [ARGUMENTS] [key=value]".into());
    };
    let (pairs, rest): (Vec<&String>, Vec<&String>) = rest
        .iter()
        .partition(|it| it.split_once('=').is_some() && !it.starts_with('{'));

    let engine = Engine::new(Options {
        cache: Some(env::temp_dir().join("aquatint-call-plugin")),
        ..Options::default()
    })?;
    let verified = Candidate::new(fs::read(file)?).verify(&Bounds::default())?;
    let granted = verified.needed.clone();
    let compiled = verified.compile(&engine)?;
    let store = tempfile::tempdir()?;
    let plugin = verified.link(
        &engine,
        &compiled,
        &granted,
        &Limits::cap(),
        Some(store.path().to_owned()),
    )?;
    plugin.probe()?;

    let mut job = Job {
        seed: 1,
        services: Arc::new(Gradient),
        ..Job::default()
    };
    let mut settings = Vec::new();
    for pair in pairs {
        match pair.strip_prefix("seed=") {
            Some(seed) => job.seed = seed.parse()?,
            None => settings.push(pair.as_str()),
        }
    }
    let argument: PluginArgument = if settings.is_empty() {
        "settings".parse()?
    } else {
        format!("settings:{}", settings.join(",")).parse()?
    };
    let schema = &plugin.manifest().settings;
    job.settings = schema.read_terms(&argument.settings)?;
    if let Some(json) = rest.iter().find(|it| it.starts_with('{')) {
        let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json)?;
        job.request = fields
            .into_iter()
            .map(|(key, value)| {
                let value = match value {
                    serde_json::Value::Bool(it) => Value::Flag(it),
                    serde_json::Value::String(it) => Value::Text(it),
                    serde_json::Value::Number(it) => match it.as_i64() {
                        Some(int) if key == "seed" => Value::Seed(int as u64),
                        Some(int) => Value::Int(int),
                        None => Value::Number(it.as_f64().unwrap_or(0.0)),
                    },
                    _ => Value::Auto,
                };
                (key, value)
            })
            .collect();
    }
    let mut out = io::stdout();
    let report = match hook.as_str() {
        "pre-process" => {
            let done = plugin.pre_process(&job)?;
            writeln!(out, "{:#?}", done.value)?;
            done.report
        }
        "post-process" => {
            let picture = match rest.first() {
                Some(path) => Picture::decode(&fs::read(path)?, u64::MAX)?,
                None => gradient(Size {
                    width: 256,
                    height: 256,
                })?,
            };
            let done = plugin.post_process(&job, &picture)?;
            write_picture(rest.get(1).map_or("out.png", |it| it.as_str()), &done.value)?;
            done.report
        }
        "denoise" => {
            let numbers: Vec<f32> = (0..4 * 8 * 8).map(|it| (it as f32 * 0.37).sin()).collect();
            let latents = Tensor::from_numbers(vec![4, 8, 8], numbers)?;
            let moment = Moment {
                phase: Phase::Step,
                step: 1,
                steps: 10,
                sigma: 7.0,
                predicted: Some(latents.clone()),
                kept: Kept::default(),
            };
            let done = plugin.denoise(&job, &moment, &latents)?;
            writeln!(out, "{:?}", &done.value.numbers()[..16])?;
            done.report
        }
        "script" => {
            let done = plugin.script(&job)?;
            for (index, picture) in done.value.iter().enumerate() {
                write_picture(&format!("out-{index}.png"), picture)?;
            }
            done.report
        }
        "sweep" => {
            let done = plugin.axes(&job)?;
            for axis in &done.value {
                writeln!(out, "{axis:?}")?;
                writeln!(out, "{:#?}", plugin.points(&job, &axis.key)?.value)?;
            }
            done.report
        }
        other => return Err(format!("no hook `{other}`").into()),
    };
    tell(&mut out, &report)?;
    Ok(())
}

fn write_picture(path: &str, picture: &Picture) -> Result<(), Box<dyn Error>> {
    let picture = match picture.format() {
        PixelFormat::RgbaF32 => picture.convert(PixelFormat::Rgba8),
        _ => picture.clone(),
    };
    Ok(fs::write(path, picture.encode()?)?)
}

fn tell(out: &mut impl io::Write, report: &Report) -> io::Result<()> {
    for line in &report.log {
        writeln!(out, "{} {}", line.level, line.text)?;
    }
    writeln!(
        out,
        "{:?}, {} KiB at most, {} calls of the host",
        report.time,
        report.peak_memory >> 10,
        report.host_calls
    )
}
