//! What plugins in Rust are compiled with: the target `wasm32-unknown-unknown`.
//!
//! Nearly everyone has it from rustup. Where rustup is not, or cannot reach its servers, Debian's own compiler for
//! WebAssembly (`rustc-web`) does as well: it is unpacked into a folder of ours, nothing is installed, and the standard
//! library is built there once.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::shell::{self, answer};

const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's compiler, with Cargo, linker and the sources of the standard library.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "lld-22", "rust-web-src"];
/// Written when everything is there, so that half an installation is never taken for one.
const MARK: &str = "installed.txt";
/// How long rustup may take. Some 20 MB are fetched.
const PATIENCE: Duration = Duration::from_secs(180);

/// Makes sure that plugins in Rust can be compiled. Returns the folder of a compiler of ours, to be named to the
/// workshop in `AQUATINT_WASM_RUST`; `None` if the machine's own does it, or if there is none to be had, which is said.
pub(crate) fn ensure(target_folder: &Path) -> Result<Option<PathBuf>> {
    if has_target() {
        return Ok(None);
    }
    let prefix = target_folder.join("tools").join("rustc-web");
    if prefix.join(MARK).exists() {
        return Ok(Some(prefix));
    }
    if add_with_rustup() && has_target() {
        return Ok(None);
    }
    if !has_program("apt-get") || !has_program("dpkg") {
        eprintln!(
            "\nThe Rust target {TARGET} is not here and could not be fetched, so plugins in Rust cannot be built. \
             `rustup target add {TARGET}` installs it."
        );
        return Ok(None);
    }
    install(&prefix).with_context(|| {
        format!(
            "Debian's rustc-web could not be put into {}",
            prefix.display()
        )
    })?;
    Ok(Some(prefix))
}

/// Whether the machine's own compiler has a standard library for the target.
fn has_target() -> bool {
    let libdir =
        answer(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]));
    libdir.is_some_and(|folder| holds_core(Path::new(&folder)))
}

fn holds_core(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libcore-") && name.ends_with(".rlib")
        })
    })
}

fn has_program(name: &str) -> bool {
    answer(Command::new(name).arg("--version")).is_some()
}

fn add_with_rustup() -> bool {
    if !has_program("rustup") {
        return false;
    }
    eprintln!("\n$ rustup target add {TARGET}");
    let child = Command::new("rustup")
        .args(["target", "add", TARGET])
        .stdin(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        return false;
    };
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if start.elapsed() < PATIENCE => sleep(Duration::from_millis(100)),
            _ => {
                // Whether it can still be stopped or is gone already: either way it is not waited for.
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// Fetches the packages that are not on this machine, unpacks them, and builds the standard library.
fn install(prefix: &Path) -> Result<()> {
    if prefix.exists() {
        fs::remove_dir_all(prefix)?;
    }
    let debs = prefix.join("debs");
    fs::create_dir_all(&debs)?;
    let apt = Apt::new(prefix)?;
    let packages = apt.missing()?;
    let mut download = apt.command("apt-get");
    shell::run(download.arg("download").args(&packages).current_dir(&debs))?;
    for entry in fs::read_dir(&debs)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "deb") {
            // Not shown: a dozen lines of the same.
            let status = Command::new("dpkg")
                .arg("-x")
                .arg(&path)
                .arg(prefix)
                .status();
            if !status.is_ok_and(|status| status.success()) {
                bail!("`dpkg -x {}` failed", path.display());
            }
        }
    }
    link_linker(prefix)?;
    build_std(prefix)?;
    for folder in ["debs", "std", "apt", "usr/src"] {
        let folder = prefix.join(folder);
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    fs::write(prefix.join(MARK), packages.join("\n") + "\n")?;
    Ok(())
}

/// apt, with the machine's lists of packages where they have what is wanted, else with lists of our own: the machine's
/// are the administrator's.
struct Apt {
    options: Vec<OsString>,
}

impl Apt {
    fn new(prefix: &Path) -> Result<Self> {
        let own = Self {
            options: Vec::new(),
        };
        if own.knows() {
            return Ok(own);
        }
        let folder = prefix.join("apt");
        for name in ["state/lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(name))?;
        }
        let option = |key: &str, value: &Path| {
            let mut option = OsString::from(format!("{key}="));
            option.push(value);
            [OsString::from("-o"), option]
        };
        let apt = Self {
            options: [
                option("Dir::State", &folder.join("state")),
                option("Dir::State::status", Path::new("/var/lib/dpkg/status")),
                option("Dir::Cache", &folder.join("cache")),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
        shell::run(apt.command("apt-get").arg("update"))?;
        if apt.knows() {
            return Ok(apt);
        }
        bail!(
            "apt does not know {}, expected Debian 12 or newer",
            PACKAGES.join(", ")
        )
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(&self.options).stdin(Stdio::null());
        command
    }

    fn knows(&self) -> bool {
        self.simulated().is_some()
    }

    /// What apt would say if the packages were installed. Needs no rights.
    fn simulated(&self) -> Option<String> {
        let mut simulate = self.command("apt-get");
        simulate
            .args(["install", "--simulate", "--no-install-recommends"])
            .args(PACKAGES)
            .stderr(Stdio::null());
        answer(&mut simulate)
    }

    /// The packages, and those that they need and this machine lacks.
    fn missing(&self) -> Result<Vec<String>> {
        let text = self
            .simulated()
            .context("`apt-get install --simulate` failed")?;
        let mut packages = installed_by(&text);
        for package in PACKAGES {
            if !packages.iter().any(|name| name == package) {
                packages.push(package.to_owned());
            }
        }
        Ok(packages)
    }
}

/// The packages in lines such as `Inst rustc-web (1.96.0 Debian:12 [amd64])`.
fn installed_by(simulation: &str) -> Vec<String> {
    simulation
        .lines()
        .filter_map(|line| line.strip_prefix("Inst ")?.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Puts LLVM's linker where the compiler looks for it, and under the name that it expects. Debian has that in a package
/// which brings all of LLVM's tools.
fn link_linker(prefix: &Path) -> Result<()> {
    let programs = prefix.join("usr/bin");
    let named = |name: &str| {
        let version = name.strip_prefix("lld-");
        version.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let linker = fs::read_dir(&programs)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .find(|name| named(name))
        .with_context(|| format!("no lld-NUMBER in {}", programs.display()))?;
    for entry in fs::read_dir(prefix.join("usr/lib/rustlib"))? {
        let folder = entry?.path();
        if folder.join("lib").is_dir() {
            let tools = folder.join("bin");
            fs::create_dir_all(&tools)?;
            link(
                &Path::new("../../../../bin").join(&linker),
                &tools.join("rust-lld"),
            )?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> Result<()> {
    Ok(std::os::unix::fs::symlink(to, at)?)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> Result<()> {
    bail!("Debian's packages are for Debian")
}

/// Builds the standard library for the target and puts it where the compiler looks, as rustup would have.
fn build_std(prefix: &Path) -> Result<()> {
    let folder = prefix.join("std");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"standard-library\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [lib]\ncrate-type = [\"cdylib\"]\n\n[workspace]\n",
    )?;
    // As a module it is linked too, so that a linker that does not work is noticed here.
    fs::write(folder.join("src/lib.rs"), "")?;
    let programs = prefix.join("usr/bin");
    let mut flags = format!(
        "-Cembed-bitcode=yes --remap-path-prefix={0}/src=/rust --remap-path-prefix={0}/lib/rustlib/src/rust=/rust",
        prefix.join("usr").display()
    );
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    if let Some(home) = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))) {
        flags.push_str(&format!(" --remap-path-prefix={}=/cargo", home.display()));
    }
    let mut build = Command::new(programs.join("cargo"));
    build
        .args(["build", "--release", "--target", TARGET])
        .arg("-Zbuild-std=std,panic_abort")
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        // Whoever keeps what Cargo makes on the way elsewhere: here it is what is wanted.
        .env("CARGO_BUILD_BUILD_DIR", folder.join("target"))
        .env("RUSTC", programs.join("rustc"))
        // Building the standard library is not stable; its result is the same.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("LD_LIBRARY_PATH", libraries(prefix)?)
        // Bitcode, which Cargo leaves out by itself, is what plugins are optimised with as a whole. And names of folders
        // get into panic messages: those of the sources should not be this machine's.
        .env("RUSTFLAGS", flags);
    for inherited in [
        "CARGO",
        "RUSTUP_TOOLCHAIN",
        "CARGO_ENCODED_RUSTFLAGS",
        "RUSTC_WRAPPER",
    ] {
        build.env_remove(inherited);
    }
    shell::run(&mut build)?;

    let rustlib = prefix.join("usr/lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&rustlib)?;
    let built = folder.join("target").join(TARGET).join("release/deps");
    for entry in fs::read_dir(&built)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libstandard_library-") {
            fs::copy(&path, rustlib.join(&name))?;
        }
    }
    if !holds_core(&rustlib) {
        bail!("no libcore among what was built in {}", built.display());
    }
    Ok(())
}

/// The folders with the libraries that the compiler needs, as `LD_LIBRARY_PATH` has them.
fn libraries(prefix: &Path) -> Result<OsString> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(prefix.join("usr/lib"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.contains("-linux-gnu") {
            folders.push(path);
        }
    }
    if let Some(inherited) = env::var_os("LD_LIBRARY_PATH") {
        folders.extend(env::split_paths(&inherited));
    }
    Ok(env::join_paths(folders)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apt_would_install_is_read_from_its_simulation() {
        let text = "Reading package lists...\nThe following NEW packages will be installed:\n  cargo-web\n\
                    Inst libgit2-1.5 (1.5.1+ds-1+deb12u2 Debian-Security:12/oldstable-security [amd64])\n\
                    Inst rustc-web [1.80] (1.96.0+dfsg1-1~deb12u2 Debian-Security:12 [amd64])\n\
                    Conf rustc-web (1.96.0+dfsg1-1~deb12u2 Debian-Security:12 [amd64])\n";
        assert_eq!(installed_by(text), ["libgit2-1.5", "rustc-web"]);
        assert!(installed_by("").is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn the_linker_is_put_where_the_compiler_looks() {
        let folder = env::temp_dir().join(format!("aquatint-linker-{}", std::process::id()));
        fs::create_dir_all(folder.join("usr/bin")).expect("made");
        fs::create_dir_all(folder.join("usr/lib/rustlib/host/lib")).expect("made");
        fs::create_dir_all(folder.join("usr/lib/rustlib/etc")).expect("made");
        assert!(link_linker(&folder).is_err(), "there is none");
        fs::write(folder.join("usr/bin/lld-link-22"), "no").expect("written");
        fs::write(folder.join("usr/bin/lld-22"), "yes").expect("written");
        link_linker(&folder).expect("linked");
        let linked = folder.join("usr/lib/rustlib/host/bin/rust-lld");
        assert_eq!(fs::read_to_string(linked).expect("there"), "yes");
        assert!(!folder.join("usr/lib/rustlib/etc/bin").exists());
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn a_target_without_a_standard_library_is_none() {
        let folder = env::temp_dir().join(format!("aquatint-wasm-target-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("made");
        assert!(!holds_core(&folder));
        fs::write(folder.join("libcore-0123.rlib"), "").expect("written");
        assert!(holds_core(&folder));
        fs::remove_dir_all(&folder).expect("removed");
        assert!(!holds_core(&folder));
    }
}
