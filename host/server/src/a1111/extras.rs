//! `extra-single-image`, `extra-batch-images`, `png-info`, `interrogate`: pictures that are there already.

use std::path::Path;

use aquatint_studio::{Infotext, picture_file};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::images;
use super::lists::UPSCALERS;
use crate::App;
use crate::http::{Body, Problem};
use crate::native;

/// The most pictures of one request.
const MOST: usize = 64;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/sdapi/v1/extra-single-image", post(single))
        .route("/sdapi/v1/extra-batch-images", post(batch))
        .route("/sdapi/v1/png-info", post(png_info))
        .route("/sdapi/v1/interrogate", post(interrogate))
}

/// What is done to pictures. Fields that there are not are as A1111 has them: left aside.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
struct Extras {
    /// 0 enlarges by a factor, 1 to a size.
    resize_mode: u32,
    show_extras_results: bool,
    gfpgan_visibility: f64,
    codeformer_visibility: f64,
    upscaling_resize: f64,
    upscaling_resize_w: u32,
    upscaling_resize_h: u32,
    upscaling_crop: bool,
    upscaler_1: Option<String>,
    upscaler_2: Option<String>,
    extras_upscaler_2_visibility: f64,
}

impl Default for Extras {
    fn default() -> Self {
        Self {
            resize_mode: 0,
            show_extras_results: true,
            gfpgan_visibility: 0.0,
            codeformer_visibility: 0.0,
            upscaling_resize: 2.0,
            upscaling_resize_w: 512,
            upscaling_resize_h: 512,
            upscaling_crop: true,
            upscaler_1: None,
            upscaler_2: None,
            extras_upscaler_2_visibility: 0.0,
        }
    }
}

#[derive(Deserialize)]
struct SingleBody {
    image: String,
    #[serde(flatten)]
    extras: Extras,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchBody {
    image_list: Vec<FileBody>,
    #[serde(flatten)]
    extras: Extras,
}

#[derive(Deserialize)]
struct FileBody {
    data: String,
}

async fn single(
    State(app): State<App>,
    Body(body): Body<SingleBody>,
) -> Result<Json<Value>, Problem> {
    app.blocking(move |app| {
        let (png, info) = one(app, "image", &body.image, &body.extras)?;
        Ok(Json(
            json!({"html_info": info, "image": images::encode(&png)}),
        ))
    })
    .await
}

async fn batch(
    State(app): State<App>,
    Body(body): Body<BatchBody>,
) -> Result<Json<Value>, Problem> {
    if !(1..=MOST).contains(&body.image_list.len()) {
        let given = body.image_list.len();
        return Err(Problem::field(
            "imageList",
            format_args!("imageList has {given} entries, expected 1 to {MOST}"),
        ));
    }
    app.blocking(move |app| {
        let mut all = Vec::new();
        let mut info = String::new();
        for file in &body.image_list {
            let (png, said) = one(app, "imageList", &file.data, &body.extras)?;
            all.push(images::encode(&png));
            info = said;
        }
        Ok(Json(json!({"html_info": info, "images": all})))
    })
    .await
}

fn one(app: &App, field: &str, text: &str, extras: &Extras) -> Result<(Vec<u8>, String), Problem> {
    let bytes = images::decode(field, text)?;
    let picture = app.uploads().decode(&bytes)?;
    let pixels = picture.over_white();
    let mut said = Vec::new();
    for (name, value) in [
        ("gfpgan_visibility", extras.gfpgan_visibility),
        ("codeformer_visibility", extras.codeformer_visibility),
    ] {
        if value > 0.0 {
            said.push(format!("<p>{name}: not honoured</p>"));
        }
    }
    let first = upscaler("upscaler_1", extras.upscaler_1.as_deref())?;
    let second = upscaler("upscaler_2", extras.upscaler_2.as_deref())?;
    let size = (picture.width, picture.height);
    let to = target(size, extras)?;
    if u64::from(to.0) * u64::from(to.1) > app.config().max_pixels {
        return Err(Problem::field(
            "upscaling_resize",
            format_args!(
                "the picture would have {}x{} pixels, expected at most {} (setting `max_pixels`)",
                to.0,
                to.1,
                app.config().max_pixels
            ),
        ));
    }
    let Some(algorithm) = first else {
        let png = native::encode(size.0, size.1, &pixels)?;
        return Ok((png, said.concat()));
    };
    let fill = extras.resize_mode == 1 && extras.upscaling_crop;
    let mut large = enlarge(size, &pixels, to, algorithm, fill)?;
    let share = extras.extras_upscaler_2_visibility.clamp(0.0, 1.0);
    if let (Some(algorithm), true) = (second, share > 0.0) {
        let other = enlarge(size, &pixels, to, algorithm, fill)?;
        for (pixel, other) in large.iter_mut().zip(other) {
            let mixed = f64::from(*pixel) * (1.0 - share) + f64::from(other) * share;
            *pixel = mixed.round() as u8;
        }
    }
    let name = extras.upscaler_1.as_deref().unwrap_or_default();
    said.push(format!("<p>Postprocess upscaler: {name}</p>"));
    Ok((native::encode(to.0, to.1, &large)?, said.concat()))
}

fn upscaler(field: &str, name: Option<&str>) -> Result<Option<ResizeAlg>, Problem> {
    match name.unwrap_or("None") {
        "None" | "" => Ok(None),
        "Lanczos" => Ok(Some(ResizeAlg::Convolution(FilterType::Lanczos3))),
        "Nearest" => Ok(Some(ResizeAlg::Nearest)),
        other => Err(Problem::field(
            field,
            format_args!(
                "{field} is {}, expected one of {}",
                aquatint_sandbox::names::shown(other),
                UPSCALERS.join(", ")
            ),
        )),
    }
}

fn target(size: (u32, u32), extras: &Extras) -> Result<(u32, u32), Problem> {
    if extras.resize_mode == 1 {
        let (width, height) = (extras.upscaling_resize_w, extras.upscaling_resize_h);
        if width == 0 || height == 0 {
            return Err(Problem::field(
                "upscaling_resize_w",
                "expected a width and a height above 0",
            ));
        }
        if extras.upscaling_crop {
            return Ok((width, height));
        }
        // Covers the size, as there.
        let factor = f64::max(
            f64::from(width) / f64::from(size.0),
            f64::from(height) / f64::from(size.1),
        );
        return Ok((scaled(size.0, factor), scaled(size.1, factor)));
    }
    let factor = extras.upscaling_resize;
    if !(factor > 0.0 && factor <= 16.0) {
        return Err(Problem::field(
            "upscaling_resize",
            format_args!("upscaling_resize is {factor}, expected above 0 and up to 16"),
        ));
    }
    Ok((scaled(size.0, factor), scaled(size.1, factor)))
}

fn scaled(side: u32, factor: f64) -> u32 {
    ((f64::from(side) * factor) as u32).max(1)
}

/// With `fill`, what does not fit the new shape is cut off at both ends.
fn enlarge(
    size: (u32, u32),
    pixels: &[u8],
    to: (u32, u32),
    algorithm: ResizeAlg,
    fill: bool,
) -> Result<Vec<u8>, Problem> {
    let from = Image::from_vec_u8(size.0, size.1, pixels.to_vec(), PixelType::U8x3)
        .map_err(Problem::internal)?;
    let mut image = Image::new(to.0, to.1, PixelType::U8x3);
    let mut options = ResizeOptions::new().resize_alg(algorithm);
    if fill {
        options = options.fit_into_destination(None);
    }
    Resizer::new()
        .resize(&from, &mut image, &options)
        .map_err(Problem::internal)?;
    Ok(image.into_vec())
}

#[derive(Deserialize)]
struct ImageBody {
    image: String,
}

/// The texts in a picture. One without any has an empty `info`, as there.
async fn png_info(
    State(app): State<App>,
    Body(body): Body<ImageBody>,
) -> Result<Json<Value>, Problem> {
    app.blocking(move |app| {
        let bytes = images::decode("image", &body.image)?;
        let name = Path::new("the picture");
        let file = app
            .uploads()
            .alone(|| picture_file::decode(&bytes, name))
            .map_err(Problem::invalid)?;
        let mut items = Map::new();
        let mut parameters = Map::new();
        if let Some(text) = &file.parameters {
            items.insert("parameters".to_owned(), text.as_str().into());
            let read = Infotext::parse(text);
            parameters.insert("Prompt".to_owned(), read.prompt.into());
            parameters.insert("Negative prompt".to_owned(), read.negative.into());
            let fields = read.fields.into_iter();
            parameters.extend(fields.map(|(key, value)| (key, value.into())));
        }
        Ok(Json(json!({
            "info": file.parameters.unwrap_or_default(),
            "items": items,
            "parameters": parameters,
        })))
    })
    .await
}

async fn interrogate(State(_): State<App>, Body(_): Body<Value>) -> Problem {
    Problem::not_implemented("there is no model here that says what a picture shows")
}
