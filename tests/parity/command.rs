//! The public command.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::cases::Case;
use crate::here;
use crate::picture::Picture;

/// Draws a case with a model folder.
pub(crate) fn draw(case: &Case, model: &Path) -> Result<Vec<Picture>, String> {
    let out = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut command = Command::new(binary());
    command
        .arg("generate")
        .arg(&case.prompt)
        .arg("--model")
        .arg(model)
        .args(["--seed", &case.seed.to_string()])
        .args(["--steps", &case.steps.to_string()])
        .args(["--cfg", &case.cfg.to_string()])
        .args(["--cfg-rescale", &case.cfg_rescale.to_string()])
        .args(["--sampler", &case.sampler])
        .args(["--schedule", &case.schedule])
        .args(["--size", &format!("{}x{}", case.width, case.height)])
        .args(["--batch", &case.batch.to_string()])
        .args([
            "--noise",
            "cpu",
            "--provider",
            "cpu",
            "--json",
            "--quiet",
            "-o",
        ])
        .arg(out.path());
    if case.clip_skip != 1 {
        command.args(["--clip-skip", &case.clip_skip.to_string()]);
    }
    if case.embeddings {
        command.arg("--embeddings").arg(here().join("embeddings"));
    }
    command.args(["--emphasis", &case.emphasis]);
    if !case.negative.is_empty() {
        command.args(["--negative", &case.negative]);
    }
    command.args(case.flags.iter().map(|flag| {
        if flag.ends_with(".png") {
            here().join("golden/given").join(flag).into_os_string()
        } else if flag.starts_with("golden/") || flag.starts_with("checkpoints/") {
            here().join(flag).into_os_string()
        } else {
            flag.into()
        }
    }));
    run(&mut command)?;
    let entries = fs::read_dir(out.path()).map_err(|error| error.to_string())?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "png"));
    // The order of a batch is the order of its file names.
    files.sort();
    files.iter().map(|file| Picture::read(file)).collect()
}

/// Writes a model as a folder of ONNX files.
pub(crate) fn export(model: &Path, folder: &Path) -> Result<(), String> {
    let mut command = Command::new(binary());
    run(command.args(["model", "export"]).arg(model).arg(folder))
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command
        .output()
        .map_err(|error| format!("{}: {error}", binary().display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}", output.status, said.trim()));
    }
    Ok(())
}

/// `AQUATINT_BIN`, or the command in the target folder that this test was built in.
fn binary() -> PathBuf {
    if let Some(path) = env::var_os("AQUATINT_BIN") {
        return path.into();
    }
    let test = env::current_exe().expect("the path of this test");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("a target folder");
    folder.join(format!("aquatint{}", env::consts::EXE_SUFFIX))
}
