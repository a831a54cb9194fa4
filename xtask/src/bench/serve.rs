//! How soon a server answers: from the start of its process to the first answer of `/healthz`, without plugins and with many.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use super::folder;
use super::plugin::{load, processor};
use super::samples::Samples;
use crate::setup::target_folder;
use crate::shell::{cargo, run};

/// Longest that a server may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Starts of each; the median counts
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// How many plugins are installed in the second folder
    #[arg(long, default_value_t = 50)]
    plugins: usize,
    /// The program, in place of one that is built for this
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

pub(super) fn measure(args: &ServeArgs) -> Result<()> {
    let binary = match &args.binary {
        Some(binary) => std::path::absolute(binary)?,
        None => {
            run(&mut cargo(&["build", "--release", "--package", "aquatint"]))?;
            let name = format!("aquatint{}", env::consts::EXE_SUFFIX);
            target_folder()?.join("release").join(name)
        }
    };
    let place = folder()?.join("serve");
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    let (bare, full) = (place.join("bare"), place.join("full"));
    install(&binary, &full, args.plugins)?;
    println!("\n{}, load {} at the start", processor(), load());
    let (mut without, mut with) = (Samples::default(), Samples::default());
    for data in [&bare, &full] {
        // What the first start makes is there from then on.
        start(&binary, data)?;
    }
    for _ in 0..args.rounds.max(1) {
        without.push(start(&binary, &bare)?);
        with.push(start(&binary, &full)?);
    }
    println!("load {} at the end", load());
    let count = args.plugins;
    println!("\nstart of the process to the first 200 of /healthz, ms, warm");
    for (name, samples) in [
        ("no plugins".to_owned(), &without),
        (format!("{count} plugins installed"), &with),
    ] {
        println!(
            "  {name:<28} {:8.1}  (a tenth below {:.1}, a tenth above {:.1}, of {})",
            samples.median(),
            samples.at(0.1),
            samples.at(0.9),
            samples.len()
        );
    }
    fs::remove_dir_all(&place)?;
    Ok(())
}

/// Installs small plugins, each under an id of its own, as people do.
fn install(binary: &Path, data: &Path, count: usize) -> Result<()> {
    let files = data.join("files");
    fs::create_dir_all(&files)?;
    println!("making and installing {count} plugins");
    let mut make = cargo(&[
        "run",
        "--quiet",
        "--package",
        "aquatint-tests",
        "--example",
        "many_plugins",
        "--",
    ]);
    run(make.arg(&files).arg(count.to_string()))?;
    for entry in fs::read_dir(&files)? {
        let mut install = Command::new(binary);
        install
            .args(["plugin", "install", "--yes"])
            .arg(entry?.path())
            .env("AQUATINT_DATA", data)
            .stdout(Stdio::null());
        run(&mut install)?;
    }
    Ok(())
}

/// Milliseconds from the start of a server to its first answer.
fn start(binary: &Path, data: &Path) -> Result<f64> {
    fs::create_dir_all(data)?;
    let began = Instant::now();
    let mut server = Command::new(binary)
        .args(["serve", "--port", "0", "--quiet", "--log-level", "error"])
        .env("AQUATINT_DATA", data)
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    let answered = answered(server.stdout.take(), began);
    server.kill()?;
    server.wait()?;
    answered
}

fn answered(output: Option<impl std::io::Read>, began: Instant) -> Result<f64> {
    let mut line = String::new();
    let output = output.context("the server has no output")?;
    BufReader::new(output).read_line(&mut line)?;
    let address = line.trim().trim_start_matches("http://");
    let address = address.trim_end_matches('/');
    while began.elapsed() < PATIENCE {
        if let Ok(mut stream) = TcpStream::connect(address) {
            let head =
                format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
            stream.write_all(head.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            if answer.starts_with("HTTP/1.1 200") {
                return Ok(began.elapsed().as_secs_f64() * 1000.0);
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    bail!("the server at {address:?} does not answer");
}
