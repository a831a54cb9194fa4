//! Draws the grids and the page of a made-up sweep, without a model: to look at them, and to measure what they take.
//!
//! ```sh
//! cargo run --example sheet -- FOLDER [COLUMNS ROWS PAGES SIDE] [--dark]
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use aquatint_studio::Infotext;
use aquatint_studio::grid::{self, Options, Page, ScriptAxis, Theme, Tile, html};

/// Words of different lengths and alphabets for the second axis.
const STYLES: [&str; 8] = [
    "a cat",
    "an oil painting of a very old lighthouse on a cliff in a storm, dramatic light, by a master of the 19th century",
    "Кот на крыше",
    "γάτα στη στέγη",
    "חתול על הגג",
    "قطة على السطح",
    "屋根の上の猫",
    "\u{202e}reversed\u{202c} </script><b>bold</b> \"quoted\" & more",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, rest): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|word| word.starts_with("--"));
    let folder = PathBuf::from(rest.first().ok_or("which folder?")?);
    let number =
        |index: usize, default: usize| rest.get(index).map_or(Ok(default), |word| word.parse());
    let (columns, rows, pages) = (number(1, 6)?, number(2, 8)?, number(3, 2)?);
    let side = u32::try_from(number(4, 384)?)?;
    let made = Made {
        columns,
        rows,
        pages,
        side,
    };
    let options = Options {
        theme: if flags.iter().any(|flag| flag == "--dark") {
            Theme::Dark
        } else {
            Theme::Light
        },
        ..Options::default()
    };

    fs::create_dir_all(folder.join("cells"))?;
    let began = Instant::now();
    for [column, row, page] in made.places() {
        let path = folder.join(made.file(column, row, page));
        if Made::status(column, row) == html::Status::Done && !path.exists() {
            fs::write(path, picture(side, column, row, page)?)?;
        }
    }
    say(&format!("pictures: {:.2} s", began.elapsed().as_secs_f64()));

    for page in 0..pages {
        let began = Instant::now();
        let first = Infotext::parse(
            "a cat\nSteps: 20, Sampler: Euler, CFG scale: 1, Seed: 1, Version: aquatint",
        );
        let axes = [
            ScriptAxis {
                name: "CFG Scale",
                values: "1-9 (+0.5)",
            },
            ScriptAxis {
                name: "Prompt S/R",
                values: "a cat, an oil painting",
            },
        ];
        let sheet = Page {
            title: format!("a {{cat}} on a roof — Seed: {}", page + 1),
            columns: made.column_labels(),
            rows: made.row_labels(),
            parameters: Some(grid::infotext(first, &axes).to_string()),
        };
        let path = folder.join(format!("grid-{page}.png"));
        let drawn = grid::write(
            &path,
            &sheet,
            |column, row| made.tile(&folder, column, row, page),
            &options,
        )?;
        say(&format!(
            "{}: {drawn:?} in {:.2} s",
            path.display(),
            began.elapsed().as_secs_f64()
        ));
        if let Some(scaled) = drawn.scaled() {
            say(&scaled);
        }
    }

    let path = folder.join("index.html");
    html::write(&path, &made.data())?;
    say(&format!(
        "{}: {} bytes",
        path.display(),
        fs::metadata(&path)?.len()
    ));
    Ok(())
}

#[allow(clippy::print_stdout)]
fn say(line: &str) {
    println!("{line}");
}

struct Made {
    columns: usize,
    rows: usize,
    pages: usize,
    side: u32,
}

impl Made {
    fn places(&self) -> impl Iterator<Item = [usize; 3]> + use<'_> {
        (0..self.pages).flat_map(move |page| {
            (0..self.rows)
                .flat_map(move |row| (0..self.columns).map(move |column| [column, row, page]))
        })
    }

    /// Some cells are no picture, as in life.
    fn status(column: usize, row: usize) -> html::Status {
        match (column + 3 * row) % 17 {
            5 => html::Status::Failed,
            11 => html::Status::Missing,
            13 => html::Status::Skipped,
            _ => html::Status::Done,
        }
    }

    fn error(column: usize) -> String {
        format!(
            "plugin film-grain: setting `amount` is {column}, more than 1: the plugin said <script>alert(1)</script> and more \
             that goes on for a while"
        )
    }

    fn file(&self, column: usize, row: usize, page: usize) -> String {
        format!("cells/{column:03}-{row:03}-{page} #50%.png")
    }

    fn tile(&self, folder: &Path, column: usize, row: usize, page: usize) -> Tile {
        match Self::status(column, row) {
            html::Status::Done => Tile::File(folder.join(self.file(column, row, page))),
            html::Status::Failed => Tile::Error(Self::error(column)),
            html::Status::Skipped => Tile::Note("skipped".to_owned()),
            html::Status::Missing => Tile::Missing,
        }
    }

    fn column_labels(&self) -> Vec<String> {
        (0..self.columns)
            .map(|column| format!("CFG scale: {}", 1.0 + column as f64 / 2.0))
            .collect()
    }

    fn row_labels(&self) -> Vec<String> {
        (0..self.rows)
            .map(|row| match row / STYLES.len() {
                0 => STYLES[row].to_owned(),
                round => format!("{} ({round})", STYLES[row % STYLES.len()]),
            })
            .collect()
    }

    fn data(&self) -> html::Data {
        let axis = |name: &str, labels| html::Axis {
            name: name.to_owned(),
            labels,
        };
        html::Data {
            title: "a {cat} on a roof & </title><b>more".to_owned(),
            axes: vec![
                axis("CFG scale", self.column_labels()),
                axis("Prompt", self.row_labels()),
                axis(
                    "Seed",
                    (1..=self.pages).map(|seed| seed.to_string()).collect(),
                ),
            ],
            cells: self
                .places()
                .filter(|[column, row, _]| Self::status(*column, *row) != html::Status::Missing)
                .map(|[column, row, page]| self.cell(column, row, page))
                .collect(),
        }
    }

    fn cell(&self, column: usize, row: usize, page: usize) -> html::Cell {
        let status = Self::status(column, row);
        let done = status == html::Status::Done;
        html::Cell {
            coordinates: vec![column, row, page],
            status,
            file: done.then(|| self.file(column, row, page)),
            width: done.then_some(self.side),
            height: done.then_some(self.side * 5 / 4),
            error: (status == html::Status::Failed).then(|| Self::error(column)),
            seed: Some(u64::MAX - page as u64),
            seconds: done.then_some(1.25),
            details: vec![("Sampler".to_owned(), "DPM++ 2M".to_owned())],
        }
    }
}

/// A disc whose colour and place tell the cell, on a gradient with some grain.
fn picture(
    side: u32,
    column: usize,
    row: usize,
    page: usize,
) -> Result<Vec<u8>, png::EncodingError> {
    let (width, height) = (side, side * 5 / 4);
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    let middle = (
        0.3 + 0.4 * ((column % 7) as f32 / 7.0),
        0.3 + 0.4 * ((row % 9) as f32 / 9.0),
    );
    let mut grain = (1 + column + 1000 * row + 1_000_000 * page) as u32;
    for y in 0..height {
        for x in 0..width {
            grain = grain.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (grain >> 28) as f32;
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            let inside = (u - middle.0).hypot((v - middle.1) * 1.25) < 0.22;
            let colour = if inside {
                [
                    230.0,
                    60.0 + 20.0 * (column % 8) as f32,
                    40.0 + 25.0 * (row % 8) as f32,
                ]
            } else {
                [
                    40.0 + 120.0 * u,
                    60.0 + 80.0 * v,
                    120.0 + 60.0 * page as f32,
                ]
            };
            rgb.extend(colour.map(|value| (value + noise) as u8));
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}
