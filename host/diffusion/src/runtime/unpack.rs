//! Checking a wheel and taking the libraries and licences out of it.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufReader, Read},
    ops::ControlFlow,
    path::{Component, Path, PathBuf},
};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::error::RuntimeError;
use super::wheels::Wheel;

/// Compares the file with the wheel's pinned hash.
pub(super) fn verify(wheel: &Wheel, file: &Path) -> Result<(), RuntimeError> {
    let mut reader = File::open(file).map_err(RuntimeError::io("open", file))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match reader
            .read(&mut buffer)
            .map_err(RuntimeError::io("read", file))?
        {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    let found = hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}"); // Writing to a string cannot fail.
        hex
    });
    if found == wheel.sha256 {
        return Ok(());
    }
    Err(RuntimeError::HashMismatch {
        wheel: wheel.file,
        expected: wheel.sha256,
        found,
    })
}

/// Takes out of a wheel what is kept: the libraries go into `root/lib`, all in one folder, since they look for each
/// other beside themselves; licences go into `root/licenses/<package>`. `watch` is called with the bytes written.
///
/// A wheel with any entry that points outside itself is refused as a whole, whether or not we would have taken it.
pub(super) fn unpack(
    wheel: &Wheel,
    file: &Path,
    root: &Path,
    watch: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<(), RuntimeError> {
    let bad = |reason: String| RuntimeError::BadWheel {
        wheel: wheel.file,
        reason,
    };
    let zip_error = |error: zip::result::ZipError| bad(error.to_string());

    let reader = File::open(file).map_err(RuntimeError::io("open", file))?;
    let mut archive = ZipArchive::new(BufReader::new(reader)).map_err(zip_error)?;
    let mut plan = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(zip_error)?;
        let name = entry.name().map_err(zip_error)?.into_owned();
        if !is_inside(&name) {
            return Err(bad(format!("its entry `{name}` points outside of it")));
        }
        if entry.is_symlink() {
            return Err(bad(format!("its entry `{name}` is a link")));
        }
        if !entry.is_dir()
            && let Some(target) = target(wheel, &name)
        {
            plan.push((index, root.join(target)));
        }
    }

    let mut written = 0;
    for (index, target) in plan {
        let mut entry = archive.by_index(index).map_err(zip_error)?;
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).map_err(RuntimeError::io("make the folder", folder))?;
        }
        let mut output = File::create_new(&target).map_err(RuntimeError::io("write", &target))?;
        // In pieces, to notice a wish to stop within a 500 MB library. The archive's checksum is checked at the end.
        loop {
            let copied = io::copy(&mut entry.by_ref().take(4 << 20), &mut output);
            let copied = copied.map_err(RuntimeError::io("write", &target))?;
            written += copied;
            if watch(written).is_break() {
                return Err(RuntimeError::Cancelled);
            }
            if copied == 0 {
                break;
            }
        }
    }
    Ok(())
}

/// Whether an entry's name is a plain path below the wheel's root. Stricter than `enclosed_name`, which lets
/// `a/../b` pass: no honest wheel has one.
fn is_inside(name: &str) -> bool {
    let plain = Path::new(name)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    plain && !name.is_empty() && !name.contains(['\\', ':', '\0'])
}

/// Where an entry goes, below the runtime's folder; `None` for what is not kept.
fn target(wheel: &Wheel, name: &str) -> Option<PathBuf> {
    let file = name.rsplit('/').next().unwrap_or(name);
    if name
        .strip_prefix(wheel.folder)
        .is_some_and(|rest| rest == file && is_library(file))
    {
        return Some(Path::new("lib").join(file));
    }
    let lower = file.to_ascii_lowercase();
    let licence = ["license", "thirdpartynotices", "privacy"]
        .iter()
        .any(|start| lower.starts_with(start))
        || lower.ends_with("third-party-programs.txt");
    // At the top of the package or in its metadata; not those of every Python module further down.
    let near_top = name.matches('/').count() == 1 || name.contains(".dist-info/");
    (licence && near_top).then(|| Path::new("licenses").join(wheel.tags().name).join(file))
}

fn is_library(file: &str) -> bool {
    let library = file.ends_with(".so")
        || file.contains(".so.")
        || file.ends_with(".dylib")
        || file.ends_with(".dll");
    // Not Python's binding, which has a second ONNX Runtime linked into it, and not NVIDIA's second build of its compiler.
    library && !file.starts_with("onnxruntime_pybind11_state") && !file.contains(".alt.")
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use super::*;

    /// A wheel with these entries.
    pub(in super::super) fn write_wheel(file: &Path, entries: &[(&str, &str)]) {
        let mut writer = zip::ZipWriter::new(File::create(file).expect("created"));
        for (name, content) in entries {
            writer
                .start_file(*name, zip::write::SimpleFileOptions::default())
                .expect("an entry");
            writer.write_all(content.as_bytes()).expect("its content");
        }
        writer.finish().expect("written");
    }

    const WHEEL: Wheel = Wheel {
        file: "some_package-1-py3-none-any.whl",
        size: 0,
        sha256: "",
        folder: "pkg/capi/",
        unless_found: &[],
    };

    fn unpack_entries(entries: &[(&str, &str)]) -> (Result<(), RuntimeError>, Vec<String>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, root) = (folder.path().join("w.whl"), folder.path().join("root"));
        write_wheel(&file, entries);
        let result = unpack(&WHEEL, &file, &root, &mut |_| ControlFlow::Continue(()));
        let mut found = Vec::new();
        for group in ["lib", "licenses/some_package"] {
            for entry in fs::read_dir(root.join(group)).into_iter().flatten() {
                found.push(format!(
                    "{group}/{}",
                    entry.expect("an entry").file_name().display()
                ));
            }
        }
        found.sort();
        (result, found)
    }

    #[test]
    fn libraries_and_licences_are_kept_and_nothing_else() {
        let (result, found) = unpack_entries(&[
            ("pkg/capi/libonnxruntime.so.1.2.3", "x"),
            ("pkg/capi/libtbb.so", "x"),
            ("pkg/capi/DirectML.dll", "x"),
            (
                "pkg/capi/onnxruntime_pybind11_state.cpython-312-x86_64-linux-gnu.so",
                "x",
            ),
            ("pkg/capi/libnvrtc.alt.so.13", "x"),
            ("pkg/capi/_pybind_state.py", "x"),
            ("pkg/capi/deeper/libother.so", "x"),
            ("other/libmore.so", "x"),
            ("pkg/LICENSE", "x"),
            ("pkg/ThirdPartyNotices.txt", "x"),
            ("pkg/tools/deep/LICENSE", "x"),
            ("some_package-1.dist-info/licenses/License.txt", "x"),
        ]);
        result.expect("unpacked");
        let expected = [
            "lib/DirectML.dll",
            "lib/libonnxruntime.so.1.2.3",
            "lib/libtbb.so",
            "licenses/some_package/LICENSE",
            "licenses/some_package/License.txt",
            "licenses/some_package/ThirdPartyNotices.txt",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_wheel_that_points_outside_is_refused_before_anything_is_written() {
        for evil in [
            "../evil.so",
            "pkg/capi/../../../evil.so",
            "/etc/evil.so",
            "pkg/capi\\..\\evil.dll",
            "C:evil.dll",
        ] {
            let (result, found) = unpack_entries(&[("pkg/capi/libgood.so", "x"), (evil, "x")]);
            let message = result.expect_err(evil).to_string();
            assert!(message.contains("points outside of it"), "{message}");
            assert!(found.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn a_wheel_with_a_link_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("w.whl");
        let mut writer = zip::ZipWriter::new(File::create(&file).expect("created"));
        let options = zip::write::SimpleFileOptions::default();
        writer
            .add_symlink("pkg/capi/libx.so", "/etc/passwd", options)
            .expect("an entry");
        writer.finish().expect("written");
        let result = unpack(&WHEEL, &file, &folder.path().join("root"), &mut |_| {
            ControlFlow::Continue(())
        });
        assert!(
            result
                .expect_err("a link")
                .to_string()
                .contains("is a link")
        );
    }

    #[test]
    fn another_file_than_the_pinned_one_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        fs::write(&file, "abc").expect("written");
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        verify(
            &Wheel {
                sha256: abc,
                ..WHEEL
            },
            file.path(),
        )
        .expect("the right hash");
        let error = verify(
            &Wheel {
                sha256: "00",
                ..WHEEL
            },
            file.path(),
        )
        .expect_err("the wrong hash");
        assert!(error.to_string().contains(abc), "{error}");
    }
}
