//! What is measured of a plugin in Rust. By its progress the host sees when it is entered.

use aquatint_plugin::{job, prelude::*};

#[path = "../../filter.rs"]
mod filter;

plugin!(post_process: work);

fn work(picture: &Picture) -> Result<()> {
    job::progress(0.0, "");
    match Settings.text("work")?.as_str() {
        "strips" => picture.map_strips(|_, _| {}),
        "whole" => {
            let pixels = picture.read_all()?;
            picture.write_all(&pixels)
        }
        "filter" => picture.map_strips(|pixels, area| {
            filter::develop(pixels, area.y * area.width);
        }),
        _ => Ok(()),
    }
}
