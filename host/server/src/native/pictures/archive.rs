//! Many pictures in one file.

use std::collections::HashSet;
use std::fs::File;
use std::io;

use aquatint_studio::history::Entry;
use tempfile::NamedTempFile;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::http::Problem;

/// A ZIP of the files of pictures. Those that are no longer there are left out.
pub(super) fn archive(entries: &[Entry]) -> Result<NamedTempFile, Problem> {
    let mut file = NamedTempFile::new().map_err(Problem::internal)?;
    let mut writer = ZipWriter::new(file.as_file_mut());
    // PNG is compressed already.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(false);
    let mut taken = HashSet::new();
    for entry in entries {
        let mut picture = match File::open(&entry.file) {
            Ok(picture) => picture,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Problem::internal(error)),
        };
        let name = entry.file.file_name().unwrap_or_default();
        let mut name = name.to_string_lossy().into_owned();
        if !taken.insert(name.clone()) {
            name = format!("{}-{name}", entry.id);
            taken.insert(name.clone());
        }
        writer
            .start_file(name, options)
            .map_err(Problem::internal)?;
        io::copy(&mut picture, &mut writer).map_err(Problem::internal)?;
    }
    writer.finish().map_err(Problem::internal)?;
    Ok(file)
}
